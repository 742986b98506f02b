package centre

import (
	"context"

	"breakwater/desk"
)

// Press is what a brand has for the press on every page (page 0), or a page has beside that. desk.ErrNotFound. For viewers.
func (d *Desk) Press(ctx context.Context, brandID, pageID int64) (desk.Press, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Press{}, err
	}
	brandID, _, err := d.pressOf(ctx, brandID, pageID)
	if err != nil {
		return desk.Press{}, err
	}
	return d.store.Press(ctx, brandID, pageID)
}

// pressOf is whose press it is: the brand, and what people call the place.
func (d *Desk) pressOf(ctx context.Context, brandID, pageID int64) (brand int64, place string, err error) {
	if pageID != 0 {
		c, err := d.store.Centre(ctx, pageID)
		return c.BrandID, c.Name, err
	}
	b, err := d.store.Brand(ctx, brandID)
	return b.ID, b.Name, err
}

// SavePress changes contacts, and order and words of files. Nothing of it is public before pages are signed with it. *desk.Invalid;
// desk.ErrConflict when Version is not the stored one and not 0. For responders.
func (d *Desk) SavePress(ctx context.Context, in desk.Press) (desk.Press, error) {
	return d.changePress(ctx, in.BrandID, in.CentreID, "centre.press.save", func(p *desk.Press, say func(desk.Text)) error {
		if in.Version != 0 && in.Version != p.Version {
			return desk.ErrConflict
		}
		return p.Rewrite(&in)
	})
}

// changePress changes what there is for the press of a place; without a sentence of its own the journal says just that.
func (d *Desk) changePress(ctx context.Context, brandID, pageID int64, do string, change func(p *desk.Press, say func(desk.Text)) error) (desk.Press, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Press{}, err
	}
	brandID, place, err := d.pressOf(ctx, brandID, pageID)
	if err != nil {
		return desk.Press{}, err
	}
	act := desk.ActOf(ctx, do, "")
	return d.store.ChangePress(ctx, brandID, pageID, act, func(p *desk.Press, out *desk.Out) error {
		out.Say = desk.Say("{name} changed what {place} has for the press.", "name", act.Name, "place", place)
		return change(p, func(t desk.Text) { out.Say = t })
	})
}

// AddFile takes in a file for the press: a picture, without what cameras wrote into it, a PDF or a ZIP, told by its bytes. *desk.Invalid
// for what cannot be taken. For responders.
func (d *Desk) AddFile(ctx context.Context, brandID, pageID int64, name string, body []byte, words desk.PressFileSaid) (desk.Press, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Press{}, err
	}
	was, err := d.Press(ctx, brandID, pageID)
	if err != nil {
		return desk.Press{}, err
	}
	f, keep, err := d.takeIn(name, body)
	if err != nil {
		return desk.Press{}, err
	}
	f.Words = []desk.PressFileSaid{words}
	if err := was.Add(f); err != nil { // nothing is kept of what is refused
		return desk.Press{}, err
	}
	for _, b := range keep {
		if _, err := d.store.KeepBlob(ctx, b); err != nil {
			return desk.Press{}, err
		}
	}
	return d.changePress(ctx, brandID, pageID, "centre.press.add", func(p *desk.Press, say func(desk.Text)) error {
		act := desk.ActOf(ctx, "", "")
		f.Added, f.By = act.At, act.Name
		say(desk.Say("{name} added the file {file} for the press.", "name", act.Name, "file", f.Name))
		return p.Add(f)
	})
}

// RemoveFile takes a file away. Pages that show it need to be signed anew, as with words; now takes it off all that is public at once,
// which is for leads. desk.ErrNotFound. For responders.
func (d *Desk) RemoveFile(ctx context.Context, brandID, pageID int64, fileID string, now bool) (desk.Press, error) {
	p, err := d.Press(ctx, brandID, pageID)
	if err != nil {
		return p, err
	}
	f := p.File(fileID)
	if f == nil {
		return p, desk.ErrNotFound
	}
	if now {
		if err := d.drop(ctx, p.BrandID, pageID, *f); err != nil {
			return p, err
		}
	}
	return d.changePress(ctx, brandID, pageID, "centre.press.remove", func(p *desk.Press, say func(desk.Text)) error {
		say(desk.Say("{name} removed the file {file} for the press.", "name", desk.ActOf(ctx, "", "").Name, "file", f.Name))
		return p.Remove(fileID)
	})
}

// drop takes a file off pages as they are public: one page, or all of the brand's.
func (d *Desk) drop(ctx context.Context, brandID, pageID int64, f desk.PressFile) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	pages, err := d.every(ctx, brandID)
	if err != nil {
		return err
	}
	act := desk.ActOf(ctx, "centre.press.drop", "")
	for _, c := range pages {
		if pageID != 0 && c.ID != pageID {
			continue
		}
		_, err := d.store.ChangeCentre(ctx, c.ID, act, func(now *desk.Centre, out *desk.Out) (err error) {
			out.Skip = !now.Drop(f.Hash, act.At)
			out.Say = desk.Say("{name} took the file {file} off the page {title} of the crisis centre.", "name", act.Name, "file", f.Name, "title", now.Name)
			out.IncidentID = now.IncidentID
			out.Jobs, err = d.copies(ctx, now.BrandID)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// written is a page's draft with what there is for the press on it.
func (d *Desk) written(ctx context.Context, c *desk.Centre) ([]desk.CentreText, error) {
	brand, err := d.store.Press(ctx, c.BrandID, 0)
	if err != nil {
		return nil, err
	}
	own, err := d.store.Press(ctx, c.BrandID, c.ID)
	return c.Written(&brand, &own), err
}

// Bytes are those of a file for the press, with its name and type. desk.ErrNotFound for any other hash. For viewers.
func (d *Desk) Bytes(ctx context.Context, brandID, pageID int64, fileID string) (desk.Media, []byte, error) {
	p, err := d.Press(ctx, brandID, pageID)
	if err != nil {
		return desk.Media{}, nil, err
	}
	f := p.File(fileID)
	if f == nil {
		return desk.Media{}, nil, desk.ErrNotFound
	}
	b, err := d.store.Blob(ctx, f.Hash)
	return f.Media, b, err
}

// PreviewMedia is a picture or file of a page by its name under media/, also of what is only written. desk.ErrNotFound. For viewers.
func (d *Desk) PreviewMedia(ctx context.Context, id int64, name string) (File, error) {
	c, err := d.One(ctx, id)
	if err != nil {
		return File{}, err
	}
	texts, err := d.written(ctx, &c)
	if err != nil {
		return File{}, err
	}
	m, ok := mediaOf(&c, texts)["media/"+name]
	if !ok {
		return File{}, desk.ErrNotFound
	}
	body, err := d.store.Blob(ctx, m.Hash)
	return File{Type: m.Type, Body: body}, err
}
