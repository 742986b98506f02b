package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

var contacts = &noun[desk.Contact]{
	table: "contacts", word: "contact",
	id:      func(c *desk.Contact) *int64 { return &c.ID },
	version: func(c *desk.Contact) *int { return &c.Version },
	columns: []string{"brand_id", "sorted", "found", "kind", "department", "user_id", "since", "asked", "asks", "mail", "troubled", "pending"},
	values: func(c *desk.Contact) []any {
		return []any{c.BrandID, clean(strings.ToLower(c.Name)), foundBy(c), c.Kind, clean(c.Department), c.UserID, stamp(c.Since()), stamp(c.Asked), c.Asks,
			flag(c.Email() != ""), flag(c.Unreachable()), flag(c.Pending != nil)}
	},
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// foundBy is the text in which a search for a contact looks: numbers also without the signs between their digits.
func foundBy(c *desk.Contact) string {
	parts := []string{c.Name, c.Department, c.Title, c.Firm}
	for _, w := range c.Ways {
		parts = append(parts, w.Value)
		if w.Kind == desk.ReachPhone || w.Kind == desk.ReachMobile {
			parts = append(parts, strings.TrimPrefix(w.Link(), "tel:"))
		}
	}
	return clean(strings.ToLower(strings.Join(parts, "\n")))
}

var likeEscapes = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// contactsWhere are the conditions of a filter.
func contactsWhere(f desk.ContactFilter) *where {
	w := &where{}
	if f.BrandID != 0 {
		w.and("brand_id IN (0, ?)", f.BrandID)
	}
	for _, word := range strings.Fields(strings.ToLower(clean(f.Find))) {
		w.and(`found LIKE ? ESCAPE '\'`, "%"+likeEscapes.Replace(word)+"%")
	}
	if f.Kind != "" {
		w.and("kind = ?", f.Kind)
	}
	if f.Department != "" {
		w.and("department = ?", f.Department)
	}
	switch f.State {
	case desk.ContactStale:
		w.and("since < ?", stamp(f.Before))
	case desk.ContactUnreachable:
		w.and("troubled = 1")
	case desk.ContactPending:
		w.and("pending = 1")
	}
	return w
}

// Contacts lists the contacts of a filter by name.
func (db *DB) Contacts(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error) {
	return list(ctx, db, contacts, contactsWhere(f), fmt.Sprintf(" ORDER BY sorted, id LIMIT %d OFFSET %d", limit(f.Limit), max(f.Skip, 0)))
}

// AllContacts lists every contact of a filter by name, whatever its Skip and Limit say: for address books that leave the house, and
// for who a message goes to.
func (db *DB) AllContacts(ctx context.Context, f desk.ContactFilter) ([]desk.Contact, error) {
	return list(ctx, db, contacts, contactsWhere(f), " ORDER BY sorted, id")
}

// CountContacts counts a brand's contacts and those that need a look; what was checked before is stale.
func (db *DB) CountContacts(ctx context.Context, brandID int64, before time.Time) (desk.ContactCounts, error) {
	w := contactsWhere(desk.ContactFilter{BrandID: brandID})
	return selectOne(db.reader(ctx), func(s scanner) (n desk.ContactCounts, err error) {
		err = s.Scan(&n.All, &n.Stale, &n.Unreachable, &n.Pending)
		return n, err
	}, "SELECT COUNT(*), COALESCE(SUM(CASE WHEN since < ? THEN 1 ELSE 0 END), 0), COALESCE(SUM(troubled), 0), COALESCE(SUM(pending), 0) FROM contacts"+w.String(),
		append([]any{stamp(before)}, w.args...)...)
}

// Departments are the departments of a brand's contacts of a kind (empty: all), by name.
func (db *DB) Departments(ctx context.Context, brandID int64, kind string) ([]string, error) {
	w := contactsWhere(desk.ContactFilter{BrandID: brandID, Kind: kind})
	w.and("department <> ''")
	return selectAll(db.reader(ctx), value[string], "SELECT DISTINCT department FROM contacts"+w.String()+" ORDER BY department", w.args...)
}

// ContactsToAsk are up to n contacts with a mail address who are to be asked whether their ways are still right: for the first time
// when nobody said so since due, again when they did not answer what was sent before again, and at most tries times.
func (db *DB) ContactsToAsk(ctx context.Context, due, again time.Time, tries, n int) ([]desk.Contact, error) {
	var w where
	w.and("mail = 1 AND asks < ?", tries)
	w.and("(asks = 0 AND since < ? OR asks > 0 AND asked < ?)", stamp(due), stamp(again))
	return list(ctx, db, contacts, &w, fmt.Sprintf(" ORDER BY since, id LIMIT %d", limit(n)))
}

// Contact gives one contact. desk.ErrNotFound.
func (db *DB) Contact(ctx context.Context, id int64) (desk.Contact, error) {
	return one(ctx, db, contacts, id)
}

// ContactOf gives the contact of an account. desk.ErrNotFound.
func (db *DB) ContactOf(ctx context.Context, userID int64) (desk.Contact, error) {
	all, err := list(ctx, db, contacts, &where{conds: []string{"user_id = ?"}, args: []any{userID}}, " ORDER BY id LIMIT 1")
	if err == nil && (len(all) == 0 || userID == 0) {
		err = desk.ErrNotFound
	}
	if err != nil {
		return desk.Contact{}, err
	}
	return all[0], nil
}

// ChangeContact changes a contact, or makes one when id is 0.
func (db *DB) ChangeContact(ctx context.Context, id int64, act desk.Act, f func(*desk.Contact, *desk.Out) error) (desk.Contact, error) {
	return change(ctx, db, contacts, id, act, f)
}

// DeleteContact removes a contact. Those whose deputy it is keep their other deputies.
func (db *DB) DeleteContact(ctx context.Context, id int64, act desk.Act) error {
	say := func(c *desk.Contact) desk.Text {
		return desk.Say("The contact {contact} was deleted.", "contact", c.Name)
	}
	return remove(ctx, db, contacts, id, act, say, nil)
}

var contactRules = &noun[desk.ContactRules]{
	table: "contact_rules", word: "contactrules",
	id:      func(r *desk.ContactRules) *int64 { return &r.ID },
	version: func(r *desk.ContactRules) *int { return &r.Version },
}

// ContactRules is how often contacts are asked; of a desk that has not chosen, what comes with the program.
func (db *DB) ContactRules(ctx context.Context) (desk.ContactRules, error) {
	all, err := list(ctx, db, contactRules, &where{}, " ORDER BY id LIMIT 1")
	if err != nil || len(all) == 0 {
		return desk.ContactRules{Days: desk.ContactDays}, err
	}
	return all[0], nil
}

// ChangeContactRules changes how often contacts are asked.
func (db *DB) ChangeContactRules(ctx context.Context, act desk.Act, f func(*desk.ContactRules, *desk.Out) error) (desk.ContactRules, error) {
	all, err := list(ctx, db, contactRules, &where{}, " ORDER BY id LIMIT 1")
	if err != nil {
		return desk.ContactRules{}, err
	}
	var id int64
	if len(all) > 0 {
		id = all[0].ID
	}
	return change(ctx, db, contactRules, id, act, f)
}
