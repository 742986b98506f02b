package oncall

import (
	"context"
	"errors"
	"testing"
	"time"

	"breakwater/desk"
)

// two is a night with a second brand, and three people who have it alone: D leads it, E answers for it, F may only look at it. F
// leads the first brand by a single channel only.
func two(t *testing.T) (n *night, other int64) {
	t.Helper()
	n = newNight(t)
	act := desk.Act{Who: "desk", Do: "test"}
	b, err := n.db.ChangeBrand(t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Borealis", "UTC", desk.Say("x")
		return nil
	})
	n.must(err)
	for i, grants := range [][]desk.Grant{
		{{BrandID: b.ID, Role: desk.Lead}}, {{BrandID: b.ID, Role: desk.Responder}},
		{{BrandID: b.ID, Role: desk.Viewer}, {BrandID: n.brand, ChannelID: 9, Role: desk.Lead}},
	} {
		u, err := n.db.ChangeUser(t.Context(), 0, act, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, u.Grants, out.Say = string(rune('D'+i)), string(rune('d'+i))+"@example.org", desk.Lead, grants, desk.Say("x")
			return nil
		})
		n.must(err)
		n.ids = append(n.ids, u.ID)
	}
	return n, b.ID
}

func (n *night) beginOf(brand int64, about string, level desk.Level) {
	n.Helper()
	n.must(n.e.Begin(n.Context(), desk.Matter{About: about, Stage: desk.StageAlert, BrandID: brand, Level: level, Title: desk.Say("Something moved")}))
	n.pass(0)
}

// Nobody is called about a brand that is not theirs: not as a lead, not as everybody, not by name.
func TestOnlyTheBrandIsCalled(t *testing.T) {
	t.Parallel()
	n, other := two(t)
	n.beginOf(n.brand, "alert:1", desk.Issue)
	n.got("B: 1")
	n.pass(5 * time.Minute)
	n.got("A: 1, B: 1, C: 1")
	n.policy(desk.EscalationPolicy{Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleePerson, ID: n.ids[3]}, {Kind: desk.CalleePerson, ID: n.ids[0]}}, Wait: 60}}})
	n.pass(2 * time.Hour)
	n.got("B: 1")
	n.beginOf(n.brand, "alert:2", desk.Issue)
	n.got("A: 1")
	n.beginOf(other, "alert:3", desk.Crisis)
	n.got("A: 1, D: 1")
}

// Who has another brand takes and mutes nothing of this one, by whatever link or button.
func TestForeignLinks(t *testing.T) {
	t.Parallel()
	n, other := two(t)
	n.beginOf(n.brand, "alert:1", desk.Issue)
	n.beginOf(other, "alert:2", desk.Issue)
	muted := 0
	mute := func(context.Context, int64) error { muted++; return nil }
	n.e.Mute = func(context.Context, int64, time.Time) error { muted++; return nil }
	for _, tt := range []struct {
		person int
		about  string
		may    bool
	}{{3, "alert:1", false}, {5, "alert:1", false}, {5, "alert:2", false}, {4, "alert:2", true}} {
		link := n.e.Links.ToCall(n.about(tt.about).ID, n.ids[tt.person], 0, n.wall)
		_, err := n.e.TakeByLink(t.Context(), link, "link")
		if (err == nil) != tt.may || len(n.about(tt.about).Acks) > 0 != tt.may {
			t.Errorf("person %d takes %s: %v", tt.person, tt.about, err)
		}
		if _, err := n.e.MuteByLink(t.Context(), link, mute); !tt.may && err == nil && muted > 0 {
			t.Errorf("person %d mutes %s", tt.person, tt.about)
		}
	}
	w, err := n.db.ChangeWay(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(w *desk.Way, out *desk.Out) error {
		w.Name, w.Kind, w.Settings, out.Say = "Team", "slack", desk.Settings{"people": "U1 = d@example.org"}, desk.Say("x")
		return nil
	})
	n.must(err)
	for _, do := range []string{desk.AnswerTake, desk.AnswerMute} {
		before := len(n.about("alert:1").Acks)
		_, err := n.e.Answer(t.Context(), desk.Answer{Do: do, From: "U1", Token: n.e.Links.ToAlert(1, w.ID, n.wall)}, w)
		if do == desk.AnswerTake && err == nil || len(n.about("alert:1").Acks) != before {
			t.Errorf("a foreign lead answers %s: %v", do, err)
		}
	}
}

// A brand is rehearsed by its own leads, and not again at once.
func TestWhoRehearses(t *testing.T) {
	t.Parallel()
	n, other := two(t)
	as := func(i int) context.Context {
		u, err := n.db.User(t.Context(), n.ids[i])
		n.must(err)
		ctx, err := desk.Admit(desk.WithActor(t.Context(), u.As("")), desk.MayReply, desk.Lead)
		n.must(err)
		return ctx
	}
	if _, err := n.e.Rehearse(as(3), n.brand); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("a foreign lead rehearses: %v", err)
	}
	if _, err := n.e.Rehearse(as(5), other); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("who may look rehearses: %v", err)
	}
	n.pass(0)
	n.got("")
	for _, pass := range []time.Duration{0, 9 * time.Minute} {
		_, err := n.e.Rehearse(as(3), other)
		var later *desk.Retry
		if pass == 0 {
			n.must(err)
			_, err = n.e.Rehearse(as(1), other) // before it was even begun
		}
		if !errors.As(err, &later) || !later.Limited {
			t.Errorf("after %s: %v", pass, err)
		}
		n.pass(0)
		n.pass(9 * time.Minute)
	}
	_, err := n.e.Rehearse(as(3), other)
	n.must(err)
	_, err = n.e.Rehearse(as(1), n.brand)
	n.must(err)
}

// A link does one thing once, and then shows what it did; a new link for what got worse works.
func TestALinkIsSpent(t *testing.T) {
	t.Parallel()
	n := newNight(t)
	n.begin("alert:1", desk.Issue)
	link := n.e.Links.ToCall(1, n.ids[1], 0, n.wall)
	muted := 0
	mute := func(ctx context.Context, alert int64) error {
		if me := desk.ActorOf(ctx); alert != 1 || me.UserID != n.ids[1] {
			t.Errorf("%d is muted by %+v", alert, me)
		}
		muted++
		return nil
	}
	for range 2 {
		a, err := n.e.MuteByLink(t.Context(), link, mute)
		n.must(err)
		if muted != 1 || !a.Done() || a.Spent.Did != desk.AnswerMute || a.Spent.Name != "B" {
			t.Errorf("muted %d times, then it shows %+v", muted, a.Spent)
		}
	}
	if a, err := n.e.TakeByLink(t.Context(), link, "link"); err != nil || len(a.Escalation.Acks) != 0 {
		t.Errorf("a spent link takes it up: %+v, %v", a.Escalation.Acks, err)
	}
	link = n.e.Links.ToCall(1, n.ids[1], 0, n.wall.Add(time.Second))
	a, err := n.e.TakeByLink(t.Context(), link, "link")
	n.must(err)
	if a.Escalation.State != desk.EscalationTaken {
		t.Errorf("a fresh link: %s", a.Escalation.State)
	}
	n.begin("alert:1", desk.Crisis)
	if a, err = n.e.TakeByLink(t.Context(), link, "link"); err != nil || a.Spent.Did != desk.AnswerTake || len(a.Escalation.Acks) != 0 {
		t.Errorf("the link of before the crisis takes the crisis up: %+v, %v", a.Escalation.Acks, err)
	}
	team := n.e.Links.ToAlert(1, 3, n.wall)
	if _, err := n.e.MuteByLink(t.Context(), team, mute); !errors.Is(err, desk.ErrForbidden) || muted != 1 {
		t.Errorf("whoever reads a team's way mutes: %v", err)
	}
	if a, err = n.e.TakeByLink(t.Context(), team, "link"); err != nil || a.Escalation.Acks[0].UserID != 0 {
		t.Errorf("whoever reads a team's way sees it: %+v, %v", a.Escalation.Acks, err)
	}
}

// Another brand's crisis does not wait behind the storm of the first; what repeats does.
func TestAnotherCrisisIsTold(t *testing.T) {
	t.Parallel()
	n, other := two(t)
	n.policy(desk.EscalationPolicy{Steps: []desk.EscalationStep{{To: []desk.Callee{{Kind: desk.CalleePerson, ID: n.ids[0]}}, Wait: 30}}, Repeat: 20})
	n.beginOf(n.brand, "alert:1", desk.Crisis)
	for range 40 {
		n.pass(30 * time.Second)
	}
	if len(n.sent) > 6 {
		t.Errorf("one matter makes %d messages", len(n.sent))
	}
	n.told[n.ids[0]] = nil
	n.beginOf(other, "alert:2", desk.Crisis)
	n.pass(time.Minute)
	if !n.told[n.ids[0]][2] {
		t.Error("the other brand's crisis waits for more than a minute")
	}
}
