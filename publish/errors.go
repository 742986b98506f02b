package publish

import "errors"

// ErrUnsure says that a send may have gone through: the connection broke after the request was written. It is read back before
// anything is sent again.
var ErrUnsure = errors.New("sent, but the answer was lost")

// ErrMore says that a part of a post went out, and that the rest may follow at once: a list that is too long for one send.
// It comes within a *desk.Retry.
var ErrMore = errors.New("a part is left")
