package rounds_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"breakwater/internal/rounds"
)

func TestRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		broken := errors.New("broken")
		wake := make(chan struct{}, 1)
		start := time.Now()
		var at []time.Duration
		var heard []error
		answers := []struct {
			done int
			err  error
		}{{3, nil}, {1, nil}, {0, nil}, {5, broken}, {0, nil}, {0, context.Canceled}}
		err := rounds.Run(ctx, time.Minute, wake, func(context.Context) (int, error) {
			at = append(at, time.Since(start))
			switch a := answers[len(at)-1]; len(at) {
			case 5:
				wake <- struct{}{}
				return a.done, a.err
			case len(answers):
				stop()
				fallthrough
			default:
				return a.done, a.err
			}
		}, func(err error) { heard = append(heard, err) })
		// Work goes on at once, idleness and failure wait for the next minute, a word wakes.
		if want := []time.Duration{0, 0, 0, time.Minute, 2 * time.Minute, 2 * time.Minute}; !slices.Equal(at, want) {
			t.Errorf("rounds at %v, want %v", at, want)
		}
		if err != nil || len(heard) != 1 || !errors.Is(heard[0], broken) {
			t.Errorf("it ended with %v and told of %v", err, heard)
		}
	})
}
