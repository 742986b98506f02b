package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// States of a briefing.
const (
	BriefingDraft = "draft" // nobody was told yet
	BriefingSent  = "sent"  // an edition of it is out
	BriefingEnded = "ended" // its page says so; nobody is reminded any more
)

// Briefing tells our own people what happened, what we do, what they may say, and where to send questions (INT-1). Each edition
// is read anew.
type Briefing struct {
	ID         int64             `json:"id,string"`
	BrandID    int64             `json:"brand_id,string"`
	IncidentID int64             `json:"incident_id,string"` // 0 outside a crisis
	DrillID    int64             `json:"drill_id,string"`    // a rehearsal: nothing is sent
	State      string            `json:"state"`
	Groups     []string          `json:"groups"` // departments of contacts that it goes to; none: all staff
	Texts      []BriefingText    `json:"texts"`  // as they are being written, a text for each language
	Shares     []Sharing         `json:"shares"` // messages that employees may share as their own
	Facts      IDs               `json:"facts,omitempty"`
	Editions   []BriefingEdition `json:"editions"`          // newest first
	Released   time.Time         `json:"released,omitzero"` // a lead let the messages to share out; a hold that begins later stops them
	ReleasedBy string            `json:"released_by,omitempty"`
	Remind     int               `json:"remind"` // hours after which those who did not read are reminded; 0 never
	Author     string            `json:"author"`
	Created    time.Time         `json:"created"`
	Version    int               `json:"version"`

	To []int64 `json:"-"` // contacts that the edition being published goes to; the store keeps them as its readers
}

// BriefingText is a briefing in one language.
type BriefingText struct {
	Lang      string `json:"lang"`
	Title     string `json:"title"`
	Happened  string `json:"happened"`
	Doing     string `json:"doing"`
	MaySay    string `json:"may_say"`
	MayNot    string `json:"may_not"`
	Questions string `json:"questions"` // where to send them
}

// Sharing is a message that employees may share on their own accounts (INT-2).
type Sharing struct {
	ID      string `json:"id"`      // stable within the briefing
	Network string `json:"network"` // one of ShareNetworks
	Lang    string `json:"lang"`
	Text    string `json:"text"`
	Link    string `json:"link,omitempty"` // to what it speaks of
}

// ShareNetworks are where employees share: "other" is to be copied by hand.
var ShareNetworks = []string{"linkedin", "bluesky", "mastodon", "x", "facebook", "threads", "whatsapp", "telegram", "other"}

// BriefingEdition is a briefing as it went out.
type BriefingEdition struct {
	Edition int            `json:"edition"`
	Texts   []BriefingText `json:"texts"`
	Shares  []Sharing      `json:"shares,omitempty"`
	Note    string         `json:"note,omitempty"` // what is new
	People  int            `json:"people"`         // that it went to
	By      string         `json:"by"`
	At      time.Time      `json:"at"`
}

// Reader is a contact to whom an edition went, and what became of it.
type Reader struct {
	ContactID int64     `json:"contact_id,string"`
	Edition   int       `json:"edition"`
	Sent      time.Time `json:"sent,omitzero"` // the mail was taken
	Read      time.Time `json:"read,omitzero"` // they confirmed to have read it
	Reminded  int       `json:"reminded"`
	Problem   string    `json:"problem,omitempty"` // why they were not told; the sentence is the key of its translation
}

// ShareCount is how often a message was opened to be shared, and how often its network was then opened. Nobody is counted by name.
type ShareCount struct {
	ID     string `json:"id"`
	Opened int    `json:"opened"`
	Shared int    `json:"shared"`
}

const (
	maxBriefing      = 4000 // characters of a part
	maxBriefingTitle = 160
	maxBriefingLangs = 12
	maxShares        = 30
	maxShareText     = 3000
	maxBriefings     = 100 // editions
	maxGroups        = 50
)

// Check tidies the briefing and answers an *Invalid for what is wrong with it.
func (b *Briefing) Check() error {
	if b.State == "" {
		b.State = BriefingDraft
	}
	b.Groups = append([]string{}, tidyLines(b.Groups)...)
	switch {
	case len(b.Groups) > maxGroups:
		return Wrong("groups", "Choose at most {n} groups.", "n", maxGroups)
	case len(b.Texts) == 0 || len(b.Texts) > maxBriefingLangs:
		return Wrong("texts", "Write the briefing in one language at least.")
	case b.Remind < 0 || b.Remind > 168:
		return Wrong("remind", "Choose a number of hours up to {n}; 0 reminds nobody.", "n", 168)
	case len(b.Shares) > maxShares:
		return Wrong("shares", "Give at most {n} messages to share.", "n", maxShares)
	}
	seen := map[string]bool{}
	for i := range b.Texts {
		t := &b.Texts[i]
		if t.Lang == "" || seen[t.Lang] {
			return Wrong("texts", "Write each language once.")
		}
		seen[t.Lang] = true
		if err := t.check(); err != nil {
			return err
		}
	}
	return b.checkShares()
}

func (t *BriefingText) check() error {
	t.Title = strings.Join(strings.Fields(t.Title), " ")
	if t.Title == "" || utf8.RuneCountInString(t.Title) > maxBriefingTitle {
		return Wrong("title", "Give a title of at most {n} characters.", "n", maxBriefingTitle)
	}
	for _, p := range []struct {
		field string
		text  *string
	}{{"happened", &t.Happened}, {"doing", &t.Doing}, {"may_say", &t.MaySay}, {"may_not", &t.MayNot}, {"questions", &t.Questions}} {
		*p.text = strings.TrimSpace(strings.ReplaceAll(*p.text, "\r\n", "\n"))
		if utf8.RuneCountInString(*p.text) > maxBriefing {
			return Wrong(p.field, "Write a text of at most {n} characters.", "n", maxBriefing)
		}
	}
	return nil
}

func (b *Briefing) checkShares() error {
	var kept []Sharing
	for _, s := range b.Shares {
		s.Text, s.Link = strings.TrimSpace(strings.ReplaceAll(s.Text, "\r\n", "\n")), strings.TrimSpace(s.Link)
		switch {
		case s.Text == "" && s.Link == "":
			continue
		case !slices.Contains(ShareNetworks, s.Network):
			return Wrong("shares", "Choose one of the networks.")
		case s.Text == "" || utf8.RuneCountInString(s.Text) > maxShareText:
			return Wrong("shares", "Write a text of at most {n} characters.", "n", maxShareText)
		case s.Link != "" && !isLink(s.Link):
			return Wrong("shares", "A link begins with https:// or http://.")
		case s.ID == "":
			s.ID = freeName(kept, b.Shares)
		}
		kept = append(kept, s)
	}
	b.Shares = kept
	return nil
}

// freeName is an id that none of the messages has.
func freeName(lists ...[]Sharing) string {
	for n := 1; ; n++ {
		id := "s" + strconv.Itoa(n)
		if !slices.ContainsFunc(lists, func(list []Sharing) bool {
			return slices.ContainsFunc(list, func(s Sharing) bool { return s.ID == id })
		}) {
			return id
		}
	}
}

// Ready answers an *Invalid for what keeps the texts from going out: a part that is empty, or a blank that nobody filled.
func (b *Briefing) Ready() error {
	for _, t := range b.Texts {
		parts := []struct{ field, text string }{{"happened", t.Happened}, {"doing", t.Doing}, {"may_say", t.MaySay}, {"may_not", t.MayNot}, {"questions", t.Questions}}
		for _, p := range parts {
			if p.text == "" {
				return Wrong(p.field, "Write this part too: it is what people ask first.")
			}
			if open := Blanks(p.text); len(open) > 0 {
				return Wrong(p.field, "Fill what is left open: {blank}", "blank", strings.Join(open, " "))
			}
		}
	}
	for _, s := range b.Shares {
		if open := Blanks(s.Text); len(open) > 0 {
			return Wrong("shares", "Fill what is left open: {blank}", "blank", strings.Join(open, " "))
		}
	}
	return nil
}

// Publish makes the texts an edition that goes to the contacts.
func (b *Briefing) Publish(note, by string, to []int64, at time.Time) error {
	if b.State == BriefingEnded {
		return ErrInvalidTransition
	}
	if err := b.Ready(); err != nil {
		return err
	}
	switch {
	case len(to) == 0:
		return Wrong("groups", "Nobody is in these groups. Enter staff with their department under Contacts.")
	case len(b.Editions) >= maxBriefings:
		return Wrong("texts", "This briefing has too many editions. Begin a new one.")
	}
	b.State, b.To = BriefingSent, to
	b.Editions = slices.Insert(b.Editions, 0, BriefingEdition{Edition: b.Current().Edition + 1, Texts: slices.Clone(b.Texts), Shares: slices.Clone(b.Shares),
		Note: strings.TrimSpace(note), People: len(to), By: by, At: at})
	return nil
}

// Current is the newest edition; zero before the first.
func (b *Briefing) Current() BriefingEdition {
	if len(b.Editions) == 0 {
		return BriefingEdition{}
	}
	return b.Editions[0]
}

// Title is the briefing's title in the first language it is written in.
func (b *Briefing) Title() string {
	if len(b.Texts) == 0 {
		return ""
	}
	return b.Texts[0].Title
}

// For is the edition's text in a language, or the first where there is none in it.
func (e *BriefingEdition) For(lang string) BriefingText {
	for _, t := range e.Texts {
		if t.Lang == lang {
			return t
		}
	}
	if len(e.Texts) == 0 {
		return BriefingText{}
	}
	return e.Texts[0]
}

// Sharing is the edition's message of that id.
func (e *BriefingEdition) Sharing(id string) (Sharing, bool) {
	for _, s := range e.Shares {
		if s.ID == id {
			return s, true
		}
	}
	return Sharing{}, false
}

// MayShare reports whether the messages to share are given out under these holds. A hold stops them at once; when it has ended a lead
// lets them out again.
func (b *Briefing) MayShare(holds []Hold) bool {
	post := &Post{BrandID: b.BrandID, DrillID: b.DrillID}
	return !b.Released.IsZero() && !slices.ContainsFunc(holds, func(h Hold) bool {
		return h.Covers(post) && b.hits(&h) && (h.Live() || h.At.After(b.Released))
	})
}

// hits reports whether a hold that is about words holds any of the messages.
func (b *Briefing) hits(h *Hold) bool {
	if !h.Elective() {
		return true
	}
	for _, s := range b.Current().Shares {
		text := strings.ToLower(s.Text)
		if slices.ContainsFunc(h.Words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) }) {
			return true
		}
	}
	return false
}
