package people

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// sentBy collects letters; fail is what the next sending ends with.
type sentBy struct {
	letters []desk.Mail
	to      []desk.Contact
	fail    error
}

func (s *sentBy) post(_ context.Context, to desk.Contact, l desk.Mail) error {
	if s.fail != nil {
		return s.fail
	}
	s.letters, s.to = append(s.letters, l), append(s.to, to)
	return nil
}

func (s *sentBy) link(i int) string {
	return strings.TrimPrefix(s.letters[i].Link, "https://desk.example/reach/")
}

func somebody(t *testing.T, d *Directory, lead context.Context) desk.Contact {
	t.Helper()
	c, err := d.Save(lead, desk.Contact{BrandID: 1, Name: "Ana", Lang: "sv", Notes: "never call her husband", Ways: []desk.ContactWay{{Kind: desk.ReachMobile, Value: "+46 70 1"}, {Kind: desk.ReachEmail, Value: "ana@acme.example"}}})
	must(t, err)
	return c
}

func TestAskedAndAnswered(t *testing.T) {
	t.Parallel()
	d, db, lead := newDirectory(t)
	post := &sentBy{}
	d.Post = post.post
	c := somebody(t, d, lead)
	must(t, d.Ask(lead, c.ID))
	deliver(t, d)
	if len(post.letters) != 1 || post.to[0].Email() != "ana@acme.example" {
		t.Fatalf("sent %+v", post.letters)
	}
	said := post.letters[0].Subject.English()
	for _, l := range post.letters[0].Lines {
		said += l.English()
	}
	if strings.Contains(said, "+46") || strings.Contains(said, "husband") {
		t.Errorf("the letter tells too much: %s", said)
	}
	stranger := desk.WithActor(t.Context(), desk.Actor{From: "192.0.2.7"})
	before, err := db.Journal(lead, desk.EntryFilter{})
	must(t, err)
	for range 3 { // a scanner of links
		own, err := d.ByLink(stranger, post.link(0))
		must(t, err)
		if own.Name != "Ana" || len(own.Ways) != 2 {
			t.Errorf("own %+v", own)
		}
	}
	if after, _ := db.Journal(lead, desk.EntryFilter{}); len(after) != len(before) {
		t.Error("opening the link changed something")
	}
	if _, err := d.Answer(stranger, post.link(0), Own{Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "nonsense"}}}); invalidField(err) != "ways" {
		t.Errorf("a wrong number: %v", err)
	}
	if _, err := d.Answer(stranger, post.link(0), Own{}); invalidField(err) != "ways" {
		t.Errorf("no way at all: %v", err)
	}
	ways := []desk.ContactWay{{Kind: desk.ReachMobile, Value: "+46 70 2"}, {Kind: desk.ReachEmail, Value: "ana@acme.example"}}
	if _, err := d.Answer(stranger, post.link(0), Own{Ways: ways}); err != nil {
		t.Fatal(err)
	}
	now, err := d.One(lead, c.ID)
	must(t, err)
	if now.Ways[0].Value != "+46 70 2" || now.Checked.IsZero() || now.How != desk.CheckedLink || now.Asks != 0 || now.Notes == "" {
		t.Errorf("kept %+v", now)
	}
	last, err := db.Journal(lead, desk.EntryFilter{})
	must(t, err)
	if e := last[0]; e.Who != "contact:1" || e.Name != "Ana" || e.From != "192.0.2.7" || strings.Contains(e.Say.English(), "+46") {
		t.Errorf("journal %+v", e)
	}
	for what, name := range map[string]string{"used": post.link(0), "not ours": "AAAA", "another purpose": "x" + post.link(0)[1:]} {
		_, err := d.Answer(stranger, name, Own{Ways: ways})
		if !errors.Is(err, ErrSpent) && !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link that is %s: %v", what, err)
		}
	}
}

func invalidField(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Field
	}
	return ""
}

// deliver works off what is due now.
func deliver(t *testing.T, d *Directory) {
	t.Helper()
	for {
		n, err := d.round(t.Context())
		must(t, err)
		if n == 0 {
			return
		}
	}
}

func TestRefusedMailMakesUnreachable(t *testing.T) {
	t.Parallel()
	d, _, lead := newDirectory(t)
	post := &sentBy{fail: &desk.Retry{Err: errors.New("later")}}
	d.Post = post.post
	c := somebody(t, d, lead)
	must(t, d.Ask(lead, c.ID))
	deliver(t, d)
	if c, _ := d.One(lead, c.ID); c.Unreachable() {
		t.Errorf("unreachable because our server was away: %+v", c)
	}
	must(t, d.Ask(lead, c.ID))
	post.fail = errors.New("550 no such user")
	deliver(t, d)
	now, err := d.One(lead, c.ID)
	must(t, err)
	n, err := d.Counts(lead, 1, time.Now())
	must(t, err)
	if !now.Unreachable() || n.Unreachable != 1 {
		t.Errorf("%+v, counted %+v", now, n)
	}
	now.Ways[1].Value = "ana.new@acme.example"
	if now, err = d.Save(lead, now); err != nil || now.Unreachable() {
		t.Errorf("after the address was mended: %+v, %v", now, err)
	}
}

// Somebody who does not answer is asked three times, a week apart, and stale then; whoever answers is left alone for the cadence.
func TestCadence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeContacts{rules: desk.ContactRules{Days: 90}}
		d := NewDirectory(f, []byte("key"), "https://desk.example", discard())
		post := &sentBy{}
		d.Post = post.post
		f.all = []desk.Contact{{ID: 1, Name: "Ana", Added: time.Now(), Version: 1, Ways: []desk.ContactWay{{Kind: desk.ReachEmail, Value: "a@acme.example"}}}}
		ctx := t.Context()
		at := func(days int) {
			t.Helper()
			time.Sleep(time.Duration(days) * 24 * time.Hour)
			must(t, d.due(ctx, time.Now()))
			deliver(t, d)
		}
		at(89)
		if len(post.letters) != 0 {
			t.Fatal("asked before the cadence")
		}
		for i, days := range []int{2, 8, 8, 8, 20} {
			at(days)
			if want := min(i+1, maxAsks); len(post.letters) != want {
				t.Errorf("step %d: %d letters, want %d", i, len(post.letters), want)
			}
		}
		if _, err := d.Answer(ctx, post.link(2), Own{Ways: f.all[0].Ways}); err != nil {
			t.Fatal(err)
		}
		at(80)
		if len(post.letters) != maxAsks {
			t.Error("asked again though they answered")
		}
		at(11)
		if len(post.letters) != maxAsks+1 {
			t.Errorf("%d letters after the next cadence", len(post.letters))
		}
		if _, err := d.ByLink(ctx, post.link(0)); !errors.Is(err, ErrSpent) {
			t.Errorf("an old link opens: %v", err)
		}
		f.rules.Days = 0
		at(400)
		if len(post.letters) != maxAsks+1 {
			t.Error("asked though nobody is to be")
		}
	})
}

// fakeContacts is a store in memory with what asking needs of one.
type fakeContacts struct {
	ContactStore
	all   []desk.Contact
	jobs  []desk.Job
	rules desk.ContactRules
}

func (f *fakeContacts) ContactRules(context.Context) (desk.ContactRules, error) { return f.rules, nil }

func (f *fakeContacts) ContactsToAsk(_ context.Context, due, again time.Time, tries, _ int) (out []desk.Contact, _ error) {
	for _, c := range f.all {
		if c.Asks < tries && (c.Asks == 0 && c.Since().Before(due) || c.Asks > 0 && c.Asked.Before(again)) {
			out = append(out, c)
		}
	}
	return out, nil
}

func (f *fakeContacts) Contact(_ context.Context, id int64) (desk.Contact, error) {
	return f.all[id-1], nil
}

func (f *fakeContacts) ChangeContact(_ context.Context, id int64, _ desk.Act, change func(*desk.Contact, *desk.Out) error) (desk.Contact, error) {
	var out desk.Out
	err := change(&f.all[id-1], &out)
	f.jobs = append(f.jobs, out.Jobs...)
	return f.all[id-1], err
}

func (f *fakeContacts) ClaimJobs(context.Context, string, int, time.Duration) ([]desk.Job, error) {
	jobs := f.jobs
	f.jobs = nil
	return jobs, nil
}

func (f *fakeContacts) FinishJob(context.Context, int64) error { return nil }

func TestWhoMayCorrect(t *testing.T) {
	t.Parallel()
	d, db, lead := newDirectory(t)
	c := somebody(t, d, lead)
	responder := desk.WithActor(t.Context(), desk.Actor{Who: "user:9", UserID: 9, Name: "Rio", Role: desk.Responder})
	in := c
	in.Name, in.Ways = "Mallory", []desk.ContactWay{{Kind: desk.ReachMobile, Value: "+46 70 666"}}
	got, err := d.Save(responder, in)
	must(t, err)
	if got.Name != "Ana" || got.Ways[0].Value != "+46 70 1" || got.Pending == nil || got.Pending.By != "Rio" {
		t.Errorf("a responder's correction became %+v", got)
	}
	if _, err := d.Decide(responder, c.ID, true); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder decides: %v", err)
	}
	got, err = d.Decide(lead, c.ID, true)
	must(t, err)
	if got.Pending != nil || got.Ways[0].Value != "+46 70 666" {
		t.Errorf("taken over %+v", got)
	}
	if _, err := d.Decide(lead, c.ID, true); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("decided twice: %v", err)
	}
	_, err = db.ChangeContact(lead, c.ID, desk.ActOf(lead, "contact.save", ""), func(c *desk.Contact, out *desk.Out) error {
		c.UserID, out.Say = 9, desk.Say("linked")
		return nil
	})
	must(t, err)
	in.Ways, in.Version = []desk.ContactWay{{Kind: desk.ReachMobile, Value: "+46 70 3"}}, 0
	got, err = d.Save(responder, in)
	must(t, err)
	if got.Ways[0].Value != "+46 70 3" || got.Name != "Ana" || got.Pending != nil {
		t.Errorf("one's own correction became %+v", got)
	}
	if _, err := d.Save(responder, desk.Contact{Name: "New"}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a responder adds: %v", err)
	}
	viewer := desk.WithActor(t.Context(), desk.Actor{Role: desk.Viewer})
	if _, err := d.List(viewer, desk.ContactFilter{}); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer reads the book: %v", err)
	}
}

var _ ContactStore = (*store.DB)(nil)
