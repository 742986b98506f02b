package subscribe

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// mostDecided is of how many letters by name one decision may be.
const mostDecided = 1000

// SendAgain has letters of a mailing sent again of which nobody knows whether the server took them: all of them, or with to those of some
// subscribers. Some may get it twice, which is why only a person decides it. A mailing that was done goes on for them; who left meanwhile
// gets nothing. *desk.Invalid for one whose words do not stand any more. For leads.
func (d *Desk) SendAgain(ctx context.Context, id int64, to desk.IDs) (desk.Mailing, error) {
	m, err := d.decide(ctx, id, to, desk.DeliveryDue, "mailing.again", func(m *desk.Mailing, n int, followed bool, act desk.Act) (desk.Text, error) {
		if m.State == desk.MailingStopped || m.State == desk.MailingOvertaken || followed {
			return desk.Text{}, errWordsGone
		}
		if m.State == desk.MailingDone {
			m.State = desk.MailingSending
		}
		return desk.Say("{name} has letters of the update “{title}” sent again of which nobody knows: {n}. Some of their readers may get it twice.", "name", act.Name, "title", titleOf(m), "n", n), nil
	})
	d.Wake()
	return m, err
}

// LetBe leaves such letters at that: they are not asked about any more. For leads.
func (d *Desk) LetBe(ctx context.Context, id int64, to desk.IDs) (desk.Mailing, error) {
	return d.decide(ctx, id, to, desk.DeliveryLetBe, "mailing.letbe", func(m *desk.Mailing, n int, _ bool, act desk.Act) (desk.Text, error) {
		return desk.Say("{name} leaves letters of the update “{title}” unsent of which nobody knows: {n}.", "name", act.Name, "title", titleOf(m), "n", n), nil
	})
}

var errWordsGone = desk.Wrong("state", "Its words were corrected, withdrawn or stopped: nothing more of them goes out. A correction goes to these readers too.")

// decide decides about letters of which nobody knows.
func (d *Desk) decide(ctx context.Context, id int64, to desk.IDs, state, do string, f func(m *desk.Mailing, n int, followed bool, act desk.Act) (desk.Text, error)) (m desk.Mailing, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return m, err
	}
	if len(to) > mostDecided {
		return m, desk.Wrong("to", "Name at most {n} subscribers at once, or none for all.", "n", mostDecided)
	}
	if m, err = d.store.Mailing(ctx, id); err != nil {
		return m, err
	}
	if err := desk.Permit(ctx, m.BrandID, 0); err != nil {
		return m, err
	}
	if state == desk.DeliveryDue {
		if err := d.stands(ctx, &m); err != nil {
			return m, err
		}
	}
	act := desk.ActOf(ctx, do, "")
	return d.store.DecideDeliveries(ctx, id, to, state, act, func(m *desk.Mailing, n int, followed bool, out *desk.Out) (err error) {
		if n == 0 {
			return desk.Wrong("to", "There is no such letter any more of which nobody knows.")
		}
		out.Say, err = f(m, n, followed, act)
		return err
	})
}

// stands tells whether the words of a mailing are public as they are. A word that an update was withdrawn stands until another mailing
// follows it. errWordsGone.
func (d *Desk) stands(ctx context.Context, m *desk.Mailing) error {
	if m.Withdraws {
		return nil
	}
	o := Order{CentreID: m.CentreID, StatementID: m.StatementID, ChannelID: m.ChannelID, BrandID: m.BrandID}
	_, number, _ := strings.Cut(m.Update(), "/")
	o.Number, _ = strconv.Atoi(number) // we made it
	words, err := d.Around.Words(ctx, o)
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return errWordsGone
	case err != nil:
		return err
	}
	for _, t := range m.Texts {
		if !slices.ContainsFunc(words, func(w desk.MailingText) bool { return w.Lang == t.Lang && w.Title == t.Title && w.Text == t.Text }) {
			return errWordsGone
		}
	}
	return nil
}
