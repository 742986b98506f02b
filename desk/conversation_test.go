package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"breakwater/desk"
)

var asked = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// clocked wants the first answer in ten minutes and each after it in an hour.
func clocked() *desk.ReplyPolicy {
	return &desk.ReplyPolicy{Clocks: []desk.Clock{{First: 10, Next: 60}}, Voices: 5000}
}

func minutes(n int) time.Time { return asked.Add(time.Duration(n) * time.Minute) }

// out is the answer of a conversation as it is at its network.
func out(c *desk.Conversation, state string) *desk.Post {
	return &desk.Post{ID: c.PostID, State: state, Sent: minutes(30), Answer: &desk.Answering{ConversationID: c.ID}}
}

// TestConversation walks a conversation through what can happen to it; each row goes on from a message at noon.
func TestConversation(t *testing.T) {
	t.Parallel()
	in := func(c *desk.Conversation, minute int) {
		c.Receive(&desk.Message{ID: int64(minute), At: minutes(minute)}, clocked(), desk.Normal)
	}
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Error(err)
		}
	}
	for _, c := range []struct {
		name       string
		do         func(c *desk.Conversation)
		state      string
		since, due int // minutes after noon; -1: none
	}{
		{"they wrote", func(*desk.Conversation) {}, desk.ConversationWaiting, 0, 10},
		{"twice: the first waits", func(c *desk.Conversation) { in(c, 3) }, desk.ConversationWaiting, 0, 10},
		{"answered", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); c.Follow(out(c, desk.PostSent)) }, desk.ConversationAnswered, -1, -1},
		{"on its way they wait", func(c *desk.Conversation) { must(c.Begin(1, 2, true)) }, desk.ConversationSending, 0, 10},
		{"to be signed they wait", func(c *desk.Conversation) { must(c.Begin(1, 0, false)) }, desk.ConversationSigning, 0, 10},
		{"answered, and again: the next clock", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); c.Follow(out(c, desk.PostSent)); in(c, 40) }, desk.ConversationWaiting, 40, 100},
		{"written meanwhile: the next clock", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); in(c, 5); c.Follow(out(c, desk.PostSent)) }, desk.ConversationWaiting, 5, 65},
		{"undone", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); c.Follow(out(c, desk.PostDropped)) }, desk.ConversationWaiting, 0, 10},
		{"undone though they wrote meanwhile", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); in(c, 5); c.Follow(out(c, desk.PostDropped)) }, desk.ConversationWaiting, 0, 10},
		{"refused by its network", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); c.Follow(out(c, desk.PostFailed)) }, desk.ConversationWaiting, 0, 10},
		{"held", func(c *desk.Conversation) { must(c.Begin(1, 2, true)); c.Follow(out(c, desk.PostHeld)) }, desk.ConversationSending, 0, 10},
		{"held and dropped", func(c *desk.Conversation) {
			must(c.Begin(1, 2, true))
			c.Follow(out(c, desk.PostHeld))
			c.Follow(out(c, desk.PostDropped))
		}, desk.ConversationWaiting, 0, 10},
		{"sent back", func(c *desk.Conversation) { must(c.Begin(1, 0, false)); c.Back(desk.Say("no")) }, desk.ConversationWaiting, 0, 10},
		{"another's news does not count", func(c *desk.Conversation) {
			must(c.Begin(1, 2, true))
			p := out(c, desk.PostSent)
			p.ID = 9
			c.Follow(p)
		}, desk.ConversationSending, 0, 10},
		{"refused and tried again", func(c *desk.Conversation) {
			must(c.Begin(1, 2, true))
			c.Follow(out(c, desk.PostFailed))
			c.Follow(out(c, desk.PostWaiting))
			c.Follow(out(c, desk.PostSent))
		}, desk.ConversationAnswered, -1, -1},
		{"left", func(c *desk.Conversation) { must(c.Leave("a robot")) }, desk.ConversationLeft, -1, -1},
		{"left, and they write again", func(c *desk.Conversation) { must(c.Leave("a robot")); in(c, 7) }, desk.ConversationWaiting, 7, 17},
		{"put off: the clock runs on", func(c *desk.Conversation) { must(c.Snooze(minutes(60), asked)) }, desk.ConversationSnoozed, 0, 10},
		{"put off, and they write again", func(c *desk.Conversation) { must(c.Snooze(minutes(60), asked)); in(c, 7) }, desk.ConversationWaiting, 0, 10},
		{"put off, answered", func(c *desk.Conversation) {
			must(c.Snooze(minutes(60), asked))
			must(c.Begin(1, 2, true))
			c.Follow(out(c, desk.PostSent))
		}, desk.ConversationAnswered, -1, -1},
		{"taken up again", func(c *desk.Conversation) { must(c.Leave("a robot")); must(c.Reopen(minutes(9))) }, desk.ConversationWaiting, 9, -1},
		{"answered and done", func(c *desk.Conversation) {
			must(c.Begin(1, 2, true))
			c.Follow(out(c, desk.PostSent))
			must(c.Done())
		}, desk.ConversationDone, -1, -1},
	} {
		talk := &desk.Conversation{ID: 5}
		in(talk, 0)
		c.do(talk)
		at := func(m int) time.Time {
			if m < 0 {
				return time.Time{}
			}
			return minutes(m)
		}
		if talk.State != c.state || !talk.Since.Equal(at(c.since)) || !talk.Due.Equal(at(c.due)) {
			t.Errorf("%s: %s since %s, due %s", c.name, talk.State, talk.Since, talk.Due)
		}
		if talk.State != desk.ConversationSnoozed && !talk.Until.IsZero() {
			t.Errorf("%s: put off until %s though %s", c.name, talk.Until, talk.State)
		}
	}
}

func TestWhoWasPutOffStaysSoWhenAnAnswerIsUndone(t *testing.T) {
	t.Parallel()
	c := &desk.Conversation{ID: 5, State: desk.ConversationAnswered}
	if err := errors.Join(c.Snooze(minutes(60), asked), c.Begin(1, 2, true)); err != nil {
		t.Fatal(err)
	}
	c.Follow(out(c, desk.PostDropped))
	if c.State != desk.ConversationSnoozed || !c.Until.Equal(minutes(60)) {
		t.Errorf("%s until %s: nothing would ever wake it", c.State, c.Until)
	}
}

func TestWhatAConversationDoesNotTake(t *testing.T) {
	t.Parallel()
	busy := func(state string) *desk.Conversation {
		return &desk.Conversation{ID: 5, State: state, Since: asked, StatementID: 1, PostID: 2}
	}
	for _, state := range []string{desk.ConversationSending, desk.ConversationSigning} {
		for what, err := range map[string]error{
			"leave": busy(state).Leave("x"), "done": busy(state).Done(), "snooze": busy(state).Snooze(minutes(5), asked), "reopen": busy(state).Reopen(asked), "answer": busy(state).Begin(8, 9, true),
		} {
			if !errors.Is(err, desk.ErrInvalidTransition) {
				t.Errorf("%s while %s: %v", what, state, err)
			}
		}
	}
	if err := busy(desk.ConversationSigning).Begin(1, 9, true); err != nil {
		t.Errorf("the answer that was signed does not go out: %v", err)
	}
	waiting := busy(desk.ConversationWaiting)
	var wrong *desk.Invalid
	for what, err := range map[string]error{
		"done while they wait": waiting.Done(), "left for no reason": waiting.Leave("  "), "put off into the past": waiting.Snooze(asked, asked), "put off for years": waiting.Snooze(asked.AddDate(2, 0, 0), asked),
	} {
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if waiting.State != desk.ConversationWaiting || waiting.Since.IsZero() {
		t.Errorf("what was refused changed %+v", waiting)
	}
}

func TestDangerAndVoices(t *testing.T) {
	t.Parallel()
	cue := []string{"safety_injury"}
	for _, c := range []struct {
		name          string
		m             desk.Message
		triage        string
		danger, voice bool
	}{
		{"neither", desk.Message{Author: desk.Author{Followers: 4999}}, "", false, false},
		{"words of danger", desk.Message{Cues: cue}, "", true, false},
		{"looked at, and it is none", desk.Message{Cues: cue}, "no", false, false},
		{"many hear them", desk.Message{Author: desk.Author{Followers: 5000}}, "", false, true},
		{"a paper", desk.Message{Author: desk.Author{Media: true}}, "", false, true},
	} {
		talk := &desk.Conversation{Triage: desk.Triage{Danger: c.triage}}
		talk.Receive(&c.m, clocked(), desk.Normal)
		if talk.Danger != c.danger || talk.Voice != c.voice {
			t.Errorf("%s: danger %v, voice %v", c.name, talk.Danger, talk.Voice)
		}
	}
}

func TestDraftOwners(t *testing.T) {
	t.Parallel()
	d := desk.Draft{UserID: 7, Until: minutes(2)}
	for _, c := range []struct {
		who    desk.Actor
		minute int
		want   bool
	}{
		{desk.Actor{UserID: 7}, 1, false}, {desk.Actor{UserID: 8}, 1, true}, {desk.Actor{UserID: 8}, 2, false},
		{desk.Actor{Who: "token:7"}, 1, true}, {desk.Actor{Who: "token:3", UserID: 7}, 1, false},
	} {
		if got := d.Owned(c.who.Writer(), minutes(c.minute)); got != c.want {
			t.Errorf("%+v after %d minutes: somebody else's %v", c.who, c.minute, got)
		}
	}
	writers := []int64{desk.Actor{Who: "token:3"}.Writer(), desk.Actor{Who: "token:4"}.Writer(), desk.Actor{Who: "desk"}.Writer(), desk.Actor{Who: "token:x"}.Writer()}
	if !slices.Equal(writers, []int64{-3, -4, 0, 0}) {
		t.Errorf("programs write as %d", writers)
	}
}
