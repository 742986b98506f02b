package bluesky

import (
	"slices"
	"testing"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/needs"
)

// A stranger posts on a real Bluesky network; the mention is heard within five seconds, and its deletion too.
func TestRealNetwork(t *testing.T) {
	t.Parallel()
	network := needs.Bluesky(t)
	us, stranger := network.Account(t, "harbour"), network.Account(t, "stranger")
	set := desk.Settings{"service": network.PDS, "identifier": us.Handle, "password": us.AppPassword(t), "search": "kettle\n#coffee"}
	if said, err := Search.Check(t.Context(), set, env()); err != nil || said.With["account"] != "@harbour.test" {
		t.Fatalf("check: %q, %v", said.English(), err)
	}
	e := listen(t, Search, set)
	e.s.(*searches).lookFor = time.Second
	if err := e.pull(); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"My kettle exploded", "@harbour.test you should know", "Sour #coffee again"} {
		began := time.Now()
		uri := stranger.Post(t, text, us)
		e.until(text, e.heard(text))
		if took := time.Since(began) + e.s.(*searches).pace; took > 5*time.Second {
			t.Errorf("%q was heard after %v", text, took)
		}
		m := e.mentions()[len(e.mentions())-1]
		if m.NativeID != uri || m.Author.Handle != "stranger.test" || m.Author.NativeID != stranger.DID || m.Author.Followers != 0 || time.Since(m.Published) > time.Minute {
			t.Errorf("%q is heard as %+v", text, m)
		}
		stranger.Delete(t, uri)
		e.until("the deletion", func() bool { gone, _ := e.gone(); return slices.Contains(gone, uri) })
	}
	if n := len(e.mentions()); n != 3 {
		t.Errorf("heard %d posts, want 3: %v", n, e.texts())
	}
	set["password"] = "wrong"
	if _, err := Search.Check(t.Context(), set, env()); desk.ProblemOf(connector.Failure(err)).IsZero() {
		t.Errorf("a wrong password: %v", err)
	}
}
