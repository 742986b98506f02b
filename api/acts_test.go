package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"testing"

	"breakwater/desk"
)

// quietOperations change nothing here, each with the reason.
var quietOperations = map[string]string{
	"cue-preview":     "only counts what would be marked",
	"engine-stop":     "no engine was on",
	"monitor-try":     "only looks at the past",
	"monitor-unteach": "nobody had taught anything",
	"source-opml-add": "the list that is sent is empty",
}

// mustSayYes are operations that this test stands for: were they refused, it would prove nothing.
var mustSayYes = []string{"contact-export", "cue-remark", "monitor-refill", "subscriber-export"}

// TestWhatPeopleDoIsInTheJournal asks for every operation that changes something, on things that exist: those that say yes leave a
// line in the journal, or stand above with the reason why not.
func TestWhatPeopleDoIsInTheJournal(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	must[desk.Monitor](d, desk.Admin, http.MethodPost, "/monitors", map[string]any{"brand_id": "1", "name": "Kavelund", "query": "kavelund", "kind": "brand", "sensitivity": "balanced"}, http.StatusOK)
	last := func() int64 {
		t.Helper()
		entries, err := d.db.Journal(t.Context(), desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
		if err != nil || len(entries) == 0 {
			t.Fatalf("journal = %v, %v", entries, err)
		}
		return entries[0].Seq
	}
	all := d.s.operations()
	slices.SortStableFunc(all, func(a, b operation) int { // what removes comes last
		return cmp.Compare(strings.Count(a.Method, http.MethodDelete), strings.Count(b.Method, http.MethodDelete))
	})
	yes := map[string]bool{}
	for _, op := range all {
		if op.Method == http.MethodGet && !slices.Contains(mustSayYes, op.ID) {
			continue
		}
		path, body := strings.NewReplacer("{id}", "1", "{step}", "harm").Replace(op.Path), any("{}")
		if op.Method == http.MethodGet {
			body = nil
		}
		if op.ID == "contact-export" {
			path += "?brand=1"
		}
		before := last()
		w := d.ask(desk.Admin, op.Method, path, body)
		if w.Code/100 != 2 {
			continue
		}
		yes[op.ID] = true
		if _, quiet := quietOperations[op.ID]; quiet == (last() > before) {
			t.Errorf("%s = %d, journal grew: %t, want the other", op.ID, w.Code, last() > before)
		}
	}
	for _, id := range mustSayYes {
		if !yes[id] {
			t.Errorf("%s was refused", id)
		}
	}
}
