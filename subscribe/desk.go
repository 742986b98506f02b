package subscribe

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"breakwater/desk"
)

// Carriers is what is kept of how letters go out.
type Carriers interface {
	Carriers(ctx context.Context, brandID int64, kind string) ([]desk.Carrier, error)
	SetCarrierState(ctx context.Context, found desk.Carrier) error
	ChangeCarrier(ctx context.Context, id int64, act desk.Act, change func(*desk.Carrier, *desk.Out) error) (desk.Carrier, error)
}

// Spec is the settings by which a brand's letters go out, given those of a mail server and of the mailbox that letters come back to.
func Spec(server, returned []desk.Field) desk.Spec {
	fields := append(server,
		desk.Field{Name: "bounces", Label: "Address for returned mail", Help: "Such as bounces@example.org. The server must take bounces+anything@example.org too (plus addressing)."})
	fields = append(fields, returned...)
	return desk.Spec{
		Kind: desk.LettersKind, Title: "Updates by e-mail",
		Help: "Letters to the subscribers of the crisis centre, through your mail server. SPF, DKIM and DMARC are kept by that server.",
		Fields: append(fields,
			desk.Field{Name: "withdrawals", Label: "Tell those who had an update when it is withdrawn", Kind: "bool", Help: "A short letter in their language, and nothing else. A page that is taken down as a whole brings none."},
			desk.Field{Name: "connections", Label: "Connections at once, at most", Kind: "number", Help: "Empty: 32. The desk begins with 3, takes more while the mail server takes letters, and fewer when it asks for that."},
			desk.Field{Name: "per_connection", Label: "Letters over one connection", Kind: "number", Help: "Empty: 100."},
			desk.Field{Name: "rate", Label: "Letters a second, at most", Kind: "number", Help: "Empty: as fast as the server takes them."},
			desk.Field{Name: "per_domain", Label: "Letters a minute to one domain, at most", Kind: "number", Help: "Empty: no limit."},
		),
	}
}

// Server is how a brand's letters go out, and whether that is set up.
func (d *Desk) Server(ctx context.Context, brandID int64) (c desk.Carrier, found bool, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return c, false, err
	}
	all, err := d.store.Carriers(ctx, brandID, desk.LettersKind)
	if err != nil || len(all) == 0 {
		return desk.Carrier{BrandID: brandID, Kind: desk.LettersKind, Settings: desk.Settings{}}, false, err
	}
	all[0].Settings = d.Spec.Masked(all[0].Settings)
	return all[0], true, nil
}

// SaveServer sets up how a brand's letters go out. A secret that is sent masked stays as it is. *desk.Invalid, joined. For admins.
func (d *Desk) SaveServer(ctx context.Context, brandID int64, set desk.Settings) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Carrier{}, err
	}
	if _, err := d.store.Brand(ctx, brandID); err != nil {
		return desk.Carrier{}, err
	}
	all, err := d.store.Carriers(ctx, brandID, desk.LettersKind)
	if err != nil {
		return desk.Carrier{}, err
	}
	var was desk.Carrier
	if len(all) > 0 {
		was = all[0]
	}
	if set, err = d.Spec.Unmasked(set, was.Settings); err != nil {
		return was, err
	}
	if set, err = d.Spec.Tidy(set); err != nil {
		return was, err
	}
	for _, name := range []string{"from", "bounces"} {
		if a, err := mail.ParseAddress(set[name]); set[name] != "" && (err != nil || strings.ContainsAny(a.Address, "\r\n<> ")) {
			return was, desk.Wrong(name, "Enter one mail address, like ana@example.org.")
		}
	}
	act := desk.ActOf(ctx, "subscribers.server", "")
	return d.store.ChangeCarrier(ctx, was.ID, act, func(c *desk.Carrier, out *desk.Out) error {
		for _, name := range []string{"imap_host", "imap_user"} {
			if c.Settings[name] != set[name] {
				c.State, c.Problem, c.Cursor = "", desk.Text{}, "" // another mailbox
			}
		}
		c.BrandID, c.Kind, c.Name, c.Settings = brandID, desk.LettersKind, d.Spec.Title, set
		out.Say = desk.Say("{name} changed how updates go to subscribers.", "name", act.Name)
		return nil
	})
}

// TryServer signs in to a brand's mail server, and to its mailbox of returned mail, without sending anything. Errors carry a sentence for people. For admins.
func (d *Desk) TryServer(ctx context.Context, brandID int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	all, err := d.store.Carriers(ctx, brandID, desk.LettersKind)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return desk.ErrNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	c, err := d.Dial(ctx, all[0].Settings)
	if err != nil {
		return err
	}
	c.Close()
	if set := all[0].Settings; set["imap_host"] != "" && d.Fetch != nil {
		_, _, _, err = d.Fetch(ctx, set, all[0].Cursor)
	}
	return err
}

// List gives a piece of a brand's subscribers in a state ("": all), oldest first, from after on. For leads: addresses are nobody else's
// business.
func (d *Desk) List(ctx context.Context, brandID int64, state string, after int64, n int) ([]desk.Subscriber, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	if err := desk.Permit(ctx, brandID, 0); err != nil {
		return nil, err
	}
	return d.store.Subscribers(ctx, brandID, state, after, n)
}

// Newest gives a piece of them newest first, those before an id; 0 begins. For leads.
func (d *Desk) Newest(ctx context.Context, brandID int64, state string, before int64, n int) ([]desk.Subscriber, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	if err := desk.Permit(ctx, brandID, 0); err != nil {
		return nil, err
	}
	return d.store.NewestSubscribers(ctx, brandID, state, before, n)
}

// Find is the subscriber of a brand with an address. desk.ErrNotFound. For leads.
func (d *Desk) Find(ctx context.Context, brandID int64, address string) (desk.Subscriber, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Subscriber{}, err
	}
	if err := desk.Permit(ctx, brandID, 0); err != nil {
		return desk.Subscriber{}, err
	}
	tidy, err := tidyAddress(address)
	if err != nil {
		return desk.Subscriber{}, err
	}
	return d.store.SubscriberOf(ctx, brandID, d.mailbox(brandID, tidy))
}

// Forget deletes everything about a person. For leads. desk.ErrNotFound.
func (d *Desk) Forget(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	one, err := d.store.Subscriber(ctx, id)
	if err == nil {
		err = desk.Permit(ctx, one.BrandID, 0)
	}
	if err != nil {
		return err
	}
	act := desk.ActOf(ctx, "subscribers.forget", "")
	return d.store.ForgetSubscriber(ctx, id, act, desk.Say("{name} deleted all data of a subscriber.", "name", act.Name))
}

// growthShown is how far back growth is counted.
const growthShown = 30 * 24 * time.Hour

// Count counts a brand's subscribers.
func (d *Desk) Count(ctx context.Context, brandID int64) (desk.SubscriberCount, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.SubscriberCount{}, err
	}
	return d.store.CountSubscribers(ctx, brandID, time.Now().Add(-growthShown))
}

// SentMailing is a mailing with what became of its letters.
type SentMailing struct {
	desk.Mailing
	Count desk.MailingCount `json:"count"`
}

// Mailings gives a piece of a brand's mailings, newest first.
func (d *Desk) Mailings(ctx context.Context, brandID int64, p desk.Paging) (out []SentMailing, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := d.store.Mailings(ctx, brandID, 0, p)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		c, err := d.store.CountDeliveries(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, SentMailing{m, c})
	}
	return out, nil
}

// Mailing is one mailing. desk.ErrNotFound.
func (d *Desk) Mailing(ctx context.Context, id int64) (s SentMailing, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return s, err
	}
	if s.Mailing, err = d.store.Mailing(ctx, id); err != nil {
		return s, err
	}
	s.Count, err = d.store.CountDeliveries(ctx, id)
	return s, err
}

// Letters names whom letters of a mailing in a state were for: those of which nobody knows, above all. For leads.
func (d *Desk) Letters(ctx context.Context, id int64, state string, after int64, n int) ([]desk.Delivery, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return nil, err
	}
	m, err := d.store.Mailing(ctx, id)
	if err == nil {
		err = desk.Permit(ctx, m.BrandID, 0)
	}
	if err != nil {
		return nil, err
	}
	return d.store.Deliveries(ctx, id, state, after, n)
}

// GoOn lets a mailing go on that a hold or trouble stopped. For leads. *desk.Invalid while a hold means it.
func (d *Desk) GoOn(ctx context.Context, id int64) (desk.Mailing, error) {
	holds, err := d.store.LiveHolds(ctx)
	if err != nil {
		return desk.Mailing{}, err
	}
	return d.turn(ctx, id, "mailing.goon", func(m *desk.Mailing, act desk.Act, out *desk.Out) error {
		if m.State != desk.MailingHeld && m.State != desk.MailingTrouble {
			return desk.ErrInvalidTransition
		}
		if d.Around.Held(m, holds) {
			return desk.Wrong("state", "STOP holds it. End the hold first, then let it go on.")
		}
		m.State, m.Problem = desk.MailingSending, desk.Text{}
		out.Say = desk.Say("{name} lets the update “{title}” go on to its subscribers.", "name", act.Name, "title", titleOf(m))
		return nil
	})
}

// Stop ends a mailing: nothing more of it goes out. For responders, as pressing a hold is.
func (d *Desk) Stop(ctx context.Context, id int64) (desk.Mailing, error) {
	return d.turn(ctx, id, "mailing.stop", func(m *desk.Mailing, act desk.Act, out *desk.Out) error {
		if m.Ends() {
			return desk.ErrInvalidTransition
		}
		m.State, m.Ended = desk.MailingStopped, time.Now().UTC()
		out.Say = desk.Say("{name} stopped the update “{title}” on its way to subscribers.", "name", act.Name, "title", titleOf(m))
		return nil
	})
}

func (d *Desk) turn(ctx context.Context, id int64, do string, f func(*desk.Mailing, desk.Act, *desk.Out) error) (desk.Mailing, error) {
	least := desk.Responder
	if do == "mailing.goon" {
		least = desk.Lead
	}
	if err := desk.Need(ctx, least); err != nil {
		return desk.Mailing{}, err
	}
	act := desk.ActOf(ctx, do, "")
	m, err := d.store.ChangeMailing(ctx, id, act, func(m *desk.Mailing, out *desk.Out) error { return f(m, act, out) })
	d.Wake()
	return m, err
}

// Halt waits until no letter of the mailings that a hold means is being handed over, at most as long as ctx lasts, and tells what had
// gone. The hold is written already: nothing more starts.
func (d *Desk) Halt(ctx context.Context, h desk.Hold) (all []desk.HeldLetters) {
	lasting := context.WithoutCancel(ctx)
	open, err := d.store.OpenMailings(lasting, h.BrandID)
	if err != nil {
		d.log.Error("letters under a hold could not be counted", "hold", h.ID, "error", err)
		return nil
	}
	for _, m := range open {
		if !d.Around.Held(&m, []desk.Hold{h}) {
			continue
		}
		c, err := d.store.CountDeliveries(lasting, m.ID)
		for err == nil && c[desk.DeliveryTrying] > 0 && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
			c, err = d.store.CountDeliveries(lasting, m.ID)
		}
		if err != nil {
			d.log.Error("letters under a hold could not be counted", "mailing", m.ID, "error", err)
			continue
		}
		all = append(all, desk.HeldLetters{MailingID: m.ID, Title: titleOf(&m), Gone: c[desk.DeliverySent], Left: c[desk.DeliveryDue] + c[desk.DeliveryLater],
			Unsure: c[desk.DeliveryTrying] + c[desk.DeliveryUnknown]})
	}
	d.Wake()
	return all
}
