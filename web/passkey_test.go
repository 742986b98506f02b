package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"breakwater/desk"
	"breakwater/internal/needs"
)

// A passkey in a real browser, kept by the browser's own pretended device: added, used to sign in, and its answer sent once more, which
// opens nothing.
func TestPasskeyInBrowser(t *testing.T) {
	h := open(t).furnish()
	site := strings.Replace(h.url, "127.0.0.1", "localhost", 1)
	h.must(h.c.Gate.Passkeys(site))
	tab := needs.Chromium(t)
	complaints := watch(tab)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, steps...); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what, js string) {
		t.Helper()
		var err error
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
			var is bool
			if is, err = chromedp.Run(tab, chromedp.Evaluate[bool](js)); is {
				return
			}
		}
		t.Fatalf("waited for %s: %v %v", what, err, complaints.take())
	}
	device := func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return chromedp.Void{}, err
		}
		_, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
		}})
		return chromedp.Void{}, err
	}
	do(chromedp.EmulateViewport(1280, 900), device, chromedp.Navigate(site+"/sign-in"),
		chromedp.SendKeys(chromedp.CSS("#email"), "lead@example.org"), chromedp.SendKeys(chromedp.CSS("#password"), secretWords+"\r"),
		chromedp.WaitVisible(chromedp.CSS("#radar")), chromedp.Navigate(site+"/me/second"))
	until("the form", `document.querySelector("form[data-passkey]") && !document.querySelector("form[data-passkey]").hidden`)
	do(chromedp.SendKeys(chromedp.CSS("#key_name"), "Laptop"), chromedp.SendKeys(chromedp.CSS("#key_password"), secretWords+"\r"))
	until("recovery codes", `document.querySelectorAll(".codes li").length === 10`)
	u, err := h.db.User(t.Context(), h.ids[desk.Lead])
	h.must(err)
	if !u.Second || len(u.Factors.Passkeys) != 1 || u.Factors.Passkeys[0].Name != "Laptop" {
		t.Fatalf("kept %+v", u.Factors.Passkeys)
	}

	do(chromedp.Navigate(site + "/"))
	until("the way out", `(document.querySelector('form[action="/sign-out"]').submit(), true)`)
	until("the door", `location.pathname === "/sign-in" && !document.querySelector("form[data-passkey]").hidden`)
	until("what is sent to be caught", `(() => {
		const f = document.querySelector("form[data-passkey]");
		f.submit = () => { sessionStorage.setItem("sent", new URLSearchParams(new FormData(f)).toString()); HTMLFormElement.prototype.submit.call(f); };
		f.requestSubmit();
		return true;
	})()`)
	until("the radar", `location.pathname === "/"`)
	sent, err := chromedp.Run(tab, chromedp.Evaluate[string](`sessionStorage.getItem("sent")`))
	h.must(err)
	form, err := url.ParseQuery(sent)
	h.must(err)
	if form.Get("answer") == "" {
		t.Fatal("nothing was caught")
	}
	if status, to, _ := h.browser().post("/sign-in/passkey", form); status != http.StatusUnprocessableEntity {
		t.Errorf("the same answer once more = %d to %q, want refused", status, to)
	}
	q, err := h.c.Gate.AskPasskey(t.Context())
	h.must(err)
	form.Set("question", q.Name)
	if status, to, _ := h.browser().post("/sign-in/passkey", form); status != http.StatusUnprocessableEntity {
		t.Errorf("the answer to another question = %d to %q, want refused", status, to)
	}
	for _, said := range complaints.take() {
		t.Errorf("the browser says %s", said)
	}
}
