package publish

import "errors"

// ErrUnsure says that a send may have gone through: the connection broke after the request was written. It is read back before
// anything is sent again.
var ErrUnsure = errors.New("sent, but the answer was lost")
