package web

import (
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// What will happen is shown first; one button does it; what has nobody now is shown after.
func TestSomebodyLeaves(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	lead, admin := h.signedIn(desk.Lead), h.signedIn(desk.Admin)
	id := h.ids[desk.Lead]
	_, err := h.db.ChangeSchedule(ctx, 0, desk.ActOf(ctx, "schedule.save", ""), func(s *desk.Schedule, out *desk.Out) error {
		s.BrandID, s.Name, s.Zone, out.Say = 1, "Nights", "UTC", desk.Say("x")
		s.Layers = []desk.Layer{{Name: "first", People: []int64{id}}}
		s.Overrides = []desk.Override{{Number: 1, From: time.Now(), To: time.Now().Add(time.Hour), UserID: id}}
		return nil
	})
	h.must(err)
	path := "/people/" + itoa(id) + "/leave"
	status, _, p := admin.get(path)
	if status != http.StatusOK || !strings.Contains(p.Text("main"), "Nothing has happened yet") || !strings.Contains(p.Text("main"), "Nights · first") || len(p.All(`select[name="heir.schedule:1/layer:0"]`)) != 1 {
		t.Errorf("before: %d %s", status, p.Text("main"))
	}
	if inside, _, _ := lead.get("/me"); inside != http.StatusOK {
		t.Errorf("a look ended the session: %d", inside)
	}
	form := url.Values{"heir.schedule:1/layer:0": {itoa(h.ids[desk.Responder])}, "heir.schedule:1/override:1": {"0"}, "why": {"New job"}}
	if status, to, _ := admin.post(path, form); status != http.StatusSeeOther || !strings.HasPrefix(to, path) {
		t.Fatalf("letting go: %d to %q", status, to)
	}
	if inside, to, _ := lead.get("/me"); inside == http.StatusOK {
		t.Errorf("the session still opens %s", to)
	}
	status, _, p = admin.get(path)
	if main := p.Text("main"); status != http.StatusOK || !strings.Contains(main, "Kim responder") || !strings.Contains(main, "Nobody has these now: 1") || len(p.All("main form")) != 0 {
		t.Errorf("after: %d %s", status, main)
	}
	s, err := h.db.Schedule(ctx, 1)
	h.must(err)
	if len(s.Layers) != 1 || s.Layers[0].People[0] != h.ids[desk.Responder] || len(s.Overrides) != 0 {
		t.Errorf("on call is %+v", s)
	}
	if status, _, p := admin.post("/people/"+itoa(h.ids[desk.Admin])+"/leave", nil); status != http.StatusUnprocessableEntity {
		t.Errorf("oneself: %d %s", status, p.Text("main"))
	}
}

// What is somebody's own, another person does not end, whatever their brands: their devices, their sessions.
func TestOwnThingsAreOwn(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	w, err := h.db.ChangeWay(ctx, 0, desk.ActOf(ctx, "way.save", ""), func(w *desk.Way, out *desk.Out) error {
		w.Name, w.Kind, w.UserID, out.Say = "Phone", "push", h.ids[desk.Lead], desk.Say("x")
		return nil
	})
	h.must(err)
	h.signedIn(desk.Lead)
	sessions, err := h.db.Sessions(ctx, h.ids[desk.Lead])
	h.must(err)
	other := h.signedIn(desk.Responder)
	for _, path := range []string{"/me/push/" + itoa(w.ID) + "/delete", "/me/sessions/" + hexOf(sessions[0].ID) + "/end"} {
		if status, _, _ := other.post(path, nil); status == http.StatusSeeOther {
			t.Errorf("%s by somebody else: %d", path, status)
		}
	}
	_, err = h.db.Way(ctx, w.ID)
	h.must(err)
	if left, err := h.db.Sessions(ctx, h.ids[desk.Lead]); err != nil || len(left) != 1 {
		t.Errorf("sessions left: %v, %v", left, err)
	}
}

// Tokens that are made in the console are narrowed as was asked, and say so.
func TestNarrowedTokens(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	admin := h.signedIn(desk.Admin)
	form := url.Values{"token_name": {"Wall"}, "role": {"lead"}, "life": {"30"}, "token_brand": {"1"}, "only": {"hold", "publish"}}
	status, _, p := admin.post("/me/tokens", form)
	if status != http.StatusOK || p.Text("code.secret") == "" {
		t.Fatalf("made: %d %s", status, p.Text("main"))
	}
	a, err := h.c.Gate.Token(t.Context(), p.Text("code.secret"), "")
	h.must(err)
	if !a.MayIn(1, 0, desk.MayHold, desk.Lead) || a.MayIn(1, 0, desk.MayApprove, desk.Viewer) || a.MayIn(2, 0, desk.MayHold, desk.Viewer) {
		t.Errorf("the token may %+v", a)
	}
	_, _, p = admin.get("/me")
	if said := p.Text(`[aria-labelledby="tokens"]`); !strings.Contains(said, "Acme Dairy") || !strings.Contains(said, "Kim admin") {
		t.Errorf("the list says %s", said)
	}
	form.Set("role", "viewer")
	if status, _, p := admin.post("/me/tokens", form); status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("main"), "A role can be narrowed to rights that it has") {
		t.Errorf("rights that the role has not: %d", status)
	}
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
