package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// A lead erases who wrote to us alone from beside the conversation, and is back in the list; others have no such button.
func TestALeadErasesSomebody(t *testing.T) {
	t.Parallel()
	h := open(t).furnish()
	ref := desk.Ref{Network: "email", NativeID: "1@home.example"}
	h.must(h.db.Receive(t.Context(), []desk.Incoming{{BrandID: h.anyBrand(), Private: true, Message: desk.Message{Ref: ref, Via: desk.ViaMail, At: time.Now().UTC(), Text: "Erase me, please.",
		Author: desk.Author{NativeID: "eva@home.example", Handle: "eva@home.example", Name: "Eva"}}}}))
	id, err := h.db.ConversationOf(t.Context(), ref)
	h.must(err)
	at := "/inbox/" + itoa(id)
	lead := h.signedIn(desk.Lead)
	_, _, page := lead.get(at + "?view=all")
	forms := page.All(`#erase form[action^="` + at + `/erase?"]`)
	if len(forms) != 1 {
		t.Fatal("there is no way to erase them")
	}
	if status, to, _ := lead.post(at+"/erase?view=all", url.Values{}); status != http.StatusSeeOther || !strings.HasPrefix(to, "/inbox?") || !strings.Contains(to, "view=all") {
		t.Errorf("erasing gave %d and leads to %q", status, to)
	}
	if _, err := h.db.Conversation(t.Context(), id); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("they are still there: %v", err)
	}
}
