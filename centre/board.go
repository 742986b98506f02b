package centre

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Shown is what the crisis centre shows of a post.
type Shown struct {
	NativeID, Link string
	At             time.Time
	Title, Text    string
	Media          int
	Edited         time.Time
}

// Put puts a post on its page, once for its key: the page whose own words it is, else that of its incident, which is made when there is
// none. Errors are *desk.Invalid or those of the store.
func (d *Desk) Put(ctx context.Context, ch desk.Channel, p desk.Post) (s Shown, err error) {
	c, err := d.store.CentreOf(ctx, p.StatementID, p.IncidentID)
	if err != nil && !errors.Is(err, desk.ErrNotFound) {
		return s, err
	}
	st, err := d.store.Statement(ctx, p.StatementID)
	if err != nil {
		return s, err
	}
	name := st.Title
	if c.ID == 0 && p.IncidentID != 0 {
		i, err := d.store.Incident(ctx, p.IncidentID)
		if err != nil {
			return s, err
		}
		name = i.Title
	}
	c, err = d.store.ChangeCentre(ctx, c.ID, theDesk("centre.put"), func(now *desk.Centre, out *desk.Out) error {
		if now.Version == 0 {
			d.begin(now, ch, &p, name)
		}
		if out.Skip = now.Has(p.Key); out.Skip {
			return nil
		}
		if err := now.Put(&p, st.Stands, time.Now().UTC()); err != nil {
			return err
		}
		out.Say, out.IncidentID = desk.Say("The crisis centre shows “{title}”.", "title", st.Title), now.IncidentID
		return d.follow(ctx, now, ch, &p, &st, Said, out)
	})
	if err != nil {
		return s, err
	}
	return d.shown(ctx, ch, &c, &p)
}

// follow adds what must happen because the words of a post became public, or are so no more: letters, copies.
func (d *Desk) follow(ctx context.Context, c *desk.Centre, ch desk.Channel, p *desk.Post, st *desk.Statement, how Turn, out *desk.Out) (err error) {
	if out.Jobs, err = d.copies(ctx, c.BrandID); err != nil {
		return err
	}
	if u, _ := c.Of(p); u != nil {
		out.Jobs = append(out.Jobs, d.jobs(c, u, ch, p, st, how)...)
	}
	return nil
}

func (d *Desk) jobs(c *desk.Centre, u *desk.CentreUpdate, ch desk.Channel, p *desk.Post, st *desk.Statement, how Turn) []desk.Job {
	if d.Jobs == nil {
		return nil
	}
	return d.Jobs(c, u, ch, p, st, how)
}

// begin makes the page of a crisis for which none was prepared.
func (d *Desk) begin(c *desk.Centre, ch desk.Channel, p *desk.Post, name string) {
	c.BrandID, c.IncidentID, c.Name, c.Made = ch.BrandID, p.IncidentID, name, time.Now().UTC()
	c.Stage, c.State = desk.CentreDark, desk.CentreStates[0]
	c.Slug = strings.Trim(desk.Slug(name)+"-"+strconv.FormatInt(c.ID, 10), "-")
	if p.IncidentID == 0 { // its other languages find it by the statement
		c.Asked.StatementID = p.StatementID
	}
}

// Change puts the words of a post in the place of those that stand under its NativeID.
func (d *Desk) Change(ctx context.Context, ch desk.Channel, p desk.Post) (s Shown, err error) {
	id, err := pageOf(p.NativeID)
	if err != nil {
		return s, err
	}
	st, err := d.store.Statement(ctx, p.StatementID)
	if err != nil {
		return s, err
	}
	c, err := d.store.ChangeCentre(ctx, id, theDesk("centre.correct"), func(now *desk.Centre, out *desk.Out) error {
		if now.BrandID != ch.BrandID {
			return desk.ErrNotFound
		}
		out.Say, out.IncidentID = desk.Say("The crisis centre shows corrected words."), now.IncidentID
		if err := now.Correct(p.NativeID, &p, time.Now().UTC()); err != nil {
			return err
		}
		return d.follow(ctx, now, ch, &p, &st, Corrected, out)
	})
	if err != nil {
		return s, err
	}
	return d.shown(ctx, ch, &c, &p)
}

// Take takes the words of a post off its page.
func (d *Desk) Take(ctx context.Context, ch desk.Channel, p desk.Post) error {
	id, err := pageOf(p.NativeID)
	if err != nil {
		return err
	}
	st, err := d.store.Statement(ctx, p.StatementID)
	if err != nil {
		return err
	}
	_, err = d.store.ChangeCentre(ctx, id, theDesk("centre.take"), func(now *desk.Centre, out *desk.Out) error {
		if now.BrandID != ch.BrandID {
			return desk.ErrNotFound
		}
		was := now.Version
		before := now.Changed
		now.Take(&p, time.Now().UTC())
		out.Skip = was != 0 && now.Changed.Equal(before)
		out.Say, out.IncidentID = desk.Say("Words were taken off the crisis centre."), now.IncidentID
		return d.follow(ctx, now, ch, &p, &st, Withdrawn, out)
	})
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	return err
}

// Shown is what the page shows of a post. desk.ErrNotFound when it shows nothing.
func (d *Desk) Shown(ctx context.Context, ch desk.Channel, p desk.Post) (s Shown, err error) {
	if id, err := pageOf(p.NativeID); err == nil {
		c, err := d.store.Centre(ctx, id)
		if err != nil {
			return s, err
		}
		return d.shown(ctx, ch, &c, &p)
	}
	c, err := d.store.CentreOf(ctx, p.StatementID, p.IncidentID)
	if err != nil {
		return s, err
	}
	return d.shown(ctx, ch, &c, &p)
}

// shown finds a post on a page.
func (d *Desk) shown(ctx context.Context, ch desk.Channel, c *desk.Centre, p *desk.Post) (s Shown, err error) {
	if c.BrandID != ch.BrandID || c.Stage != desk.CentreLive {
		return s, desk.ErrNotFound
	}
	b, err := d.store.Brand(ctx, c.BrandID)
	if err != nil {
		return s, err
	}
	h := d.homeOf(b, ch)
	link := h.URL + "/" + c.Slug + "/"
	langs := c.Langs()
	if u, said := c.Of(p); u != nil {
		if !said.Withdrawn.IsZero() {
			return s, desk.ErrNotFound
		}
		return Shown{said.Native, link + named("update-"+strconv.Itoa(u.Number), ".html", said.Lang, langs), said.At, said.Title, said.Text, len(said.Media), said.Corrected}, nil
	}
	for i, t := range c.Asked.Texts {
		live, ok := c.LiveIn(t.Lang)
		if c.Asked.StatementID == p.StatementID && t.Lang == p.Lang && ok && Plain(live) == c.Asked.Words[i] {
			return Shown{c.NativeID(p), link + address(named("index", ".html", t.Lang, langs)), c.Changed, t.Title, c.Asked.Words[i], 0, time.Time{}}, nil
		}
	}
	return s, desk.ErrNotFound
}

// pageOf is the page that a native id names.
func pageOf(native string) (int64, error) {
	id, _, ok := strings.Cut(native, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return 0, fmt.Errorf("%q names nothing of the crisis centre: %w", native, desk.ErrNotFound)
	}
	return n, nil
}

func theDesk(do string) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: time.Now().UTC()}
}

// homeOf is the home that a channel stands for.
func (d *Desk) homeOf(b desk.Brand, ch desk.Channel) Home {
	h := Home{Brand: b, Path: ch.Settings["path"], Host: strings.ToLower(ch.Settings["host"]), URL: strings.TrimSuffix(ch.Settings["url"], "/"), Lang: ch.Lang}
	if h.Host == d.host() { // stored before it was refused: nobody could sign in any more
		h.Host = ""
	}
	h.Letters = d.Letters != nil && d.Letters(b.ID)
	h.Door = d.url + "/c/" + h.Path
	if h.Host != "" {
		h.Door = "https://" + h.Host
	}
	switch {
	case h.URL != "":
	case h.Host != "":
		h.URL = "https://" + h.Host
	default:
		h.URL = d.url + "/c/" + h.Path
	}
	return h
}

// UpdateURL is the public address of an update in a language.
func (h Home) UpdateURL(c *desk.Centre, number int, lang string) string {
	return h.URL + "/" + c.Slug + "/" + named("update-"+strconv.Itoa(number), ".html", lang, c.Langs())
}
