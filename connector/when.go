package connector

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// layouts are the ways of writing a time that leave no doubt, save for the zone in some.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01/02", "20060102",
	"02.01.2006 15:04:05", "02.01.2006 15:04", "02.01.2006", "2.1.2006 15:04", "2.1.2006",
	time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.RubyDate, time.UnixDate,
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04", "2 Jan 2006", "Jan 2, 2006 15:04", "Jan 2, 2006", "2 January 2006 15:04", "January 2, 2006",
}

// slashed is a date with slashes, which half of the world reads the other way round.
var slashed = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})(.*)$`)

// When reads a time as tables, programs and people write it: RFC 3339 and its relatives, seconds, milli-, micro- and
// nanoseconds since 1970, mail dates. Times without a zone are in zone (nil: UTC). A date that may be two different days is
// refused, because a wrong day is worse than none.
func When(s string, zone *time.Location) (time.Time, *desk.Invalid) {
	if zone == nil {
		zone = time.UTC
	}
	s = strings.TrimSpace(s)
	if t, ok := unix(s); ok {
		return t, nil
	}
	if !strings.ContainsAny(s, "0123456789") {
		return time.Time{}, notTime(s)
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), nil
		}
	}
	if m := slashed.FindStringSubmatch(s); m != nil {
		return slashes(s, m, zone)
	}
	return time.Time{}, notTime(s)
}

// unix reads a number of seconds since 1970, or of the smaller units, which its size tells apart.
func unix(s string) (time.Time, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || len(strings.TrimLeft(s, "-")) < 9 { // shorter ones are years and days
		return time.Time{}, false
	}
	scale := 1.0
	for _, n := range []float64{1e3, 1e6, 1e9} {
		if math.Abs(f) >= 1e8*n {
			scale = n
		}
	}
	if math.Abs(f/scale) > 1e11 {
		return time.Time{}, false
	}
	whole, part := math.Modf(f / scale)
	return time.Unix(int64(whole), int64(part*1e9)).UTC(), true
}

func slashes(s string, m []string, zone *time.Location) (time.Time, *desk.Invalid) {
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	day, month := a, b
	switch {
	case a <= 12 && b <= 12 && a != b:
		return time.Time{}, desk.Wrong("published", "{value} may be two different days. Write dates like 2026-11-21.", "value", short(s))
	case b > 12:
		day, month = b, a
	}
	iso := m[3] + "-" + two(month) + "-" + two(day) + strings.TrimRight(m[4], " ")
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 3:04 PM", "2006-01-02 3:04:05 PM"} {
		if t, err := time.ParseInLocation(layout, iso, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, notTime(s)
}

func notTime(s string) *desk.Invalid {
	return desk.Wrong("published", "{value} is not a time that can be read. Write times like 2026-11-21T08:30:00Z.", "value", short(s))
}

func two(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
