package desk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// States of a fact.
const (
	FactUnconfirmed = "unconfirmed" // heard, being checked: no text may state it
	FactConfirmed   = "confirmed"
	FactWithdrawn   = "withdrawn" // was wrong
)

// FactStates are the states in the order of choosing.
var FactStates = []string{FactUnconfirmed, FactConfirmed, FactWithdrawn}

// Fact is one thing that we know, or are finding out, about an incident (ASS-3). Texts cite it by its number.
type Fact struct {
	ID         int64     `json:"id,string"`
	BrandID    int64     `json:"brand_id,string"`
	IncidentID int64     `json:"incident_id,string"`
	Number     int       `json:"number"` // F1, F2 … within the incident
	Text       string    `json:"text"`
	State      string    `json:"state"`
	Source     string    `json:"source"`               // who or what it comes from
	Link       string    `json:"link,omitempty"`       // to it
	At         time.Time `json:"at"`                   // when it was so
	Added      time.Time `json:"added"`                // when we wrote it down
	CheckedBy  string    `json:"checked_by,omitempty"` // who verified it
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	Why        string    `json:"why,omitempty"` // it was withdrawn
	Version    int       `json:"version"`
}

// Name is how texts and people cite the fact: F3.
func (f *Fact) Name() string { return "F" + strconv.Itoa(f.Number) }

// Longest texts of the ledger, in characters: a fact is a sentence or two, not a report.
const (
	maxFact = 1000
	maxLine = 300
)

// Check tidies the fact and answers an *Invalid for what is wrong with it. A confirmed fact says where it comes from; a withdrawn
// one why.
func (f *Fact) Check() error {
	for _, s := range []*string{&f.Text, &f.Source, &f.Link, &f.CheckedBy, &f.Why} {
		*s = strings.TrimSpace(*s)
	}
	f.At = f.At.UTC()
	if f.State == "" {
		f.State = FactUnconfirmed
	}
	switch {
	case f.Text == "" || utf8.RuneCountInString(f.Text) > maxFact:
		return Wrong("text", "Write the fact in at most {n} characters.", "n", maxFact)
	case !slices.Contains(FactStates, f.State):
		return Wrong("state", "Choose one of the states.")
	case utf8.RuneCountInString(f.Source) > maxLine:
		return Wrong("source", "Say who or what it comes from in at most {n} characters.", "n", maxLine)
	case f.Link != "" && !isLink(f.Link):
		return Wrong("link", "A link begins with https:// or http://.")
	case f.State == FactConfirmed && f.Source == "":
		return Wrong("source", "A confirmed fact says who or what it comes from.")
	case f.State == FactConfirmed && f.CheckedBy == "":
		return Wrong("checked_by", "A confirmed fact says who verified it.")
	case f.State == FactWithdrawn && f.Why == "":
		return Wrong("why", "Say in a few words why it is withdrawn.")
	}
	return nil
}

// isLink reports whether s is an address of the web, short enough to keep.
func isLink(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && len(s) <= 2000 && !strings.ContainsAny(s, " \t\r\n<>\"")
}

// Shakes reports whether texts that rest on the fact as it was cannot be left as they are now that it reads as next: it says
// something else, or is not confirmed any more.
func (f *Fact) Shakes(next *Fact) bool {
	return f.ID != 0 && (f.Text != next.Text || !f.At.Equal(next.At) || next.State == FactWithdrawn && f.State != FactWithdrawn ||
		f.State == FactConfirmed && next.State == FactUnconfirmed)
}

// Citing is a text of ours that rests on a fact: a post that is out or on its way, or a statement that has none yet.
type Citing struct {
	Statement Statement `json:"statement"`
	Post      Post      `json:"post,omitzero"` // zero ID: no post was made of the statement yet
	Channel   string    `json:"channel"`       // name of the post's channel
}

// livePosts are the states of posts that people read, or will unless somebody acts.
var livePosts = []string{PostWaiting, PostHeld, PostClaimed, PostUnknown, PostSent, PostVerified}

// Live reports whether the post is out, or on its way.
func (p *Post) Live() bool { return slices.Contains(livePosts, p.State) }

// Out reports whether people may read it already.
func (c *Citing) Out() bool {
	return c.Post.ID != 0 && c.Post.State != PostWaiting && c.Post.State != PostHeld
}

// key names the text within the incident's steps.
func (c *Citing) key() string {
	if c.Post.ID != 0 {
		return "post-" + strconv.FormatInt(c.Post.ID, 10)
	}
	return "statement-" + strconv.FormatInt(c.Statement.ID, 10)
}

// CorrectWithin is how long a text that rests on a changed fact may wait to be corrected: the time in which a crisis is to be
// acknowledged at its highest level.
const CorrectWithin = 15 * time.Minute

// Correct gives the incident a step for each text that rests on a fact which changed; a text whose step is still open gets no
// second one. It answers the steps that were added. An incident that is closed gets none.
func (i *Incident) Correct(f *Fact, texts []Citing, role string, now time.Time) []Step {
	if i.State == IncidentClosed {
		return nil
	}
	var added []Step
	for _, c := range texts {
		id := fmt.Sprintf("correct-f%d-%s", f.Number, c.key())
		done := 0
		open := slices.ContainsFunc(i.Steps, func(s Step) bool {
			if s.ID != id && !strings.HasPrefix(s.ID, id+"-again-") {
				return false
			}
			done++
			return !s.Done()
		})
		if open {
			continue
		}
		if done > 0 {
			id = fmt.Sprintf("%s-again-%d", id, done)
		}
		added = append(added, Step{ID: id, Do: c.correct(f), Role: role, Due: now.Add(CorrectWithin)})
	}
	i.Steps = append(i.Steps, added...)
	return added
}

// correct is what to do about the text.
func (c *Citing) correct(f *Fact) Text {
	with := []any{"title", c.Statement.Title, "fact", f.Name(), "channel", c.Channel}
	withdrawn := f.State == FactWithdrawn
	switch {
	case c.Post.ID == 0 && withdrawn:
		return Say("Correct “{title}” before it goes out: {fact} was withdrawn.", with...)
	case c.Post.ID == 0:
		return Say("Correct “{title}” before it goes out: {fact} has changed.", with...)
	case c.Out() && withdrawn:
		return Say("Correct “{title}” on {channel}, which people can read: {fact} was withdrawn.", with...)
	case c.Out():
		return Say("Correct “{title}” on {channel}, which people can read: {fact} has changed.", with...)
	case withdrawn:
		return Say("Correct “{title}” for {channel}, which is about to go out: {fact} was withdrawn.", with...)
	}
	return Say("Correct “{title}” for {channel}, which is about to go out: {fact} has changed.", with...)
}
