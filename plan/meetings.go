package plan

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/internal/ical"
)

// MeetingStore is what meetings need of storage.
type MeetingStore interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Meetings(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Meeting, error)
	Meeting(ctx context.Context, id int64) (desk.Meeting, error)
	ChangeMeeting(ctx context.Context, id int64, act desk.Act, change func(*desk.Meeting, *desk.Out) error) (desk.Meeting, error)
	DeleteMeeting(ctx context.Context, id int64, act desk.Act) error
	CalendarKey(ctx context.Context, brandID int64) (desk.CalendarKey, error)
	CalendarBrand(ctx context.Context, key string) (int64, error)
	ChangeCalendarKey(ctx context.Context, id int64, act desk.Act, change func(*desk.CalendarKey, *desk.Out) error) (desk.CalendarKey, error)
}

// Meetings keeps the meetings of the crisis committee, and puts them into people's calendars.
type Meetings struct{ Store MeetingStore }

// List gives a brand's meetings, newest first, at most 200.
func (m *Meetings) List(ctx context.Context, brandID int64) ([]desk.Meeting, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return m.Store.Meetings(ctx, brandID, desk.Paging{Limit: 200})
}

// One is one meeting. desk.ErrNotFound.
func (m *Meetings) One(ctx context.Context, id int64) (desk.Meeting, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Meeting{}, err
	}
	return m.Store.Meeting(ctx, id)
}

// Save makes a meeting (ID 0) or changes one; it stays with its brand. For leads.
func (m *Meetings) Save(ctx context.Context, in desk.Meeting) (desk.Meeting, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Meeting{}, err
	}
	if err := in.Check(); err != nil {
		return desk.Meeting{}, err
	}
	act := desk.ActOf(ctx, "meeting.save", "")
	return m.Store.ChangeMeeting(ctx, in.ID, act, func(now *desk.Meeting, out *desk.Out) error {
		if in.Version != 0 && in.Version != now.Version {
			return desk.ErrConflict
		}
		if now.Version > 0 {
			in.BrandID = now.BrandID
		}
		id, version := now.ID, now.Version
		*now = in
		now.ID, now.Version = id, version
		out.Say = desk.Say("The meeting {meeting} is in the calendar.", "meeting", now.Name)
		return nil
	})
}

// Delete takes a meeting off the calendar. For leads.
func (m *Meetings) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return m.Store.DeleteMeeting(ctx, id, desk.ActOf(ctx, "meeting.delete", ""))
}

// Date is one time at which a meeting takes place.
type Date struct {
	desk.Meeting
	Begins time.Time `json:"begins"`
}

// Dates are the times of a brand's meetings in [from, to), in their order.
func (m *Meetings) Dates(ctx context.Context, brandID int64, from, to time.Time) ([]Date, error) {
	all, err := m.List(ctx, brandID)
	if err != nil {
		return nil, err
	}
	brand, err := m.Store.Brand(ctx, brandID)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(brand.Zone)
	if err != nil {
		zone = time.UTC
	}
	var dates []Date
	for _, one := range all {
		for _, at := range one.Times(from, to, zone) {
			dates = append(dates, Date{one, at})
		}
	}
	slices.SortFunc(dates, func(a, b Date) int { return cmp.Or(a.Begins.Compare(b.Begins), cmp.Compare(a.ID, b.ID)) })
	return dates, nil
}

// Key is the secret name of a brand's calendar; it is made when it is asked for first. For viewers.
func (m *Meetings) Key(ctx context.Context, brandID int64) (desk.Secret, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return "", err
	}
	k, err := m.Store.CalendarKey(ctx, brandID)
	if errors.Is(err, desk.ErrNotFound) {
		return m.newKey(ctx, 0, brandID)
	}
	return desk.Secret(k.Key), err
}

// Renew gives a brand's calendar another secret name: the one before opens nothing any more. For leads.
func (m *Meetings) Renew(ctx context.Context, brandID int64) (desk.Secret, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return "", err
	}
	k, err := m.Store.CalendarKey(ctx, brandID)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return "", err
	}
	return m.newKey(ctx, k.ID, brandID)
}

func (m *Meetings) newKey(ctx context.Context, id, brandID int64) (desk.Secret, error) {
	act := desk.ActOf(ctx, "calendar.key", "")
	k, err := m.Store.ChangeCalendarKey(ctx, id, act, func(k *desk.CalendarKey, out *desk.Out) error {
		k.BrandID, k.Key = brandID, rand.Text()
		out.Say = desk.Say("The calendar of meetings has a new address.")
		return nil
	})
	return desk.Secret(k.Key), err
}

// How far a calendar reaches, and how often it is to be read again.
const (
	calendarBack  = 90 * 24 * time.Hour
	calendarAhead = 400 * 24 * time.Hour
	calendarFresh = 4 * time.Hour
)

// Calendar writes the meetings of the brand whose calendar a key opens, as iCalendar. The key is the right to read it:
// desk.ErrNotFound for any other.
func (m *Meetings) Calendar(ctx context.Context, key string, now time.Time, w io.Writer) error {
	brandID, err := m.Store.CalendarBrand(ctx, key)
	if err != nil {
		return err
	}
	brand, err := m.Store.Brand(ctx, brandID)
	if err != nil {
		return err
	}
	all := desk.WithActor(ctx, desk.Actor{Who: "desk", Name: "Breakwater", Role: desk.Viewer})
	dates, err := m.Dates(all, brandID, now.Add(-calendarBack), now.Add(calendarAhead))
	if err != nil {
		return err
	}
	events := make([]ical.Event, len(dates))
	for i, d := range dates {
		events[i] = ical.Event{UID: "meeting-" + strconv.FormatInt(d.ID, 10) + "-" + d.Begins.Format("20060102T1504") + "@breakwater", Summary: d.Name, About: d.Agenda, Place: d.Place,
			From: d.Begins, To: d.Begins.Add(time.Duration(d.Minutes) * time.Minute)}
	}
	return ical.Write(w, brand.Name, events, now, calendarFresh)
}
