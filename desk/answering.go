package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answering says what a statement or post answers, and where it goes besides its channel: to one person (REP-3).
type Answering struct {
	ConversationID int64    `json:"conversation_id,string"`
	ReplyTo        string   `json:"reply_to,omitempty"`   // native id of what is answered
	To             string   `json:"to,omitempty"`         // whom: a handle without @, or a mail address
	Name           string   `json:"name,omitempty"`       // of theirs, where mails have it
	Visibility     string   `json:"visibility,omitempty"` // as the network calls it; empty: as the channel usually speaks
	Thread         []string `json:"thread,omitempty"`     // of a mail: what it refers to, oldest first

	IncidentID int64    `json:"incident_id,string"` // the crisis in which it is given; 0 none
	Writer     int64    `json:"writer,string"`      // who wrote it, as Actor.Writer names them
	Alike      float64  `json:"alike,omitempty"`    // how close it is to the closest answer before, 0 … 1
	Despite    []string `json:"despite,omitempty"`  // the warnings that its writer saw and went past
}

// CopiedFrom is the likeness from which an answer counts as a copy of an earlier one: most of its phrases are the same.
const CopiedFrom = 0.6

// AnswerFilter selects answers that people got. A zero field does not restrict; without an incident drills are left out.
type AnswerFilter struct {
	BrandID    int64
	IncidentID int64     // in which they were given
	Since      time.Time // given
	Paging
}

// AnswerCounts are how many answers people got (REP-2).
type AnswerCounts struct {
	Answers int `json:"answers"` // that people got
	Copied  int `json:"copied"`  // of them, close to what somebody else was answered
}

// Share of the answers that were copied, 0 … 1.
func (n AnswerCounts) Share() float64 {
	if n.Answers == 0 {
		return 0
	}
	return float64(n.Copied) / float64(n.Answers)
}

// same reports whether both go to the same place.
func (a *Answering) same(b *Answering) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.ConversationID == b.ConversationID && a.ReplyTo == b.ReplyTo && a.To == b.To && a.Visibility == b.Visibility && slices.Equal(a.Thread, b.Thread)
}

// Forget takes out whom it was for, and reports whether there was anything to take out.
func (a *Answering) Forget() bool {
	if a == nil || a.To == "" && a.Name == "" && len(a.Thread) == 0 {
		return false
	}
	a.To, a.Name, a.Thread = "", "", nil
	return true
}

// Begin notes that an answer is on its way (signed false: it waits for a signature). It returns an error wrapping
// ErrInvalidTransition while another one is.
func (c *Conversation) Begin(statementID, postID int64, signed bool) error {
	if err := c.Free(); err != nil && (c.State != ConversationSigning || c.StatementID != statementID) {
		return err
	}
	if c.State != ConversationSigning {
		c.Was = Waiting{State: c.State, Since: c.Since, Due: c.Due, Rule: c.Rule, Until: c.Until}
	}
	c.StatementID, c.PostID, c.State, c.Problem, c.Until = statementID, postID, ConversationSending, Text{}, time.Time{}
	if !signed {
		c.State = ConversationSigning
	}
	return nil
}

// Say takes an answer of ours among what was said. One that waited for a signature is older than what they wrote meanwhile.
func (c *Conversation) Say(m *Message) {
	c.Last, c.Touched = max(c.Last, m.ID), latest(c.Touched, m.At)
}

// CountCopy counts the answer that is on its way among the copied ones when it is that close to an earlier one, and not when it is not any more.
func (c *Conversation) CountCopy(alike float64) {
	is := alike >= CopiedFrom
	switch {
	case is && !c.Copy:
		c.Copied++
	case !is && c.Copy:
		c.Copied--
	}
	c.Copy = is
}

// Back makes a conversation wait as before its answer was written: it was undone, sent back or dropped.
func (c *Conversation) Back(why Text) {
	c.State, c.Problem = ConversationWaiting, why
	if c.Copy {
		c.Copied, c.Copy = c.Copied-1, false
	}
	if !c.Was.Since.IsZero() {
		c.Since, c.Due, c.Rule = c.Was.Since, earlierOf(c.Was.Due, c.More.Rule), earlierOf(c.Was.Rule, c.More.Rule)
		if c.Was.State == ConversationHanded && c.More.Since.IsZero() {
			c.State = ConversationHanded
		}
	} else if !c.More.Since.IsZero() {
		c.Since, c.Due, c.Rule = c.More.Since, c.More.Due, c.More.Rule
	} else if c.Was.State != "" {
		c.State, c.Until = c.Was.State, c.Was.Until
	}
	c.Was, c.More = Waiting{}, Waiting{}
}

// Follow takes what became of the answer that is on its way, and reports whether anything about the conversation changed: out, they
// are answered; refused or dropped, they wait as before; held, they go on waiting.
func (c *Conversation) Follow(p *Post) (changed bool) {
	if p.Answer == nil || p.Answer.ConversationID != c.ID || p.ID != c.PostID {
		return false
	}
	was, problem := c.State, c.Problem.English()
	switch p.State {
	case PostSent, PostVerified:
		if c.State != ConversationSending {
			return false
		}
		c.answered(p)
	case PostFailed:
		if c.State == ConversationSending {
			c.Back(p.Problem)
			if p.Problem.IsZero() {
				c.Problem = Say("The answer did not go out.")
			}
		}
	case PostDropped:
		if c.State == ConversationSending {
			c.Back(Text{})
		}
	case PostHeld:
		c.Problem = p.HeldWhy
	case PostUnknown:
		c.Problem = p.Problem
	case PostWaiting, PostClaimed:
		if c.Free() == nil { // tried again by a person
			if c.Begin(p.StatementID, p.ID, true) != nil {
				return false
			}
		}
		c.Problem = p.Problem
	}
	return c.State != was || c.Problem.English() != problem
}

// answered notes that the network has the answer. What they wrote while it was on its way goes on waiting.
func (c *Conversation) answered(p *Post) {
	c.Answers++
	c.Copy = false
	c.Problem = Text{}
	c.withdraw()
	c.Touched = latest(c.Touched, p.Sent)
	more := c.More
	c.State, c.Was, c.More = ConversationAnswered, Waiting{}, Waiting{}
	c.rest()
	if !more.Since.IsZero() {
		c.State, c.Since, c.Due, c.Rule = more.State, more.Since, more.Due, more.Rule
	}
}

// CameBack notes that an answer by mail did not arrive. Whoever was taken for answered by it waits again, by the clock as of now.
func (c *Conversation) CameBack(postID int64, now time.Time, p *ReplyPolicy, level Level) {
	c.Touched = latest(c.Touched, now)
	c.Problem = Say("An answer came back: it did not arrive. The note has what the mail server says.")
	if c.PostID != postID || !c.Since.IsZero() || c.Free() != nil || c.State == ConversationLeft {
		return
	}
	c.Answers = max(c.Answers-1, 0)
	c.State, c.Since, c.Due, c.Until = ConversationWaiting, now, p.Due(level, now, c.Answers == 0), time.Time{}
}

// Draft is an answer that somebody is writing. Who types first owns it for a while, so that two people do not answer one person.
type Draft struct {
	ConversationID int64     `json:"conversation_id,string"`
	UserID         int64     `json:"user_id,string"` // below zero: a program, by its token
	Name           string    `json:"name"`
	Text           string    `json:"text"`
	At             time.Time `json:"at"`
	Until          time.Time `json:"until"` // others may take it over afterwards
}

// DraftFor is how long whoever typed last owns a draft.
const DraftFor = 2 * time.Minute

// Owned reports whether somebody else than the one asking owns the draft now.
func (d *Draft) Owned(userID int64, now time.Time) bool {
	return d.UserID != 0 && d.UserID != userID && now.Before(d.Until)
}

// Writer names the acting one among those who write drafts: a person, a program that is nobody's by its token below zero, 0 the desk.
func (a Actor) Writer() int64 {
	if a.UserID != 0 {
		return a.UserID
	}
	token, ok := strings.CutPrefix(a.Who, "token:")
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		return 0
	}
	return -n
}
