package oncall

import (
	"slices"
	"time"

	"breakwater/desk"
)

// soon is how long something new of level Crisis or above waits after the message before it: the pace of messages is for what repeats.
const soon = time.Minute

// When is when a person may get a message of calls, given the letters that they got, newest first: at the end of their quiet hours,
// or when desk.Pace says so; a crisis that they were not told of waits for a minute at most. Letters that were written together are
// one message.
func When(r desk.Reach, sent []desk.Letter, calls []desk.Call, now time.Time) time.Time {
	level := desk.Normal
	for _, c := range calls {
		level = max(level, c.Level)
	}
	if at := quietUntil(r, level, now); at.After(now) {
		return at
	}
	var told []desk.Told
	for _, l := range sent {
		if n := len(told); n == 0 || !told[n-1].At.Equal(l.Made) {
			told = append(told, desk.Told{At: l.Made, Level: l.Level})
		}
	}
	at := desk.Pace(told, level, r.Cap, now)
	if !at.After(now) || !slices.ContainsFunc(calls, func(c desk.Call) bool { return c.Level >= desk.Crisis && unheard(sent, c) }) {
		return at
	}
	if next := sent[0].Made.Add(soon); next.Before(at) {
		at = next
	}
	if at.Before(now) || sent[0].Made.After(now) { // or the clock was set back
		return now
	}
	return at
}

// unheard reports whether no letter of its level told of what a call is about.
func unheard(sent []desk.Letter, c desk.Call) bool {
	return !slices.ContainsFunc(sent, func(l desk.Letter) bool { return l.Level >= c.Level && slices.Contains(l.Escalations, c.EscalationID) })
}

// quietUntil is the end of the quiet hours that a message of a level has to wait for; now when there are none.
func quietUntil(r desk.Reach, level desk.Level, now time.Time) time.Time {
	zone, err := time.LoadLocation(r.Zone)
	if r.From == "" || level >= r.Through || err != nil {
		return now
	}
	local := now.In(zone)
	from, until := clockOf(r.From), clockOf(r.Until)
	for _, day := range []int{-1, 0} {
		at := func(clock time.Duration, day int) time.Time {
			return time.Date(local.Year(), local.Month(), local.Day()+day, 0, int(clock/time.Minute), 0, 0, zone)
		}
		begin, end := at(from, day), at(until, day)
		if until <= from {
			end = at(until, day+1)
		}
		if !now.Before(begin) && now.Before(end) {
			return end.UTC()
		}
	}
	return now
}
