package app

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"time"

	"breakwater/approve"
	"breakwater/centre"
	"breakwater/desk"
	"breakwater/publish"
)

// centreFolder is where the crisis centre's bytes are kept in the data folder.
const centreFolder = "centre"

// newCentre puts the public crisis centre together.
func newCentre(s *stages, c Config) {
	s.centre = centre.New(s.db, c.publicURL(), c.Log)
	if c.certs != nil {
		s.centre.Unsafe = c.certs.unsafe
	}
	if s.site = c.site; s.site == nil {
		s.site = new(centre.Site)
	}
	s.builder = centre.NewBuilder(s.centre, s.site, filepath.Join(c.Data, centreFolder), c.Log)
}

// wordsOfCentre is how the crisis centre has its words signed and let out.
func (s *stages) wordsOfCentre() centre.Words {
	return centre.Words{
		Begin: func(ctx context.Context, brandID, incidentID, replaces int64, w desk.Words) (desk.Statement, error) {
			return s.words.Begin(ctx, approve.Draft{BrandID: brandID, IncidentID: incidentID, Replaces: replaces, Words: w})
		},
		Submit: s.words.Submit,
		File:   s.words.File,
		Publish: func(ctx context.Context, ids []int64) error {
			_, err := s.words.PublishAll(ctx, ids, time.Time{})
			return err
		},
		Retract: func(ctx context.Context, post int64, why string) error {
			_, err := s.outbox.Withdraw(ctx, post, why)
			return err
		},
	}
}

// board is the crisis centre as its channel knows it.
type board struct{ *centre.Desk }

func live(s centre.Shown, err error) (publish.Live, error) {
	return publish.Live{Receipt: publish.Receipt{NativeID: s.NativeID, Link: s.Link, At: s.At}, Title: s.Title, Text: s.Text, Media: s.Media, Edited: s.Edited}, err
}

// Put implements publish.Noticeboard.
func (b board) Put(ctx context.Context, ch desk.Channel, p desk.Post) (publish.Live, error) {
	return live(b.Desk.Put(ctx, ch, p))
}

// Change implements publish.Noticeboard.
func (b board) Change(ctx context.Context, ch desk.Channel, p desk.Post) (publish.Live, error) {
	return live(b.Desk.Change(ctx, ch, p))
}

// Shown implements publish.Noticeboard.
func (b board) Shown(ctx context.Context, ch desk.Channel, p desk.Post) (publish.Live, error) {
	return live(b.Desk.Shown(ctx, ch, p))
}

// shows reports whether an entry may change what the crisis centre shows.
func shows(e desk.Entry) bool {
	area, _, _ := strings.Cut(e.Do, ".")
	switch area {
	case "centre", "promise", "channel", "brand", "subscribers":
		return true
	}
	return false
}

// UnpackCentre writes an exported crisis centre into a folder that any web server serves, and gives the number of its files.
func UnpackCentre(dir string, r io.Reader) (int, error) {
	files, err := centre.Unpack(r)
	if err != nil {
		return 0, err
	}
	return len(files), centre.Write(dir, files)
}
