package incident

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

// burn lets the monitor hear of a storm: 60 mentions in the last half hour, three quarters of them in the last ten minutes.
func (d *desks) burn(t *testing.T) {
	t.Helper()
	b := desk.Batch{SourceID: 1}
	for i := range 60 {
		ago := time.Duration(i*10) * time.Second
		if i >= 45 {
			ago = 10*time.Minute + time.Duration(i-45)*80*time.Second
		}
		mood := desk.Negative
		if i%4 == 0 {
			mood = desk.Neutral
		}
		b.Mentions = append(b.Mentions, desk.Mention{
			Ref: desk.Ref{Network: []string{"mastodon", "feed"}[i%2], NativeID: fmt.Sprint(i)}, Kind: desk.KindPost, Text: "they dragged him off",
			Author:   desk.Author{NativeID: fmt.Sprint(i % 20), Handle: fmt.Sprint("h", i%20), Followers: 10 * (i % 20), Media: i%20 == 7},
			Monitors: []int64{d.monitor.ID}, Published: time.Now().Add(-ago), Mood: mood,
		})
	}
	_, err := d.db.Append(t.Context(), []desk.Batch{b})
	check(t, err)
}

func TestRoom(t *testing.T) {
	t.Parallel()
	d := newDesks(t, calm{})
	d.burn(t)
	i, err := d.Open(d.lead, Opening{BrandID: d.monitor.BrandID, Title: "x", Began: time.Now().Add(-40 * time.Minute)})
	check(t, err)
	r, err := d.Room(d.viewer, i.ID)
	check(t, err)
	if len(r.Missing) > 0 {
		t.Fatalf("missing: %v", r.Missing)
	}
	volume := 0
	for _, p := range r.Volume {
		volume += p.Count
	}
	if r.Hour != 60 || r.Total != 60 || volume != 60 || r.Expected != 20 || len(r.Band) == 0 || r.Step != 1 || len(r.Forecast) == 0 || r.To.Sub(r.From) < 80*time.Minute {
		t.Errorf("hour %d, total %d, volume %d, expected %v, %d bands, step %d from %s to %s", r.Hour, r.Total, volume, r.Expected, len(r.Band), r.Step, r.From, r.To)
	}
	if r.Phase != desk.Rising || r.Doubling <= 0 || r.Negative != 0.75 || r.People != 20 || r.Reach != 60*95 {
		t.Errorf("phase %s, doubling %d, negative %v, people %d, reach %d", r.Phase, r.Doubling, r.Negative, r.People, r.Reach)
	}
	if len(r.Networks) != 2 || len(r.Moods) != 2 || len(r.Words) != 1 || len(r.Mentions) == 0 || len(r.Voices) != atMost {
		t.Errorf("networks %v, moods %v, words %v, %d mentions, %d voices", r.Networks, r.Moods, r.Words, len(r.Mentions), len(r.Voices))
	}
	if len(r.Media) != 1 || r.Media[0].Author.Handle != "h7" || r.Voices[0].Author.Handle != "h19" {
		t.Errorf("media %+v, first voice %+v", r.Media, r.Voices[0])
	}
}

// A part that cannot be had is named; the rest is there.
func TestRoomWithoutAPart(t *testing.T) {
	t.Parallel()
	d := newDesks(t, calm{fail: errors.New("disk")})
	d.burn(t)
	i, err := d.Open(d.lead, Opening{BrandID: d.monitor.BrandID, Title: "x", Began: time.Now().Add(-40 * time.Minute)})
	check(t, err)
	r, err := d.Room(d.viewer, i.ID)
	check(t, err)
	slices.Sort(r.Missing)
	if !slices.Equal(r.Missing, []string{"band", "expected", "forecast", "words"}) || r.Total != 60 {
		t.Errorf("missing %v, total %d; want band, expected, forecast and words, and the rest", r.Missing, r.Total)
	}
}

func TestFrame(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 18, 12, 0, 30, 0, time.UTC)
	for _, tt := range []struct {
		name string
		i    desk.Incident
		step int
		to   time.Time
	}{
		{"just begun", desk.Incident{Began: now}, 1, now.Add(30 * time.Second)},
		{"two days", desk.Incident{Began: now.Add(-48 * time.Hour)}, 15, now.Add(30 * time.Second)},
		{"a month, closed", desk.Incident{Began: now.AddDate(0, -1, 0), State: desk.IncidentClosed, Closed: now.AddDate(0, 0, -20)}, 60, now.AddDate(0, 0, -20).Add(30 * time.Second)},
		{"ten years", desk.Incident{Began: now.AddDate(-10, 0, 0)}, 24 * 60, now.Add(30 * time.Second)},
	} {
		r := frame(tt.i, now)
		if r.Step != tt.step || !r.To.Equal(tt.to) || !r.From.Before(tt.i.Began) {
			t.Errorf("%s: step %d from %s to %s, want step %d to %s", tt.name, r.Step, r.From, r.To, tt.step, tt.to)
		}
	}
}
