package publish

import "errors"

// ErrUnsure says that a send may have gone through: the connection broke after the request was written. It is read back before
// anything is sent again.
var ErrUnsure = errors.New("sent, but the answer was lost")

// ErrMore says that a part of a post went out, and that the rest may follow at once: a list that is too long for one send.
// It comes within a *desk.Retry.
var ErrMore = errors.New("a part is left")

// ErrBlind says that nobody can find out whether a network has a post: it cannot be asked, or what it was asked for lies too far
// back to be looked through. The post is left to people, and never sent again by itself.
var ErrBlind = errors.New("the channel cannot tell")

// errTaken says that a copy which has the words of a post is the copy of another one.
var errTaken = errors.New("the copy that was found belongs to another post")
