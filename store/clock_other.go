//go:build !linux

package store

// machineClock counts from the start of the process: a clock that is set while the desk is down is not noticed.
func machineClock() Clock { return processClock() }
