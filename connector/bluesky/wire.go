package bluesky

import (
	"encoding/json"
	"errors"
	"hash/fnv"
	"time"
)

// event is a message of Jetstream (version 1 of its /subscribe, November 2026).
type event struct {
	DID     string  `json:"did"`
	TimeUS  int64   `json:"time_us"` // when the server saw it, Unix microseconds; its order
	Kind    string  `json:"kind"`    // commit, account, identity
	Commit  *commit `json:"commit"`
	Account *struct {
		Active bool   `json:"active"`
		Status string `json:"status"` // of an inactive one: deleted, deactivated, suspended, takendown
	} `json:"account"`
}

type commit struct {
	Rev        string          `json:"rev"`
	Operation  string          `json:"operation"` // create, update, delete
	Collection string          `json:"collection"`
	RKey       string          `json:"rkey"`
	Record     json.RawMessage `json:"record"`
	CID        string          `json:"cid"`
}

var errNotAnEvent = errors.New("not an event")

// parseEvent reads a message. A kind that we do not know is an event all the same; what has none is not.
func parseEvent(b []byte) (event, error) {
	var e event
	if err := json.Unmarshal(b, &e); err != nil {
		return e, err
	}
	if e.DID == "" || e.TimeUS <= 0 || e.Kind == "" {
		return e, errNotAnEvent
	}
	return e, nil
}

func (e *event) time() time.Time { return time.UnixMicro(e.TimeUS).UTC() }

// key is the same for an event whichever server tells it: servers stamp their own times. It has 48 bits, enough for the
// seconds in which it is compared.
func (e *event) key() uint64 {
	h := fnv.New64a()
	for _, s := range []string{e.DID, e.Kind} {
		h.Write([]byte(s + "\x00"))
	}
	if e.Commit != nil {
		h.Write([]byte(e.Commit.Operation + "\x00" + e.Commit.Collection + "\x00" + e.Commit.RKey + "\x00" + e.Commit.Rev))
	}
	if e.Account != nil {
		h.Write([]byte(e.Account.Status))
	}
	return h.Sum64() & (1<<(8*keyBytes) - 1)
}
