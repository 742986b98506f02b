package main

import (
	"testing"
	"time"
)

// A letter is lost when nobody has it, the desk knows nothing of it, and its reader did not leave: one who left and is known to have left
// makes up for nobody else's.
func TestLostLettersAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	who := map[int64]string{1: "has it", 2: "left, with a row", 3: "left before there were letters", 4: "lost", 5: "has it, of which nothing is known"}
	letter := []takenLetter{{}}
	var got lettersTally
	got.rowless(who, map[int64]bool{1: true, 2: true}, map[string][]takenLetter{"has it": letter, "has it, of which nothing is known": letter},
		map[string]time.Time{"left, with a row": time.Now(), "left before there were letters": time.Now()})
	if want := (lettersTally{lost: 1, untrue: 1, leftInTime: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
