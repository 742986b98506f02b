package oncall

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"breakwater/desk"
)

// ways gives people of the night a way each, and has carrying remember by which way something went.
func (n *night) ways(people ...int) (ids []int64) {
	n.Helper()
	for _, i := range people {
		w, err := n.db.ChangeWay(n.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(w *desk.Way, out *desk.Out) error {
			w.Name, w.Kind, w.UserID, w.MinLevel, out.Say = "telephone", "ntfy", n.ids[i], desk.Watch, desk.Say("x")
			return nil
		})
		n.must(err)
		ids = append(ids, w.ID)
	}
	return ids
}

// everybody calls everybody at once.
func (n *night) everybody() {
	n.Helper()
	n.policy(desk.EscalationPolicy{MinLevel: desk.Watch, Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleeEverybody}}, Wait: 3600}}})
}

// What never answers holds up no other way, however many there are.
func TestAWayThatDoesNotAnswerHoldsUpNobody(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.everybody()
	dead := n.ways(0)[0]
	carry, hung, got := n.p.Carry, make(chan struct{}), make(chan int64, 3)
	n.p.Carry = func(ctx context.Context, l desk.Letter, about []desk.Escalation) (string, error) {
		if l.WayID == dead {
			close(hung)
			<-ctx.Done()
			return "", ctx.Err()
		}
		defer func() { got <- l.UserID }()
		return carry(ctx, l, about)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- n.p.Run(ctx) }()
	first := desk.Matter{About: "alert:1", Stage: desk.StageAlert, BrandID: n.brand, Level: desk.Issue, Title: desk.Say("Something moved")}
	n.must(n.e.Begin(t.Context(), first))
	_, err := n.e.Round(t.Context())
	n.must(err)
	<-hung
	<-got
	<-got // both others, while the first still waits for an answer
	second := first
	second.About, second.Level = "alert:2", desk.Severe
	n.must(n.e.Begin(t.Context(), second))
	_, err = n.e.Round(t.Context())
	n.must(err)
	<-got
	<-got
	stop()
	n.must(<-ended)
}

// A way that says no for good is not the end of it: the person is told by mail, once, whatever happens in between.
func TestAWayThatIsGone(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.everybody()
	gone := n.ways(0, 1)
	var by []string
	n.p.Carry = func(_ context.Context, l desk.Letter, _ []desk.Escalation) (string, error) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if l.WayID == gone[0] {
			return "", &desk.Problem{Say: desk.Say("x"), Err: fmt.Errorf("410: %w", desk.ErrBroken)}
		}
		by = append(by, fmt.Sprintf("%c:%t", 'A'+slices.Index(n.ids, l.UserID), l.WayID != 0))
		return "ok", nil
	}
	n.begin("alert:1", desk.Issue)
	slices.Sort(by)
	if want := []string{"A:false", "B:true", "C:false"}; !slices.Equal(by, want) {
		t.Errorf("told %v, want %v", by, want)
	}
}

// Trouble of our own, and of kinds that nobody knows, passes: the letter goes out afterwards. Who left is told nothing.
func TestTroubleOfOurOwn(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.everybody()
	n.fail = errors.New("connection refused by the database")
	n.begin("alert:1", desk.Issue)
	n.got("")
	n.fail = nil
	n.pass(5e9)
	n.got("A: 1, B: 1, C: 1")
	n.fail = ErrNobody
	n.begin("alert:2", desk.Severe)
	n.fail = nil
	n.pass(5e9)
	n.got("")
}
