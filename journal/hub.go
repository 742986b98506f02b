package journal

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

// Kinds of event.
const (
	EventEntry  = "entry"  // something was done: Entry
	EventTick   = "tick"   // numbers moved: Monitors
	EventRoom   = "room"   // somebody came into a room or left it: Room
	EventReload = "reload" // events were missed: read everything anew
)

// Event is something that a live page follows.
type Event struct {
	ID       string     // for Last-Event-ID; ascending within one run of the desk
	Kind     string     // entry, tick, room, reload
	Entry    desk.Entry // of an entry
	Monitors []int64    // of a tick, ascending
	Room     int64      // of a room
}

const (
	// kept is how many events a reader who comes back may have missed. At four ticks a second it is two minutes; a page that was
	// away for longer reads everything anew sooner than it takes them in.
	kept = 512
	// most readers at a time. Each takes some tens of kilobytes, and a few hundred more while it catches up.
	most = 500
	// slack is how many events a reader may lag behind before it is dropped: a page that cannot take 64 is not reading.
	slack = 64
	// tickEvery joins the ticks of all commits in between: no eye follows more than four changes a second.
	tickEvery = 250 * time.Millisecond
)

// Hub tells live pages what happened: each event to every reader. A reader that does not keep up is dropped, never waited for;
// it comes back with the id of the last event that it saw and gets what it missed.
type Hub struct {
	run string // names this run of the desk in ids, so that an id of an earlier run is not mistaken for one of ours

	mu      sync.Mutex // guards all below
	last    int64
	ring    []Event // the newest kept events; the one numbered n is at (n-1) % kept
	readers map[*Reader]struct{}
	moved   map[int64]struct{} // monitors that moved since the last tick
	closed  bool
}

// NewHub makes a hub without readers.
func NewHub() *Hub {
	return &Hub{
		run:     strconv.FormatInt(time.Now().UnixMilli(), 36),
		readers: make(map[*Reader]struct{}),
		moved:   make(map[int64]struct{}),
	}
}

// Entry tells that something was written to the journal.
func (h *Hub) Entry(e desk.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(Event{Kind: EventEntry, Entry: e})
}

// Moved tells that somebody came into a room or left it.
func (h *Hub) Moved(room int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tell(Event{Kind: EventRoom, Room: room})
}

// Tick tells that the numbers of these monitors moved. Ticks within a quarter of a second become one.
func (h *Hub) Tick(monitors []int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(monitors) == 0 {
		return
	}
	if len(h.moved) == 0 {
		time.AfterFunc(tickEvery, h.flush)
	}
	for _, id := range monitors {
		h.moved[id] = struct{}{}
	}
}

func (h *Hub) flush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]int64, 0, len(h.moved))
	for id := range h.moved {
		ids = append(ids, id)
	}
	clear(h.moved)
	slices.Sort(ids)
	h.tell(Event{Kind: EventTick, Monitors: ids})
}

// tell numbers the event, keeps it and hands it to every reader. The caller holds h.mu.
func (h *Hub) tell(e Event) {
	if h.closed {
		return
	}
	h.last++
	e.ID = h.id(h.last)
	if len(h.ring) < kept {
		h.ring = append(h.ring, e)
	} else {
		h.ring[(h.last-1)%kept] = e
	}
	for r := range h.readers {
		select {
		case r.events <- e:
		default:
			h.drop(r)
		}
	}
}

func (h *Hub) id(n int64) string { return fmt.Sprintf("%s-%d", h.run, n) }

// Follow starts to read. With the id of the last event seen, what was missed comes first, or one reload event when that is no
// longer known; with "" only what happens from now on. The caller closes the reader. When there are too many it is closed from the
// start.
func (h *Hub) Follow(lastID string) *Reader {
	h.mu.Lock()
	defer h.mu.Unlock()
	missed := h.missed(lastID)
	r := &Reader{hub: h, events: make(chan Event, len(missed)+slack)}
	for _, e := range missed {
		r.events <- e
	}
	if h.closed || len(h.readers) >= most {
		close(r.events)
		return r
	}
	h.readers[r] = struct{}{}
	return r
}

// missed are the events after lastID. The caller holds h.mu.
func (h *Hub) missed(lastID string) []Event {
	if lastID == "" {
		return nil
	}
	reload := []Event{{ID: h.id(h.last), Kind: EventReload}}
	number, ours := strings.CutPrefix(lastID, h.run+"-")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ours || err != nil || n < h.last-int64(len(h.ring)) || n > h.last {
		return reload
	}
	events := make([]Event, 0, h.last-n)
	for ; n < h.last; n++ {
		events = append(events, h.ring[n%kept])
	}
	return events
}

// Close ends all readers; later events are told to nobody.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for r := range h.readers {
		h.drop(r)
	}
}

// Readers is how many follow at the moment.
func (h *Hub) Readers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.readers)
}

// drop ends a reader. The caller holds h.mu.
func (h *Hub) drop(r *Reader) {
	if _, ok := h.readers[r]; ok {
		delete(h.readers, r)
		close(r.events)
	}
}

// Reader follows a hub.
type Reader struct {
	hub    *Hub
	events chan Event
}

// Events gives the events in order. It is closed when the reader lagged too far behind, or the hub or the reader was closed.
func (r *Reader) Events() <-chan Event { return r.events }

// Close stops reading. It may be called more than once.
func (r *Reader) Close() {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	r.hub.drop(r)
}
