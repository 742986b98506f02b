package bluesky

import (
	"encoding/json"
	"errors"
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

// key is the same for an event whichever server tells it: servers stamp their own times.
func (e *event) key() uint64 {
	name := e.DID + "\x00" + e.Kind
	if c := e.Commit; c != nil {
		name += "\x00" + c.Operation + "\x00" + c.Collection + "\x00" + c.RKey + "\x00" + c.Rev
	}
	if e.Account != nil {
		name += "\x00" + e.Account.Status
	}
	return hashOf(name)
}
