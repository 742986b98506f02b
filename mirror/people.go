package mirror

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"strings"
	"time"

	"breakwater/desk"
)

// Specs are the kinds of copies, in the order in which people are offered them.
func (d *Desk) Specs() (all []desk.Spec) {
	for _, k := range d.Kinds {
		all = append(all, k.Spec)
	}
	return all
}

// Spec is that of a kind; ok is false when there is no such kind.
func (d *Desk) Spec(kind string) (s desk.Spec, ok bool) {
	k, ok := d.kind(kind)
	return k.Spec, ok
}

// List is a brand's copies, secrets masked.
func (d *Desk) List(ctx context.Context, brandID int64) (ours []desk.Carrier, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := d.store.Carriers(ctx, brandID, "")
	for _, c := range all {
		if k, ok := d.kind(c.Kind); ok {
			c.Settings = k.Spec.Masked(c.Settings)
			ours = append(ours, c)
		}
	}
	return ours, err
}

// One is a copy, secrets masked. desk.ErrNotFound.
func (d *Desk) One(ctx context.Context, id int64) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Carrier{}, err
	}
	return d.masked(d.one(ctx, id))
}

// one is a copy as it is stored.
func (d *Desk) one(ctx context.Context, id int64) (desk.Carrier, error) {
	c, err := d.store.Carrier(ctx, id)
	if err != nil {
		return c, err
	}
	if _, ours := d.kind(c.Kind); !ours {
		return desk.Carrier{}, desk.ErrNotFound
	}
	return c, nil
}

func (d *Desk) masked(c desk.Carrier, err error) (desk.Carrier, error) {
	k, _ := d.kind(c.Kind)
	c.Settings = k.Spec.Masked(c.Settings)
	return c, err
}

// Save sets a copy up (ID 0) or changes one; its first push begins at once. A secret sent as desk.Mask stays as it is; kind and brand never
// change. For admins. Errors: *desk.Invalid, joined; desk.ErrConflict when Version is not the stored one; desk.ErrNotFound.
func (d *Desk) Save(ctx context.Context, in desk.Carrier) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return in, err
	}
	var was desk.Carrier
	if in.ID != 0 {
		var err error
		if was, err = d.one(ctx, in.ID); err != nil {
			return in, err
		}
		in.Kind, in.BrandID = was.Kind, was.BrandID
	} else if _, err := d.Around.Edition(ctx, in.BrandID); err != nil {
		return in, err
	}
	if err := d.fit(&in, was.Settings); err != nil {
		return in, err
	}
	act := desk.ActOf(ctx, "copy.save", "")
	return d.changed(d.store.ChangeCarrier(ctx, in.ID, act, func(now *desk.Carrier, out *desk.Out) error {
		if in.ID != 0 && in.Version != now.Version {
			return desk.ErrConflict
		}
		out.Say = desk.Say("{name} changed the copy “{copy}” of the crisis centre.", "name", act.Name, "copy", in.Name)
		if in.ID == 0 {
			now.BrandID, now.Kind = in.BrandID, in.Kind
			out.Say = desk.Say("{name} set up the copy “{copy}” of the crisis centre.", "name", act.Name, "copy", in.Name)
		}
		now.Name = in.Name
		if !maps.Equal(now.Settings, in.Settings) {
			now.Settings, now.CarrierState = in.Settings, desk.CarrierState{Public: in.Public}
		}
		out.Jobs = []desk.Job{Job(now.ID)}
		return nil
	}))
}

// fit makes a copy's settings those that will be stored.
func (d *Desk) fit(c *desk.Carrier, stored desk.Settings) error {
	k, ok := d.kind(c.Kind)
	if !ok {
		return desk.Wrong("kind", "There is no such kind of copy.")
	}
	set, err := k.Spec.Unmasked(k.Spec.Apart(c.Settings), stored)
	if err != nil {
		return err
	}
	set, err = k.Spec.Tidy(set)
	if err := errors.Join(c.Check(), err); err != nil {
		return err
	}
	if k.Fresh != nil {
		if err := k.Fresh(set); err != nil {
			return err
		}
	}
	if c.Settings = set; k.Public != nil {
		c.Public = k.Public(set)
	}
	_, err = k.Open(set)
	return err
}

// changed is what is shown of a copy that was changed; those whose turn it is are looked for.
func (d *Desk) changed(c desk.Carrier, err error) (desk.Carrier, error) {
	d.Wake()
	return d.masked(c, err)
}

// testWait is how long a test may take.
const testWait = 30 * time.Second

// Test signs in to where a copy lies and tries whether it can be written; nobody outside notices. What is wrong is a *desk.Invalid with a
// sentence, and shown the key of a server that is not confirmed yet. For leads.
func (d *Desk) Test(ctx context.Context, id int64) (shown string, err error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return "", err
	}
	c, err := d.one(ctx, id)
	if err != nil {
		return "", err
	}
	k, _ := d.kind(c.Kind)
	place, err := k.Open(c.Settings)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, testWait)
	defer cancel()
	if err = place.Test(ctx); err == nil {
		return "", nil
	}
	d.log.Info("a copy of the crisis centre was tried in vain", "copy", id, "error", err)
	var stranger *Stranger
	if errors.As(err, &stranger) {
		shown = stranger.Shown
		if c.Shown != shown {
			c.Shown = shown
			c.State, c.Problem = verdict(err)
			if err := d.store.SetCarrierState(ctx, c); err != nil {
				return shown, err
			}
		}
	}
	_, say := verdict(err)
	return shown, &desk.Invalid{Field: "test", Reason: say}
}

// fingerprint of a server's key, as ssh-keygen -l shows it.
var fingerprint = regexp.MustCompile(`^SHA256:[A-Za-z0-9+/]{43}$`)

// Trust confirms that a key is the server's own: from then on secrets go to who shows it, and to nobody else. For admins.
func (d *Desk) Trust(ctx context.Context, id int64, key string) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.Carrier{}, err
	}
	if key = strings.TrimSpace(key); !fingerprint.MatchString(key) {
		return desk.Carrier{}, desk.Wrong(HostKey, "Enter the fingerprint of the server's key, like SHA256: and 43 characters.")
	}
	act := desk.ActOf(ctx, "copy.trust", "")
	return d.turn(ctx, id, act, func(c *desk.Carrier, out *desk.Out) {
		c.Settings = maps.Clone(c.Settings)
		c.Settings[HostKey] = key
		c.CarrierState = desk.CarrierState{Public: c.Public, Good: c.Good, Files: c.Files}
		out.Say = desk.Say("{name} confirmed the key {key} of the server of the copy “{copy}”.", "name", act.Name, "key", key, "copy", c.Name)
	})
}

// Push brings every file of a copy anew, now, whatever is known of it. For leads.
func (d *Desk) Push(ctx context.Context, id int64) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Carrier{}, err
	}
	act := desk.ActOf(ctx, "copy.push", "")
	return d.turn(ctx, id, act, func(c *desk.Carrier, out *desk.Out) {
		c.Edition = ""
		out.Say = desk.Say("{name} has the copy “{copy}” of the crisis centre brought anew.", "name", act.Name, "copy", c.Name)
	})
}

// Pause leaves a copy as it is, or lets it go on. For leads.
func (d *Desk) Pause(ctx context.Context, id int64, paused bool) (desk.Carrier, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Carrier{}, err
	}
	act := desk.ActOf(ctx, "copy.pause", "")
	return d.turn(ctx, id, act, func(c *desk.Carrier, out *desk.Out) {
		c.Paused = paused
		out.Say = desk.Say("{name} lets the copy “{copy}” of the crisis centre go on.", "name", act.Name, "copy", c.Name)
		if paused {
			out.Say = desk.Say("{name} paused the copy “{copy}”: it stays as it is.", "name", act.Name, "copy", c.Name)
		}
	})
}

// turn changes a copy, and has it looked at.
func (d *Desk) turn(ctx context.Context, id int64, act desk.Act, f func(*desk.Carrier, *desk.Out)) (desk.Carrier, error) {
	if _, err := d.one(ctx, id); err != nil {
		return desk.Carrier{}, err
	}
	return d.changed(d.store.ChangeCarrier(ctx, id, act, func(c *desk.Carrier, out *desk.Out) error {
		f(c, out)
		out.Jobs = []desk.Job{Job(id)}
		return nil
	}))
}

// Delete forgets a copy. What lies there stays. For admins.
func (d *Desk) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	if _, err := d.one(ctx, id); err != nil {
		return err
	}
	return d.store.DeleteCarrier(ctx, id, desk.ActOf(ctx, "copy.delete", ""))
}
