package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What receivers do when they are in trouble.
const (
	faultError   = iota // 500
	faultBusy           // 429, come back in a second
	faultHang           // no answer, nothing taken
	faultSwallow        // taken, and then no answer
	escalateFaults
)

// escalateReceiver is all the receivers, one a way.
type escalateReceiver struct {
	base   string
	server *http.Server

	mu      sync.Mutex // guards what follows
	faults  map[int64]*escalateTrouble
	backs   map[int64][]time.Time // when the trouble of a way was over
	arrived []escalateArrival
	keys    map[string]int // times that each message was taken
	refused int
	all     int // faults
}

// escalateTrouble is a fault that lasts until a moment; then connections that hang are cut.
type escalateTrouble struct {
	kind int
	over chan struct{}
}

// escalateArrival is a message when it was taken first.
type escalateArrival struct {
	escalateNote
	at time.Time
}

func newEscalateReceiver() (*escalateReceiver, error) {
	r := &escalateReceiver{faults: map[int64]*escalateTrouble{}, backs: map[int64][]time.Time{}, keys: map[string]int{}}
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r.base, r.server = "http://"+ln.Addr().String(), &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(ln) }() // it ends with close
	return r, nil
}

func (r *escalateReceiver) close() { _ = r.server.Close() }

// trouble begins a fault of a way, unless it has one.
func (r *escalateReceiver) trouble(way int64, kind int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.faults[way] != nil {
		return
	}
	t := &escalateTrouble{kind, make(chan struct{})}
	r.faults[way] = t
	r.all++
	time.AfterFunc(escalateFault, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.faults, way)
		r.backs[way] = append(r.backs[way], time.Now())
		close(t.over)
	})
}

func (r *escalateReceiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	way, _ := strconv.ParseInt(strings.TrimPrefix(req.URL.Path, "/"), 10, 64)
	body, err := io.ReadAll(req.Body)
	var note escalateNote
	if err != nil || json.Unmarshal(body, &note) != nil {
		http.Error(w, "not a message", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	t := r.faults[way]
	if t != nil {
		r.refused++
	}
	if t == nil || t.kind == faultSwallow {
		r.take(note)
	}
	r.mu.Unlock()
	switch {
	case t == nil:
	case t.kind == faultError:
		http.Error(w, "no", http.StatusInternalServerError)
	case t.kind == faultBusy:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "busy", http.StatusTooManyRequests)
	default:
		select {
		case <-t.over:
		case <-req.Context().Done():
		}
		panic(http.ErrAbortHandler) // cut, as by a server that starts anew
	}
}

func (r *escalateReceiver) take(n escalateNote) {
	if r.keys[n.Key]++; r.keys[n.Key] == 1 {
		r.arrived = append(r.arrived, escalateArrival{n, time.Now()})
	}
}

// steps counts the messages, each key once.
func (r *escalateReceiver) steps() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.arrived)
}

// escalateVerdict is what a run showed.
type escalateVerdict struct {
	steps, lost, doubled, early, disorder, refused, again, faults int
	p50, p99, worst                                               float64
}

// escalateStep names a step of an escalation; a call's key is escalation:ID/turn/round/step/person.
type escalateStep struct{ id, step int }

func (r *escalateReceiver) judge(b *escalateBench) (v escalateVerdict) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v.refused, v.faults = r.refused, r.all
	for _, n := range r.keys {
		v.again += n - 1
	}
	decided := map[escalateStep]time.Time{}
	order := map[[2]int64]int{}
	var late []float64
	for _, a := range r.arrived {
		for _, key := range a.Calls {
			s, ok := stepOf(key)
			if !ok {
				continue
			}
			if !decided[s].IsZero() {
				v.doubled++
				continue
			}
			decided[s] = trueTime(a.Made, a.at)
			v.steps++
			line := [2]int64{a.Way, int64(s.id)}
			if last, seen := order[line]; seen && last > s.step {
				v.disorder++
			}
			order[line] = s.step
		}
	}
	for _, a := range r.arrived {
		for _, key := range a.Calls {
			s, _ := stepOf(key)
			before := decided[escalateStep{s.id, s.step - 1}]
			if s.step == 0 || before.IsZero() {
				continue
			}
			due := before.Add(b.wait)
			if decided[s].Before(due.Add(-time.Second)) {
				v.early++
			}
			late = append(late, max(a.at.Sub(r.ready(b, a.Way, due, a.at)).Seconds(), 0))
		}
	}
	v.lost = b.n*b.steps - v.steps
	slices.Sort(late)
	if n := len(late); n > 0 {
		v.p50, v.p99, v.worst = late[n/2], late[n*99/100], late[n-1]
	}
	return v
}

// ready is from when on a message could have arrived: it was due, the desk was up and its receiver well.
func (r *escalateReceiver) ready(b *escalateBench, way int64, due, arrived time.Time) time.Time {
	for _, list := range [][]time.Time{b.ups, r.backs[way]} {
		for _, at := range list {
			if at.After(due) && at.Before(arrived) {
				due = at
			}
		}
	}
	return due
}

// trueTime is a time that the desk wrote down, freed of the whole hours by which its clock was wrong.
func trueTime(made int64, near time.Time) time.Time {
	at := time.UnixMicro(made)
	return at.Add(near.Sub(at).Round(escalateJump))
}

func stepOf(key string) (s escalateStep, ok bool) {
	parts := strings.Split(strings.TrimPrefix(key, "escalation:"), "/")
	if len(parts) != 5 {
		return s, false
	}
	var err, err2 error
	s.id, err = strconv.Atoi(parts[0])
	s.step, err2 = strconv.Atoi(parts[3])
	return s, err == nil && err2 == nil
}
