// Package staff tells our own people what happened, what they may say and where to send questions, knows who read it, gives them
// messages to share as their own, and answers the rumours that they ask about.
package staff

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
	"breakwater/internal/link"
)

// Store is what briefings need of storage.
type Store interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Claims(ctx context.Context, incidentID int64) ([]desk.Claim, error)
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	AllContacts(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error)
	Contact(ctx context.Context, id int64) (desk.Contact, error)
	User(ctx context.Context, id int64) (desk.User, error)
	LiveHolds(ctx context.Context) ([]desk.Hold, error)
	Holds(ctx context.Context, p desk.Paging) ([]desk.Hold, error)

	Briefings(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Briefing, error)
	Briefing(ctx context.Context, id int64) (desk.Briefing, error)
	ChangeBriefing(ctx context.Context, id int64, act desk.Act, change func(*desk.Briefing, *desk.Out) error) (desk.Briefing, error)
	Readers(ctx context.Context, briefingID int64, edition int) ([]desk.Reader, error)
	ReaderOf(ctx context.Context, briefingID int64, edition int, contactID int64) (desk.Reader, error)
	SetReaderSent(ctx context.Context, briefingID int64, edition int, contactID int64, sent time.Time, reminder bool, problem string) error
	ReadBriefing(ctx context.Context, briefingID int64, edition int, contactID int64, act desk.Act) error
	CountShare(ctx context.Context, briefingID int64, share string, shared bool) error
	ShareCounts(ctx context.Context, briefingID int64) ([]desk.ShareCount, error)

	Rumours(ctx context.Context, brandID, incidentID, briefingID int64, open bool, p desk.Paging) ([]desk.Rumour, error)
	Rumour(ctx context.Context, id int64) (desk.Rumour, error)
	CountRumours(ctx context.Context, briefingID, contactID int64) (int, error)
	ChangeRumour(ctx context.Context, id int64, act desk.Act, change func(*desk.Rumour, *desk.Out) error) (desk.Rumour, error)

	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

// Briefings tells our own people (INT-1, INT-2). Responders write, leads let go out, release and answer; staff read by links that are
// theirs alone.
type Briefings struct {
	store Store
	links link.Maker
	url   string
	log   *slog.Logger

	Post  func(ctx context.Context, to desk.Contact, l desk.Mail) error // nil: nothing is sent
	Plan  func(ctx context.Context, brandID int64) (desk.Plan, error)   // the plan in force
	Speak func(lang string, t desk.Text) string                         // a sentence in a language
}

// New makes the stage. key signs the links of staff, url is the console's address without a trailing slash.
func New(s Store, key []byte, url string, log *slog.Logger) *Briefings {
	return &Briefings{store: s, links: link.New(key, "what staff are told"), url: url, log: log}
}

// List gives a piece of a brand's briefings, or an incident's when it is not 0, newest first. For viewers.
func (b *Briefings) List(ctx context.Context, brandID, incidentID int64, p desk.Paging) ([]desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return b.store.Briefings(ctx, brandID, incidentID, p)
}

// One is one briefing. desk.ErrNotFound. For viewers.
func (b *Briefings) One(ctx context.Context, id int64) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Briefing{}, err
	}
	return b.store.Briefing(ctx, id)
}

// Save makes (ID 0) or changes what a briefing says from its next edition on. A Version other than the stored one is
// desk.ErrConflict; 0 is not checked. *desk.Invalid; desk.ErrInvalidTransition: it has ended. For responders.
func (b *Briefings) Save(ctx context.Context, in desk.Briefing) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Briefing{}, err
	}
	act := desk.ActOf(ctx, "briefing.save", "")
	var incident desk.Incident
	if in.ID == 0 && in.IncidentID != 0 {
		var err error
		if incident, err = b.store.Incident(ctx, in.IncidentID); err != nil {
			return desk.Briefing{}, err
		}
	}
	return b.store.ChangeBriefing(ctx, in.ID, act, func(now *desk.Briefing, out *desk.Out) error {
		if in.Version != 0 && in.Version != now.Version {
			return desk.ErrConflict
		}
		if now.State == desk.BriefingEnded {
			return desk.ErrInvalidTransition
		}
		if now.Version == 0 {
			now.BrandID, now.IncidentID, now.DrillID, now.Author, now.Created = in.BrandID, in.IncidentID, incident.DrillID, act.Who, act.At
			if incident.ID != 0 {
				now.BrandID = incident.BrandID
			}
		}
		now.Groups, now.Texts, now.Shares, now.Facts, now.Remind = in.Groups, in.Texts, in.Shares, in.Facts, in.Remind
		out.IncidentID, out.Say = now.IncidentID, desk.Say("{name} wrote the briefing {title}.", "name", act.Name, "title", now.Title())
		return now.Check()
	})
}

// Publish lets the texts of a briefing go out as an edition, to all staff or to the departments that it names; note says what is new.
// *desk.Invalid says what is missing. For leads.
func (b *Briefings) Publish(ctx context.Context, id int64, version int, note string) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Briefing{}, err
	}
	held, err := b.holds(ctx)
	if err != nil {
		return desk.Briefing{}, err
	}
	act := desk.ActOf(ctx, "briefing.publish", note)
	return b.store.ChangeBriefing(ctx, id, act, func(now *desk.Briefing, out *desk.Out) error {
		if version != 0 && version != now.Version {
			return desk.ErrConflict
		}
		to, err := b.people(ctx, now)
		if err != nil {
			return err
		}
		if err := now.Publish(note, act.Name, to, act.At); err != nil {
			return err
		}
		b.release(now, held, act)
		edition := now.Current().Edition
		for _, contact := range to {
			out.Jobs = append(out.Jobs, errand{Briefing: now.ID, Edition: edition, Contact: contact, Since: act.At}.job(sendKind, act.At))
		}
		if now.Remind > 0 {
			out.Jobs = append(out.Jobs, errand{Briefing: now.ID, Edition: edition, Times: 1, Since: act.At}.job(remindKind, act.At.Add(time.Duration(now.Remind)*time.Hour)))
		}
		out.IncidentID = now.IncidentID
		out.Say = desk.Say("{name} told {n} of our own people: {title}, edition {edition}.", "name", act.Name, "n", len(to), "title", now.Title(), "edition", edition)
		return nil
	})
}

// people are the contacts that a briefing goes to.
func (b *Briefings) people(ctx context.Context, one *desk.Briefing) (ids []int64, err error) {
	all, err := b.store.AllContacts(ctx, desk.ContactFilter{BrandID: one.BrandID, Kind: desk.ContactStaff})
	for _, c := range all {
		if !c.Group && (len(one.Groups) == 0 || slices.Contains(one.Groups, c.Department)) {
			ids = append(ids, c.ID)
		}
	}
	return ids, err
}

// End closes a briefing: its page says so, and nobody is reminded any more. For leads.
func (b *Briefings) End(ctx context.Context, id int64) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Briefing{}, err
	}
	act := desk.ActOf(ctx, "briefing.end", "")
	return b.store.ChangeBriefing(ctx, id, act, func(now *desk.Briefing, out *desk.Out) error {
		if now.State != desk.BriefingSent {
			return desk.ErrInvalidTransition
		}
		now.State, now.Released = desk.BriefingEnded, time.Time{}
		out.IncidentID, out.Say = now.IncidentID, desk.Say("{name} ended the briefing {title}.", "name", act.Name, "title", now.Title())
		return nil
	})
}

// holds are the holds that can stop messages to share: those that hold now, and the newest that ended.
func (b *Briefings) holds(ctx context.Context) ([]desk.Hold, error) {
	live, err := b.store.LiveHolds(ctx)
	if err != nil {
		return nil, err
	}
	ended, err := b.store.Holds(ctx, desk.Paging{Limit: 200})
	return append(live, ended...), err
}

// release lets the messages to share out unless a hold is on.
func (b *Briefings) release(one *desk.Briefing, held []desk.Hold, act desk.Act) bool {
	free := *one
	free.Released = act.At
	if !free.MayShare(held) {
		return false
	}
	one.Released, one.ReleasedBy = act.At, act.Name
	return true
}

// Release lets messages to share out again after a hold. desk.ErrInvalidTransition: a hold is still on, or nothing was published. For
// leads.
func (b *Briefings) Release(ctx context.Context, id int64) (desk.Briefing, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Briefing{}, err
	}
	held, err := b.holds(ctx)
	if err != nil {
		return desk.Briefing{}, err
	}
	act := desk.ActOf(ctx, "briefing.release", "")
	return b.store.ChangeBriefing(ctx, id, act, func(now *desk.Briefing, out *desk.Out) error {
		if now.State != desk.BriefingSent || !b.release(now, held, act) {
			return desk.ErrInvalidTransition
		}
		out.IncidentID, out.Say = now.IncidentID, desk.Say("{name} let the messages to share of {title} out again.", "name", act.Name, "title", now.Title())
		return nil
	})
}

// Sharing reports whether the messages of a briefing are given out at the moment. For viewers.
func (b *Briefings) Sharing(ctx context.Context, one *desk.Briefing) (bool, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return false, err
	}
	held, err := b.holds(ctx)
	return one.State == desk.BriefingSent && one.MayShare(held), err
}

// Recipient is a reader with who it is.
type Recipient struct {
	desk.Reader
	Contact desk.Contact `json:"contact"` // zero when it was deleted
}

// Readers are to whom the current edition went: first whom nobody could tell, then who has not read it, then who has. For responders.
func (b *Briefings) Readers(ctx context.Context, id int64) ([]Recipient, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	one, err := b.store.Briefing(ctx, id)
	if err != nil || len(one.Editions) == 0 {
		return []Recipient{}, err
	}
	readers, err := b.store.Readers(ctx, id, one.Current().Edition)
	if err != nil {
		return nil, err
	}
	contacts, err := b.store.AllContacts(ctx, desk.ContactFilter{BrandID: one.BrandID})
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]desk.Contact, len(contacts))
	for _, c := range contacts {
		byID[c.ID] = c
	}
	all := make([]Recipient, len(readers))
	for i, r := range readers {
		all[i] = Recipient{r, byID[r.ContactID]}
	}
	slices.SortStableFunc(all, func(x, y Recipient) int { return x.rank() - y.rank() })
	return all, nil
}

func (r *Recipient) rank() int {
	switch {
	case !r.Read.IsZero():
		return 2
	case r.Problem != "":
		return 0
	}
	return 1
}

// Shared is how often the messages were opened to be shared, and shared. For viewers.
func (b *Briefings) Shared(ctx context.Context, id int64) ([]desk.ShareCount, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return b.store.ShareCounts(ctx, id)
}

func on(id int64) string { return "contact:" + strconv.FormatInt(id, 10) }

func isGone(err error) bool { return errors.Is(err, desk.ErrNotFound) }
