package desk

import "time"

// Told is a message that a reader got.
type Told struct {
	At    time.Time
	Level Level
}

// MessagesAnHour is how many messages an hour a reader gets who has said nothing.
const MessagesAnHour = 6

// gaps are what must lie between a message and the one before it, by how many a reader got within the hour: the first comes at
// once, a storm is told in a handful.
var gaps = []time.Duration{0, 15 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute}

// Pace is when a reader may get the next message of a level, given those that they got, newest first, and how many an hour are
// enough: now, or when it does not come too soon after those before it. A level above all that was told within the hour is told at
// once.
func Pace(told []Told, level Level, enough int, now time.Time) time.Time {
	told = Recent(told, now)
	if len(told) == 0 {
		return now
	}
	highest := Normal
	for _, t := range told {
		highest = max(highest, t.Level)
	}
	if level > highest {
		return now
	}
	at := notAfter(told[0].At, now).Add(gaps[min(len(told), len(gaps)-1)])
	if len(told) >= enough {
		if full := notAfter(told[enough-1].At, now).Add(time.Hour); full.After(at) {
			at = full
		}
	}
	if at.Before(now) {
		return now
	}
	return at
}

// Recent are the messages of the last hour. One of a future that the clock was set back from counts as told just now.
func Recent(told []Told, now time.Time) []Told {
	for i, t := range told {
		if now.Sub(t.At) >= time.Hour {
			return told[:i]
		}
	}
	return told
}

func notAfter(t, now time.Time) time.Time {
	if t.After(now) {
		return now
	}
	return t
}
