package subscribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// Kinds of jobs about updates; their payload is an Order.
const (
	OrderKind    = "subscribe.order"    // makes a mailing
	OvertakeKind = "subscribe.overtake" // stops what is on its way with words that do not stand any more
)

// Order asks for a mailing: of an update of a page, of its correction, or of the word that it was withdrawn.
type Order struct {
	CentreID    int64     `json:"centre"`
	Number      int       `json:"number"`              // of the update
	StatementID int64     `json:"statement"`           // whose words it shows
	Corrects    bool      `json:"corrects,omitempty"`  // its words took the place of others
	Withdrawn   bool      `json:"withdrawn,omitempty"` // words of it were taken off the page
	At          time.Time `json:"at,omitzero"`         // with Corrects, Withdrawn: when
	Notify      string    `json:"notify"`              // one of desk.Notifies
	Passes      desk.IDs  `json:"passes,omitempty"`    // holds that let the words through
	ChannelID   int64     `json:"channel"`             // the brand's crisis centre
	BrandID     int64     `json:"brand"`
}

// settleFor is how long an update waits for its other languages, which go out one after the other, and for a person to take it back.
const settleFor = 10 * time.Second

// Jobs are the order for the transaction that changes what is public. What changes words stops at once those that are on their way.
func (o Order) Jobs() []desk.Job {
	mailing := o.job(OrderKind, o.key(), settleFor)
	if !o.Corrects && !o.Withdrawn {
		return []desk.Job{mailing}
	}
	return []desk.Job{o.Overtake(), mailing}
}

// Overtake stops what is on its way of an update, and has nothing else sent. Each change of its words has its own: one that is under way
// stops nothing of what was made after the change before.
func (o Order) Overtake() desk.Job {
	return o.job(OvertakeKind, fmt.Sprintf("%s/%d", o.update(), o.At.UnixMicro()), 0)
}

func (o Order) job(kind, key string, wait time.Duration) desk.Job {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // numbers and words
	}
	return desk.Job{Kind: kind, Key: key, Payload: string(b), Wait: wait}
}

func (o Order) update() string { return desk.MailingKey(o.CentreID, o.Number) }

// key names the mailing of an order: one for an update, in however many languages, one for each time that its words changed.
func (o Order) key() string {
	switch {
	case o.Withdrawn:
		return fmt.Sprintf("%s/withdrawal/%d", o.update(), o.At.UnixMicro())
	case o.Corrects:
		return fmt.Sprintf("%s/correction/%d", o.update(), o.At.UnixMicro())
	}
	return o.update()
}

// mailing is what every mailing of the order is.
func (o Order) mailing(texts []desk.MailingText, at time.Time) desk.Mailing {
	return desk.Mailing{BrandID: o.BrandID, CentreID: o.CentreID, ChannelID: o.ChannelID, StatementID: o.StatementID, Key: o.key(), Notify: o.Notify, Passes: o.Passes, State: desk.MailingSending, Made: at, Texts: texts}
}

// overtake stops the newest mailing of an update if it is on its way.
func (d *Desk) overtake(ctx context.Context, j desk.Job) error {
	var o Order
	if err := json.Unmarshal([]byte(j.Payload), &o); err != nil {
		return err
	}
	m, err := d.store.LastMailing(ctx, o.update())
	if err != nil {
		return ignore(err)
	}
	_, err = d.store.ChangeMailing(ctx, m.ID, theDesk("mailing.overtake"), func(m *desk.Mailing, out *desk.Out) error {
		out.Skip = m.Ends() || m.Made.After(o.At) // it has the new words
		m.Overtake(time.Now().UTC())
		out.Say = desk.Say("The words of “{title}” changed on their way to subscribers: nothing more of them goes out.", "title", titleOf(m))
		return nil
	})
	return err
}

// order makes the mailing that an order asks for. One that is there already, or whose words were withdrawn meanwhile, is made no more.
func (d *Desk) order(ctx context.Context, j desk.Job) error {
	var o Order
	if err := json.Unmarshal([]byte(j.Payload), &o); err != nil {
		return err
	}
	if _, err := d.store.MailingOf(ctx, o.key()); !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	asked := time.Now().UTC() // what changes from here on overtakes it
	words, err := d.Around.Words(ctx, o)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return err
	}
	was, lost := d.store.LastMailing(ctx, o.update())
	if lost != nil && !errors.Is(lost, desk.ErrNotFound) {
		return lost
	}
	next := o.mailing(words, asked)
	switch {
	case lost == nil:
		return d.follow(ctx, o, &was, next)
	case len(words) == 0 || o.Notify == desk.NotifyNobody || o.Withdrawn:
		return nil
	}
	next.Key = o.update() // a correction of words that nobody was written: to its readers it is an update
	_, err = d.store.ChangeMailing(ctx, 0, theDesk("mailing.make"), func(now *desk.Mailing, out *desk.Out) error {
		id, version := now.ID, now.Version
		*now = next
		now.ID, now.Version = id, version
		out.Say = desk.Say("The update “{title}” goes to its subscribers.", "title", titleOf(now))
		return nil
	})
	d.Wake()
	return ignore(err)
}

// follow makes the mailing after another one of the same update.
func (d *Desk) follow(ctx context.Context, o Order, was *desk.Mailing, next desk.Mailing) error {
	next.Corrects, next.Notify = was.ID, was.Notify
	same := slices.Equal(was.Texts, next.Texts)
	known := same && !was.Quiet && !was.Withdraws // to everybody who had a letter
	var say desk.Text
	switch {
	case !o.Corrects && !o.Withdrawn, known && was.State != desk.MailingOvertaken, o.Withdrawn && was.Withdraws, o.Corrects && len(next.Texts) == 0:
		return nil
	case len(next.Texts) == 0:
		if tell, err := d.tellsWithdrawals(ctx, o.BrandID); err != nil || !tell {
			return err
		}
		next.Withdraws, next.Texts = true, was.Texts
		say = desk.Say("Those who had the update “{title}” are told that it was withdrawn.", "title", titleOf(was))
	case known || o.Withdrawn || o.Notify == desk.NotifyNobody:
		next.Quiet = true
		say = desk.Say("The update “{title}” goes on to its subscribers as it stands now.", "title", titleOf(&next))
	default:
		say = desk.Say("The correction “{title}” goes to those who had the update.", "title", titleOf(&next))
	}
	_, err := d.store.FollowMailing(ctx, next, theDesk("mailing.follow"), desk.Out{Say: say})
	d.Wake()
	return ignore(err)
}

// tellsWithdrawals reports whether a brand tells those who had an update that it was withdrawn.
func (d *Desk) tellsWithdrawals(ctx context.Context, brandID int64) (bool, error) {
	set, err := d.Around.Server(ctx, brandID)
	if errors.Is(err, desk.ErrNotFound) {
		return false, nil
	}
	return set["withdrawals"] == "true", err
}

func titleOf(m *desk.Mailing) string {
	t := m.In("")
	if t.Title != "" {
		return t.Title
	}
	return firstLine(t.Text)
}
