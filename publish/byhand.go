package publish

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
)

// HandStore is what tasks by hand need of storage.
type HandStore interface {
	// ByHandTasks lists the open tasks of a brand, oldest first, or the done ones, newest first; brandID 0 is all.
	ByHandTasks(ctx context.Context, brandID int64, open bool, p desk.Paging) ([]desk.ByHand, error)
	ByHandTask(ctx context.Context, id int64) (desk.ByHand, error)
	// ByHandNamed is the task of a name in a channel. desk.ErrNotFound.
	ByHandNamed(ctx context.Context, channelID int64, name string) (desk.ByHand, error)
	ChangeByHand(ctx context.Context, id int64, act desk.Act, f func(*desk.ByHand, *desk.Out) error) (desk.ByHand, error)
	KeepBlob(ctx context.Context, body []byte) (hash string, err error)
	Blob(ctx context.Context, hash string) ([]byte, error)
}

// Hands are the tasks of people in places that no program reaches.
type Hands struct{ Store HandStore }

// MaxPhoto is the largest photo that is taken as evidence, in bytes: what phones make, and some.
const MaxPhoto = 20 << 20

// Ask makes a task, once for its name in its channel.
func (h *Hands) Ask(ctx context.Context, b desk.ByHand) (desk.ByHand, error) {
	if known, err := h.Asked(ctx, b.ChannelID, b.Name()); !errors.Is(err, desk.ErrNotFound) {
		return known, err
	}
	b.Made = time.Now().UTC()
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "byhand.ask", At: b.Made}
	made, err := h.Store.ChangeByHand(ctx, 0, act, func(now *desk.ByHand, out *desk.Out) error {
		*now = b
		out.Say, out.IncidentID = desk.Say("{channel} is to be changed by hand.", "channel", b.Channel), b.IncidentID
		return nil
	})
	if errors.Is(err, desk.ErrConflict) { // another process made it meanwhile
		return h.Asked(ctx, b.ChannelID, b.Name())
	}
	return made, err
}

// Asked is the task of that name. desk.ErrNotFound.
func (h *Hands) Asked(ctx context.Context, channelID int64, name string) (desk.ByHand, error) {
	return h.Store.ByHandNamed(ctx, channelID, name)
}

// List is the open tasks of a brand, oldest first, or the done ones, newest first; brandID 0 is all.
func (h *Hands) List(ctx context.Context, brandID int64, open bool, p desk.Paging) ([]desk.ByHand, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return h.Store.ByHandTasks(ctx, brandID, open, p)
}

// One is a task. desk.ErrNotFound.
func (h *Hands) One(ctx context.Context, id int64) (desk.ByHand, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.ByHand{}, err
	}
	return h.Store.ByHandTask(ctx, id)
}

// Tick marks a task as done; photo is the evidence, empty without one. Its errors are *desk.Invalid, desk.ErrNotFound,
// desk.ErrInvalidTransition for a task that was done before, desk.ErrForbidden below responder.
func (h *Hands) Tick(ctx context.Context, id int64, note string, photo []byte) (desk.ByHand, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.ByHand{}, err
	}
	m, err := h.photo(ctx, photo)
	if err != nil {
		return desk.ByHand{}, err
	}
	who := desk.ActorOf(ctx).Name
	return h.Store.ChangeByHand(ctx, id, desk.ActOf(ctx, "byhand.tick", note), func(b *desk.ByHand, out *desk.Out) error {
		out.Say, out.IncidentID = desk.Say("{channel}: done by hand.", "channel", b.Channel), b.IncidentID
		return b.Tick(who, strings.TrimSpace(note), m, time.Now().UTC())
	})
}

// photo keeps the evidence. It is kept as it came, with what the camera wrote into it: that is part of the evidence.
func (h *Hands) photo(ctx context.Context, body []byte) (m desk.Media, err error) {
	if len(body) == 0 {
		return m, nil
	}
	m.Type, m.Size = http.DetectContentType(body), int64(len(body))
	switch {
	case m.Size > MaxPhoto:
		return m, desk.Wrong("photo", "This photo is too large. Take one of at most {size} MB.", "size", MaxPhoto>>20)
	case m.Type != "image/jpeg" && m.Type != "image/png" && m.Type != "image/webp":
		return m, desk.Wrong("photo", "Send a photo: JPEG, PNG or WebP.")
	}
	m.Hash, err = h.Store.KeepBlob(ctx, body)
	return m, err
}

// Photo is the evidence of a task with its MIME type, which is that of a picture. desk.ErrNotFound without one.
func (h *Hands) Photo(ctx context.Context, id int64) (body []byte, kind string, err error) {
	b, err := h.One(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if b.Photo.Hash == "" {
		return nil, "", desk.ErrNotFound
	}
	body, err = h.Store.Blob(ctx, b.Photo.Hash)
	return body, b.Photo.Type, err
}
