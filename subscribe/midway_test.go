package subscribe_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// crowdSize is how many readers a mailing has that something happens to midway.
const crowdSize = 900

// midway is a desk that sends an update to a crowd through a slow server, and what its server has.
type midway struct {
	*testing.T
	*around
	office *office
	desk   *subscribe.Desk
	db     *store.DB
}

// newMidway has the update begun and a third of the letters gone.
func newMidway(t *testing.T, more desk.Settings) *midway {
	t.Helper()
	m := &midway{T: t, office: &office{delay: time.Millisecond}}
	set := m.office.open(t)
	for name, value := range more {
		set[name] = value
	}
	m.desk, m.db, m.around = newDesk(t, set)
	m.desk.Timing.Look = 5 * time.Millisecond
	crowd(t, m.desk, crowdSize, "en")
	order(t, m.desk, m.db, first)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.desk.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	until(t, "a third of the letters", func() bool { n, _ := m.office.receivers(); return n > crowdSize/3 })
	return m
}

// last waits until the newest mailing is in a state.
func (m *midway) last(state string) (got desk.Mailing, c desk.MailingCount) {
	m.Helper()
	until(m, "the newest mailing is "+state, func() (ok bool) {
		got, _ = m.db.LastMailing(m.Context(), "7/1")
		return got.State == state
	})
	c, err := m.db.CountDeliveries(m.Context(), got.ID)
	if err != nil {
		m.Fatal(err)
	}
	return got, c
}

// subjects are those of the letters that each reader has, in their order.
func (m *midway) subjects() map[string][]string {
	m.office.mu.Lock()
	defer m.office.mu.Unlock()
	all := map[string][]string{}
	for _, l := range m.office.mails {
		all[l.Header.Get("To")] = append(all[l.Header.Get("To")], l.Header.Get("Subject"))
	}
	return all
}

// count counts readers by what they have.
func (m *midway) count() map[string]int {
	n := map[string]int{}
	for _, subjects := range m.subjects() {
		n[strings.Join(subjects, " | ")]++
	}
	return n
}

// A hold stops the letters at once, tells what had gone, and after it, when a lead says so, the others get theirs: everybody one.
func TestAHoldMidway(t *testing.T) {
	t.Parallel()
	m := newMidway(t, nil)
	h := desk.Hold{BrandID: 1, By: "Ana", Why: "The kettle burns", At: time.Now().UTC()}
	keep := func() {
		t.Helper()
		if err := m.db.Sending(t.Context(), func(l desk.Sending) error {
			return l.KeepHold(&h, desk.ActOf(lead(t), "hold.press", "x"), desk.Out{Say: desk.Say("x")})
		}); err != nil {
			t.Fatal(err)
		}
	}
	keep()
	told := m.desk.Halt(t.Context(), h)
	gone, _ := m.office.receivers()
	if len(told) != 1 || told[0].Gone != gone || told[0].Unsure != 0 || told[0].Gone+told[0].Left != crowdSize && told[0].Left == 0 {
		t.Errorf("the hold is told %+v, the server has %d", told, gone)
	}
	_, c := m.last(desk.MailingHeld)
	if c[desk.DeliverySent] != gone || c[desk.DeliveryTrying] != 0 {
		t.Errorf("under the hold %v, the server has %d", c, gone)
	}
	was, err := m.db.LastMailing(t.Context(), "7/1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.desk.GoOn(lead(t), was.ID); err == nil {
		t.Error("it is let go on while the hold holds")
	}
	m.last(desk.MailingHeld)
	if n, _ := m.office.receivers(); n != gone {
		t.Errorf("%d letters went under a hold", n-gone)
	}
	h.Ended = time.Now().UTC()
	keep()
	if _, err := m.desk.GoOn(lead(t), was.ID); err != nil {
		t.Fatal(err)
	}
	_, c = m.last(desk.MailingDone)
	if n, doubled := m.office.receivers(); n != crowdSize || doubled != 0 || c[desk.DeliverySent] != crowdSize {
		t.Errorf("after the hold the server has %d letters, %d twice; noted %v", n, doubled, c)
	}
}

// corrected is what the page says afterwards.
var corrected = desk.MailingText{Lang: "en", Title: "Kettles and toasters recalled", Text: "Stop using both.", Link: "https://help.example/kettle/update-1.html"}

func (m *midway) correct(notify string) {
	m.say(corrected)
	order(m, m.desk, m.db, subscribe.Order{CentreID: 7, Number: 1, StatementID: 4, Corrects: true, At: time.Now(), Notify: notify, ChannelID: 5, BrandID: 1})
}

const (
	oldWords = "Kettles recalled"
	newWords = "Kettles and toasters recalled"
)

// A correction midway stops the old words. Who had them gets the correction, who had not gets the update as it stands now.
func TestACorrectionMidway(t *testing.T) {
	t.Parallel()
	m := newMidway(t, nil)
	m.correct(desk.NotifyCrisis)
	done, c := m.last(desk.MailingDone)
	was, err := m.db.Mailing(t.Context(), done.Corrects)
	if err != nil || was.State != desk.MailingOvertaken || was.Ended.IsZero() {
		t.Errorf("the old words are %+v, %v", was, err)
	}
	n := m.count()
	if n[newWords]+n[oldWords+" | Correction: "+newWords] != crowdSize || n[newWords] == 0 || c[desk.DeliverySent] != crowdSize {
		t.Errorf("readers have %v; noted %v", n, c)
	}
}

// A correction that is for nobody leaves those alone who had the old words; who had not yet gets the new ones all the same.
func TestAQuietCorrectionMidway(t *testing.T) {
	t.Parallel()
	m := newMidway(t, nil)
	m.correct(desk.NotifyNobody)
	until(t, "the rest is made", func() bool { l, err := m.db.LastMailing(t.Context(), "7/1"); return err == nil && l.Quiet })
	m.last(desk.MailingDone)
	if n := m.count(); n[newWords]+n[oldWords] != crowdSize || n[newWords] == 0 || n[oldWords] == 0 {
		t.Errorf("readers have %v", n)
	}
	// A second correction that is to be told reaches everybody who had either.
	m.say(desk.MailingText{Lang: "en", Title: "Everything recalled"})
	order(t, m.desk, m.db, subscribe.Order{CentreID: 7, Number: 1, StatementID: 5, Corrects: true, At: time.Now(), Notify: desk.NotifyBrand, ChannelID: 5, BrandID: 1})
	until(t, "the second correction", func() bool { l, err := m.db.LastMailing(t.Context(), "7/1"); return err == nil && !l.Quiet })
	m.last(desk.MailingDone)
	const told = " | Correction: Everything recalled"
	if n := m.count(); n[newWords+told]+n[oldWords+told] != crowdSize {
		t.Errorf("after the second, readers have %v", n)
	}
}

// A correction of a correction that is still on its way: nobody gets words twice or none, and who had any of them is told that the last
// one corrects.
func TestACorrectionOfACorrection(t *testing.T) {
	t.Parallel()
	m := newMidway(t, nil)
	m.correct(desk.NotifyCrisis)
	until(t, "some have the first correction", func() bool { return m.count()[oldWords+" | Correction: "+newWords] > 20 })
	m.say(desk.MailingText{Lang: "en", Title: "Everything recalled"})
	order(t, m.desk, m.db, subscribe.Order{CentreID: 7, Number: 1, StatementID: 5, Corrects: true, At: time.Now(), Notify: desk.NotifyCrisis, ChannelID: 5, BrandID: 1})
	until(t, "the second correction", func() bool {
		l, err := m.db.LastMailing(t.Context(), "7/1")
		return err == nil && l.State == desk.MailingDone && l.In("").Title == "Everything recalled"
	})
	n := m.count()
	const last = "Correction: Everything recalled"
	all := n["Everything recalled"] + n[oldWords+" | "+last] + n[newWords+" | "+last] + n[oldWords+" | Correction: "+newWords+" | "+last]
	if all != crowdSize || n[oldWords+" | Correction: "+newWords+" | "+last] == 0 {
		t.Errorf("readers have %v", n)
	}
}

// Each change of an update's words stops what is on its way by then: a stop that is under way does not stand for the next.
func TestEachChangeStopsWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	o := subscribe.Order{CentreID: 7, Number: 1, Corrects: true, At: time.Now()}
	again := o
	again.At = o.At.Add(time.Second)
	if o.Overtake().Key == again.Overtake().Key {
		t.Errorf("both are %q", o.Overtake().Key)
	}
}

// An update that is withdrawn midway goes to nobody else. Who had it is told when the brand wants that.
func TestAWithdrawalMidway(t *testing.T) {
	t.Parallel()
	for _, tells := range []bool{false, true} {
		t.Run(fmt.Sprint("tells ", tells), func(t *testing.T) {
			t.Parallel()
			m := newMidway(t, desk.Settings{"withdrawals": fmt.Sprint(tells)})
			m.say()
			order(t, m.desk, m.db, subscribe.Order{CentreID: 7, Number: 1, StatementID: 3, Withdrawn: true, At: time.Now(), Notify: desk.NotifyCrisis, ChannelID: 5, BrandID: 1})
			if !tells {
				m.last(desk.MailingOvertaken)
			} else {
				until(t, "the letter of withdrawal", func() bool { l, err := m.db.LastMailing(t.Context(), "7/1"); return err == nil && l.Withdraws })
				m.last(desk.MailingDone)
			}
			n := m.count()
			had := n[oldWords]
			if tells {
				had = n[oldWords+" | Withdrawn: "+oldWords]
			}
			if len(n) != 1 || had == 0 || had == crowdSize {
				t.Errorf("readers have %v", n)
			}
			if !tells {
				return
			}
			m.correct(desk.NotifyCrisis) // it is back, with other words: also for those whom the first ones had not reached
			until(t, "it is back", func() bool { l, err := m.db.LastMailing(t.Context(), "7/1"); return err == nil && !l.Withdraws })
			m.last(desk.MailingDone)
			if n := m.count(); n[newWords] != crowdSize-had || n[oldWords+" | Withdrawn: "+oldWords+" | Correction: "+newWords] != had {
				t.Errorf("back again readers have %v", n)
			}
		})
	}
}
