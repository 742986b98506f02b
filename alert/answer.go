package alert

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
)

// Heard is a request of a service as it came to the address that the desk gave it.
type Heard struct {
	URL    string // the whole public address that was asked, with its query
	Header http.Header
	Body   []byte
	At     time.Time
}

// Listener is what a Sender is as well whose service brings answers back.
type Listener interface {
	// Hear reads what a service sent. An error wrapping desk.ErrForbidden: it is not from them, or too old. An answer that asks for
	// nothing (Do is empty) is what the service sends beside.
	Hear(h Heard) (desk.Answer, error)
	// Tell says what became of an answer. Reply is what the service gets at once; later, which may be nil, is done after it.
	Tell(a desk.Answer, said string) (reply Reply, later func(ctx context.Context) error)
}

// Reply is what a service is answered.
type Reply struct {
	Type string // its media type; empty without a body
	Body []byte
}

// Asker is a Listener that can be asked for answers, where the service cannot reach the desk.
type Asker interface {
	Listener
	// Line names what is asked: ways with the same line are asked together. Empty: the service calls us.
	Line() string
	// Arrange tells the service where to bring answers; an empty address: nowhere, the desk asks.
	Arrange(ctx context.Context, address string) error
	// Ask waits a while for answers, and gives those after a place, and the next place.
	Ask(ctx context.Context, after int64) (all []desk.Answer, next int64, err error)
}
