package centre

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"path"
	"strings"

	"breakwater/desk"
	"breakwater/internal/picture"
)

// smallSide is how large the picture of a file is that the page shows, in pixels: sharp in the column beside the text on most screens.
const smallSide = 480

// takeIn keeps the bytes of a file, and of a small picture of it. Killed in between, they are kept and belong to nothing.
func (d *Desk) takeIn(ctx context.Context, name string, body []byte) (f desk.PressFile, err error) {
	if len(body) > desk.MaxPressFile {
		return f, desk.Wrong("file", "This is too large: at most {limit} MB.", "limit", desk.MaxPressFile>>20)
	}
	kind := picture.Type(body)
	if strings.HasPrefix(kind, "image/") {
		if f.Media, err = d.Pictures(ctx, name, body); err != nil {
			return f, err
		}
		f.Small, err = d.small(ctx, f.Media)
	} else {
		if f.Type, err = documentType(name, body); err != nil {
			return f, err
		}
		f.Name, f.Size = name, int64(len(body))
		f.Hash, err = d.store.KeepBlob(ctx, body)
	}
	f.Name = plainName(f.Name, f.Type)
	return f, err
}

// small keeps a small picture of a large one; none of what is small itself, or cannot be unpacked here.
func (d *Desk) small(ctx context.Context, m desk.Media) (desk.Media, error) {
	body, err := d.store.Blob(ctx, m.Hash)
	if err != nil {
		return desk.Media{}, err
	}
	p, err := picture.Small(body, smallSide)
	if errors.Is(err, picture.ErrType) {
		return desk.Media{}, nil
	}
	if err != nil {
		return desk.Media{}, desk.Wrong("file", "This file is damaged. Save it anew, and try again.")
	}
	hash, err := d.store.KeepBlob(ctx, p.Body)
	return desk.Media{Hash: hash, Type: p.Type, Size: int64(len(p.Body)), Width: p.Width, Height: p.Height}, err
}

// documentType tells by its bytes what a file is that is no picture. Whatever a browser would run is refused: pages and SVG are programs.
func documentType(name string, b []byte) (string, error) {
	start, end := b[:min(len(b), 1024)], b[max(0, len(b)-2048):]
	switch {
	case bytes.HasPrefix(b, []byte("%PDF-")):
		if !bytes.Contains(end, []byte("%%EOF")) {
			return "", desk.Wrong("file", "This file is damaged. Save it anew, and try again.")
		}
		return "application/pdf", nil
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		if !strings.EqualFold(path.Ext(name), ".zip") { // texts and tables of offices are such archives, and carry programs
			return "", desk.Wrong("file", "Save this document as a PDF: everybody can read that, and it carries no programs.")
		}
		if _, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err != nil {
			return "", desk.Wrong("file", "This file is damaged. Save it anew, and try again.")
		}
		return "application/zip", nil
	case bytes.Contains(bytes.ToLower(start), []byte("<svg")):
		return "", desk.Wrong("file", "An SVG can carry a program. Save it as a PNG or a PDF, or pack it into a ZIP.")
	case picture.Type(b) == "video/mp4":
		return "", desk.Wrong("file", "Films are too large for a page that everybody asks for at once. Put it where films are, and link to it.")
	}
	return "", desk.Wrong("file", "This is nothing that can be taken for the press: PNG, JPEG, GIF, WebP, PDF or ZIP.")
}

// plainName is the last part of a name, without what steers terminals and the order of letters, ending as its bytes are.
func plainName(name, kind string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' || r == '<' || r == '>' || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	stem := []rune(strings.TrimSpace(strings.TrimSuffix(name, path.Ext(name))))
	if len(stem) == 0 {
		stem = []rune("file")
	}
	return string(stem[:min(len(stem), 80)]) + extOf(kind)
}

// mediaOf are the pictures and files of a page with these texts, by where they lie in a home.
func mediaOf(c *desk.Centre, texts []desk.CentreText) map[string]desk.Media {
	all := make(map[string]desk.Media)
	for _, u := range c.Updates {
		for _, s := range u.Said {
			for _, m := range s.Media {
				all[mediaName(m)] = m
			}
		}
	}
	for _, t := range texts {
		for _, f := range t.Files {
			all[fileName(f.Media)] = f.Media
			if f.Small.Hash != "" {
				all[mediaName(f.Small)] = f.Small
			}
		}
	}
	return all
}

// fileName is where a file for the press lies in a home: whoever keeps it can tell what it is, and other bytes have another name.
func fileName(m desk.Media) string {
	stem := desk.Slug(strings.TrimSuffix(m.Name, path.Ext(m.Name)))
	if stem != "" {
		stem = "-" + stem
	}
	return "media/" + m.Hash[:min(16, len(m.Hash))] + stem + extOf(m.Type)
}

// lookable is how large a picture itself may be to be shown in a list, in bytes, when there is no small one of it.
const lookable = 200_000

// fileView is a file for the press as the page lists it.
type fileView struct {
	desk.CentreFile
	Href string
	Look *desk.Media // what is shown of it; nil: nothing
	Src  string      // of Look
}

func fileViews(files []desk.CentreFile) (all []fileView) {
	for _, f := range files {
		v := fileView{CentreFile: f, Href: "../" + fileName(f.Media)}
		switch {
		case f.Small.Hash != "":
			v.Look, v.Src = &f.Small, "../"+mediaName(f.Small)
		case f.IsImage() && f.Size <= lookable:
			v.Look, v.Src = &f.Media, v.Href
		}
		all = append(all, v)
	}
	return all
}
