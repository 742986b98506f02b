package fetch_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"breakwater/internal/fetch"
)

func typeOf(err error) string { return fmt.Sprintf("%T", err) }

func TestAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		header, value string
		want          time.Duration
	}{
		{"Retry-After", "120", 2 * time.Minute},
		{"Retry-After", " 1.5 ", 1500 * time.Millisecond},
		{"Retry-After", "Sat, 21 Nov 2026 08:05:00 GMT", 5 * time.Minute},
		{"Retry-After", "Sat, 21 Nov 2026 07:00:00 GMT", 0},
		{"Retry-After", "99999999999999999999", fetch.MaxAfter},
		{"Retry-After", "-5", 0},
		{"Retry-After", "NaN", 0},
		{"Retry-After", "soon", 0},
		{"X-RateLimit-Reset", "2026-11-21T08:03:00.000Z", 3 * time.Minute},
		{"X-Rate-Limit-Reset", "1795248060", time.Minute},
		{"RateLimit-Reset", "30", 30 * time.Second},
		{"X-Other", "30", 0},
	} {
		if got := fetch.After(http.Header{http.CanonicalHeaderKey(tc.header): {tc.value}}, now); got != tc.want {
			t.Errorf("%s: %s: got %s, want %s", tc.header, tc.value, got, tc.want)
		}
	}
}
