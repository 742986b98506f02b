package centre

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"strings"

	"breakwater/desk"
	"breakwater/internal/picture"
)

// smallSide is how large the picture of a file is that the page shows, in pixels: sharp in the column beside the text on most screens.
const smallSide = 480

// takeIn reads a file: what is to be kept of it, and the bytes of that, also of a small picture of it.
func (d *Desk) takeIn(name string, body []byte) (f desk.PressFile, keep [][]byte, err error) {
	if len(body) > desk.MaxPressFile {
		return f, nil, desk.Wrong("file", "This is too large: at most {limit} MB.", "limit", desk.MaxPressFile>>20)
	}
	if strings.HasPrefix(picture.Type(body), "image/") {
		if f.Media, body, err = d.Picture(name, body); err != nil {
			return f, nil, err
		}
		keep = [][]byte{body}
		small, err := picture.Small(body, smallSide)
		switch {
		case errors.Is(err, picture.ErrType): // it is small itself, or cannot be unpacked here
		case err != nil:
			return f, nil, desk.Wrong("file", "This file is damaged. Save it anew, and try again.")
		default:
			f.Small = desk.Media{Hash: hashOf(small.Body), Type: small.Type, Size: int64(len(small.Body)), Width: small.Width, Height: small.Height}
			keep = append(keep, small.Body)
		}
	} else {
		if f.Type, err = documentType(name, body); err != nil {
			return f, nil, err
		}
		f.Name, f.Size, f.Hash = name, int64(len(body)), hashOf(body)
		keep = [][]byte{body}
	}
	f.Name = plainName(f.Name, f.Type)
	return f, keep, nil
}

// hashOf is what the store keeps bytes under.
func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
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
