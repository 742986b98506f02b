package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// stream is the source. Its Pull is called by one goroutine at a time.
type stream struct {
	*client
	log       *slog.Logger
	timelines []*heard
	known     *known
	me        string        // our account's id
	pace      time.Duration // between two polls of a timeline that is not streamed

	socket  *fetch.Socket
	opened  time.Time // the socket
	redial  time.Time // not before
	fails   int       // dials in a row
	garbage int       // messages in a row that could not be read

	upTo    string // the cursor that says what we know
	problem error  // to be told at the next Pull
}

const (
	relaxed    = time.Minute // between two polls of a timeline that the stream delivers
	gather     = 100 * time.Millisecond
	batchMost  = 500
	pagesMost  = 10 // of one timeline in one batch: after a long gap the rest comes in the next ones
	garbageMax = 10 // in a row; a proxy's error page is one, a server of another kind sends nothing else
	refusedFor = 10 * time.Minute
)

// pace is how often a timeline is polled when the stream does not deliver it: every 5 s, and more rarely when there are many,
// so that all of them together take half of what Mastodon allows by default (300 calls in 5 minutes).
func pace(timelines int) time.Duration {
	return max(5*time.Second, time.Duration(timelines)*2*time.Second)
}

// Pull gives what came since cursor. It waits until something comes or a poll is due.
func (s *stream) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	if cursor != s.upTo {
		if err := s.resume(cursor); err != nil {
			return desk.Batch{}, err
		}
	}
	if err := s.problem; err != nil {
		s.problem = nil
		return desk.Batch{}, err
	}
	var b desk.Batch
	err := s.connect(ctx)
	s.drain(&b) // before polling: what the stream told first is no news to the poll
	if err == nil {
		err = s.poll(ctx, &b)
	}
	if err == nil && empty(b) {
		err = s.wait(ctx, &b)
	}
	if empty(b) {
		return desk.Batch{}, err
	}
	// With something to keep, an error can wait: what caused it is tried again at once and fails again.
	b.Cursor = s.cursor()
	s.upTo = b.Cursor
	return b, nil
}

// Close ends the stream.
func (s *stream) Close() error {
	s.hangUp()
	return nil
}

func empty(b desk.Batch) bool { return size(b) == 0 }

func size(b desk.Batch) int { return len(b.Mentions) + len(b.Incoming) + len(b.Gone) + len(b.Rejects) }

// resume takes up where cursor says.
func (s *stream) resume(saved string) error {
	c, err := parseCursor(saved)
	if err != nil {
		return err
	}
	s.hangUp()
	s.known = newKnown()
	s.upTo = saved
	for _, h := range s.timelines {
		h.mark = c.Heard[h.name]
		h.mark.Recent = slices.Clone(h.mark.Recent)
		h.due = time.Time{}
		for _, r := range h.Recent {
			if r.Other {
				continue
			}
			s.known.add(r.status(), r.Edited)
		}
	}
	return nil
}

// cursor says how far we are.
func (s *stream) cursor() string {
	c := cursor{Heard: make(map[string]mark, len(s.timelines))}
	for _, h := range s.timelines {
		c.Heard[h.name] = h.mark
	}
	return c.String()
}

// connect opens the stream when there is something to stream and it is time to.
func (s *stream) connect(ctx context.Context) error {
	now := time.Now()
	if s.socket != nil || s.token == "" || now.Before(s.redial) {
		return nil
	}
	in, err := s.instance(ctx)
	if err != nil {
		return connector.Failure(err)
	}
	s.place.domain = in.domain(s.place.host)
	if s.me == "" {
		var me account
		_, err := s.get(ctx, "/api/v1/accounts/verify_credentials", nil, &me)
		var status *fetch.Status
		if err != nil && !(errors.As(err, &status) && status.Code == http.StatusForbidden) { // a token may lack this right alone
			return connector.Failure(err)
		}
		s.me = me.ID
	}
	s.socket, err = dial(ctx, s.client, s.streaming(in), s.streams())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		s.noStream(err)
		return nil
	}
	s.opened, s.fails, s.garbage = time.Now(), 0, 0
	for _, h := range s.timelines {
		h.due = time.Time{} // what came between the last poll and now
	}
	return nil
}

// streams are the names of what we subscribe to. Our own user stream is always first: notifications come there, and
// GoToSocial announces every deletion there.
func (s *stream) streams() [][]string {
	names := [][]string{{"user"}}
	for _, h := range s.timelines {
		if h.stream != nil && h.stream[0] != "user" {
			names = append(names, h.stream)
		}
	}
	return names
}

// noStream puts off the next dial: for long when the server does not stream to us at all. Polling goes on.
func (s *stream) noStream(err error) {
	s.fails++
	pause := min(time.Second<<min(s.fails, 6), time.Minute)
	var status *fetch.Status
	if errors.As(err, &status) && !status.Temporary() {
		pause = refusedFor
	} else if errors.As(err, &status) {
		pause = max(pause, status.After)
	}
	s.redial = time.Now().Add(pause/2 + rand.N(pause/2+1))
	s.log.Info("no stream, polling instead", "server", s.place.host, "err", err, "again", s.redial)
}

// hangUp ends the stream. What it delivered is polled at once, and often until a stream delivers it again.
func (s *stream) hangUp() {
	if s.socket == nil {
		return
	}
	s.socket.Close()
	s.socket = nil
	for _, h := range s.timelines {
		h.trusted, h.due = false, time.Time{}
	}
}

// wait blocks until something came by the stream or a poll is due.
func (s *stream) wait(ctx context.Context, b *desk.Batch) error {
	due := s.timelines[0].due
	for _, h := range s.timelines {
		if h.due.Before(due) {
			due = h.due
		}
	}
	poll := time.NewTimer(time.Until(due))
	defer poll.Stop()
	var more <-chan time.Time
	for size(*b) < batchMost {
		var messages <-chan []byte
		if s.socket != nil {
			messages = s.socket.Messages
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-poll.C:
			return nil
		case <-more:
			return nil
		case m, ok := <-messages:
			s.take(m, ok, b)
			if s.problem != nil {
				return nil
			}
			if more == nil && !empty(*b) {
				more = time.After(gather)
			}
		}
	}
	return nil
}

// drain takes what the stream has ready.
func (s *stream) drain(b *desk.Batch) {
	for s.socket != nil && size(*b) < batchMost {
		select {
		case m, ok := <-s.socket.Messages:
			s.take(m, ok, b)
		default:
			return
		}
	}
}

var errGarbage = errors.New("the stream sends something else than the streaming API")

// take adds what one message says to the batch; open is false at the end of the stream.
func (s *stream) take(m []byte, open bool, b *desk.Batch) {
	if !open {
		err := s.socket.Err()
		s.hangUp()
		s.noStream(err)
		return
	}
	e, ok := parseEvent(m)
	if !ok {
		s.takeGarbage(m, b)
		return
	}
	s.garbage = 0
	switch e.Event {
	case "update", "status.update":
		s.takeStatus(e, b)
	case "notification":
		s.takeNotification(e, b)
	case "delete":
		s.gone(e.Payload, b)
	case "":
		s.log.Debug("subscription refused", "server", s.place.host, "err", e.Error)
	} // conversation, filters_changed, announcement …: nothing public
}

// takeGarbage counts a message that cannot be read. After some in a row the stream is given up for a while and a person told.
func (s *stream) takeGarbage(m []byte, b *desk.Batch) {
	b.Rejects = append(b.Rejects, desk.Reject{Reason: desk.Say("{server} streamed something that cannot be read.", "server", s.place.host), Sample: string(m[:min(len(m), 200)])})
	if s.garbage++; s.garbage < garbageMax {
		return
	}
	s.hangUp()
	s.redial = time.Now().Add(refusedFor)
	say := desk.Say("What {server} streams cannot be read. We poll it instead and try the stream again later.", "server", s.place.host)
	s.problem = &desk.Retry{After: time.Second, Err: &desk.Problem{Say: say, Err: errors.Join(desk.ErrBroken, errGarbage)}}
}

func (s *stream) takeNotification(e event, b *desk.Batch) {
	var n notification
	if json.Unmarshal([]byte(e.Payload), &n) != nil {
		b.Rejects = append(b.Rejects, s.reject([]byte(e.Payload)))
		return
	}
	if h := s.find("user"); h != nil && n.ID != "" && n.Type == "mention" && n.Status != nil && n.Status.ID != "" {
		h.trusted = true
		s.add(h, item{id: n.ID, status: n.Status}, b)
	}
}

// takeStatus adds a status that was posted or edited, when it is on a timeline of ours. The user stream is not: it carries
// what our account follows, of which only edits of what we have already, or of what names us, are ours.
func (s *stream) takeStatus(e event, b *desk.Batch) {
	var st status
	if json.Unmarshal([]byte(e.Payload), &st) != nil || st.ID == "" {
		b.Rejects = append(b.Rejects, s.reject([]byte(e.Payload)))
		return
	}
	h := s.find(e.Stream...)
	switch {
	case !st.public():
		if e.Event == "status.update" && s.find("user") != nil && st.mentions(s.me) && s.known.add(st.ID, st.EditedAt) {
			b.Incoming = append(b.Incoming, s.place.direct(&st))
		}
	case h != nil && h.stream[0] != "user":
		h.trusted = true
		s.add(h, item{id: st.ID, status: &st}, b)
	case e.Event == "status.update" && (s.known.has(st.ID) || s.find("user") != nil && st.mentions(s.me)):
		if s.known.add(st.ID, st.EditedAt) {
			b.Mentions = append(b.Mentions, s.place.mention(&st))
		}
	}
}

// find is the timeline of that name in the streaming API, nil when we do not hear it. Some servers write a hashtag's stream
// as one word, with a colon.
func (s *stream) find(name ...string) *heard {
	joined := strings.ToLower(strings.Join(name, ":"))
	for _, h := range s.timelines {
		if h.stream != nil && strings.Join(h.stream, ":") == joined {
			return h
		}
	}
	return nil
}

// add hands over a status that we see for the first time, or for the first time in this version.
func (s *stream) add(h *heard, it item, b *desk.Batch) {
	switch {
	case !s.known.add(it.status.ID, it.status.EditedAt):
	case !it.status.public():
		b.Incoming = append(b.Incoming, s.place.direct(it.status))
	default:
		m := s.place.mention(it.status)
		m.ToUs = h.shape == notifications || it.status.mentions(s.me) // whichever timeline had it first
		b.Mentions = append(b.Mentions, m)
	}
	h.note(it, time.Now())
}

// gone hands over a deletion. It may come twice, and for what we never had.
func (s *stream) gone(id string, b *desk.Batch) {
	ref := s.place.ref(strings.TrimSpace(id))
	if ref.NativeID == "" || slices.Contains(b.Gone, ref) {
		return
	}
	b.Gone = append(b.Gone, ref)
	for _, h := range s.timelines {
		h.forget(id)
	}
}
