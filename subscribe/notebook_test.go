package subscribe_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// frail is a store whose disk fails once: what was written in that moment is lost, or is there although the disk said no.
type frail struct {
	*store.DB
	on    string // the state of letters that it fails at
	there bool   // what was written is there

	mu     sync.Mutex // guards what follows
	failed bool
}

var errDisk = errors.New("no space left on the disk")

func (f *frail) MarkDeliveries(ctx context.Context, m *desk.Mailing, epoch int64, lease time.Duration, news []desk.Mark, held func([]desk.Hold) bool) ([]bool, bool, error) {
	f.mu.Lock()
	fails := false
	for _, n := range news {
		fails = fails || n.State == f.on && !f.failed
	}
	f.failed = f.failed || fails
	f.mu.Unlock()
	if fails && !f.there {
		return nil, false, errDisk
	}
	may, stopped, err := f.DB.MarkDeliveries(ctx, m, epoch, lease, news, held)
	if fails {
		err = errors.Join(err, errDisk)
	}
	return may, stopped, err
}

// A store that fails while letters are under way makes nothing untrue: whatever is noted as sent is at the server, once, and what is not
// known is said to be not known. With notes beside the store everything is known.
func TestTheStoreFailsMidway(t *testing.T) {
	t.Parallel()
	const readers = 60
	for _, row := range []struct {
		name  string
		on    string
		there bool
		notes bool
	}{
		{"the server took it, and that is not kept", desk.DeliverySent, false, false},
		{"the same, with notes", desk.DeliverySent, false, true},
		{"that it is to be handed over is kept and not answered", desk.DeliveryTrying, true, false},
		{"the same, with notes", desk.DeliveryTrying, true, true},
		{"nothing is kept of it", desk.DeliveryTrying, false, true},
	} {
		t.Run(fmt.Sprintf("%s %t", row.name, row.notes), func(t *testing.T) {
			t.Parallel()
			var o office
			dir := t.TempDir()
			_, db, a := deskIn(t, o.open(t), dir)
			d := deskOn(t, &frail{DB: db, on: row.on, there: row.there}, a)
			d.Timing.Redo = time.Millisecond
			if row.notes {
				d.Notes, d.Boot = filepath.Join(dir, "letters"), "this run"
			}
			crowd(t, d, readers, "en")
			order(t, d, db, first)
			m, c := settled(t, d, db, desk.MailingDone)
			had := map[string]bool{}
			for _, l := range o.mails {
				had[l.Header.Get("To")] = true
			}
			if _, doubled := o.receivers(); doubled != 0 || c[desk.DeliverySent]+c[desk.DeliveryUnknown] != readers {
				t.Errorf("%d doubled; noted %v", doubled, c)
			}
			if row.notes == (c[desk.DeliveryUnknown] > 0) {
				t.Errorf("notes %t: noted %v", row.notes, c)
			}
			sent, err := db.Deliveries(t.Context(), m.ID, desk.DeliverySent, 0, readers)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range sent {
				if !had["<"+l.Address+">"] {
					t.Errorf("the letter to %s is noted as sent and never came", l.Address)
				}
			}
			if left, _ := os.ReadDir(filepath.Join(dir, "letters")); len(left) != 0 {
				t.Errorf("%d notebooks are left of a mailing that is done", len(left))
			}
		})
	}
}

// Notes of another run of the machine, damaged ones and those of a mailing that somebody else had since say nothing: what was under way
// stays not known.
func TestNotesThatDoNotCount(t *testing.T) {
	t.Parallel()
	const head = `{"boot":"this run"}` + "\n"
	for _, row := range []struct {
		name, notes string
		ago         int64 // goes
		unknown     int
	}{
		{"its end was not written", head + `{"SubscriberID":%d,"State":"due"}` + "\n", 0, 0},
		{"the server took it", head + `{"SubscriberID":%[1]d,"State":"due"}` + "\n" + `{"SubscriberID":%[1]d,"State":"trying"}` + "\n" + `{"SubscriberID":%[1]d,"State":"sent"}` + "\n", 0, 0},
		{"a line that was not finished did not happen", head + `{"SubscriberID":%[1]d,"State":"due"}` + "\n" + `{"SubscriberID":%[1]d,"State":"try`, 0, 0},
		{"its end may have been written", head + `{"SubscriberID":%[1]d,"State":"due"}` + "\n" + `{"SubscriberID":%[1]d,"State":"trying"}` + "\n", 0, 1},
		{"the machine started anew", `{"boot":"another run"}` + "\n" + `{"SubscriberID":%d,"State":"due"}` + "\n", 0, 1},
		{"a piece is missing", head + `{"SubscriberID":%d,"State":"due"}` + "\n\x00\x00\x00", 0, 1},
		{"a line is damaged", head + "{\n" + `{"SubscriberID":%d,"State":"due"}` + "\n", 0, 1},
		{"empty", "", 0, 1},
		{"of an earlier go", head + `{"SubscriberID":%d,"State":"due"}` + "\n", 1, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var o office
			dir := t.TempDir()
			d, db, _ := deskIn(t, o.open(t), dir)
			d.Notes, d.Boot = filepath.Join(dir, "letters"), "this run"
			crowd(t, d, 3, "en")
			m, epoch := filled(t, db)
			due, err := db.DueDeliveries(t.Context(), m.ID, 10)
			if err != nil || len(due) != 3 {
				t.Fatal(due, err)
			}
			one := due[0].SubscriberID
			if may, _, err := db.MarkDeliveries(t.Context(), &m, epoch, time.Hour, []desk.Mark{{SubscriberID: one, State: desk.DeliveryTrying}}, nil); err != nil || !may[0] {
				t.Fatal(may, err)
			}
			if err := os.MkdirAll(d.Notes, 0o700); err != nil {
				t.Fatal(err)
			}
			notes := row.notes
			if notes != "" {
				notes = fmt.Sprintf(notes, one)
			}
			if err := os.WriteFile(filepath.Join(d.Notes, fmt.Sprintf("%d-%d", m.ID, epoch-row.ago)), []byte(notes), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := db.ReleaseLeases(t.Context()); err != nil { // whoever had it is dead
				t.Fatal(err)
			}
			c := finished(t, d, db, m.ID)
			if c[desk.DeliveryUnknown] != row.unknown || c[desk.DeliverySent] != 3-row.unknown {
				t.Errorf("noted %v, want %d not known", c, row.unknown)
			}
		})
	}
}

// filled has a mailing taken whose letters are made and not sent.
func filled(t *testing.T, db *store.DB) (desk.Mailing, int64) {
	t.Helper()
	_, err := db.ChangeMailing(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(m *desk.Mailing, out *desk.Out) error {
		m.BrandID, m.CentreID, m.Key, m.State, m.Notify, m.Made, out.Say = 1, 7, "7/1", desk.MailingSending, desk.NotifyCrisis, time.Now().UTC(), desk.Say("x")
		m.Texts = []desk.MailingText{{Lang: "en", Title: "Kettles recalled"}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	m, epoch, err := db.TakeMailing(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.FillMailing(t.Context(), m, 1000); err != nil {
		t.Fatal(err)
	}
	return m, epoch
}

// finished runs rounds until a mailing is done.
func finished(t *testing.T, d *subscribe.Desk, db *store.DB, id int64) (c desk.MailingCount) {
	t.Helper()
	until(t, "the mailing is done", func() bool {
		if _, err := d.Round(t.Context()); err != nil {
			t.Log(err)
		}
		now, err := db.Mailing(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if c, err = db.CountDeliveries(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		return now.State == desk.MailingDone
	})
	return c
}

// Whoever leaves while a letter to them waits gets none, and nobody says that a mail server refused it.
func TestWhoLeavesBeforeTheirLetter(t *testing.T) {
	t.Parallel()
	const readers, leave = 60, 30
	var o office
	d, db, _ := newDesk(t, o.open(t))
	crowd(t, d, readers, "en")
	m, epoch := filled(t, db)
	due, err := db.DueDeliveries(t.Context(), m.ID, leave)
	if err != nil || len(due) != leave {
		t.Fatal(due, err)
	}
	for _, l := range due {
		s, err := db.Subscriber(t.Context(), l.SubscriberID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ChangeSubscriber(t.Context(), 1, s.Mailbox, desk.Act{}, func(s *desk.Subscriber, _ *desk.Out) error { s.Leave(desk.WholeBrand, time.Now()); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.GiveMailing(t.Context(), m.ID, epoch, time.Now()); err != nil {
		t.Fatal(err)
	}
	c := finished(t, d, db, m.ID)
	if n, _ := o.receivers(); n != readers-leave || c[desk.DeliveryLeft] != leave || c[desk.DeliverySent] != readers-leave {
		t.Errorf("the server has %d letters; noted %v", n, c)
	}
}
