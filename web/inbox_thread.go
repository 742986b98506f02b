package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/reply"
)

// threadView is the conversation that is open.
type threadView struct {
	reply.Thread
	Said        []saidView
	Late        bool
	Text        string // in the composer
	Channel     int64
	Owner       string // who is writing to them now, when it is somebody else
	Findings    []foundThing
	Asked       bool // Findings were asked for
	Linked      bool // Text has the address at which they go on in private
	Conflict    desk.Text
	Busy        bool // the conflict is that somebody writes right now
	Present     []attendee
	History     []reply.Talk
	Ingredients []reply.Ingredient
	Claims      []desk.Claim
	Tones       []choice
	Lang        string
	HandWhy     string // that was typed for customer service
	Seen        int64  // desk.Conversation.Seen as whoever writes the answer saw it
	Alone       bool   // the answer goes to them alone
	Facts       desk.IDs
	Warned      *warnedView
	Signed      string      // the words that a lead wanted to sign
	SignWarned  *warnedView // of Signed
	Stale       bool        // what waits for a signature is not what they saw
}

// Behind is the content warning that an answer goes out behind: that of the newest words that are there, as what was folded is answered folded.
func (t *threadView) Behind() string {
	if t.Account().Kind != "mastodon" {
		return ""
	}
	for _, m := range slices.Backward(t.Messages) {
		if m.Kind == desk.MessageIn && m.Deleted.IsZero() {
			return m.Title
		}
	}
	return ""
}

// ToSign is what the lead who signs an answer has before them: its words, or what they made of them.
func (t *threadView) ToSign(text string) string { return cmp.Or(t.Signed, text) }

// warnedView is what the guard says of an answer that was not sent because of it.
type warnedView struct {
	Findings []foundThing
	Checks   string // of the warnings, as the button to go past them sends them
}

// speakerView is an account that answers, with the mark that it is known by on every page.
type speakerView struct {
	desk.Channel
	Hue      int // class of its colour
	Initials string
}

// hues are how many colours accounts have; those that were connected one after the other differ.
const hues = 8

func newSpeaker(ch desk.Channel) *speakerView {
	var initials []rune
	for _, w := range strings.FieldsFunc(ch.Name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if initials = append(initials, unicode.ToUpper([]rune(w)[0])); len(initials) == 2 {
			break
		}
	}
	return &speakerView{ch, int(ch.ID % hues), string(initials)}
}

// Sends is what the button says that answers as the account.
func (a *speakerView) Sends() desk.Text {
	if a.Kind == "mailbox" || a.Kind == desk.Sandbox {
		return desk.Say("Answer as {account}", "account", a.As())
	}
	return desk.Say("Answer as {account} on {network}", "account", a.As(), "network", desk.NetworkName(a.Kind))
}

// Accounts are those that can answer.
func (t *threadView) Accounts() []*speakerView {
	all := make([]*speakerView, len(t.Channels))
	for i, ch := range t.Channels {
		all[i] = newSpeaker(ch)
	}
	return all
}

// Account is the one that answers.
func (t *threadView) Account() *speakerView {
	for _, ch := range t.Channels {
		if ch.ID == t.Channel {
			return newSpeaker(ch)
		}
	}
	return &speakerView{}
}

// Rests reports whether the answer rests on a fact.
func (t *threadView) Rests(fact int64) bool { return slices.Contains(t.Facts, fact) }

// refill puts what was sent by the composer back into it: nothing that somebody wrote or chose is lost.
func (t *threadView) refill(r *http.Request) {
	form := r.PostFormValue
	t.Text, t.Facts, t.Alone = form("text"), chosen(r.PostForm["fact"]), form("private") != ""
	if seen := number(form("seen")); seen != 0 {
		t.Seen = seen
	}
	if ch := number(form("channel")); ch != 0 {
		t.Channel = ch
	}
}

// pickView is a question that is answered by yes or no, or not yet.
type pickView struct{ Name, Label, Value string }

// saidView is one message with what became of it, when it is ours.
type saidView struct {
	desk.Message
	Sent   *reply.Sent
	Copied bool      // it is close to what somebody else was answered
	Past   desk.Text // warnings that it was sent past

	Changes []approve.Piece // between what its writer wrote and what its signer made of it; none when it is the same
}

func (c *Console) threadOf(r *http.Request, id int64) (*threadView, error) {
	ctx, v := r.Context(), visitOf(r)
	one, err := c.Queue.One(ctx, id, number(r.URL.Query().Get("before")))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &threadView{Thread: one, Late: one.Late(now), Present: others(c.talks.in(id), v.user.ID), Tones: named("tone", desk.Tones...), Lang: one.Lang, Seen: one.Conversation.Seen(), Alone: one.Private}
	for _, m := range one.Messages {
		view := saidView{Message: m, Copied: m.Alike >= desk.CopiedFrom, Past: reply.PastWarnings(m.Despite)}
		if m.Written != "" && m.Written != m.Text {
			view.Changes = approve.Diff(m.Written, m.Text)
		}
		if s, ok := one.Posts[m.PostID]; ok && m.PostID != 0 {
			view.Sent = &s
		}
		t.Said = append(t.Said, view)
	}
	if one.Draft.Owned(v.user.ID, now) {
		t.Owner = one.Draft.Name
	} else {
		t.Text = one.Draft.Text
	}
	if len(one.Channels) > 0 {
		t.Channel = one.Channels[0].ID
	}
	if t.History, err = c.Queue.History(ctx, id); err != nil {
		return nil, err
	}
	if t.Ingredients, err = c.Queue.Ingredients(ctx, &one.Conversation); err != nil {
		return nil, err
	}
	t.Claims, err = c.Queue.Claims(ctx, &one.Conversation)
	return t, err
}
