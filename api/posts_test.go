package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

// A statement is scheduled, held, decided about and released, all over the API.
func TestPostsAndHolds(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	act := desk.Act{Who: "user:1", Name: "Ana", Do: "x"}
	c, err := d.db.ChangeChannel(t.Context(), 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Settings, out.Say = d.brand.ID, "mastodon", "Town", desk.Settings{"token": "s3cret"}, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	st, err := d.db.ChangeStatement(t.Context(), 0, act, func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.State, s.Title, s.Variants = d.brand.ID, desk.StatementApproved, "Open again", []desk.Variant{{ID: "a", Lang: "en", Text: "We are open again."}}
		out.Say = desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	due := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	schedule := "/statements/" + fmt.Sprint(st.ID) + "/posts"
	posts := must[Page[desk.Post]](d, desk.Lead, http.MethodPost, schedule, map[string]any{"due": due}, 200)
	if len(posts.Items) != 1 || posts.Items[0].ChannelID != c.ID || posts.Items[0].State != desk.PostWaiting {
		t.Fatalf("scheduled %+v", posts)
	}
	p := "/posts/" + fmt.Sprint(posts.Items[0].ID)
	dry := must[publish.Rehearsal](d, desk.Responder, http.MethodPost, "/holds/rehearsal", map[string]any{}, 200)
	if dry.Held != 1 {
		t.Errorf("rehearsed %+v", dry)
	}
	h := must[desk.Hold](d, desk.Responder, http.MethodPost, "/holds", map[string]any{"why": "fire"}, 200)
	if h.Held != 1 || h.Answered.IsZero() {
		t.Fatalf("pressed %+v", h)
	}
	hold := "/holds/" + fmt.Sprint(h.ID)
	must[Problem](d, desk.Responder, http.MethodPost, hold+"/end", map[string]any{"why": "over"}, 403)
	must[Problem](d, desk.Lead, http.MethodPost, hold+"/end", map[string]any{"why": "over"}, 422)
	if held := must[Page[desk.Post]](d, desk.Viewer, http.MethodGet, "/posts?state=held&hold="+fmt.Sprint(h.ID), nil, 200); len(held.Items) != 1 {
		t.Errorf("held %+v", held)
	}
	must[desk.Post](d, desk.Lead, http.MethodPost, p+"/decide", map[string]any{"decision": "release"}, 200)
	if h = must[desk.Hold](d, desk.Lead, http.MethodPost, hold+"/end", map[string]any{"why": "over"}, 200); h.Live() {
		t.Errorf("ended %+v", h)
	}
	if got := must[desk.Post](d, desk.Viewer, http.MethodGet, p, nil, 200); got.State != desk.PostWaiting || !got.Due.Equal(due) {
		t.Errorf("released %+v", got)
	}
	must[desk.Post](d, desk.Lead, http.MethodPost, p+"/move", map[string]any{"due": due.Add(time.Hour)}, 200)
	must[Problem](d, desk.Lead, http.MethodPost, p+"/retry", nil, 409)
	must[desk.Post](d, desk.Lead, http.MethodPost, p+"/drop", map[string]any{"why": "not now"}, 200)
	if m := must[publish.Matrix](d, desk.Viewer, http.MethodGet, "/matrix?brand="+fmt.Sprint(d.brand.ID), nil, 200); len(m.Rows) != 1 || m.Rows[0].Cells[0].State != publish.CellOver || len(m.Channels[0].Settings) != 0 {
		t.Errorf("matrix %+v", m)
	}
	if live := must[Page[desk.Hold]](d, desk.Viewer, http.MethodGet, "/holds?live=true", nil, 200); len(live.Items) != 0 {
		t.Errorf("live holds %+v", live)
	}
}
