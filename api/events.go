package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/journal"
)

const (
	// heartbeat keeps proxies, which often cut what is silent for a minute, from cutting the stream.
	heartbeat = 15 * time.Second
	// writeWithin is how long a reader may take to accept an event until it is taken for gone.
	writeWithin = 10 * time.Second
)

func (s *server) eventOperations() []operation {
	return []operation{
		stream(route{http.MethodGet, "/events", desk.Viewer, "event-stream", "Follow what happens",
			"Server-sent events: `entry` (data: a journal entry), `tick` (data: `{\"monitors\": [ids]}`, their numbers moved), `reload` (events were missed: read again what you show). " +
				"Of other brands than yours nothing comes. Send the last id that you saw as `Last-Event-ID`, or as `last`, and you get what you missed. A comment comes every 15 seconds."},
			"text/event-stream", s.follow),
	}
}

type followIn struct {
	LastEventID string `header:"Last-Event-ID" doc:"Id of the last event seen" maxLength:"100"`
	Last        string `query:"last" doc:"The same, for clients that cannot send the header" maxLength:"100"`
}

func (s *server) follow(ctx context.Context, in *followIn) (writer, error) {
	release := func() {}
	if s.Limits != nil {
		var ok bool
		if release, ok = s.Limits.Streams.Hold(desk.ActorOf(ctx).Who); !ok {
			return nil, tooOften(s.beat)
		}
	}
	last := in.LastEventID
	if last == "" {
		last = in.Last
	}
	return func(w http.ResponseWriter) error {
		defer release()
		reader := s.Live.Follow(last)
		defer reader.Close()
		return s.tell(ctx, w, reader)
	}, nil
}

// tell writes events until the reader ends, the client goes away, takes no more or may no longer.
func (s *server) tell(ctx context.Context, w http.ResponseWriter, reader *journal.Reader) error {
	w.Header().Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	message := "retry: 2000\n: here\n\n"
	for {
		if message != "" {
			if err := send(w, out, message); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
			if !stillMay(ctx) { // signed out, revoked, or of another role
				return nil
			}
			message = ": still here\n\n"
		case e, ok := <-reader.Events():
			if !ok {
				return nil // the client comes back with the last id it saw
			}
			if journal.About(e, desk.ActorOf(ctx)) && !stillMay(ctx) {
				return nil
			}
			e, seen, err := journal.Seen(ctx, s.Brands, e)
			if err != nil {
				return err
			}
			if !seen {
				message = "" // not even that something happened there
				continue
			}
			data, err := s.event(ctx, e)
			if err != nil {
				return err
			}
			message = fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Kind, data)
		}
	}
}

func send(w http.ResponseWriter, out *http.ResponseController, message string) error {
	// Not every writer has deadlines (tests record answers); then a reader that is stuck is not noticed, nothing else.
	_ = out.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := w.Write([]byte(message)); err != nil {
		return err
	}
	return out.Flush()
}

// event is the data of an event: one line of JSON.
func (s *server) event(ctx context.Context, e journal.Event) ([]byte, error) {
	switch e.Kind {
	case journal.EventEntry:
		entry := e.Entry
		if desk.Need(ctx, desk.Admin) != nil {
			entry.From = ""
		}
		v, err := s.spoken(ctx, entry)
		if err != nil {
			return nil, err
		}
		return json.Marshal(v)
	case journal.EventRoom:
		return json.Marshal(struct {
			Incident int64 `json:"incident_id,string"`
		}{e.Room})
	case journal.EventTick:
		return json.Marshal(struct {
			Monitors desk.IDs `json:"monitors"`
		}{e.Monitors})
	}
	return []byte("{}"), nil
}
