// Package reply is the inbox: everybody who wrote to us or about us, who looks after them, what they were answered, and who waits still.
package reply

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"breakwater/desk"
)

// Store is what the queue needs of storage.
type Store interface {
	Conversations(ctx context.Context, f desk.ConversationFilter) ([]desk.Conversation, error)
	Conversation(ctx context.Context, id int64) (desk.Conversation, error)
	ConversationOf(ctx context.Context, r desk.Ref) (int64, error)
	CountConversations(ctx context.Context, brandID, userID int64, now time.Time) (desk.ConversationCounts, error)
	ChangeConversation(ctx context.Context, id int64, act desk.Act, change func(*desk.Conversation, *desk.Out) error) (desk.Conversation, error)
	Noted(ctx context.Context, id int64, m desk.Message, act desk.Act, change func(*desk.Conversation, *desk.Out) error) (desk.Conversation, error)
	Receive(ctx context.Context, all []desk.Incoming) error
	EraseTalks(ctx context.Context, id int64, act desk.Act, may func(*desk.Conversation) error, out func(n int) desk.Out) (n int, err error)
	HandOverTalks(ctx context.Context, h desk.ExchangeHandover, act desk.Act) (more bool, err error)
	Messages
	Given
	Drafts
	Policies
	Around
}

// Messages is what was said.
type Messages interface {
	Messages(ctx context.Context, conversationID int64, p desk.Paging) ([]desk.Message, error)
	MessagesOf(ctx context.Context, conversationID int64, kind string, p desk.Paging) ([]desk.Message, error)
	MessagesBy(ctx context.Context, ids []int64) (map[int64]desk.Message, error)
	AnswersGiven(ctx context.Context, brandID, incidentID int64, since time.Time, n int) ([]desk.Message, error)
	PostsTo(ctx context.Context, conversationID int64) ([]desk.Post, error)
	PostsLeaving(ctx context.Context, brandID int64, after time.Time, n int) ([]desk.Post, error)
	Sending(ctx context.Context, f func(desk.Sending) error) error
}

// Given is what people got to read from us.
type Given interface {
	CountAnswers(ctx context.Context, f desk.AnswerFilter) (desk.AnswerCounts, error)
	CopiedAnswers(ctx context.Context, f desk.AnswerFilter) ([]desk.Post, error)
	AnswersBy(ctx context.Context, writer int64, n int) ([]desk.Post, error)
}

// Drafts is what people are writing.
type Drafts interface {
	Draft(ctx context.Context, conversationID int64) (desk.Draft, error)
	Drafts(ctx context.Context, conversationIDs []int64, now time.Time) (map[int64]desk.Draft, error)
	KeepDraft(ctx context.Context, d desk.Draft, takeOver bool) (mine bool, now desk.Draft, err error)
	DropDraft(ctx context.Context, conversationID, userID int64) error
}

// Policies is how brands answer.
type Policies interface {
	ReplyPolicy(ctx context.Context, brandID int64) (desk.ReplyPolicy, error)
	ChangeReplyPolicy(ctx context.Context, id int64, act desk.Act, change func(*desk.ReplyPolicy, *desk.Out) error) (desk.ReplyPolicy, error)
	Labels(ctx context.Context, brandID int64) ([]string, error)
}

// Around is what stands beside conversations.
type Around interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Brands(ctx context.Context) ([]desk.Brand, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	OpenIncidents(ctx context.Context, brandID int64) ([]desk.Incident, error)
	Statement(ctx context.Context, id int64) (desk.Statement, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Claim(ctx context.Context, id int64) (desk.Claim, error)
	Claims(ctx context.Context, incidentID int64) ([]desk.Claim, error)
	Users(ctx context.Context) ([]desk.User, error)
	User(ctx context.Context, id int64) (desk.User, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	ClaimLinks(ctx context.Context, claimID int64) ([]desk.Link, error)
	Seated(ctx context.Context, claimID int64) (map[int64]bool, error)
}

// Queue is those who wait for us. Its methods may be used concurrently.
type Queue struct {
	Store Store
	// Answers puts an answer on its way: package publish does.
	Answers Answers
	// Words signs answers that need it: package approve does.
	Words Words
	// Address is how an answer in a channel names whom it answers. May be nil.
	Address func(kind, handle, text string) string
	// Services are the kinds of channel by which customer service takes conversations over, and Open is one of them.
	Services []string
	Open     func(ctx context.Context, ch desk.Channel) (Counter, error)
	// Jobs is what leaves the house.
	Jobs Jobs
	// Changed is told of brands whose policy changed. May be nil.
	Changed func()
	// URL is the console's address, without a trailing slash.
	URL string
	// Delay is how long an answer can be undone before it goes out.
	Delay time.Duration
	// Sitting is how many people one sitting of a claim takes up; 0 is 500.
	Sitting int
	Log     *slog.Logger
}

// Answers is what sends.
type Answers interface {
	Answer(ctx context.Context, s desk.Statement, due time.Time, settle func(l desk.Sending, s *desk.Statement, p *desk.Post) error) (desk.Post, error)
	Undo(ctx context.Context, postID int64, settle func(l desk.Sending, p *desk.Post) error) (desk.Post, error)
}

// Words is what signs.
type Words interface {
	Signer(ctx context.Context, pin string) (desk.Signer, error)
	Sign(ctx context.Context, id int64, hash, pin string) (desk.Statement, error)
	SendBack(ctx context.Context, id int64, hash, why, pin string) (desk.Statement, error)
}

// UndoFor is how long people can take an answer back.
const UndoFor = 10 * time.Second

// Talk is a conversation as lists show it.
type Talk struct {
	desk.Conversation
	Text    string      `json:"text"` // of the newest message
	Ours    bool        `json:"ours"` // it is ours
	Writing *desk.Draft `json:"writing,omitempty"`
}

// List gives a piece of the conversations with their newest words. For viewers.
func (q *Queue) List(ctx context.Context, f desk.ConversationFilter) ([]Talk, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := q.Store.Conversations(ctx, f)
	if err != nil {
		return nil, err
	}
	last, ids := make([]int64, 0, len(all)), make([]int64, len(all))
	for i, c := range all {
		if ids[i] = c.ID; c.Last != 0 {
			last = append(last, c.Last)
		}
	}
	messages, err := q.Store.MessagesBy(ctx, last)
	if err != nil {
		return nil, err
	}
	drafts, err := q.Store.Drafts(ctx, ids, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	rows := make([]Talk, len(all))
	for i, c := range all {
		m := messages[c.Last]
		rows[i] = Talk{Conversation: c, Text: preview(&m), Ours: m.Kind == desk.MessageOut}
		if d, ok := drafts[c.ID]; ok {
			rows[i].Writing = &d
		}
	}
	return rows, nil
}

// preview is the beginning of a message in one line.
func preview(m *desk.Message) string {
	const most = 200
	text := []rune(strings.Join(strings.Fields(m.Title+" "+m.Text), " "))
	if len(text) > most {
		return string(text[:most-1]) + "…"
	}
	return string(text)
}

// Counts are how many conversations a brand has in each view of the acting person; brand 0 is all. For viewers.
func (q *Queue) Counts(ctx context.Context, brandID int64) (desk.ConversationCounts, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.ConversationCounts{}, err
	}
	return q.Store.CountConversations(ctx, brandID, desk.ActorOf(ctx).UserID, time.Now().UTC())
}

// Thread is a conversation with all that stands beside it.
type Thread struct {
	desk.Conversation
	Messages []desk.Message  `json:"messages"`         // oldest first
	More     int64           `json:"earlier,string"`   // there are older ones before this id
	Posts    map[int64]Sent  `json:"posts"`            // of our answers, by their id
	Channels []desk.Channel  `json:"channels"`         // that can answer, the best first
	Missing  desk.Text       `json:"missing,omitzero"` // what to connect when none can
	Counters []desk.Channel  `json:"counters"`         // by which customer service takes it over
	Draft    desk.Draft      `json:"draft"`
	Level    desk.Level      `json:"level"`
	Advice   []desk.Text     `json:"advice"`
	Signing  *desk.Statement `json:"signing,omitempty"` // the answer that waits for a signature
	Hash     string          `json:"hash,omitempty"`    // of its words
}

// Sent is what became of an answer.
type Sent struct {
	State   string    `json:"state"`
	Due     time.Time `json:"due"`
	Link    string    `json:"link,omitempty"`
	Channel int64     `json:"channel_id,string"`
	Problem desk.Text `json:"problem,omitzero"`
}

// threadMost is how many messages one look at a conversation shows.
const threadMost = 100

// One is one conversation; before is the id that its messages end before, 0 the newest. desk.ErrNotFound. For viewers.
func (q *Queue) One(ctx context.Context, id, before int64) (t Thread, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return t, err
	}
	if t.Conversation, err = q.Store.Conversation(ctx, id); err != nil {
		return t, err
	}
	if t.Messages, err = q.Store.Messages(ctx, id, desk.Paging{Before: before, Limit: threadMost}); err != nil {
		return t, err
	}
	if n := len(t.Messages); n == threadMost {
		t.More = t.Messages[n-1].ID
	}
	reverse(t.Messages)
	posts, err := q.Store.PostsTo(ctx, id)
	if err != nil {
		return t, err
	}
	t.Posts = make(map[int64]Sent, len(posts))
	for _, p := range posts {
		t.Posts[p.ID] = Sent{p.State, p.Due, p.Link, p.ChannelID, p.Problem}
	}
	if t.Channels, err = q.mouths(ctx, &t.Conversation); err != nil {
		return t, err
	}
	if len(t.Channels) == 0 {
		t.Missing = Missing(&t.Conversation)
	}
	if t.Counters, err = q.Counters(ctx, t.BrandID); err != nil {
		return t, err
	}
	if t.Draft, err = q.Store.Draft(ctx, id); err != nil {
		return t, err
	}
	if _, t.Level, err = q.joined(ctx, t.Conversation); err != nil {
		return t, err
	}
	if t.State == desk.ConversationSigning {
		s, err := q.Store.Statement(ctx, t.StatementID)
		if err != nil {
			return t, err
		}
		t.Signing, t.Hash = &s, s.Hash()
	}
	t.Advice = Advise(&t.Conversation)
	return t, nil
}

func reverse[T any](all []T) {
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
}

// joined is a conversation as an answer of now finds it: part of the crisis of which those who write now are, with that one's level; normal
// outside of one.
func (q *Queue) joined(ctx context.Context, c desk.Conversation) (desk.Conversation, desk.Level, error) {
	rooms, err := q.Store.OpenIncidents(ctx, c.BrandID)
	if err != nil {
		return c, desk.Normal, err
	}
	level := c.Join(rooms)
	return c, level, nil
}

// mouths are the channels of the brand that can answer a conversation: those on its network, and for mails and forms a mailbox. What is
// rehearsed may be answered in the sandbox; whoever really wrote never is. Without their settings.
func (q *Queue) mouths(ctx context.Context, c *desk.Conversation) ([]desk.Channel, error) {
	all, err := q.Store.Channels(ctx, c.BrandID)
	if err != nil {
		return nil, err
	}
	want := answersIn(c)
	var fit, sand []desk.Channel
	for _, ch := range all {
		ch.Settings = nil
		switch {
		case ch.Mute || ch.Paused:
		case ch.Kind == want:
			fit = append(fit, ch)
		case ch.Kind == desk.Sandbox && c.Rehearsed():
			sand = append(sand, ch)
		}
	}
	if len(fit) == 0 {
		return sand, nil
	}
	return fit, nil
}

// answersIn is the kind of channel that answers a conversation.
func answersIn(c *desk.Conversation) string {
	if c.Via == desk.ViaMail || c.Via == desk.ViaForm {
		return "mailbox"
	}
	return c.Network
}

// Missing says which channel somebody has to connect before a conversation that none of Channels answers can be answered.
func Missing(c *desk.Conversation) desk.Text {
	if answersIn(c) == "mailbox" {
		return desk.Say("No mailbox of the brand answers mails and the form. Connect one among the channels first.")
	}
	return desk.Say("No channel of the brand answers on {network}. Connect an account there first.", "network", desk.NetworkName(c.Network))
}

// change changes a conversation and says so. For responders.
func (q *Queue) change(ctx context.Context, id int64, do string, say desk.Text, f func(*desk.Conversation) error) (desk.Conversation, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Conversation{}, err
	}
	return q.Store.ChangeConversation(ctx, id, desk.ActOf(ctx, "conversation."+do, ""), func(c *desk.Conversation, out *desk.Out) error {
		out.Say = say
		return f(c)
	})
}

// Busy says that somebody else is writing to this person right now.
type Busy struct{ Draft desk.Draft }

func (e *Busy) Error() string {
	return fmt.Sprintf("%s is writing in conversation %d", e.Draft.Name, e.Draft.ConversationID)
}

// Unwrap is desk.ErrConflict.
func (e *Busy) Unwrap() error { return desk.ErrConflict }

// Moved says that the conversation went on since the answer was written: somebody answered, or they wrote again or changed what they had
// written. Seen is desk.Conversation.Seen of now.
type Moved struct{ Seen int64 }

func (e *Moved) Error() string { return "the conversation went on meanwhile" }

// Unwrap is desk.ErrConflict.
func (e *Moved) Unwrap() error { return desk.ErrConflict }
