package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"breakwater/desk"
)

// subscriberTests are what subscribers and their mailings need of storage.
var subscriberTests = map[string]func(t *testing.T, db Bed){
	"subscribers are found by mailbox, listed both ways, stopped, and forgotten": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 5)
		first := must(db.SubscriberOf(ctx, b.ID, "box 0"))(t)
		if all := must(db.Subscribers(ctx, b.ID, desk.SubscriberLive, first.ID, 2))(t); len(all) != 2 || all[0].Mailbox != "box 1" || all[0].Address != "reader1@example.org" {
			t.Errorf("from the first on: %+v", all)
		}
		if all := must(db.NewestSubscribers(ctx, b.ID, "", 0, 2))(t); len(all) != 2 || all[0].Mailbox != "box 4" {
			t.Errorf("newest first: %+v", all)
		}
		// Who left, and who is known, stays as they are whatever list they are on.
		must(db.ChangeSubscriber(ctx, b.ID, "box 1", desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error { s.Leave(desk.WholeBrand, time.Now()); return nil }))(t)
		added, known, err := db.AddSubscribers(ctx, []desk.Subscriber{{BrandID: b.ID, Mailbox: "box 1", Address: "reader1@example.org", State: desk.SubscriberLive}}, act("import"), desk.Out{})
		if s := must(db.SubscriberOf(ctx, b.ID, "box 1"))(t); err != nil || added != 0 || known != 1 || s.State != desk.SubscriberLeft || s.Address != "" {
			t.Errorf("who left came back: %d added, %d known, %+v, %v", added, known, s, err)
		}
		// Nor does it help that somebody types the address again, and nobody confirms it.
		asks := func(mailbox string) {
			t.Helper()
			must(db.ChangeSubscriber(ctx, b.ID, mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error {
				s.Ask("en", time.Now().Add(-time.Hour), 3)
				s.Address = mailbox + "@example.org"
				return nil
			}))(t)
		}
		asks("box 1")
		asks("new")
		if _, known, err := db.AddSubscribers(ctx, []desk.Subscriber{{BrandID: b.ID, Mailbox: "box 1", State: desk.SubscriberLive}}, act("import"), desk.Out{}); err != nil || known != 1 {
			t.Errorf("a list brought back who left and was asked again: %d known, %v", known, err)
		}
		// A few at a time: each is counted once and gone after its turn.
		for _, want := range []int64{1, 1, 0} {
			if n := must(db.DropUnconfirmed(ctx, time.Now(), 1))(t); n != want {
				t.Errorf("%d unconfirmed were dropped, not %d", n, want)
			}
		}
		if s := must(db.SubscriberOf(ctx, b.ID, "box 1"))(t); s.State != desk.SubscriberLeft || s.Address != "" {
			t.Errorf("that they left is forgotten: %+v", s)
		}
		_, err = db.SubscriberOf(ctx, b.ID, "new")
		is(t, err, desk.ErrNotFound)
		ok(t, db.ForgetSubscriber(ctx, first.ID, act("forget"), desk.Say("x")))
		_, err = db.Subscriber(ctx, first.ID)
		is(t, err, desk.ErrNotFound)
		is(t, db.ForgetSubscriber(ctx, first.ID, act("forget"), desk.Say("x")), desk.ErrNotFound)
	},
	"a mailing is one holder's; what a dead one was handing over is unknown; who left gets nothing": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 6)
		made := mailing(t, db, b.ID)
		m, epoch, err := db.TakeMailing(ctx, time.Minute)
		if err != nil || m.ID != made.ID {
			t.Fatalf("taken: %+v, %v", m, err)
		}
		_, _, err = db.TakeMailing(ctx, time.Minute)
		is(t, err, desk.ErrNotFound)
		for more := true; more; {
			more = must(db.FillMailing(ctx, m, 4))(t)
		}
		due := must(db.DueDeliveries(ctx, m.ID, 10))(t)
		if len(due) != 6 || due[0].Address != "reader0@example.org" {
			t.Fatalf("due: %+v", due)
		}
		mark := func(epoch int64, news ...desk.Mark) []bool {
			may, _, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, news, func([]desk.Hold) bool { return true })
			ok(t, err)
			return may
		}
		must(db.ChangeSubscriber(ctx, b.ID, "box 2", desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error { s.Leave(desk.WholeBrand, time.Now()); return nil }))(t)
		var asks []desk.Mark
		for _, l := range due[:5] {
			asks = append(asks, desk.Mark{SubscriberID: l.SubscriberID, State: desk.DeliveryTrying})
		}
		if may := mark(epoch, asks...); fmt.Sprint(may) != "[true true false true true]" {
			t.Errorf("may go: %v", may)
		}
		air := must(db.InTheAir(ctx, b.ID, due[0].SubscriberID))(t)
		if !air || must(db.InTheAir(ctx, b.ID, due[5].SubscriberID))(t) {
			t.Error("in the air is who is being written to")
		}
		mark(epoch, desk.Mark{SubscriberID: due[0].SubscriberID, State: desk.DeliverySent, Code: 250}, desk.Mark{SubscriberID: due[1].SubscriberID, State: desk.DeliveryLater, Code: 451, Again: time.Hour},
			desk.Mark{SubscriberID: due[3].SubscriberID, State: desk.DeliveryRefused, Code: 550, Bounce: desk.BounceHard})
		// Whoever had it died: the next one has it, and the dead one's words count no more.
		ok(t, db.GiveMailing(ctx, m.ID, epoch, time.Time{}))
		_, next, err := db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		if may := mark(epoch, desk.Mark{SubscriberID: due[5].SubscriberID, State: desk.DeliveryTrying}); may[0] {
			t.Error("a dead holder may send")
		}
		c := must(db.CountDeliveries(ctx, m.ID))(t)
		want := desk.MailingCount{desk.DeliverySent: 1, desk.DeliveryLater: 1, desk.DeliveryLeft: 1, desk.DeliveryRefused: 1, desk.DeliveryUnknown: 1, desk.DeliveryDue: 1}
		if fmt.Sprint(c) != fmt.Sprint(want) {
			t.Errorf("noted %v, want %v", c, want)
		}
		if s := must(db.Subscriber(ctx, due[3].SubscriberID))(t); s.State != desk.SubscriberBounced {
			t.Errorf("who does not exist is %s", s.State)
		}
		// A letter that came back counts once, and only when it went.
		for i, want := range []bool{true, false} {
			if known, _, err := db.ReturnDelivery(ctx, m.ID, due[0].SubscriberID, 552, false); err != nil || known != want {
				t.Errorf("came back, time %d: %t, %v", i+1, known, err)
			}
		}
		if known, _, err := db.ReturnDelivery(ctx, m.ID, due[5].SubscriberID, 550, true); err != nil || known {
			t.Errorf("what never went came back: %v", err)
		}
		if s := must(db.Subscriber(ctx, due[0].SubscriberID))(t); s.State != desk.SubscriberLive || s.Bounces != 1 {
			t.Errorf("a full mailbox: %+v", s)
		}
		_, err = db.EndMailing(ctx, m.ID, epoch, act("mailing.done"), func(*desk.Mailing, *desk.Out) error { return nil })
		is(t, err, desk.ErrConflict)
		must(db.EndMailing(ctx, m.ID, next, act("mailing.done"), func(m *desk.Mailing, out *desk.Out) error {
			m.State, out.Say = desk.MailingDone, desk.Say("x")
			return nil
		}))(t)
	},
	"what a dead holder of a mailing noted beside the store settles what was under way, unless somebody else had the mailing since": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 6)
		mailing(t, db, b.ID)
		m, epoch, err := db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		must(db.FillMailing(ctx, m, 10))(t)
		due := must(db.DueDeliveries(ctx, m.ID, 10))(t)
		mark := func(news ...desk.Mark) {
			_, _, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, news, func([]desk.Hold) bool { return false })
			ok(t, err)
		}
		all := func(state string) (news []desk.Mark) {
			for _, l := range due[:5] {
				news = append(news, desk.Mark{SubscriberID: l.SubscriberID, State: state})
			}
			return news
		}
		mark(all(desk.DeliveryTrying)...)
		// Who has it already may send it back before its sender noted that it went.
		if known, _, err := db.ReturnDelivery(ctx, m.ID, due[4].SubscriberID, 552, false); err != nil || !known {
			t.Errorf("a letter that is under way came back: %t, %v", known, err)
		}
		mark(desk.Mark{SubscriberID: due[4].SubscriberID, State: desk.DeliverySent, Code: 250})
		noted := all(desk.DeliverySent)
		noted[1].State, noted[2].State, noted[3] = desk.DeliveryDue, desk.DeliveryUnknown, desk.Mark{SubscriberID: due[3].SubscriberID, State: desk.DeliveryLater, Code: 452, Again: time.Hour}
		noted = append(noted, desk.Mark{SubscriberID: due[5].SubscriberID, State: desk.DeliverySent}) // it never went
		for range 2 {                                                                                 // once more changes nothing
			ok(t, db.RecallDeliveries(ctx, m.ID, epoch, noted))
			c := must(db.CountDeliveries(ctx, m.ID))(t)
			want := desk.MailingCount{desk.DeliverySent: 1, desk.DeliveryDue: 2, desk.DeliveryUnknown: 1, desk.DeliveryLater: 1, desk.DeliveryBack: 1}
			if fmt.Sprint(c) != fmt.Sprint(want) {
				t.Fatalf("noted %v, want %v", c, want)
			}
		}
		if again := must(db.DueDeliveries(ctx, m.ID, 10))(t); len(again) != 2 || again[0].Tries != 0 {
			t.Errorf("due again: %+v", again)
		}
		ok(t, db.GiveMailing(ctx, m.ID, epoch, time.Time{}))
		_, _, err = db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		is(t, db.RecallDeliveries(ctx, m.ID, epoch, noted), desk.ErrConflict)
		is(t, db.RecallDeliveries(ctx, m.ID+99, epoch, noted), desk.ErrNotFound)
	},
	"a person decides about letters of which nobody knows, some or all of them, and that is in the journal with the mailing": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 5)
		mailing(t, db, b.ID)
		m, epoch, err := db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		must(db.FillMailing(ctx, m, 10))(t)
		due := must(db.DueDeliveries(ctx, m.ID, 10))(t)
		var news []desk.Mark
		for _, l := range due[:4] {
			news = append(news, desk.Mark{SubscriberID: l.SubscriberID, State: desk.DeliveryUnknown})
		}
		_, _, err = db.MarkDeliveries(ctx, &m, epoch, time.Minute, news, func([]desk.Hold) bool { return false })
		ok(t, err)
		refused := errors.New("no")
		_, err = db.DecideDeliveries(ctx, m.ID, nil, desk.DeliveryDue, act("mailing.again"), func(*desk.Mailing, int, bool, *desk.Out) error { return refused })
		is(t, err, refused)
		for _, step := range []struct {
			to    desk.IDs
			state string
			n     int
		}{{desk.IDs{due[0].SubscriberID, due[4].SubscriberID}, desk.DeliveryDue, 1}, {desk.IDs{due[1].SubscriberID}, desk.DeliveryLetBe, 1}, {nil, desk.DeliveryDue, 2}} {
			now := must(db.DecideDeliveries(ctx, m.ID, step.to, step.state, act("mailing.again"), func(m *desk.Mailing, n int, followed bool, out *desk.Out) error {
				if n != step.n || followed {
					t.Errorf("decided about %d, want %d; followed %t", n, step.n, followed)
				}
				out.Say = desk.Say("x")
				return nil
			}))(t)
			if now.Version != m.Version+1 {
				t.Errorf("version %d after %d", now.Version, m.Version)
			}
			m = now
		}
		c := must(db.CountDeliveries(ctx, m.ID))(t)
		if want := (desk.MailingCount{desk.DeliveryDue: 4, desk.DeliveryLetBe: 1}); fmt.Sprint(c) != fmt.Sprint(want) {
			t.Errorf("noted %v, want %v", c, want)
		}
		_, err = db.DecideDeliveries(ctx, m.ID+99, nil, desk.DeliveryDue, act("mailing.again"), nil)
		is(t, err, desk.ErrNotFound)
	},
	"a mailing that a person stopped lets no letter go any more": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 2)
		mailing(t, db, b.ID)
		m, epoch, err := db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		must(db.FillMailing(ctx, m, 10))(t)
		due := must(db.DueDeliveries(ctx, m.ID, 10))(t)
		must(db.ChangeMailing(ctx, m.ID, act("mailing.stop"), func(m *desk.Mailing, out *desk.Out) error {
			m.State, out.Say = desk.MailingStopped, desk.Say("x")
			return nil
		}))(t)
		may, stopped, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, []desk.Mark{{SubscriberID: due[0].SubscriberID, State: desk.DeliveryTrying}}, func([]desk.Hold) bool { return false })
		if err != nil || may[0] || !stopped {
			t.Errorf("a letter of a mailing that was stopped may go: %v %t %v", may, stopped, err)
		}
	},
	"what follows a mailing goes to those who had any words of its update, and to the rest when that was on its way": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 6)
		first := mailing(t, db, b.ID)
		reach := func(id int64, n int) {
			t.Helper()
			m, epoch, err := db.TakeMailing(ctx, time.Minute)
			if err != nil || m.ID != id {
				t.Fatalf("taken: %+v, %v", m, err)
			}
			must(db.FillMailing(ctx, m, 100))(t)
			for _, l := range must(db.DueDeliveries(ctx, m.ID, n))(t) {
				for _, state := range []string{desk.DeliveryTrying, desk.DeliverySent} {
					_, _, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, []desk.Mark{{SubscriberID: l.SubscriberID, State: state}}, func([]desk.Hold) bool { return false })
					ok(t, err)
				}
			}
			ok(t, db.GiveMailing(ctx, m.ID, epoch, time.Time{}))
		}
		follow := func(was int64, change func(*desk.Mailing)) (m desk.Mailing, fresh []bool) {
			t.Helper()
			m = desk.Mailing{BrandID: b.ID, CentreID: 7, Key: fmt.Sprintf("%s/%d", first.Key, was), Corrects: was, State: desk.MailingSending, Notify: desk.NotifyBrand, Made: time.Now().UTC()}
			change(&m)
			m = must(db.FollowMailing(ctx, m, act("mailing.follow"), desk.Out{Say: desk.Say("x")}))(t)
			if m.ID == 0 {
				return m, nil
			}
			must(db.FillMailing(ctx, m, 100))(t)
			for _, l := range must(db.DueDeliveries(ctx, m.ID, 100))(t) {
				fresh = append(fresh, l.Fresh)
			}
			return m, fresh
		}
		reach(first.ID, 2)
		second, fresh := follow(first.ID, func(*desk.Mailing) {})
		if fmt.Sprint(fresh) != "[false false true true true true]" || !second.Rest || must(db.Mailing(ctx, first.ID))(t).State != desk.MailingOvertaken {
			t.Errorf("a correction midway: %+v, fresh %v", second, fresh)
		}
		reach(second.ID, 1)
		third, fresh := follow(second.ID, func(m *desk.Mailing) { m.Quiet = true })
		if fmt.Sprint(fresh) != "[true true true true]" || must(db.LastMailing(ctx, first.Key))(t).ID != third.ID {
			t.Errorf("to the rest alone: %+v, fresh %v", third, fresh)
		}
		reach(third.ID, 1)
		gone, fresh := follow(third.ID, func(m *desk.Mailing) { m.Withdraws = true })
		if fmt.Sprint(fresh) != "[false false false]" || gone.Rest {
			t.Errorf("a withdrawal: %+v, fresh %v", gone, fresh)
		}
		reach(gone.ID, 3)
		done := func(id int64) {
			must(db.ChangeMailing(ctx, id, act("mailing.done"), func(m *desk.Mailing, out *desk.Out) error {
				m.State, out.Say = desk.MailingDone, desk.Say("x")
				return nil
			}))(t)
		}
		done(gone.ID)
		back, fresh := follow(gone.ID, func(m *desk.Mailing) { m.Quiet = true })
		if fmt.Sprint(fresh) != "[true true true]" || !back.Rest {
			t.Errorf("back again, to the rest alone: %+v, fresh %v", back, fresh)
		}
		done(back.ID)
		if none, _ := follow(back.ID, func(m *desk.Mailing) { m.Quiet = true }); none.ID != 0 {
			t.Errorf("a mailing for nobody was made: %+v", none)
		}
	},
	"who had not got an update when it was withdrawn midway gets it when it is there again": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 4)
		first := mailing(t, db, b.ID)
		send := func(n int) {
			t.Helper()
			m, epoch, err := db.TakeMailing(ctx, time.Minute)
			ok(t, err)
			must(db.FillMailing(ctx, m, 100))(t)
			for _, l := range must(db.DueDeliveries(ctx, m.ID, n))(t) {
				for _, state := range []string{desk.DeliveryTrying, desk.DeliverySent} {
					_, _, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, []desk.Mark{{SubscriberID: l.SubscriberID, State: state}}, func([]desk.Hold) bool { return false })
					ok(t, err)
				}
			}
			ok(t, db.GiveMailing(ctx, m.ID, epoch, time.Time{}))
		}
		send(1)
		was := first
		for i, next := range []desk.Mailing{{Withdraws: true}, {Withdraws: true}, {}} { // two words of it that were taken off, then it is back
			next.BrandID, next.CentreID, next.Key, next.Corrects, next.State = b.ID, 7, fmt.Sprint(first.Key, "/", i), was.ID, desk.MailingSending
			next.Notify, next.Made = desk.NotifyBrand, time.Now().UTC()
			was = must(db.FollowMailing(ctx, next, act("mailing.follow"), desk.Out{Say: desk.Say("x")}))(t)
		}
		must(db.FillMailing(ctx, was, 100))(t)
		var fresh []bool
		for _, l := range must(db.DueDeliveries(ctx, was.ID, 100))(t) {
			fresh = append(fresh, l.Fresh)
		}
		if !was.Rest || fmt.Sprint(fresh) != "[false true true true]" {
			t.Errorf("back after two withdrawals: %+v, fresh %v", was, fresh)
		}
	},
	"a hold lets no letter of a mailing go from the moment it is written, and after it they go on": func(t *testing.T, db Bed) {
		ctx := context.Background()
		b, _ := brandWith(t, db.DB, 0)
		readers(t, db, b.ID, 2)
		mailing(t, db, b.ID)
		m, epoch, err := db.TakeMailing(ctx, time.Minute)
		ok(t, err)
		must(db.FillMailing(ctx, m, 10))(t)
		due := must(db.DueDeliveries(ctx, m.ID, 10))(t)
		h := desk.Hold{BrandID: b.ID, By: "Ana", Why: "x", At: time.Now().UTC()}
		keep := func() {
			ok(t, db.Sending(ctx, func(l desk.Sending) error { return l.KeepHold(&h, act("hold.press"), desk.Out{Say: desk.Say("x")}) }))
		}
		ask := func(id int64) (bool, bool) {
			may, stopped, err := db.MarkDeliveries(ctx, &m, epoch, time.Minute, []desk.Mark{{SubscriberID: id, State: desk.DeliveryTrying}}, func(all []desk.Hold) bool {
				return len(all) == 1 && all[0].BrandID == m.BrandID
			})
			ok(t, err)
			return may[0], stopped
		}
		if may, stopped := ask(due[0].SubscriberID); !may || stopped {
			t.Errorf("before the hold: %t, stopped %t", may, stopped)
		}
		keep()
		if may, stopped := ask(due[1].SubscriberID); may || !stopped {
			t.Errorf("under the hold: %t, stopped %t", may, stopped)
		}
		if c := must(db.CountDeliveries(ctx, m.ID))(t); c[desk.DeliveryTrying] != 1 || c[desk.DeliveryDue] != 1 {
			t.Errorf("what was under way is counted, and the rest waits: %v", c)
		}
		h.Ended = time.Now().UTC()
		keep()
		if may, stopped := ask(due[1].SubscriberID); !may || stopped {
			t.Errorf("after the hold: %t, stopped %t", may, stopped)
		}
	},
}

// readers subscribes n people to a brand.
func readers(t *testing.T, db Bed, brandID int64, n int) {
	t.Helper()
	var all []desk.Subscriber
	for i := range n {
		all = append(all, desk.Subscriber{BrandID: brandID, Mailbox: fmt.Sprint("box ", i), Address: fmt.Sprintf("reader%d@example.org", i), Lang: "en", State: desk.SubscriberLive,
			Made: time.Now(), Confirmed: time.Now().Add(-time.Hour), Centres: desk.IDs{desk.WholeBrand}, Origin: "x"})
	}
	if added, _, err := db.AddSubscribers(context.Background(), all, act("import"), desk.Out{Say: desk.Say("x")}); err != nil || added != n {
		t.Fatalf("%d added, %v", added, err)
	}
}

// mailing makes an update for everybody of a brand.
func mailing(t *testing.T, db Bed, brandID int64) desk.Mailing {
	t.Helper()
	return must(db.ChangeMailing(context.Background(), 0, act("mailing.make"), func(m *desk.Mailing, out *desk.Out) error {
		m.BrandID, m.CentreID, m.Key, m.State, m.Notify, m.Made, out.Say = brandID, 7, fmt.Sprint("7/", brandID), desk.MailingSending, desk.NotifyBrand, time.Now().UTC(), desk.Say("x")
		return nil
	}))(t)
}
