package reply

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
)

// whyNot is what people are told of an act that one conversation does not take; ok is false for other failures.
func whyNot(err error) (why desk.Text, ok bool) {
	var wrong *desk.Invalid
	switch {
	case errors.As(err, &wrong):
		return wrong.Reason, true
	case errors.Is(err, desk.ErrInvalidTransition):
		return desk.Say("An answer to them is on its way or waits for a signature."), true
	case errors.Is(err, desk.ErrNotFound):
		return desk.Say("It is not there any more."), true
	case errors.Is(err, desk.ErrForbidden):
		return desk.Say("You may not do this."), true
	}
	return why, false
}

// Copy is the likeness from which an answer counts as a copy of an earlier one: most of its phrases are the same.
const Copy = 0.6

// Likeness of two texts: the share of the pieces of five characters that both have of those that either has (Jaccard), 0 … 1. Case,
// marks, names and links do not count: a copied answer to another person is a copy.
func Likeness(a, b string) float64 { return alike(pieces(a), pieces(b)) }

func alike(x, y map[string]bool) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for p := range x {
		if y[p] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// piece is how many characters are compared at once; Han, of which one says what three letters do, is compared by two.
const piece, hanPiece = 5, 2

// pieces of a text that it is compared by.
func pieces(text string) map[string]bool {
	var letters []rune
	han := 0
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if strings.HasPrefix(word, "@") || strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
			continue
		}
		for _, r := range word {
			if unicode.Is(unicode.Han, r) {
				han++
			}
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				letters = append(letters, r)
			}
		}
		letters = append(letters, ' ')
	}
	n := piece
	if han*2 > len(letters) {
		n = hanPiece
		letters = slices.DeleteFunc(letters, unicode.IsSpace)
	}
	all := make(map[string]bool, len(letters))
	for i := 0; i+n <= len(letters); i++ {
		all[string(letters[i:i+n])] = true
	}
	return all
}

// compared is how many of the last answers one is compared with, and for how long answers count.
const compared, comparedFor = 50, 30 * 24 * time.Hour

// nearest is how close a text comes to one of the brand's last answers to others, in the same crisis, and that answer.
func (q *Queue) nearest(ctx context.Context, c *desk.Conversation, text string) (near float64, of desk.Message, err error) {
	given, err := q.Store.AnswersGiven(ctx, c.BrandID, c.IncidentID, time.Now().UTC().Add(-comparedFor), compared)
	if err != nil {
		return 0, of, err
	}
	said := pieces(text)
	for _, m := range given {
		if m.ConversationID == c.ID || m.StatementID != 0 && m.PostID == 0 { // not signed yet, or sent back
			continue
		}
		if l := alike(said, pieces(m.Text)); l > near {
			near, of = l, m
		}
	}
	return near, of, nil
}

// Spoken is what a guard knows about an answer before it goes out.
type Spoken struct {
	Lang   string
	Text   string  // of the answer
	Theirs string  // what they wrote last
	Near   float64 // likeness to the closest answer before
	Of     desk.Message
	Brand  string
	Limit  int // characters that fit; 0 no limit
}

// Hear reads an answer as the person will who gets it (REP-2): copied, past what they said, arguing, explaining on and on, or making the
// brand small. It finds hints and warnings; a person decides.
func Hear(s Spoken) (found []desk.Finding) {
	warn := func(check string, weight string, say, fix desk.Text) {
		found = append(found, desk.Finding{Check: check, Weight: weight, Say: say, Fix: fix})
	}
	text := plainly(s.Text)
	if s.Near >= Copy {
		warn("copied", desk.FindingWarn, desk.Say("{n} % of this is what somebody else was answered: {text}", "n", int(s.Near*100+0.5), "text", preview(&s.Of)),
			desk.Say("Say it in other words, and about what they wrote."))
	}
	if ignores(text, plainly(s.Theirs), s.Lang) {
		warn("deaf", desk.FindingWarn, desk.Say("Nothing of what they wrote is in this answer."), desk.Say("Name what happened to them, in their own words."))
	}
	tone := tones[base(s.Lang)]
	if said := firstIn(text, tone.argues); said != "" {
		warn("argues", desk.FindingWarn, desk.Say("“{word}” sounds like arguing.", "word", said), desk.Say("Leave it out. Say what is so, and what you do."))
	}
	if said := firstIn(text, tone.belittles); said != "" {
		warn("belittles", desk.FindingWarn, desk.Say("“{word}” makes the brand small.", "word", said), desk.Say("Be sorry once, for what happened to them, and say what you do."))
	}
	if said := firstIn(text, tone.canned); said != "" {
		warn("canned", desk.FindingHint, desk.Say("“{word}” is what everybody gets to read.", "word", said), desk.Say("Write as you would speak to them."))
	}
	if long := explains(s.Text, text, tone.because, s.Theirs); long {
		warn("explains", desk.FindingWarn, desk.Say("This explains more than they asked."), desk.Say("One sentence about them, one about what you do, one about what they can do."))
	}
	return found
}

// plainly is a text in small letters with single spaces around it.
func plainly(s string) string {
	return " " + strings.Join(strings.Fields(strings.ToLower(strings.NewReplacer("’", "'", "‘", "'").Replace(s))), " ") + " "
}

func base(lang string) string {
	if strings.HasPrefix(lang, "zh") {
		return "zh"
	}
	b, _, _ := strings.Cut(lang, "-")
	return b
}

// firstIn is the first of the expressions that a text has, as whole words where the script has spaces.
func firstIn(text string, list []string) string {
	for _, e := range list {
		for from := 0; ; {
			at := strings.Index(text[from:], e)
			if at < 0 {
				break
			}
			at += from
			before, _ := utf8.DecodeLastRuneInString(text[:at])
			after, _ := utf8.DecodeRuneInString(text[at+len(e):])
			first, _ := utf8.DecodeRuneInString(e)
			if unicode.Is(unicode.Han, first) || !unicode.IsLetter(before) && !unicode.IsLetter(after) {
				return e
			}
			from = at + len(e)
		}
	}
	return ""
}

// ignores reports whether an answer takes up none of the telling words of what it answers. Short messages have none to take up.
func ignores(answer, theirs, lang string) bool {
	words := telling(theirs, lang)
	if len(words) < 3 {
		return false
	}
	for _, w := range words {
		if strings.Contains(answer, w) {
			return false
		}
	}
	return true
}

// telling are the beginnings of a text's longer words: enough to find them again in another form, or pairs of Han characters.
func telling(text, lang string) (all []string) {
	if base(lang) == "zh" {
		var han []rune
		for _, r := range text {
			if unicode.Is(unicode.Han, r) {
				han = append(han, r)
			}
		}
		for i := 0; i+1 < len(han); i++ {
			all = append(all, string(han[i:i+2]))
		}
		return all
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		letters := []rune(w)
		least, keep := 5, 5
		if base(lang) == "he" {
			least, keep = 4, 3
		}
		if len(letters) < least || slices.Contains(tones[base(lang)].usual, w) {
			continue
		}
		if base(lang) == "he" && len(letters) > 4 { // words stick to those before them: בקומקום
			letters = letters[1:]
		}
		all = append(all, string(letters[:min(keep, len(letters))]))
	}
	return all
}

// explains reports whether an answer is long, or has many reasons, beside what it answers.
func explains(raw, text string, because []string, theirs string) bool {
	reasons := 0
	for _, b := range because {
		reasons += strings.Count(text, b)
	}
	sentences := 0
	for _, r := range raw {
		if strings.ContainsRune(".!?。！？", r) {
			sentences++
		}
	}
	n, asked := utf8.RuneCountInString(raw), utf8.RuneCountInString(theirs)
	return reasons >= 3 || sentences > 6 && n > 3*max(asked, 120) || n > 900 && n > 4*asked
}

// Check reads an answer before it is sent: what a guard hears in it. For responders.
func (q *Queue) Check(ctx context.Context, id int64, lang, text string) ([]desk.Finding, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	c, err := q.Store.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	s := Spoken{Lang: firstOf(lang, known(c.Lang), "en"), Text: text}
	if s.Near, s.Of, err = q.nearest(ctx, &c, text); err != nil {
		return nil, err
	}
	all, err := q.Store.Messages(ctx, id, desk.Paging{Limit: 20})
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(m desk.Message) bool { return m.Kind == desk.MessageIn }); i >= 0 {
		s.Theirs = all[i].Text
	}
	return Hear(s), nil
}

// Ingredient is something true that an answer can be made of: a fact of the ledger, or the correction of a claim.
type Ingredient struct {
	Name   string `json:"name"` // F3, C2
	Text   string `json:"text"`
	FactID int64  `json:"fact_id,string"`
	Source string `json:"source,omitempty"` // who or what it comes from
	Link   string `json:"link,omitempty"`   // to it
}

// Ingredients are the facts of the conversation's crisis that are in force (what was withdrawn is not offered, and the outbox holds answers
// that rest on it), with their sources, and the corrections of the claims that it is about: to be said in one's
// own words. A claim brings its own crisis along, but an answer rests on facts of the conversation's alone. For viewers.
func (q *Queue) Ingredients(ctx context.Context, c *desk.Conversation) (all []Ingredient, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	incident := c.IncidentID
	for _, id := range c.Claims {
		claim, err := q.Store.Claim(ctx, id)
		if errors.Is(err, desk.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if incident == 0 {
			incident = claim.IncidentID
		}
		if claim.Correction != "" {
			all = append(all, Ingredient{Name: claim.Name(), Text: claim.Correction})
		}
	}
	if incident == 0 {
		return all, nil
	}
	facts, err := q.Store.Facts(ctx, incident)
	for _, f := range facts {
		if f.State != desk.FactConfirmed {
			continue
		}
		one := Ingredient{Name: f.Name(), Text: f.Text, Source: f.Source, Link: f.Link}
		if c.IncidentID != 0 {
			one.FactID = f.ID
		}
		all = append(all, one)
	}
	return all, err
}
