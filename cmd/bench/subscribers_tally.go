package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// lettersTally is what the server has, held against what the desk says.
type lettersTally struct {
	once, doubled, lost, untrue int
	unknown, unknownHad         int // of which nobody knows, and how many of these the server has
	refused, leftInTime, after  int
	lies                        []string // each of the untrue
}

// lie counts a letter of which the desk says what is not so.
func (t *lettersTally) lie(says string, n int, mood mailMood) {
	t.untrue++
	t.lies = append(t.lies, fmt.Sprintf("the desk says %s, the server has %d; its mood: %q", says, n, mood))
}

// tally compares, for each letter of the main update.
func (b *lettersBench) tally(ctx context.Context) (t lettersTally, err error) {
	db, err := b.open(ctx)
	if err != nil {
		return t, err
	}
	defer db.Close()
	m, err := db.MailingOf(ctx, fmt.Sprintf("%d/1", subscribersPage))
	if err != nil {
		return t, err
	}
	bounced, err := b.bouncedBefore(ctx, db)
	if err != nil {
		return t, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make(map[int64]bool, b.readers)
	for who, all := range b.got {
		if len(all) == 1 {
			t.once++
		} else {
			t.doubled++
		}
		if at, ok := b.left[who]; ok && all[len(all)-1].At > at.UnixMicro() {
			t.after++
		}
	}
	for _, state := range []string{desk.DeliveryDue, desk.DeliveryLater, desk.DeliveryTrying, desk.DeliverySent, desk.DeliveryRefused, desk.DeliveryUnknown, desk.DeliveryLeft} {
		for after := int64(0); ; {
			piece, err := db.Deliveries(ctx, m.ID, state, after, 1000)
			if err != nil {
				return t, err
			}
			if len(piece) == 0 {
				break
			}
			for _, l := range piece {
				after = l.SubscriberID
				rows[l.SubscriberID] = true
				who := b.who[l.SubscriberID]
				t.add(state, len(b.got[who]), moodOf(who))
			}
		}
	}
	t.rowless(b.who, rows, bounced, b.got, b.left)
	t.lost += b.readers - len(b.who) // nobody knows these any more
	return t, nil
}

// bouncedBefore are those whose address the server refused with the letter before: nobody writes to them any more.
func (b *lettersBench) bouncedBefore(ctx context.Context, db *store.DB) (map[int64]bool, error) {
	m, err := db.MailingOf(ctx, fmt.Sprintf("%d/1", subscribersBefore))
	if err != nil {
		return nil, err
	}
	all, err := db.Deliveries(ctx, m.ID, desk.DeliveryRefused, 0, b.leavers)
	out := make(map[int64]bool, len(all))
	for _, l := range all {
		out[l.SubscriberID] = moodOf(b.who[l.SubscriberID]) == moodGone
	}
	return out, err
}

// rowless counts the readers for whom the desk keeps no letter: who left before the letters were made has none, whoever else has none lost
// it. A reader who left has had none when the server has none, whether a letter of theirs is kept as left or not.
func (t *lettersTally) rowless(who map[int64]string, rows, bounced map[int64]bool, got map[string][]takenLetter, left map[string]time.Time) {
	for id, address := range who {
		_, gone := left[address]
		had := len(got[address]) > 0
		if gone && !had {
			t.leftInTime++
		}
		switch {
		case rows[id] || gone: // their letters went with them
		case bounced[id] && !had:
			t.refused++
		case had:
			t.lie("nothing", len(got[address]), moodOf(address))
		default:
			t.lost++
		}
	}
}

// add counts a letter that the desk says is in a state and that the server has n times.
func (t *lettersTally) add(state string, n int, mood mailMood) {
	switch state {
	case desk.DeliverySent:
		if n == 0 {
			t.lie(state, n, mood)
			t.lost++
		}
	case desk.DeliveryUnknown:
		t.unknown++
		t.unknownHad += n
	case desk.DeliveryRefused:
		if t.refused++; n > 0 || mood != moodGone && mood != moodNever {
			t.lie(state, n, mood)
		}
	case desk.DeliveryLeft:
		if n > 0 {
			t.lie(state, n, mood)
		}
	default:
		t.lost++
	}
}

func (b *lettersBench) report(ctx context.Context, kills int, took time.Duration) error {
	t, err := b.tally(ctx)
	if err != nil {
		return err
	}
	for i, what := range b.breaches {
		if i < 10 {
			fmt.Println("breach:", what)
		}
	}
	for i, what := range t.lies {
		if i < 10 {
			fmt.Println("untrue:", what)
		}
	}
	most := kills * b.connections
	fmt.Printf("the server took %d letters in %.0f s (%.0f a second over %d connections, %s for each command)\n", t.once+t.doubled, took.Seconds(), float64(t.once+t.doubled)/took.Seconds(), b.connections, b.latency)
	fmt.Printf("killed %d times; unknown: %d, of which the server has %d (at most one for each connection and kill: %d)\n", kills, t.unknown, t.unknownHad, most)
	fmt.Printf("refused by the server for good: %d; left: %d, before their letter: %d\n", t.refused, len(b.left), t.leftInTime)
	fmt.Printf("subscribers=%d kills=%d once=%d doubled=%d lost=%d unknown=%d seconds=%.0f unsubscribed_after=%d untrue=%d refused=%d left_in_time=%d breaches=%d letters_per_second=%.0f\n",
		b.readers, kills, t.once, t.doubled, t.lost, t.unknown, took.Seconds(), t.after, t.untrue, t.refused, t.leftInTime, len(b.breaches), float64(t.once+t.doubled)/took.Seconds())
	if t.doubled+t.lost+t.after+t.untrue+len(b.breaches) > 0 || t.unknown > most {
		return errors.New("a promise was broken")
	}
	return nil
}
