package oncall

import (
	"context"
	"fmt"
	"io"
	"time"

	"breakwater/desk"
	"breakwater/internal/ical"
)

const (
	feedBehind = 31 * 24 * time.Hour
	feedAhead  = 180 * 24 * time.Hour
	feedEvery  = time.Hour // calendar programs are asked to look again
)

// Feed names the secret address of a schedule's calendar; with a user it has only that person's shifts.
func (r *Roster) Feed(s desk.Schedule, user int64) string {
	return r.Links.name(link{linkCalendar, uint64(s.ID), uint64(user), 0, uint64(s.Feed)})
}

// RenewFeed ends all addresses of a schedule's calendar; whoever subscribed needs the new one. For leads.
func (r *Roster) RenewFeed(ctx context.Context, id int64) (desk.Schedule, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Schedule{}, err
	}
	return r.Store.ChangeSchedule(ctx, id, desk.ActOf(ctx, "schedule.feed", ""), func(s *desk.Schedule, out *desk.Out) error {
		s.Feed++
		out.Say = desk.Say("The calendar of {schedule} has a new secret address.", "schedule", s.Name)
		return nil
	})
}

// WriteFeed writes the calendar that a secret address names. It needs no sign-in. desk.ErrNotFound: the address was never made,
// was renewed since, or its person left.
func (r *Roster) WriteFeed(ctx context.Context, w io.Writer, address string, now time.Time) error {
	k, ok := r.Links.read(address, linkCalendar)
	if !ok {
		return desk.ErrNotFound
	}
	s, err := r.Store.Schedule(ctx, int64(k.thing))
	if err != nil {
		return err
	}
	users, err := r.Store.Users(ctx)
	if err != nil {
		return err
	}
	if uint64(s.Feed) != k.until || k.user != 0 && !works(users, int64(k.user)) {
		return desk.ErrNotFound
	}
	var events []ical.Event
	for _, shift := range Shifts(&s, now.Add(-feedBehind).Truncate(24*time.Hour), now.Add(feedAhead).Truncate(24*time.Hour)) {
		if shift.UserID == 0 || k.user != 0 && shift.UserID != int64(k.user) {
			continue
		}
		events = append(events, ical.Event{
			UID:     fmt.Sprintf("%d-%d-%d@breakwater", s.ID, shift.UserID, shift.From.Unix()),
			Summary: nameOf(users, shift.UserID) + ": " + s.Name, About: shift.Layer, From: shift.From, To: shift.To,
		})
	}
	return ical.Write(w, s.Name, events, now, feedEvery)
}
