// Package subscribe writes a brand's updates to the people who asked for them by mail: they ask on a public page, confirm by a link, leave
// by one click, and get every update once, whatever breaks meanwhile.
package subscribe

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what subscribers and their mailings need of storage.
type Store interface {
	People
	Mailings
	Carriers
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	LiveHolds(ctx context.Context) ([]desk.Hold, error)
}

// People is what is kept of subscribers.
type People interface {
	Subscriber(ctx context.Context, id int64) (desk.Subscriber, error)
	SubscriberOf(ctx context.Context, brandID int64, mailbox string) (desk.Subscriber, error)
	Subscribers(ctx context.Context, brandID int64, state string, after int64, n int) ([]desk.Subscriber, error)
	NewestSubscribers(ctx context.Context, brandID int64, state string, before int64, n int) ([]desk.Subscriber, error)
	CountSubscribers(ctx context.Context, brandID int64, since time.Time) (desk.SubscriberCount, error)
	ChangeSubscriber(ctx context.Context, brandID int64, mailbox string, act desk.Act, change func(*desk.Subscriber, *desk.Out) error) (desk.Subscriber, error)
	AddSubscribers(ctx context.Context, all []desk.Subscriber, act desk.Act, out desk.Out) (added, known int, err error)
	NoteSubscribers(ctx context.Context, brandID int64, act desk.Act, out desk.Out) error
	ForgetSubscriber(ctx context.Context, id int64, act desk.Act, say desk.Text) error
	DropUnconfirmed(ctx context.Context, before time.Time, n int) (int64, error)
}

// Mailings is what is kept of updates on their way.
type Mailings interface {
	Mailings(ctx context.Context, brandID, centreID int64, p desk.Paging) ([]desk.Mailing, error)
	OpenMailings(ctx context.Context, brandID int64) ([]desk.Mailing, error)
	Mailing(ctx context.Context, id int64) (desk.Mailing, error)
	MailingOf(ctx context.Context, key string) (desk.Mailing, error)
	ChangeMailing(ctx context.Context, id int64, act desk.Act, change func(*desk.Mailing, *desk.Out) error) (desk.Mailing, error)
	LastMailing(ctx context.Context, update string) (desk.Mailing, error)
	FollowMailing(ctx context.Context, m desk.Mailing, act desk.Act, out desk.Out) (desk.Mailing, error)
	EndMailing(ctx context.Context, id, epoch int64, act desk.Act, change func(*desk.Mailing, *desk.Out) error) (desk.Mailing, error)
	TakeMailing(ctx context.Context, lease time.Duration) (desk.Mailing, int64, error)
	GiveMailing(ctx context.Context, id, epoch int64, due time.Time) error
	FillMailing(ctx context.Context, m desk.Mailing, n int) (more bool, err error)
	DueDeliveries(ctx context.Context, mailingID int64, n int) ([]desk.Delivery, error)
	NextDelivery(ctx context.Context, mailingID int64) (time.Time, error)
	ReturnDelivery(ctx context.Context, mailingID, subscriberID int64, code int, hard bool) (known, stopped bool, err error)
	MarkDeliveries(ctx context.Context, m *desk.Mailing, epoch int64, lease time.Duration, news []desk.Mark, held func([]desk.Hold) bool) (may []bool, stopped bool, err error)
	DecideDeliveries(ctx context.Context, mailingID int64, to desk.IDs, state string, act desk.Act, change func(m *desk.Mailing, n int, followed bool, out *desk.Out) error) (desk.Mailing, error)
	InTheAir(ctx context.Context, brandID, subscriberID int64) (bool, error)
	RecallDeliveries(ctx context.Context, mailingID, epoch int64, news []desk.Mark) error
	CountDeliveries(ctx context.Context, mailingID int64) (desk.MailingCount, error)
	Deliveries(ctx context.Context, mailingID int64, state string, after int64, n int) ([]desk.Delivery, error)
}

// Home is a brand's crisis centre as its subscribers meet it.
type Home struct {
	BrandID   int64
	ChannelID int64
	Brand     string // name
	URL       string // where this program answers for it, without a trailing slash: https://desk.example/c/aurora
	Site      string // where its pages are: URL, or a copy elsewhere
	Lang      string
}

// Topic is a page of the crisis centre that can be subscribed to.
type Topic struct {
	CentreID int64
	BrandID  int64
	Title    string // in the language that was asked for
	Slug     string
}

// Around is what subscribers need of the rest of the desk.
type Around interface {
	// HomeOf is the crisis centre of a brand. desk.ErrNotFound when it has none.
	HomeOf(ctx context.Context, brandID int64) (Home, error)
	// HomeAt is the crisis centre under a path of its own. desk.ErrNotFound.
	HomeAt(ctx context.Context, path string) (Home, error)
	// TopicOf is a page that is public. desk.ErrNotFound.
	TopicOf(ctx context.Context, centreID int64, lang string) (Topic, error)
	// TopicAt is a public page by its address. desk.ErrNotFound.
	TopicAt(ctx context.Context, brandID int64, slug, lang string) (Topic, error)
	// Server is how the brand's mails go out: settings of Spec. desk.ErrNotFound when nobody set that up.
	Server(ctx context.Context, brandID int64) (desk.Settings, error)
	// Held reports whether one of the holds means a mailing.
	Held(m *desk.Mailing, holds []desk.Hold) bool
	// Words are the public words of an update, as they are now, its page's own language first. desk.ErrNotFound when it was withdrawn;
	// *desk.Retry while other languages of it are on their way, or on their way out.
	Words(ctx context.Context, o Order) ([]desk.MailingText, error)
	// Alarm wakes people: key says it once.
	Alarm(ctx context.Context, brandID int64, key string, what desk.Text)
}

// Conversation hands mails to a mail server. Of what the server does not take, the error is a Refusal.
type Conversation interface {
	Hand(from, to string, letter []byte, atEnd func() error) error
	Close()
}

// Refusal is a mail server's answer: the code, the enhanced code, whether it is of the "sender", the "recipient" or the "content", and the
// server's own words, which are for telling answers apart and not for people.
type Refusal interface {
	error
	Reply() (code int, class, stage string)
	Words() string
}

// Desk is where people subscribe and where the team looks after them.
type Desk struct {
	Around Around
	Dial   func(ctx context.Context, set desk.Settings) (Conversation, error)
	// Fetch reads mails that came back since cursor, by the settings of Spec; rest says that there are more.
	Fetch  func(ctx context.Context, set desk.Settings, cursor string) (mails [][]byte, next string, rest bool, err error)
	Timing Timing
	Spec   desk.Spec // of how letters go out
	Notes  string    // folder for notes on letters under way, which this process alone has; empty: none are kept
	Boot   string    // names the run of the machine, as store.Clock has it; empty: it has no name, and no notes are kept

	store Store
	key   []byte // signs links and hashes mailboxes
	log   *slog.Logger
	clerk chan struct{} // wakes who makes mailings and writes letters to confirm
	press chan struct{} // wakes who sends mailings
	asks  *limits
	broke bool // goes broke off, and their notebooks may lie there; of who sends mailings

	mu     sync.Mutex       // guards what follows
	widths map[int64]*width // by brand
}

// New makes the desk of subscribers; key, of 32 bytes, signs their links and hides their mailboxes.
func New(s Store, key []byte, around Around, dial func(context.Context, desk.Settings) (Conversation, error), log *slog.Logger) *Desk {
	return &Desk{Around: around, Dial: dial, Timing: usual(), store: s, key: key, log: log,
		clerk: make(chan struct{}, 1), press: make(chan struct{}, 1), asks: newLimits(), broke: true, widths: make(map[int64]*width)}
}

// Wake says that there may be something to send.
func (d *Desk) Wake() {
	for _, one := range []chan struct{}{d.clerk, d.press} {
		select {
		case one <- struct{}{}:
		default:
		}
	}
}

// Timing are the times of sending; tests make them short.
type Timing struct {
	Look  time.Duration   // between two looks for something to send
	Lease time.Duration   // of a mailing, renewed with every letter
	Slice time.Duration   // that one mailing may keep the others waiting
	Again []time.Duration // pauses after the mail server put a letter off; after the last it is given up
	Redo  time.Duration   // pause after the mail server could not be reached
}

func usual() Timing {
	return Timing{Look: 2 * time.Second, Lease: time.Minute, Slice: 2 * time.Minute, Redo: 20 * time.Second,
		Again: []time.Duration{5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}}
}

func theDesk(do string) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: time.Now().UTC()}
}
