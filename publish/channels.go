package publish

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

// Kind is what this stage knows of a connector that speaks.
type Kind struct {
	Spec desk.Spec
	Mute bool // says nothing for us: a hold stops it, or Service
	// Service: customer service takes conversations over by it.
	Service bool
	// Open makes the mouth; it checks the settings, as *desk.Invalid, and connects nothing.
	Open func(desk.Channel) (Mouth, error)
}

// ChannelStore is what channels need of storage.
type ChannelStore interface {
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Channel(ctx context.Context, id int64) (desk.Channel, error)
	ChangeChannel(ctx context.Context, id int64, act desk.Act, f func(*desk.Channel, *desk.Out) error) (desk.Channel, error)
	// SetChannelState notes what a look at a channel found. It is no act of a person; the version stays.
	SetChannelState(ctx context.Context, c desk.Channel) error
	DeleteChannel(ctx context.Context, id int64, act desk.Act) error
}

// Channels is where people see and change the places that we speak in, and where their mouths come from. Every method for
// people checks the acting person's role; secrets never come out. It is safe for use by many goroutines.
type Channels struct {
	Store ChannelStore
	Kinds map[string]Kind // by Spec.Kind
	// Alarm tells the people of a brand that something needs them; key is the same for the same trouble. May be nil.
	Alarm func(ctx context.Context, brandID int64, key string, what desk.Text)
	// Beside says, as *desk.Invalid, why a channel cannot be as it is beside the desk's others. nil: every one can.
	Beside func(ch desk.Channel, others []desk.Channel) error
	Log    *slog.Logger

	mu     sync.Mutex // guards what follows
	mouths map[int64]opened
	failed map[int64]int // looks in a row that did not work
	nudge  chan struct{}
}

// opened is a mouth that is kept as long as its channel does not change: sessions are signed in once.
type opened struct {
	version int
	mouth   Mouth
}

// NewChannels makes the register of channels.
func NewChannels(s ChannelStore, kinds []Kind, log *slog.Logger) *Channels {
	c := &Channels{Store: s, Kinds: make(map[string]Kind, len(kinds)), Log: log, mouths: make(map[int64]opened), failed: make(map[int64]int), nudge: make(chan struct{}, 1)}
	for _, k := range kinds {
		c.Kinds[k.Spec.Kind] = k
	}
	return c
}

// Specs are the kinds of channel, by title.
func (c *Channels) Specs() []desk.Spec {
	specs := make([]desk.Spec, 0, len(c.Kinds))
	for _, k := range c.Kinds {
		specs = append(specs, k.Spec)
	}
	slices.SortFunc(specs, func(a, b desk.Spec) int { return strings.Compare(a.Title, b.Title) })
	return specs
}

// List is a brand's channels in the order of publishing, secrets masked; brandID 0 is all.
func (c *Channels) List(ctx context.Context, brandID int64) ([]desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := c.Store.Channels(ctx, brandID)
	for i := range all {
		all[i] = c.masked(all[i])
	}
	return all, err
}

// One is a channel, secrets masked. desk.ErrNotFound.
func (c *Channels) One(ctx context.Context, id int64) (desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Channel{}, err
	}
	ch, err := c.Store.Channel(ctx, id)
	return c.masked(ch), err
}

// masked hides the secrets; of a kind that is not built in any more nobody can tell what is secret.
func (c *Channels) masked(ch desk.Channel) desk.Channel {
	if k, known := c.Kinds[ch.Kind]; known {
		ch.Settings = k.Spec.Masked(ch.Settings)
	} else {
		ch.Settings = nil
	}
	return ch
}

// Save makes a channel (ID 0) or changes one. A secret sent as desk.Mask stays as it is; kind and brand never change. Settings
// that change are looked at for real soon after.
// Errors: *desk.Invalid for each wrong field, joined; desk.ErrConflict when Version is not the stored one; desk.ErrNotFound;
// desk.ErrForbidden below admin.
func (c *Channels) Save(ctx context.Context, ch desk.Channel) (desk.Channel, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return ch, err
	}
	others, err := c.Store.Channels(desk.WithActor(ctx, desk.ActorOf(context.Background())), 0) // of all brands, whoever saves
	if err != nil {
		return ch, err
	}
	saved, err := c.Store.ChangeChannel(ctx, ch.ID, desk.ActOf(ctx, "channel.save", ""), func(now *desk.Channel, out *desk.Out) (err error) {
		if ch.ID != 0 && ch.Version != now.Version {
			return desk.ErrConflict
		}
		next := *now
		next.Name, next.Lang, next.Order = strings.TrimSpace(ch.Name), ch.Lang, ch.Order
		out.Say = desk.Say("The channel {channel} was changed.", "channel", next.Name)
		if ch.ID == 0 {
			next.Kind, next.BrandID, next.Paused = ch.Kind, ch.BrandID, ch.Paused
			next.Order = cmp.Or(ch.Order, lastOrder(others, ch.BrandID)+1)
			out.Say = desk.Say("{channel} was added as a channel.", "channel", next.Name)
		}
		if next.Settings, err = c.settle(next, ch.Settings, now.Settings); err != nil {
			return err
		}
		if c.Beside != nil {
			if err := c.Beside(next, slices.DeleteFunc(slices.Clone(others), func(o desk.Channel) bool { return o.ID == next.ID })); err != nil {
				return err
			}
		}
		next.Mute = c.Kinds[next.Kind].Mute
		next.State, next.Problem, next.Expires = desk.HealthNew, desk.Text{}, time.Time{}
		*now = next
		return nil
	})
	if err != nil {
		return ch, err
	}
	c.look()
	return c.masked(saved), nil
}

// lastOrder is the place of a brand's last channel.
func lastOrder(all []desk.Channel, brandID int64) (last int) {
	for _, ch := range all {
		if ch.BrandID == brandID {
			last = max(last, ch.Order)
		}
	}
	return last
}

// longestName of a channel, in bytes.
const longestName = 200

// settle makes the settings that will be stored of those that were sent, and asks the connector whether it can work with them.
func (c *Channels) settle(ch desk.Channel, sent, stored desk.Settings) (desk.Settings, error) {
	k, ok := c.Kinds[ch.Kind]
	if !ok {
		return nil, desk.Wrong("kind", "There is no such kind of channel.")
	}
	set, err := k.Spec.Unmasked(k.Spec.Apart(sent), stored)
	if err != nil {
		return nil, err
	}
	set, err = k.Spec.Tidy(set)
	switch {
	case ch.Name == "":
		err = errors.Join(desk.Wrong("name", "Give the channel a name."), err)
	case len(ch.Name) > longestName:
		err = errors.Join(desk.Wrong("name", "This is too long."), err)
	}
	if ch.BrandID == 0 {
		err = errors.Join(err, desk.Wrong("brand_id", "Choose the brand that speaks there."))
	}
	if err != nil {
		return nil, err
	}
	ch.Settings = set
	_, err = k.Open(ch)
	return set, err
}

// Pause keeps everything from going out in a channel, or lets it go on. For leads.
func (c *Channels) Pause(ctx context.Context, id int64, paused bool, why string) (desk.Channel, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Channel{}, err
	}
	do, say := "channel.resume", "{channel} speaks again."
	if paused {
		do, say = "channel.pause", "{channel} was paused: nothing goes out there."
	}
	ch, err := c.Store.ChangeChannel(ctx, id, desk.ActOf(ctx, do, why), func(ch *desk.Channel, out *desk.Out) error {
		out.Skip = ch.Paused == paused
		ch.Paused = paused
		out.Say = desk.Say(say, "channel", ch.Name)
		return nil
	})
	return c.masked(ch), err
}

// Delete removes a channel. What was said there stays there, and in the desk's books. For admins.
func (c *Channels) Delete(ctx context.Context, id int64, why string) error {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return err
	}
	if err := c.Store.DeleteChannel(ctx, id, desk.ActOf(ctx, "channel.delete", why)); err != nil {
		return err
	}
	c.forget(id)
	return nil
}

// Open is the mouth of a channel, as the store has it with its secrets. It is kept until the channel changes.
func (c *Channels) Open(_ context.Context, ch desk.Channel) (Mouth, error) {
	c.mu.Lock()
	o, ok := c.mouths[ch.ID]
	c.mu.Unlock()
	if ok && o.version == ch.Version {
		return o.mouth, nil
	}
	k, known := c.Kinds[ch.Kind]
	if !known {
		return nil, desk.Wrong("kind", "There is no such kind of channel.")
	}
	m, err := k.Open(ch)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if o, ok := c.mouths[ch.ID]; ok && o.version == ch.Version { // somebody was faster: one session is enough
		return o.mouth, nil
	}
	if ch.ID != 0 {
		c.mouths[ch.ID] = opened{ch.Version, m}
	}
	return m, nil
}

func (c *Channels) forget(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.mouths, id)
	delete(c.failed, id)
}
