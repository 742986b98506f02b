package approve

import (
	"testing"
	"time"

	"breakwater/desk"
)

// Mail servers open links to sign before people do. That changes nothing: what has changed since its person looked is shown to them
// all the same.
func TestAttackSignLinkPrefetch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	lea := b.people["Lea"]
	before, err := b.db.Journal(t.Context(), desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	must(t, err)
	name := b.links.name(link{statement: s.ID, user: lea.ID, round: 1, until: time.Now().Add(time.Hour).Unix(), words: half(s.Hash())})
	for range 3 {
		if _, err := b.ByLink(t.Context(), name); err != nil {
			t.Fatalf("a good link: %v", err)
		}
	}
	if seen, last, err := b.db.Looked(t.Context(), lea.ID, on(s.ID)); err != nil || seen != 0 || last != 0 {
		t.Errorf("whoever opened the link made %s look at version %d, %v", lea.Name, seen, err)
	}
	after, err := b.db.Journal(t.Context(), desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	must(t, err)
	if before[0].Seq != after[0].Seq {
		t.Errorf("opening the link wrote %q into the journal", after[0].Do)
	}
	if _, err := b.SignByLink(t.Context(), name, goodPIN); err != nil {
		t.Fatal(err)
	}
	if seen, _, _ := b.db.Looked(t.Context(), lea.ID, on(s.ID)); seen == 0 {
		t.Error("who signed did not look")
	}
}
