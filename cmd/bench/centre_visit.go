package main

import (
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// visitors ask at a steady pace, half of them for compressed pages.
type visitors struct {
	askers []*asker
	took   []float64 // ms from the moment that a request was due to its last byte
	late   []float64 // ms of these that the asking began too late although the connection was free: that is the machine's, not the server's
}

// gather opens n connections.
func gather(address string, trust *tls.Config, n int) (*visitors, error) {
	plain, err := dialAll(target{address, false, trust}, n/2)
	if err != nil {
		return nil, err
	}
	packed, err := dialAll(target{address, true, trust}, n-n/2)
	return &visitors{askers: append(plain, packed...)}, err
}

func (v *visitors) leave() {
	for _, a := range v.askers {
		_ = a.conn.Close()
	}
}

// faults are the answers that were not whole, and those that were older than one before.
func (v *visitors) faults() (half, back int) {
	for _, a := range v.askers {
		half, back = half+a.half, back+a.back
	}
	return half, back
}

// visit has them ask at rate requests a second together, each connection at its own moments. A request whose connection is still busy is
// late, and its time counts from when it was due.
func (v *visitors) visit(rate float64, span time.Duration) error {
	every := time.Duration(float64(len(v.askers)) / rate * float64(time.Second))
	var mu sync.Mutex // guards v.took, v.late and failed
	var failed error
	var all sync.WaitGroup
	began := time.Now().Add(100 * time.Millisecond)
	for _, a := range v.askers {
		due := began.Add(time.Duration(rand.Float64() * float64(every)))
		all.Go(func() {
			took, late, err := a.pace(due, every, began.Add(span))
			mu.Lock()
			defer mu.Unlock()
			v.took, v.late, failed = append(v.took, took...), append(v.late, late...), errors.Join(failed, err)
		})
	}
	all.Wait()
	return failed
}

// pace asks at set times until the end.
func (a *asker) pace(due time.Time, every time.Duration, end time.Time) (took, late []float64, err error) {
	for ; due.Before(end); due = due.Add(every) {
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
			late = append(late, ms(time.Since(due)))
		}
		if err := a.ask(); err != nil {
			return took, late, err
		}
		took = append(took, ms(time.Since(due)))
	}
	return took, late, nil
}

// at is the share-th of times in order.
func at(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
