package oncall

import (
	"cmp"
	"slices"
	"time"

	"breakwater/desk"
)

// counts is how much of a night, a weekend or a holiday makes it one that somebody gave up.
const counts = time.Hour

// fridays are the zones of countries whose weekend is Friday and Saturday (CLDR 46, weekData).
var fridays = []string{"Asia/Jerusalem", "Asia/Tel_Aviv", "Israel", "Africa/Cairo", "Africa/Algiers", "Africa/Tripoli", "Africa/Khartoum", "Asia/Aden", "Asia/Amman",
	"Asia/Baghdad", "Asia/Bahrain", "Asia/Damascus", "Asia/Kuwait", "Asia/Muscat", "Asia/Qatar", "Asia/Riyadh"}

// weekendOf is the first day of the weekend in a zone.
func weekendOf(zone string) time.Weekday {
	if slices.Contains(fridays, zone) {
		return time.Friday
	}
	return time.Saturday
}

// Fairness is what each person carries of a schedule in [from, to), most hours first. Nobody's time is not in it.
func Fairness(s *desk.Schedule, from, to time.Time) []desk.Burden {
	r := newRota(s)
	people := make(map[int64]*tally)
	for _, shift := range Shifts(s, from, to) {
		if shift.UserID == 0 {
			continue
		}
		t := people[shift.UserID]
		if t == nil {
			t = &tally{nights: map[string]time.Duration{}, weekends: map[string]time.Duration{}, holidays: map[string]time.Duration{}}
			people[shift.UserID] = t
		}
		t.hours += shift.To.Sub(shift.From)
		r.share(t, shift)
	}
	all := make([]desk.Burden, 0, len(people))
	for id, t := range people {
		all = append(all, desk.Burden{UserID: id, Hours: t.hours.Hours(), Nights: given(t.nights), Weekends: given(t.weekends), Holidays: given(t.holidays)})
	}
	slices.SortFunc(all, func(a, b desk.Burden) int {
		return cmp.Or(cmp.Compare(b.Hours, a.Hours), cmp.Compare(a.UserID, b.UserID))
	})
	return all
}

// tally is one person's time, by night, weekend and holiday.
type tally struct {
	hours                      time.Duration
	nights, weekends, holidays map[string]time.Duration
}

func given(by map[string]time.Duration) (n int) {
	for _, d := range by {
		if d >= counts {
			n++
		}
	}
	return n
}

// share sorts a shift into the days that it touches. A night is named by the day on which it begins, a weekend by its first day.
func (r *rota) share(t *tally, s desk.Shift) {
	last, weekend := midnight(r.wall(s.To)), weekendOf(r.zone.String())
	for day := midnight(r.wall(s.From)).AddDate(0, 0, -1); !day.After(last); day = day.AddDate(0, 0, 1) {
		name := day.Format(time.DateOnly)
		whole := overlap(s, r.real(day), r.real(day.AddDate(0, 0, 1)))
		switch day.Weekday() {
		case weekend:
			t.weekends[name] += whole
		case (weekend + 1) % 7:
			t.weekends[day.AddDate(0, 0, -1).Format(time.DateOnly)] += whole
		}
		if r.holidays[name] {
			t.holidays[name] += whole
		}
		t.nights[name] += overlap(s, r.real(day.Add(22*time.Hour)), r.real(day.Add(30*time.Hour)))
	}
}

func overlap(s desk.Shift, from, to time.Time) time.Duration {
	if s.From.After(from) {
		from = s.From
	}
	if s.To.Before(to) {
		to = s.To
	}
	return max(to.Sub(from), 0)
}
