package assess

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// quiet knows nothing of what is usual.
type quiet struct{}

func (quiet) Usual(context.Context, desk.Ask) ([]desk.Band, error) { return nil, nil }

func (quiet) UsualShare(context.Context, desk.Ask) (float64, bool, error) { return 0, false, nil }

// echo prints a page as itself.
func echo(_ context.Context, page []byte) ([]byte, error) { return page, nil }

// hear keeps posts, a minute apart, and gives their ids.
func (b *bench) hear(texts ...string) (ids []int64) {
	b.t.Helper()
	batch := desk.Batch{}
	for i, text := range texts {
		m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint(len(text), text)}, Kind: desk.KindPost, Text: text, Lang: "en", URL: "https://example.social/" + fmt.Sprint(i),
			Author: desk.Author{Handle: fmt.Sprint("who", i), Followers: 100}, Published: noon.Add(time.Duration(i) * time.Minute), Monitors: desk.IDs{b.monitor.ID}}
		m.Fold = m.Key().Fold()
		batch.Mentions = append(batch.Mentions, m)
	}
	_, err := b.db.Append(b.t.Context(), []desk.Batch{batch})
	check(b.t, err)
	for _, m := range batch.Mentions {
		got, err := b.db.MentionByRef(b.t.Context(), m.Ref)
		check(b.t, err)
		ids = append(ids, got.ID)
	}
	return ids
}

func TestClaims(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := &Claims{Store: b.db}
	ids := b.hear(
		"Kavelund knew about the glass in the jars for weeks and said nothing",
		"So they KNEW for weeks?? glass in kavelund jars, unbelievable",
		"I love the new kavelund jars, so pretty on the shelf",
		"Is the kavelund shop in Lund open on Sunday for weeks to come?",
		"apparently kavelund knew weeks ago about the glass",
	)
	claim, err := c.Add(b.responder, desk.Claim{IncidentID: b.room.ID, Text: "Kavelund knew about the glass for weeks.", Lang: "en"}, ids[0])
	check(t, err)
	if claim.Name() != "C1" || claim.Verdict != desk.ClaimChecking {
		t.Errorf("added %+v", claim)
	}
	similar, err := c.Suggest(b.viewer, claim.ID)
	check(t, err)
	var got []int64
	for _, s := range similar {
		got = append(got, s.ID)
	}
	for i, want := range map[int]bool{0: false, 1: true, 2: false, 3: false, 4: true} {
		if slices.Contains(got, ids[i]) != want {
			t.Errorf("post %d suggested: %t, want %t (%v)", i, !want, want, got)
		}
	}
	check(t, c.Link(b.responder, claim.ID, []int64{ids[1]}, true))
	check(t, c.Link(b.responder, claim.ID, []int64{ids[4]}, false))
	if similar, err = c.Suggest(b.viewer, claim.ID); err != nil || len(similar) != 0 {
		t.Errorf("what people spoke about is suggested again: %d, %v", len(similar), err)
	}
	if _, err := c.Review(b.viewer, claim.ID); field(err) != "verdict" {
		t.Errorf("a claim without a verdict is exported: %v", err)
	}
	decided := claim
	decided.Verdict, decided.Version = desk.ClaimFalse, 0
	for _, step := range []struct {
		who   context.Context
		do    func()
		wrong string
	}{
		{b.responder, func() {}, desk.ErrForbidden.Error()},
		{b.leader, func() {}, "evidence"},
		{b.leader, func() { decided.Evidence = "The first report came on Monday at 9:10." }, "correction"},
		{b.leader, func() { decided.Correction, decided.Facts = "We learned of it on Monday.", desk.IDs{999} }, "facts"},
		{b.leader, func() { decided.Facts, decided.Links = nil, []string{"ftp://x"} }, "links"},
		{b.leader, func() { decided.Links = []string{"https://example.org/log"} }, ""},
		{b.responder, func() { decided.Text = "Something else" }, desk.ErrForbidden.Error()},
	} {
		step.do()
		if _, err := c.Save(step.who, decided); field(err) != step.wrong {
			t.Errorf("saved: %v, want %q", err, step.wrong)
		}
	}
	r, err := c.Review(b.viewer, claim.ID)
	check(t, err)
	raw, err := json.Marshal(r)
	check(t, err)
	var ld map[string]any
	check(t, json.Unmarshal(raw, &ld))
	rating, _ := ld["reviewRating"].(map[string]any)
	item, _ := ld["itemReviewed"].(map[string]any)
	first, _ := item["firstAppearance"].(map[string]any)
	if ld["@context"] != "https://schema.org" || ld["@type"] != "ClaimReview" || rating["ratingValue"] != 1.0 || rating["alternateName"] != "False" || first["url"] != "https://example.social/0" {
		t.Errorf("exported %s", raw)
	}
	track, err := c.Track(b.viewer, claim.ID)
	if err != nil || track.Spread.Mentions != 2 || len(track.Makers) != 2 || len(track.Apart) != 1 || track.Makers[0].Who != "Ron" {
		t.Errorf("tracked %+v, %v", track.Spread, err)
	}
	of, err := c.Of(b.viewer, ids[1])
	if err != nil || len(of) != 1 {
		t.Errorf("the mention makes %d claims, %v", len(of), err)
	}
}
