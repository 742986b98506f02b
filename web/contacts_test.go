package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"breakwater/desk"
)

// A contact is found by its number, called with one tap, corrected by whoever notices, and exported for the telephone.
func TestContactsFromEntryToExport(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	lead, responder := h.signedIn(desk.Lead), h.signedIn(desk.Responder)
	form := url.Values{"version": {"0"}, "name": {"Bo <b>Berg</b>"}, "kind": {"lawyer"}, "scope": {"1"}, "user": {"0"}, "lang": {"sv"},
		"way_kind": {"phone", "email", "phone"}, "way_value": {"+46 8 555 01", "bo@berg.example", ""}, "way_note": {"", "", ""}, "way_place": {"2", "1", "3"}}
	status, to, _ := lead.post("/contacts/new", form)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/contacts/1") {
		t.Fatalf("added: %d to %q", status, to)
	}
	if _, _, page := responder.get("/contacts?q=46855501"); len(page.All(`a[href="tel:+46855501"]`)) != 1 || len(page.All("main b")) != 0 {
		t.Error("not found by the number, or not to be called")
	}
	if _, _, page := responder.get("/contacts/1"); !strings.Contains(page.Text(".wayslist li:first-child"), "bo@berg.example") || len(page.All(`a[href="mailto:bo@berg.example"]`)) != 1 {
		t.Error("the preferred way does not come first")
	}
	form.Set("way_value", "call me maybe")
	if status, _, page := lead.post("/contacts/1", form); status != http.StatusUnprocessableEntity || !strings.Contains(page.Text("main"), "is no phone number") {
		t.Errorf("a wrong number: %d", status)
	}
	short := url.Values{"version": {"1"}, "way_kind": {"mobile"}, "way_value": {"+46 70 1"}, "way_note": {""}, "way_place": {"1"}}
	responder.post("/contacts/1", short)
	if _, _, page := lead.get("/contacts/1"); !strings.Contains(page.Text(".attention"), "A correction waits for a lead.") || !strings.Contains(page.Text(".attention"), "+46 70 1") {
		t.Error("a responder's correction does not wait")
	}
	lead.post("/contacts/1/decide", url.Values{"accept": {"1"}})
	if _, _, book := lead.post("/contacts/export.vcf", nil); !strings.Contains(book.Text("body"), "TEL;TYPE=cell;PREF=1:+46 70 1") {
		t.Errorf("the address book is\n%s", book.Text("body"))
	}
	if status, _, page := lead.get("/contacts/1/edit"); status != http.StatusOK || len(page.All(`option[value="lawyer"][selected]`)) != 1 {
		t.Errorf("the form: %d", status)
	}
}

// What a link opens is one's own entry; only a button changes something, and only once.
func TestReachByLink(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ctx := t.Context()
	_, err := h.c.Contacts.Save(ctx, desk.Contact{Name: "Other", Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "+46 999"}}})
	h.must(err)
	one, err := h.c.Contacts.Save(ctx, desk.Contact{Name: "Ana", Lang: "sv", Notes: "secret note", Ways: []desk.ContactWay{{Kind: desk.ReachEmail, Value: "ana@acme.example"}}})
	h.must(err)
	links := make(chan string, 1)
	h.c.Contacts.Post = func(_ context.Context, _ desk.Contact, l desk.Mail) error {
		links <- strings.TrimPrefix(l.Link, "http://desk.example")
		return nil
	}
	h.must(h.c.Contacts.Ask(ctx, one.ID))
	go func() { _ = h.c.Contacts.Run(ctx) }()
	link := <-links
	stranger := h.browser()
	for range 2 {
		status, _, page := stranger.get(link)
		if status != http.StatusOK || !strings.Contains(page.Text("main"), "ana@acme.example") || len(page.All(`html[lang="sv"]`)) != 1 || strings.Contains(page.Text("html"), "+46 999") || strings.Contains(page.Text("html"), "secret note") {
			t.Fatalf("the page: %d", status)
		}
	}
	status, _, page := stranger.post(link, url.Values{"right": {"1"}})
	if status != http.StatusOK || !strings.Contains(page.Text("h1"), "Tack, Ana.") {
		t.Errorf("confirmed: %d", status)
	}
	if status, _, _ := stranger.get(link); status != http.StatusGone {
		t.Errorf("the link opens again: %d", status)
	}
	if status, _, _ := stranger.get("/reach/nonsense"); status != http.StatusNotFound {
		t.Errorf("nonsense opens: %d", status)
	}
}
