package oncall

import (
	"time"

	"breakwater/desk"
)

// When is when a person may get the next message of a level, given the letters that they got, newest first: at the end of their quiet
// hours, or when desk.Pace says so. Letters that were written together are one message.
func When(r desk.Reach, sent []desk.Letter, level desk.Level, now time.Time) time.Time {
	if at := quietUntil(r, level, now); at.After(now) {
		return at
	}
	var told []desk.Told
	for _, l := range sent {
		if n := len(told); n == 0 || !told[n-1].At.Equal(l.Made) {
			told = append(told, desk.Told{At: l.Made, Level: l.Level})
		}
	}
	return desk.Pace(told, level, r.Cap, now)
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
