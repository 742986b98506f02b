package store

import (
	"context"
	"fmt"
	"slices"

	"breakwater/desk"
)

// What somebody who has some brands only must not know of is not found, whoever asks for it and how: that is decided here, where every
// row comes from, and not in each page and operation.

// ctxOf is the context in which a query is asked.
func ctxOf(a asker) context.Context {
	switch a := a.(type) {
	case *tx:
		return a.ctx
	case reader:
		return a.ctx
	}
	return context.Background()
}

// within narrows a list to the brands that the asking person sees. Lists by brand and by incident are narrowed in the query, so that
// their pages stay whole.
func (n *noun[T]) within(ctx context.Context, w *where) {
	ids, all := desk.ActorOf(ctx).Brands()
	if all {
		return
	}
	switch {
	case n.table == "brands":
		among(w, "id", ids)
	case slices.Contains(n.columns, "brand_id"):
		among(w, "brand_id", append(slices.Clone(ids), 0)) // what is of no brand is of all
	case slices.Contains(n.columns, "incident_id"):
		w.conds = append(w.conds, "incident_id IN (SELECT id FROM incidents WHERE brand_id IN ("+marks(len(ids))+"))")
		for _, id := range ids {
			w.args = append(w.args, id)
		}
	}
}

// place is the brand and the channel that a noun belongs to; brand 0 belongs to all.
func (n *noun[T]) place(a asker, v *T) (brandID, channelID int64, err error) {
	switch {
	case n.brand != nil:
		brandID = n.brand(v)
	case n.table == "brands":
		brandID = *n.id(v)
	case n.column(v, "brand_id") != 0:
		brandID = n.column(v, "brand_id")
	case n.column(v, "incident_id") != 0:
		brandID, err = found(selectOne(a, value[int64], "SELECT brand_id FROM incidents WHERE id = ?", n.column(v, "incident_id")))
	}
	if n.table == "channels" {
		return brandID, *n.id(v), err
	}
	return brandID, n.column(v, "channel_id"), err
}

// branded reports whether nouns of this kind belong to brands.
func (n *noun[T]) branded() bool {
	return n.brand != nil || n.table == "brands" || slices.Contains(n.columns, "brand_id") || slices.Contains(n.columns, "incident_id")
}

// column is the value of a column that holds an id, 0 where there is none.
func (n *noun[T]) column(v *T, name string) int64 {
	i := slices.Index(n.columns, name)
	if i < 0 {
		return 0
	}
	id, _ := n.values(v)[i].(int64)
	return id
}

// seen answers desk.ErrNotFound for a noun that the asking person must not know of.
func (n *noun[T]) seen(a asker, v *T) error {
	actor := desk.ActorOf(ctxOf(a))
	if _, all := actor.Brands(); all {
		return nil
	}
	brandID, _, err := n.place(a, v)
	if err == nil && brandID != 0 && !actor.Sees(brandID) {
		err = fmt.Errorf("%s: %w", n.on(*n.id(v)), desk.ErrNotFound)
	}
	return err
}

// permit answers an error unless the acting person may do what they were let in for to this noun.
func (n *noun[T]) permit(a asker, v *T) error {
	ctx := ctxOf(a)
	if !desk.ActorOf(ctx).Scoped() {
		return nil
	}
	brandID, channelID, err := n.place(a, v)
	_, all := desk.ActorOf(ctx).Brands()
	switch {
	case err != nil:
		return err
	case brandID == 0 && n.branded() && !all: // it belongs to every brand
		return fmt.Errorf("%s: %w", n.on(*n.id(v)), desk.ErrForbidden)
	case brandID == 0: // of no brand: the role alone decides
		return nil
	}
	if err := desk.Permit(ctx, brandID, channelID); err != nil {
		return fmt.Errorf("%s: %w", n.on(*n.id(v)), err)
	}
	return nil
}

// seesMention answers desk.ErrNotFound for a mention that answers monitors of brands alone that the asking person does not see.
func (db *DB) seesMention(ctx context.Context, m *desk.Mention) error {
	actor := desk.ActorOf(ctx)
	if _, all := actor.Brands(); all {
		return nil
	}
	for _, id := range m.Monitors {
		brandID, err := db.brandOf(db.reader(ctx), id)
		if err != nil {
			return err
		}
		if actor.Sees(brandID) {
			return nil
		}
	}
	return fmt.Errorf("mention %d: %w", m.ID, desk.ErrNotFound)
}

// permitMention answers an error unless the acting person may do what they were let in for to a mention: in one of the brands that it
// answers.
func (db *DB) permitMention(ctx context.Context, id int64) error {
	if !desk.ActorOf(ctx).Scoped() {
		return nil
	}
	m, err := db.Mention(ctx, id)
	if err != nil {
		return err
	}
	for _, monitor := range m.Monitors {
		brandID, berr := db.brandOf(db.reader(ctx), monitor)
		if berr != nil {
			return berr
		}
		if desk.Permit(ctx, brandID, 0) == nil {
			return nil
		}
	}
	return desk.ErrForbidden
}

// Scope narrows a question about mentions to what the asking person sees: about everything becomes about their brands.
// desk.ErrNotFound for brands and monitors that they do not see.
func (db *DB) Scope(ctx context.Context, brandID int64, monitorIDs []int64) (int64, []int64, error) {
	actor := desk.ActorOf(ctx)
	ids, all := actor.Brands()
	if all {
		return brandID, monitorIDs, nil
	}
	if brandID != 0 && !actor.Sees(brandID) {
		return 0, nil, desk.ErrNotFound
	}
	for _, id := range monitorIDs {
		of, err := db.brandOf(db.reader(ctx), id)
		if err != nil {
			return 0, nil, err
		}
		if !actor.Sees(of) {
			return 0, nil, desk.ErrNotFound
		}
	}
	switch {
	case brandID != 0 || len(monitorIDs) > 0:
		return brandID, monitorIDs, nil
	case len(ids) == 1:
		return ids[0], nil, nil
	}
	mine, err := db.Monitors(ctx, 0)
	for _, m := range mine {
		monitorIDs = append(monitorIDs, m.ID)
	}
	if len(monitorIDs) == 0 {
		err = desk.ErrNotFound
	}
	return 0, monitorIDs, err
}
