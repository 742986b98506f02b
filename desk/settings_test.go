package desk

import "testing"

// A secret that is sent masked goes nowhere but where it was entered for.
func TestASecretStaysWithItsAddress(t *testing.T) {
	t.Parallel()
	stored := Settings{"host": "smtp.example", "imap_host": "imap.example", "remote": "ssh://a", "api": "https://a", "password": "p"}
	for _, f := range []Field{{Name: "host"}, {Name: "imap_host"}, {Name: "remote"}, {Name: "api", Kind: "url"}} {
		s := Spec{Fields: []Field{f, {Name: "password", Kind: "secret"}}}
		sent := Settings{f.Name: stored[f.Name], "password": Mask}
		if got, err := s.Unmasked(sent, stored); err != nil || got["password"] != "p" {
			t.Errorf("%s unchanged: %v, %v", f.Name, got, err)
		}
		sent[f.Name] = "elsewhere.example"
		if got, err := s.Unmasked(sent, stored); err == nil {
			t.Errorf("%s changed: the secret goes there: %v", f.Name, got)
		}
	}
}
