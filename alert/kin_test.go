package alert

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// words are rising words as evidence shows them.
func words(list string) []desk.Share {
	var all []desk.Share
	for i, w := range strings.Fields(list) {
		all = append(all, desk.Share{Name: w, Count: 20 - i, Ratio: 5})
	}
	return all
}

const (
	dragged    = "dragged passenger seat doctor police video"
	salmonella = "salmonella sandwich sick hospital lounge kitchen"
	match      = "goal stadium cup sponsor team win"
	hebrew     = "נוסע גררו מטוס משטרה סרטון רופא"
)

// heard is one signal of a story: which monitor, which detector, at which level, with which words and posts.
type heard struct {
	minute   int
	monitor  int // 0 and 1: two monitors of the brand; 2: one of another brand
	detector string
	level    desk.Level
	words    string
	posts    desk.IDs
}

func TestWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		story    []heard
		alerts   int
		messages int
	}{
		{"one storm seen by four detectors", []heard{
			{0, 0, "surge", desk.Watch, dragged, nil}, {1, 0, "voice", desk.Watch, "police dragged", nil},
			{3, 0, "mood", desk.Issue, dragged, nil}, {5, 0, "cue", desk.Crisis, "dragged police blood", nil},
		}, 1, 2},
		{"one storm in two monitors of a brand, by its words", []heard{
			{0, 0, "surge", desk.Issue, dragged, nil}, {1, 1, "surge", desk.Issue, "passenger video flight dragged crew", nil},
		}, 1, 1},
		{"one storm in two monitors of a brand, by its posts", []heard{
			{0, 0, "surge", desk.Issue, "one two", desk.IDs{7, 8}}, {1, 1, "cue", desk.Issue, "three", desk.IDs{8, 9}},
		}, 1, 1},
		{"the same storm in another language", []heard{
			{0, 0, "surge", desk.Issue, dragged, nil}, {2, 0, "cue", desk.Issue, hebrew, nil},
		}, 1, 1},
		{"illness while the team wins the cup", []heard{
			{0, 0, "surge", desk.Watch, match, nil}, {10, 0, "cue", desk.Crisis, salmonella, nil},
			{11, 0, "surge", desk.Watch, match, nil}, {12, 0, "mood", desk.Issue, salmonella, nil},
		}, 2, 1},
		{"the words of a surge move on", []heard{
			{0, 0, "surge", desk.Issue, dragged, nil}, {60, 0, "surge", desk.Issue, "statement apology ceo shares lawyer", nil},
		}, 1, 1},
		{"two monitors of a brand at once, nothing in common", []heard{
			{0, 0, "surge", desk.Issue, dragged, nil}, {1, 1, "surge", desk.Issue, salmonella, nil},
		}, 2, 2},
		{"two monitors of a brand at once, nothing known of either", []heard{
			{0, 0, "surge", desk.Issue, "", nil}, {1, 1, "surge", desk.Issue, "", nil},
		}, 2, 2},
		{"two brands in one storm", []heard{
			{0, 0, "surge", desk.Issue, dragged, desk.IDs{7}}, {1, 2, "surge", desk.Issue, dragged, desk.IDs{7}},
		}, 2, 2},
		{"it escalates monitor by monitor", []heard{
			{0, 0, "surge", desk.Watch, dragged, nil}, {4, 1, "mood", desk.Issue, dragged, nil}, {8, 0, "cue", desk.Crisis, dragged, nil},
			{9, 1, "surge", desk.Watch, dragged, nil}, {30, 1, "surge", desk.Crisis, dragged, nil},
		}, 1, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			monitors := []desk.Monitor{o.monitor, o.another(t, o.monitor.BrandID), o.another(t, o.monitor.BrandID+1)}
			for _, h := range tt.story {
				s := o.signal(h.detector, h.level, 100)
				s.MonitorID, s.Evidence.Words, s.Evidence.Mentions = monitors[h.monitor].ID, words(h.words), h.posts
				o.take(t, at(h.minute), s)
			}
			if got := o.alerts(t); len(got) != tt.alerts {
				t.Errorf("%d alerts, want %d: %+v", len(got), tt.alerts, got)
			}
			if got := o.messages(t); len(got) != tt.messages {
				t.Errorf("messages %v, want %d", got, tt.messages)
			}
		})
	}
}

func (o *office) another(t *testing.T, brand int64) desk.Monitor {
	t.Helper()
	m, err := o.db.ChangeMonitor(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, out.Say = brand, "Aurora lounge", desk.Say("made")
		return nil
	})
	check(t, err)
	return m
}

// What comes at once is sorted before it is told: a look at a monitor in which two things happen makes two alerts.
func TestSituations(t *testing.T) {
	t.Parallel()
	mk := func(detector, list string) desk.Signal {
		return desk.Signal{Detector: detector, MonitorID: 1, Strength: 1, Evidence: desk.Evidence{Words: words(list)}}
	}
	weak := mk("voice", match)
	weak.Strength = 0.9
	got := situations([]desk.Signal{mk("surge", match), mk("cue", salmonella), mk("mood", salmonella), mk("threshold", ""), weak})
	sizes := ""
	for _, g := range got {
		sizes += fmt.Sprint(len(g), " ")
	}
	if sizes != "2 2 " {
		t.Errorf("situations of %s signals, want the match with the threshold, and the illness in cue and mood", sizes)
	}
}

// Sources that fall silent together have one cause, and are told once.
func TestManySourcesFallSilent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var sources []desk.Source
	for i := range 4 {
		s, err := o.db.ChangeSource(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Source, out *desk.Out) error {
			s.BrandID, s.Name, s.Kind, out.Say = o.monitor.BrandID, fmt.Sprint("Feed ", i), "feed", desk.Say("made")
			return nil
		})
		check(t, err)
		sources = append(sources, s)
	}
	tell := func(i int, why string, since time.Time, strength float64) {
		t.Helper()
		check(t, o.router.Take(t.Context(), []desk.Signal{{Detector: "silence", SourceID: sources[i].ID, Strength: strength, Level: desk.Issue,
			Why: desk.Say(why, "source", sources[i].Name), Evidence: desk.Evidence{Since: since}}}))
	}
	for i := range 3 {
		tell(i, "{source} does not answer.", at(i), 1)
	}
	tell(3, "{source} refuses our credentials.", at(1), 1)
	all := o.alerts(t)
	if len(all) != 2 || len(all[0].Sources()) != 3 || all[0].Title.English() != "We hear nothing from 3 sources" {
		t.Fatalf("alerts = %+v, want one about three sources and one about the fourth", all)
	}
	if got := o.messages(t); len(got) != 2 {
		t.Errorf("messages %v, want one for each alert", got)
	}
	tell(0, "{source} hears again.", time.Time{}, 0)
	tell(2, "{source} hears again.", time.Time{}, 0)
	if a := o.alerts(t)[0]; a.State != desk.AlertOpen || len(a.Sources()) != 1 {
		t.Errorf("two of three hear again: %s, %d sources; want open, one", a.State, len(a.Sources()))
	}
	tell(1, "{source} hears again.", time.Time{}, 0)
	if a := o.alerts(t)[0]; a.State != desk.AlertEnded {
		t.Errorf("all three hear again: %s, want ended", a.State)
	}
}

// An alert ends only when its monitors are back within what is usual, and at the latest after half a day.
func TestEndsWhenCalm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	calm := false
	o.router.EndWhen(func(_ context.Context, monitors []int64) bool {
		if len(monitors) != 1 || monitors[0] != o.monitor.ID {
			t.Errorf("asked about monitors %v, want %d", monitors, o.monitor.ID)
		}
		return calm
	})
	state := func(minute int, want string) {
		t.Helper()
		check(t, o.router.look(t.Context(), at(minute)))
		if got := o.alerts(t)[0].State; got != want {
			t.Errorf("state after %d minutes = %s, want %s", minute, got, want)
		}
	}
	o.take(t, at(0), o.signal("surge", desk.Issue, 100))
	state(90, desk.AlertOpen)
	calm = true
	state(100, desk.AlertEnded)
	calm = false
	o.take(t, at(120), o.signal("surge", desk.Issue, 100))
	state(120+11*60, desk.AlertOpen)
	state(120+12*60, desk.AlertEnded)
}
