package alert

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Speaker says a text in a language, and falls back to English; internal/say does.
type Speaker interface {
	Text(lang string, t desk.Text) string
}

// letter is what a message tells, before it is put into words.
type letter struct {
	lang  string
	alert desk.Alert
	zone  *time.Location // of the brand
	posts []desk.Mention // examples, at most maxPosts
	link  string

	actions []Action
}

const (
	maxPosts = 3
	maxWhys  = 6   // sentences, strongest first
	maxQuote = 280 // characters of an example: what once was a whole post
	maxWho   = 80  // characters of a name
	maxURL   = 500 // bytes; a longer address is left out, because half of one leads nowhere
)

// page is a letter in words, as the template takes it.
type page struct {
	Lang, Dir      string
	Level, Title   string
	Why            []string
	Facts          []fact
	Examples       string
	Posts          []quote
	Link, LinkText string
	Footer         string
	Actions        []Action
}

type fact struct{ Name, Value string }

type quote struct{ Who, Text, URL string }

// openAlert is said by what leads to the console.
var openAlert = desk.Say("Open the alert")

// write puts a letter into words: subject, plain text and HTML.
func write(s Speaker, l letter) (subject, text, html string, err error) {
	p := l.page(s)
	var b strings.Builder
	if err := letterHTML.Execute(&b, p); err != nil {
		return "", "", "", err
	}
	return p.Level + ": " + oneLine(p.Title), p.plain(), b.String(), nil
}

func (l letter) page(s Speaker) page {
	say := func(sentence string, with ...any) string { return s.Text(l.lang, desk.Say(sentence, with...)) }
	p := page{
		Lang: l.lang, Dir: direction(l.lang), Actions: l.actions,
		Level:    s.Text(l.lang, desk.Say(l.alert.Level.String())),
		Title:    s.Text(l.lang, l.alert.Title),
		Examples: say("What people write"),
		Link:     l.link, LinkText: s.Text(l.lang, openAlert),
		Footer: say("Breakwater sends this because the alert reached level {level}.", "level", int(l.alert.Level)),
	}
	if l.alert.State == desk.AlertEnded {
		p.Level = say("Over")
		p.Why = append(p.Why, say("It is over: what moved is back where it was. It began {began} and ended {ended}; the highest level was {level}.",
			"began", clock(l.alert.Opened, l.zone), "ended", clock(l.alert.Ended, l.zone), "level", int(l.alert.Level)))
	}
	if l.alert.Relapses > 0 && l.alert.State != desk.AlertEnded {
		p.Why = append(p.Why, say("It begins again after it was over."))
	}
	for _, sig := range l.alert.Signals[:min(len(l.alert.Signals), maxWhys)] {
		p.Why = append(p.Why, s.Text(l.lang, sig.Why))
	}
	if len(l.alert.Signals) > 0 {
		e := l.alert.Signals[0].Evidence
		p.fact(say("Since"), clock(e.Since, l.zone))
		p.fact(say("Networks"), shares(e.Networks, true))
		p.fact(say("Words"), shares(e.Words, false))
		p.fact(say("Voices"), heardFar(e.Voices))
		if e.People > 0 {
			p.fact(say("People"), strconv.Itoa(e.People))
		}
		for _, g := range e.Gaps {
			p.fact(say("Not heard"), s.Text(l.lang, g))
		}
	}
	for _, m := range l.posts[:min(len(l.posts), maxPosts)] {
		p.Posts = append(p.Posts, quote{Who: who(m), Text: short(m.Text, maxQuote), URL: webURL(m.URL)})
	}
	return p
}

func (p *page) fact(name, value string) {
	if value != "" {
		p.Facts = append(p.Facts, fact{name, value})
	}
}

func (p page) plain() string {
	var b strings.Builder
	line := func(s ...string) { b.WriteString(strings.Join(s, "") + "\n") }
	line(p.Level, ": ", p.Title)
	line()
	for _, w := range p.Why {
		line(w)
	}
	for _, f := range p.Facts {
		line(f.Name, ": ", f.Value)
	}
	if len(p.Posts) > 0 {
		line()
		line(p.Examples, ":")
	}
	for _, q := range p.Posts {
		line("- ", q.Who, ": ", q.Text)
		if q.URL != "" {
			line("  ", q.URL)
		}
	}
	line()
	for _, a := range p.Actions {
		line(a.Text, ": ", a.URL)
	}
	line(p.LinkText, ": ", p.Link)
	line()
	line(p.Footer)
	return b.String()
}

// letterHTML is small on purpose: mail programs know little of stylesheets. Strangers' words are escaped by the template, and
// each has its own direction.
var letterHTML = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="{{.Lang}}" dir="{{.Dir}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Title}}</title></head>
<body style="font-family:sans-serif;line-height:1.45;max-width:40em">
<p><strong>{{.Level}}</strong></p>
<h1 style="font-size:1.25em">{{.Title}}</h1>
{{range .Why}}<p>{{.}}</p>
{{end}}{{with .Facts}}<table>{{range .}}<tr><th style="text-align:start;vertical-align:top">{{.Name}}</th><td dir="auto">{{.Value}}</td></tr>{{end}}</table>
{{end}}{{with .Posts}}<h2 style="font-size:1em">{{$.Examples}}</h2>
{{range .}}<blockquote dir="auto" style="margin-inline:0;padding-inline-start:1em;border-inline-start:3px solid #888"><strong>{{.Who}}</strong><br>{{.Text}}{{with .URL}}<br><a href="{{.}}" rel="noreferrer noopener" dir="ltr">{{.}}</a>{{end}}</blockquote>
{{end}}{{end}}{{range .Actions}}<p><a href="{{.URL}}" style="display:inline-block;padding:.6em 1.2em;background:#0e2a33;color:#fff;border-radius:6px;text-decoration:none;font-size:1.15em">{{.Text}}</a></p>
{{end}}<p><a href="{{.Link}}">{{.LinkText}}</a></p>
<p><small>{{.Footer}}</small></p>
</body></html>
`))

func direction(lang string) string {
	if lang == "he" {
		return "rtl"
	}
	return "ltr"
}

func clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2006-01-02 15:04 MST")
}

// shares lists names, with their counts when counted.
func shares(all []desk.Share, counted bool) string {
	var names []string
	for _, s := range all[:min(len(all), 6)] {
		if counted {
			s.Name += " " + strconv.Itoa(s.Count)
		}
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}

// heardFar lists who is heard farthest, each with their network.
func heardFar(all []desk.Voice) string {
	var names []string
	for _, v := range all[:min(len(all), 3)] {
		names = append(names, who(desk.Mention{Ref: desk.Ref{Network: v.Network}, Author: v.Author}))
	}
	return strings.Join(names, ", ")
}

func who(m desk.Mention) string {
	name := m.Author.Handle
	if name == "" {
		name = m.Author.Name
	}
	return short(name, maxWho) + " (" + m.Network + ")"
}

// short is the beginning of a stranger's text on one line, at most most characters of it.
func short(s string, most int) string {
	s = oneLine(s)
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// oneLine keeps a text from breaking out of its line: a header, or a line of plain text that looks like ours.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// webURL lets only web addresses through, of a length that fits into a message.
func webURL(s string) string {
	if len(s) <= maxURL && (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) {
		return strings.Join(strings.Fields(s), "")
	}
	return ""
}
