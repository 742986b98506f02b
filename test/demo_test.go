package test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"breakwater/desk"
	"breakwater/internal/needs"
)

// view is a width and a language in which the story is looked at.
type view struct {
	name          string
	width, height int64
	lang, dir     string
}

var views = []view{
	{"desktop-en", 1440, 900, "en", "ltr"},
	{"phone-en", 360, 740, "en", "ltr"},
	{"desktop-he", 1440, 900, "he", "rtl"},
	{"phone-he", 360, 740, "he", "rtl"},
	{"desktop-zh", 1440, 900, "zh-Hant", "ltr"},
	{"phone-zh", 360, 740, "zh-Hant", "ltr"},
}

// TestDemo walks the demo as somebody would who tries it tonight: sign in, look at the radar, see the alert come up by itself,
// open the room; then the same pages at desktop and phone width in three languages.
func TestDemo(t *testing.T) {
	browser := needs.Chromium(t)
	d := startDemo(t, "4")
	c := d.client(t)

	tab := newTab(t, browser)
	run(t, tab, "sign in", chromedp.EmulateViewport(1440, 900), chromedp.Navigate(d.url+"/"),
		chromedp.SendKeys("#email", d.email), chromedp.SendKeys("#password", d.password), chromedp.Submit("#password"),
		chromedp.WaitVisible("#radar"))
	needs.Shot(t, tab, "story/desktop-en-1-radar-before")
	run(t, tab, "the alert comes up by itself", chromedp.WaitVisible("#radar article.alert"))
	needs.Shot(t, tab, "story/desktop-en-2-radar-alert")

	alerts := read[struct{ Items []desk.Alert }](t, c, d.url+"/api/v1/alerts")
	if len(alerts.Items) == 0 {
		t.Fatal("an alert is on the radar, but the API has none")
	}
	first := alerts.Items[len(alerts.Items)-1]
	tip := read[desk.Mention](t, c, fmt.Sprintf("%s/api/v1/mentions/%d", d.url, first.Signals[0].Trigger))
	t.Logf("answered %.1f s after its start; the alert opened %.1f s after the mention that tipped it",
		d.answered.Seconds(), first.Opened.Sub(tip.Arrived).Seconds())

	run(t, tab, "open the room", chromedp.Click("#radar article.alert form button.alarm", chromedp.NodeVisible), chromedp.WaitVisible("main h1"))
	waitFor(t, "the room's address", func() bool {
		return strings.Contains(get(t, tab, "where it is", chromedp.Location()), "/incidents/")
	})
	room := get(t, tab, "the room's address", chromedp.Location())
	run(t, tab, "the room", chromedp.WaitVisible("main h1"))
	needs.Shot(t, tab, "story/desktop-en-3-room")

	for _, v := range views {
		t.Run(v.name, func(t *testing.T) { look(t, browser, d, v, room) })
	}
}

// look goes from the alert on the radar to its room, opens the story's pages in one view and checks what a screen must not do to people.
func look(t *testing.T, browser context.Context, d demoDesk, v view, room string) {
	tab := newTab(t, browser)
	run(t, tab, "choose the language", chromedp.EmulateViewport(v.width, v.height), chromedp.Navigate(d.url+"/me"),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`{ const f = document.querySelector('form[action="/me"]'); f.elements.lang.value = %q; f.requestSubmit() }`, v.lang)))
	waitFor(t, "the language", func() bool {
		return get(t, tab, "its language", chromedp.Evaluate[string](`location.search.includes("done=") && document.documentElement?.lang || ""`)) == v.lang
	})
	run(t, tab, "from the radar's alert to its room", chromedp.Navigate(d.url+"/"), chromedp.Click("#radar article.alert a[href^='/incidents/']", chromedp.NodeVisible), chromedp.WaitVisible("main h1"))
	waitFor(t, "the room", func() bool { return get(t, tab, "where it is", chromedp.Location()) == room })
	for name, address := range map[string]string{"radar": d.url + "/", "alerts": d.url + "/alerts", "room": room, "mentions": d.url + "/mentions"} {
		run(t, tab, name, chromedp.Navigate(address), chromedp.WaitVisible("main h1"))
		page := get(t, tab, name, chromedp.Evaluate[struct {
			Lang, Dir    string
			Wide, Inside float64
		}](`({Lang: document.documentElement.lang, Dir: document.documentElement.dir || "ltr",
			Wide: document.documentElement.scrollWidth, Inside: document.documentElement.clientWidth})`))
		if page.Lang != v.lang || page.Dir != v.dir {
			t.Errorf("%s is in %q, direction %q; want %q, %q", name, page.Lang, page.Dir, v.lang, v.dir)
		}
		if page.Wide > page.Inside {
			t.Errorf("%s is %g px wide on a screen of %g px: it scrolls sideways", name, page.Wide, page.Inside)
		}
		needs.Shot(t, tab, "story/"+v.name+"-"+name)
	}
}

// newTab opens a tab that is closed with the test.
func newTab(t *testing.T, browser context.Context) context.Context {
	t.Helper()
	tab, done := chromedp.NewContext(browser)
	t.Cleanup(done)
	if err := chromedp.Do(tab); err != nil { // without a deadline: the tab lives as long as its first context
		t.Fatal(err)
	}
	return tab
}

// run does things in a browser's tab, one after the other.
func run(t *testing.T, tab context.Context, what string, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	for _, a := range actions {
		get(t, tab, what, a)
	}
}

// get does one thing in a browser's tab and gives what it finds.
func get[T any](t *testing.T, tab context.Context, what string, a chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		needs.Shot(t, tab, "story/failed")
		t.Fatalf("%s: %v", what, err)
	}
	return v
}
