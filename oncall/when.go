package oncall

import (
	"time"

	"breakwater/desk"
)

// gaps are what must lie between a message and the one before it, by how many a person got within the hour: the first comes at
// once, a storm is told in a handful.
var gaps = []time.Duration{0, 15 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

// When is when a person may get the next message of a level, given the letters that they got, newest first: now, or the end of
// their quiet hours, or when it does not come too soon after those before it. A level above all that was told within the hour
// is told at once.
func When(r desk.Reach, sent []desk.Letter, level desk.Level, now time.Time) time.Time {
	if at := quietUntil(r, level, now); at.After(now) {
		return at
	}
	told := within(sent, now)
	if len(told) == 0 {
		return now
	}
	highest := desk.Normal
	for _, l := range told {
		highest = max(highest, l.Level)
	}
	if level > highest {
		return now
	}
	at := made(told[0], now).Add(gaps[min(len(told), len(gaps)-1)])
	if len(told) >= r.Cap {
		at = later(at, made(told[r.Cap-1], now).Add(time.Hour))
	}
	return later(at, now)
}

// within are the messages of the last hour, newest first: letters that were written together are one.
func within(sent []desk.Letter, now time.Time) (told []desk.Letter) {
	for _, l := range sent {
		if now.Sub(l.Made) >= time.Hour {
			break
		}
		if n := len(told); n == 0 || !told[n-1].Made.Equal(l.Made) {
			told = append(told, l)
		}
	}
	return told
}

// made is when a letter was written; one of a future that the clock was set back from was written just now.
func made(l desk.Letter, now time.Time) time.Time {
	if l.Made.After(now) {
		return now
	}
	return l.Made
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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
