package plan

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// PolicyStore is what policies need of storage.
type PolicyStore interface {
	Policies(ctx context.Context, brandID int64, p desk.Paging) ([]desk.Policy, error)
	Policy(ctx context.Context, id int64) (desk.Policy, error)
	ChangePolicy(ctx context.Context, id int64, act desk.Act, change func(*desk.Policy, *desk.Out) error) (desk.Policy, error)
	ReadPolicy(ctx context.Context, r desk.Receipt, act desk.Act) error
	Receipts(ctx context.Context, policyID int64, edition int) ([]desk.Receipt, error)
	Users(ctx context.Context) ([]desk.User, error)
}

// Policies keeps what staff confirm to have read (PLN-4): everyone reads and confirms, leads write.
type Policies struct{ Store PolicyStore }

// List gives a piece of a brand's policies, newest first.
func (p *Policies) List(ctx context.Context, brandID int64, page desk.Paging) ([]desk.Policy, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return p.Store.Policies(ctx, brandID, page)
}

// One is one policy. desk.ErrNotFound.
func (p *Policies) One(ctx context.Context, id int64) (desk.Policy, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Policy{}, err
	}
	return p.Store.Policy(ctx, id)
}

// Save makes a policy (ID 0) or changes its frame; text makes a new edition where it differs from the current one, and may be
// empty only for a policy that has one. A version other than the stored one is desk.ErrConflict; 0 is not checked. For leads.
func (p *Policies) Save(ctx context.Context, frame desk.Policy, text, note string) (desk.Policy, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Policy{}, err
	}
	act := desk.ActOf(ctx, "policy.save", note)
	return p.Store.ChangePolicy(ctx, frame.ID, act, func(now *desk.Policy, out *desk.Out) error {
		if frame.Version != 0 && frame.Version != now.Version {
			return desk.ErrConflict
		}
		if now.Version == 0 {
			now.BrandID = frame.BrandID
		}
		now.Kind, now.Name, now.Review, now.Retired = frame.Kind, frame.Name, frame.Review.UTC(), frame.Retired
		if err := now.Check(); err != nil {
			return err
		}
		out.Say = desk.Say("{name} changed the policy {policy}.", "name", act.Name, "policy", now.Name)
		if same := strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")); len(now.Editions) > 0 && (same == "" || same == now.Current().Text) {
			return nil
		}
		if err := now.Publish(text, note, act.Name, act.At); err != nil {
			return err
		}
		out.Say = desk.Say("{name} published {policy}, edition {edition}.", "name", act.Name, "policy", now.Name, "edition", now.Current().Edition)
		return nil
	})
}

// Confirm keeps that the acting person read the current edition; edition is the one that was shown to them, and must be it
// (desk.ErrConflict). Programs cannot read: desk.ErrForbidden.
func (p *Policies) Confirm(ctx context.Context, id int64, edition int) error {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return err
	}
	act := desk.ActOf(ctx, "policy.read", "")
	user := userOf(act.Who)
	if user == 0 {
		return desk.ErrForbidden
	}
	one, err := p.Store.Policy(ctx, id)
	if err != nil {
		return err
	}
	if edition != one.Current().Edition || edition == 0 {
		return desk.ErrConflict
	}
	return p.Store.ReadPolicy(ctx, desk.Receipt{PolicyID: id, Edition: edition, UserID: user, At: act.At}, act)
}

// userOf is the account of who acts, 0 for what is none.
func userOf(who string) int64 {
	if id, ok := strings.CutPrefix(who, "user:"); ok {
		n, _ := strconv.ParseInt(id, 10, 64)
		return n
	}
	return 0
}

// Reader is a person and when they read the current edition; zero: not yet.
type Reader struct {
	UserID int64     `json:"user_id,string"`
	Name   string    `json:"name"`
	At     time.Time `json:"at,omitzero"`
	Before int       `json:"before,omitempty"` // the newest edition that they read instead
}

// Readers are all who may sign in, those first who have not read the current edition of a policy.
func (p *Policies) Readers(ctx context.Context, id int64) ([]Reader, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	one, err := p.Store.Policy(ctx, id)
	if err != nil {
		return nil, err
	}
	users, err := p.Store.Users(ctx)
	if err != nil {
		return nil, err
	}
	receipts, err := p.Store.Receipts(ctx, id, 0)
	return readers(&one, users, receipts), err
}

func readers(p *desk.Policy, users []desk.User, receipts []desk.Receipt) (all []Reader) {
	for _, u := range users {
		if u.Disabled {
			continue
		}
		r := Reader{UserID: u.ID, Name: u.Name}
		for _, got := range receipts {
			switch {
			case got.UserID != u.ID:
			case got.Edition == p.Current().Edition:
				r.At = got.At
			default:
				r.Before = max(r.Before, got.Edition)
			}
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b Reader) int {
		switch {
		case a.At.IsZero() == b.At.IsZero():
			return strings.Compare(a.Name, b.Name)
		case a.At.IsZero():
			return -1
		}
		return 1
	})
	return all
}

// Unread are the policies of a brand that a person has not read yet.
func (p *Policies) Unread(ctx context.Context, brandID, userID int64) (all []desk.Policy, err error) {
	err = p.each(ctx, brandID, func(one desk.Policy, who []Reader) {
		for _, r := range who {
			if r.UserID == userID && r.At.IsZero() {
				all = append(all, one)
			}
		}
	})
	return all, err
}

// each visits the policies that are to be read, with their readers.
func (p *Policies) each(ctx context.Context, brandID int64, visit func(desk.Policy, []Reader)) error {
	all, err := p.List(ctx, brandID, desk.Paging{Limit: 200})
	if err != nil {
		return err
	}
	users, err := p.Store.Users(ctx)
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Retired || len(one.Editions) == 0 {
			continue
		}
		receipts, err := p.Store.Receipts(ctx, one.ID, 0)
		if err != nil {
			return err
		}
		visit(one, readers(&one, users, receipts))
	}
	return nil
}
