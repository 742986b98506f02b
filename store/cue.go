package store

import (
	"context"
	"errors"
	"fmt"

	"breakwater/desk"
)

var cueLists = &noun[desk.CueList]{
	table: "cue_lists", word: "cues",
	id:      func(l *desk.CueList) *int64 { return &l.ID },
	version: func(l *desk.CueList) *int { return &l.Version },
	columns: []string{"brand_id"},
	values:  func(l *desk.CueList) []any { return []any{l.BrandID} },
	taken:   desk.ErrConflict,
}

// CueLists are the lists of all brands that have one.
func (db *DB) CueLists(ctx context.Context) ([]desk.CueList, error) {
	return list(ctx, db, cueLists, &where{}, " ORDER BY id")
}

// CueList is a brand's list; an empty one where it has none.
func (db *DB) CueList(ctx context.Context, brandID int64) (desk.CueList, error) {
	var w where
	w.and("brand_id = ?", brandID)
	all, err := list(ctx, db, cueLists, &w, "")
	if err != nil || len(all) == 0 {
		return desk.CueList{BrandID: brandID}, err
	}
	return all[0], nil
}

// ChangeCueList changes a brand's list, or makes it.
func (db *DB) ChangeCueList(ctx context.Context, brandID int64, act desk.Act, f func(*desk.CueList, *desk.Out) error) (desk.CueList, error) {
	now, err := db.CueList(ctx, brandID)
	if err != nil {
		return now, err
	}
	return change(ctx, db, cueLists, now.ID, act, func(l *desk.CueList, out *desk.Out) error {
		l.BrandID = brandID
		err := f(l, out)
		l.BrandID = brandID
		return err
	})
}

// TagCue records that a person says a mention is of a type of crisis, or (not) that it is not. It holds until somebody says
// otherwise. desk.ErrNotFound.
func (db *DB) TagCue(ctx context.Context, id int64, typ string, not bool, act desk.Act) (desk.Mention, error) {
	if err := db.permitMention(ctx, id); err != nil {
		return desk.Mention{}, err
	}
	who := clean(act.Name)
	if who == "" {
		who = clean(act.Who)
	}
	err := db.write(ctx, true, func(t *tx) error {
		there, news := false, false
		if err := t.alter([]int64{id}, func(m *desk.Mention) bool {
			there = true
			news = m.SayCue(typ, not, who)
			return news
		}); err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("mention %d: %w", id, desk.ErrNotFound)
		}
		if !news {
			return errNoNews
		}
		out := desk.Out{Say: desk.Say("A mention was marked with the cue {type}.", "type", typ), Detail: map[string]string{"type": typ}}
		if not {
			out.Say = desk.Say("The cue {type} was taken off a mention.", "type", typ)
		}
		return t.record(act, fmt.Sprintf("mention:%d", id), out, "", "")
	})
	if err != nil && !errors.Is(err, errNoNews) {
		return desk.Mention{}, err
	}
	return db.Mention(ctx, id)
}

// errNoNews ends a transaction that has nothing to write.
var errNoNews = errors.New("nothing changed")

// Remark replaces the cues of stored mentions by those of readings of the same id whose words are still the same. What people
// said by hand stays. It answers how many changed.
func (db *DB) Remark(ctx context.Context, readings []desk.Mention) (changed int, err error) {
	by := make(map[int64]*desk.Mention, len(readings))
	ids := make([]int64, len(readings))
	for i := range readings {
		by[readings[i].ID], ids[i] = &readings[i], readings[i].ID
	}
	err = db.alter(ctx, ids, func(m *desk.Mention) bool {
		in := by[m.ID]
		if in.Text != m.Text || in.Title != m.Title || !m.TakeCues(in) {
			return false
		}
		changed++
		return true
	})
	return changed, err
}
