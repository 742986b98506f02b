package preflight

import (
	"context"
	_ "embed"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

//go:embed data/days.txt
var daysText string

// mourning is a day of the list.
type mourning struct{ when, where, name string }

func mourningDays() (all []mourning) {
	for line := range strings.Lines(daysText) {
		if f := strings.SplitN(strings.TrimSpace(line), " ", 3); len(f) == 3 && f[0] != "#" {
			all = append(all, mourning{f[0], f[1], f[2]})
		}
	}
	return all
}

// days asks for a second opinion on a post for a day of mourning: of the program's list, of the brand's own, and of its calendar.
func days(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	if j.Statement.IncidentID != 0 {
		return nil, nil // what has to be said is said on any day
	}
	zone, err := time.LoadLocation(j.brand.Zone)
	if err != nil {
		zone = time.UTC
	}
	due := j.Due.In(zone)
	found := func(weight, name string) {
		all = append(all, desk.Finding{Weight: weight, Say: desk.Say("It goes out on a day of remembrance: {name}.", "name", name), Fix: desk.Say("Choose another day, or let somebody else look at it.")})
	}
	told := map[string]bool{}
	for _, d := range mourningDays() {
		if d.falls(due) && !told[d.name] {
			told[d.name] = true
			weight := desk.FindingWarn
			if d.where == "world" || strings.EqualFold(d.where, country(j.brand.Zone, j.Variant.Lang)) {
				weight = desk.FindingSecond
			}
			if weight == desk.FindingSecond {
				found(weight, d.name)
			}
		}
	}
	for _, d := range j.guard.Days {
		if d.Day == due.Format("01-02") {
			found(desk.FindingSecond, d.Name)
		}
	}
	return all, nil
}

// Day is a day of a calendar on which words are weighed twice.
type Day struct {
	Date time.Time // its beginning, in the brand's zone
	Name string
}

// Days are the days from from to before to, in order, on which a post of the brand asks for a second opinion: of the program's list and
// of the brand's own. For viewers.
func (d *Desk) Days(ctx context.Context, brandID int64, from, to time.Time) (all []Day, err error) {
	g, err := d.Guard(ctx, brandID) // for viewers
	if err != nil {
		return nil, err
	}
	b, err := d.Store.Brand(ctx, brandID)
	if err != nil {
		return nil, err
	}
	home := country(b.Zone, "")
	for day := from; day.Before(to); day = day.AddDate(0, 0, 1) {
		told := map[string]bool{}
		for _, m := range mourningDays() {
			if !told[m.name] && m.falls(day) && (m.where == "world" || strings.EqualFold(m.where, home)) {
				told[m.name] = true
				all = append(all, Day{day, m.name})
			}
		}
		for _, own := range g.Days {
			if own.Day == day.Format("01-02") && !told[own.Name] {
				all = append(all, Day{day, own.Name})
			}
		}
	}
	return all, nil
}

// country is where a brand is at home, as far as its time zone or the text's language tell.
func country(zone, lang string) string {
	if c := zoneCountry[zone]; c != "" {
		return c
	}
	return langCountry[lang]
}

var zoneCountry = map[string]string{
	"Europe/Warsaw": "PL", "Asia/Jerusalem": "IL", "Asia/Tel_Aviv": "IL", "Europe/Stockholm": "SE", "Asia/Jakarta": "ID", "Asia/Makassar": "ID", "Asia/Jayapura": "ID",
	"Asia/Taipei": "TW", "Asia/Hong_Kong": "HK", "Asia/Shanghai": "CN", "Asia/Tokyo": "JP", "Europe/Oslo": "NO", "Europe/Amsterdam": "NL", "Europe/Brussels": "BE",
	"Europe/London": "GB", "Europe/Paris": "FR", "Europe/Tallinn": "EE", "America/New_York": "US", "America/Chicago": "US", "America/Denver": "US", "America/Los_Angeles": "US", "America/Toronto": "CA", "America/Vancouver": "CA",
}

var langCountry = map[string]string{"pl": "PL", "he": "IL", "sv": "SE", "id": "ID", "zh-Hant": "TW", "zh-Hans": "CN"}

// falls reports whether the day is that of t, in t's zone.
func (d mourning) falls(t time.Time) bool {
	y, m, day := t.Date()
	is := func(o time.Time) bool { oy, om, od := o.Date(); return oy == y && om == m && od == day }
	switch rest, kind := d.when, ""; {
	case strings.HasPrefix(rest, "easter"):
		n, err := strconv.Atoi(strings.TrimPrefix(rest, "easter"))
		return err == nil && is(easter(y).AddDate(0, 0, n))
	case strings.HasPrefix(rest, "hebrew-"):
		kind = strings.TrimPrefix(rest, "hebrew-")
		hebrew, ok := hebrewDays[kind]
		return ok && is(hebrew(y))
	}
	return d.when == t.Format("01-02")
}

// easter is Easter Sunday of the Western churches (the anonymous Gregorian computus, Nature 1876).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}

// hebrewDays give the Gregorian day of a year on which a day of the Hebrew calendar falls. Those of remembrance move off the
// Sabbath by law.
var hebrewDays = map[string]func(year int) time.Time{
	"yomkippur":    func(y int) time.Time { return newYear(y+3761).AddDate(0, 0, 9) },
	"yomhashoah":   func(y int) time.Time { return shoahDay(passover(y).AddDate(0, 0, 12)) },  // 27 Nisan
	"yomhazikaron": func(y int) time.Time { return fallenDay(passover(y).AddDate(0, 0, 19)) }, // 4 Iyar
	"tishabav":     func(y int) time.Time { return afterSabbath(passover(y).AddDate(0, 0, 112)) },
}

// passover is 15 Nisan: the new year that follows is always 163 days later.
func passover(year int) time.Time { return newYear(year+3761).AddDate(0, 0, -163) }

func shoahDay(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Friday:
		return t.AddDate(0, 0, -1)
	case time.Sunday:
		return t.AddDate(0, 0, 1)
	}
	return t
}

func fallenDay(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Thursday:
		return t.AddDate(0, 0, -1)
	case time.Friday:
		return t.AddDate(0, 0, -2)
	case time.Sunday:
		return t.AddDate(0, 0, 1)
	}
	return t
}

func afterSabbath(t time.Time) time.Time {
	if t.Weekday() == time.Saturday {
		return t.AddDate(0, 0, 1)
	}
	return t
}

// newYear is 1 Tishri of a Hebrew year: the day of its new moon, put off by the four rules (Reingold and Dershowitz, Calendrical
// Calculations, in the form of elapsed days).
func newYear(hebrew int) time.Time {
	days := elapsed(hebrew)
	if elapsed(hebrew+1)-days == 356 {
		days += 2
	} else if days-elapsed(hebrew-1) == 382 {
		days++
	}
	// Day 0 of the count is 7 October 3761 BCE (Julian); 1 Tishri 5786 was 23 September 2025.
	return time.Date(2025, 9, 23, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days-putOff(5786))
}

func putOff(hebrew int) int {
	days := elapsed(hebrew)
	if elapsed(hebrew+1)-days == 356 {
		return days + 2
	}
	if days-elapsed(hebrew-1) == 382 {
		return days + 1
	}
	return days
}

// elapsed is days from the first new year to the new moon of a year's, with the rules about noon and about Sunday, Wednesday
// and Friday.
func elapsed(hebrew int) int {
	months := (235*hebrew - 234) / 19
	parts := 12084 + 13753*months
	day := 29*months + parts/25920
	if 3*(day+1)%7 < 3 {
		day++
	}
	return day
}
