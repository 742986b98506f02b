package web

import (
	"strings"

	"breakwater/desk"
	"breakwater/internal/posttext"
)

func checkStories() []story {
	return []story{
		{"checks/checks", "empty", func(t teller) page {
			p := newChecksPage(desk.Guard{BrandID: 1}, nil, "en", nil)
			p.Frame = t.frame(desk.Lead)
			return p
		}},
		{"checks/checks", "found", func(t teller) page {
			text := t.pick("החזרנו את {מוצר} מהמדפים. ראו jar.example.com #צנצנת", "{產品} 已下架，詳見 jar.example.com #罐子", "We took {product} off the shelves. See jar.example.com #jar")
			p := t.checks(desk.Lead)
			p.Text, p.Place = text, "x"
			blank, link := strings.IndexByte(text, '{'), strings.Index(text, "jar.")
			p.Tried = newTried(text, posttext.Read("x", posttext.Limits{}, text), []desk.Finding{
				{Weight: desk.FindingBlock, From: blank, To: strings.IndexByte(text, '}') + 1, Say: desk.Say("{blank} is not filled in.", "blank", "{product}"), Fix: desk.Say("Put in what belongs there.")},
				{Weight: desk.FindingSecond, Say: desk.Say("Under #{tag} people now speak of {topic}: {n} posts this week, {share} % negative.", "tag", "jar", "topic", desk.Say("tragedy"), "n", 40, "share", 75), Fix: desk.Say("Look at the posts before you use it.")},
				{Weight: desk.FindingWarn, From: link, To: link + 15, Say: desk.Say("{link} leads on to {target}.", "link", "jar.example.com", "target", "shop.example.org"), Fix: desk.Say("If that is meant, link there at once."), Put: "https://shop.example.org"},
				{Weight: desk.FindingHint, Say: desk.Say("Not checked: the spelling. The dictionary is not installed."), Fix: desk.Say("Ask the operator to install {package}.", "package", "hunspell-he")},
			})
			return p
		}},
		{"checks/checks", "clean", func(t teller) page {
			p := t.checks(desk.Viewer)
			p.Text = long()
			p.Tried = newTried(p.Text, posttext.Read("wordpress", posttext.Limits{}, p.Text), nil)
			return p
		}},
		{"checks/checks", "wrong", func(t teller) page {
			p := t.checks(desk.Lead)
			p.Days = "13-40 <b>"
			p.Problems = []*desk.Invalid{desk.Wrong("days", "Write each day as “month-day name”, such as “04-10 Day of mourning”."), desk.Wrong("words", "Give at most {n} words.", "n", 1000)}
			return p
		}},
	}
}

// checks is a brand that added something of its own.
func (t teller) checks(role desk.Role) *checksPage {
	g := desk.Guard{ID: 1, BrandID: 1, Version: 3, Words: []desk.GuardWord{{Topic: "competition", Text: "rival jar*"}, {Text: long()}}, Days: []desk.GuardDay{{Day: "05-03", Name: "The accident in Gdynia"}}, Names: []string{"Kavelund"}, Quiet: []string{"god"}}
	channels := []desk.Channel{{ID: 7, Name: t.pick("הנמל ב־Mastodon", "港口 Mastodon", "Harbour on Mastodon"), Kind: "mastodon"}, {ID: 8, Name: long(), Kind: "bluesky"}}
	p := newChecksPage(g, channels, "en", map[string][]string{"religion": {"god", "church"}, "tragedy": {"died", "earthquake*"}})
	p.Frame = t.frame(role)
	return p
}
