package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/internal/say"
)

// watcher gathers what a browser complains about.
type watcher struct {
	mu   sync.Mutex
	said []string
}

// watch starts to listen to the console of a tab: errors of scripts, and violations of our Content-Security-Policy.
func watch(tab context.Context) *watcher {
	w := &watcher{}
	go func() {
		for m, err := range chromedp.Console(tab) {
			if err != nil {
				return
			}
			if s := fmt.Sprint(m); m.IsException() || strings.Contains(s, "Content Security Policy") || strings.Contains(s, "Uncaught") {
				w.mu.Lock()
				w.said = append(w.said, s)
				w.mu.Unlock()
			}
		}
	}()
	return w
}

func (w *watcher) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

// overflow names what is wider than the window.
const overflow = `(() => {
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide <= 0) return "";
  const inside = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
  const far = [...document.querySelectorAll("body *")].filter((e) => { const r = e.getBoundingClientRect(); return r.width && (r.right > innerWidth + 1 || r.left < -1) && !inside(e); });
  return wide + "px too wide: " + far.slice(0, 3).map((e) => e.tagName + "." + e.className).join(", ");
})()`

// faint names text whose contrast with what lies behind it is below WCAG's 4.5 (3 for large letters).
const faint = `(() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }; return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  const behind = (e) => { for (; e; e = e.parentElement) { const s = getComputedStyle(e); if (s.backgroundImage !== "none") return null; const c = rgba(s.backgroundColor); if (c[3] > 250) return c; if (c[3] > 5) return null; } return [255, 255, 255, 255]; };
  const bad = new Set();
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || e.closest("svg, .sr, [hidden], dialog:not([open]), details:not([open]) > :not(summary), .done")) continue;
    const s = getComputedStyle(e), back = behind(e), r = e.getBoundingClientRect();
    if (!back || !r.width || s.visibility === "hidden") continue;
    const a = light(rgba(s.color)), b = light(back), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    const size = parseFloat(s.fontSize), large = size >= 24 || size >= 18.6 && s.fontWeight >= 700;
    if (ratio < (large ? 3 : 4.5)) bad.add(ratio.toFixed(1) + " " + e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 20));
  }
  return [...bad].slice(0, 5).join("; ");
})()`

// small names what can be touched but is smaller than 24 pixels (WCAG 2.2, 2.5.8), links within a sentence aside.
const small = `(() => [...document.querySelectorAll("button, summary, select, input:not([type=hidden], [type=checkbox], [type=radio]), .button, nav a, .rail a, .bar a")]
  .filter((e) => { const r = e.getBoundingClientRect(); return r.width > 0 && (r.height < 24 || r.width < 24) && !e.closest(".sr, svg, dialog:not([open])"); })
  .slice(0, 3).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 20)).join("; "))()`

// The storybook in a real browser: nothing is wider than a small phone in any language, letters stand out by day and night,
// targets are large enough, and no script or style is refused.
func TestStoriesInBrowser(t *testing.T) {
	h, err := Storybook()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	tab := needs.Chromium(t)
	complaints := watch(tab)
	look := func(address string, width int64, checks ...string) {
		t.Helper()
		if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(s.URL+address)); err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		for _, check := range checks {
			got, err := chromedp.Run(tab, chromedp.Evaluate[string](check))
			if err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			if got != "" {
				t.Errorf("%s at %d: %s", address, width, got)
			}
		}
		for _, said := range complaints.take() {
			t.Errorf("%s: the browser says %s", address, said)
		}
	}
	pages := make(map[string]bool)
	for _, st := range stories() {
		look("/en/"+st.name(), 320, overflow, small, faint)
		if !pages[st.page] {
			pages[st.page] = true
			for _, l := range say.Languages()[1:] {
				look("/"+l.Tag+"/"+st.name(), 360, overflow)
			}
		}
		if st.state == "storm" || st.state == "full" || st.state == "many" || st.state == "wrong" {
			look("/en/"+st.name()+"?theme=dark", 1440, overflow, faint)
			look("/he/"+st.name(), 768, overflow)
		}
	}
	for _, shot := range []struct {
		name, address string
		width         int64
	}{
		{"radar-en", "/en/radar/radar/storm", 1440}, {"radar-en-dark", "/en/radar/radar/storm?theme=dark", 1440}, {"radar-he-phone", "/he/radar/radar/storm", 360},
		{"room-zh", "/zh-Hant/incidents/room/storm", 1440}, {"room-he", "/he/incidents/room/storm", 1440}, {"sources-pl", "/pl/sources/sources/many", 768}, {"mentions-sv", "/sv/mentions/mentions/many", 360},
	} {
		look(shot.address, shot.width)
		needs.Shot(t, tab, "story-"+shot.name)
	}
}

// The console in a real browser, by keyboard alone: sign in, go to the alert, acknowledge it without leaving the page; what
// others do appears by itself.
func TestConsoleInBrowser(t *testing.T) {
	h := open(t).furnish()
	tab := needs.Chromium(t)
	complaints := watch(tab)
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, steps...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(h.url+"/"),
		chromedp.SendKeys(chromedp.CSS("#email"), "lead@example.org"), chromedp.SendKeys(chromedp.CSS("#password"), secretWords+"\r"),
		chromedp.WaitVisible(chromedp.CSS("#radar")))
	until := func(what, js string) {
		t.Helper()
		var err error
		for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
			var is bool
			if is, err = chromedp.Run(tab, chromedp.Evaluate[bool](js)); is {
				return
			}
		}
		t.Fatalf("waited for %s: %v", what, err)
	}
	until("the scripts", `document.documentElement.classList.contains("js")`)
	until("nothing to have the focus", `(document.activeElement.blur(), true)`)
	do(chromedp.KeyEvent("\t"))
	until("the skip link to be first", `document.activeElement.matches("a.skip")`)
	do(chromedp.KeyEvent("/"))
	until("the search box to have the focus", `document.activeElement.id === "find"`)
	do(chromedp.Navigate(h.url + "/alerts"))
	do(chromedp.KeyEvent("j"))
	until("j to reach the first alert", `document.activeElement.matches("[data-row] [data-open]")`)
	do(chromedp.KeyEvent("g"), chromedp.KeyEvent("r"))
	until("g r to lead to the radar", `location.pathname === "/" && !!document.querySelector("#radar .alert")`)
	if h.c.assets.url("vendor/htmx.min.js") != "" { // without it, forms lead to new pages, which the other tests walk
		until("the stream to be open", `document.querySelector("#live").classList.contains("on")`)
		do(chromedp.Click(chromedp.CSS(`form[action$="/see"] button`)))
		until("the card to say who has it", `document.querySelector("#radar .alert").textContent.includes("Kim lead")`)
		_, err := h.c.Alerts.Decide(t.Context(), h.alert.ID, desk.Decision{Is: desk.DecisionRoutine})
		h.must(err)
		until("somebody else's decision to appear", `!document.querySelector("#radar .alert")`)
		held, err := h.c.Outbox.Press(t.Context(), desk.Hold{}, "fire")
		h.must(err)
		until("somebody else's STOP to appear", `document.querySelector(".banners > .banner.held")?.textContent.includes("fire")`)
		_, err = h.c.Outbox.End(t.Context(), held.ID, "over")
		h.must(err)
		until("its banner to go", `!document.querySelector(".banner.held")`)
	}
	for _, said := range complaints.take() {
		t.Errorf("the browser says %s", said)
	}
}

// A post of the calendar moves to the next day by keyboard, keeps its time of day, and has the focus again.
func TestCalendarByKeyboard(t *testing.T) {
	h := open(t).furnish()
	p := h.planned(1)
	tab := needs.Chromium(t)
	complaints := watch(tab)
	item := "#post-" + itoa(p.ID)
	if err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(h.url+"/"),
		chromedp.SendKeys(chromedp.CSS("#email"), "lead@example.org"), chromedp.SendKeys(chromedp.CSS("#password"), secretWords+"\r"),
		chromedp.WaitVisible(chromedp.CSS("#radar")), chromedp.Navigate(h.url+"/calendar?view=agenda"), chromedp.WaitVisible(chromedp.CSS(item))); err != nil {
		t.Fatal(err)
	}
	until := func(what, js string) {
		t.Helper()
		var err error
		for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
			var is bool
			if is, err = chromedp.Run(tab, chromedp.Evaluate[bool](js)); is {
				return
			}
		}
		t.Fatalf("waited for %s: %v", what, err)
	}
	press := `document.querySelector("` + item + ` a").dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", altKey: true, bubbles: true, cancelable: true}))`
	until("the scripts", `document.documentElement.classList.contains("js")`)
	until("the key to be taken", `!`+press)
	until("the post to have the focus again", `location.search.includes("done=moved") && document.activeElement.matches("`+item+` a")`)
	now, err := h.c.Outbox.One(t.Context(), p.ID)
	h.must(err)
	if later := now.Due.Sub(p.Due).Round(time.Hour); later < 23*time.Hour || later > 25*time.Hour { // clocks may change that night
		t.Errorf("it was due %s and is due %s", p.Due, now.Due)
	}
	for _, said := range complaints.take() {
		t.Errorf("the browser says %s", said)
	}
}
