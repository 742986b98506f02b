//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package app

import "os"

// lockFolder makes the data folder when it is missing. There is no flock here: the operator sees to it that only one desk runs on
// a data folder.
func lockFolder(data string) (unlock func(), err error) { return func() {}, os.MkdirAll(data, 0o700) }
