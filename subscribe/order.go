package subscribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
)

// OrderKind names the jobs that make a mailing of an update; the payload is an Order.
const OrderKind = "subscribe.order"

// Order asks for a mailing: of an update of a page, or of a correction of one.
type Order struct {
	CentreID    int64  `json:"centre"`
	Number      int    `json:"number"`             // of the update
	StatementID int64  `json:"statement"`          // whose words it shows
	Corrects    bool   `json:"corrects,omitempty"` // its words took the place of others
	Post        string `json:"post,omitempty"`     // with Corrects: the key of the post that corrected it
	Notify      string `json:"notify"`             // one of desk.Notifies
	ChannelID   int64  `json:"channel"`            // the brand's crisis centre
	BrandID     int64  `json:"brand"`
}

// settleFor is how long an update waits for its other languages, which go out one after the other, and for a person to take it back.
const settleFor = 10 * time.Second

// Job is the order as a job for the transaction that makes the update public.
func (o Order) Job() desk.Job {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // numbers and words
	}
	return desk.Job{Kind: OrderKind, Key: o.key(), Payload: string(b), Wait: settleFor}
}

// key names the mailing of an order: one for an update, one for a correction, in however many languages.
func (o Order) key() string {
	if o.Corrects {
		return fmt.Sprintf("%d/%d/correction/%d", o.CentreID, o.Number, o.StatementID)
	}
	return fmt.Sprintf("%d/%d", o.CentreID, o.Number)
}

// orders makes mailings of updates.
func (d *Desk) orders(ctx context.Context) (int, error) {
	jobs, err := d.store.ClaimJobs(ctx, OrderKind, 10, time.Minute)
	if err != nil {
		return 0, err
	}
	for _, j := range jobs {
		var o Order
		err := json.Unmarshal([]byte(j.Payload), &o)
		if err == nil {
			err = d.order(ctx, o)
		}
		if err := d.settle(ctx, j, err); err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// order makes the mailing of an update. One that is there already, or whose words were withdrawn meanwhile, is made no more.
func (d *Desk) order(ctx context.Context, o Order) error {
	m, err := d.Around.Words(ctx, o)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m.BrandID, m.CentreID, m.ChannelID, m.StatementID, m.Key = o.BrandID, o.CentreID, o.ChannelID, o.StatementID, o.key()
	m.Notify, m.State, m.Made = o.Notify, desk.MailingSending, time.Now().UTC()
	if !o.Corrects {
		_, err = d.store.ChangeMailing(ctx, 0, theDesk("mailing.make"), func(now *desk.Mailing, out *desk.Out) error {
			id, version := now.ID, now.Version
			*now = m
			now.ID, now.Version = id, version
			out.Say = desk.Say("The update “{title}” goes to its subscribers.", "title", titleOf(&m))
			return nil
		})
		return ignore(err)
	}
	was, err := d.last(ctx, o)
	if err != nil {
		return ignore(err) // nobody had it
	}
	m.Corrects, m.Notify = was.ID, was.Notify
	_, err = d.store.CorrectMailing(ctx, m, theDesk("mailing.correct"), desk.Out{Say: desk.Say("The correction “{title}” goes to those who had the update.", "title", titleOf(&m))})
	return ignore(err)
}

// last is the mailing that a correction corrects: the newest of its update.
func (d *Desk) last(ctx context.Context, o Order) (desk.Mailing, error) {
	all, err := d.store.Mailings(ctx, o.BrandID, o.CentreID, desk.Paging{Limit: 200})
	if err != nil {
		return desk.Mailing{}, err
	}
	for _, m := range all {
		var centre int64
		var number int
		if _, err := fmt.Sscanf(m.Key, "%d/%d", &centre, &number); err == nil && centre == o.CentreID && number == o.Number && m.Key != o.key() {
			return m, nil
		}
	}
	return desk.Mailing{}, desk.ErrNotFound
}

func titleOf(m *desk.Mailing) string {
	t := m.In("")
	if t.Title != "" {
		return t.Title
	}
	return firstLine(t.Text)
}
