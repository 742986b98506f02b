package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"breakwater/internal/needs"
)

// axeCore is the accessibility checker, as npm brings it.
const axeCore = "../node_modules/axe-core/axe.min.js"

// axeFound is what the checker finds serious or critical in a part of a page whose folds are open, by day, and for colours by night too.
// Menus lie above others and stay closed.
const axeFound = `(async () => {
  for (const d of document.querySelectorAll("details:not([name=menu])")) d.open = true;
  const at = document.querySelector("%s") ?? document;
  const found = async (theme, options) => {
    document.documentElement.dataset.theme = theme;
    const { violations } = await axe.run(at, { resultTypes: ["violations"], preload: false, ...options });
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => theme + " " + v.id + ": " + v.nodes.slice(0, 3).map((n) => n.target.join(" ") + " " + n.html.slice(0, 120)).join(" | "));
  };
  return [...await found("light", { rules: { "target-size": { enabled: true } } }),
    ...await found("dark", { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } })].join("\n  ");
})()`

// axeLooks are how stories are looked at: in both directions of writing, on a desk and on a telephone. Every page is looked at whole in
// two looks, by its first story; its further states are shared out between the two others, and have both in a long run.
var axeLooks = []struct {
	lang  string
	width int64
	whole bool // with the frame
	turn  int  // which of two neighbours among the further states
}{
	{"he", 1440, true, 0}, {"en", 360, true, 0}, {"en", 1440, false, 0}, {"he", 360, false, 1},
}

// The accessibility checker finds nothing serious in any story of any page, by day and by night, from left to right and from right to left,
// on a desk and on a telephone (WCAG 2.2 A and AA as far as a program can tell). A page that is added is checked by having a story.
func TestStoriesForEverybody(t *testing.T) {
	checker, err := os.ReadFile(axeCore)
	if err != nil {
		needs.Missing(t, "axe-core", "npm ci fetches it: "+err.Error())
	}
	h, err := Storybook()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	first := slices.CompactFunc(stories(), func(a, b story) bool { return a.page == b.page })
	for _, look := range axeLooks {
		part, shown := "html", first
		if !look.whole {
			part, shown = "main", furtherStories(look.turn)
		}
		script := fmt.Sprintf(axeFound, part)
		for i, some := range slices.Collect(slices.Chunk(shown, 60)) { // a browser lives for six minutes
			t.Run(fmt.Sprintf("%s-%d-%d", look.lang, look.width, i), func(t *testing.T) {
				tab := needs.Chromium(t)
				if err := chromedp.Do(tab, onEveryPage(string(checker)), chromedp.EmulateViewport(look.width, 900)); err != nil {
					t.Fatal(err)
				}
				for _, st := range some {
					var got string
					err := chromedp.Do(tab, chromedp.Navigate(s.URL+"/"+look.lang+"/"+st.name()))
					if err == nil {
						got, err = chromedp.Run(tab, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
					}
					if err != nil {
						t.Fatalf("%s: %v", st.name(), err)
					}
					if got != "" {
						t.Errorf("%s:\n  %s", st.name(), got)
					}
				}
			})
		}
	}
}

// furtherStories are those that are not the first of their page, or every second of them.
func furtherStories(turn int) []story {
	var some []story
	page, n := "", 0
	for _, st := range stories() {
		if st.page != page {
			page = st.page
			continue
		}
		if n++; needs.Long() || n%2 == turn {
			some = append(some, st)
		}
	}
	return some
}

// onEveryPage has a script run in every page before its own.
func onEveryPage(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}
