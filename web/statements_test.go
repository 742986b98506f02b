package web

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/htmlcheck"
)

// From the first word to the last signature, in the pages.
func TestStatementIsWrittenAndSigned(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	h.c.Words.Plan = func(context.Context, int64) (desk.Plan, error) {
		return desk.Plan{Levels: []desk.LevelRule{{Level: desk.Crisis, Approvers: []string{"Crisis lead", "Legal"}, Within: 10}}}, nil
	}
	ada, lea, root := h.signedIn(desk.Responder), h.signedIn(desk.Lead), h.signedIn(desk.Admin)
	form := url.Values{"title": {"First word"}, "kind": {"holding"}, "level": {"3"}, "incident": {itoa(h.room.ID)}, "message": {"We know.", ""}, "message_facts": {"", ""},
		"v_id": {""}, "v_to": {"kind:mastodon"}, "v_lang": {"en"}, "v_title": {""}, "v_facts": {""}, "v_text": {"We are sorry if anyone was offended."}}
	form.Set("try", "1")
	if status, _, p := ada.post("/statements/new", form); status != http.StatusOK || !strings.Contains(p.Text("#looks"), "sorry for how others feel") {
		t.Errorf("the preview answered %d: %s", status, p.Text("#looks"))
	}
	form.Del("try")
	form.Set("message_facts", "F9")
	if status, _, _ := ada.post("/statements/new", form); status != http.StatusUnprocessableEntity {
		t.Errorf("a fact that is none answered %d", status)
	}
	form.Set("message_facts", "")
	form.Set("submit", "1")
	status, at, p := ada.post("/statements/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("saved with %d: %s", status, p.Text("main"))
	}
	at, _, _ = strings.Cut(at, "?")
	if _, _, p := ada.get(at); !strings.Contains(p.Text("main"), "You wrote these words") || len(p.All("form[action='"+at+"/sign']")) > 0 {
		t.Errorf("the author is offered to sign: %s", p.Text(".seats"))
	}
	sign := func(b *browser) (int, string) {
		_, _, p := b.get(at)
		fields := p.All("form[action='" + at + "/sign'] input[name=hash]")
		if len(fields) != 1 {
			return 0, "no button to sign: " + p.Text(".side")
		}
		hash, _ := htmlcheck.Attr(fields[0], "value")
		status, _, p := b.post(at+"/sign", url.Values{"hash": {hash}})
		return status, p.Text("main")
	}
	if status, said := sign(lea); status != http.StatusSeeOther {
		t.Fatalf("the first signature answered %d: %s", status, said)
	}
	if status, _, _ := root.post(at+"/sign", url.Values{"hash": {"other words"}}); status != http.StatusConflict {
		t.Errorf("a signature for other words answered %d", status)
	}
	if status, said := sign(root); status != http.StatusSeeOther {
		t.Fatalf("the second signature answered %d: %s", status, said)
	}
	if _, _, p := lea.get(at); !strings.Contains(p.Text(".head"), "Approved") {
		t.Errorf("after both it is %s", p.Text(".head"))
	}
	if _, _, p := lea.get("/incidents/" + itoa(h.room.ID)); !strings.Contains(p.Text("#next"), "First word") {
		t.Error("the room does not show the statement")
	}
}

// A room shows what was promised and who is there, and tells who comes back what was decided.
func TestRoomPromisesAndCatchingUp(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	room := "/incidents/" + itoa(h.room.ID)
	ctx := desk.WithActor(t.Context(), desk.Actor{Who: "user:" + itoa(h.ids[desk.Responder]), UserID: h.ids[desk.Responder], Role: desk.Responder})
	h.must(h.c.Rooms.Left(ctx, h.room.ID))
	clock := time.Now().Add(2 * time.Hour).In(zone(desk.Brand{Zone: "Europe/Stockholm"})).Format("15:04")
	if status, _, p := b.post("/promises", url.Values{"incident": {itoa(h.room.ID)}, "promise": {clock}}); status != http.StatusSeeOther {
		t.Fatalf("the promise answered %d: %s", status, p.Text("main"))
	}
	if status, _, _ := b.post(room+"/note", url.Values{"note": {"We recall the jars."}, "decision": {"1"}}); status != http.StatusSeeOther {
		t.Fatalf("the decision answered %d", status)
	}
	_, leave := h.c.present.enter(h.room.ID, 99, "Somebody")
	_, _, p := b.get(room)
	for what, want := range map[string]string{".roomhead": "Next update", "main": "In the room now", ".notice.note": "decisions: 1"} {
		if got := p.Text(what); !strings.Contains(got, want) {
			t.Errorf("the room's %s says %q, want %q in it", what, got, want)
		}
	}
	leave()
	if all := h.c.present.in(h.room.ID); len(all) != 0 {
		t.Errorf("in the room after all left: %v", all)
	}
	if _, _, p = b.get(room + "/since"); !strings.Contains(p.Text("main"), "We recall the jars.") {
		t.Errorf("catching up says %s", p.Text("main"))
	}
}

// An offending post is weighed, decided with a reason, and never deleted without one.
func TestDeleteOrKeep(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ada, lea := h.signedIn(desk.Responder), h.signedIn(desk.Lead)
	if status, _, _ := ada.post("/removals", url.Values{}); status != http.StatusUnprocessableEntity {
		t.Errorf("a sheet about nothing answered %d", status)
	}
	_, at, _ := ada.post("/removals", url.Values{"text": {"Our joke about the flood"}})
	if status, _, _ := ada.post(at+"/decide", url.Values{"choice": {"delete"}, "why": {"x"}}); status != http.StatusForbidden {
		t.Errorf("a responder's decision answered %d", status)
	}
	if status, _, _ := lea.post(at+"/decide", url.Values{"choice": {"delete"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("a decision without a reason answered %d", status)
	}
	if status, _, _ := lea.post(at+"/decide", url.Values{"choice": {"delete"}, "why": {"It hurts."}}); status != http.StatusSeeOther {
		t.Errorf("the decision answered %d", status)
	}
	if _, _, p := ada.get(at); !strings.Contains(p.Text("main"), "by hand") {
		t.Errorf("after the decision: %s", p.Text("main"))
	}
}

// A picture comes with the form, keeps its words for those who do not see it, and goes when it is ticked.
func TestPicturesOfAStatement(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	b := h.signedIn(desk.Responder)
	var picture bytes.Buffer
	h.must(png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 30, 20))))
	send := func(path string, fields url.Values, name string, file []byte) (int, string, *htmlcheck.Page) {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		for k, all := range fields {
			for _, v := range all {
				h.must(w.WriteField(k, v))
			}
		}
		if file != nil {
			f, err := w.CreateFormFile("v_file_0", name)
			h.must(err)
			_, err = f.Write(file)
			h.must(err)
		}
		h.must(w.Close())
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+path, &body)
		h.must(err)
		req.Header.Set("Content-Type", w.FormDataContentType())
		return b.do(req)
	}
	form := url.Values{"title": {"The new jar"}, "kind": {"ordinary"}, "level": {"0"}, "message": {""}, "message_facts": {""},
		"v_id": {""}, "v_to": {"kind:mastodon"}, "v_lang": {"en"}, "v_title": {""}, "v_facts": {""}, "v_text": {"Here it is."}, "v_file_alt_0": {"A jar on a table"}}
	if status, _, p := send("/statements/new", form, "jar.exe", []byte("MZ")); status != http.StatusUnprocessableEntity || !strings.Contains(p.Text("main"), "no picture or film") {
		t.Errorf("a program answered %d", status)
	}
	status, at, p := send("/statements/new", form, "jar.png", picture.Bytes())
	if status != http.StatusSeeOther {
		t.Fatalf("saved with %d: %s", status, p.Text("main"))
	}
	at, _, _ = strings.Cut(at, "?")
	id := number(strings.TrimPrefix(at, "/statements/"))
	media := func() []desk.Media {
		s, err := h.db.Statement(t.Context(), id)
		h.must(err)
		return s.Variants[0].Media
	}
	got := media()
	if len(got) != 1 || got[0].Alt != "A jar on a table" || got[0].Width != 30 {
		t.Fatalf("media %+v", got)
	}
	_, _, page := b.get(at)
	kept := page.All("input[name=v_media_0]")
	if len(kept) != 1 || len(page.All(".picture img[src='/media/"+got[0].Hash+"']")) != 1 {
		t.Fatalf("the form does not show the picture: %s", page.Text(".variant"))
	}
	value, _ := htmlcheck.Attr(kept[0], "value")
	form.Set("v_id", "v1")
	form.Del("v_file_alt_0")
	form.Set("v_media_0", value)
	form.Set("v_alt_0", "A green jar")
	if status, _, _ := send(at, form, "", nil); status != http.StatusSeeOther || media()[0].Alt != "A green jar" {
		t.Errorf("other words for it: %d, %+v", status, media())
	}
	form.Set("v_media_remove_0", got[0].Hash)
	if status, _, _ := send(at, form, "", nil); status != http.StatusSeeOther || len(media()) != 0 {
		t.Errorf("taken away: %d, %+v", status, media())
	}
}
