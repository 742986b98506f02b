package enrich

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/store"
)

// plainWords is a teachable Sentiment that knows two words.
type plainWords struct{}

func (plainWords) Show(dst []uint64, _, text string) ([]uint64, [3]float64) {
	var s [3]float64
	for w := range strings.FieldsSeq(text) {
		dst = append(dst, hashString(w))
		switch w {
		case "awful":
			s[0]++
		case "great":
			s[2]++
		}
	}
	s[1] = 0.3
	return dst, s
}

func (plainWords) Settle(_, _ string, s [3]float64) (float64, float64) {
	p := softmax(s, teachSharp)
	return 0.9 * float64(moodOf(s)), max(p[0], p[1], p[2])
}

func (w plainWords) Score(lang, text string) (float64, float64) {
	_, s := w.Show(nil, lang, text)
	return w.Settle(lang, text, s)
}

// post is one of many posts of an airline, where "great" is said of delays.
func post(i int) (text string, mood desk.Mood) {
	switch i % 4 {
	case 0:
		return fmt.Sprintf("great delay at gate %d", i%9), desk.Negative
	case 1:
		return fmt.Sprintf("awful rain in town %d", i%9), desk.Negative
	case 2:
		return fmt.Sprintf("great crew on row %d", i%9), desk.Positive
	}
	return fmt.Sprintf("flying to town %d", i%9), desk.Neutral
}

func postOf(i int) desk.Mention {
	text, mood := post(i)
	m := desk.Mention{ID: int64(i + 1), Lang: "en", Text: text, Mood: mood, Fold: int64(1000 + i)}
	return m
}

func TestLessons(t *testing.T) {
	t.Parallel()
	var wrong, nearby []desk.Mention
	for i := range 40 {
		if m := postOf(i); i%4 == 0 {
			wrong = append(wrong, m)
		} else {
			nearby = append(nearby, m)
		}
	}
	e := &Enricher{Sentiment: plainWords{}}
	b := lessonsOf(e.Sentiment, wrong, nearby)
	for i := 100; i < 140; i++ {
		m := postOf(i)
		_, want := post(i)
		if got := e.reading(m, b); got.Mood != want {
			t.Errorf("%q is read as %v, want %v", m.Text, got.Mood, want)
		}
	}
	m := postOf(0)
	m.Lang = "sv"
	m.Fold = 1
	if got := e.reading(m, b); got.Mood != desk.Positive {
		t.Error("what was said of English posts changes Swedish ones")
	}

	// The order in which people said it changes nothing, nor does what they took back.
	slices.Reverse(wrong)
	slices.Reverse(nearby)
	if again := lessonsOf(e.Sentiment, append(wrong, wrong...), nearby); again.mark() != b.mark() {
		t.Error("another order of the same corrections taught something else")
	}
	if fewer := lessonsOf(e.Sentiment, wrong[1:], nearby); fewer.mark() == b.mark() {
		t.Error("one correction less taught the same")
	}
	var none *lessons
	if got := lessonsOf(e.Sentiment, nil, nearby); got != nil || none.mark() != "" {
		t.Error("nothing said taught something")
	}
}

// A copy of a post follows what a person said of the post, whatever language engine there is; where people disagree it does not.
func TestLessonsOfCopies(t *testing.T) {
	t.Parallel()
	one, two, three := postOf(0), postOf(4), postOf(8)
	three.Fold = two.Fold
	three.Mood = desk.Neutral
	e := &Enricher{Sentiment: struct{ Sentiment }{plainWords{}}}
	b := lessonsOf(e.Sentiment, []desk.Mention{one, two, three}, nil)
	for fold, want := range map[int64]desk.Mood{one.Fold: desk.Negative, two.Fold: desk.Positive, 7: desk.Positive, 0: desk.Positive} {
		if m := e.reading(desk.Mention{Lang: "en", Text: "great delay!", Fold: fold}, b); m.Mood != want {
			t.Errorf("a copy in %d is read as %v, want %v", fold, m.Mood, want)
		}
	}
}

// school is a learner on a real store with two brands of one monitor each.
type school struct {
	*Learner
	db       *store.DB
	brands   [2]int64
	monitors [2]int64
}

func newSchool(t *testing.T) *school {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := &school{db: db}
	act := desk.Act{Who: "user:1", Name: "Ana", Do: "test"}
	for i := range s.brands {
		b, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
			b.Name, out.Say = "Acme", desk.Say("added")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		m, err := db.ChangeMonitor(ctx, 0, act, func(m *desk.Monitor, out *desk.Out) error {
			m.BrandID, out.Say = b.ID, desk.Say("added")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		s.brands[i], s.monitors[i] = b.ID, m.ID
	}
	s.restart()
	return s
}

// restart is a new process on the same store.
func (s *school) restart() {
	s.Learner = NewLearner(s.db, &Enricher{Sentiment: plainWords{}}, slog.New(slog.DiscardHandler))
}

// hear stores n posts that answer the monitors, the newest last, and gives their ids.
func (s *school) hear(t *testing.T, name string, n int, monitors ...int64) (ids []int64) {
	t.Helper()
	start := time.Now().Add(-24 * time.Hour)
	var b desk.Batch
	for i := range n {
		m := postOf(i)
		m.Ref = desk.Ref{Network: "sandbox", NativeID: fmt.Sprint(name, i)}
		m.ID, m.Fold, m.Published, m.Monitors = 0, m.Key().Fold(), start.Add(time.Duration(i)*time.Minute), monitors
		only, err := s.db.OnlyBrand(t.Context(), &m)
		if err != nil {
			t.Fatal(err)
		}
		m = s.enrich.reading(m, nil)
		s.enrich.Learned(&m, only)
		b.Mentions = append(b.Mentions, m)
	}
	if _, err := s.db.Append(t.Context(), []desk.Batch{b}); err != nil {
		t.Fatal(err)
	}
	for i := range b.Mentions {
		m, err := s.db.MentionByRef(t.Context(), b.Mentions[i].Ref)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, m.ID)
	}
	return ids
}

func (s *school) correct(t *testing.T, ids []int64) {
	t.Helper()
	for i, id := range ids {
		if i%4 != 0 {
			continue
		}
		if _, err := s.db.Correct(t.Context(), id, desk.Negative, desk.Act{Who: "user:1", Name: "Ana", Do: "mention.correct"}); err != nil {
			t.Fatal(err)
		}
	}
}

// all are the mentions of a brand, by native id, without what changes with every restart.
func (s *school) all(t *testing.T, brand int64) map[string]desk.Mention {
	t.Helper()
	page, err := s.db.BrandMentions(t.Context(), brand, time.Unix(0, 0), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]desk.Mention{}
	for _, m := range page {
		out[m.NativeID] = m
	}
	return out
}

func (s *school) learned(t *testing.T) {
	t.Helper()
	if err := s.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *school) moods(t *testing.T, brand int64) map[string]int {
	t.Helper()
	points, err := s.db.Series(t.Context(), desk.Ask{BrandID: brand, By: "mood"})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for _, p := range points {
		out[p.Name] += p.Count
	}
	return out
}

func TestLearner(t *testing.T) {
	t.Parallel()
	ctx := desk.WithActor(context.Background(), desk.Actor{Who: "user:1", Name: "Ana", Role: desk.Responder})
	s := newSchool(t)
	mine := s.hear(t, "mine", 40, s.monitors[0])
	s.hear(t, "theirs", 40, s.monitors[1])
	both := s.hear(t, "both", 40, s.monitors[:]...)
	s.learned(t)
	before, theirs, shared := s.all(t, s.brands[0]), s.all(t, s.brands[1]), s.moods(t, s.brands[1])
	if got := s.moods(t, s.brands[0]); got["positive"] != 40 {
		t.Fatalf("at first %v", got)
	}

	s.correct(t, mine[:20])
	s.correct(t, both[:4]) // of several brands: teaches none
	s.learned(t)
	brand2 := s.all(t, s.brands[1])
	for id, m := range theirs {
		now := brand2[id]
		if id == "both0" {
			continue // which is theirs too, and was corrected itself
		}
		if diff := cmp.Diff(m, now); diff != "" {
			t.Errorf("the other brand's %s changed:\n%s", id, diff)
		}
	}
	if got := s.moods(t, s.brands[1]); got["positive"] != shared["positive"]-1 {
		t.Errorf("the other brand's numbers went from %v to %v", shared, got)
	}
	// 10 of mine say great of delays; 5 were corrected, the others are read again. Those of both brands stay, but for one.
	if got := s.moods(t, s.brands[0]); got["positive"] != 40-10-1 || got["negative"] != 20+10+1 {
		t.Errorf("after learning %v", got)
	}
	lesson, err := s.Lesson(ctx, s.brands[0])
	if err != nil || !lesson.Done || lesson.Taught != 5 || lesson.Differ != 5 || lesson.Read != 80-6 {
		t.Errorf("lesson %+v, %v", lesson, err)
	}
	if none, err := s.Lesson(ctx, s.brands[1]); err != nil || none.Mark != "" {
		t.Errorf("the other brand learned %+v, %v", none, err)
	}

	if unsure, err := s.Unsure(ctx, s.brands[0], 3); err != nil || len(unsure) != 3 || unsure[0].Confidence > unsure[2].Confidence || unsure[2].Confidence >= unsureMost || unsure[0].CorrectedBy != "" {
		t.Errorf("least sure of %+v, %v", unsure, err)
	}

	// What comes from then on is read with it, also after a restart.
	s.restart()
	s.learned(t)
	if again, _ := s.Lesson(ctx, s.brands[0]); again != lesson {
		t.Errorf("after a restart %+v, before %+v", again, lesson)
	}
	s.hear(t, "new", 4, s.monitors[0])
	if m := s.all(t, s.brands[0])["new0"]; m.Mood != desk.Negative {
		t.Errorf("a new one like it is read as %v", m.Mood)
	}

	// Taken back, all of it is as if it had never been.
	list, err := s.List(ctx, s.brands[0], desk.Paging{})
	if err != nil || len(list) != 6 {
		t.Fatalf("%d corrections, %v", len(list), err)
	}
	for _, c := range list {
		if _, err := s.Undo(ctx, c.Mention.ID); err != nil {
			t.Fatal(err)
		}
	}
	s.learned(t)
	after := s.all(t, s.brands[0])
	for id, m := range before {
		if diff := cmp.Diff(m, after[id]); diff != "" {
			t.Errorf("%s is not as before:\n%s", id, diff)
		}
	}
	if got := s.moods(t, s.brands[0]); got["positive"] != 42 {
		t.Errorf("at the end %v", got)
	}
}

// Cut off at any moment, reading stored mentions again goes on where it was and counts nothing twice.
func TestLearnerGoesOnAfterACut(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := newSchool(t)
	ids := s.hear(t, "mine", 3*rereadPiece, s.monitors[0])
	s.correct(t, ids[len(ids)-60:])
	if err := s.Load(ctx); err != nil {
		t.Fatal(err)
	}
	l, err := s.Lesson(desk.WithActor(ctx, desk.Actor{Role: desk.Viewer}), s.brands[0])
	if err != nil || l.Done {
		t.Fatalf("%+v, %v", l, err)
	}
	if err := s.reread(ctx, &l); err != nil {
		t.Fatal(err)
	}
	s.restart()
	s.learned(t)
	end, err := s.db.Lesson(ctx, s.brands[0])
	if err != nil || !end.Done || end.Read != len(ids)-15 || end.Differ != len(ids)/4-15 || end.Mark != l.Mark {
		t.Errorf("in the end %+v, %v", end, err)
	}
	if got := s.moods(t, s.brands[0]); got["negative"] != len(ids)/2 {
		t.Errorf("numbers %v", got)
	}
	// What several brands answer is nobody's lesson any more once they do.
	one := s.all(t, s.brands[0])["mine0"]
	if err := s.db.Assign(ctx, s.monitors[1], []int64{one.ID}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.replan(ctx); err != nil {
		t.Fatal(err)
	}
	s.learned(t)
	if m := s.all(t, s.brands[1])["mine0"]; m.Mood != desk.Positive {
		t.Errorf("now of two brands, but read as %v", m.Mood)
	}
}

func TestLearnerAsksWhoMay(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	nobody := desk.WithActor(t.Context(), desk.Actor{})
	viewer := desk.WithActor(t.Context(), desk.Actor{Role: desk.Viewer})
	if _, err := s.List(nobody, 1, desk.Paging{}); !errors.Is(err, desk.ErrForbidden) {
		t.Error(err)
	}
	if _, err := s.Lesson(nobody, 1); !errors.Is(err, desk.ErrForbidden) {
		t.Error(err)
	}
	if _, err := s.Unsure(viewer, 1, 1); !errors.Is(err, desk.ErrForbidden) {
		t.Error(err)
	}
	if _, err := s.Undo(viewer, 1); !errors.Is(err, desk.ErrForbidden) {
		t.Error(err)
	}
}
