package ical

import (
	"strconv"
	"strings"
	"time"
)

// most bounds the times of one event that comes again.
const most = 400

// Times are the beginnings of an event until a moment: the first, and those that its rule gives by day, week, month or year with
// interval, count and end, and by days of the week. ok is false when the rule asks for more than that; then only the first is
// given.
func (e Event) Times(until time.Time) (times []time.Time, ok bool) {
	rule, ok := readRule(e.Repeat, e.From.Location())
	if e.Repeat == "" || !ok {
		return []time.Time{e.From}, e.Repeat == ""
	}
	if !rule.until.IsZero() && rule.until.Before(until) {
		until = rule.until
	}
	for n := 0; len(times) < most; n += rule.every {
		at, all := rule.step(e.From, n), true
		for _, t := range rule.within(at) {
			if t.Before(e.From) {
				continue
			}
			if t.After(until) || rule.count > 0 && len(times) >= rule.count {
				all = false
				break
			}
			times = append(times, t)
		}
		if !all || at.After(until) {
			break
		}
	}
	return times, true
}

// rule is an RRULE.
type rule struct {
	unit         string // DAILY, WEEKLY, MONTHLY, YEARLY
	every, count int
	until        time.Time
	days         []time.Weekday // of a weekly rule
}

var weekdays = map[string]time.Weekday{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}

func readRule(s string, zone *time.Location) (r rule, ok bool) {
	r.every = 1
	for part := range strings.SplitSeq(s, ";") {
		k, v, _ := strings.Cut(part, "=")
		var err error
		switch strings.ToUpper(k) {
		case "FREQ":
			r.unit = strings.ToUpper(v)
		case "INTERVAL":
			r.every, err = strconv.Atoi(v)
		case "COUNT":
			r.count, err = strconv.Atoi(v)
		case "UNTIL":
			r.until, _ = moment(property{value: v}, zone)
		case "BYDAY":
			for d := range strings.SplitSeq(v, ",") {
				day, known := weekdays[strings.ToUpper(d)]
				if !known {
					return r, false
				}
				r.days = append(r.days, day)
			}
		case "WKST", "":
		case "BYMONTH", "BYMONTHDAY":
			if strings.Contains(v, ",") || r.unit == "DAILY" || r.unit == "WEEKLY" {
				return r, false
			}
		default:
			return r, false
		}
		if err != nil || r.every < 1 || r.count < 0 {
			return r, false
		}
	}
	switch r.unit {
	case "WEEKLY":
		return r, true
	case "DAILY", "MONTHLY", "YEARLY":
		return r, len(r.days) == 0
	}
	return r, false
}

// step is n units after the first.
func (r rule) step(first time.Time, n int) time.Time {
	switch r.unit {
	case "DAILY":
		return first.AddDate(0, 0, n)
	case "WEEKLY":
		return first.AddDate(0, 0, 7*n)
	case "MONTHLY":
		return first.AddDate(0, n, 0)
	}
	return first.AddDate(n, 0, 0)
}

// within are the times of one step: of a week the days that the rule names.
func (r rule) within(at time.Time) []time.Time {
	if len(r.days) == 0 {
		return []time.Time{at}
	}
	monday := at.AddDate(0, 0, -(int(at.Weekday())+6)%7)
	var all []time.Time
	for i := range 7 {
		day := monday.AddDate(0, 0, i)
		for _, d := range r.days {
			if day.Weekday() == d {
				all = append(all, day)
			}
		}
	}
	return all
}
