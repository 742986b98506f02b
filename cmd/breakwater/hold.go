package main

import "errors"

type holdCmd struct{}

// Run says that there is nothing to hold yet.
func (holdCmd) Run() error {
	return errors.New("this desk does not publish yet, so there is nothing to hold: stop scheduled posts where they are scheduled")
}
