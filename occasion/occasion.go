// Package occasion keeps the calendar of what is known beforehand to bring mentions: campaigns, launches, holidays, match days.
// Detection reads it, so that what was expected is said to be expected.
package occasion

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/ical"
)

// Store is what occasions need of storage.
type Store interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Occasions(ctx context.Context, brandID int64, from, to time.Time) ([]desk.Occasion, error)
	Occasion(ctx context.Context, id int64) (desk.Occasion, error)
	ChangeOccasion(ctx context.Context, id int64, act desk.Act, change func(*desk.Occasion, *desk.Out) error) (desk.Occasion, error)
	DeleteOccasion(ctx context.Context, id int64, act desk.Act) error
}

// Calendar is where people see and change occasions: everyone sees, leads change.
type Calendar struct{ Store Store }

// List gives a brand's occasions that are on at some time in [from, to), in the order in which they begin; a zero time does not
// restrict, brand 0 is all brands.
func (c *Calendar) List(ctx context.Context, brandID int64, from, to time.Time) ([]desk.Occasion, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return c.Store.Occasions(ctx, brandID, from, to)
}

// One is one occasion. desk.ErrNotFound.
func (c *Calendar) One(ctx context.Context, id int64) (desk.Occasion, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Occasion{}, err
	}
	return c.Store.Occasion(ctx, id)
}

// Save makes an occasion (ID 0) or changes one; it stays with its brand. *desk.Invalid; desk.ErrConflict when Version is not the
// stored one; desk.ErrNotFound; desk.ErrForbidden below lead.
func (c *Calendar) Save(ctx context.Context, o desk.Occasion) (desk.Occasion, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return o, err
	}
	if err := o.Check(); err != nil {
		return o, err
	}
	if o.ID == 0 {
		if _, err := c.Store.Brand(ctx, o.BrandID); err != nil {
			return o, err
		}
	}
	return c.Store.ChangeOccasion(ctx, o.ID, desk.ActOf(ctx, "occasion.save", ""), func(now *desk.Occasion, out *desk.Out) error {
		if o.ID != 0 && o.Version != now.Version {
			return desk.ErrConflict
		}
		id, version, brand, uid := now.ID, now.Version, now.BrandID, now.UID
		*now = o
		now.ID, now.Version = id, version
		if o.ID != 0 {
			now.BrandID, now.UID = brand, uid
		}
		out.Say = desk.Say("{name} is expected from {from} to {to}.", "name", o.Name, "from", o.From, "to", o.To)
		return nil
	})
}

// Delete removes an occasion. desk.ErrNotFound; desk.ErrForbidden below lead.
func (c *Calendar) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return c.Store.DeleteOccasion(ctx, id, desk.ActOf(ctx, "occasion.delete", ""))
}

const (
	// ahead is how far into the future events that come again are taken from a calendar; behind is how long past ones are of use.
	ahead  = 400 * 24 * time.Hour
	behind = 30 * 24 * time.Hour
	// maxImport is how many occasions one file may bring.
	maxImport = 2000
)

// Imported is what became of a calendar.
type Imported struct {
	Added   int `json:"added"`
	Changed int `json:"changed"` // known by their UID, with another time or name now
	Known   int `json:"known"`   // as they were
	Left    int `json:"left"`    // long past, too far ahead, or not to be read
}

// Import takes the events of an iCalendar file into a brand's calendar; what is imported again changes what it brought before.
// What is no calendar is an *desk.Invalid of the field "file". For leads.
func (c *Calendar) Import(ctx context.Context, brandID int64, r io.Reader, now time.Time) (Imported, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return Imported{}, err
	}
	brand, err := c.Store.Brand(ctx, brandID)
	if err != nil {
		return Imported{}, err
	}
	zone, err := time.LoadLocation(brand.Zone)
	if err != nil {
		zone = time.UTC
	}
	events, skipped, err := ical.Read(r, zone)
	if errors.Is(err, ical.ErrNoCalendar) {
		return Imported{}, desk.Wrong("file", "This is no calendar file. Export one that ends in .ics.")
	}
	if err != nil {
		return Imported{}, err
	}
	done := Imported{Left: skipped}
	known, err := c.known(ctx, brandID, now)
	if err != nil {
		return done, err
	}
	for _, o := range occasionsOf(events, brandID, now, &done) {
		if err := c.take(ctx, o, known, &done); err != nil {
			return done, err
		}
	}
	return done, nil
}

// known are the occasions that calendars brought, by UID.
func (c *Calendar) known(ctx context.Context, brandID int64, now time.Time) (map[string]desk.Occasion, error) {
	all, err := c.Store.Occasions(ctx, brandID, now.Add(-2*behind), time.Time{})
	known := make(map[string]desk.Occasion)
	for _, o := range all {
		if o.UID != "" {
			known[o.UID] = o
		}
	}
	return known, err
}

// occasionsOf makes occasions of events, one for each time that they come.
func occasionsOf(events []ical.Event, brandID int64, now time.Time, done *Imported) (all []desk.Occasion) {
	for _, e := range events {
		times, _ := e.Times(now.Add(ahead))
		used := 0
		for _, at := range times {
			o := desk.Occasion{BrandID: brandID, Kind: kindOf(e), Name: e.Summary, From: at, To: at.Add(e.To.Sub(e.From)), Words: tags(e), UID: e.UID + "/" + at.UTC().Format("20060102T1504")}
			if o.To.Before(now.Add(-behind)) || o.From.After(now.Add(ahead)) || o.Check() != nil || len(all) >= maxImport {
				continue
			}
			all = append(all, o)
			used++
		}
		if used == 0 {
			done.Left++
		}
	}
	return all
}

// kindOf reads the kind from an event's categories, or from its name.
func kindOf(e ical.Event) string {
	said := strings.ToLower(strings.Join(append(e.Categories, e.Summary), " "))
	for _, k := range desk.OccasionKinds {
		if strings.Contains(said, k) {
			return k
		}
	}
	return "other"
}

// tags are the hashtags that an event names.
func tags(e ical.Event) (all []string) {
	for _, w := range strings.Fields(e.Summary + " " + e.About) {
		w = strings.TrimRight(w, ".,;:!?)")
		if strings.HasPrefix(w, "#") && len(w) > 1 && len(w) <= 100 && len(all) < 20 {
			all = append(all, w)
		}
	}
	return all
}

func (c *Calendar) take(ctx context.Context, o desk.Occasion, known map[string]desk.Occasion, done *Imported) error {
	was, again := known[o.UID]
	switch {
	case !again:
		done.Added++
	case was.Name == o.Name && was.From.Equal(o.From) && was.To.Equal(o.To):
		done.Known++
		return nil
	default:
		done.Changed++
		o.ID, o.Version, o.Kind = was.ID, was.Version, was.Kind
		o.Words = append(was.Words, slices.DeleteFunc(o.Words, func(w string) bool { return slices.Contains(was.Words, w) })...)
	}
	if _, err := c.Save(ctx, o); err != nil {
		return fmt.Errorf("save %q: %w", o.Name, err)
	}
	return nil
}
