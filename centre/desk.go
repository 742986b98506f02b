package centre

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
)

// Store is what the crisis centre needs of storage.
type Store interface {
	Centres(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Centre, error)
	Centre(ctx context.Context, id int64) (desk.Centre, error)
	CentreOf(ctx context.Context, statementID, incidentID int64) (desk.Centre, error)
	ChangeCentre(ctx context.Context, id int64, act desk.Act, change func(*desk.Centre, *desk.Out) error) (desk.Centre, error)
	DeleteCentre(ctx context.Context, id int64, act desk.Act) error
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Statement(ctx context.Context, id int64) (desk.Statement, error)
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	PostsOf(ctx context.Context, statementID int64) ([]desk.Post, error)
	Promises(ctx context.Context, brandID, incidentID int64, state string, from time.Time, n int) ([]desk.Promise, error)
	Blob(ctx context.Context, hash string) ([]byte, error)
	KeepBlob(ctx context.Context, body []byte) (hash string, err error)
	Press(ctx context.Context, brandID, centreID int64) (desk.Press, error)
	ChangePress(ctx context.Context, brandID, centreID int64, act desk.Act, change func(*desk.Press, *desk.Out) error) (desk.Press, error)
}

// Words are what the crisis centre asks of where words are written and signed.
type Words struct {
	// Begin drafts a statement; replaces is the one whose words it takes the place of, 0 none.
	Begin func(ctx context.Context, brandID, incidentID, replaces int64, w desk.Words) (desk.Statement, error)
	// Submit sends a draft to be signed.
	Submit func(ctx context.Context, id int64, version int) (desk.Statement, error)
	// File puts a statement under an incident.
	File func(ctx context.Context, id, incidentID int64) error
	// Publish lets approved statements out now, all of them or none.
	Publish func(ctx context.Context, ids []int64) error
	// Retract has a live post taken back.
	Retract func(ctx context.Context, postID int64, why string) error
}

// Desk is where people prepare pages of the crisis centre, have them signed, put them up and take them down. It is also the board that
// the channel of kind desk.CentreKind puts posts on.
type Desk struct {
	Words Words
	// Picture checks and cleans a picture that people upload. *desk.Invalid for what is none.
	Picture func(name string, b []byte) (desk.Media, []byte, error)
	// Letters reports whether a brand's updates go out by mail. nil: they do not.
	Letters func(brandID int64) bool
	// Jobs are what must happen when the public words of an update change, kept in the transaction that changes them. nil: nothing.
	// p is the post that changes them, and st the statement whose words they are, or were.
	Jobs func(c *desk.Centre, u *desk.CentreUpdate, ch desk.Channel, p *desk.Post, st *desk.Statement, how Turn) []desk.Job
	// Copies are the jobs that bring a brand's copies elsewhere up to date, kept in the transaction that changes what they show. nil: none.
	Copies func(ctx context.Context, brandID int64) ([]desk.Job, error)

	// Unsafe tells what keeps browsers from opening a host name by https. nil: nothing does, as far as is known here.
	Unsafe func(host string) (t Trouble, wrong bool)

	store Store
	url   string // of the console, without a trailing slash: where the centre is under /c/
	log   *slog.Logger

	mu    sync.Mutex // guards wrong
	wrong map[int64][]Trouble
}

// Turn is how the public words of an update change.
type Turn string

// The turns.
const (
	Said      Turn = "said"      // they became public
	Corrected Turn = "corrected" // they took the place of others
	Withdrawn Turn = "withdrawn" // they were taken off the page, or went with it
)

// New makes the desk of the crisis centre; url is where this binary is reached.
func New(s Store, url string, log *slog.Logger) *Desk { return &Desk{store: s, url: url, log: log} }

// List gives a piece of a brand's pages, newest first; incident 0 does not restrict.
func (d *Desk) List(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Centre, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return d.store.Centres(ctx, brandID, incidentID, p)
}

// One is one page. desk.ErrNotFound.
func (d *Desk) One(ctx context.Context, id int64) (desk.Centre, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Centre{}, err
	}
	return d.store.Centre(ctx, id)
}

// Save makes a page (ID 0) or changes what the team prepares of it; what is public stays as it is until it is signed and published.
// *desk.Invalid; desk.ErrConflict when Version is not the stored one and not 0. For responders.
func (d *Desk) Save(ctx context.Context, c desk.Centre) (desk.Centre, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return c, err
	}
	if err := c.Check(); err != nil {
		return c, err
	}
	if c.ID == 0 {
		if err := d.place(ctx, &c); err != nil {
			return c, err
		}
	}
	act := desk.ActOf(ctx, "centre.save", "")
	return d.store.ChangeCentre(ctx, c.ID, act, func(now *desk.Centre, out *desk.Out) error {
		if c.ID != 0 && c.Version != 0 && c.Version != now.Version {
			return desk.ErrConflict
		}
		out.Say = desk.Say("{name} changed the page {title} of the crisis centre.", "name", act.Name, "title", c.Name)
		if c.ID == 0 {
			now.BrandID, now.IncidentID, now.Stage, now.State, now.Made = c.BrandID, c.IncidentID, desk.CentreDark, c.State, act.At
			out.Say = desk.Say("{name} prepared the page {title} of the crisis centre.", "name", act.Name, "title", c.Name)
		}
		if now.Opened.IsZero() { // an address that people know stays
			now.Slug = c.Slug
		}
		now.Name, now.Scenario, now.NoIndex, now.Draft = c.Name, c.Scenario, c.NoIndex, slices.Clone(c.Draft)
		for i := range now.Draft { // they come from what there is for the press
			now.Draft[i].Contacts, now.Draft[i].Files = nil, nil
		}
		out.IncidentID = now.IncidentID
		return now.Check()
	})
}

// place looks where a new page belongs.
func (d *Desk) place(ctx context.Context, c *desk.Centre) error {
	if c.IncidentID == 0 {
		_, err := d.store.Brand(ctx, c.BrandID)
		return err
	}
	i, err := d.store.Incident(ctx, c.IncidentID)
	c.BrandID = i.BrandID
	return err
}

// Delete removes a page that was never public. For leads.
func (d *Desk) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	c, err := d.store.Centre(ctx, id)
	if err != nil {
		return err
	}
	if !c.Opened.IsZero() {
		return desk.Wrong("centre", "The page was public: take it down instead. Its address then says so.")
	}
	return d.store.DeleteCentre(ctx, id, desk.ActOf(ctx, "centre.delete", ""))
}

// Home is a brand's crisis centre; found is false when it has none.
func (d *Desk) Home(ctx context.Context, brandID int64) (h Home, found bool, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return h, false, err
	}
	ch, err := d.channel(ctx, brandID)
	var missing *desk.Invalid
	if errors.As(err, &missing) {
		return h, false, nil
	}
	if err != nil {
		return h, false, err
	}
	b, err := d.store.Brand(ctx, brandID)
	return d.homeOf(b, ch), true, err
}

// Draft is a new page to write on: the brand's last one of the same scenario, else of any, lends it what rarely changes, where to get
// help and whom the press asks.
func (d *Desk) Draft(ctx context.Context, c desk.Centre, lang string) (desk.Centre, error) {
	if c.IncidentID != 0 {
		i, err := d.store.Incident(ctx, c.IncidentID)
		if err != nil {
			return c, err
		}
		c.BrandID, c.Name, c.Scenario = i.BrandID, i.Title, i.Scenario
	}
	all, err := d.List(ctx, c.BrandID, 0, desk.Paging{Limit: 200})
	if err != nil {
		return c, err
	}
	i := slices.IndexFunc(all, func(o desk.Centre) bool { return o.Scenario == c.Scenario && len(o.Draft) > 0 })
	if i < 0 {
		i = slices.IndexFunc(all, func(o desk.Centre) bool { return len(o.Draft) > 0 })
	}
	if i < 0 {
		c.Draft = []desk.CentreText{{Lang: lang}}
		return c, nil
	}
	for _, t := range all[i].Draft {
		c.Draft = append(c.Draft, desk.CentreText{Lang: t.Lang, Help: t.Help, Press: t.Press, Heads: t.Heads})
	}
	return c, nil
}

// channel is the brand's channel to the crisis centre.
func (d *Desk) channel(ctx context.Context, brandID int64) (desk.Channel, error) {
	all, err := d.store.Channels(ctx, brandID)
	if err != nil {
		return desk.Channel{}, err
	}
	i := slices.IndexFunc(all, func(c desk.Channel) bool { return c.Kind == desk.CentreKind })
	if i < 0 {
		return desk.Channel{}, None()
	}
	return all[i], nil
}

// Ask sends the page's own words to be signed, as a statement of its own, by the rule of a level: so high a crisis may be in which they
// go out. Once public they replace those that are. For responders.
func (d *Desk) Ask(ctx context.Context, id int64, level desk.Level) (desk.Centre, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Centre{}, err
	}
	c, err := d.store.Centre(ctx, id)
	if err != nil {
		return c, err
	}
	ch, err := d.channel(ctx, c.BrandID)
	if err != nil {
		return c, err
	}
	if len(c.Draft) == 0 {
		return c, desk.Wrong("draft", "Write the page first.")
	}
	texts, err := d.written(ctx, &c)
	if err != nil {
		return c, err
	}
	w := desk.Words{Kind: "faq", Title: c.Name, Level: level, Messages: []desk.KeyMessage{}}
	asked := desk.CentreAsked{Texts: texts, At: time.Now().UTC()}
	for i, t := range texts {
		words := Plain(t)
		asked.Words = append(asked.Words, words)
		w.Variants = append(w.Variants, desk.Variant{ID: "v" + strconv.Itoa(i+1), ChannelID: ch.ID, Kind: ch.Kind, Lang: t.Lang, Title: t.Title, Text: words})
	}
	replaces, err := d.replaces(ctx, &c)
	if err != nil {
		return c, err
	}
	s, err := d.Words.Begin(ctx, c.BrandID, c.IncidentID, replaces, w)
	if err != nil {
		return c, err
	}
	asked.StatementID = s.ID
	act := desk.ActOf(ctx, "centre.ask", "")
	c, err = d.store.ChangeCentre(ctx, id, act, func(now *desk.Centre, out *desk.Out) error {
		now.Asked = asked
		out.Say = desk.Say("{name} sent the page {title} of the crisis centre to be signed.", "name", act.Name, "title", now.Name)
		out.IncidentID = now.IncidentID
		return nil
	})
	if err != nil {
		return c, err
	}
	_, err = d.Words.Submit(ctx, s.ID, 0)
	return c, err
}

// replaces is the statement whose words are public as the page's own; 0 none.
func (d *Desk) replaces(ctx context.Context, c *desk.Centre) (int64, error) {
	if len(c.Live) == 0 || c.Asked.StatementID == 0 {
		return 0, nil
	}
	s, err := d.store.Statement(ctx, c.Asked.StatementID)
	if err != nil || s.State != desk.StatementPublished {
		return s.Replaces, err
	}
	return s.ID, nil
}

// Ready is what would go out if a page were published now.
type Ready struct {
	Own             desk.Statement   // the page's own words; zero ID: never sent to be signed
	OwnOut          bool             // they are public as they are
	Changed         bool             // it says something else now than what was last sent to be signed
	Contacts, Files int              // for the press, that it would be signed with
	Channel         desk.Channel     // of the brand's crisis centre; zero: none
	Others          []desk.Statement // of its crisis: approved, and not out yet
}

// Ready tells what of a page is signed, and which approved statements of its crisis could go out with it.
func (d *Desk) Ready(ctx context.Context, c *desk.Centre) (r Ready, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return r, err
	}
	var missing *desk.Invalid
	if r.Channel, err = d.channel(ctx, c.BrandID); err != nil && !errors.As(err, &missing) {
		return r, err
	}
	if c.ID != 0 {
		texts, err := d.written(ctx, c)
		if err != nil {
			return r, err
		}
		if r.Changed = c.Signable(texts); len(texts) > 0 {
			r.Contacts, r.Files = len(texts[0].Contacts), len(texts[0].Files)
		}
	}
	if c.Asked.StatementID != 0 {
		if r.Own, err = d.store.Statement(ctx, c.Asked.StatementID); err != nil {
			return r, err
		}
		r.OwnOut = r.Own.State == desk.StatementPublished && len(c.Live) > 0 && c.Stage == desk.CentreLive
	}
	if c.IncidentID == 0 {
		return r, nil
	}
	all, err := d.store.Statements(ctx, c.BrandID, c.IncidentID, desk.StatementApproved, desk.Paging{Limit: 50})
	for _, s := range all {
		if s.ID != r.Own.ID && len(s.Aims([]desk.Channel{r.Channel})) > 0 {
			r.Others = append(r.Others, s)
		}
	}
	return r, err
}

// Publish puts a page up in one act: its own signed words, and the approved statements named, which go out in all their channels. A page
// that was prepared for no crisis becomes that of an incident; 0 leaves it. For leads. *desk.Invalid for what is not signed.
func (d *Desk) Publish(ctx context.Context, id, incidentID int64, with []int64) (desk.Centre, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Centre{}, err
	}
	c, err := d.store.Centre(ctx, id)
	if err != nil {
		return c, err
	}
	if _, err := d.channel(ctx, c.BrandID); err != nil {
		return c, err
	}
	go1, err := d.signed(ctx, &c, with)
	if err != nil {
		return c, err
	}
	act := desk.ActOf(ctx, "centre.publish", "")
	c, err = d.store.ChangeCentre(ctx, id, act, func(now *desk.Centre, out *desk.Out) error {
		if now.IncidentID == 0 {
			now.IncidentID = incidentID
		}
		if now.Stage == desk.CentreWithdrawn {
			now.Stage, now.Ended, now.Why = desk.CentreDark, time.Time{}, ""
		}
		out.Say = desk.Say("{name} publishes the page {title} of the crisis centre.", "name", act.Name, "title", now.Name)
		out.IncidentID = now.IncidentID
		return nil
	})
	if err != nil {
		return c, err
	}
	ids := make([]int64, len(go1))
	for i, s := range go1 {
		if ids[i] = s.ID; s.IncidentID == 0 && c.IncidentID != 0 {
			if err := d.Words.File(ctx, s.ID, c.IncidentID); err != nil {
				return c, err
			}
		}
	}
	return c, d.Words.Publish(ctx, ids)
}

// signed are the statements that go out with a page, each approved as it stands.
func (d *Desk) signed(ctx context.Context, c *desk.Centre, with []int64) (all []desk.Statement, err error) {
	ids := slices.Clone(with)
	if c.Asked.StatementID != 0 && !slices.Contains(ids, c.Asked.StatementID) {
		ids = append([]int64{c.Asked.StatementID}, ids...)
	}
	for _, id := range ids {
		s, err := d.store.Statement(ctx, id)
		switch {
		case err != nil:
			return nil, err
		case s.BrandID != c.BrandID:
			return nil, desk.ErrNotFound
		case !s.Passed():
			return nil, desk.Wrong("statement", "“{title}” is not signed yet.", "title", s.Title)
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, desk.Wrong("statement", "Nothing of this page is signed yet. Have the page signed, or choose an approved statement.")
	}
	return all, nil
}

// Withdraw takes a page down: its address says so, and its posts are taken back. For leads; a hold does not keep it.
func (d *Desk) Withdraw(ctx context.Context, id int64, why string) (desk.Centre, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Centre{}, err
	}
	act := desk.ActOf(ctx, "centre.withdraw", why)
	c, err := d.store.ChangeCentre(ctx, id, act, func(now *desk.Centre, out *desk.Out) (err error) {
		if err := now.Down(why, act.At); err != nil {
			return err
		}
		ch, err := d.channel(ctx, now.BrandID)
		if err != nil {
			return err
		}
		if out.Jobs, err = d.copies(ctx, now.BrandID); err != nil {
			return err
		}
		for i := range now.Updates {
			out.Jobs = append(out.Jobs, d.jobs(now, &now.Updates[i], ch, &desk.Post{}, &desk.Statement{ID: now.Updates[i].StatementID}, Withdrawn)...)
		}
		out.Say = desk.Say("{name} took down the page {title} of the crisis centre.", "name", act.Name, "title", now.Name)
		out.IncidentID = now.IncidentID
		return nil
	})
	if err != nil {
		return c, err
	}
	return c, d.retract(ctx, &c, why)
}

// copies are the jobs that bring a brand's copies up to date.
func (d *Desk) copies(ctx context.Context, brandID int64) ([]desk.Job, error) {
	if d.Copies == nil {
		return nil, nil
	}
	return d.Copies(ctx, brandID)
}

// retract has the posts of a page taken back: its channel is the only one of theirs.
func (d *Desk) retract(ctx context.Context, c *desk.Centre, why string) error {
	statements := []int64{c.Asked.StatementID}
	for _, u := range c.Updates {
		statements = append(statements, u.StatementID)
	}
	ch, err := d.channel(ctx, c.BrandID)
	if err != nil {
		return err
	}
	var all []error
	for _, id := range statements {
		if id == 0 {
			continue
		}
		posts, err := d.store.PostsOf(ctx, id)
		all = append(all, err)
		for _, p := range posts {
			if p.ChannelID == ch.ID && p.Published() && p.Leaving.IsZero() {
				all = append(all, d.Words.Retract(ctx, p.ID, why))
			}
		}
	}
	return errors.Join(all...)
}
