package centre

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"breakwater/internal/needs"
)

// axe is the accessibility checker, as npm brings it.
const axe = "../node_modules/axe-core/axe.min.js"

// complaints are what the checker finds serious or critical.
const complaints = `(async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.filter((v) => v.impact === "serious" || v.impact === "critical" || v.impact === "moderate").map((v) => v.id + ": " + v.nodes.map((n) => n.html.slice(0, 90)).slice(0, 3).join(" | ")).join("; ");
})()`

// outline is what is wrong with the order of headings: there is one of the first rank, at the beginning, and none is skipped on the way down.
const outline = `(() => {
  const ranks = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((h) => Number(h.tagName[1]));
  const wrong = ranks[0] !== 1 || ranks.filter((r) => r === 1).length !== 1 || ranks.some((r, i) => i > 0 && r > ranks[i - 1] + 1);
  return wrong ? ranks.join(" ") : "";
})()`

// Every page of the public site, by day and night and from right to left: the checker finds nothing, nothing is wider than a small phone,
// and without styles everything is there in the order in which it is needed.
func TestPublicPagesInABrowser(t *testing.T) {
	checker, err := os.ReadFile(axe)
	if err != nil {
		needs.Missing(t, "axe-core", "npm ci fetches it: "+err.Error())
	}
	s := new(Site)
	down := aPage()
	down.ID, down.Slug, down.Stage, down.Ended = 8, "old", "withdrawn", time.Now()
	files := filesOf(t, aPage(), down)
	s.Replace(Edition{Homes: map[string]map[string]File{"aurora": files}}, time.Now())
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	tab := needs.Chromium(t)
	for name := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, theme := range []string{"light", "dark"} {
			if err := chromedp.Do(tab, scheme(theme), chromedp.EmulateViewport(320, 900), chromedp.Navigate(srv.URL+"/c/aurora/"+name)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if wide := evaluate[float64](t, tab, `document.documentElement.scrollWidth`); wide > 320 {
				t.Errorf("%s is %v pixels wide on a phone of 320", name, wide)
			}
			if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](string(checker)+"; true")); err != nil {
				t.Fatalf("%s: load the checker: %v", name, err)
			}
			got, err := chromedp.Run(tab, chromedp.Evaluate[string](complaints, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatalf("%s: check: %v", name, err)
			}
			if got != "" {
				t.Errorf("%s, %s: %s", name, theme, got)
			}
			if order := evaluate[string](t, tab, outline); order != "" {
				t.Errorf("%s: headings %s", name, order)
			}
		}
	}
	if err := chromedp.Do(tab, chromedp.Navigate(srv.URL+"/c/aurora/kettle/")); err != nil {
		t.Fatal(err)
	}
	text := evaluate[string](t, tab, `(() => { document.querySelectorAll("style").forEach((s) => s.remove()); return document.body.innerText })()`)
	last := -1
	for _, part := range []string{"Aurora", "Acting", "Stop using the <kettle>", "Updated", "Next update by", "What you should do now", "Where to get help", "Latest update", "Earlier updates", "Questions and answers", "Rumours, checked", "Follow this page"} {
		at := strings.Index(text[last+1:], part)
		if at < 0 {
			t.Errorf("without styles %q does not come after %q", part, text[:min(last+1, len(text))])
			continue
		}
		last += 1 + at
	}
	shoot(t, tab, srv.URL+"/c/aurora/kettle/")
	if scripts := evaluate[float64](t, tab, `[...document.scripts].filter((s) => s.type !== "application/ld+json").length`); scripts != 0 {
		t.Errorf("the page runs %v scripts", scripts)
	}
}

func evaluate[T any](t *testing.T, tab context.Context, script string) T {
	t.Helper()
	got, err := chromedp.Run(tab, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", script, err))
	}
	return got
}

// scheme has the browser prefer light or dark.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
		return err
	})
}

// shoot takes pictures for a person to look at.
func shoot(t *testing.T, tab context.Context, address string) {
	t.Helper()
	for _, one := range []struct {
		name, file, theme string
		width             int64
		bare              bool
	}{{"320", "", "light", 320, false}, {"360-dark", "", "dark", 360, false}, {"1440", "", "light", 1440, false}, {"he", "he.html", "light", 360, false}, {"bare", "", "light", 800, true}} {
		if err := chromedp.Do(tab, scheme(one.theme), chromedp.EmulateViewport(one.width, 900), chromedp.Navigate(address+one.file)); err != nil {
			t.Fatal(err)
		}
		if one.bare {
			evaluate[bool](t, tab, `(() => { document.querySelectorAll("style").forEach((s) => s.remove()); return true })()`)
		}
		needs.Shot(t, tab, "public-centre-"+one.name)
	}
}
