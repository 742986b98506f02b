package approve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/store"
)

// bench is a gate over a real store, with people and a plan.
type bench struct {
	*Gate
	t       *testing.T
	db      *store.DB
	access  *access.Gate
	brand   int64
	people  map[string]desk.User
	plan    desk.Plan
	mu      sync.Mutex
	letters []Letter
	to      []string
}

const goodPIN = "273918"

func newBench(t *testing.T) *bench {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: quiet})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	b := &bench{Gate: New(db, []byte("key"), "https://desk.example", quiet), t: t, db: db, access: access.New(db, quiet), people: make(map[string]desk.User)}
	for name, role := range map[string]desk.Role{"Ada": desk.Responder, "Lea": desk.Lead, "Leo": desk.Lead, "Liv": desk.Lead, "Jo": desk.Responder, "Dan": desk.Responder, "Vi": desk.Viewer, "Root": desk.Admin} {
		u, err := b.access.AddUser(t.Context(), desk.User{Name: name, Email: strings.ToLower(name) + "@example.org", Role: role, Lang: "en"}, "harbour wall in winter")
		must(t, err)
		b.people[name] = u
		if name == "Lea" || name == "Leo" || name == "Jo" {
			must(t, b.access.SetPIN(b.as(name), "harbour wall in winter", goodPIN))
		}
	}
	brand, err := db.ChangeBrand(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(n *desk.Brand, out *desk.Out) error {
		n.Name, out.Say = "Acme", desk.Say("made")
		return nil
	})
	must(t, err)
	b.brand = brand.ID
	b.plan = desk.Plan{Levels: []desk.LevelRule{{Level: desk.Crisis, Approvers: []string{"Crisis lead", "Legal"}, Within: 10}},
		Roles: []desk.PlanRole{{Name: "Crisis lead", UserID: b.people["Lea"].ID}, {Name: "Legal", UserID: b.people["Jo"].ID, DeputyID: b.people["Dan"].ID}}}
	b.Plan = func(context.Context, int64) (desk.Plan, error) { return b.plan, nil }
	b.PIN = b.access.CheckPIN
	b.Post = func(_ context.Context, to desk.User, l Letter) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.letters, b.to = append(b.letters, l), append(b.to, to.Name)
		return nil
	}
	return b
}

func (b *bench) as(name string) context.Context {
	return desk.WithActor(b.t.Context(), access.ActorOf(b.people[name], "192.0.2.1"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func words(texts ...string) desk.Words {
	w := desk.Words{Title: "The yoghurt", Kind: "holding", Level: desk.Crisis, Messages: []desk.KeyMessage{{Text: "We know."}}}
	for i, text := range texts {
		w.Variants = append(w.Variants, desk.Variant{ID: fmt.Sprint("v", i+1), Kind: "mastodon", Lang: "en", Text: text})
	}
	return w
}

// inReview is a statement by Ada that waits for Lea and Jo.
func (b *bench) inReview() desk.Statement {
	b.t.Helper()
	s, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: words("We know. Next update by 17:00.")})
	must(b.t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(b.t, err)
	return s
}

// deliver runs what is due, and gives to whom letters went.
func (b *bench) run() []string {
	b.t.Helper()
	b.to, b.letters = nil, nil
	for range 3 { // what is decided in one round is brought in the next
		must(b.t, b.Gate.round(b.t.Context()))
	}
	slices.Sort(b.to)
	return b.to
}

// linkTo is the link in the letter to somebody.
func (b *bench) linkTo(name string) string {
	b.t.Helper()
	for i, to := range b.to {
		if _, link, ok := strings.Cut(b.letters[i].Link, "/sign/"); ok && to == name {
			return link
		}
	}
	b.t.Fatalf("no letter with a link to %s among those to %v", name, b.to)
	return ""
}

func field(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Field
	}
	return fmt.Sprint(err)
}

// The usual way: two roles sign, in their order, then it is approved.
func TestTwoSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	if s.State != desk.StatementReview || len(s.Needs) != 2 || s.Needs[0].Asked != desk.AskedPerson || s.Needs[1].Asked != "" {
		t.Fatalf("in review: %+v", s)
	}
	if to := b.run(); fmt.Sprint(to) != "[Lea]" {
		t.Errorf("letters to %v, want Lea alone", to)
	}
	for who, want := range map[string]string{"Ada": "sign", "Dan": "sign", "Leo": "sign", "Vi": "sign"} {
		if _, err := b.Sign(b.as(who), s.ID, s.Hash(), ""); field(err) != want {
			t.Errorf("a signature by %s: %v, want refused", who, err)
		}
	}
	if _, err := b.Sign(b.as("Lea"), s.ID, "other words", ""); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("a signature for other words: %v, want conflict", err)
	}
	s, err := b.Sign(b.as("Lea"), s.ID, s.Hash(), "")
	must(t, err)
	if s.Passed() || s.Needs[1].Asked != desk.AskedPerson {
		t.Errorf("after the first: passed %v, %+v", s.Passed(), s.Needs[1])
	}
	if to := b.run(); fmt.Sprint(to) != "[Jo]" {
		t.Errorf("letters to %v, want Jo alone", to)
	}
	s, err = b.Sign(b.as("Jo"), s.ID, s.Hash(), "")
	must(t, err)
	if !s.Passed() || s.State != desk.StatementApproved {
		t.Errorf("after both it is %s, passed %v", s.State, s.Passed())
	}
	if to := b.run(); fmt.Sprint(to) != "[Ada]" {
		t.Errorf("letters to %v, want Ada, who wrote it", to)
	}
}

// Whatever is changed after the signatures, they are void: words, order does not matter, channel, media, alt text, level.
func TestEditVoids(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pic := []desk.Media{{Hash: "a", Alt: "x"}, {Hash: "b", Alt: "y"}}
	w := words("One.", "Two.")
	w.Variants[0].Media = pic
	approved := func() desk.Statement {
		s, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: w})
		must(t, err)
		_, err = b.Submit(b.as("Ada"), s.ID, 0)
		must(t, err)
		_, err = b.Sign(b.as("Lea"), s.ID, s.Hash(), "")
		must(t, err)
		s, err = b.Sign(b.as("Jo"), s.ID, s.Hash(), "")
		must(t, err)
		return s
	}
	for name, spoil := range map[string]func(*desk.Words){
		"a word":             func(w *desk.Words) { w.Variants[1].Text = "Two!" },
		"the channel":        func(w *desk.Words) { w.Variants[1].ChannelID = 9 },
		"the kind":           func(w *desk.Words) { w.Variants[1].Kind = "email" },
		"the language":       func(w *desk.Words) { w.Variants[1].Lang = "sv" },
		"a picture":          func(w *desk.Words) { w.Variants[0].Media = []desk.Media{{Hash: "c", Alt: "x"}, pic[1]} },
		"an alternative":     func(w *desk.Words) { w.Variants[0].Media = []desk.Media{{Hash: "a", Alt: "z"}, pic[1]} },
		"pictures swapped":   func(w *desk.Words) { w.Variants[0].Media = []desk.Media{pic[1], pic[0]} },
		"texts swapped":      func(w *desk.Words) { w.Variants[0].Text, w.Variants[1].Text = "Two.", "One." },
		"a variant more":     func(w *desk.Words) { w.Variants = append(w.Variants, desk.Variant{Lang: "en", Text: "Three."}) },
		"a variant less":     func(w *desk.Words) { w.Variants = w.Variants[:1] },
		"the level":          func(w *desk.Words) { w.Level = desk.Normal },
		"the key message":    func(w *desk.Words) { w.Messages = nil },
		"the facts it cites": func(w *desk.Words) { w.Variants[0].Facts = desk.IDs{4} },
	} {
		s := approved()
		before := s.Hash()
		other := s.Words()
		other.Variants = slices.Clone(other.Variants)
		spoil(&other)
		s, err := b.Write(b.as("Ada"), s.ID, 0, other)
		must(t, err)
		if s.State != desk.StatementDraft || s.Passed() || len(s.Needs) != 0 {
			t.Errorf("after a change of %s: %s, passed %v, %d signatures", name, s.State, s.Passed(), len(s.Needs))
		}
		if _, err := b.Sign(b.as("Lea"), s.ID, before, ""); err == nil {
			t.Errorf("after a change of %s the old words can be signed", name)
		}
		// The same change made past the rules is seen by the last gate.
		s = approved()
		s.Variants, s.Level = other.Variants, other.Level
		if name != "the key message" && name != "the facts it cites" && s.Passed() {
			t.Errorf("a change of %s behind the gate's back passes", name)
		}
	}
	s := approved()
	other := s.Words()
	slices.Reverse(other.Variants)
	other.Title = "Another name for the desk"
	s.Variants = other.Variants
	if !s.Passed() {
		t.Error("the order of the variants takes the signatures back")
	}
}

// A post carries its statement's words to the channel, brand and drill that they were approved for, and nowhere else.
func TestMaySend(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	s.Variants[0].ChannelID = 7
	good := desk.Post{StatementID: s.ID, BrandID: s.BrandID, ChannelID: 7, VariantID: "v1", Lang: "en", Text: s.Variants[0].Text, Hash: s.Variants[0].Hash()}
	for i := range s.Needs {
		s.Needs[i].Verdict, s.Needs[i].Hash = desk.Approved, s.Hash()
	}
	if err := good.MaySend(&s); err == nil {
		t.Error("what is still in review may be sent")
	}
	s.State = desk.StatementApproved
	must(t, good.MaySend(&s))
	for name, spoil := range map[string]func(*desk.Post){
		"text": func(p *desk.Post) { p.Text += "!" }, "channel": func(p *desk.Post) { p.ChannelID = 8 }, "brand": func(p *desk.Post) { p.BrandID++ },
		"drill": func(p *desk.Post) { p.DrillID = 1 }, "variant": func(p *desk.Post) { p.VariantID = "v2" }, "hash": func(p *desk.Post) { p.Hash = "" },
		"language": func(p *desk.Post) { p.Lang = "sv" }, "picture": func(p *desk.Post) { p.Media = []desk.Media{{Hash: "x"}} },
	} {
		p := good
		spoil(&p)
		if p.MaySend(&s) == nil {
			t.Errorf("a post with another %s may be sent", name)
		}
	}
}

// Who edits does not sign what they wrote, also by a token of theirs; and a token signs with a PIN only.
func TestWhoWroteDoesNotSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	s, err := b.Write(b.as("Lea"), s.ID, s.Version, words("We know. Next update by 18:00."))
	must(t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(t, err)
	if s.Needs[0].Asked != desk.AskedLeads {
		t.Errorf("the seat of who wrote it asks %q, want the leads", s.Needs[0].Asked)
	}
	lea := b.people["Lea"]
	for how, ctx := range map[string]context.Context{"herself": b.as("Lea"),
		"by her token": desk.WithActor(t.Context(), desk.Actor{Who: "token:3", UserID: lea.ID, Name: "robot", Role: desk.Admin})} {
		if _, err := b.Sign(ctx, s.ID, s.Hash(), goodPIN); field(err) != "sign" {
			t.Errorf("Lea signs her own words %s: %v", how, err)
		}
	}
	leo := b.people["Leo"]
	token := desk.WithActor(t.Context(), desk.Actor{Who: "token:4", UserID: leo.ID, Name: "robot", Role: desk.Lead})
	if _, err := b.Sign(token, s.ID, s.Hash(), "000000"); field(err) != "pin" {
		t.Errorf("a token signs with a wrong PIN: %v", err)
	}
	if _, err := b.Sign(desk.WithActor(t.Context(), desk.Actor{Who: "token:5", Role: desk.Admin}), s.ID, s.Hash(), goodPIN); field(err) != "sign" {
		t.Errorf("a token of nobody signs: %v", err)
	}
	s, err = b.Sign(token, s.ID, s.Hash(), goodPIN)
	must(t, err)
	if s.Needs[0].By != leo.ID || s.Needs[0].How != desk.SignedToken {
		t.Errorf("signed %+v", s.Needs[0])
	}
	if _, err := b.Sign(b.as("Leo"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("Leo signs a second seat: %v", err)
	}
}

// The deputy is asked after the person's time, any lead after the deputy's, and each letter goes once however often clocks run.
func TestEscalation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plan.Levels[0].Approvers = []string{"Legal", "Crisis lead"}
	s := b.inReview()
	b.run()
	waits, err := b.db.Jobs(t.Context(), false, desk.Paging{})
	must(t, err)
	if !slices.ContainsFunc(waits, func(j desk.Job) bool {
		return j.Kind == jobClock && j.Due.Equal(s.Needs[0].Due.Truncate(time.Microsecond))
	}) {
		t.Errorf("no clock waits for %s: %+v", s.Needs[0].Due, waits)
	}
	late := func(want ...string) {
		t.Helper()
		_, err := b.db.ChangeStatement(t.Context(), s.ID, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
			for i := range s.Needs {
				if !s.Needs[i].Due.IsZero() {
					s.Needs[i].Due = time.Now().Add(-time.Minute)
				}
			}
			out.Say = desk.Say("time passes")
			return nil
		})
		must(t, err)
		b.to, b.letters = nil, nil
		for range 2 { // the same clock twice, as after a crash between the decision and its end
			must(t, b.overdue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
		}
		if got := b.run(); !slices.Equal(got, want) {
			t.Errorf("letters to %v, want %v", got, want)
		}
		if got := b.run(); len(got) > 0 {
			t.Errorf("letters again to %v", got)
		}
	}
	if _, err := b.Sign(b.as("Dan"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("the deputy signs before the person's time has passed: %v", err)
	}
	late("Dan")
	late("Lea", "Lea", "Leo", "Liv", "Root") // all leads for Legal, and Lea for her own seat
	s, err = b.Sign(b.as("Dan"), s.ID, s.Hash(), "")
	must(t, err)
	if s.Needs[0].By != b.people["Dan"].ID {
		t.Errorf("the deputy's late signature: %+v", s.Needs[0])
	}
}

func TestSendBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	if _, err := b.SendBack(b.as("Lea"), s.ID, s.Hash(), " ", ""); field(err) != "why" {
		t.Errorf("sent back without a reason: %v", err)
	}
	s, err := b.SendBack(b.as("Lea"), s.ID, s.Hash(), "Say what they should do.", "")
	must(t, err)
	if s.State != desk.StatementDraft || s.Back == "" || s.Passed() {
		t.Errorf("sent back: %+v", s)
	}
	if to := b.run(); !slices.Contains(to, "Ada") {
		t.Errorf("letters to %v, want Ada told", to)
	}
	again, err := b.Submit(b.as("Ada"), s.ID, 0)
	must(t, err)
	if again.Round != 2 || again.Needs[0].Verdict != "" {
		t.Errorf("the second round begins with %+v", again.Needs)
	}
}

// An edit and a signature at the same moment: either the edit comes first and the signature fails, or it voids the signature. Never are
// words approved that nobody saw.
func TestEditRacesSign(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plan.Levels[0].Approvers = []string{"Crisis lead"}
	for i := range 25 {
		s := b.inReview()
		seen := s.Hash()
		var g sync.WaitGroup
		g.Go(func() { _, _ = b.Sign(b.as("Lea"), s.ID, seen, "") })
		g.Go(func() { _, _ = b.Write(b.as("Ada"), s.ID, 0, words(fmt.Sprint("Other words ", i))) })
		g.Wait()
		s, err := b.One(b.as("Ada"), s.ID)
		must(t, err)
		if s.Passed() && s.Hash() != seen {
			t.Fatalf("round %d: words passed that nobody signed: %+v", i, s)
		}
	}
}

// Two different leads, for the same words, with a reason; a third looks at it afterwards.
func TestBreakGlass(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	h := s.Hash()
	if _, err := b.BreakGlass(b.as("Jo"), s.ID, h, "x", ""); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("by a responder: %v", err)
	}
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, h, "", ""); field(err) != "why" {
		t.Errorf("without a reason: %v", err)
	}
	_, err := b.BreakGlass(b.as("Leo"), s.ID, h, "The plant is burning.", "")
	must(t, err)
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, h, "x", ""); field(err) != "glass" {
		t.Errorf("both steps by one: %v", err)
	}
	s, err = b.Write(b.as("Ada"), s.ID, 0, words("Other words."))
	must(t, err)
	if s.Glass != nil {
		t.Error("an edit keeps the first step")
	}
	s, err = b.Submit(b.as("Ada"), s.ID, 0)
	must(t, err)
	if _, err := b.BreakGlass(b.as("Liv"), s.ID, h, "x", ""); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("the second step for the old words: %v", err)
	}
	_, err = b.BreakGlass(b.as("Leo"), s.ID, s.Hash(), "The plant is burning.", "")
	must(t, err)
	s, err = b.BreakGlass(b.as("Liv"), s.ID, s.Hash(), "", "")
	must(t, err)
	if !s.Passed() || !s.Glass.Unreviewed() || s.Needs[0].How != desk.SignedGlass {
		t.Fatalf("opened: %+v", s)
	}
	told := b.alarms()
	must(t, b.reviewDue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
	if len(*told) != 1 {
		t.Errorf("nobody looked for a day, and people heard %q", *told)
	}
	jobs, err := b.db.Jobs(t.Context(), false, desk.Paging{})
	must(t, err)
	again := slices.DeleteFunc(jobs, func(j desk.Job) bool { return j.Kind != jobReview })
	if len(again) != 2 { // at its time, and a day after
		t.Errorf("reminders: %+v", again)
	}
	if _, err := b.ReviewGlass(b.as("Liv"), s.ID, "Fine."); field(err) != "finding" {
		t.Errorf("reviewed by one of the two: %v", err)
	}
	s, err = b.ReviewGlass(b.as("Lea"), s.ID, "It was right.")
	must(t, err)
	if s.Glass.Unreviewed() || !s.Passed() {
		t.Errorf("after the review %+v", s.Glass)
	}
	must(t, b.reviewDue(t.Context(), errand{Statement: s.ID, Round: s.Round}))
	if len(*told) != 1 {
		t.Errorf("after the review people heard %q", *told)
	}
}

// A program takes a step past the signatures with its owner's PIN, and never without.
func TestBreakGlassByProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	leo := b.people["Leo"]
	program := desk.WithActor(t.Context(), desk.Actor{Who: "token:1", UserID: leo.ID, Name: leo.Name, Role: leo.Role})
	if _, err := b.BreakGlass(program, s.ID, s.Hash(), "The plant is burning.", ""); field(err) != "pin" {
		t.Errorf("without a PIN: %v", err)
	}
	_, err := b.BreakGlass(program, s.ID, s.Hash(), "The plant is burning.", goodPIN)
	must(t, err)
	if _, err := b.BreakGlass(b.as("Leo"), s.ID, s.Hash(), "", ""); field(err) != "glass" {
		t.Errorf("the owner of the program is its second person: %v", err)
	}
	s, err = b.BreakGlass(b.as("Liv"), s.ID, s.Hash(), "", "")
	must(t, err)
	if !s.Passed() {
		t.Errorf("opened: %+v", s)
	}
}

// alarms gathers what people are alarmed of.
func (b *bench) alarms() *[]string {
	var told []string
	b.Alarm = func(_ context.Context, brand int64, _ string, what desk.Text) {
		if brand == b.brand {
			told = append(told, what.English())
		}
	}
	return &told
}

// A check can ask for one more signature, and can keep words from being signed or sent at all.
func TestChecks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	weight := desk.FindingSecond
	b.Check = func(_ context.Context, _ desk.Statement, v desk.Variant, _ time.Time) []desk.Finding {
		return []desk.Finding{{Check: "sensitive", Weight: weight, Say: desk.Say("Think twice.")}}
	}
	s := b.inReview()
	if len(s.Needs) != 3 || s.Needs[2].Role != desk.SecondOpinion {
		t.Errorf("needs %+v, want a second opinion", s.Needs)
	}
	for _, who := range []string{"Lea", "Jo", "Leo"} {
		var err error
		s, err = b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	if !s.Passed() {
		t.Fatalf("after three signatures: %+v", s)
	}
	weight = desk.FindingBlock
	b.Outbox = func(context.Context, desk.Statement, time.Time) error { t.Error("blocked words were sent"); return nil }
	if _, err := b.Publish(b.as("Lea"), s.ID, time.Time{}); field(err) != "variants" {
		t.Errorf("blocked words published: %v", err)
	}
	d, err := b.Begin(b.as("Ada"), Draft{BrandID: b.brand, Words: words("x")})
	must(t, err)
	if _, err := b.Submit(b.as("Ada"), d.ID, 0); field(err) != "variants" {
		t.Errorf("blocked words sent to review: %v", err)
	}
}

// Words that were approved for any day need a second opinion for a day that asks for one: they do not go out before it is signed, and
// it can be asked for then.
func TestTheDayAsksForASecondOpinion(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	grave := time.Now().Add(72 * time.Hour).UTC()
	b.Check = func(_ context.Context, _ desk.Statement, _ desk.Variant, due time.Time) []desk.Finding {
		if due.Equal(grave) {
			return []desk.Finding{{Check: "day", Weight: desk.FindingSecond, Say: desk.Say("A day of mourning.")}}
		}
		return nil
	}
	var sent []time.Time
	b.Outbox = func(_ context.Context, _ desk.Statement, due time.Time) error { sent = append(sent, due); return nil }
	s := b.inReview()
	for _, who := range []string{"Lea", "Jo"} {
		_, err := b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	if _, err := b.Publish(b.as("Lea"), s.ID, grave); field(err) != "second" || len(sent) != 0 {
		t.Fatalf("published for a day of mourning: %v, %v", err, sent)
	}
	_, err := b.Publish(b.as("Lea"), s.ID, grave.Add(48*time.Hour))
	must(t, err)
	s, err = b.AskSecond(b.as("Ada"), s.ID)
	must(t, err)
	if s.Passed() || s.State != desk.StatementReview || len(s.Needs) != 3 || s.Needs[0].Verdict != desk.Approved {
		t.Fatalf("asked for a second opinion: %+v", s)
	}
	if told := b.run(); !slices.Contains(told, "Leo") || slices.Contains(told, "Ada") {
		t.Errorf("asked %v", told)
	}
	if _, err := b.Sign(b.as("Lea"), s.ID, s.Hash(), ""); field(err) != "sign" {
		t.Errorf("one person gave both opinions: %v", err)
	}
	_, err = b.Sign(b.as("Leo"), s.ID, s.Hash(), "")
	must(t, err)
	_, err = b.Publish(b.as("Lea"), s.ID, grave)
	must(t, err)
	if len(sent) != 2 || !sent[1].Equal(grave) {
		t.Errorf("sent for %v", sent)
	}
	if _, err := b.AskSecond(b.as("Ada"), s.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("a third opinion: %v", err)
	}
}

// Every version is kept once; who looked before is shown what changed since.
func TestVersionsAndLooks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	_, before, err := b.Look(b.as("Lea"), s.ID)
	if err != nil || before != nil {
		t.Fatalf("the first look: %v, %v", before, err)
	}
	for _, text := range []string{"A.", "A.", "B."} {
		s, err = b.Write(b.as("Ada"), s.ID, 0, words(text))
		must(t, err)
	}
	all, err := b.Versions(b.as("Vi"), s.ID, desk.Paging{})
	must(t, err)
	if len(all) != 3 || all[0].Words.Variants[0].Text != "B." || all[2].Number != 1 || all[1].Name != "Ada" {
		t.Errorf("versions %+v", all)
	}
	for range 2 { // a second look at the same shows the same
		now, before, err := b.Look(b.as("Lea"), s.ID)
		must(t, err)
		if now.Number != 3 || before == nil || before.Number != 1 {
			t.Errorf("a later look: now %+v, before %+v", now, before)
		}
	}
}

// What went out is corrected by another statement, and withdrawn words pass no more.
func TestAfterwards(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.inReview()
	now := time.Now().UTC()
	if err := s.WentOut(now); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("unsigned words went out: %v", err)
	}
	change := func(id int64, f func(*desk.Statement) error) {
		t.Helper()
		_, err := b.db.ChangeStatement(t.Context(), id, desk.Act{Who: "desk", Do: "test"}, func(s *desk.Statement, out *desk.Out) error {
			out.Say = desk.Say("changed")
			return f(s)
		})
		must(t, err)
	}
	for _, who := range []string{"Lea", "Jo"} {
		_, err := b.Sign(b.as(who), s.ID, s.Hash(), "")
		must(t, err)
	}
	change(s.ID, func(s *desk.Statement) error { return s.WentOut(now) })
	if _, err := b.Write(b.as("Ada"), s.ID, 0, words("x")); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("what is out was rewritten: %v", err)
	}
	c, err := b.Correct(b.as("Ada"), s.ID)
	must(t, err)
	_, err = b.Submit(b.as("Ada"), c.ID, 0)
	must(t, err)
	for _, who := range []string{"Lea", "Jo"} {
		_, err = b.Sign(b.as(who), c.ID, c.Hash(), "")
		must(t, err)
	}
	change(c.ID, func(c *desk.Statement) error { return c.WentOut(now.Add(time.Minute)) })
	change(s.ID, func(s *desk.Statement) error { return s.Corrected(now) })
	s, err = b.One(b.as("Vi"), s.ID)
	must(t, err)
	if s.State != desk.StatementCorrected || s.Passed() {
		t.Errorf("the corrected one is %s, passed %v", s.State, s.Passed())
	}
	c, err = b.Withdraw(b.as("Lea"), c.ID, "Wrong dairy.")
	must(t, err)
	if c.Passed() {
		t.Error("withdrawn words pass")
	}
}

// In a crisis nobody escapes its signatures by choosing a lower level, and the facts are kept as they stood.
func TestTheCrisisSetsTheLeastLevel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	i, err := b.db.ChangeIncident(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.State, i.Level, out.Say = b.brand, desk.IncidentOpen, desk.Crisis, desk.Say("opened")
		return nil
	})
	must(t, err)
	f, err := b.db.ChangeFact(t.Context(), i.ID, 0, desk.Act{Who: "desk", Do: "test"}, func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
		f.Text, f.State, out.Say = "It was batch 7.", desk.FactConfirmed, desk.Say("known")
		return nil
	})
	must(t, err)
	low := words("It was batch 7.")
	low.Level, low.Variants[0].Facts = desk.Normal, desk.IDs{f.ID}
	s, err := b.Begin(b.as("Ada"), Draft{IncidentID: i.ID, Words: low})
	must(t, err)
	s, err = b.Write(b.as("Ada"), s.ID, s.Version, low)
	must(t, err)
	s, err = b.Submit(b.as("Ada"), s.ID, s.Version)
	must(t, err)
	if s.State != desk.StatementReview || s.Level != desk.Crisis || len(s.Needs) != 2 {
		t.Errorf("%s at level %d with %d signatures, want it in review at the crisis's level with two", s.State, s.Level, len(s.Needs))
	}
	if len(s.Cited) != 1 || s.Cited[0].Text != "It was batch 7." {
		t.Errorf("it cites %+v", s.Cited)
	}
}
