package topic

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

// A tracker that is saved and loaded in the middle of a storm ends where one ends that was not.
func TestAStateGoesOnToTheBit(t *testing.T) {
	t.Parallel()
	one, talk := New(0), newTalker(5)
	at := talk.days(one, monday, 9, 300, func(time.Time, desk.Topic) {})
	var rest []*desk.Mention
	for i := range 900 {
		at = at.Add(time.Duration(20+i%60) * time.Second)
		m := talk.chat(at)
		if i%3 == 0 {
			m = talk.says("recall of the kettle #KettleGate "+talk.words[i], at)
			m.Mood, m.Network = desk.Negative, []string{"bluesky", "mastodon"}[i%2]
		}
		rest = append(rest, m)
	}
	two := New(0)
	for i, m := range rest {
		one.Add(m)
		if i == 450 {
			if err := two.Load(1, one.Save(1)); err != nil {
				t.Fatal(err)
			}
		} else if i > 450 {
			two.Add(m)
		}
	}
	if diff := cmp.Diff(one.Live(1), two.Live(1)); diff != "" || len(one.Live(1)) == 0 {
		t.Errorf("after a restart (-without +with):\n%s", diff)
	}
	if string(one.Save(1)) != string(two.Save(1)) {
		t.Error("the states differ though the topics do not")
	}
	if !two.Knows(1, rest[899].ID) || two.Knows(1, 1) {
		t.Error("the newest mention is not remembered, or the oldest still is")
	}
}

func TestAStateThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	tr, talk := New(0), newTalker(6)
	talk.days(tr, monday, 1, 50, func(time.Time, desk.Topic) {})
	good := tr.Save(1)
	for name, state := range map[string][]byte{
		"empty": nil, "another form": append([]byte{99}, good[1:]...), "cut": good[:len(good)/2], "noise": append([]byte{stateVersion}, []byte("not deflate at all")...),
	} {
		if err := New(0).Load(1, state); !errors.Is(err, ErrState) {
			t.Errorf("%s: %v, want ErrState", name, err)
		}
	}
}
