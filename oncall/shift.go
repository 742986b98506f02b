// Package oncall keeps who is on call and calls them: schedules, escalation policies, and escalations that run until somebody
// takes the matter up.
package oncall

import (
	"slices"
	"sort"
	"time"

	"breakwater/desk"
)

// On is who is on call at a moment; UserID 0 is nobody. The Shift's From and To are not set.
func On(s *desk.Schedule, at time.Time) desk.Shift { return newRota(s).on(at) }

// longest is the most that Shifts looks at.
const longest = 800 * 24 * time.Hour

// Shifts are who is on call in [from, to), in order and without a hole: what is nobody's is a shift of nobody.
func Shifts(s *desk.Schedule, from, to time.Time) []desk.Shift {
	if to.Sub(from) > longest {
		to = from.Add(longest)
	}
	if !from.Before(to) {
		return nil
	}
	r := newRota(s)
	var all []desk.Shift
	edges := r.edges(from, to)
	for i, at := range edges[:len(edges)-1] {
		on := r.on(at)
		if n := len(all) - 1; n >= 0 && all[n].UserID == on.UserID && all[n].Layer == on.Layer && all[n].Override == on.Override {
			all[n].To = edges[i+1]
			continue
		}
		on.From, on.To = at, edges[i+1]
		all = append(all, on)
	}
	return all
}

// rota is a schedule with its times read.
type rota struct {
	*desk.Schedule
	zone     *time.Location
	layers   []layer
	holidays map[string]bool
}

// layer is a layer with its times read.
type layer struct {
	*desk.Layer
	first      time.Time     // the first handover, by the clock on the wall and written as UTC
	turn       time.Duration // by the clock on the wall
	from, to   time.Duration // of the day; equal: all day
	restricted bool
}

func newRota(s *desk.Schedule) *rota {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		zone = time.UTC
	}
	r := &rota{Schedule: s, zone: zone, holidays: make(map[string]bool, len(s.Holidays))}
	for _, h := range s.Holidays {
		r.holidays[h.Day] = true
	}
	for i := range s.Layers {
		l := layer{Layer: &s.Layers[i], turn: 24 * time.Hour}
		l.first, _ = time.Parse(time.DateOnly+" 15:04", l.Start+" "+l.At) // Check has read it
		switch l.Every {
		case desk.EveryWeek:
			l.turn = 7 * 24 * time.Hour
		case desk.EveryHours:
			l.turn = time.Duration(max(l.Hours, 1)) * time.Hour
		}
		l.from, l.to = clockOf(l.From), clockOf(l.To)
		l.restricted = len(l.Days) > 0 || l.from != l.to || l.Layer.Holidays != desk.HolidayAny
		r.layers = append(r.layers, l)
	}
	return r
}

// clockOf is a time of the day as what has passed of the day.
func clockOf(s string) time.Duration {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// on asks the overrides, the latest first, then the layers from the top.
func (r *rota) on(at time.Time) desk.Shift {
	for _, o := range slices.Backward(r.Overrides) {
		if !at.Before(o.From) && at.Before(o.To) {
			return desk.Shift{UserID: o.UserID, Override: true}
		}
	}
	for i := len(r.layers) - 1; i >= 0; i-- {
		l := &r.layers[i]
		if at.Before(r.real(l.first)) || len(l.People) == 0 || !r.active(l, at) {
			continue
		}
		return desk.Shift{UserID: l.People[r.turnOf(l, at)%len(l.People)], Layer: l.Name}
	}
	return desk.Shift{}
}

// real is the moment at which the clock on the wall shows what wall has written as UTC. A time that a change of the clocks leaves
// out is as long after the change as it would have been; of one that comes twice it is one and the same always.
func (r *rota) real(wall time.Time) time.Time {
	return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, r.zone)
}

// wall is what the clock on the wall shows, written as UTC.
func (r *rota) wall(at time.Time) time.Time {
	l := at.In(r.zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// turnOf counts the handovers since the first one. It goes by the moments at which they happen, not by the clock on the wall,
// which runs backwards once a year.
func (r *rota) turnOf(l *layer, at time.Time) int {
	n := int(r.wall(at).Sub(l.first) / l.turn)
	for n > 0 && at.Before(r.handover(l, n)) {
		n--
	}
	for !at.Before(r.handover(l, n+1)) {
		n++
	}
	return max(n, 0)
}

func (r *rota) handover(l *layer, n int) time.Time {
	return r.real(l.first.Add(time.Duration(n) * l.turn))
}

// active reports whether a moment lies in the layer's hours. Hours over midnight belong to the day on which they begin.
func (r *rota) active(l *layer, at time.Time) bool {
	if !l.restricted {
		return true
	}
	today := midnight(r.wall(at))
	for _, day := range []time.Time{today, today.AddDate(0, 0, -1)} {
		if from, to, ok := r.hours(l, day); ok && !at.Before(from) && at.Before(to) {
			return true
		}
	}
	return false
}

// hours are the layer's hours that begin on a day (midnight, written as UTC); ok is false when it has none.
func (r *rota) hours(l *layer, day time.Time) (from, to time.Time, ok bool) {
	off := r.holidays[day.Format(time.DateOnly)]
	switch {
	case len(l.Days) > 0 && !slices.Contains(l.Days, int(day.Weekday())):
		return from, to, false
	case off && l.Layer.Holidays == desk.HolidayRest, !off && l.Layer.Holidays == desk.HolidayOnly:
		return from, to, false
	}
	end := l.to
	if l.to <= l.from {
		end += 24 * time.Hour
	}
	return r.real(day.Add(l.from)), r.real(day.Add(end)), true
}

func midnight(wall time.Time) time.Time { return wall.Truncate(24 * time.Hour) }

// edges are all moments in [from, to] at which somebody else may be on call, each once and in order.
func (r *rota) edges(from, to time.Time) []time.Time {
	all := []time.Time{from, to}
	add := func(t time.Time) {
		if t.After(from) && t.Before(to) {
			all = append(all, t.UTC())
		}
	}
	for _, o := range r.Overrides {
		add(o.From)
		add(o.To)
	}
	first, last := midnight(r.wall(from)).AddDate(0, 0, -1), midnight(r.wall(to)).AddDate(0, 0, 1)
	for i := range r.layers {
		l := &r.layers[i]
		add(r.real(l.first))
		n := max(int(r.wall(from).Sub(l.first)/l.turn)-1, 0)
		for ; ; n++ {
			h := r.handover(l, n)
			if !h.Before(to) {
				break
			}
			add(h)
		}
		for day := first; l.restricted && !day.After(last); day = day.AddDate(0, 0, 1) {
			if begin, end, ok := r.hours(l, day); ok {
				add(begin)
				add(end)
			}
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Before(all[j]) })
	return slices.CompactFunc(all, time.Time.Equal)
}
