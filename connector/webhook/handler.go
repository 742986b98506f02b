package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"breakwater/desk"
	"breakwater/source"
)

const (
	// MaxBody is the most bytes of one request.
	MaxBody = 5 << 20
	// MaxRecords is the most mentions of one request.
	MaxRecords = 10_000
	// room is how many bytes of bodies are decoded at a time; decoding takes up to some twenty times as much memory.
	room = 2 * MaxBody
	// unread is how many bytes of bodies are held at a time before their signatures are known to be good: strangers must not
	// decide how much memory we use.
	unread = 64 << 20
	// reported is how many bad records an answer lists.
	reported = 100
)

// Sources finds a source with its secrets. desk.ErrNotFound.
type Sources interface {
	Source(ctx context.Context, id int64) (desk.Source, error)
}

// Handler is POST /in/{source}: it checks the signature, reads the mentions and answers 202 when they are durable.
//
// A request is kept whole or not at all as far as its good records go; bad records are listed in the answer, by index and
// field. When none is good the answer is 422. Sending the same request again is harmless.
type Handler struct {
	Sources Sources
	Keeper  source.Keeper
	Log     *slog.Logger

	once   sync.Once
	room   *semaphore.Weighted
	unread *semaphore.Weighted
}

// problem is an answer by RFC 9457.
type problem struct {
	Type   string   `json:"type"`
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Detail string   `json:"detail,omitempty"`
	Errors []reject `json:"errors,omitempty"`
	after  time.Duration
}

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

// refuse is a problem with a sentence for the sender's developer; these are not translated, like the API's names.
func refuse(status int, detail string) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// reject is one record that was not kept.
type reject struct {
	Index  int    `json:"index"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// receipt is the answer to what was kept.
type receipt struct {
	Kept      int      `json:"kept"` // good records: new ones, known ones, edits and deletions
	New       int      `json:"new"`
	Known     int      `json:"known"`
	Edited    int      `json:"edited"`
	Gone      int      `json:"gone"`
	Foreign   int      `json:"foreign"`   // edits and deletions of what another source heard: left as it is
	Unmatched int      `json:"unmatched"` // good ones that no monitor listens for: not kept
	Rejected  int      `json:"rejected"`
	Errors    []reject `json:"errors,omitempty"`
}

// ServeHTTP answers one delivery.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.once.Do(func() { h.room, h.unread = semaphore.NewWeighted(room), semaphore.NewWeighted(unread) })
	done, err := h.take(w, r)
	var p *problem
	if errors.As(err, &p) && p.Status > http.StatusBadRequest && p.Status < http.StatusInternalServerError { // a bad request was read, or did not come whole
		drain(w, r)
	}
	if err == nil {
		answer(w, http.StatusAccepted, "application/json", done)
		return
	}
	if p == nil {
		h.Log.Error("a delivery could not be kept", "source", r.PathValue("source"), "error", err)
		p = refuse(http.StatusServiceUnavailable, "It could not be kept just now. Send it again.")
		p.after = 5 * time.Second
	}
	if p.after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(p.after.Seconds())))
	}
	if p.Status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", http.MethodPost)
	}
	answer(w, p.Status, "application/problem+json", p)
}

// How much is read of a delivery that is refused, and for how long. A sender that writes all before it reads is reset
// otherwise, and never learns why.
const (
	drained  = 16 << 20
	drainFor = 10 * time.Second
)

// drain reads what is left of a refused delivery, keeping none of it.
func drain(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainFor)) // without it the server's own holds
	_, _ = io.CopyN(io.Discard, r.Body, drained)                                // the answer says what is wrong
}

func answer(w http.ResponseWriter, status int, kind string, body any) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the sender has gone: it sends again
}

// take does the work of a delivery. Its errors are *problem, or anything for "not our sender's fault".
func (h *Handler) take(w http.ResponseWriter, r *http.Request) (receipt, error) {
	s, err := h.find(r)
	if err != nil {
		return receipt{}, err
	}
	lines, err := form(r.Header.Get("Content-Type"))
	if err != nil {
		return receipt{}, err
	}
	sent, err := fresh(r.Header, time.Now())
	if err != nil {
		return receipt{}, err
	}
	body, done, err := h.read(w, r)
	defer done()
	if err != nil {
		return receipt{}, err
	}
	if err := signed(s.Settings["secret"], body, r.Header); err != nil {
		h.Log.Warn("a delivery was not signed as it should be", "source", s.ID, "error", err)
		return receipt{}, refuse(http.StatusUnauthorized, unsigned(err))
	}
	d := delivery{source: s, id: r.Header.Get("webhook-id"), sent: sent, lines: lines}
	b, bad, err := h.decode(r.Context(), &d, body)
	if err != nil {
		return receipt{}, errors.Join(err, h.count(r.Context(), b))
	}
	return h.keep(r.Context(), b, bad)
}

// find is the source that a request names, if it listens.
func (h *Handler) find(r *http.Request) (desk.Source, error) {
	if r.Method != http.MethodPost {
		return desk.Source{}, refuse(http.StatusMethodNotAllowed, "Send mentions with POST.")
	}
	none := refuse(http.StatusNotFound, "There is no webhook source at this address.")
	id, err := strconv.ParseInt(r.PathValue("source"), 10, 64)
	if err != nil {
		return desk.Source{}, none
	}
	s, err := h.Sources.Source(r.Context(), id)
	switch {
	case errors.Is(err, desk.ErrNotFound), err == nil && s.Kind != Kind.Spec.Kind:
		return s, none
	case err != nil:
		return s, fmt.Errorf("find source %d: %w", id, err)
	case s.Paused:
		p := refuse(http.StatusServiceUnavailable, "This source is paused. Send again later.")
		p.after = 5 * time.Minute
		return s, p
	}
	return s, nil
}

// form tells JSON from lines of JSON.
func form(contentType string) (lines bool, err error) {
	kind, _, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "", err == nil && (kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")):
		return false, nil
	case err == nil && (kind == "application/x-ndjson" || kind == "application/ndjson" || kind == "application/jsonl" || kind == "application/json-lines"):
		return true, nil
	}
	return false, refuse(http.StatusUnsupportedMediaType, "Send application/json or application/x-ndjson.")
}

// fresh refuses what cannot be signed well before its body is read, and says when it was sent.
func fresh(h http.Header, now time.Time) (time.Time, error) {
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		if h.Get(name) == "" {
			return now, refuse(http.StatusUnauthorized, "The headers webhook-id, webhook-timestamp and webhook-signature are required.")
		}
	}
	seconds, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil {
		return now, refuse(http.StatusUnauthorized, "The header webhook-timestamp is not a number of seconds since 1970.")
	}
	sent := time.Unix(seconds, 0)
	if now.Sub(sent).Abs() > tolerance {
		return now, refuse(http.StatusUnauthorized, "The webhook-timestamp is more than five minutes away from our clock.")
	}
	return sent, nil
}

// piece is how many bytes of a body are read at a time.
const piece = 16 << 10

// read reads a body as long as there is room for what strangers send. done gives its room back.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (body []byte, done func(), err error) {
	held := int64(0)
	done = func() { h.unread.Release(held) }
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return nil, done, refuse(http.StatusUnsupportedMediaType, "Send the body uncompressed.")
	}
	large := refuse(http.StatusRequestEntityTooLarge, fmt.Sprintf("Send at most %d MB at once.", MaxBody>>20))
	if r.ContentLength > MaxBody {
		return nil, done, large
	}
	in := http.MaxBytesReader(w, r.Body, MaxBody)
	for {
		if !h.unread.TryAcquire(piece) {
			full := refuse(http.StatusServiceUnavailable, "Too much is being sent just now. Send it again.")
			full.after = 5 * time.Second
			return nil, done, full
		}
		held += piece
		body = slices.Grow(body, piece)
		n, err := io.ReadFull(in, body[len(body):len(body)+piece])
		body = body[:len(body)+n]
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return nil, done, large
		case errors.Is(err, io.EOF), err == io.ErrUnexpectedEOF && r.ContentLength <= int64(len(body)): //nolint:errorlint // ReadFull's own
			return body, done, nil
		case err != nil:
			return nil, done, refuse(http.StatusBadRequest, "The body did not come whole.")
		}
	}
}

// count keeps account of a whole delivery that could not be read.
func (h *Handler) count(ctx context.Context, b desk.Batch) error {
	if len(b.Rejects) == 0 {
		return nil
	}
	_, err := h.Keeper.Keep(ctx, desk.Batch{SourceID: b.SourceID, Rejects: b.Rejects})
	return err
}

// keep makes the good records durable and counts the bad ones.
func (h *Handler) keep(ctx context.Context, b desk.Batch, bad []reject) (receipt, error) {
	good := len(b.Mentions) + len(b.Gone)
	out := receipt{Kept: good, Rejected: len(bad), Errors: bad[:min(len(bad), reported)]}
	if good+len(bad) == 0 {
		return out, nil
	}
	b.Durable = good > 0
	done, err := h.Keeper.Keep(ctx, b)
	if err != nil {
		return out, err
	}
	if good == 0 && len(bad) > 0 {
		p := refuse(http.StatusUnprocessableEntity, "None of the records can be kept.")
		p.Errors = out.Errors
		return out, p
	}
	out.New, out.Known, out.Edited, out.Gone, out.Foreign = done.New, done.Known, done.Edited, done.Gone, done.Foreign
	out.Kept, out.Unmatched = good-done.Unmatched, done.Unmatched
	return out, nil
}
