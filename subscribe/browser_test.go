package subscribe

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"breakwater/desk"
	"breakwater/internal/needs"
)

// axe is the accessibility checker, as npm brings it.
const axe = "../node_modules/axe-core/axe.min.js"

// complaints are what the checker finds of more than minor impact, and how much wider the page is than the screen.
const complaints = `(async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const said = found.violations.filter((v) => v.impact !== "minor").map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 90)).slice(0, 3).join(" | "));
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) said.push(wide + " pixels too wide");
  for (const b of document.querySelectorAll("button, footer a, input:not(.trap input)")) {
    const at = b.getBoundingClientRect(), label = b.closest("label")?.getBoundingClientRect();
    if (Math.max(at.height, label?.height ?? 0) < 44) said.push("lower than 44 pixels: " + b.outerHTML.slice(0, 90));
  }
  return said.join("; ");
})()`

// Every page on which one subscribes or leaves, by day and night, from left to right and from right to left, on a small phone and a large
// screen: the checker finds nothing, nothing is wider than the screen, and everything to press is large enough.
func TestDoorInABrowser(t *testing.T) {
	checker, err := os.ReadFile(axe)
	if err != nil {
		needs.Missing(t, "axe-core", "npm ci fetches it: "+err.Error())
	}
	d := &Door{}
	states := []string{"ask", "wrong", "asked", "busy", "confirm", "confirmed", "used", "leave", "left", "leftone"}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		home := Home{BrandID: 1, Brand: "Aurora, houseware of Kavelund since 1911", URL: "/c/aurora", Site: "https://help.aurora.example"}
		p := d.page(r, home, "")
		p.State, p.Address = r.URL.Path[1:], "somebody.with.a.long.name@mail.department.example.org"
		p.Topic = Topic{CentreID: 7, Slug: "kettle", Title: "Please stop using the kettle 1.7 l, series 20 to 27"}
		if p.State == "wrong" {
			p.State, p.Wrong = "ask", desk.Say("Enter one mail address, like ana@example.org.")
		}
		if err := d.show(w, r, p, http.StatusOK); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	tab := needs.Chromium(t)
	for _, state := range states {
		for _, look := range []struct {
			theme, lang string
			width       int64
		}{{"light", "en", 320}, {"dark", "en", 1440}, {"light", "he", 1440}, {"dark", "he", 320}} {
			if err := chromedp.Do(tab, scheme(look.theme), chromedp.EmulateViewport(look.width, 900), chromedp.Navigate(fmt.Sprintf("%s/%s?lang=%s", srv.URL, state, look.lang))); err != nil {
				t.Fatalf("%s: %v", state, err)
			}
			if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](string(checker)+"; true")); err != nil {
				t.Fatalf("%s: load the checker: %v", state, err)
			}
			got, err := chromedp.Run(tab, chromedp.Evaluate[string](complaints, chromedp.EvalAwaitPromise))
			if err != nil || got != "" {
				t.Errorf("%s, %+v: %s %v", state, look, got, err)
			}
		}
	}
}

// scheme has the browser prefer light or dark.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
		return err
	})
}
