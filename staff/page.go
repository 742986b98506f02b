package staff

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

// Page is what one of our own people reads by their link.
type Page struct {
	Name    string // of who reads
	Lang    string // that they read
	Text    desk.BriefingText
	Edition desk.BriefingEdition
	Read    time.Time // when they confirmed; zero: not yet
	Ended   bool
	Shares  []desk.Sharing // to be shared; their texts are empty while they are stopped
	Stopped bool
	Asked   []Answered // their own questions and those that are answered for all, newest first
	Drill   bool

	briefing desk.Briefing
	contact  desk.Contact
}

// Answered is a question as a reader sees it.
type Answered struct {
	desk.Rumour
	Mine    bool
	Verdict string // of the claim that it is about; empty none
	Fact    string // what shows it
}

// ByLink opens the page of one of our own people. It changes nothing, whoever opens it: mail servers open links too. desk.ErrNotFound:
// we made no such link, or they are not with us any more.
func (b *Briefings) ByLink(ctx context.Context, name string) (Page, error) {
	v, ok := b.links.Read(name, 2)
	if !ok {
		return Page{}, desk.ErrNotFound
	}
	one, err := b.store.Briefing(ctx, v[0])
	if err != nil {
		return Page{}, err
	}
	c, err := b.staffOf(ctx, v[1])
	if err != nil {
		return Page{}, err
	}
	p := Page{Name: c.Name, Lang: c.Lang, Ended: one.State == desk.BriefingEnded, Drill: one.DrillID != 0, briefing: one, contact: c}
	if err := b.newest(ctx, &p); err != nil {
		return Page{}, err
	}
	if err := b.shares(ctx, &p); err != nil {
		return Page{}, err
	}
	return p, b.asked(ctx, &p)
}

// staffOf is a contact that still belongs to us.
func (b *Briefings) staffOf(ctx context.Context, id int64) (desk.Contact, error) {
	c, err := b.store.Contact(ctx, id)
	if err != nil {
		return c, err
	}
	if c.Kind != desk.ContactStaff {
		return c, desk.ErrNotFound
	}
	if c.UserID == 0 {
		return c, nil
	}
	u, err := b.store.User(ctx, c.UserID)
	if err == nil && u.Disabled {
		err = desk.ErrNotFound
	}
	return c, err
}

// newest finds the newest edition that went to the reader.
func (b *Briefings) newest(ctx context.Context, p *Page) error {
	for _, e := range p.briefing.Editions {
		r, err := b.store.ReaderOf(ctx, p.briefing.ID, e.Edition, p.contact.ID)
		if isGone(err) {
			continue
		}
		if err != nil {
			return err
		}
		p.Edition, p.Read, p.Text = e, r.Read, e.For(p.Lang)
		return nil
	}
	return desk.ErrNotFound
}

func (b *Briefings) shares(ctx context.Context, p *Page) error {
	if len(p.Edition.Shares) == 0 || p.Ended {
		return nil
	}
	held, err := b.holds(ctx)
	if err != nil {
		return err
	}
	p.Stopped = !p.briefing.MayShare(held)
	p.Shares = slices.Clone(p.Edition.Shares)
	for i := range p.Shares {
		if p.Stopped {
			p.Shares[i].Text, p.Shares[i].Link = "", ""
		}
	}
	return nil
}

// questionsShown are the newest; a page with more is not read.
const questionsShown = 100

func (b *Briefings) asked(ctx context.Context, p *Page) error {
	all, err := b.store.Rumours(ctx, p.briefing.BrandID, 0, p.briefing.ID, false, desk.Paging{Limit: questionsShown})
	if err != nil || len(all) == 0 {
		return err
	}
	claims, err := b.store.Claims(ctx, p.briefing.IncidentID)
	if err != nil {
		return err
	}
	facts, err := b.store.Facts(ctx, p.briefing.IncidentID)
	if err != nil {
		return err
	}
	for _, r := range all {
		a := Answered{Rumour: r, Mine: r.ContactID == p.contact.ID}
		if !a.Mine && (r.Private || !r.Answered()) {
			continue
		}
		for _, c := range claims {
			if c.ID == r.ClaimID && c.Decided() {
				a.Verdict = c.Verdict
			}
		}
		for _, f := range facts {
			if f.ID == r.FactID && f.State == desk.FactConfirmed {
				a.Fact = f.Text
			}
		}
		a.ContactID = 0
		p.Asked = append(p.Asked, a)
	}
	return nil
}

// act is what the reader does.
func (p *Page) act(ctx context.Context, do string) desk.Act {
	return desk.Act{Who: on(p.contact.ID), Name: p.contact.Name, Do: do, At: time.Now().UTC(), From: desk.ActorOf(ctx).From}
}

// Read keeps that the reader of a link read an edition: the one shown to them, which must still be theirs (desk.ErrConflict).
func (b *Briefings) Read(ctx context.Context, name string, edition int) (Page, error) {
	p, err := b.ByLink(ctx, name)
	if err != nil {
		return p, err
	}
	if edition != p.Edition.Edition {
		return p, desk.ErrConflict
	}
	act := p.act(ctx, "briefing.read")
	if err := b.store.ReadBriefing(ctx, p.briefing.ID, edition, p.contact.ID, act); err != nil {
		return p, err
	}
	if p.Read.IsZero() {
		p.Read = act.At
	}
	return p, nil
}

// maxQuestions is how many a person asks on one page: more is no question.
const maxQuestions = 20

// Ask puts a question of the reader of a link into the room as a rumour. *desk.Invalid of "question".
func (b *Briefings) Ask(ctx context.Context, name, question string) (Page, error) {
	p, err := b.ByLink(ctx, name)
	if err != nil {
		return p, err
	}
	n, err := b.store.CountRumours(ctx, p.briefing.ID, p.contact.ID)
	switch {
	case err != nil:
		return p, err
	case p.Ended:
		return p, desk.Wrong("question", "This briefing has ended. Ask your superior.")
	case n >= maxQuestions:
		return p, desk.Wrong("question", "You have asked many questions here. Please call instead.")
	}
	act := p.act(ctx, "rumour.ask")
	_, err = b.store.ChangeRumour(ctx, 0, act, func(r *desk.Rumour, out *desk.Out) error {
		r.BrandID, r.IncidentID, r.BriefingID, r.ContactID = p.briefing.BrandID, p.briefing.IncidentID, p.briefing.ID, p.contact.ID
		r.Lang, r.Text, r.At = p.Lang, question, act.At
		if err := r.Check(); err != nil {
			return err
		}
		out.IncidentID, out.Say = r.IncidentID, desk.Say("One of our own people asks: {text}", "text", r.Text)
		return nil
	})
	if err != nil {
		return p, err
	}
	return b.ByLink(ctx, name)
}

// Share gives a message to be shared, and counts that it was opened, without saying by whom. While a hold is on there is none: its
// text is empty. desk.ErrNotFound.
func (b *Briefings) Share(ctx context.Context, name, id string) (p Page, s desk.Sharing, err error) {
	if p, s, err = b.shared(ctx, name, id); err != nil || s.Text == "" {
		return p, s, err
	}
	return p, s, b.store.CountShare(ctx, p.briefing.ID, id, false)
}

// Go gives the address at which a network takes a message over, and counts that it was opened. It is empty while a hold is on.
func (b *Briefings) Go(ctx context.Context, name, id string) (string, error) {
	p, s, err := b.shared(ctx, name, id)
	if err != nil || s.Text == "" {
		return "", err
	}
	to := ShareAddress(s)
	if to == "" {
		return "", desk.ErrNotFound
	}
	return to, b.store.CountShare(ctx, p.briefing.ID, id, true)
}

func (b *Briefings) shared(ctx context.Context, name, id string) (Page, desk.Sharing, error) {
	p, err := b.ByLink(ctx, name)
	if err != nil {
		return p, desk.Sharing{}, err
	}
	i := slices.IndexFunc(p.Shares, func(s desk.Sharing) bool { return s.ID == id })
	if i < 0 {
		return p, desk.Sharing{}, desk.ErrNotFound
	}
	return p, p.Shares[i], nil
}

// shareAddresses are where networks take a text over that somebody is about to post; {text} and {link} are replaced. A network that
// has none is shared to by copying.
var shareAddresses = map[string]string{
	"linkedin": "https://www.linkedin.com/feed/?shareActive=true&text={both}",
	"bluesky":  "https://bsky.app/intent/compose?text={both}",
	"mastodon": "https://share.joinmastodon.org/#text={both}",
	"x":        "https://x.com/intent/post?text={both}",
	"facebook": "https://www.facebook.com/sharer/sharer.php?u={link}",
	"threads":  "https://www.threads.com/intent/post?text={both}",
	"whatsapp": "https://wa.me/?text={both}",
	"telegram": "https://t.me/share/url?url={link}&text={text}",
}

// ShareAddress is where the network of a message takes it over; empty when it is to be copied.
func ShareAddress(s desk.Sharing) string {
	to := shareAddresses[s.Network]
	if strings.Contains(to, "{link}") && s.Link == "" {
		return ""
	}
	both := s.Text
	if s.Link != "" && !strings.Contains(both, s.Link) {
		both += " " + s.Link
	}
	return strings.NewReplacer("{both}", escaped(both), "{text}", escaped(s.Text), "{link}", escaped(s.Link)).Replace(to)
}

// escaped keeps spaces readable where networks take a plus for a plus.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
