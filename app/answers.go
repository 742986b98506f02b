package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/alert"
	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/oncall"
)

// maxAnswer is what a service may send with an answer, in bytes: Slack sends the message back.
const maxAnswer = 512 << 10

// whisperer tells something to who answered alone. Every alert.Listener of ours is one.
type whisperer interface {
	Whisper(a desk.Answer, said string) (alert.Reply, func(context.Context) error)
}

// answers are the addresses at which services bring what people answered to messages: one for each way.
type answers struct {
	*stages
	url string // public, without a trailing slash
}

// answersPath is where answers to a way come in.
func answersPath(way int64) string { return "/answers/" + strconv.FormatInt(way, 10) }

func (h answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("way"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	ctx := desk.WithActor(r.Context(), desk.Actor{Who: "way:" + strconv.FormatInt(id, 10), From: r.RemoteAddr})
	way, ear, err := h.ear(ctx, id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	a, err := ear.Hear(alert.Heard{URL: h.url + r.URL.RequestURI(), Header: r.Header, Body: body, At: time.Now()})
	if err != nil {
		h.poller.Log.Warn("an answer was refused", "way", id, "from", r.RemoteAddr, "error", err)
		status := http.StatusBadRequest
		if errors.Is(err, desk.ErrForbidden) {
			status = http.StatusUnauthorized // counted: who tries it again and again is slowed
		}
		http.Error(w, "refused", status)
		return
	}
	reply, later := h.react(ctx, a, way, ear)
	if reply.Type != "" {
		w.Header().Set("Content-Type", reply.Type)
	}
	_, _ = w.Write(reply.Body) // whoever hung up is answered again when they ask again
	h.after(ctx, way, later)
}

// after does what follows an answer, when the service has its reply.
func (s *stages) after(ctx context.Context, w desk.Way, later func(context.Context) error) {
	if later == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := later(ctx); err != nil {
			s.poller.Log.Warn("a message could not be brought up to date", "way", w.ID, "error", err)
		}
	}()
}

// ear is a way as one that hears answers. desk.ErrNotFound where it is none.
func (s *stages) ear(ctx context.Context, id int64) (desk.Way, alert.Listener, error) {
	way, err := s.db.Way(ctx, id)
	if err != nil || way.Paused {
		return way, nil, errors.Join(desk.ErrNotFound, err)
	}
	carrier, err := s.carrier(way)
	if err != nil {
		return way, nil, err
	}
	ear, ok := carrier.(alert.Listener)
	if !ok {
		return way, nil, desk.ErrNotFound
	}
	return way, ear, nil
}

// react does what an answer asks for, and says what became of it where it was given.
func (s *stages) react(ctx context.Context, a desk.Answer, w desk.Way, ear alert.Listener) (alert.Reply, func(context.Context) error) {
	if a.Do == "" {
		return ear.Tell(a, "")
	}
	said, err := s.escalator.Answer(ctx, a, w)
	speak := say.For(w.Lang, "")
	switch {
	case err == nil:
		return ear.Tell(a, speak.Text(said))
	case errors.Is(err, oncall.ErrStranger):
		said = desk.Say("You are not known here, so nothing was done. Ask the admin of the desk to enter you with this way.")
	case errors.Is(err, oncall.ErrSpent), errors.Is(err, desk.ErrNotFound), errors.Is(err, desk.ErrInvalidTransition):
		said = desk.Say("Nothing is left to do here.")
	case errors.Is(err, desk.ErrForbidden):
		said = desk.Say("You may not do that.")
	default:
		s.poller.Log.Error("an answer could not be taken", "way", w.ID, "error", err)
		said = desk.Say("That did not work. Open the desk instead.")
	}
	return ear.(whisperer).Whisper(a, speak.Text(said))
}

const (
	lookForLines = 5 * time.Second  // at ways that answer only when asked
	askAgain     = 10 * time.Second // after one did not answer
)

// askAround asks services for answers that cannot reach the desk, each bot by a loop of its own, until ctx ends.
func (s *stages) askAround(ctx context.Context) error {
	var under errgroup.Group
	defer under.Wait() //nolint:errcheck // the loops end with ctx and give nil
	lines, told := make(map[string]context.CancelFunc), make(map[int64]string)
	tick := time.NewTicker(lookForLines)
	defer tick.Stop()
	for {
		now := s.askers(ctx, told)
		for line, stop := range lines {
			if _, ok := now[line]; !ok {
				stop()
				delete(lines, line)
			}
		}
		for line, way := range now {
			if lines[line] == nil {
				asking, stop := context.WithCancel(ctx)
				lines[line] = stop
				under.Go(func() error { s.askLine(asking, way); return nil })
			}
		}
		select {
		case <-ctx.Done():
			for _, stop := range lines {
				stop()
			}
			return nil
		case <-tick.C:
		}
	}
}

// askers are the lines to ask, with one of their ways. Services that call us are told where, once for each address.
func (s *stages) askers(ctx context.Context, told map[int64]string) map[string]int64 {
	ways, err := s.db.Ways(ctx)
	if err != nil && ctx.Err() == nil {
		s.poller.Log.Error("ways could not be read", "error", err)
	}
	lines := make(map[string]int64)
	for _, w := range ways {
		if w.Paused {
			continue
		}
		carrier, err := s.carrier(w)
		if err != nil {
			continue // its page says what is wrong
		}
		ear, ok := carrier.(alert.Asker)
		switch {
		case !ok:
		case ear.Line() != "":
			lines[ear.Line()] = w.ID
		default:
			s.arrange(ctx, w, ear, told)
		}
	}
	return lines
}

// arrange tells a service where to bring answers to a way.
func (s *stages) arrange(ctx context.Context, w desk.Way, ear alert.Asker, told map[int64]string) {
	address, is := s.home+answersPath(w.ID), fmt.Sprint(w.Version)
	if told[w.ID] == is {
		return
	}
	told[w.ID] = is
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := ear.Arrange(ctx, address); err != nil && ctx.Err() == nil {
		s.poller.Log.Warn("a service could not be told where to bring answers", "way", w.ID, "error", err)
	}
}

// askLine asks for answers until ctx ends.
func (s *stages) askLine(ctx context.Context, id int64) {
	arranged := false
	for after := int64(0); ctx.Err() == nil; {
		next, err := s.askOnce(ctx, id, after, &arranged)
		after = next
		if err == nil {
			continue
		}
		if ctx.Err() == nil {
			s.poller.Log.Warn("answers could not be asked for", "way", id, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(askAgain):
		}
	}
}

func (s *stages) askOnce(ctx context.Context, id, after int64, arranged *bool) (int64, error) {
	way, ear, err := s.ear(ctx, id)
	if err != nil {
		return after, err
	}
	asker, ok := ear.(alert.Asker)
	if !ok {
		return after, desk.ErrNotFound
	}
	if !*arranged {
		if err := asker.Arrange(ctx, ""); err != nil {
			return after, err
		}
		*arranged = true
	}
	all, next, err := asker.Ask(ctx, after)
	for _, a := range all {
		_, later := s.react(desk.WithActor(ctx, desk.Actor{Who: "way:" + strconv.FormatInt(id, 10)}), a, way, ear)
		s.after(ctx, way, later)
	}
	return next, err
}
