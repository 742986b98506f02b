package reply_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/needs"
	"breakwater/reply"
	"breakwater/store"
)

// held reports whether an answer was held back because somebody else was there first.
func held(err error) bool {
	var busy *reply.Busy
	var moved *reply.Moved
	return errors.As(err, &busy) || errors.As(err, &moved)
}

func TestAnAnswerGoesOutAfterTheTimeToUndoIt(t *testing.T) {
	t.Parallel()
	b := open(t, 50*time.Millisecond)
	b.send(t)
	c := b.wrote(t, "eva", nil)
	before := time.Now()
	now, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last})
	if err != nil || now.State != desk.ConversationSending || now.AssigneeID != bo || now.Since.IsZero() {
		t.Fatalf("on its way it is %+v, %v", now, err)
	}
	done := b.until(t, c.ID, desk.ConversationAnswered)
	if time.Since(before) < b.Delay || b.town.to("eva") != 1 || done.Answers != 1 || !done.Since.IsZero() {
		t.Errorf("said %d times to Eva after %s: %+v", b.town.to("eva"), time.Since(before), done)
	}
	again := b.wrote(t, "eva", nil)
	if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "As I said.", Seen: now.Last}); !held(err) {
		t.Errorf("an answer to words of before was sent: %v", err)
	}
	if again.ID != c.ID || again.State != desk.ConversationWaiting {
		t.Errorf("she waits as %+v", again)
	}
}

// rivals answer one conversation at once, each from a desk of its own, and none may win twice.
func rivals(t *testing.T, desks []*bed, id int64, answer func(i int, q *bed) error) (won int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { errs[i] = answer(i, desks[i%len(desks)]) })
	}
	wg.Wait()
	for i, err := range errs {
		if err == nil {
			won++
		} else if !held(err) {
			t.Errorf("rival %d: %v", i, err)
		}
	}
	posts, err := desks[0].db.PostsTo(t.Context(), id)
	if err != nil || len(posts) != won {
		t.Errorf("%d answers, %d posts, %v", won, len(posts), err)
	}
	return won
}

func contest(t *testing.T, desks ...*bed) {
	t.Helper()
	b := desks[0]
	for _, round := range []struct {
		name string
		who  func(i int) context.Context
		seen bool
	}{
		{"two people", func(i int) context.Context { return as(t, int64(bo+i%2)) }, true},
		{"one person in two browsers", func(int) context.Context { return as(t, bo) }, true},
		{"programs that did not look", func(i int) context.Context { return program(t, int64(i%2)+1) }, false},
	} {
		c := b.wrote(t, "rival of "+round.name, nil)
		a := reply.Answer{Text: "Please unplug it."}
		if round.seen {
			a.Seen = c.Last
		}
		if won := rivals(t, desks, c.ID, func(i int, q *bed) error { _, err := q.Answer(round.who(i), c.ID, a); return err }); won != 1 {
			t.Errorf("%s: %d answered one person", round.name, won)
		}
		b.until(t, c.ID, desk.ConversationAnswered)
		if _, err := b.Answer(round.who(0), c.ID, a); !held(err) {
			t.Errorf("%s: answered again, unasked: %v", round.name, err)
		}
		if n := b.town.to("rival of " + round.name); n != 1 {
			t.Errorf("%s: said %d times", round.name, n)
		}
	}
}

func TestNobodyIsAnsweredTwice(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	contest(t, b)
}

func TestNobodyIsAnsweredTwiceByTwoProcesses(t *testing.T) {
	t.Parallel()
	dsn, n := needs.Postgres(t), &town{}
	first := over(t, store.Config{DSN: dsn}, n, time.Millisecond)
	first.furnish(t)
	second := over(t, store.Config{DSN: dsn}, n, time.Millisecond)
	second.brand = first.brand
	first.send(t)
	second.send(t)
	contest(t, first, second)
}

func TestWhoTypesFirstHoldsOthersBack(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	if _, err := b.Write(as(t, bo), c.ID, "Please", false); err != nil {
		t.Fatal(err)
	}
	var busy *reply.Busy
	if _, err := b.Write(as(t, cy), c.ID, "Hello", false); !errors.As(err, &busy) || busy.Draft.Name != "bo" || busy.Draft.Text != "Please" {
		t.Errorf("the second to type: %v", err)
	}
	for name, ctx := range map[string]context.Context{"cy": as(t, cy), "a program": program(t, bo)} {
		if _, err := b.Answer(ctx, c.ID, reply.Answer{Text: "Unplug it.", Seen: c.Last}); !errors.As(err, &busy) {
			t.Errorf("%s answered meanwhile: %v", name, err)
		}
	}
	rows, err := b.List(as(t, cy), desk.ConversationFilter{BrandID: b.brand})
	if err != nil || len(rows) != 1 || rows[0].Writing == nil || rows[0].Writing.Name != "bo" {
		t.Errorf("the list shows %+v, %v", rows, err)
	}
	if d, err := b.Write(as(t, cy), c.ID, "Hello", true); err != nil || d.UserID != cy {
		t.Errorf("taken over: %+v, %v", d, err)
	}
	if _, err := b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Unplug it.", Seen: c.Last}); err != nil {
		t.Errorf("who has the draft cannot answer: %v", err)
	}
	if d, err := b.db.Draft(t.Context(), c.ID); err != nil || d.UserID != 0 {
		t.Errorf("the draft is still there: %+v, %v", d, err)
	}
	other := b.wrote(t, "dan", nil)
	if _, err := b.Write(program(t, 5), other.ID, "Dear Dan", false); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Write(program(t, 6), other.ID, "Hi", false); !errors.As(err, &busy) {
		t.Errorf("two programs write to one person: %v", err)
	}
}

func TestAnAnswerIsUndoneAlsoByAnotherProcess(t *testing.T) {
	t.Parallel()
	dir, n := t.TempDir(), &town{}
	b := over(t, store.Config{Path: dir}, n, time.Hour)
	b.furnish(t)
	c := b.wrote(t, "eva", nil)
	if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil {
		t.Fatal(err)
	}
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	next := over(t, store.Config{Path: dir}, n, time.Hour)
	next.send(t)
	now, err := next.Undo(as(t, bo), c.ID)
	if err != nil || now.State != desk.ConversationWaiting || !now.Since.Equal(c.Since) || !now.Due.Equal(c.Due) {
		t.Fatalf("undone it is %+v, %v", now, err)
	}
	if d, err := next.db.Draft(t.Context(), c.ID); err != nil || d.Text != "Please unplug it." || d.UserID != bo {
		t.Errorf("its words are %+v, %v", d, err)
	}
	if _, err := next.Undo(as(t, bo), c.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("undone twice: %v", err)
	}
	next.Delay = time.Millisecond
	if _, err := next.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it at once.", Seen: now.Last}); err != nil {
		t.Fatal(err)
	}
	next.until(t, c.ID, desk.ConversationAnswered)
	if _, err := next.Undo(as(t, bo), c.ID); !errors.Is(err, desk.ErrInvalidTransition) || n.to("eva") != 1 {
		t.Errorf("undone when it was out: %v; said %d times", err, n.to("eva"))
	}
}

func TestAHoldStopsAnswersThatCanStillBeUndone(t *testing.T) {
	t.Parallel()
	b := open(t, time.Second)
	var ids []int64
	for i := range 3 {
		c := b.wrote(t, fmt.Sprint("person", i), nil)
		if _, err := b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	if _, err := b.out.Press(as(t, bo), desk.Hold{BrandID: b.brand}, "a fire"); err != nil {
		t.Fatal(err)
	}
	b.send(t)
	for _, id := range ids {
		for c := b.now(t, id); c.Problem.IsZero() && c.State == desk.ConversationSending; c = b.now(t, id) {
			posts, err := b.db.PostsTo(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if posts[0].State == desk.PostHeld {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	late := b.wrote(t, "late", nil)
	var wrong *desk.Invalid
	if _, err := b.Answer(as(t, bo), late.ID, reply.Answer{Text: "Please unplug it.", Seen: late.Last}); !errors.As(err, &wrong) {
		t.Errorf("an answer begun under a hold: %v", err)
	}
	if n, err := b.Counts(as(t, bo), b.brand); err != nil || n.Waiting != 4 {
		t.Errorf("%d people wait, %v: a held answer has reached nobody", n.Waiting, err)
	}
	if c, err := b.Undo(as(t, bo), ids[0]); err != nil || c.State != desk.ConversationWaiting {
		t.Errorf("a held answer is undone: %+v, %v", c, err)
	}
	b.town.mu.Lock()
	defer b.town.mu.Unlock()
	if len(b.town.said) != 0 {
		t.Errorf("%d answers went out under a hold", len(b.town.said))
	}
}

func TestAnswersThatALeadSigns(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	free := b.wrote(t, "free", nil)
	if c, err := b.Answer(as(t, bo), free.ID, reply.Answer{Text: "Please unplug it.", Seen: free.Last}); err != nil || c.State != desk.ConversationSending {
		t.Errorf("an answer that needs no signature is %+v, %v", c, err)
	}
	c := b.wrote(t, "eva", nil)
	now, err := b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Eva, please unplug it.", Seen: c.Last})
	if err != nil || now.State != desk.ConversationSigning || now.Since.IsZero() {
		t.Fatalf("a junior's answer is %+v, %v", now, err)
	}
	one, err := b.One(as(t, ana), c.ID, 0)
	if err != nil || one.Signing == nil || one.Hash == "" {
		t.Fatalf("the lead sees %+v, %v", one, err)
	}
	for name, err := range map[string]error{
		"the junior signs it":   second(b.Sign(as(t, cy), c.ID, one.Hash, "")),
		"it is signed unseen":   second(b.Sign(as(t, ana), c.ID, "other", "")),
		"it is sent back empty": second(b.SendBack(as(t, ana), c.ID, one.Hash, " ", "")),
		"somebody else answers": second(b.Answer(as(t, bo), c.ID, reply.Answer{Text: "Hi", Seen: now.Last})),
	} {
		if err == nil {
			t.Errorf("although %s, nothing is wrong", name)
		}
	}
	back, err := b.SendBack(as(t, ana), c.ID, one.Hash, "Too short.", "")
	if err != nil || back.State != desk.ConversationWaiting || !back.Since.Equal(c.Since) {
		t.Fatalf("sent back it is %+v, %v", back, err)
	}
	if d, err := b.db.Draft(t.Context(), c.ID); err != nil || d.UserID != cy || d.Text != "Eva, please unplug it." {
		t.Errorf("its words are %+v, %v", d, err)
	}
	if now, err = b.Answer(as(t, cy), c.ID, reply.Answer{Text: "Eva, please unplug it. We bring you another.", Seen: back.Last}); err != nil || now.State != desk.ConversationSigning {
		t.Fatalf("the next try is %+v, %v", now, err)
	}
	if one, err = b.One(as(t, ana), c.ID, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); err != nil {
		t.Fatal(err)
	}
	b.until(t, c.ID, desk.ConversationAnswered)
	if b.town.to("eva") != 1 {
		t.Errorf("Eva was answered %d times", b.town.to("eva"))
	}
	if _, err := b.Sign(as(t, ana), c.ID, one.Hash, ""); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("signed twice: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestWhoLeadsAnotherBrandDoesNotSignHere(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	c := b.wrote(t, "eva", nil)
	elsewhere := desk.WithActor(t.Context(), desk.Actor{Who: "user:3", UserID: cy, Name: "cy", Role: desk.Lead, Grants: []desk.Grant{{BrandID: b.brand, Role: desk.Responder}, {BrandID: 99, Role: desk.Lead}}})
	if now, err := b.Answer(elsewhere, c.ID, reply.Answer{Text: "Please unplug it.", Seen: c.Last}); err != nil || now.State != desk.ConversationSigning {
		t.Errorf("the answer of a lead of another brand is %s, %v", now.State, err)
	}
}

func TestThePrivateLinkLeadsBack(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	c := b.wrote(t, "eva", nil)
	link, err := b.PrivateLink(as(t, bo), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := strings.Cut(link, "?c=")
	tell := func(mail, link string) {
		t.Helper()
		if err := b.Tell(t.Context(), reply.Told{BrandID: b.brand, Mail: mail, Text: "My number is 0700.", Lang: "en", Link: link}); err != nil {
			t.Fatal(err)
		}
	}
	tell("eva@home.example", key)
	public := b.now(t, c.ID)
	private := b.now(t, public.PrivateID)
	if !private.Private || private.PublicID != c.ID || private.Person.Handle != "eva@home.example" {
		t.Fatalf("public %+v, private %+v", public, private)
	}
	tell("mallory@else.example", key[:len(key)-1]+"x") // somebody who guesses
	tell("dan@home.example", "")
	for _, f := range []desk.ConversationFilter{{Network: "form", Person: "mallory@else.example"}, {Network: "form", Person: "dan@home.example"}} {
		rows, err := b.db.Conversations(t.Context(), f)
		if err != nil || len(rows) != 1 || rows[0].PublicID != 0 {
			t.Errorf("%s: %+v, %v", f.Person, rows, err)
		}
	}
	b.policy(t, func(p *desk.ReplyPolicy) { p.Form = false })
	if _, err := b.PrivateLink(as(t, bo), c.ID); err == nil {
		t.Error("a link leads to a closed form")
	}
}

func TestViewsHoldWhatTheirCountsSay(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	b.policy(t, func(p *desk.ReplyPolicy) { p.Juniors = desk.IDs{cy} })
	ids := map[string]int64{}
	for _, who := range []string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed", "left", "done"} {
		ids[who] = b.wrote(t, who, func(in *desk.Incoming) {
			if who == "danger" {
				in.Cues = []string{"safety_injury"}
			}
			if who == "voice" {
				in.Author.Followers = 100_000
			}
		}).ID
	}
	ctx := as(t, bo)
	for who, err := range map[string]error{
		"mine": second(b.Assign(ctx, ids["mine"], bo)), "signing": second(b.Answer(as(t, cy), ids["signing"], reply.Answer{Text: "Hello, unplug it."})),
		"sending": second(b.Answer(ctx, ids["sending"], reply.Answer{Text: "Please unplug it."})), "snoozed": second(b.Snooze(ctx, ids["snoozed"], time.Now().Add(time.Hour))),
		"left": second(b.Leave(ctx, ids["left"], "a robot")), "done": errors.Join(second(b.Leave(ctx, ids["done"], "a robot")), second(b.Done(ctx, ids["done"]))),
	} {
		if err != nil {
			t.Fatalf("%s: %v", who, err)
		}
	}
	counts, err := b.Counts(ctx, b.brand)
	if err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string]struct {
		who   []string
		count int
	}{
		"waiting":    {[]string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed"}, counts.Waiting},
		"mine":       {[]string{"mine", "sending"}, counts.Mine},
		"unassigned": {[]string{"waits", "danger", "voice"}, counts.Unassigned},
		"danger":     {[]string{"danger"}, counts.Danger},
		"voices":     {[]string{"voice"}, counts.Voices},
		"signing":    {[]string{"signing"}, counts.Signing},
		"snoozed":    {[]string{"snoozed"}, counts.Snoozed},
		"done":       {[]string{"done", "left"}, 2},
		"all":        {[]string{"waits", "mine", "danger", "voice", "signing", "sending", "snoozed", "left", "done"}, 9},
	} {
		f, err := reply.Narrow(desk.ConversationFilter{BrandID: b.brand}, view, bo)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := b.List(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.Person.Handle)
		}
		slices.Sort(got)
		slices.Sort(want.who)
		if !slices.Equal(got, want.who) || want.count != len(want.who) {
			t.Errorf("%s shows %q and counts %d, want %q", view, got, want.count, want.who)
		}
	}
	f, err := reply.Narrow(desk.ConversationFilter{BrandID: b.brand}, "mine", 0)
	if rows, lerr := b.List(program(t, 1), f); err != nil || lerr != nil || len(rows) != 0 {
		t.Errorf("a program that is nobody's has %d conversations", len(rows))
	}
	if _, err := reply.Narrow(desk.ConversationFilter{}, "nonsense", bo); err == nil {
		t.Error("any view is a view")
	}
}

func TestWhoWasPutOffWakesAlone(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	past := func(c *desk.Conversation, out *desk.Out) error {
		c.State, c.Until, out.Say = desk.ConversationSnoozed, time.Now().UTC().Add(-time.Second), desk.Say("x")
		return nil
	}
	due, later := b.wrote(t, "due", nil), b.wrote(t, "later", nil)
	if _, err := b.db.ChangeConversation(t.Context(), due.ID, desk.Act{Who: "desk", Do: "x"}, past); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Snooze(as(t, bo), later.ID, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := reply.Wake(b.Queue, t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c := b.now(t, due.ID); c.State != desk.ConversationWaiting || !c.Since.Equal(due.Since) || c.Version != due.Version+2 {
		t.Errorf("whose time has come is %+v", c)
	}
	if c := b.now(t, later.ID); c.State != desk.ConversationSnoozed {
		t.Errorf("whose time has not come is %s", c.State)
	}
}

func TestASittingAnswersEverybodyOnce(t *testing.T) {
	t.Parallel()
	b := open(t, time.Millisecond)
	b.send(t)
	say := desk.Say("x")
	act := desk.Act{Who: "desk", Do: "x"}
	room, err := b.db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Opened, out.Say = b.brand, "Glass", desk.IncidentOpen, time.Now().UTC(), say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	claim, err := b.db.ChangeClaim(t.Context(), 0, act, func(c *desk.Claim, out *desk.Out) error {
		c.BrandID, c.IncidentID, c.Text, out.Say = b.brand, room.ID, "There is glass in the milk.", say
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var batch desk.Batch
	for i, who := range []string{"eva", "dan", "eva", "own"} { // Eva said it twice
		m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: fmt.Sprint("claim-", i)}, Kind: desk.KindPost, Text: fmt.Sprint("There is glass in it, number ", i), Lang: "en", Own: who == "own",
			Author: desk.Author{NativeID: who, Handle: who}, Published: time.Now().UTC().Add(time.Duration(i-60) * time.Minute)}
		m.Fold = m.Key().Fold()
		batch.Mentions = append(batch.Mentions, m)
	}
	batch.SourceID = 1
	if _, err := b.db.Append(t.Context(), []desk.Batch{batch}); err != nil {
		t.Fatal(err)
	}
	var mentions []int64
	for i := range batch.Mentions {
		m, err := b.db.MentionByRef(t.Context(), batch.Mentions[i].Ref)
		if err != nil {
			t.Fatal(err)
		}
		mentions = append(mentions, m.ID)
	}
	if err := b.db.LinkClaim(t.Context(), claim.ID, mentions, true, false, act, desk.Out{Say: say, IncidentID: room.ID}); err != nil {
		t.Fatal(err)
	}
	b.Sitting = 1                               // the next one goes on where one ended
	for sitting, want := range []int{1, 1, 0} { // our own is never taken up
		n, left, err := b.Sit(as(t, bo), claim.ID)
		if err != nil || n != want || sitting == 0 && left == 0 || sitting == 2 && left != 0 {
			t.Errorf("sitting %d takes up %d people, %d are left, %v", sitting+1, n, left, err)
		}
	}
	waiting := desk.ConversationFilter{BrandID: b.brand, ClaimID: claim.ID, Waits: true, Longest: true}
	for left := 2; left > 0; left-- { // one by one
		rows, err := b.List(as(t, bo), waiting)
		if err != nil || len(rows) != left {
			t.Fatalf("%d are left, %v", len(rows), err)
		}
		if _, err := b.Answer(as(t, bo), rows[0].ID, reply.Answer{Text: "There is none, " + rows[0].Person.Handle + ".", Seen: rows[0].Last}); err != nil {
			t.Fatal(err)
		}
		b.until(t, rows[0].ID, desk.ConversationAnswered)
	}
	if n, _, err := b.Sit(as(t, bo), claim.ID); err != nil || n != 0 {
		t.Errorf("another sitting takes up %d people, %v", n, err)
	}
	if rows, err := b.List(as(t, bo), waiting); err != nil || len(rows) != 0 || b.town.to("eva") != 1 || b.town.to("dan") != 1 || b.town.to("own") != 0 {
		t.Errorf("%d wait; Eva was answered %d times, Dan %d, %v", len(rows), b.town.to("eva"), b.town.to("dan"), err)
	}
}

func TestWhoDeletedEverythingHasNoHistory(t *testing.T) {
	t.Parallel()
	b := open(t, time.Hour)
	batch := desk.Batch{SourceID: 1}
	m := desk.Mention{Ref: desk.Ref{Network: "mastodon", NativeID: "m"}, Kind: desk.KindPost, Text: "Secret?", Lang: "en", Author: desk.Author{NativeID: "eva", Handle: "eva", Name: "Eva"}, Published: time.Now().UTC()}
	m.Fold = m.Key().Fold()
	batch.Mentions = []desk.Mention{m}
	batch.Incoming = []desk.Incoming{{BrandID: b.brand, Message: desk.Message{Ref: m.Ref, Via: desk.ViaNamed, At: m.Published, Text: m.Text, Author: m.Author}}}
	if _, err := b.db.Append(t.Context(), []desk.Batch{batch}); err != nil {
		t.Fatal(err)
	}
	private := b.wrote(t, "eva", func(in *desk.Incoming) { in.Private, in.Via = true, desk.ViaDirect })
	if rows, err := b.History(as(t, bo), private.ID); err != nil || len(rows) != 1 {
		t.Fatalf("her history has %d conversations, %v", len(rows), err)
	}
	if _, err := b.db.Append(t.Context(), []desk.Batch{{SourceID: 1, Gone: []desk.Ref{m.Ref}}}); err != nil {
		t.Fatal(err)
	}
	rows, err := b.History(as(t, bo), private.ID)
	if err != nil || len(rows) != 0 {
		t.Errorf("her history has %+v, %v", rows, err)
	}
}

func TestTriageComesInItsOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		c    desk.Conversation
		says []string // beginnings, in this order and no others
	}{
		{"nothing known", desk.Conversation{}, []string{"Find out whether it is true"}},
		{"words of danger", desk.Conversation{Danger: true}, []string{"Their words sound like danger", "Find out whether it is true"}},
		{"danger, and nothing else matters", desk.Conversation{Triage: desk.Triage{Danger: "yes", True: "no", Tone: "troll"}}, []string{"Somebody may be hurt", "Offer a way"}},
		{"no danger", desk.Conversation{Danger: true, Triage: desk.Triage{Danger: "no", True: "yes"}}, []string{"It is true"}},
		{"true, then harm, then tone", desk.Conversation{Triage: desk.Triage{True: "yes", Harmed: "yes", Tone: "rage"}}, []string{"It is true", "They were harmed", "Answer once"}},
		{"not true and kind", desk.Conversation{Triage: desk.Triage{True: "no", Harmed: "no", Tone: "misguided"}}, []string{"It is not true", "They believe it"}},
	} {
		got := reply.Advise(&c.c)
		fits := len(got) == len(c.says)
		for i := 0; fits && i < len(got); i++ {
			fits = strings.HasPrefix(got[i].English(), c.says[i])
		}
		if !fits {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
