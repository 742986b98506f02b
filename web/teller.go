package web

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
	"breakwater/internal/say"
)

// teller makes up what the storybook shows, in the script of the reader: people, posts, storms.
type teller struct {
	speak  *say.Printer
	script string
}

// storyNow is the present, cut so that two looks at a story within ten minutes show the same.
func storyNow() time.Time { return time.Now().UTC().Truncate(10 * time.Minute) }

func (t teller) pick(he, zh, latin string) string {
	switch t.script {
	case "he":
		return he
	case "zh-Hant":
		return zh
	}
	return latin
}

func (t teller) brand() string {
	return t.pick("אקמה מוצרי חלב", "頂峰乳業", "Acme Dairy")
}

var peopleOf = map[string][]string{
	"he":      {"מיכל לוי", "יוסי כהן", "תמר אברהם"},
	"zh-Hant": {"林怡君", "陳志明", "王淑芬"},
	"pl":      {"Agnieszka Wiśniewska", "Łukasz Żak", "Zofia Kowalczyk"},
}

func (t teller) person(i int) string {
	names := peopleOf[t.script]
	if names == nil {
		names = []string{"Ana Lindqvist", "Omar Haddad", "Siti Rahayu"}
	}
	return names[i%len(names)]
}

var saidOf = map[string][]string{
	"he": {
		"קניתי היום יוגורט של אקמה והבן שלי הרגיש רע כל הלילה. מישהו עוד? #אקמה",
		"עוד לא קיבלתי תשובה משירות הלקוחות. שלושה ימים! זה פשוט לא מקצועי.",
		"האמת? הגבינה החדשה שלהם מצוינת.",
	},
	"zh-Hant": {
		"今天買了頂峰的優格，小孩吃完整晚不舒服，有人也一樣嗎？#頂峰乳業",
		"客服三天都沒有回覆，這樣的處理方式真的讓人失望。",
		"老實說他們新出的起司還不錯。",
	},
	"": {
		"Bought the Acme yoghurt today and my son was sick all night. Anybody else? #AcmeDairy",
		"Three days and still no answer from customer care. This is just not how you treat people.",
		"Honestly? Their new cheese is really good.",
	},
}

func (t teller) said(i int) string {
	all := saidOf[t.script]
	if all == nil {
		all = saidOf[""]
	}
	return all[i%len(all)]
}

// mention is the i-th post of a story.
func (t teller) mention(i int) desk.Mention {
	m := desk.Mention{ID: int64(1000 + i), Kind: desk.KindPost, Text: t.said(i), Lang: t.speak.Tag(), Published: storyNow().Add(-time.Duration(i*7+2) * time.Minute),
		Author: desk.Author{Handle: fmt.Sprintf("person%d", i), Name: t.person(i), Followers: []int{182, 48210, 1250000}[i%3]},
		Mood:   []desk.Mood{desk.Negative, desk.Negative, desk.Positive}[i%3], Sentiment: []float64{-.7, -.5, .6}[i%3], Confidence: .82, Like: 1,
		URL: "https://example.org/@person/" + itoa(int64(i)), Monitors: []int64{1}}
	m.Ref = desk.Ref{Network: []string{"mastodon", "bluesky", "feed"}[i%3], NativeID: itoa(int64(i))}
	m.Fold = m.Key().Fold()
	if i%3 == 0 {
		m.Like = 1204
		m.SetCues([]desk.Cue{{Type: "food_illness", Strength: 3, Words: []desk.Span{t.span(m.Text)}}})
	}
	if i%3 == 2 {
		m.Author.Media = true
	}
	return m
}

// span is the second half of a text, cut at a character, as if a cue had been found there.
func (t teller) span(text string) desk.Span {
	from := len(text) / 2
	for !utf8.RuneStart(text[from]) {
		from++
	}
	return desk.Span{Words: text[from:], From: from, To: len(text)}
}

func (t teller) mentions(n int) []mentionView {
	all := make([]desk.Mention, n)
	for i := range all {
		all[i] = t.mention(i)
	}
	return mentionViews(all, time.UTC)
}

// hostile is a post that tries everything: markup, scripts, direction overrides, a word without end, combining marks.
func (t teller) hostile() mentionView {
	m := t.mention(1)
	m.ID = 6666
	m.Author.Name = `</strong><script>alert(1)</script>` + strings.Repeat("W", 200)
	m.Author.Handle = `"onmouseover="alert(1)`
	m.Title = `<img src=x onerror=alert(1)>`
	m.Text = "\u202eevil\u202c " + strings.Repeat("a", 600) + ` <a href="javascript:alert(1)">x</a> {{.}} ` + strings.Repeat("e\u0301\u0327", 90) + "\n\n\n" + strings.Repeat("🤬", 40)
	m.URL = "javascript:alert(1)"
	m.Network = "<b>net"
	m.Cues = []string{"<i>"}
	m.Topics = []desk.TopicName{{ID: 1, Name: `"><script>x · ` + strings.Repeat("W", 90)}}
	return mentionView{Mention: m, Zone: time.UTC}
}

// storm is a day of a brand: quiet, then a flood in the last two hours.
func (t teller) storm(high float64) chart {
	now := storyNow()
	c := chart{From: now.Add(-24 * time.Hour), To: now, Step: 10 * time.Minute, Zone: time.UTC}
	for i := range 144 {
		at := c.From.Add(time.Duration(i) * c.Step)
		usual := 6 + 5*math.Sin(float64(at.Hour()-6)/24*2*math.Pi)
		c.Band = append(c.Band, desk.Band{At: at, Expected: usual, Low: usual * .5, High: usual*1.6 + 2})
		flood := 0.0
		if i > 130 {
			flood = high * math.Exp(float64(i-143)/4)
		}
		wobble := 1 + .35*math.Sin(float64(i)*1.7)
		for k, name := range []string{"mastodon", "bluesky", "feed", "webhook"} {
			part := []float64{.5, .3, .15, .05}[k]
			n := int(part * (usual*wobble + flood))
			neg := int(float64(n) * .2)
			if flood > 5 {
				neg = int(float64(n) * .7)
			}
			if n > 0 {
				c.Points = append(c.Points, desk.Point{At: at, Name: name, Count: n, Negative: neg})
			}
		}
	}
	if high > 0 {
		for i := range 24 {
			n := high * math.Exp(-float64(i)/9)
			c.Forecast = append(c.Forecast, desk.Band{At: now.Add(time.Duration(i) * c.Step), Low: n * .6, Expected: n, High: n * 1.7})
		}
	}
	return c
}

// sum joins the networks of a chart into one series.
func (t teller) sum(c chart, last int) []desk.Point {
	return whole(c.Points, c.To.Add(-time.Duration(last)*c.Step), c.To, c.Step)
}

// alert is a live one with all evidence.
func (t teller) alert(i int, level desk.Level) desk.Alert {
	now := storyNow()
	why := []desk.Text{
		desk.Say("{n} mentions of {monitor} in {minutes} minutes, {times} times the usual {usual}. {share} % are negative.", "n", 412, "monitor", t.brand(), "minutes", 60, "times", 8.4, "usual", 49, "share", 71),
		desk.Say("{n} of {total} mentions of {monitor} in the last {minutes} minutes are negative: {share} %, where {usual} % are usual.", "n", 292, "total", 412, "monitor", t.brand(), "minutes", 60, "share", 71, "usual", 18),
	}[i%2]
	return desk.Alert{ID: int64(41 + i), BrandID: 1, MonitorID: 1, State: desk.AlertOpen, Level: level, Title: why, Opened: now.Add(-18 * time.Minute), Updated: now,
		Signals: []desk.Signal{{Detector: []string{"surge", "mood"}[i%2], MonitorID: 1, At: now, Strength: 4.2, Level: level, Why: why, Evidence: desk.Evidence{
			Observed: 412, Expected: 49, High: 78, Window: 60, Since: now.Add(-55 * time.Minute), Doubling: 11, Phase: "rising", People: 377, Copies: 120, Crowd: t.crowd().Counted(),
			Rule:     desk.Say("Surge: held against this hour of the week and this monitor's own highest; {sensitivity}.", "sensitivity", desk.Say("sensitivity balanced")),
			Networks: []desk.Share{{Name: "mastodon", Count: 280, Ratio: 9.1}, {Name: "bluesky", Count: 132, Ratio: 6}},
			Words:    t.words(), Voices: t.voices(3), Mentions: []int64{1000, 1001, 1002}, Every: []float64{5.2 * 24 * 365.25, 30}[i%2], Topic: t.words()[0].Name, Sources: 5, Deaf: 2 * (i % 2),
			Looks:  desk.Say("Other monitors rise as well, about {times} times what is usual: the whole platform talks more.", "times", 1.6),
			Doubts: t.doubts()}}}}
}

// doubts are all that an alert can say against itself.
func (t teller) doubts() []desk.Text {
	return []desk.Text{
		desk.Say("With {n} mentions fewer it would be within what is usual here.", "n", 334),
		desk.Say("If these {n} posts are one person's copies, {rest} remain: still more than the usual {high}.", "n", 120, "rest", 292, "high", 78),
		desk.Say("If {n} of the {negative} negative posts are meant as a joke or were read wrongly, the mood is usual.", "n", 188, "negative", 292),
	}
}

// topics are a burst, a smaller one, and one that a handful of accounts makes.
func (t teller) topics() []topicView {
	w := t.words()
	name := func(i ...int) (d desk.Topic) {
		for _, k := range i {
			d.Terms = append(d.Terms, w[k].Name)
		}
		d.Name, d.Lang = strings.Join(d.Terms, " · "), t.mention(0).Lang
		return d
	}
	a, b, c := name(1, 0), name(2), name(3)
	a.ID, a.Count, a.Negative, a.Positive, a.People, a.Hour, a.Usual, a.Trend = 1, 318, 262, 11, 291, 240, 3.1, desk.Rising
	a.Networks = []desk.Share{{Name: "mastodon", Count: 208}, {Name: "bluesky", Count: 110}}
	b.ID, b.Count, b.Negative, b.Positive, b.People, b.Hour, b.Trend, b.Networks = 2, 44, 12, 20, 41, 31, desk.Steady, a.Networks[1:]
	c.ID, c.Count, c.People, c.Hour, c.Trend, c.Few, c.Networks = 3, 120, 3, 2, desk.Falling, true, a.Networks[:1]
	views := topicViews([]desk.Topic{a, b, c})
	for i := range views {
		m := t.mentions(3)[i]
		views[i].Sample = &m
	}
	return views
}

func (t teller) words() []desk.Share {
	words := []string{t.pick("יוגורט", "優格", "yoghurt"), t.pick("חולה", "不舒服", "sick all night"), t.pick("#אקמה", "#頂峰乳業", "#AcmeDairy"), t.pick("החזר", "退費", "refund")}
	all := make([]desk.Share, len(words))
	for i, w := range words {
		all[i] = desk.Share{Name: w, Count: 210 / (i + 1), Ratio: 31.4 / float64(i+1)}
	}
	return all
}

func (t teller) voices(n int) []desk.Voice {
	kinds := append([]string{""}, desk.VoiceKinds...)
	why := []desk.Text{desk.Say("{n} people follow them.", "n", 120000), desk.Say("{n} posts here repeat theirs.", "n", 41)}
	all := make([]desk.Voice, n)
	for i := range all {
		m := t.mention(i)
		all[i] = desk.Voice{Author: m.Author, Network: m.Network, Mentions: i + 1, Reposted: 310 * (n - i), Mood: m.Sentiment, First: m.ID,
			Kind: kinds[i%len(kinds)], Amplified: 14 * (n - i), By: []desk.Share{{Name: "fan.1", Count: 9}, {Name: "user8812345", Count: 6}}}
		switch i % 3 {
		case 0:
			all[i].Of = []desk.Share{{Name: m.Author.Handle, Count: 3}}
		case 1:
			all[i].Why = why
		case 2:
			all[i].SetBy = t.person(1)
		}
	}
	return all
}

// crowd is nine hundred posts, of which few people wrote their own.
func (t teller) crowd() desk.Crowd {
	m, from := t.mention(0), storyNow().Add(-3*time.Hour)
	g := desk.Group{Fold: 12, Mention: m.ID, Text: m.Text, Lang: m.Lang, Author: m.Author, Network: m.Network, Posts: 212, People: 180, Reposts: 90, Reposters: 88, Exact: .83, From: from, To: storyNow()}
	gone := g
	gone.Text, gone.Author, gone.People = "", desk.Author{}, 24
	return desk.Crowd{Posts: 900, People: 312, Own: 41, Reposts: 410, Copies: 236, Groups: 2, Copied: []desk.Group{g, gone}, Spread: []desk.Group{g}}
}

func (t teller) card(i int, level desk.Level) alertView {
	return alertView{Alert: t.alert(i, level), Zone: time.UTC, Monitor: t.brand(), Points: t.sum(t.storm(120), 18), Examples: t.mentions(2 + i%2), CanDecide: true, Back: "/"}
}

// long is a word that no column expects.
func long() string { return "Donaudampfschifffahrtsgesellschaftskapitän" + strings.Repeat("s", 60) }
