package bluesky

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// firehose is the source that hears everything. Its Pull is called by one goroutine at a time.
type firehose struct {
	fetch *fetch.Client
	log   *slog.Logger
	hosts []string
	next  int           // the host to try
	still time.Duration // without any event, after which a stream is dead

	socket  *connection
	mark    mark
	upTo    string // the cursor that mark is
	lost    bool   // a server did not go on from there; to be told with the next batch
	problem error  // to be told at the next Pull
}

// connection is an open stream.
type connection struct {
	*fetch.Socket
	host    string
	upTo    int64         // the time of the last event before it; 0: none
	last    time.Time     // when the newest event came; at first when it began
	events  int           // that were readable
	garbage int           // messages in a row that were not
	early   []desk.Reject // garbage before anything readable: perhaps this is no Jetstream at all
}

const (
	queued     = 4096                   // messages that wait for us, half a minute of the network; then the server waits
	gather     = 100 * time.Millisecond // after the first
	batchMost  = 1000
	garbageMax = 20               // in a row; then this is no Jetstream
	idle       = 10 * time.Second // after which the cursor is handed on although nothing was for us
	stillMost  = 60 * time.Second // the network is never that silent: a server that answers pings all the same has come loose
	tomorrow   = 24 * time.Hour   // an event from later would spoil the cursor
	largest    = 900_000          // bytes of a message that we ask for; see fetch.MaxMessage
)

var (
	errGarbage = errors.New("the server sends something else than Jetstream events")
	errEnded   = errors.New("the stream ended before anything came")
	errStill   = errors.New("the stream stands and nothing comes")
)

// Pull waits for posts, edits and deletions after cursor.
func (f *firehose) Pull(ctx context.Context, cursor string) (desk.Batch, error) {
	if err := f.resume(cursor); err != nil {
		return desk.Batch{}, err
	}
	if err := f.problem; err != nil {
		f.problem = nil
		return desk.Batch{}, err
	}
	if err := f.connect(ctx); err != nil {
		return desk.Batch{}, err
	}
	b, err := f.gather(ctx)
	switch {
	case err != nil && size(b) == 0:
		return desk.Batch{}, err
	case ctx.Err() == nil:
		f.problem = err
	}
	b.Lost, f.lost = f.lost, false
	if f.mark.us > 0 {
		b.Cursor = f.mark.String()
		f.upTo = b.Cursor
	}
	return b, nil
}

// Close ends the stream.
func (f *firehose) Close() error {
	f.hangUp()
	return nil
}

func size(b desk.Batch) int { return len(b.Mentions) + len(b.Gone) + len(b.GoneBy) + len(b.Rejects) }

// resume takes up where cursor says, when that is not where we are.
func (f *firehose) resume(cursor string) (err error) {
	if cursor == f.upTo {
		return nil
	}
	f.hangUp()
	f.upTo = cursor
	f.mark, err = parseMark(cursor)
	return err
}

// connect opens the stream at the first host that answers, beginning with the one that did last time.
func (f *firehose) connect(ctx context.Context) error {
	if f.socket != nil {
		return nil
	}
	var failed error
	for range f.hosts {
		host := f.hosts[f.next]
		s, err := f.fetch.Socket(ctx, address(host, f.mark.start()), nil, queued)
		if err == nil {
			f.socket = &connection{Socket: s, host: host, upTo: f.mark.us, last: time.Now()}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.log.Info("no stream from this server", "server", host, "err", err)
		failed = worse(failed, noStream(host, err))
		f.turn()
	}
	return failed
}

// noStream says what a failed dial means. An answer that is no handshake may be a page of a proxy on a bad day.
func noStream(host string, err error) error {
	var status *fetch.Status
	if errors.As(err, &status) && status.Code/100 == 2 {
		say := desk.Say("{server} answers but does not stream. Check that it is a Jetstream server. We keep trying.", "server", hostName(host))
		return &desk.Retry{Err: &desk.Problem{Say: say, Err: err}}
	}
	return connector.Failure(err)
}

// turn goes on to the next host.
func (f *firehose) turn() { f.next = (f.next + 1) % len(f.hosts) }

// worse is the error to tell of two: one that time may heal is better news than one that needs a person, so it wins, because
// then one of the hosts may come back by itself.
func worse(a, b error) error {
	var retry *desk.Retry
	if a != nil && errors.As(a, &retry) {
		return a
	}
	return b
}

// address asks for posts only; accounts and identities come unasked. Messages that we would not take are not to be sent,
// because they would end the connection again and again.
func address(host string, from int64) string {
	q := url.Values{"wantedCollections": {posts}, "maxMessageSizeBytes": {strconv.Itoa(largest)}}
	if from > 0 {
		q.Set("cursor", strconv.FormatInt(from, 10))
	}
	return host + "/subscribe?" + q.Encode()
}

func (f *firehose) hangUp() {
	if f.socket != nil {
		f.socket.Close()
		f.socket = nil
	}
}

// gather waits for something to hand over and takes what else is there. An error may come with something.
func (f *firehose) gather(ctx context.Context) (b desk.Batch, err error) {
	began := f.mark.us
	var enough <-chan time.Time
	quiet := time.NewTicker(idle)
	defer quiet.Stop()
	dead := time.NewTimer(f.left())
	defer dead.Stop()
	for size(b) < batchMost {
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-enough:
			return b, nil
		case <-quiet.C:
			if f.socket.early != nil || f.mark.us > began {
				b.Rejects, f.socket.early = f.socket.early, nil
				return b, nil
			}
		case <-dead.C:
			if f.left() <= 0 && len(f.socket.Messages) == 0 {
				return b, f.stalled()
			}
			dead.Reset(max(f.left(), gather))
		case m, open := <-f.socket.Messages:
			if !open {
				return b, f.ended()
			}
			if err := f.take(m, &b); err != nil {
				return b, err
			}
			if enough == nil && size(b) > 0 {
				enough = time.After(gather)
			}
		}
	}
	return b, nil
}

// left is how long the stream may go on being silent.
func (f *firehose) left() time.Duration { return time.Until(f.socket.last.Add(f.still)) }

// stalled leaves a stream on which nothing comes, for the next host. After a stream that had delivered that is no failure: the
// next one tells the last event again, and one that does not fails. A lone server that never said anything may be that of a
// small network in which nobody has; what is said while we dial is asked for.
func (f *firehose) stalled() error {
	s, began := f.socket, f.socket.last
	f.hangUp()
	f.turn()
	f.log.Info("nothing comes by the stream", "server", s.host, "events", s.events)
	if f.mark.us == 0 {
		f.mark.us = began.UnixMicro()
	}
	if s.events > 0 || len(f.hosts) == 1 && len(f.mark.recent) == 0 {
		return nil
	}
	say := desk.Say("{server} lets us in, but nothing comes from it. We keep trying.", "server", hostName(s.host))
	return &desk.Retry{Err: &desk.Problem{Say: say, Err: errStill}}
}

// ended says what the end of the stream means: nothing when it had delivered, since the next Pull opens it again. A message
// that is too large would end it there again and again, however much came before.
func (f *firehose) ended() error {
	s := f.socket
	f.hangUp()
	f.log.Info("the stream ended", "server", s.host, "events", s.events, "err", s.Err())
	err := s.Err()
	var large *fetch.TooLarge
	tooLarge := errors.As(err, &large)
	if s.events > 0 && !tooLarge {
		return nil
	}
	f.turn()
	if !tooLarge {
		err = &fetch.Unreachable{Host: hostName(s.host), Err: errEnded}
	}
	return connector.Failure(err)
}

func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// take adds what one message says to the batch. It fails when the server has sent nothing readable for a while.
func (f *firehose) take(m []byte, b *desk.Batch) error {
	s := f.socket
	e, err := parseEvent(m)
	if err != nil || e.time().After(time.Now().Add(tomorrow)) {
		return f.garbage(m, b)
	}
	// A server that remembers begins with what we had already; clocks of servers differ.
	if s.events == 0 && s.upTo > 0 && e.TimeUS-s.upTo > time.Minute.Microseconds() {
		f.lost = true
		f.log.Warn("the server does not remember back to where we were", "server", s.host, "missing", time.Duration(e.TimeUS-s.upTo)*time.Microsecond)
	}
	b.Rejects = append(b.Rejects, s.early...)
	s.events, s.last, s.garbage, s.early = s.events+1, time.Now(), 0, nil
	if f.mark.add(e.TimeUS, e.key()) {
		f.heard(&e, b)
	}
	return nil
}

// garbage counts a message that cannot be read. A server that sends nothing else is an error, not a pile of rejects.
func (f *firehose) garbage(m []byte, b *desk.Batch) error {
	s := f.socket
	if r := reject(hostName(s.host), m); s.events == 0 {
		s.early = append(s.early, r)
	} else {
		b.Rejects = append(b.Rejects, r)
	}
	if s.garbage++; s.garbage < garbageMax {
		return nil
	}
	f.hangUp()
	f.turn()
	say := desk.Say("What {server} sends cannot be read. Check that it is a Jetstream server.", "server", hostName(s.host))
	return &desk.Problem{Say: say, Err: errors.Join(desk.ErrBroken, errGarbage)}
}

func reject(server string, m []byte) desk.Reject {
	return desk.Reject{Reason: desk.Say("{server} sent something that cannot be read.", "server", server), Sample: string(m[:min(len(m), 200)])}
}

// heard adds an event to the batch.
func (f *firehose) heard(e *event, b *desk.Batch) {
	switch {
	case e.Kind == "account" && e.Account != nil:
		if !e.Account.Active && e.Account.Status == "deleted" {
			b.GoneBy = append(b.GoneBy, desk.Ref{Network: network, NativeID: e.DID})
		}
	case e.Kind != "commit" || e.Commit == nil || e.Commit.Collection != posts:
	case e.Commit.Operation == "delete":
		b.Gone = append(b.Gone, postRef(e.DID, e.Commit.RKey))
	case e.Commit.Operation == "create" || e.Commit.Operation == "update":
		var r record
		if err := json.Unmarshal(e.Commit.Record, &r); err != nil || e.Commit.RKey == "" {
			b.Rejects = append(b.Rejects, reject(hostName(f.socket.host), e.Commit.Record))
			return
		}
		m := r.mention(e.DID, e.Commit.RKey, e.time())
		if e.Commit.Operation == "update" {
			m.Edited = e.time()
		}
		b.Mentions = append(b.Mentions, m)
	}
}
