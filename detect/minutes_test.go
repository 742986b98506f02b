package detect

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// list answers Series from a list; nothing else is asked of it.
type list struct {
	Store
	points []desk.Point
	fail   error
	asked  []desk.Ask
}

func (l *list) Series(_ context.Context, a desk.Ask) ([]desk.Point, error) {
	l.asked = append(l.asked, a)
	var got []desk.Point
	for _, p := range l.points {
		if !p.At.Before(a.From) && p.At.Before(a.To) {
			got = append(got, p)
		}
	}
	return got, l.fail
}

// However the looks fall, the minutes are those of the store.
func TestMinutesFollowTheStore(t *testing.T) {
	t.Parallel()
	l := &list{}
	minute := func(n int) time.Time { return now.Truncate(time.Minute).Add(time.Duration(n) * time.Minute) }
	put := func(n, count int) {
		l.points = append(l.points, desk.Point{At: minute(n), Count: count, Negative: 1, Reach: 10})
	}
	var s minutes
	counts := func() (all []int32) {
		for _, m := range s.all {
			all = append(all, m.Count)
		}
		return all
	}
	look := func(at time.Time, want ...int32) {
		t.Helper()
		if err := s.update(t.Context(), l, 7, 6, at); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, counts()); diff != "" {
			t.Errorf("minutes at %s (-want +got):\n%s", at.Format("15:04:05"), diff)
		}
	}
	put(-9, 100) // too long ago
	put(-2, 3)
	put(0, 1)
	look(minute(0).Add(10*time.Second), 0, 0, 0, 3, 0, 1)
	put(-1, 5) // comes late
	put(+1, 2) // a clock that runs ahead counts now
	look(minute(0).Add(20*time.Second), 0, 0, 0, 3, 5, 3)
	look(minute(1), 0, 0, 3, 5, 1, 2) // and then where it belongs
	look(minute(3), 3, 5, 1, 2, 0, 0)
	if from := l.asked[3].From; from.Before(minute(3 - reread)) {
		t.Errorf("the fourth look asks from %s, want the last minutes only", from)
	}
	look(minute(60), 0, 0, 0, 0, 0, 0)
	put(60, 4)
	l.fail = errors.New("disk")
	if err := s.update(t.Context(), l, 7, 6, minute(60)); !errors.Is(err, l.fail) {
		t.Errorf("update = %v, want the store's error", err)
	}
	l.fail = nil
	look(minute(60), 0, 0, 0, 0, 0, 4)
}
