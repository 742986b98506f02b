package store

import (
	"testing"
	"time"

	"breakwater/desk"
)

// fakeClock is a machine whose clock people set.
type fakeClock struct {
	wall  time.Time
	since time.Duration
}

func (f *fakeClock) pass(d time.Duration) { f.wall, f.since = f.wall.Add(d), f.since+d }

func (f *fakeClock) clock(boot string) *Clock {
	return &Clock{Wall: func() time.Time { return f.wall }, Since: func() time.Duration { return f.since }, Boot: boot}
}

// What is to happen in five minutes happens in five minutes, whatever is done to the clock and whenever; what is to happen at a time
// of day stays there.
func TestClockThatJumps(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		jump   time.Duration
		down   bool   // it happens while the desk is down
		reboot bool   // and the machine starts anew
		early  bool   // and then its clock has to be believed
		boot   string // empty: the machine's runs have no names
	}{
		{"forward", time.Hour, false, false, false, "a"},
		{"back", -time.Hour, false, false, false, "a"},
		{"a little, as the network keeps it right", 2 * time.Second, false, false, true, "a"},
		{"forward while down", time.Hour, true, false, false, "a"},
		{"back while down", -time.Hour, true, false, false, "a"},
		{"forward over a new start of the machine", time.Hour, true, true, true, "a"},
		{"forward, no names", time.Hour, false, false, false, ""},
		{"back, no names", -time.Hour, false, false, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, dir := t.Context(), t.TempDir()
			f := &fakeClock{wall: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), since: 400 * time.Hour}
			open := func(boot string) *DB {
				db, err := Open(ctx, Config{Path: dir, Clock: f.clock(boot)})
				if err != nil {
					t.Fatal(err)
				}
				return db
			}
			db := open(tt.boot)
			defer func() { db.Close() }()
			if _, err := db.Now(ctx); err != nil {
				t.Fatal(err)
			}
			sixPM := time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC)
			if _, err := db.Record(ctx, desk.Act{Who: "desk", Do: "test"}, "x:1", desk.Out{Say: desk.Say("x"), Jobs: []desk.Job{
				{Kind: "span", Key: "1", Wait: 5 * time.Minute}, {Kind: "now", Key: "2"}, {Kind: "day", Key: "3", Due: sixPM},
			}}); err != nil {
				t.Fatal(err)
			}
			due := func(kind string) int {
				t.Helper()
				jobs, err := db.ClaimJobs(ctx, kind, 10, time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				return len(jobs)
			}
			f.pass(3 * time.Minute)
			boot := tt.boot
			if tt.down {
				db.Close()
			}
			f.wall = f.wall.Add(tt.jump)
			if tt.reboot {
				f.since, boot = time.Minute, "b"
			}
			if tt.down {
				db = open(boot)
			}
			if n := due("now"); n != 1 {
				t.Errorf("%d due at once, want 1", n)
			}
			f.pass(119*time.Second - max(tt.jump, 0)%time.Minute)
			if n := due("span"); (n == 1) != (tt.early && tt.jump > time.Minute) {
				t.Errorf("a second before the five minutes are over %d are due", n)
			}
			f.pass(time.Second + max(tt.jump, 0)%time.Minute)
			if n := due("span"); n == 0 && !tt.early {
				t.Error("after five minutes nothing is due")
			}
			if n := due("day"); n != 0 {
				t.Error("six o'clock came early")
			}
			f.pass(sixPM.Sub(f.wall))
			if n := due("day"); n != 1 {
				t.Error("six o'clock was missed")
			}
		})
	}
}
