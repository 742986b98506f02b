package people

import (
	"context"
	"strings"

	"breakwater/desk"
)

// pushKind is the kind of way that people add themselves: the browser or telephone before them.
const pushKind = "push"

// Devices are the acting person's own browsers and telephones, without their secrets.
func (b *Book) Devices(ctx context.Context) ([]desk.Way, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	who := desk.ActorOf(ctx).UserID
	ways, err := b.store.Ways(ctx)
	var own []desk.Way
	for _, w := range ways {
		if w.Kind == pushKind && w.UserID == who && who != 0 {
			own = append(own, b.masked(w))
		}
	}
	return own, err
}

// AddDevice has the acting person called on the browser that they sit at. The same device again is brought up to date.
// *desk.Invalid when the browser's keys are none.
func (b *Book) AddDevice(ctx context.Context, name string, set desk.Settings) (desk.Way, error) {
	who := desk.ActorOf(ctx)
	if err := desk.Need(ctx, desk.Responder); err != nil || who.UserID == 0 {
		return desk.Way{}, desk.ErrForbidden
	}
	ways, err := b.store.Ways(ctx)
	if err != nil {
		return desk.Way{}, err
	}
	id := int64(0)
	for _, w := range ways {
		if w.Kind == pushKind && w.UserID == who.UserID && w.Settings["endpoint"] == set["endpoint"] {
			id = w.ID
		}
	}
	saved, err := b.store.ChangeWay(ctx, id, desk.ActOf(ctx, "way.device", ""), func(w *desk.Way, out *desk.Out) error {
		fresh := desk.Way{Name: shortName(who.Name + ", " + strings.TrimSpace(name)), Kind: pushKind, Settings: set, UserID: who.UserID, Lang: who.Lang}
		checked, err := b.settings(fresh, *w)
		if err != nil {
			return err
		}
		w.Name, w.Kind, w.Settings, w.UserID, w.Lang, w.Paused, w.Problem = fresh.Name, fresh.Kind, checked, fresh.UserID, fresh.Lang, false, ""
		out.Say = desk.Say("{name} is called on a device.", "name", who.Name)
		return nil
	})
	return b.masked(saved), err
}

// shortName is what fits into the list of ways.
func shortName(s string) string {
	r := []rune(s)
	return string(r[:min(len(r), 100)])
}

// DropDevice ends messages to one of the acting person's own devices. desk.ErrNotFound for any other way.
func (b *Book) DropDevice(ctx context.Context, id int64) error {
	own, err := b.Devices(ctx)
	if err != nil {
		return err
	}
	for _, w := range own {
		if w.ID == id {
			return b.store.DeleteWay(ctx, id, desk.ActOf(ctx, "way.device", ""))
		}
	}
	return desk.ErrNotFound
}
