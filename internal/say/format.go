package say

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/number"
)

// Number writes x with the language's separators and at most one decimal place, two below 1.
func (p *Printer) Number(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	places := 1
	if math.Abs(x) < 1 {
		places = 2
	}
	if x == math.Trunc(x) {
		places = 0
	}
	return p.numbers.Sprint(number.Decimal(x, number.MaxFractionDigits(places)))
}

// Compact writes a large number short: 1.2K, 1,2 tys., 1.2萬.
func (p *Printer) Compact(x float64) string {
	for _, u := range p.locale.compact {
		if math.Abs(x) >= u.at {
			x /= u.at
			places := 1
			if math.Abs(x) >= 100 {
				places = 0
			}
			return p.numbers.Sprint(number.Decimal(x, number.MaxFractionDigits(places))) + u.suffix
		}
	}
	return p.Number(x)
}

// Percent writes a share of 1 as whole per cents.
func (p *Printer) Percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "–"
	}
	return p.numbers.Sprint(number.Percent(share, number.MaxFractionDigits(0)))
}

// Clock is the time of day, in the zone that at is in.
func (p *Printer) Clock(at time.Time) string {
	return placed(p.locale.clock, func(name string) (string, bool) {
		switch name {
		case "h":
			return fmt.Sprintf("%02d", at.Hour()), true
		case "m":
			return fmt.Sprintf("%02d", at.Minute()), true
		}
		return "", false
	})
}

// Day is the date, with the year unless it is the present one.
func (p *Printer) Day(at time.Time) string {
	pattern := p.locale.day
	if at.Year() != time.Now().In(at.Location()).Year() {
		pattern = p.locale.dayYear
	}
	return p.dated(pattern, at)
}

// dated puts a date's parts into a pattern.
func (p *Printer) dated(pattern string, at time.Time) string {
	return placed(pattern, func(name string) (string, bool) {
		switch name {
		case "wd":
			return p.locale.weekdays[at.Weekday()], true
		case "d":
			return strconv.Itoa(at.Day()), true
		case "mon":
			return p.locale.months[at.Month()-1], true
		case "y":
			return strconv.Itoa(at.Year()), true
		}
		return "", false
	})
}

// Month is a month with its year.
func (p *Printer) Month(at time.Time) string {
	pattern := "{mon} {y}"
	if strings.HasPrefix(p.locale.dayYear, "{y}") {
		pattern = "{y}年{mon}" // Chinese goes from the large to the small
	}
	return p.dated(pattern, at)
}

// When is date and time of day.
func (p *Printer) When(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	return p.Day(at) + " " + p.Clock(at)
}

// Ago says how long before or after now something is, in one unit; after a month it is the date.
func (p *Printer) Ago(at, now time.Time) string {
	d := now.Sub(at)
	past := d >= 0
	switch d = d.Abs(); {
	case at.IsZero():
		return p.T("never")
	case d < 5*time.Second:
		return p.T("just now")
	case d < time.Minute:
		return p.either(past, "{n} s ago", "in {n} s", int(d/time.Second))
	case d < time.Hour:
		return p.either(past, "{n} min ago", "in {n} min", int(d/time.Minute))
	case d < 24*time.Hour:
		return p.either(past, "{n} h ago", "in {n} h", int(d/time.Hour))
	case d < 31*24*time.Hour:
		return p.either(past, "{n} days ago", "in {n} days", int(d/(24*time.Hour)))
	}
	return p.Day(at)
}

func (p *Printer) either(past bool, ago, ahead string, n int) string {
	if past {
		return p.T(ago, "n", n)
	}
	return p.T(ahead, "n", n)
}

// Span writes a duration in its two largest units: 3 d 4 h, 2 h 5 min, 40 s.
func (p *Printer) Span(d time.Duration) string {
	d = d.Abs()
	days, hours, minutes, seconds := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case days > 0:
		return p.two("{n} d", days, "{n} h", hours)
	case hours > 0:
		return p.two("{n} h", hours, "{n} min", minutes)
	case minutes > 0:
		return p.two("{n} min", minutes, "{n} s", seconds)
	}
	return p.T("{n} s", "n", seconds)
}

func (p *Printer) two(large string, x int, small string, y int) string {
	s := p.T(large, "n", x)
	if y > 0 {
		s += " " + p.T(small, "n", y)
	}
	return s
}

// List joins things as a sentence does: a, b and c.
func (p *Printer) List(things []string) string {
	switch n := len(things); n {
	case 0:
		return ""
	case 1:
		return things[0]
	default:
		return strings.Join(things[:n-1], p.locale.comma) + p.locale.and + things[n-1]
	}
}
