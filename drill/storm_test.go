package drill

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func storm() Storm { return Storm{Seed: 7, Start: start} }

func TestTheSameSeedMakesTheSameStorm(t *testing.T) {
	t.Parallel()
	s := storm()
	from := start.AddDate(0, 0, -2)
	whole := slices.Collect(s.History(from, start))
	if diff := cmp.Diff(whole, slices.Collect(s.History(from, start))); diff != "" {
		t.Errorf("two readings of one history differ:\n%s", diff)
	}
	cut := from.Add(31*time.Hour + 17*time.Minute)
	pieces := append(slices.Collect(s.History(from, cut)), slices.Collect(s.History(cut, start))...)
	if diff := cmp.Diff(whole, pieces); diff != "" {
		t.Errorf("a history read in two pieces is another one:\n%s", diff)
	}
	if diff := cmp.Diff(s.Crisis(), s.Crisis()); diff != "" {
		t.Errorf("two readings of one crisis differ:\n%s", diff)
	}
	s.Seed++
	if cmp.Equal(whole, slices.Collect(s.History(from, start))) {
		t.Error("another seed makes the same history")
	}
}

func TestOrdinaryWeeks(t *testing.T) {
	t.Parallel()
	count, byHour, langs := 0, map[int]int{}, map[string]int{}
	last := time.Time{}
	ids := map[desk.Ref]bool{}
	for m := range storm().History(start.AddDate(0, 0, -21), start) {
		count++
		byHour[m.Published.In(zone).Hour()]++
		langs[m.Lang]++
		if m.Published.Before(last) || ids[m.Ref] {
			t.Fatalf("%s %v comes twice or out of order", m.Published, m.Ref)
		}
		last, ids[m.Ref] = m.Published, true
		checkMention(t, m)
		if m.Author.Followers > 10_000 {
			t.Errorf("%s has %d followers: an ordinary day needs no far-reaching voices", m.Author.Handle, m.Author.Followers)
		}
	}
	if count < 21*500 || count > 21*700 {
		t.Errorf("three weeks bring %d mentions, want some 600 a day", count)
	}
	if byHour[8] < 6*byHour[3] {
		t.Errorf("%d mentions between 8 and 9, %d between 3 and 4: that is no rhythm of a day", byHour[8], byHour[3])
	}
	if len(langs) != 6 || langs["he"] < count/30 {
		t.Errorf("languages %v, want six of them", langs)
	}
}

// known are the names that one of the monitors listens for.
var known = []string{"kavelund", "卡維倫", "קוולונד", "boycottkavelund", "bojkottakavelund"}

func checkMention(t *testing.T, m desk.Mention) {
	t.Helper()
	text := strings.ToLower(m.Text)
	switch {
	case !utf8.ValidString(m.Text) || m.Text == "" || strings.ContainsAny(m.Text, "{}[]|"):
		t.Errorf("%s: not a text that anybody writes: %q", m.Lang, m.Text)
	case !slices.ContainsFunc(known, func(name string) bool { return strings.Contains(text, name) }):
		t.Errorf("%s: no monitor would hear %q", m.Lang, m.Text)
	case !strings.Contains(m.URL, ".example/") || m.Author.Handle == "" || m.NativeID == "" || m.Network == "" || m.Kind == "":
		t.Errorf("not whole, or not in the land of examples: %+v", m)
	}
}

func TestTheCrisisUnfoldsWithinTwoMinutes(t *testing.T) {
	t.Parallel()
	perMinute := map[int]int{}
	langs, kinds := map[string]int{}, map[string]int{}
	said := map[desk.Ref]bool{}
	edits, deletes, reach := 0, 0, 0
	for _, m := range storm().Crisis() {
		switch {
		case !m.Deleted.IsZero():
			deletes++
			if !said[m.Ref] {
				t.Errorf("%v is deleted before it was posted", m.Ref)
			}
		case !m.Edited.IsZero():
			edits++
			if !said[m.Ref] {
				t.Errorf("%v is edited before it was posted", m.Ref)
			}
		default:
			checkMention(t, m)
			said[m.Ref] = true
			perMinute[int(m.Published.Sub(start)/time.Minute)]++
			langs[m.Lang]++
			kinds[m.Kind]++
			reach = max(reach, m.Author.Followers)
		}
	}
	if perMinute[0] < 20 || perMinute[1] < 100 || perMinute[10] > perMinute[1]/3 {
		t.Errorf("mentions by minute %v: want a rise within two minutes and a fall after it", perMinute)
	}
	if len(langs) != 6 || langs["he"] == 0 || kinds[desk.KindRepost] < 100 || kinds[desk.KindArticle] < 5 {
		t.Errorf("languages %v, kinds %v: want six languages, reposts and articles", langs, kinds)
	}
	if edits == 0 || deletes == 0 || reach < 100_000 {
		t.Errorf("%d edits, %d deletes, reach %d: want all of them", edits, deletes, reach)
	}
}

func TestPlayKeepsTheTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := Storm{Seed: 7, Start: time.Now(), Speed: 4}
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		posted := 0
		count := func() int { mu.Lock(); defer mu.Unlock(); return posted }
		ended := make(chan error)
		go func() {
			ended <- s.Play(ctx, func(m desk.Mention) {
				if late := time.Since(when(m)); late < 0 || late > time.Second {
					t.Errorf("%v posted %s after its time", m.Ref, late)
				}
				mu.Lock()
				defer mu.Unlock()
				posted++
			})
		}()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := count(); got < 120 {
			t.Errorf("%d mentions after 30 s at four times the speed", got)
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("play ended with %v", err)
		}
		usual := slices.Collect(s.History(s.Start, s.Start.Add(24*time.Hour)))
		if want := len(usual) + len(s.Crisis()); count() < want-1 || count() > want+1 {
			t.Errorf("a day brought %d mentions, want %d", count(), want)
		}
	})
}

func TestEveryLanguageHasEverything(t *testing.T) {
	t.Parallel()
	all := Cases()[0].tongues()
	for _, tt := range all {
		for section := range all[0].lines {
			if len(tt.lines[section]) == 0 {
				t.Errorf("%s has no [%s]", tt.lang, section)
			}
		}
		for section, lines := range tt.lines {
			for _, line := range lines {
				if rest := tt.fill(rand.New(rand.NewPCG(1, 2)), line); strings.ContainsAny(rest, "{}") {
					t.Errorf("%s [%s]: %q leaves a slot open", tt.lang, section, line)
				}
			}
		}
	}
	if b := Cases()[0].Brand(); b.Name == "" || len(Cases()[0].Monitors()) == 0 {
		t.Errorf("nothing to listen for: %+v", b)
	}
}
