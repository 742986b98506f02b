package oncall

import (
	"testing"
	"time"
)

// A loop that begins with the desk is not said to stand still; one that stopped turning is.
func TestTurns(t *testing.T) {
	t.Parallel()
	var turns Turns
	if err := turns.Within(time.Hour); err != nil {
		t.Errorf("at the start: %v", err)
	}
	if err := turns.Within(-1); err == nil {
		t.Error("one that never turned, long after, is said to be well")
	}
	turns.Turn()
	if err := turns.Within(time.Hour); err != nil {
		t.Errorf("after a turn: %v", err)
	}
}
