package ical

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var warsaw = func() *time.Location { z, _ := time.LoadLocation("Europe/Warsaw"); return z }()

const file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Summer\\, launch of\r\n  the jar\r\nDTSTART;TZID=America/New_York:20260601T090000\r\nDTEND:20260601T200000Z\r\nCATEGORIES:launch,Product\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\nUID:2\nSUMMARY:Christmas\nDTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nRRULE:FREQ=YEARLY\nBEGIN:VALARM\nTRIGGER:-P1D\nEND:VALARM\nEND:VEVENT\n" +
	"BEGIN:VEVENT\nUID:3\nSUMMARY:Match\nDTSTART:20260801T180000\nDURATION:PT2H30M\nEND:VEVENT\n" +
	"BEGIN:VEVENT\nSUMMARY:no beginning\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART:20260801T180000\nSTATUS:CANCELLED\nSUMMARY:x\nEND:VEVENT\nEND:VCALENDAR"

func TestRead(t *testing.T) {
	t.Parallel()
	events, skipped, err := Read(strings.NewReader(file), warsaw)
	if err != nil || skipped != 2 || len(events) != 3 {
		t.Fatalf("Read = %d events, %d skipped, %v; want 3, 2", len(events), skipped, err)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Summary+" "+e.From.UTC().Format(time.DateTime)+" "+e.To.UTC().Format(time.DateTime))
	}
	want := []string{
		"Summer, launch of the jar 2026-06-01 13:00:00 2026-06-01 20:00:00",
		"Christmas 2026-12-23 23:00:00 2026-12-26 23:00:00",
		"Match 2026-08-01 16:00:00 2026-08-01 18:30:00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"launch", "Product"}, events[0].Categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
	for _, bad := range []string{"", "hello", "BEGIN:VCALENDAR\n" + strings.Repeat("x", maxLine+1)} {
		if _, _, err := Read(strings.NewReader(bad), warsaw); !errors.Is(err, ErrNoCalendar) {
			t.Errorf("Read(%.20q) = %v, want ErrNoCalendar", bad, err)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 3, 20, 18, 0, 0, 0, warsaw) // a Friday, nine days before the clocks change
	until := from.AddDate(0, 2, 0)
	for _, tt := range []struct {
		rule  string
		n     int
		last  string
		whole bool
	}{
		{"", 1, "2026-03-20 18:00", true},
		{"FREQ=DAILY;COUNT=3", 3, "2026-03-22 18:00", true},
		{"FREQ=WEEKLY", 9, "2026-05-15 18:00", true}, // at six by the clock on the wall
		{"FREQ=WEEKLY;INTERVAL=2;UNTIL=20260420T000000Z", 3, "2026-04-17 18:00", true},
		{"FREQ=WEEKLY;BYDAY=MO,FR;COUNT=4", 4, "2026-03-30 18:00", true},
		{"FREQ=MONTHLY", 3, "2026-05-20 18:00", true},
		{"FREQ=YEARLY", 1, "2026-03-20 18:00", true},
		{"FREQ=MONTHLY;BYDAY=2TU", 1, "2026-03-20 18:00", false},
		{"FREQ=SECONDLY", 1, "2026-03-20 18:00", false},
		{"FREQ=DAILY;INTERVAL=0", 1, "2026-03-20 18:00", false},
	} {
		times, whole := Event{From: from, Repeat: tt.rule}.Times(until)
		if len(times) != tt.n || whole != tt.whole || times[len(times)-1].Format("2006-01-02 15:04") != tt.last {
			t.Errorf("%q: %v, %v; want %d until %s, %v", tt.rule, times, whole, tt.n, tt.last, tt.whole)
		}
	}
	if times, _ := (Event{From: from, Repeat: "FREQ=DAILY"}).Times(from.AddDate(50, 0, 0)); len(times) != most {
		t.Errorf("a rule without end gives %d times, want %d", len(times), most)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file)
	f.Fuzz(func(t *testing.T, s string) {
		events, _, _ := Read(strings.NewReader(s), time.UTC)
		for _, e := range events {
			if !e.To.After(e.From) || e.Summary == "" {
				t.Errorf("event %+v", e)
			}
			e.Times(e.From.AddDate(1, 0, 0))
		}
	})
}
