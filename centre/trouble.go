package centre

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// Trouble is something that is wrong with a brand's public pages. What could not be made anew shows what it showed until it can.
type Trouble struct {
	Host    string    // browsers cannot open this host name by https; empty: it is about the bytes of pages
	Why     Unsafe    // of a host name
	Words   string    // of whoever refused, for people to read; of a host name
	Page    string    // by its name at the desk; empty: all of them
	Picture bool      // a picture or file of it, not its words
	Since   time.Time // when it was met first
	err     error     // for the log
}

// Say is what people are told.
func (t Trouble) Say() desk.Text {
	switch {
	case t.Host != "":
		return t.Why.say(t.Host, t.Words)
	case t.Picture:
		return desk.Say("A picture or file on the public page “{page}” cannot be read any more. The words are up to date. Add it anew; the log says which one it is.", "page", t.Page)
	case t.Page != "":
		return desk.Say("The public page “{page}” cannot be made anew: it shows what it showed before, and the front leaves it out. The log says why.", "page", t.Page)
	}
	return desk.Say("The public pages cannot be made anew: they show what they showed before. The log says why.")
}

// Troubles are what is wrong with a brand's public pages at the moment.
func (d *Desk) Troubles(ctx context.Context, brandID int64) ([]Trouble, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	unsafe, err := d.unsafe(ctx, brandID)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return append(unsafe, d.wrong[brandID]...), nil
}

// troubled keeps what is wrong with a brand's pages now, and reports whether that is something else than before.
func (d *Desk) troubled(brandID int64, now []Trouble, at time.Time) (news bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.wrong[brandID]
	for i := range now {
		now[i].Since = at
		if j := slices.IndexFunc(was, func(t Trouble) bool { return t.Page == now[i].Page && t.Picture == now[i].Picture }); j >= 0 {
			now[i].Since = was[j].Since
		} else {
			news = true
		}
	}
	if d.wrong == nil {
		d.wrong = make(map[int64][]Trouble)
	}
	if d.wrong[brandID] = now; len(now) == 0 {
		delete(d.wrong, brandID)
	}
	return news
}
