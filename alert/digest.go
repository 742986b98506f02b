package alert

import (
	"fmt"

	"breakwater/desk"
)

const (
	shownPiles   = 20 // kinds of matters that one message names by their titles
	shownNumbers = 80 // characters of the numbers of one kind: all are named once before
)

// Digest tells many matters at once: each by its number, before anything else, because some services cut a message off; then the worst
// by their titles. Link leads to their list.
func Digest(s Speaker, lang string, about []desk.Matter, link string) Note {
	say := func(sentence string, with ...any) string { return s.Text(lang, desk.Say(sentence, with...)) }
	n := Note{Lang: lang, Link: link, Open: say("Open the desk")}
	piles := desk.Piles(about)
	n.Title = oneLine(say("{n} alerts, the worst: {title}", "n", len(about), "title", s.Text(lang, piles[0].Title)))
	n.Lines = append(n.Lines, say("{n} matters wait for somebody to take them up.", "n", len(about)))
	n.Lines = append(n.Lines, say("All of them by number: {numbers}", "numbers", desk.Numbers(about)))
	for _, p := range piles[:min(len(piles), shownPiles)] {
		n.Lines = append(n.Lines, fmt.Sprintf("%s: %s × %d (%s)", s.Text(lang, desk.Say(p.Level.String())), s.Text(lang, p.Title), p.Count, short(p.Numbers, shownNumbers)))
	}
	if rest := len(piles) - shownPiles; rest > 0 {
		n.Lines = append(n.Lines, say("And {n} other kinds of them.", "n", rest))
	}
	return n
}

// Message puts a note into the shape that every sender takes.
func (n Note) Message(key string, to desk.Way, level desk.Level) (Message, error) {
	text, page, err := n.Words()
	return Message{Key: key, To: to, Subject: n.Title, Text: text, HTML: page, Link: n.Link, Open: n.Open, Actions: n.Actions,
		Alert: desk.Alert{State: desk.AlertOpen, Level: level}}, err
}
