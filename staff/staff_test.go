package staff

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// crisis is a desk in a crisis with three of our own people, one of them without a mail address, and a stranger.
type crisis struct {
	t        *testing.T
	b        *Briefings
	db       *store.DB
	lead     context.Context
	incident desk.Incident
	staff    []desk.Contact
	letters  []desk.Mail
	fail     error
}

func open(t *testing.T) *crisis {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: quiet})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	c := &crisis{t: t, db: db, b: New(db, []byte(strings.Repeat("k", 32)), "https://desk.example", quiet)}
	c.lead = desk.WithActor(t.Context(), desk.Actor{Who: "user:2", UserID: 2, Name: "Lea", Role: desk.Lead})
	c.b.Post = func(_ context.Context, _ desk.Contact, l desk.Mail) error {
		if c.fail != nil {
			return c.fail
		}
		c.letters = append(c.letters, l)
		return nil
	}
	c.b.Plan = func(context.Context, int64) (desk.Plan, error) {
		return desk.Plan{Library: []desk.Prepared{{ID: "u", Kind: "update", Texts: []desk.PreparedFor{{Lang: "en", Text: "We do {what we do}."}}},
			{ID: "h", Kind: "holding", Texts: []desk.PreparedFor{{Lang: "en", Text: "We know about it."}}}}}, nil
	}
	c.b.Speak = func(_ string, t desk.Text) string { return t.English() }
	act := desk.ActOf(c.lead, "test", "")
	c.incident, err = db.ChangeIncident(t.Context(), 0, act, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Opened, out.Say = 1, "Recall", desk.IncidentOpen, time.Now().UTC(), desk.Say("opened")
		return nil
	})
	must(t, err)
	for _, one := range []desk.Contact{{Name: "Ana", Lang: "sv", Department: "Shop", Ways: mail("ana")}, {Name: "Bo", Department: "Plant", Ways: mail("bo")}, {Name: "Cy", Department: "Shop"},
		{Name: "Press", Kind: "press", Ways: mail("press")}} {
		kept, err := db.ChangeContact(t.Context(), 0, act, func(n *desk.Contact, out *desk.Out) error {
			one.ID, one.Version, one.BrandID, out.Say = n.ID, n.Version, 1, desk.Say("added")
			*n = one
			return n.Check()
		})
		must(t, err)
		c.staff = append(c.staff, kept)
	}
	return c
}

func mail(who string) []desk.ContactWay {
	return []desk.ContactWay{{Kind: desk.ReachEmail, Value: who + "@acme.example"}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *crisis) written() desk.Briefing {
	c.t.Helper()
	b, err := c.b.Save(c.lead, desk.Briefing{IncidentID: c.incident.ID, Remind: 4, Shares: []desk.Sharing{{Network: "bluesky", Lang: "en", Text: "We call the jar back.", Link: "https://acme.example"}},
		Texts: []desk.BriefingText{{Lang: "en", Title: "Recall", Happened: "a", Doing: "b", MaySay: "c", MayNot: "d", Questions: "e"}, {Lang: "sv", Title: "Återkallelse", Happened: "å", Doing: "b", MaySay: "c", MayNot: "d", Questions: "e"}}})
	must(c.t, err)
	return b
}

func (c *crisis) published() desk.Briefing {
	c.t.Helper()
	b, err := c.b.Publish(c.lead, c.written().ID, 0, "")
	must(c.t, err)
	c.deliver()
	return b
}

func (c *crisis) deliver() {
	c.t.Helper()
	for {
		n, err := c.b.round(c.t.Context())
		must(c.t, err)
		if n == 0 {
			return
		}
	}
}

func (c *crisis) link(who int, b desk.Briefing) string { return c.b.links.Name(b.ID, c.staff[who].ID) }

func TestToldAndRead(t *testing.T) {
	t.Parallel()
	c := open(t)
	b := c.published()
	if b.Current().People != 3 || len(c.letters) != 2 {
		t.Fatalf("to %d people, %d letters", b.Current().People, len(c.letters))
	}
	for _, l := range c.letters {
		if !strings.HasPrefix(l.Link, "https://desk.example/staff/") || strings.Contains(l.Subject.English(), "a\n") {
			t.Errorf("letter %+v", l)
		}
	}
	stranger := desk.WithActor(t.Context(), desk.Actor{From: "192.0.2.7"})
	link := c.link(0, b)
	p, err := c.b.ByLink(stranger, link)
	must(t, err)
	if p.Text.Title != "Återkallelse" || !p.Read.IsZero() {
		t.Errorf("Ana reads %+v", p)
	}
	if _, err := c.b.Read(stranger, link, 7); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("read an edition that is none: %v", err)
	}
	p, err = c.b.Read(stranger, link, 1)
	must(t, err)
	readers, err := c.b.Readers(c.lead, b.ID)
	must(t, err)
	if p.Read.IsZero() || len(readers) != 3 || readers[0].Contact.Name != "Cy" || readers[0].Problem != problemNoMail.Say || readers[2].Contact.Name != "Ana" || readers[2].Read.IsZero() {
		t.Errorf("readers %+v", readers)
	}
	n, err := c.b.Remind(c.lead, b.ID)
	must(t, err)
	c.deliver()
	if n != 1 || len(c.letters) != 3 || !strings.Contains(c.letters[2].Lines[0].English(), "not confirmed") {
		t.Errorf("reminded %d, letters %+v", n, c.letters)
	}
	// A new edition is read anew.
	in := b
	in.Version, in.Texts[1].Happened = 0, "nytt"
	_, err = c.b.Save(c.lead, in)
	must(t, err)
	if p, _ := c.b.ByLink(stranger, link); p.Text.Happened != "å" {
		t.Errorf("a draft is shown: %+v", p.Text)
	}
	_, err = c.b.Publish(c.lead, b.ID, 0, "new")
	must(t, err)
	c.deliver()
	if p, _ := c.b.ByLink(stranger, link); p.Text.Happened != "nytt" || !p.Read.IsZero() || len(c.letters) != 5 {
		t.Errorf("the new edition: %+v, %d letters", p, len(c.letters))
	}
	for what, name := range map[string]string{"not ours": "AAAA", "somebody outside": c.link(3, b), "of another briefing": c.b.links.Name(99, c.staff[0].ID)} {
		if _, err := c.b.ByLink(stranger, name); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link that is %s: %v", what, err)
		}
	}
	_, err = c.b.End(c.lead, b.ID)
	must(t, err)
	if p, _ := c.b.ByLink(stranger, link); !p.Ended || p.Shares != nil {
		t.Errorf("ended: %+v", p)
	}
}

func TestDraftAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	c := open(t)
	d, err := c.b.Draft(c.lead, c.incident.ID, "en")
	must(t, err)
	if x := d.Texts[0]; x.Title != "Recall" || x.Doing != "We do {what we do}." || x.MaySay != "We know about it." || x.MayNot == "" || x.Questions == "" {
		t.Errorf("drafted %+v", x)
	}
	d.Texts[0].Happened = "It broke."
	b, err := c.b.Save(c.lead, d)
	must(t, err)
	var wrong *desk.Invalid
	if _, err := c.b.Publish(c.lead, b.ID, 0, ""); !errors.As(err, &wrong) || wrong.Field != "doing" {
		t.Errorf("published with a blank: %v", err)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Role: desk.Responder})
	if _, err := c.b.Publish(viewer, b.ID, 0, ""); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder publishes: %v", err)
	}
}

// From the moment of a hold no text is given; when it has ended, not before a lead releases.
func TestHoldStopsSharing(t *testing.T) {
	t.Parallel()
	c := open(t)
	b := c.published()
	link := c.link(1, b)
	text := func() string {
		t.Helper()
		p, s, err := c.b.Share(t.Context(), link, "s1")
		must(t, err)
		if (p.Shares[0].Text == "") != p.Stopped || p.Stopped != (s.Text == "") {
			t.Errorf("stopped %v, but texts %q and %q", p.Stopped, p.Shares[0].Text, s.Text)
		}
		return s.Text
	}
	if text() == "" {
		t.Fatal("stopped before any hold")
	}
	if to, err := c.b.Go(t.Context(), link, "s1"); err != nil || to != "https://bsky.app/intent/compose?text=We%20call%20the%20jar%20back.%20https%3A%2F%2Facme.example" {
		t.Errorf("to %q, %v", to, err)
	}
	hold := c.hold(func(h *desk.Hold) { h.BrandID = 1 })
	if text() != "" {
		t.Error("a text is given while a hold is on")
	}
	if to, _ := c.b.Go(t.Context(), link, "s1"); to != "" {
		t.Errorf("leads to %q while a hold is on", to)
	}
	if _, err := c.b.Release(c.lead, b.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("released while a hold is on: %v", err)
	}
	c.endHold(hold)
	if text() != "" {
		t.Error("it goes on by itself when the hold ends")
	}
	_, err := c.b.Release(c.lead, b.ID)
	must(t, err)
	if text() == "" {
		t.Error("stopped after the release")
	}
	counts, err := c.b.Shared(c.lead, b.ID)
	must(t, err)
	if len(counts) != 1 || counts[0] != (desk.ShareCount{ID: "s1", Opened: 2, Shared: 1}) {
		t.Errorf("counted %+v", counts)
	}
	c.hold(func(h *desk.Hold) { h.BrandID = 2 })
	c.hold(func(h *desk.Hold) { h.BrandID, h.Words = 1, []string{"tomato"} })
	if text() == "" {
		t.Error("stopped by a hold that is about something else")
	}
	c.hold(func(h *desk.Hold) { h.Words = []string{"JAR"} })
	if text() != "" {
		t.Error("not stopped by a hold of its words")
	}
}

func (c *crisis) hold(change func(*desk.Hold)) desk.Hold {
	c.t.Helper()
	h := desk.Hold{By: "Lea", Why: "x", At: time.Now().UTC()}
	change(&h)
	c.keep(&h)
	return h
}

func (c *crisis) keep(h *desk.Hold) {
	c.t.Helper()
	must(c.t, c.db.Sending(c.t.Context(), func(l desk.Sending) error {
		return l.KeepHold(h, desk.ActOf(c.lead, "hold.press", "x"), desk.Out{Say: desk.Say("held")})
	}))
}

func (c *crisis) endHold(h desk.Hold) {
	h.Ended = time.Now().UTC()
	c.keep(&h)
}

func TestRumours(t *testing.T) {
	t.Parallel()
	c := open(t)
	b := c.published()
	ana, bo := c.link(0, b), c.link(1, b)
	p, err := c.b.Ask(t.Context(), ana, " Is the plant closing? ")
	must(t, err)
	if len(p.Asked) != 1 || !p.Asked[0].Mine || p.Asked[0].Answered() {
		t.Fatalf("Ana sees %+v", p.Asked)
	}
	if p, _ := c.b.ByLink(t.Context(), bo); len(p.Asked) != 0 {
		t.Errorf("Bo sees what nobody answered: %+v", p.Asked)
	}
	open, err := c.b.Rumours(c.lead, 1, c.incident.ID, 0, true, desk.Paging{})
	must(t, err)
	timeline, err := c.db.Journal(c.lead, desk.EntryFilter{IncidentID: c.incident.ID})
	must(t, err)
	if len(open) != 1 || timeline[0].Do != "rumour.ask" {
		t.Fatalf("in the room: %+v, %+v", open, timeline[0])
	}
	var wrong *desk.Invalid
	if _, err := c.b.Answer(c.lead, desk.Rumour{ID: open[0].ID, Answer: "No.", FactID: 77}); !errors.As(err, &wrong) || wrong.Field != "fact" {
		t.Errorf("answered with a fact that is none: %v", err)
	}
	_, err = c.b.Answer(c.lead, desk.Rumour{ID: open[0].ID, Answer: "No.", Shown: "Does the plant close?"})
	must(t, err)
	p, err = c.b.ByLink(t.Context(), bo)
	must(t, err)
	if len(p.Asked) != 1 || p.Asked[0].Question() != "Does the plant close?" || p.Asked[0].Mine || p.Asked[0].ContactID != 0 {
		t.Errorf("Bo reads %+v", p.Asked)
	}
	for range maxQuestions - 1 {
		_, err = c.b.Ask(t.Context(), ana, "And?")
		must(t, err)
	}
	if _, err := c.b.Ask(t.Context(), ana, "And?"); !errors.As(err, &wrong) {
		t.Errorf("asked without end: %v", err)
	}
}

func TestUntold(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.fail = errors.New("550 no such user")
	b := c.published()
	readers, err := c.b.Readers(c.lead, b.ID)
	must(t, err)
	refused := 0
	for _, r := range readers {
		if r.Problem == problemRefused.Say {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("refused %d: %+v", refused, readers)
	}
}
