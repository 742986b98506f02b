package preflight

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/internal/picture"
	"breakwater/internal/posttext"
)

// MaxUpload bounds an uploaded picture or film, in bytes.
const MaxUpload = 32 << 20

// Upload takes in a picture or film: checked, stripped of what cameras wrote beside it, kept. It belongs to nothing before a
// statement names it. For responders. *desk.Invalid of the field "file" for what cannot be taken.
func (d *Desk) Upload(ctx context.Context, name string, b []byte) (desk.Media, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Media{}, err
	}
	m, body, err := Clean(name, b)
	if err != nil {
		return desk.Media{}, err
	}
	_, err = d.Store.KeepBlob(ctx, body)
	return m, err
}

// Clean is a picture or film as Upload would keep it. *desk.Invalid of the field "file" for what cannot be taken.
func Clean(name string, b []byte) (desk.Media, []byte, error) {
	if len(b) > MaxUpload {
		return desk.Media{}, nil, desk.Wrong("file", "This is too large: at most {limit} MB.", "limit", MaxUpload>>20)
	}
	p, err := picture.Clean(b)
	if err != nil {
		return desk.Media{}, nil, refused(err)
	}
	sum := sha256.Sum256(p.Body)
	return desk.Media{Hash: hex.EncodeToString(sum[:]), Type: p.Type, Name: fileName(name), Size: int64(len(p.Body)), Width: p.Width, Height: p.Height}, p.Body, nil
}

func refused(err error) error {
	switch {
	case errors.Is(err, picture.ErrLarge):
		return desk.Wrong("file", "This picture has too many pixels. Make it smaller: at most 16,384 on a side.")
	case errors.Is(err, picture.ErrDamaged):
		return desk.Wrong("file", "This file is damaged. Save it anew, and try again.")
	}
	return desk.Wrong("file", "This is no picture or film that can be taken: JPEG, PNG, GIF, WebP or MP4.")
}

// fileName is the last part of a name, without anything that could steer a terminal or a header.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > 100 {
		name = string(r[len(r)-100:])
	}
	return name
}

// Media gives the bytes of what was uploaded, with their type as the bytes say. For viewers. desk.ErrNotFound, also for what is
// kept under such a hash and is no picture or film.
func (d *Desk) Media(ctx context.Context, hash string) (b []byte, kind string, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, "", err
	}
	if b, err = d.Store.Blob(ctx, hash); err != nil {
		return nil, "", err
	}
	if kind = picture.Type(b); kind == "" {
		return nil, "", desk.ErrNotFound
	}
	return b, kind, nil
}

// ServeMedia writes an uploaded file so that no browser takes it for anything but what it is.
func ServeMedia(w http.ResponseWriter, b []byte, kind string) error {
	h := w.Header()
	door.Still(h, kind)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=86400, immutable") // its name is its hash
	_, err := w.Write(b)
	return err
}

// Count reads a text as a network will, with the limits of a channel where one is given. For viewers.
func (d *Desk) Count(ctx context.Context, kind string, channelID int64, text string) (posttext.Reading, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return posttext.Reading{}, err
	}
	c := desk.Channel{Kind: kind}
	if channelID != 0 {
		all, err := d.Store.Channels(ctx, 0)
		if err != nil {
			return posttext.Reading{}, err
		}
		for _, one := range all {
			if one.ID == channelID {
				c = one
			}
		}
		if c.ID == 0 {
			return posttext.Reading{}, desk.ErrNotFound
		}
	}
	return Read(c, text), nil
}

// Guard is what a brand adds to the checks. For viewers.
func (d *Desk) Guard(ctx context.Context, brandID int64) (desk.Guard, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Guard{}, err
	}
	if _, err := d.Store.Brand(ctx, brandID); err != nil {
		return desk.Guard{}, err
	}
	return d.Store.Guard(ctx, brandID)
}

// SaveGuard replaces what a brand adds to the checks. For leads. *desk.Invalid; desk.ErrConflict when Version is not the stored one.
func (d *Desk) SaveGuard(ctx context.Context, g desk.Guard) (desk.Guard, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return g, err
	}
	if err := g.Check(); err != nil {
		return g, err
	}
	for _, w := range g.Words {
		if _, err := newFinder([]entry{{text: w.Text}}); err != nil {
			return g, desk.Wrong("words", "“{words}” cannot be looked for.", "words", w.Text)
		}
	}
	if _, err := d.Store.Brand(ctx, g.BrandID); err != nil {
		return g, err
	}
	return d.Store.ChangeGuard(ctx, g.BrandID, desk.ActOf(ctx, "guard.save", ""), func(now *desk.Guard, out *desk.Out) error {
		if g.Version != now.Version {
			return desk.ErrConflict
		}
		id, version := now.ID, now.Version
		*now = g
		now.ID, now.Version = id, version
		out.Say = desk.Say("The checks before publishing were changed: {n} words of our own, {days} days.", "n", len(g.Words), "days", len(g.Days))
		return nil
	})
}

// Words are the program's own sensitive expressions of a language, by subject. For viewers.
func (d *Desk) Words(ctx context.Context, lang string) (map[string][]string, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	byTopic := map[string][]string{}
	for _, e := range list(sensitiveText, lang, nil) {
		if e.lang == lang {
			byTopic[e.topic] = append(byTopic[e.topic], e.text)
		}
	}
	return byTopic, nil
}

// remembered is how long the answer of another server about a link or an account is believed: somebody who writes looks at the
// same text many times.
const remembered = 2 * time.Minute

// memo remembers such answers. Its zero value works.
type memo[T any] struct {
	mu  sync.Mutex // guards all
	all map[string]memory[T]
}

type memory[T any] struct {
	until time.Time
	said  T
}

// maxMemory bounds what is remembered; then it is forgotten whole.
const maxMemory = 1000

// get gives what is remembered under key, or asks. Errors are not remembered.
func (m *memo[T]) get(key string, ask func() (T, error)) (T, error) {
	m.mu.Lock()
	had, ok := m.all[key]
	m.mu.Unlock()
	if ok && time.Now().Before(had.until) {
		return had.said, nil
	}
	said, err := ask()
	if err != nil {
		return said, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil || len(m.all) >= maxMemory {
		m.all = make(map[string]memory[T])
	}
	m.all[key] = memory[T]{time.Now().Add(remembered), said}
	return said, nil
}

// Places are the channels that a brand speaks in. For viewers.
func (d *Desk) Places(ctx context.Context, brandID int64) ([]desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return d.Store.Channels(ctx, brandID)
}
