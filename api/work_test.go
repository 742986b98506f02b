package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/journal"
	"breakwater/match"
	"breakwater/radar"
	"breakwater/source"
)

// heard puts mentions into the store, newest last, and gives their ids.
func (d *testDesk) heard(texts ...string) []int64 {
	d.t.Helper()
	ctx := context.WithoutCancel(d.t.Context())
	src, err := d.db.ChangeSource(ctx, 0, desk.ActOf(ctx, "source.save", ""), func(s *desk.Source, out *desk.Out) error {
		s.Kind, s.Name, out.Say = "quiet", "Quiet", desk.Say("{source} was added as a source.", "source", "Quiet")
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	b := desk.Batch{SourceID: src.ID}
	now := time.Now().UTC().Truncate(time.Second)
	for i, text := range texts {
		m := desk.Mention{
			Ref: desk.Ref{Network: "mastodon", NativeID: strconv.Itoa(i)}, SourceID: src.ID, Text: text, Lang: "en",
			Author: desk.Author{Handle: "ana", Followers: 10 * i}, Published: now.Add(time.Duration(i-len(texts)) * time.Minute),
		}
		m.Tidy(now)
		m.Fold = m.Key().Fold()
		b.Mentions = append(b.Mentions, m)
	}
	if _, err := d.db.Append(ctx, []desk.Batch{b}); err != nil {
		d.t.Fatal(err)
	}
	ids := make([]int64, len(texts))
	for i := range texts {
		m, err := d.db.MentionByRef(ctx, desk.Ref{Network: "mastodon", NativeID: strconv.Itoa(i)})
		if err != nil {
			d.t.Fatal(err)
		}
		ids[i] = m.ID
	}
	return ids
}

func TestVoicesHaveKindsThatPeopleMayOverrule(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ids := d.heard("I bought it and it broke", "what do they say about it", "what do they say about it")
	span := "?from=2000-01-01T00:00:00Z"
	list := must[voicesOut](d, desk.Viewer, http.MethodGet, "/radar/voices"+span, nil, http.StatusOK)
	if len(list.Items) == 0 {
		t.Fatal("no voices")
	}
	brands := must[Page[desk.Brand]](d, desk.Viewer, http.MethodGet, "/brands", nil, http.StatusOK)
	path := fmt.Sprintf("/brands/%d/voices/%d", brands.Items[0].ID, ids[0])
	if w := d.ask(desk.Viewer, http.MethodPut, path, map[string]string{"kind": "employee"}); w.Code != http.StatusForbidden {
		t.Errorf("a viewer sets a kind: %d", w.Code)
	}
	if w := d.ask(desk.Responder, http.MethodPut, path, map[string]string{"kind": "employee"}); w.Code != http.StatusNoContent {
		t.Errorf("a responder sets a kind: %d %s", w.Code, w.Body)
	}
	for query, want := range map[string]int{"&kind=employee": 1, "&kind=media": 0, "&kind=employee&skip=1": 0} {
		got := must[voicesOut](d, desk.Viewer, http.MethodGet, "/radar/voices"+span+query, nil, http.StatusOK)
		if len(got.Items) != want {
			t.Errorf("%s: %+v, want %d", query, got.Items, want)
		}
	}
	must[Problem](d, desk.Responder, http.MethodPut, path, map[string]string{"kind": "pirate"}, http.StatusUnprocessableEntity)
	crowd := must[desk.Crowd](d, desk.Viewer, http.MethodGet, "/radar/crowd"+span, nil, http.StatusOK)
	if crowd.Posts != 3 || crowd.People == 0 || crowd.Copied == nil {
		t.Errorf("crowd %+v", crowd)
	}
}

func TestMentionsAreSearchedPagedAndCorrected(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ids := d.heard("good coffee", "cold coffee", "late train", "coffee again")

	var got []string
	path := "/mentions?text=coffee&limit=2"
	for cursor := "first"; cursor != ""; {
		p := must[Page[desk.Mention]](d, desk.Viewer, http.MethodGet, path, nil, http.StatusOK)
		for _, m := range p.Items {
			got = append(got, m.Text)
		}
		cursor = p.Next
		path = "/mentions?text=coffee&limit=2&cursor=" + cursor
	}
	if want := "coffee again|cold coffee|good coffee"; strings.Join(got, "|") != want {
		t.Errorf("a search for coffee found %q, want %q", got, want)
	}
	one := "/mentions/" + strconv.FormatInt(ids[1], 10)
	w := d.ask(desk.Viewer, http.MethodGet, one, nil)
	if !strings.Contains(w.Body.String(), `"id":"`+strconv.FormatInt(ids[1], 10)+`"`) {
		t.Errorf("a mention is %s, want its id as a string", w.Body)
	}
	m := must[desk.Mention](d, desk.Responder, http.MethodPost, one+"/correct", map[string]string{"mood": "negative"}, http.StatusOK)
	if m.Mood != desk.Negative || m.CorrectedBy == "" {
		t.Errorf("corrected to %+v, want negative by somebody", m)
	}
	negative := must[Page[desk.Mention]](d, desk.Viewer, http.MethodGet, "/mentions?mood=negative", nil, http.StatusOK)
	if len(negative.Items) != 1 || negative.Items[0].ID != ids[1] {
		t.Errorf("negative mentions: %+v, want the corrected one", negative.Items)
	}
	for _, bad := range []string{"?mood=angry", "?limit=0", "?limit=201", "?cursor=x", "?from=yesterday", "?brand=-1", "?nonsense=1"} {
		must[Problem](d, desk.Viewer, http.MethodGet, "/mentions"+bad, nil, http.StatusUnprocessableEntity)
	}
	numbers := must[radar.Numbers](d, desk.Viewer, http.MethodGet, "/radar/numbers", nil, http.StatusOK)
	series := must[radar.Chart](d, desk.Viewer, http.MethodGet, "/radar/series?by=mood&step=60", nil, http.StatusOK)
	if numbers.At.IsZero() || series.Step != 60 {
		t.Errorf("numbers %+v, series %+v", numbers, series)
	}
	must[Problem](d, desk.Viewer, http.MethodGet, "/radar/breakdown", nil, http.StatusUnprocessableEntity)
}

func TestAnIncidentFromOpenToClosed(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	brand := strconv.FormatInt(d.brand.ID, 10)
	must[Problem](d, desk.Lead, http.MethodPost, "/incidents", map[string]any{"brand_id": brand, "title": ""}, http.StatusUnprocessableEntity)
	i := must[desk.Incident](d, desk.Lead, http.MethodPost, "/incidents", map[string]any{"brand_id": brand, "title": "Glass in jars", "level": 3}, http.StatusOK)
	path := "/incidents/" + strconv.FormatInt(i.ID, 10)
	must[desk.Entry](d, desk.Responder, http.MethodPost, path+"/notes", map[string]string{"note": "Two batches so far."}, http.StatusOK)
	must[Problem](d, desk.Lead, http.MethodPost, path+"/level", map[string]any{"level": 4, "why": ""}, http.StatusUnprocessableEntity)
	i = must[desk.Incident](d, desk.Lead, http.MethodPost, path+"/level", map[string]any{"level": 4, "why": "People are hurt."}, http.StatusOK)
	must[Problem](d, desk.Responder, http.MethodPatch, path, map[string]any{"title": "Glass", "known": "x", "version": i.Version + 7}, http.StatusConflict)
	must[desk.Incident](d, desk.Responder, http.MethodPatch, path, map[string]any{"title": "Glass in jars of jam", "known": "Batches 7 and 8", "version": i.Version}, http.StatusOK)
	must[map[string]any](d, desk.Viewer, http.MethodGet, path+"/room", nil, http.StatusOK)
	i = must[desk.Incident](d, desk.Lead, http.MethodPost, path+"/close", map[string]string{"outcome": "Recalled; nobody else was hurt."}, http.StatusOK)
	if i.State != desk.IncidentClosed || i.Level != desk.Severe || i.Known != "Batches 7 and 8" {
		t.Errorf("closed as %+v", i)
	}
	p := must[Problem](d, desk.Lead, http.MethodPost, path+"/close", map[string]string{"outcome": "again"}, http.StatusConflict)
	if p.Code != "order_of_work" {
		t.Errorf("closing twice is %+v, want order_of_work", p)
	}
	timeline := must[Page[desk.Entry]](d, desk.Viewer, http.MethodGet, path+"/timeline?limit=2", nil, http.StatusOK)
	if len(timeline.Items) != 2 || timeline.Next == "" || timeline.Items[0].Do != "incident.close" {
		t.Errorf("the timeline begins with %+v, next %q", timeline.Items, timeline.Next)
	}
	if v := must[journal.Verdict](d, desk.Lead, http.MethodGet, "/journal/verify", nil, http.StatusOK); !v.Intact || v.Entries < 6 {
		t.Errorf("the journal is %+v, want intact with at least six entries", v)
	}
}

func TestTextsAreSpokenInTheCallersLanguage(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	w := d.ask(desk.Viewer, http.MethodGet, "/journal?do=brand.save", nil)
	if !strings.Contains(w.Body.String(), `"text":"The brand Kavelund was saved."`) {
		t.Errorf("the journal is %s, want the sentence with its values", w.Body)
	}
}

func TestUsersAndTokens(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	p := must[Problem](d, desk.Admin, http.MethodPost, "/users", map[string]string{"email": "noa@example.org", "name": "Noa", "role": "lead", "password": "short"}, http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Field != "password" {
		t.Errorf("a short password is %+v, want the field named", p)
	}
	u := must[desk.User](d, desk.Admin, http.MethodPost, "/users", map[string]string{"email": "noa@example.org", "name": "Noa", "role": "admin", "password": "seven small boats"}, http.StatusOK)
	path := "/users/" + strconv.FormatInt(u.ID, 10)
	w := d.ask(desk.Admin, http.MethodGet, path, nil)
	if strings.Contains(w.Body.String(), "argon2") || strings.Contains(strings.ToLower(w.Body.String()), "password") {
		t.Errorf("a person is %s: nothing of the password may be seen", w.Body)
	}
	must[Problem](d, desk.Admin, http.MethodPut, path, map[string]any{"email": "noa@example.org", "name": "Noa", "role": "viewer"}, http.StatusUnprocessableEntity)
	must[any](d, desk.Admin, http.MethodPost, path+"/password", map[string]string{"password": "eight large ships"}, http.StatusNoContent)

	made := must[newToken](d, desk.Admin, http.MethodPost, "/tokens", map[string]string{"name": "ci", "role": "viewer"}, http.StatusOK)
	d.token[desk.Viewer] = made.Secret
	if me := must[meOut](d, desk.Viewer, http.MethodGet, "/me", nil, http.StatusOK); me.Name != "ci" || me.Role != desk.Viewer {
		t.Errorf("me = %+v, want the new token", me)
	}
	must[any](d, desk.Admin, http.MethodDelete, "/tokens/"+strconv.FormatInt(made.ID, 10), nil, http.StatusNoContent)
	must[Problem](d, desk.Viewer, http.MethodGet, "/me", nil, http.StatusUnauthorized)
}

func TestSourcesWaysAndFeeds(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	body := map[string]any{"kind": "quiet", "name": "Daily", "settings": map[string]string{"url": "https://example.org/feed", "key": "secret-7"}}
	src := must[desk.Source](d, desk.Lead, http.MethodPost, "/sources", body, http.StatusOK)
	if src.Settings["key"] != source.Mask {
		t.Errorf("a saved source shows its key as %q", src.Settings["key"])
	}
	p := must[Problem](d, desk.Lead, http.MethodPost, "/sources", map[string]any{"kind": "quiet", "name": "", "settings": map[string]string{"nonsense": "1"}}, http.StatusUnprocessableEntity)
	if len(p.Errors) < 3 {
		t.Errorf("a bad source is %+v, want every wrong field named", p)
	}
	must[map[string]any](d, desk.Lead, http.MethodPost, "/sources/test", body, http.StatusOK)
	out := must[opmlOut](d, desk.Lead, http.MethodPost, "/sources/opml", "https://example.org/feed https://example.org/other nonsense", http.StatusOK)
	if len(out.Added) != 1 || out.Known != 1 || len(out.Refused) != 1 {
		t.Errorf("a list of three feeds: %+v; want one added, one known, one refused", out)
	}
	if w := d.ask(desk.Viewer, http.MethodGet, "/sources/opml", nil); w.Code != http.StatusOK || strings.Count(w.Body.String(), "\n") != 2 {
		t.Errorf("the feeds are %d %q, want two", w.Code, w.Body)
	}
	path := "/sources/" + strconv.FormatInt(src.ID, 10)
	if paused := must[desk.Source](d, desk.Lead, http.MethodPost, path+"/pause", map[string]string{"why": "noise"}, http.StatusOK); !paused.Paused {
		t.Error("a paused source is not paused")
	}
	must[any](d, desk.Lead, http.MethodDelete, path, nil, http.StatusNoContent)
	must[Problem](d, desk.Viewer, http.MethodGet, path, nil, http.StatusNotFound)

	way := must[desk.Way](d, desk.Admin, http.MethodPost, "/ways", map[string]any{"kind": "note", "name": "Board", "settings": map[string]string{"to": "board", "key": "secret-8"}}, http.StatusOK)
	w := d.ask(desk.Lead, http.MethodGet, "/ways", nil)
	if strings.Contains(w.Body.String(), "secret-8") {
		t.Errorf("the ways are %s: a secret is seen", w.Body)
	}
	must[any](d, desk.Lead, http.MethodPost, "/ways/"+strconv.FormatInt(way.ID, 10)+"/test", nil, http.StatusNoContent)
}

func TestMonitorsArePreviewedSavedAndTriedOnThePast(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	d.heard("good coffee", "cold coffee", "late train")
	p := must[match.Preview](d, desk.Viewer, http.MethodPost, "/monitors/preview", map[string]string{"query": "coffee NOT cold"}, http.StatusOK)
	if p.Count != 1 || len(p.PerDay) != 28 {
		t.Errorf("the preview is %+v, want one mention and 28 days", p)
	}
	brand := strconv.FormatInt(d.brand.ID, 10)
	wrong := must[Problem](d, desk.Lead, http.MethodPost, "/monitors", map[string]any{"brand_id": brand, "name": "", "query": "coffee AND ("}, http.StatusUnprocessableEntity)
	if len(wrong.Errors) != 2 || wrong.Errors[1].Field != "query" || wrong.Errors[1].At == nil {
		t.Errorf("a bad monitor is %+v, want name and the place in the query", wrong)
	}
	m := must[desk.Monitor](d, desk.Lead, http.MethodPost, "/monitors", map[string]any{"brand_id": brand, "name": "Coffee", "query": "coffee"}, http.StatusOK)
	path := "/monitors/" + strconv.FormatInt(m.ID, 10)
	must[Problem](d, desk.Lead, http.MethodPut, path, map[string]any{"brand_id": brand, "name": "Coffee", "query": "coffee", "version": 7}, http.StatusConflict)
	m = must[desk.Monitor](d, desk.Lead, http.MethodPut, path, map[string]any{"brand_id": brand, "name": "Coffee", "query": "coffee OR tea", "version": m.Version}, http.StatusOK)
	rule := map[string]any{"measure": "mentions", "over": 60, "at_least": 1, "floor": 0, "level": 2}
	tried := must[map[string]any](d, desk.Viewer, http.MethodPost, path+"/try", map[string]any{"sensitivity": "high", "rules": []any{rule}, "days": 90}, http.StatusOK)
	if rules, ok := tried["rules"].([]any); !ok || len(rules) != 1 || tried["days"] != 90.0 || tried["tried"].(map[string]any)["sensitivity"] != "high" {
		t.Errorf("the replay is %v, want one rule over 90 days at high sensitivity", tried)
	}
	must[any](d, desk.Lead, http.MethodPost, path+"/unteach", nil, http.StatusNoContent)
	all := must[Page[desk.Monitor]](d, desk.Viewer, http.MethodGet, "/monitors?brand="+brand, nil, http.StatusOK)
	if len(all.Items) != 1 || all.Items[0].Query != "coffee OR tea" {
		t.Errorf("the monitors are %+v", all.Items)
	}
	must[any](d, desk.Lead, http.MethodDelete, path, nil, http.StatusNoContent)
}

func TestFilesAreTakenIn(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	src := must[desk.Source](d, desk.Lead, http.MethodPost, "/sources", map[string]any{"kind": "file", "name": "Files", "settings": map[string]string{}}, http.StatusOK)
	path := "/sources/" + strconv.FormatInt(src.ID, 10) + "/import"
	large := strings.Repeat("text,published\n", 200_000) // more than other requests may have
	if r := must[source.Report](d, desk.Lead, http.MethodPost, path, large, http.StatusOK); r.Rows != 200_000 {
		t.Errorf("the import is %+v, want 200,000 rows", r)
	}
	p := must[Problem](d, desk.Lead, http.MethodPost, path, "PK\x03\x04", http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || p.Errors[0].Field != "file" {
		t.Errorf("a spreadsheet is %+v, want the file named", p)
	}
}

func TestCorrectionsTeachAndAreTakenBack(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	ids := d.heard("good coffee", "cold coffee", "late train")
	b := must[desk.Brand](d, desk.Admin, http.MethodPost, "/brands", map[string]string{"name": "Acme"}, http.StatusOK)
	m := must[desk.Monitor](d, desk.Lead, http.MethodPost, "/monitors", map[string]any{"brand_id": strconv.FormatInt(b.ID, 10), "kind": "brand", "name": "Coffee", "query": "coffee"}, http.StatusOK)
	if err := d.db.Assign(t.Context(), m.ID, ids, nil); err != nil {
		t.Fatal(err)
	}
	one := "/mentions/" + strconv.FormatInt(ids[1], 10) + "/correct"
	before := must[desk.Mention](d, desk.Viewer, http.MethodGet, "/mentions/"+strconv.FormatInt(ids[1], 10), nil, http.StatusOK)
	must[desk.Mention](d, desk.Responder, http.MethodPost, one, map[string]string{"mood": "negative"}, http.StatusOK)
	if err := d.s.Lessons.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := "/brands/" + strconv.FormatInt(b.ID, 10)
	list := must[Page[desk.Correction]](d, desk.Viewer, http.MethodGet, path+"/corrections", nil, http.StatusOK)
	if len(list.Items) != 1 || list.Items[0].Mention.ID != ids[1] || list.Items[0].Was != before.Mood {
		t.Fatalf("corrections %+v", list)
	}
	if l := must[desk.Lesson](d, desk.Viewer, http.MethodGet, path+"/lesson", nil, http.StatusOK); l.Taught != 1 || !l.Done {
		t.Errorf("lesson %+v", l)
	}
	if m := must[desk.Mention](d, desk.Responder, http.MethodDelete, one, nil, http.StatusOK); m.CorrectedBy != "" {
		t.Errorf("taken back: %+v", m)
	}
	must[Problem](d, desk.Responder, http.MethodDelete, one, nil, http.StatusNotFound)
}

func TestEngineOutside(t *testing.T) {
	t.Parallel()
	d := newTestDesk(t)
	e := map[string]any{"kind": "chat", "name": "Judge", "address": "https://models.example.org/v1/chat/completions", "key": "open sesame", "model": "small",
		"below": 0.6, "calls": 100, "timeout": 5}
	saved := must[desk.Engine](d, desk.Admin, http.MethodPut, "/engine", e, http.StatusOK)
	if saved.Key.Reveal() != "***" || saved.Allowed != "" {
		t.Errorf("saved %+v", saved)
	}
	must[Problem](d, desk.Admin, http.MethodPost, "/engine/allow", map[string]string{"host": "other.example"}, http.StatusUnprocessableEntity)
	d.ask(desk.Admin, http.MethodPost, "/engine/allow", map[string]string{"host": "models.example.org"})
	got := must[engineOut](d, desk.Admin, http.MethodGet, "/engine", nil, http.StatusOK)
	if !got.State.On || got.Engine.Key.Reveal() != "***" || got.Engine.Allowed != "models.example.org" {
		t.Errorf("allowed %+v", got)
	}
	if w := d.ask(desk.Admin, http.MethodPost, "/engine/stop", nil); w.Code != http.StatusNoContent {
		t.Errorf("stop = %d %s", w.Code, w.Body)
	}
	delete(e, "model")
	must[Problem](d, desk.Admin, http.MethodPut, "/engine", e, http.StatusUnprocessableEntity)
}
