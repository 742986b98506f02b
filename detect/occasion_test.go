package detect

import (
	"testing"
	"time"

	"breakwater/desk"
)

// busy is a window of the last hour with so many mentions, so many of them negative, and posts with a text.
func busy(count, negative int, text string) Window {
	w := Window{Monitor: desk.Monitor{Name: "Aurora"}, Now: now, Start: now.Add(-time.Hour), Minutes: make([]Minute, 60), Usual: &Usual{Share: 0.15}}
	w.Minutes[30] = Minute{Count: int32(count), Negative: int32(negative)}
	for range 10 {
		w.Posts = append(w.Posts, desk.Mention{Text: text})
	}
	return w
}

// Volume that an occasion explains is told as expected and wakes nobody; anger is never expected.
func TestExpect(t *testing.T) {
	t.Parallel()
	surged := desk.Signal{Detector: "surge", Level: desk.Issue, Evidence: desk.Evidence{Window: 60}}
	cue := desk.Signal{Detector: "cue", Level: desk.Crisis, Evidence: desk.Evidence{Window: 60}}
	launch := desk.Occasion{Name: "Launch", From: now.Add(-time.Hour), To: now.Add(time.Hour), Words: []string{"#NewJar"}}
	always := desk.Occasion{Name: "Holiday", From: now.Add(-time.Hour), To: now.Add(time.Hour)}
	over := desk.Occasion{Name: "Launch", From: now.Add(-9 * time.Hour), To: now.Add(-3 * time.Hour)}
	justOver := desk.Occasion{Name: "Launch", From: now.Add(-9 * time.Hour), To: now.Add(-time.Hour)}
	for _, tt := range []struct {
		name      string
		w         Window
		signals   []desk.Signal
		occasions []desk.Occasion
		level     desk.Level // of the first
		occasion  string
	}{
		{"nothing known", busy(300, 40, "the #newjar is here"), []desk.Signal{surged}, nil, desk.Issue, ""},
		{"the launch, by its tag", busy(300, 40, "the #newjar is here"), []desk.Signal{surged}, []desk.Occasion{launch}, desk.Watch, "Launch"},
		{"the launch, but all speak of something else", busy(300, 40, "a passenger was dragged off"), []desk.Signal{surged}, []desk.Occasion{launch}, desk.Issue, ""},
		{"the launch goes wrong", busy(300, 200, "the #newjar exploded"), []desk.Signal{surged}, []desk.Occasion{launch}, desk.Issue, "Launch"},
		{"the launch with a serious cue", busy(300, 40, "the #newjar made me ill"), []desk.Signal{surged, cue}, []desk.Occasion{launch}, desk.Issue, "Launch"},
		{"a cue alone on the day of the launch", busy(300, 40, "the #newjar made me ill"), []desk.Signal{cue}, []desk.Occasion{launch}, desk.Crisis, ""},
		{"a holiday without words", busy(300, 40, "happy days"), []desk.Signal{surged}, []desk.Occasion{over, always}, desk.Watch, "Holiday"},
		{"long over", busy(300, 40, "happy days"), []desk.Signal{surged}, []desk.Occasion{over}, desk.Issue, ""},
		{"just over", busy(300, 40, "happy days"), []desk.Signal{surged}, []desk.Occasion{justOver}, desk.Watch, "Launch"},
	} {
		signals := append([]desk.Signal(nil), tt.signals...)
		expect(tt.w, signals, tt.occasions)
		if got := signals[0]; got.Level != tt.level || got.Evidence.Occasion != tt.occasion {
			t.Errorf("%s: level %d because of %q, want %d and %q", tt.name, got.Level, got.Evidence.Occasion, tt.level, tt.occasion)
		}
	}
}

// What would make an alert wrong is said in numbers.
func TestDoubts(t *testing.T) {
	t.Parallel()
	same := make([]desk.Mention, 10)
	for i := range same {
		same[i].Author.Handle = "max"
	}
	rise := desk.Signal{Detector: "surge", Level: desk.Issue, Evidence: desk.Evidence{Observed: 100, High: 40}}
	for _, tt := range []struct {
		name string
		d    doubted
		want string
	}{
		{"a plain storm", doubted{signal: rise, seen: Minute{Count: 100, Negative: 70}}, "With 60 mentions fewer it would be within what is usual here."},
		{"copies explain it", doubted{signal: rise, seen: Minute{Count: 100, Negative: 70, Copies: 80}}, "If these 80 posts are one person's copies, 20 remain, and that is usual: then it is no alert."},
		{"copies do not explain it", doubted{signal: rise, seen: Minute{Count: 100, Negative: 70, Copies: 20}}, "If these 20 posts are one person's copies, 80 remain: still more than the usual 40."},
		{"one mouth", doubted{signal: rise, seen: Minute{Count: 100, Negative: 70}, posts: same}, "@max alone wrote 10 of the newest 10 posts: without them this may be nothing."},
		{"friendly", doubted{signal: rise, seen: Minute{Count: 100, Positive: 70}}, "If a campaign or an event of today is the reason, this was to be expected. Enter it under Occasions, and the desk knows."},
		{"one network", doubted{signal: rise, seen: Minute{Count: 100, Negative: 70}, networks: []desk.Share{{Name: "mastodon", Count: 99}, {Name: "bluesky", Count: 1}}},
			"Nearly all of it comes from one network: robots there, or a fault of that source, would look the same."},
		{"the mood", doubted{signal: desk.Signal{Detector: "mood", Evidence: desk.Evidence{Observed: 30, High: 12.2}}}, "If 18 of the 30 negative posts are meant as a joke or were read wrongly, the mood is usual."},
	} {
		found := false
		all := tt.d.doubts()
		for _, d := range all {
			found = found || d.English() == tt.want
		}
		if !found {
			t.Errorf("%s: %v, want %q among them", tt.name, all, tt.want)
		}
	}
}

// What was not useful asks the detectors for more, never the organisation's own thresholds.
func TestTaught(t *testing.T) {
	t.Parallel()
	signals := []desk.Signal{{Detector: "surge", Strength: 1.1}, {Detector: "mood", Strength: 1.5}, {Detector: "threshold", Strength: 1}}
	if got := taught(signals, desk.Monitor{}); len(got) != 3 {
		t.Errorf("untaught: %d signals, want all", len(got))
	}
	got := taught(signals, desk.Monitor{Taught: 0.2})
	if len(got) != 2 || got[0].Detector != "mood" || got[0].Strength != 1.25 || got[1].Strength != 1 {
		t.Errorf("taught a fifth: %+v, want the mood at 1.25 and the threshold as it was", got)
	}
	if got := taught(signals, desk.Monitor{Taught: 99}); len(got) != 2 {
		t.Errorf("taught beyond bounds: %+v, want no more than half more asked for", got)
	}
}
