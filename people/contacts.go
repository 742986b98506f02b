package people

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/link"
)

// ContactStore is what the directory needs of storage.
type ContactStore interface {
	Contacts(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error)
	AllContacts(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error)
	CountContacts(ctx context.Context, brandID int64, before time.Time) (desk.ContactCounts, error)
	Departments(ctx context.Context, brandID int64, kind string) ([]string, error)
	ContactsToAsk(ctx context.Context, due, again time.Time, tries, n int) ([]desk.Contact, error)
	Contact(ctx context.Context, id int64) (desk.Contact, error)
	ChangeContact(ctx context.Context, id int64, act desk.Act, change func(*desk.Contact, *desk.Out) error) (desk.Contact, error)
	DeleteContact(ctx context.Context, id int64, act desk.Act) error
	ContactRules(ctx context.Context) (desk.ContactRules, error)
	ChangeContactRules(ctx context.Context, act desk.Act, change func(*desk.ContactRules, *desk.Out) error) (desk.ContactRules, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Directory is who can be reached in a crisis, and how (ALT-1). Responders read it and propose corrections, leads decide; whoever
// is a contact keeps their own ways right themselves.
type Directory struct {
	store ContactStore
	links link.Maker
	url   string
	log   *slog.Logger

	// Post brings a letter to a contact by mail. Until it is set, nobody is asked.
	Post func(ctx context.Context, to desk.Contact, l desk.Mail) error
}

// NewDirectory makes a directory. key signs the links that contacts get, url is the console's address without a trailing slash.
func NewDirectory(s ContactStore, key []byte, url string, log *slog.Logger) *Directory {
	return &Directory{store: s, links: link.New(key, "how we reach you"), url: url, log: log}
}

// List gives the contacts of a filter by name. What is stale is found by the desk's own cadence. For responders.
func (d *Directory) List(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	rules, err := d.store.ContactRules(ctx)
	if err != nil {
		return nil, err
	}
	f.Before = staleBefore(rules, time.Now().UTC())
	return d.store.Contacts(ctx, f)
}

// staleBefore is the time before which a check is too old. Without a cadence nothing is.
func staleBefore(r desk.ContactRules, now time.Time) time.Time {
	if r.Days == 0 {
		return time.Time{}
	}
	return now.Add(-r.Every() - grace)
}

// grace is how long after it was due a check may be missing: the time that a message and its first reminder have to be answered.
const grace = 14 * 24 * time.Hour

// Counts counts a brand's contacts and those that need a look. For viewers: it says nothing of anybody.
func (d *Directory) Counts(ctx context.Context, brandID int64, now time.Time) (desk.ContactCounts, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.ContactCounts{}, err
	}
	rules, err := d.store.ContactRules(ctx)
	if err != nil {
		return desk.ContactCounts{}, err
	}
	return d.store.CountContacts(ctx, brandID, staleBefore(rules, now))
}

// Departments are the departments of a brand's contacts of a kind (empty: all). For responders.
func (d *Directory) Departments(ctx context.Context, brandID int64, kind string) ([]string, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return nil, err
	}
	return d.store.Departments(ctx, brandID, kind)
}

// One is one contact. desk.ErrNotFound. For responders.
func (d *Directory) One(ctx context.Context, id int64) (desk.Contact, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Contact{}, err
	}
	return d.store.Contact(ctx, id)
}

// Stale reports whether nobody said for too long that the ways of a contact are right.
func (d *Directory) Stale(ctx context.Context, c desk.Contact) (bool, error) {
	rules, err := d.store.ContactRules(ctx)
	return c.Since().Before(staleBefore(rules, time.Now().UTC())), err
}

// Deputies are who stands in for a contact, in their order. Those that were deleted are left out.
func (d *Directory) Deputies(ctx context.Context, c desk.Contact) ([]desk.Contact, error) {
	var all []desk.Contact
	for _, id := range c.Deputies {
		one, err := d.One(ctx, id)
		if err == nil {
			all = append(all, one)
		} else if !isGone(err) {
			return nil, err
		}
	}
	return all, nil
}

// Save makes (ID 0) or changes a contact. Leads change everything; the account of the contact its ways, hours and language; what a
// responder changes of the ways waits for a lead. A Version other than the stored one is desk.ErrConflict; 0 is not checked.
// *desk.Invalid.
func (d *Directory) Save(ctx context.Context, c desk.Contact) (desk.Contact, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Contact{}, err
	}
	who, act := desk.ActorOf(ctx), desk.ActOf(ctx, "contact.save", "")
	lead := who.Role >= desk.Lead
	if c.ID == 0 && !lead {
		return desk.Contact{}, desk.ErrForbidden
	}
	return d.store.ChangeContact(ctx, c.ID, act, func(now *desk.Contact, out *desk.Out) error {
		if c.Version != 0 && c.Version != now.Version {
			return desk.ErrConflict
		}
		self := who.UserID != 0 && now.UserID == who.UserID
		switch {
		case lead:
			return saved(now, c, act, out)
		case self:
			now.Ways, now.Hours, now.Lang, now.Pending = c.Ways, c.Hours, c.Lang, nil
			now.Confirm(desk.CheckedLink, act.At)
			out.Say = desk.Say("{name} corrected how they are reached.", "name", now.Name)
			return now.Check()
		}
		ways, err := desk.CheckWays(c.Ways)
		if err != nil {
			return err
		}
		if slices.Equal(ways, now.Ways) && c.Hours == now.Hours {
			out.Skip = true
			return nil
		}
		now.Pending = &desk.Proposal{By: act.Name, At: act.At, Ways: ways, Hours: strings.TrimSpace(c.Hours)}
		out.Say = desk.Say("{name} proposes to correct how {contact} is reached.", "name", act.Name, "contact", now.Name)
		return now.Check()
	})
}

// saved takes over what a lead says. Ways that change count as new: they are asked about after the cadence.
func saved(now *desk.Contact, c desk.Contact, act desk.Act, out *desk.Out) error {
	before := slices.Clone(now.Ways)
	now.BrandID, now.Kind, now.Group, now.Name, now.Department, now.Title, now.Firm = c.BrandID, c.Kind, c.Group, c.Name, c.Department, c.Title, c.Firm
	now.UserID, now.Roles, now.Deputies, now.Lang, now.Zone, now.Hours, now.Ways, now.Notes = c.UserID, c.Roles, c.Deputies, c.Lang, c.Zone, c.Hours, c.Ways, c.Notes
	if c.UID != "" {
		now.UID = c.UID
	}
	if err := now.Check(); err != nil {
		return err
	}
	out.Say = desk.Say("{name} changed the contact {contact}.", "name", act.Name, "contact", now.Name)
	if now.Version == 0 {
		now.Added = act.At
		out.Say = desk.Say("{name} added the contact {contact}.", "name", act.Name, "contact", now.Name)
	}
	if !slices.Equal(before, now.Ways) {
		now.Added, now.Asks, now.Problem, now.Pending = act.At, 0, "", nil
		now.Round++ // links show ways that are others by now
	}
	return nil
}

// Decide takes over a correction that waits, or drops it. desk.ErrInvalidTransition: none waits. For leads.
func (d *Directory) Decide(ctx context.Context, id int64, accept bool) (desk.Contact, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Contact{}, err
	}
	act := desk.ActOf(ctx, "contact.decide", "")
	return d.store.ChangeContact(ctx, id, act, func(now *desk.Contact, out *desk.Out) error {
		p := now.Pending
		if p == nil {
			return desk.ErrInvalidTransition
		}
		now.Pending = nil
		out.Say = desk.Say("{name} dropped a correction of {contact} by {by}.", "name", act.Name, "contact", now.Name, "by", p.By)
		if !accept {
			return nil
		}
		now.Ways, now.Hours, now.Added, now.Asks, now.Problem = p.Ways, p.Hours, act.At, 0, ""
		now.Round++
		out.Say = desk.Say("{name} took over a correction of {contact} by {by}.", "name", act.Name, "contact", now.Name, "by", p.By)
		return now.Check()
	})
}

// Confirm notes that somebody of the desk reached the contact by the ways as they stand. For responders.
func (d *Directory) Confirm(ctx context.Context, id int64) (desk.Contact, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Contact{}, err
	}
	act := desk.ActOf(ctx, "contact.confirm", "")
	return d.store.ChangeContact(ctx, id, act, func(now *desk.Contact, out *desk.Out) error {
		now.Confirm(desk.CheckedCall, act.At)
		out.Say = desk.Say("{name} says that the ways to reach {contact} are right.", "name", act.Name, "contact", now.Name)
		return nil
	})
}

// Delete removes a contact. For leads.
func (d *Directory) Delete(ctx context.Context, id int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	return d.store.DeleteContact(ctx, id, desk.ActOf(ctx, "contact.delete", ""))
}

// Rules is how often contacts are asked whether their ways are right. For viewers.
func (d *Directory) Rules(ctx context.Context) (desk.ContactRules, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.ContactRules{}, err
	}
	return d.store.ContactRules(ctx)
}

// SaveRules changes how often contacts are asked. For admins.
func (d *Directory) SaveRules(ctx context.Context, r desk.ContactRules) (desk.ContactRules, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return desk.ContactRules{}, err
	}
	if err := r.Check(); err != nil {
		return desk.ContactRules{}, err
	}
	act := desk.ActOf(ctx, "contact.rules", "")
	return d.store.ChangeContactRules(ctx, act, func(now *desk.ContactRules, out *desk.Out) error {
		now.Days = r.Days
		out.Say = desk.Say("{name} had contacts asked every {n} days whether their ways are right.", "name", act.Name, "n", r.Days)
		if r.Days == 0 {
			out.Say = desk.Say("{name} had contacts not asked any more whether their ways are right.", "name", act.Name)
		}
		return nil
	})
}

func on(id int64) string { return "contact:" + strconv.FormatInt(id, 10) }

func wrap(id int64, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("contact %d: %w", id, err)
}
