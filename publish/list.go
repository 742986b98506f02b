package publish

import (
	"context"
	"errors"
	"slices"

	"breakwater/desk"
)

// List gives posts, newest first or in the order of their times. For viewers.
func (o *Outbox) List(ctx context.Context, f desk.PostFilter) ([]desk.Post, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return o.Store.Posts(ctx, f)
}

// One is one post. desk.ErrNotFound.
func (o *Outbox) One(ctx context.Context, id int64) (desk.Post, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Post{}, err
	}
	return o.Store.Post(ctx, id)
}

// Holds lists holds, newest first; live ones alone when asked for. For viewers.
func (o *Outbox) Holds(ctx context.Context, live bool, p desk.Paging) ([]desk.Hold, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	if live {
		return o.Store.LiveHolds(ctx)
	}
	return o.Store.Holds(ctx, p)
}

// Hold is one hold. desk.ErrNotFound.
func (o *Outbox) Hold(ctx context.Context, id int64) (desk.Hold, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Hold{}, err
	}
	return o.Store.Hold(ctx, id)
}

// Channels are a brand's channels in the order of publishing. For viewers.
func (o *Outbox) Channels(ctx context.Context, brandID int64) ([]desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := o.Store.Channels(ctx, brandID)
	return named(all), err
}

// named are channels without their settings: whoever sees what is live where has no business with credentials.
func named(all []desk.Channel) []desk.Channel {
	for i := range all {
		all[i].Settings = desk.Settings{}
	}
	return all
}

// Where are the channels that a statement goes out in, in the order of sending: where its incident started first. None when no
// channel takes one of its variants. For viewers.
func (o *Outbox) Where(ctx context.Context, s desk.Statement) ([]desk.Channel, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := o.aims(ctx, &s)
	var none *desk.Invalid
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	var channels []desk.Channel
	for _, a := range all {
		if !slices.ContainsFunc(channels, func(c desk.Channel) bool { return c.ID == a.channel.ID }) {
			channels = append(channels, a.channel)
		}
	}
	return named(channels), nil
}

// Counts are the posts by state; brand 0 is all.
func (o *Outbox) Counts(ctx context.Context, brandID int64) (map[string]int, error) {
	return o.Store.PostStates(ctx, brandID)
}

// Statement is the statement that a post was made of.
func (o *Outbox) Statement(ctx context.Context, id int64) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Statement{}, err
	}
	return o.Store.Statement(ctx, id)
}

// Matrix is what is live where: a row for each statement that went out or is to go out, the newest first, a cell for each channel.
type Matrix struct {
	Channels []desk.Channel `json:"channels"`
	Rows     []Row          `json:"rows"`
}

// Row is one statement in all channels.
type Row struct {
	Statement desk.Statement `json:"statement"`
	Newest    bool           `json:"newest"` // no later statement that is approved or out replaces it
	Cells     []Cell         `json:"cells"`  // one for each channel, in their order
}

// States of a cell.
const (
	CellNone    = ""        // the statement is not said there
	CellCurrent = "current" // live, and the newest words
	CellOld     = "old"     // live, while a later statement that is approved or out replaces it
	CellMissing = "missing" // was live, and is gone
	CellDiffers = "differs" // live, with other words than were approved
	CellComing  = "coming"  // on its way
	CellHeld    = "held"
	CellUnknown = "unknown" // perhaps live
	CellFailed  = "failed"
	CellOver    = "over" // taken back, replaced in place or dropped
	CellUnread  = "unread"
)

// Cell is one statement in one channel.
type Cell struct {
	State string     `json:"state"`
	Post  *desk.Post `json:"post,omitempty"`
}

// Matrix gives what is live of an incident's statements, or of a brand's newest ones with incident 0. For viewers.
func (o *Outbox) Matrix(ctx context.Context, brandID, incidentID int64, page desk.Paging) (Matrix, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Matrix{}, err
	}
	channels, err := o.Store.Channels(ctx, brandID)
	if err != nil {
		return Matrix{}, err
	}
	list, err := o.Store.Statements(ctx, brandID, incidentID, "", page)
	if err != nil {
		return Matrix{}, err
	}
	m := Matrix{Channels: named(channels), Rows: []Row{}}
	for _, s := range list {
		posts, err := o.Store.PostsOf(ctx, s.ID)
		if err != nil {
			return m, err
		}
		if len(posts) > 0 {
			m.Rows = append(m.Rows, rowOf(s, posts, channels, list))
		}
	}
	return m, nil
}

func rowOf(s desk.Statement, posts []desk.Post, channels []desk.Channel, all []desk.Statement) Row {
	later := slices.ContainsFunc(all, func(o desk.Statement) bool {
		return o.Replaces == s.ID && (o.State == desk.StatementApproved || o.State == desk.StatementPublished)
	})
	r := Row{Statement: s, Newest: !later && s.State != desk.StatementCorrected && s.State != desk.StatementWithdrawn}
	for _, c := range channels {
		var cell Cell
		for i := range posts {
			if posts[i].ChannelID == c.ID && (cell.Post == nil || posts[i].State != desk.PostDropped) {
				cell = Cell{cellOf(&posts[i], r.Newest), &posts[i]}
			}
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}

// cellOf is the state of one post as the matrix shows it.
func cellOf(p *desk.Post, newest bool) string {
	switch p.State {
	case desk.PostWaiting, desk.PostClaimed:
		return CellComing
	case desk.PostHeld:
		return CellHeld
	case desk.PostUnknown:
		return CellUnknown
	case desk.PostFailed:
		return CellFailed
	case desk.PostSent, desk.PostVerified:
		switch {
		case p.Copy == desk.CopyMissing:
			return CellMissing
		case p.Copy == desk.CopyDiffers:
			return CellDiffers
		case !newest:
			return CellOld
		case p.Copy == "":
			return CellUnread
		}
		return CellCurrent
	}
	return CellOver
}

// InReview are the brand's newest statements that wait for their approvals. For viewers.
func (o *Outbox) InReview(ctx context.Context, brandID int64) ([]desk.Statement, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return o.Store.Statements(ctx, brandID, 0, desk.StatementReview, desk.Paging{Limit: 50})
}
