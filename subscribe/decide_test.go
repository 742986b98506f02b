package subscribe_test

import (
	"errors"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/subscribe"
)

// unsure is a mailing that is done but for some letters of which nobody knows, though the server has them.
func unsure(t *testing.T, readers int) (*subscribe.Desk, *around, *office, *frail, desk.Mailing, []desk.Delivery) {
	t.Helper()
	var o office
	_, db, a := deskIn(t, o.open(t), t.TempDir())
	f := &frail{DB: db, on: desk.DeliverySent}
	d := deskOn(t, f, a)
	d.Timing.Redo = time.Millisecond
	crowd(t, d, readers, "en")
	order(t, d, db, first)
	m, c := settled(t, d, db, desk.MailingDone)
	all, err := d.Letters(lead(t), m.ID, desk.DeliveryUnknown, 0, readers)
	if err != nil || len(all) == 0 || len(all) != c[desk.DeliveryUnknown] {
		t.Fatalf("not known: %v, %v; noted %v", all, err, c)
	}
	return d, a, &o, f, m, all
}

// A lead may have letters sent again of which nobody knows: those that were named, then the rest, but to nobody who left meanwhile.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	d, _, o, f, m, all := unsure(t, 40)
	had, _ := o.receivers()
	viewer := desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Name: "Bo", Role: desk.Responder})
	if _, err := d.SendAgain(viewer, m.ID, nil); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder: %v", err)
	}
	if _, err := d.LetBe(viewer, m.ID, nil); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder: %v", err)
	}
	if now, err := d.SendAgain(lead(t), m.ID, desk.IDs{all[0].SubscriberID}); err != nil || now.State != desk.MailingSending {
		t.Fatalf("one again: %+v, %v", now, err)
	}
	_, c := settled(t, d, f.DB, desk.MailingDone)
	if n, doubled := o.receivers(); n != had || doubled != 1 || c[desk.DeliveryUnknown] != len(all)-1 {
		t.Errorf("one again: the server has %d letters of %d, %d twice; noted %v", n, had, doubled, c)
	}
	if len(all) > 1 {
		s, err := f.Subscriber(t.Context(), all[1].SubscriberID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.ChangeSubscriber(t.Context(), 1, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error { s.Leave(desk.WholeBrand, time.Now()); return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := d.SendAgain(lead(t), m.ID, nil); err != nil {
			t.Fatal(err)
		}
		_, c = settled(t, d, f.DB, desk.MailingDone)
		if _, doubled := o.receivers(); doubled != len(all)-1 || c[desk.DeliveryUnknown] != 0 || c[desk.DeliveryLeft] != 1 {
			t.Errorf("all again: %d of %d twice; noted %v", doubled, len(all), c)
		}
	}
	var wrong *desk.Invalid
	if _, err := d.SendAgain(lead(t), m.ID, nil); !errors.As(err, &wrong) {
		t.Errorf("with none left: %v", err)
	}
}

// What is left at that is asked about no more and never sent; a correction reaches its readers all the same.
func TestLeftAtThat(t *testing.T) {
	t.Parallel()
	const readers = 40
	d, a, o, f, m, all := unsure(t, readers)
	had, _ := o.receivers()
	if now, err := d.LetBe(lead(t), m.ID, nil); err != nil || now.State != desk.MailingDone {
		t.Fatalf("left at that: %+v, %v", now, err)
	}
	if _, err := d.SendAgain(lead(t), m.ID, nil); err == nil {
		t.Error("what was left at that is sent again")
	}
	c, err := f.CountDeliveries(t.Context(), m.ID)
	if n, doubled := o.receivers(); err != nil || n != had || doubled != 0 || c[desk.DeliveryLetBe] != len(all) || c[desk.DeliveryUnknown] != 0 {
		t.Errorf("the server has %d letters; noted %v, %v", n, c, err)
	}
	a.say(corrected)
	order(t, d, f.DB, subscribe.Order{CentreID: 7, Number: 1, StatementID: 4, Corrects: true, At: time.Now(), Notify: desk.NotifyCrisis, ChannelID: 5, BrandID: 1})
	until(t, "the correction", func() bool {
		if _, err := d.Round(t.Context()); err != nil {
			t.Log(err)
		}
		l, err := f.LastMailing(t.Context(), "7/1")
		return err == nil && l.ID != m.ID && l.State == desk.MailingDone
	})
	if n, _ := o.receivers(); n != had+readers {
		t.Errorf("%d have the correction, want %d", n-had, readers)
	}
}

// Words that do not stand any more are not sent again.
func TestOldWordsAreNotSentAgain(t *testing.T) {
	t.Parallel()
	d, a, o, f, m, _ := unsure(t, 20)
	had, _ := o.receivers()
	var wrong *desk.Invalid
	for name, words := range map[string][]desk.MailingText{"withdrawn": nil, "corrected": {corrected}} {
		a.say(words...)
		if _, err := d.SendAgain(lead(t), m.ID, nil); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.say(m.Texts...)
	now, err := f.ChangeMailing(t.Context(), m.ID, desk.Act{Who: "desk", Do: "test"}, func(m *desk.Mailing, out *desk.Out) error {
		m.State, out.Say = desk.MailingStopped, desk.Say("x")
		return nil
	})
	if err != nil || now.State != desk.MailingStopped {
		t.Fatal(err)
	}
	if _, err := d.SendAgain(lead(t), m.ID, nil); !errors.As(err, &wrong) {
		t.Errorf("stopped: %v", err)
	}
	if c, err := f.CountDeliveries(t.Context(), m.ID); err != nil || c[desk.DeliveryUnknown] == 0 || c[desk.DeliveryDue] != 0 {
		t.Errorf("noted %v, %v", c, err)
	}
	if n, _ := o.receivers(); n != had {
		t.Errorf("%d letters of old words", n-had)
	}
}
