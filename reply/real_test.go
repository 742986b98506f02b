package reply_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// channel adds one to the bed's brand.
func (b *bed) channel(t *testing.T, kind string, change func(*desk.Channel)) desk.Channel {
	t.Helper()
	ch, err := b.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "channel.save"}, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Lang, out.Say = b.brand, kind, kind, "en", desk.Say("x")
		if change != nil {
			change(c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// wrong asserts that an error is an *Invalid of a field that says something.
func wrong(t *testing.T, err error, field, says string) {
	t.Helper()
	var is *desk.Invalid
	if !errors.As(err, &is) || is.Field != field || !strings.Contains(is.Reason.English(), says) {
		t.Errorf("got %v, want what is wrong with %s: %s", err, field, says)
	}
}

func TestNobodyRealIsAnsweredInTheSandbox(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	sand := b.channel(t, desk.Sandbox, nil)
	real := b.wrote(t, "eva", func(in *desk.Incoming) { in.Network = "bluesky" })
	_, err := b.Answer(as(t, bo), real.ID, reply.Answer{Text: "Please unplug it.", Seen: real.Last})
	wrong(t, err, "channel", "on Bluesky")
	_, err = b.Answer(as(t, bo), real.ID, reply.Answer{Text: "Please unplug it.", Seen: real.Last, ChannelID: sand.ID})
	wrong(t, err, "channel", "on Bluesky")
	if c := b.now(t, real.ID); c.State != desk.ConversationWaiting || c.Since.IsZero() {
		t.Errorf("she waits as %+v", c)
	}
	one, err := b.One(as(t, bo), real.ID, 0)
	if err != nil || len(one.Channels) != 0 || !strings.Contains(one.Missing.English(), "on Bluesky") {
		t.Errorf("her page offers %+v and says %v, %v", one.Channels, one.Missing, err)
	}
	source, err := b.db.ChangeSource(t.Context(), 0, desk.Act{Who: "desk", Do: "source.save"}, func(s *desk.Source, out *desk.Out) error {
		s.BrandID, s.Kind, s.Name, out.Say = b.brand, desk.Sandbox, "Practice", desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*desk.Incoming){
		"of the sandbox":     func(in *desk.Incoming) { in.Network = desk.Sandbox },
		"played into a desk": func(in *desk.Incoming) { in.Network, in.SourceID = "bluesky", source.ID },
	} {
		c := b.wrote(t, "actor "+name, change)
		if c, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it, actor.", Seen: c.Last}); err != nil || c.State != desk.ConversationSending {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestWhatIsForOnePersonIsNotSaidInPublic(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.channel(t, "bluesky", nil)
	public := b.wrote(t, "eva", func(in *desk.Incoming) { in.Network = "bluesky" })
	_, err := b.Answer(as(t, bo), public.ID, reply.Answer{Text: "Your address is known to us.", Seen: public.Last, Private: true})
	wrong(t, err, "private", "Bluesky is public")
	direct := b.wrote(t, "dan", func(in *desk.Incoming) { in.Network, in.Via, in.Private = "bluesky", desk.ViaDirect, true })
	_, err = b.Answer(as(t, bo), direct.ID, reply.Answer{Text: "Your address is known to us.", Seen: direct.Last})
	wrong(t, err, "private", "Bluesky is public")
	if posts, err := b.db.PostsTo(t.Context(), public.ID); err != nil || len(posts) != 0 {
		t.Errorf("posts %+v, %v", posts, err)
	}
	there := b.wrote(t, "mia", nil)
	if _, err := b.Answer(as(t, bo), there.ID, reply.Answer{Text: "Your address is known to us.", Seen: there.Last, Private: true}); err != nil {
		t.Fatal(err)
	}
	posts, err := b.db.PostsTo(t.Context(), there.ID)
	if err != nil || len(posts) != 1 || posts[0].Answer.Visibility != "direct" {
		t.Errorf("on Mastodon %+v, %v", posts, err)
	}
}

func TestWhoReadTheLinkGetsNothingOfAnothersConversation(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	public := b.wrote(t, "eva", nil)
	link, err := b.PrivateLink(as(t, bo), public.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(link, "?c=")
	tell := func(mail, text string) {
		t.Helper()
		if err := b.Tell(t.Context(), reply.Told{BrandID: b.brand, Mail: mail, Text: text, Lang: "en", Link: part}); err != nil {
			t.Fatal(err)
		}
	}
	tell("eva@home.example", "I live at Harbour Road 1.")
	tell("mallory@else.example", "What did you write to me?")
	tell("Eva@home.example", "And the kettle is blue.")
	public = b.now(t, public.ID)
	begun := public.InPrivate()
	if len(begun) != 2 {
		t.Fatalf("two people went on in %v", begun)
	}
	for i, want := range []struct {
		to   string
		said []string
	}{{"eva@home.example", []string{"I live at Harbour Road 1.", "And the kettle is blue."}}, {"mallory@else.example", []string{"What did you write to me?"}}} {
		one, err := b.One(as(t, bo), begun[i], 0)
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, m := range one.Messages {
			said = append(said, m.Text)
		}
		if one.Person.Handle != want.to || !slices.Equal(said, want.said) {
			t.Errorf("%s is in a conversation with %s: %q", want.to, one.Person.Handle, said)
		}
		if _, err := b.Answer(as(t, bo), one.ID, reply.Answer{Text: "We come by at five, " + want.to, Seen: one.Last}); err != nil {
			t.Fatal(err)
		}
		posts, err := b.db.PostsTo(t.Context(), one.ID)
		if err != nil || len(posts) != 1 || posts[0].Answer.To != want.to || strings.Contains(posts[0].Text, "Harbour") {
			t.Errorf("the answer goes to %+v, %v", posts, err)
		}
	}
}

func TestADrillTakesNobodyReal(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	drill, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "incident.open"}, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.DrillID, out.Say = b.brand, "Drill", desk.IncidentOpen, 3, desk.Say("x")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := b.wrote(t, "eva", nil)
	_, err = b.Raise(as(t, bo), c.ID, drill.ID)
	wrong(t, err, "incident", "drill")
	if c := b.now(t, c.ID); c.IncidentID != 0 || c.DrillID != 0 {
		t.Errorf("she is in the drill: %+v", c)
	}
}

func TestClocksFollowTheLevel(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.Jobs = b.db
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { stop(); done.Wait() })
	b.policy(t, func(p *desk.ReplyPolicy) {
		p.Clocks = []desk.Clock{{First: 600, Next: 600}, {First: 60, Next: 60}, {}, {First: 10, Next: 10}, {}}
		p.Rules = []desk.ReplyRule{{If: desk.Condition{Words: []string{"lawyer"}}, Within: 30}}
	})
	level := func(id int64, level desk.Level, state string) desk.Incident {
		i, err := b.db.ChangeIncident(t.Context(), id, desk.Act{Who: "desk", Do: "incident.save"}, func(i *desk.Incident, out *desk.Out) error {
			i.BrandID, i.Title, i.State, i.Level, out.Say = b.brand, "Glass", state, level, desk.Say("x")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	plain, ruled := b.wrote(t, "eva", nil), b.wrote(t, "dan", func(in *desk.Incoming) { in.Text = "My lawyer asks?" })
	room := level(0, desk.Watch, desk.IncidentOpen)
	for _, id := range []int64{plain.ID, ruled.ID} {
		if _, err := b.Raise(as(t, bo), id, room.ID); err != nil {
			t.Fatal(err)
		}
	}
	due := func(what string, plainly, byRule time.Duration) {
		t.Helper()
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			x, y := b.now(t, plain.ID), b.now(t, ruled.ID)
			if x.Due.Sub(x.Since) == plainly && y.Due.Sub(y.Since) == byRule {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: due after %s and %s", what, x.Due.Sub(x.Since), y.Due.Sub(y.Since))
			}
		}
	}
	due("brought to a room", time.Hour, 30*time.Minute)
	level(room.ID, desk.Crisis, desk.IncidentOpen)
	due("raised", 10*time.Minute, 10*time.Minute)
	level(room.ID, desk.Watch, desk.IncidentOpen)
	due("lowered", time.Hour, 30*time.Minute)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Clocks[desk.Watch].First = 20 })
	due("by another policy", 20*time.Minute, 20*time.Minute)
	level(room.ID, desk.Watch, desk.IncidentClosed)
	due("over", 600*time.Minute, 30*time.Minute)
}

func TestOnlyWhoMayAnswerForTheBrandGetsIt(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	if _, err := b.db.ChangeUser(t.Context(), cy, desk.Act{Who: "desk", Do: "user.save"}, func(u *desk.User, out *desk.Out) error {
		u.Grants, out.Say = []desk.Grant{{BrandID: b.brand + 1, Role: desk.Lead}, {BrandID: b.brand, Role: desk.Viewer}}, desk.Say("x")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err := b.Assign(as(t, ana), c.ID, cy)
	wrong(t, err, "user", "may answer")
	all, err := b.People(as(t, ana), b.brand)
	if err != nil || slices.ContainsFunc(all, func(u desk.User) bool { return u.ID == cy }) || len(all) != 2 {
		t.Errorf("offered are %+v, %v", all, err)
	}
	if c, err := b.Assign(as(t, ana), c.ID, bo); err != nil || c.AssigneeID != bo {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWhatIsUndoneIsNoCopyAndCopiesNothing(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	const text = "Please unplug the kettle at once and write to us where you bought it."
	first, second := b.wrote(t, "eva", nil), b.wrote(t, "dan", nil)
	for _, c := range []desk.Conversation{first, second} {
		if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: text, Seen: c.Last}); err != nil {
			t.Fatal(err)
		}
	}
	if c := b.now(t, second.ID); c.Copied != 1 {
		t.Errorf("a copy counts as %d", c.Copied)
	}
	for _, id := range []int64{first.ID, second.ID} {
		if c, err := b.Undo(as(t, bo), id); err != nil || c.Copied != 0 {
			t.Errorf("undone it counts as %d, %v", c.Copied, err)
		}
	}
	third := b.wrote(t, "mia", nil)
	if c, err := b.Answer(as(t, bo), third.ID, reply.Answer{Text: text, Seen: third.Last}); err != nil || c.Copied != 0 {
		t.Errorf("what nobody was told is copied: %d, %v", c.Copied, err)
	}
}
