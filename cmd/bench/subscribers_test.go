package main

import (
	"testing"
	"time"

	"breakwater/desk"
)

// A letter is lost when nobody has it, the desk knows nothing of it, and its reader did not leave: one who left and is known to have left
// makes up for nobody else's. An address that does not exist is no excuse unless the desk had learned that before.
func TestLostLettersAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	gone := addressOf(moodGone)
	who := map[int64]string{1: "has it", 2: "left, with a row", 3: "left before there were letters", 4: "lost", 5: "has it, of which nothing is known", 6: gone, 7: "bounced before"}
	letter := []takenLetter{{}}
	var got lettersTally
	got.rowless(who, map[int64]bool{1: true, 2: true}, map[int64]bool{7: true}, map[string][]takenLetter{"has it": letter, "has it, of which nothing is known": letter},
		map[string]time.Time{"left, with a row": time.Now(), "left before there were letters": time.Now()})
	if got.lost != 2 || got.untrue != 1 || got.leftInTime != 2 || got.refused != 1 || len(got.lies) != 1 {
		t.Errorf("%+v, want 2 lost, 1 untrue, 2 left in time, 1 refused", got)
	}
}

// What the desk says of a letter is untrue when the server knows otherwise: also that it was refused, of a letter that it would have taken.
func TestWhatIsUntrue(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		state  string
		n      int
		mood   mailMood
		untrue int
	}{
		{desk.DeliverySent, 1, moodFine, 0}, {desk.DeliverySent, 0, moodFine, 1}, {desk.DeliveryUnknown, 0, moodFine, 0}, {desk.DeliveryUnknown, 1, moodFine, 0},
		{desk.DeliveryRefused, 0, moodGone, 0}, {desk.DeliveryRefused, 0, moodGrey, 1}, {desk.DeliveryRefused, 0, moodFine, 1}, {desk.DeliveryRefused, 1, moodNever, 1},
		{desk.DeliveryLeft, 0, moodFine, 0}, {desk.DeliveryLeft, 1, moodFine, 1},
	} {
		var got lettersTally
		if got.add(row.state, row.n, row.mood); got.untrue != row.untrue {
			t.Errorf("%s, the server has %d, mood %q: untrue %d, want %d", row.state, row.n, row.mood, got.untrue, row.untrue)
		}
	}
}

// addressOf is an address that the server treats in a way.
func addressOf(mood mailMood) string {
	a := "a"
	for moodOf(a) != mood {
		a += "a"
	}
	return a
}
