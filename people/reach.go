package people

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// ErrSpent says that a link was used, or is too old.
var ErrSpent = errors.New("the link is spent")

// Own is what a contact sees of itself by its link: nobody else, and no notes of the desk.
type Own struct {
	Name  string
	Lang  string
	Hours string
	Ways  []desk.ContactWay
}

func ownOf(c desk.Contact) Own { return Own{c.Name, c.Lang, c.Hours, c.Ways} }

// byLink finds the contact of a link.
func (d *Directory) byLink(ctx context.Context, name string) (desk.Contact, error) {
	v, ok := d.links.Read(name, 3)
	if !ok {
		return desk.Contact{}, desk.ErrNotFound
	}
	c, err := d.store.Contact(ctx, v[0])
	if isGone(err) {
		return desk.Contact{}, ErrSpent
	}
	if err == nil && (int64(c.Round) != v[1] || time.Now().Unix() > v[2]) {
		return desk.Contact{Lang: c.Lang}, ErrSpent
	}
	return c, err
}

// ByLink shows a contact its own ways. It changes nothing, whoever opens it: mail servers open links too. desk.ErrNotFound: we made
// no such link; ErrSpent.
func (d *Directory) ByLink(ctx context.Context, name string) (Own, error) {
	c, err := d.byLink(ctx, name)
	return ownOf(c), err
}

// Answer keeps what a contact says of its own ways by its link, which is spent with it: they are right as they are, or are these.
// *desk.Invalid; desk.ErrNotFound; ErrSpent.
func (d *Directory) Answer(ctx context.Context, name string, own Own) (Own, error) {
	c, err := d.byLink(ctx, name)
	if err != nil {
		return ownOf(c), err
	}
	ways, err := desk.CheckWays(own.Ways)
	if err != nil {
		return own, err
	}
	if len(ways) == 0 {
		return own, desk.Wrong("ways", "Leave at least one way to reach you.")
	}
	act := desk.Act{Who: on(c.ID), Name: c.Name, Do: "contact.answer", At: time.Now().UTC(), From: desk.ActorOf(ctx).From}
	kept, err := d.store.ChangeContact(ctx, c.ID, act, func(n *desk.Contact, out *desk.Out) error {
		if n.Round != c.Round {
			return ErrSpent
		}
		out.Say = desk.Say("{contact} confirmed how they are reached.", "contact", n.Name)
		if !slices.Equal(ways, n.Ways) || strings.TrimSpace(own.Hours) != n.Hours {
			out.Say = desk.Say("{name} corrected how they are reached.", "name", n.Name)
			n.Ways, n.Hours, n.Pending = ways, own.Hours, nil
		}
		n.Confirm(desk.CheckedLink, act.At)
		return n.Check()
	})
	if err != nil {
		return own, err
	}
	return ownOf(kept), nil
}
