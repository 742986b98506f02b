package source

import (
	"crypto/rand"
	"encoding/base64"

	"breakwater/desk"
)

// Mask is shown to people in the place of a secret.
const Mask = desk.Mask

// masked is s with its secrets hidden, for people.
func masked(s desk.Source, spec desk.Spec) desk.Source {
	s.Settings = spec.Masked(s.Settings)
	return s
}

// invent makes the secrets that nobody should have to: the signing keys of those who push to us. It reports whether it did.
func invent(set desk.Settings, spec desk.Spec) bool {
	made := false
	for _, f := range spec.Fields {
		if spec.Push && f.Kind == "secret" && f.Required && set[f.Name] == "" {
			key := make([]byte, 32)
			rand.Read(key) // never fails
			set[f.Name] = "whsec_" + base64.StdEncoding.EncodeToString(key)
			made = true
		}
	}
	return made
}
