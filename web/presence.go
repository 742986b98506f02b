package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
)

// presence is who is in which room at the moment: whoever has its page open.
type presence struct {
	mu    sync.Mutex // guards rooms
	rooms map[int64]map[int64]*attendee
}

// attendee is one person in one room, with as many pages as they have open there.
type attendee struct {
	Name  string
	Since time.Time
	user  int64
	pages int
}

func newPresence() *presence { return &presence{rooms: make(map[int64]map[int64]*attendee)} }

// enter notes somebody in a room until leave is called. first and last report whether they were not there before, or are not after.
func (p *presence) enter(room, user int64, name string) (first bool, leave func() (last bool)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rooms[room] == nil {
		p.rooms[room] = make(map[int64]*attendee)
	}
	one := p.rooms[room][user]
	if first = one == nil; first {
		one = &attendee{Name: name, Since: time.Now(), user: user}
		p.rooms[room][user] = one
	}
	one.pages++
	return first, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		one.pages--
		if one.pages > 0 {
			return false
		}
		delete(p.rooms[room], user)
		if len(p.rooms[room]) == 0 {
			delete(p.rooms, room)
		}
		return true
	}
}

// in lists who is in a room, the longest there first.
func (p *presence) in(room int64) (all []attendee) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.rooms[room] {
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b attendee) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.Name, b.Name)) })
	return all
}

// attend notes who follows a room's page while their stream of events is open.
func (c *Console) attend(r *http.Request) (leave func()) {
	room, v := number(r.URL.Query().Get("room")), visitOf(r)
	if room == 0 || !v.signedIn {
		return func() {}
	}
	if seen, err := c.Brands.SeesIncident(r.Context(), room); err != nil || !seen {
		return func() {} // there is no such room for them
	}
	first, gone := c.present.enter(room, v.user.ID, v.user.Name)
	if first {
		c.Live.Moved(room)
	}
	return func() {
		if !gone() {
			return
		}
		c.Live.Moved(room)
		if err := c.Rooms.Left(context.WithoutCancel(r.Context()), room); err != nil {
			c.Log.Warn("who left a room was not noted", "incident", room, "err", err)
		}
	}
}

// sinceView is what a person missed in a room.
type sinceView struct {
	After     int64 // entry
	Decisions int
	Others    int
}

// inRoom puts into the room's page who is there, what was promised and said, and what the reader missed.
func (c *Console) inRoom(r *http.Request, p *roomPage) error {
	ctx, v, i := r.Context(), visitOf(r), p.Room.Incident
	p.InRoom, p.Present = i.ID, c.present.in(i.ID)
	open, err := c.Words.Promised(ctx, i.BrandID, i.ID)
	if err != nil {
		return err
	}
	p.Promises = promiseViews(open, zone(v.brand), time.Now())
	if p.Sayings, err = c.Words.List(ctx, 0, i.ID, "", desk.Paging{Limit: 10}); err != nil {
		return err
	}
	if p.Told, err = c.Staff.List(ctx, i.BrandID, i.ID, desk.Paging{Limit: 10}); err != nil {
		return err
	}
	if v.actor.Role >= desk.Responder {
		open, err := c.Staff.Rumours(ctx, i.BrandID, i.ID, 0, true, desk.Paging{Limit: 100})
		if err != nil {
			return err
		}
		p.Asking = len(open)
	}
	if slices.ContainsFunc(p.Present, func(one attendee) bool { return one.user == v.user.ID }) {
		return nil // they are there
	}
	after, entries, err := c.Rooms.Since(ctx, i.ID, 0)
	p.Since = sinceView{After: after, Decisions: len(shown(entries, "decision"))}
	p.Since.Others = len(entries) - p.Since.Decisions
	return err
}

// sincePage is what happened in a room since somebody left it.
type sincePage struct {
	Frame
	Room      desk.Incident
	Decisions []entryView
	Rest      []entryView
}

// incidentSince tells what happened in a room since the person left it last: decisions first.
func (c *Console) incidentSince(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	room, err := c.Rooms.One(r.Context(), id)
	if err != nil {
		return err
	}
	_, entries, err := c.Rooms.Since(r.Context(), id, number(r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	return c.render(w, r, "incidents/since", newSincePage(room, entries, zone(visitOf(r).brand)))
}

func newSincePage(room desk.Incident, entries []desk.Entry, z *time.Location) *sincePage {
	p := &sincePage{Frame: Frame{Area: "room"}, Room: room}
	decided := shown(entries, "decision")
	for _, e := range entryViews(entries, z) {
		if slices.ContainsFunc(decided, func(d desk.Entry) bool { return d.Seq == e.Seq }) {
			p.Decisions = append(p.Decisions, e)
		} else {
			p.Rest = append(p.Rest, e)
		}
	}
	return p
}
