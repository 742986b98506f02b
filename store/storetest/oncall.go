package storetest

import (
	"context"
	"testing"
	"time"

	"breakwater/desk"
)

// begun makes an escalation with a call to each of the people.
func begun(t testing.TB, db Bed, about string, people ...int64) desk.Escalation {
	t.Helper()
	return must(db.ChangeEscalation(context.Background(), 0, act("escalation.begin"), func(e *desk.Escalation, out *desk.Out) error {
		e.About, e.BrandID, e.State, e.Level, out.Say = about, 1, desk.EscalationRunning, desk.Issue, desk.Say("x")
		e.Fresh = nil
		for _, p := range people {
			e.Fresh = append(e.Fresh, desk.Call{UserID: p, EscalationID: 1, Level: desk.Issue, Key: about + "/" + string(rune('a'+p)), Made: noon, Due: noon})
		}
		return nil
	}))(t)
}

func callIDs(calls []desk.Call) (ids []int64) {
	for _, c := range calls {
		ids = append(ids, c.ID)
	}
	return ids
}

var oncallTests = map[string]func(*testing.T, Bed){
	"the heartbeat is one for the whole desk": func(t *testing.T, db Bed) {
		ctx := context.Background()
		if h := must(db.Heartbeat(ctx))(t); h.URL != "" || h.Every != desk.HeartbeatEvery {
			t.Errorf("of a desk that has not chosen: %+v", h)
		}
		for _, url := range []string{"https://hc.example/1", "https://hc.example/2"} {
			must(db.ChangeHeartbeat(ctx, act("heartbeat.save"), func(h *desk.Heartbeat, out *desk.Out) error {
				h.URL, h.Every, out.Say = url, 30, desk.Say("x")
				return nil
			}))(t)
		}
		if h := must(db.Heartbeat(ctx))(t); h.URL != "https://hc.example/2" || h.Every != 30 || h.Version != 2 {
			t.Errorf("kept %+v", h)
		}
	},
	"postponed jobs wait as if nobody had taken them, several are forgotten together": func(t *testing.T, db Bed) {
		ctx := context.Background()
		must(db.Record(ctx, act("test"), "x:1", desk.Out{Say: desk.Say("x"), Jobs: []desk.Job{{Kind: "k", Key: "1"}, {Kind: "k", Key: "2"}, {Kind: "k", Key: "3"}}}))(t)
		now := must(db.Now(ctx))(t)
		ids := func() (ids []int64) {
			for _, j := range must(db.ClaimJobs(ctx, "k", 10, time.Hour))(t) {
				if j.Attempts != 1 {
					t.Errorf("job %s was taken %d times", j.Key, j.Attempts)
				}
				ids = append(ids, j.ID)
			}
			return ids
		}
		var all []int64
		for len(all) < 3 { // they are due a millisecond after they were written
			all = append(all, ids()...)
		}
		ok(t, db.PostponeJobs(ctx, all, now))
		if all = ids(); len(all) != 3 {
			t.Fatalf("%d jobs came back, want 3", len(all))
		}
		ok(t, db.PostponeJobs(ctx, all[:1], now.Add(time.Hour)))
		ok(t, db.FinishJobs(ctx, all[1:]))
		if left := must(db.Jobs(ctx, false, desk.Paging{}))(t); len(left) != 1 || left[0].ID != all[0] || len(ids()) != 0 {
			t.Errorf("left %+v, want the postponed one", left)
		}
	},
	"schedules, policies and reaches are kept and found": func(t *testing.T, db Bed) {
		ctx := context.Background()
		for brand := range int64(3) {
			must(db.ChangeSchedule(ctx, 0, act("schedule.save"), func(s *desk.Schedule, out *desk.Out) error {
				s.BrandID, s.Name, s.Zone, out.Say = brand, "Desk", "Europe/Warsaw", desk.Say("x")
				return nil
			}))(t)
			must(db.ChangeEscalationPolicy(ctx, 0, act("escalation-policy.save"), func(p *desk.EscalationPolicy, out *desk.Out) error {
				*p, out.Say = desk.DefaultEscalation(desk.StageAlert), desk.Say("x")
				p.BrandID = brand
				return nil
			}))(t)
		}
		if n, m := len(must(db.Schedules(ctx, 1))(t)), len(must(db.EscalationPolicies(ctx, 0))(t)); n != 2 || m != 3 {
			t.Errorf("%d schedules of brand 1, %d policies of all; want its own with everybody's: 2, and 3", n, m)
		}
		ok(t, db.DeleteSchedule(ctx, 2, act("schedule.delete")))
		ok(t, db.DeleteEscalationPolicy(ctx, 2, act("escalation-policy.delete")))
		_, err := db.Schedule(ctx, 2)
		is(t, err, desk.ErrNotFound)
		if r := must(db.Reach(ctx, 7))(t); r != desk.DefaultReach(7) {
			t.Errorf("who said nothing is reached by %+v", r)
		}
		for _, most := range []int{12, 30} {
			must(db.ChangeReach(ctx, 7, act("reach.save"), func(r *desk.Reach, out *desk.Out) error {
				r.Cap, out.Say = most, desk.Say("x")
				return nil
			}))(t)
		}
		if r := must(db.Reach(ctx, 7))(t); r.Cap != 30 || r.Through != desk.Issue || r.UserID != 7 {
			t.Errorf("reach is %+v", r)
		}
	},

	"one escalation about each matter, with its calls or not at all": func(t *testing.T, db Bed) {
		ctx := context.Background()
		e := begun(t, db, "alert:1", 1, 2)
		_, err := db.ChangeEscalation(ctx, 0, act("escalation.begin"), func(e *desk.Escalation, out *desk.Out) error {
			e.About, out.Say = "alert:1", desk.Say("x")
			return nil
		})
		is(t, err, desk.ErrConflict)
		if got := must(db.EscalationAbout(ctx, "alert:1"))(t); got.ID != e.ID || len(got.Fresh) != 0 {
			t.Errorf("about alert:1 is %+v", got)
		}
		_, err = db.EscalationAbout(ctx, "alert:2")
		is(t, err, desk.ErrNotFound)
		// The same step once more: refused as a whole.
		if _, err := db.ChangeEscalation(ctx, e.ID, act("escalation.step"), func(e *desk.Escalation, out *desk.Out) error {
			e.Turn++
			e.Fresh, out.Say = []desk.Call{{UserID: 1, EscalationID: e.ID, Key: "alert:1/b", Made: noon, Due: noon}}, desk.Say("x")
			return nil
		}); err == nil || must(db.Escalation(ctx, e.ID))(t).Turn != 0 {
			t.Errorf("a call that was made before: %v", err)
		}
		begun(t, db, "alert:2")
		if got := must(db.EscalationsByID(ctx, []int64{e.ID, 99}))(t); len(got) != 1 {
			t.Errorf("%d found by id", len(got))
		}
		if got := must(db.Escalations(ctx, 1, desk.EscalationRunning, desk.Paging{Limit: 1}))(t); len(got) != 1 || got[0].About != "alert:2" {
			t.Errorf("newest running: %+v", got)
		}
	},

	"a job that is worked is forgotten with what it did": func(t *testing.T, db Bed) {
		ctx := context.Background()
		e := must(db.ChangeEscalation(ctx, 0, act("escalation.begin"), func(e *desk.Escalation, out *desk.Out) error {
			e.About, out.Say = "alert:1", desk.Say("x")
			out.Jobs = []desk.Job{{Kind: "step", Key: "1"}}
			return nil
		}))(t)
		j := must(db.ClaimJobs(ctx, "step", 1, time.Minute))(t)[0]
		must(db.ChangeEscalation(ctx, e.ID, act("escalation.step"), func(e *desk.Escalation, out *desk.Out) error {
			out.Say, out.Worked = desk.Say("x"), j.ID
			out.Jobs = []desk.Job{{Kind: "step", Key: "1", Wait: time.Hour}} // the key is free again
			return nil
		}))(t)
		if left := must(db.Jobs(ctx, false, desk.Paging{}))(t); len(left) != 1 || left[0].ID == j.ID {
			t.Errorf("jobs left: %+v", left)
		}
	},

	"calls become letters once; letters to one way keep their order": func(t *testing.T, db Bed) {
		ctx := context.Background()
		begun(t, db, "alert:1", 1, 2, 3)
		var calls []desk.Call
		for _, user := range must(db.Called(ctx, noon))(t) {
			calls = append(calls, must(db.WaitingCalls(ctx, user, noon, 10))(t)...)
		}
		if len(calls) != 3 || len(must(db.WaitingCalls(ctx, 1, noon.Add(-time.Second), 10))(t)) != 0 {
			t.Fatalf("calls %+v", calls)
		}
		ok(t, db.PostponeCalls(ctx, []int64{calls[2].ID}, noon.Add(time.Hour)))
		var out []desk.Letter
		for i := range 3 {
			out = append(out, desk.Letter{UserID: 1, WayID: 5, Calls: []string{string(rune('0' + i))}})
		}
		out = append(out, desk.Letter{UserID: 2})
		ok(t, db.WriteLetters(ctx, callIDs(calls[:2]), out))
		is(t, db.WriteLetters(ctx, callIDs(calls[:1]), out), desk.ErrConflict)
		if n := len(must(db.Letters(ctx, 0, desk.Paging{}))(t)); n != 4 {
			t.Fatalf("%d letters, want 4: a second try wrote some", n)
		}
		lines := must(db.ClaimLetters(ctx, 10, 2, time.Minute))(t)
		if len(lines) != 2 || len(lines[0])+len(lines[1]) != 3 {
			t.Fatalf("claimed %+v; want two of way 5, one of person 2", lines)
		}
		if again := must(db.ClaimLetters(ctx, 10, 2, time.Minute))(t); len(again) != 0 {
			t.Errorf("claimed again: %+v; the third must wait for those before it", again)
		}
		for _, l := range lines {
			if l[0].WayID == 5 {
				l[0].State, l[0].Sent = desk.LetterSent, noon
				ok(t, db.EndLetters(ctx, l[:1]))
				l[1].Tries = 1
				ok(t, db.RetryLetter(ctx, l[1], 0))
				next := must(db.ClaimLetters(ctx, 10, 5, time.Minute))(t)
				if len(next) != 1 || len(next[0]) != 2 || next[0][0].ID != l[1].ID || next[0][0].Tries != 1 {
					t.Errorf("after a failure %+v, want the one that failed before the one behind it", next)
				}
			}
		}
		ok(t, db.ReleaseLeases(ctx))
		if next := must(db.ClaimLetters(ctx, 10, 5, time.Minute))(t); len(next) != 2 {
			t.Errorf("after a start %d lines, want both", len(next))
		}
	},
}
