package reply_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/publish"
	"breakwater/reply"
	"breakwater/store"
)

// town is a network that writes down what is said.
type town struct {
	mu   sync.Mutex // guards said
	said []publish.Letter
}

// Send says a post.
func (n *town) Send(_ context.Context, p publish.Letter) (publish.Receipt, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.said = append(n.said, p)
	return publish.Receipt{NativeID: "native-" + p.Key}, nil
}

// to counts what was said to somebody.
func (n *town) to(handle string) (count int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.said {
		if p.Answer != nil && p.Answer.To == handle {
			count++
		}
	}
	return count
}

// bed is an inbox over a database, with a town behind it.
type bed struct {
	*reply.Queue
	db    *store.DB
	out   *publish.Outbox
	town  *town
	brand int64
	heard int // messages so far
}

// over is a desk over a database, one of several when there are others. Answers wait for delay before they go out.
func over(t *testing.T, c store.Config, n *town, delay time.Duration) *bed {
	t.Helper()
	db, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	quiet := slog.New(slog.DiscardHandler)
	b := &bed{db: db, town: n}
	b.out = publish.New(db, func(context.Context, desk.Channel) (publish.Mouth, error) { return n, nil }, quiet)
	b.out.Timing = publish.Usual
	b.out.Timing.Tick = 5 * time.Millisecond
	words := approve.New(db, []byte("key"), "https://desk.example", quiet)
	words.Plan = func(context.Context, int64) (desk.Plan, error) { return desk.Plan{}, nil }
	b.Queue = &reply.Queue{Store: db, Answers: b.out, Words: words, URL: "https://desk.example", Delay: delay, Log: quiet}
	return b
}

// open is a desk on an empty database, with a brand and an account on mastodon.
func open(t *testing.T, delay time.Duration) *bed {
	t.Helper()
	b := over(t, store.Config{Path: t.TempDir()}, &town{}, delay)
	b.furnish(t)
	return b
}

func (b *bed) furnish(t *testing.T) {
	t.Helper()
	say := desk.Say("x")
	brand, err := b.db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "brand.save"}, func(x *desk.Brand, out *desk.Out) error {
		x.Name, x.Zone, out.Say = "Aurora", "UTC", say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.brand = brand.ID
	for _, kind := range []string{"mastodon", "mailbox"} {
		if _, err := b.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "channel.save"}, func(c *desk.Channel, out *desk.Out) error {
			c.BrandID, c.Kind, c.Name, c.Lang, out.Say = b.brand, kind, kind, "en", say
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	for i, role := range []desk.Role{desk.Lead, desk.Responder, desk.Responder} {
		if _, err := b.db.ChangeUser(t.Context(), 0, desk.Act{Who: "desk", Do: "user.add"}, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = people[i], people[i]+"@example.org", role, say
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// people are the desk's, by their ids from 1 on: a lead and two responders.
var people = []string{"ana", "bo", "cy"}

const ana, bo, cy = 1, 2, 3

// as is a context in which one of them acts.
func as(t testing.TB, user int64) context.Context {
	role := desk.Responder
	if user == ana {
		role = desk.Lead
	}
	return desk.WithActor(t.Context(), desk.Actor{Who: fmt.Sprint("user:", user), UserID: user, Name: people[user-1], Role: role})
}

// program is a context in which a program acts that is nobody's.
func program(t testing.TB, token int64) context.Context {
	return desk.WithActor(t.Context(), desk.Actor{Who: fmt.Sprint("token:", token), Name: "script", Role: desk.Responder})
}

// Answer answers past whatever the guard warns of, unless the answer says what its writer saw: most tests are about something else.
func (b *bed) Answer(ctx context.Context, id int64, a reply.Answer) (desk.Conversation, error) {
	if a.Despite == nil {
		a.Despite = reply.Checks
	}
	return b.Queue.Answer(ctx, id, a)
}

// wrote has somebody write to the brand, and gives their conversation.
func (b *bed) wrote(t *testing.T, who string, change func(*desk.Incoming)) desk.Conversation {
	t.Helper()
	b.heard++
	in := desk.Incoming{BrandID: b.brand, Message: desk.Message{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint("post-", b.heard)}, Via: desk.ViaNamed, At: time.Now().UTC().Truncate(time.Microsecond),
		Text: "My kettle smells burnt. What now?", Lang: "en", Author: desk.Author{NativeID: who, Handle: who, Name: who}}}
	if change != nil {
		change(&in)
	}
	if err := b.db.Receive(t.Context(), []desk.Incoming{in}); err != nil {
		t.Fatal(err)
	}
	id, err := b.db.ConversationOf(t.Context(), in.Ref)
	if err != nil {
		t.Fatal(err)
	}
	return b.now(t, id)
}

// now is a conversation as it stands.
func (b *bed) now(t *testing.T, id int64) desk.Conversation {
	t.Helper()
	c, err := b.db.Conversation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// policy changes how the brand answers.
func (b *bed) policy(t *testing.T, change func(*desk.ReplyPolicy)) {
	t.Helper()
	p, err := b.Policy(as(t, ana), b.brand)
	if err != nil {
		t.Fatal(err)
	}
	change(&p)
	if _, err := b.SavePolicy(as(t, ana), p); err != nil {
		t.Fatal(err)
	}
}

// send runs the outbox until the test ends.
func (b *bed) send(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := b.out.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); done.Wait() })
}

// until waits for a state of a conversation.
func (b *bed) until(t *testing.T, id int64, state string) desk.Conversation {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		c := b.now(t, id)
		if c.State == state {
			return c
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited for %s, it is %+v", state, c)
		}
	}
}
