package oncall

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func weekly(zone string, people ...int64) desk.Schedule {
	return desk.Schedule{ID: 1, Name: "Desk", Zone: zone, Layers: []desk.Layer{{Name: "base", People: people, Every: desk.EveryWeek, Start: "2026-03-02", At: "09:00"}}}
}

func at(s string, zone string) time.Time {
	z, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	t, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		panic(err)
	}
	return t
}

func said(shifts []desk.Shift, zone string) (all []string) {
	z, _ := time.LoadLocation(zone)
	for _, s := range shifts {
		all = append(all, fmt.Sprintf("%d %s", s.UserID, s.From.In(z).Format("Mon 01-02 15:04 MST")))
	}
	return all
}

func TestShifts(t *testing.T) {
	t.Parallel()
	const warsaw, newYork = "Europe/Warsaw", "America/New_York"
	spring := weekly(warsaw, 1, 2)
	nights := weekly(warsaw, 1)
	nights.Layers = append(nights.Layers, desk.Layer{Name: "night", People: []int64{7, 8}, Every: desk.EveryDay, Start: "2026-03-02", At: "12:00", From: "22:00", To: "06:00", Days: []int{1, 2}})
	gap := weekly(newYork, 1)
	gap.Layers[0].From, gap.Layers[0].To = "09:00", "17:00"
	rest := weekly(warsaw, 1)
	rest.Layers = append(rest.Layers, desk.Layer{Name: "office", People: []int64{5}, Every: desk.EveryWeek, Start: "2026-03-02", At: "00:00", From: "08:00", To: "16:00", Holidays: desk.HolidayRest})
	rest.Holidays = []desk.Holiday{{Day: "2026-03-04", Name: "Local holiday"}}
	over := weekly(warsaw, 1, 2)
	over.Overrides = []desk.Override{{Number: 1, From: at("2026-03-03 10:00", warsaw), To: at("2026-03-03 20:00", warsaw), UserID: 9}, {Number: 2, From: at("2026-03-03 12:00", warsaw), To: at("2026-03-03 13:00", warsaw), UserID: 8}}
	half := weekly("Asia/Kathmandu", 1, 2)
	half.Layers[0].Every, half.Layers[0].Hours = desk.EveryHours, 12
	later := weekly(warsaw, 1)
	later.Layers[0].Start = "2026-03-05"
	for _, tt := range []struct {
		name     string
		schedule desk.Schedule
		from, to string
		want     []string
	}{
		{"a handover stays at nine when the clocks go forward", spring, "2026-03-23 08:00", "2026-04-06 08:00", []string{"1 Mon 03-23 08:00 CET", "2 Mon 03-23 09:00 CET", "1 Mon 03-30 09:00 CEST"}},
		{"and when they go back", weekly(newYork, 1, 2), "2026-10-26 09:00", "2026-11-03 09:00", []string{"1 Mon 10-26 09:00 EDT", "2 Mon 11-02 09:00 EST"}},
		{"nights above days, begun on their day, with their own turns", nights, "2026-03-02 12:00", "2026-03-04 12:00", []string{"1 Mon 03-02 12:00 CET", "7 Mon 03-02 22:00 CET", "1 Tue 03-03 06:00 CET", "8 Tue 03-03 22:00 CET", "1 Wed 03-04 06:00 CET"}},
		{"nobody outside of the hours, also over a change of the clocks", gap, "2026-03-07 16:00", "2026-03-08 12:00", []string{"1 Sat 03-07 16:00 EST", "0 Sat 03-07 17:00 EST", "1 Sun 03-08 09:00 EDT"}},
		{"a layer rests on a holiday", rest, "2026-03-03 12:00", "2026-03-05 12:00", []string{"5 Tue 03-03 12:00 CET", "1 Tue 03-03 16:00 CET", "5 Thu 03-05 08:00 CET"}},
		{"an override within an override", over, "2026-03-03 09:00", "2026-03-03 21:00", []string{"1 Tue 03-03 09:00 CET", "9 Tue 03-03 10:00 CET", "8 Tue 03-03 12:00 CET", "9 Tue 03-03 13:00 CET", "1 Tue 03-03 20:00 CET"}},
		{"turns of twelve hours in a zone of quarters", half, "2026-03-02 09:00", "2026-03-03 09:00", []string{"1 Mon 03-02 09:00 +0545", "2 Mon 03-02 21:00 +0545"}},
		{"nobody before the first handover", later, "2026-03-04 09:00", "2026-03-06 09:00", []string{"0 Wed 03-04 09:00 CET", "1 Thu 03-05 09:00 CET"}},
		{"no layers, nobody", desk.Schedule{Zone: "UTC"}, "2026-03-04 09:00", "2026-03-05 09:00", []string{"0 Wed 03-04 09:00 UTC"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := said(Shifts(&tt.schedule, at(tt.from, tt.schedule.Zone), at(tt.to, tt.schedule.Zone)), tt.schedule.Zone)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("shifts (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever a schedule says: its shifts have no hole and no overlap, and at every moment they name who On names.
func TestShiftsAgreeWithOn(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 0))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	for i := range 300 {
		s := desk.Schedule{Zone: pick("Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Jerusalem", "UTC", "Asia/Kathmandu"), Holidays: []desk.Holiday{{Day: "2026-10-25"}, {Day: "2026-11-01"}}}
		for range 1 + r.IntN(4) {
			l := desk.Layer{Every: pick(desk.EveryDay, desk.EveryWeek, desk.EveryHours), Hours: 1 + r.IntN(30), Start: pick("2026-10-20", "2026-10-26", "2026-03-01"), At: pick("00:00", "02:30", "09:00", "23:59"), Holidays: pick(desk.HolidayAny, desk.HolidayRest, desk.HolidayOnly)}
			for p := range 1 + r.IntN(4) {
				l.People = append(l.People, int64(p+1))
			}
			if r.IntN(2) == 0 {
				l.From, l.To = pick("00:00", "02:15", "22:00"), pick("01:30", "02:45", "18:00")
			}
			if r.IntN(2) == 0 {
				l.Days = []int{r.IntN(7), r.IntN(7)}
			}
			s.Layers = append(s.Layers, l)
		}
		from := time.Date(2026, 10, 22, 5, 17, 0, 0, time.UTC)
		if r.IntN(2) == 0 {
			from = time.Date(2026, 3, 26, 5, 17, 0, 0, time.UTC)
		}
		to := from.AddDate(0, 0, 12)
		shifts := Shifts(&s, from, to)
		for n, shift := range shifts {
			if n > 0 && !shifts[n-1].To.Equal(shift.From) || !shift.From.Before(shift.To) {
				t.Fatalf("schedule %d: shift %d %+v after %+v", i, n, shift, shifts[max(n-1, 0)])
			}
		}
		if !shifts[0].From.Equal(from) || !shifts[len(shifts)-1].To.Equal(to) {
			t.Fatalf("schedule %d: shifts from %v to %v", i, shifts[0].From, shifts[len(shifts)-1].To)
		}
		n := 0
		for m := from; m.Before(to); m = m.Add(7 * time.Minute) {
			for !m.Before(shifts[n].To) {
				n++
			}
			if on := On(&s, m); on.UserID != shifts[n].UserID {
				t.Fatalf("schedule %d %+v: at %v On is %d, the shift %+v", i, s, m, on.UserID, shifts[n])
			}
		}
	}
}

func TestFairness(t *testing.T) {
	t.Parallel()
	s := weekly("Europe/Warsaw", 1, 2)
	s.Holidays = []desk.Holiday{{Day: "2026-03-17", Name: "Day"}}
	got := Fairness(&s, at("2026-03-02 09:00", s.Zone), at("2026-03-30 09:00", s.Zone))
	want := []desk.Burden{{UserID: 1, Hours: 336, Nights: 14, Weekends: 2, Holidays: 1}, {UserID: 2, Hours: 335, Nights: 14, Weekends: 2}} // the second has the shorter night
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("burdens (-want +got):\n%s", diff)
	}
}

// A Saturday and Sunday in Warsaw are a weekend; in Jerusalem a Friday and Saturday are.
func TestWeekends(t *testing.T) {
	t.Parallel()
	for zone, want := range map[string]int{"Europe/Warsaw": 0, "Asia/Jerusalem": 1} {
		s := weekly(zone, 1)
		got := Fairness(&s, at("2026-03-06 09:00", zone), at("2026-03-06 17:00", zone)) // a Friday
		if len(got) != 1 || got[0].Weekends != want {
			t.Errorf("%s: %+v, want %d weekends", zone, got, want)
		}
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)
	ago := func(level desk.Level, ago ...time.Duration) (all []desk.Letter) {
		for _, d := range ago {
			all = append(all, desk.Letter{Made: now.Add(-d), Level: level}, desk.Letter{Made: now.Add(-d), Level: level, WayID: 2})
		}
		return all
	}
	quiet := desk.Reach{Zone: "Europe/Warsaw", From: "22:00", Until: "07:00", Through: desk.Crisis, Cap: 6}
	loud := desk.DefaultReach(1)
	for _, tt := range []struct {
		name  string
		reach desk.Reach
		sent  []desk.Letter
		level desk.Level
		want  time.Duration
	}{
		{"the first at once", loud, nil, desk.Watch, 0},
		{"the second after fifteen seconds", loud, ago(desk.Issue, 5*time.Second), desk.Issue, 10 * time.Second},
		{"a higher level at once", loud, ago(desk.Issue, 5*time.Second), desk.Crisis, 0},
		{"what is long ago does not count", loud, ago(desk.Issue, 2*time.Hour), desk.Issue, 0},
		{"as many as wanted within the hour", loud, ago(desk.Issue, 16*time.Minute, 20*time.Minute, 25*time.Minute, 26*time.Minute, 28*time.Minute, 30*time.Minute), desk.Issue, 30 * time.Minute},
		{"quiet hours end in the morning of the person", quiet, nil, desk.Issue, 7 * time.Hour},
		{"a crisis breaks them", quiet, nil, desk.Crisis, 0},
		{"a clock that was set back", loud, ago(desk.Issue, -time.Hour), desk.Issue, 15 * time.Second},
	} {
		if got := When(tt.reach, tt.sent, []desk.Call{{Level: tt.level}}, now).Sub(now); got != tt.want {
			t.Errorf("%s: after %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	l := Links{Key: []byte("key")}
	now := time.Now()
	name := l.ToCall(1<<40, 7, 3, now)
	if len(name) > 64 {
		t.Errorf("a link of %d bytes does not fit into a button", len(name))
	}
	k, ok := l.read(name, linkCall)
	if !ok || k.thing != 1<<40 || k.user != 7 || k.way != 3 {
		t.Fatalf("read %+v, %v", k, ok)
	}
	if _, ok := l.read(name, linkCalendar); ok {
		t.Error("a link to a call opens a calendar")
	}
	if _, ok := (Links{Key: []byte("other")}).read(name, linkCall); ok {
		t.Error("a link by another key opens")
	}
	for i := range len(name) {
		forged := []byte(name)
		forged[i] ^= 1
		if _, ok := l.read(string(forged), linkCall); ok {
			t.Errorf("a link changed at %d opens", i)
		}
	}
}

func TestPolicyFor(t *testing.T) {
	t.Parallel()
	mk := func(id, brand int64, stage string, level desk.Level) desk.EscalationPolicy {
		return desk.EscalationPolicy{ID: id, BrandID: brand, Stage: stage, MinLevel: level}
	}
	all := []desk.EscalationPolicy{mk(1, 0, "alert", 1), mk(2, 0, "alert", 3), mk(3, 5, "alert", 2), mk(4, 5, "room", 0)}
	for _, tt := range []struct {
		m    desk.Matter
		want int64
	}{
		{desk.Matter{Stage: "alert", BrandID: 9, Level: 2}, 1}, {desk.Matter{Stage: "alert", BrandID: 9, Level: 4}, 2}, {desk.Matter{Stage: "alert", BrandID: 5, Level: 4}, 3},
		{desk.Matter{Stage: "alert", BrandID: 5, Level: 1}, 1}, {desk.Matter{Stage: "room", BrandID: 9, Level: 4}, 0}, {desk.Matter{Stage: "alert", BrandID: 9, Level: 0}, 0},
	} {
		if got := PolicyFor(all, tt.m); got.ID != tt.want || got.ID == 0 && len(got.Steps) == 0 {
			t.Errorf("policy for %+v is %d, want %d", tt.m, got.ID, tt.want)
		}
	}
}
