package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/journal"
)

func (c *Console) liveRoutes() []route {
	return []route{{"GET /events", desk.Viewer, c.events}}
}

// heartbeat keeps proxies from cutting a quiet stream; most cut after a minute.
const heartbeat = 20 * time.Second

// takeWithin is how long a page may take to accept an event until it is taken for gone.
const takeWithin = 10 * time.Second

// events tells an open page that something moved; the page then asks for its parts anew. A stream of a room's page (?room=) also says that its reader is in the room. Nothing but kinds and numbers
// travels here, and of other brands than the reader's not even those; rights are checked once more where the parts are made.
func (c *Console) events(w http.ResponseWriter, r *http.Request) error {
	if c.Live == nil {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if c.Limits != nil {
		release, ok := c.Limits.Streams.Hold(visitOf(r).actor.Who)
		if !ok {
			return &desk.Retry{After: heartbeat, Limited: true, Err: errTooOften}
		}
		defer release()
	}
	defer c.attend(r)()
	defer c.follow(r)()
	reader := c.Live.Follow(r.Header.Get("Last-Event-ID"))
	defer reader.Close()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	say := func(message string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(takeWithin)) // a server without deadlines has readers that never get stuck
		fmt.Fprint(w, message)
		return out.Flush() == nil
	}
	if !say("retry: 3000\n\n") {
		return nil
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case e, ok := <-reader.Events():
			if !ok {
				return nil
			}
			if journal.About(e, visitOf(r).actor) && !c.stillIn(r) {
				return nil
			}
			e, seen, err := journal.Seen(r.Context(), c.Brands, e)
			if err != nil {
				return err
			}
			if seen && !say(frameOf(e)) {
				return nil
			}
		case <-beat.C:
			if !c.stillIn(r) || !say(": still here\n\n") {
				return nil
			}
		}
	}
}

// stillIn reports whether the session that opened a stream is still one, of somebody who may do what they might then. A page whose
// stream ends comes back, and is looked at anew.
func (c *Console) stillIn(r *http.Request) bool {
	u, _, err := c.Gate.Session(r.Context(), c.sessionOf(r))
	was := visitOf(r).user
	return err == nil && u.Role == was.Role && desk.SameGrants(u.Grants, was.Grants)
}

// frameOf is an event as the stream carries it: its kind, and for entries what was done to what in which room.
func frameOf(e journal.Event) string {
	name, data := e.Kind, "{}"
	switch e.Kind {
	case journal.EventEntry:
		area, _, _ := strings.Cut(e.Entry.Do, ".")
		name = "entry"
		data = fmt.Sprintf(`{"area":%q,"on":%q,"room":"%d"}`, area, e.Entry.On, e.Entry.IncidentID)
	case journal.EventRoom:
		data = fmt.Sprintf(`{"room":"%d"}`, e.Room)
	case journal.EventTick:
		data = fmt.Sprintf(`{"monitors":%d}`, len(e.Monitors))
	}
	return fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, name, data)
}
