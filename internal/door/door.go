// Package door is what stands before everything that the desk answers: the headers of every answer, how often one asker may ask,
// how many connections one address may hold, and how slowly it may read.
package door

import (
	"net/http"
	"strings"
)

// Closed is the Content-Security-Policy of every answer that does not set its own: nothing may be loaded, sent or framed.
const Closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Headers puts on every answer what keeps browsers from doing with it what it was not made for. A handler may replace what it
// knows better: pages set their own Content-Security-Policy, files that never change their Cache-Control. secure says that people
// come by https, and shall come by nothing else for the next two years.
func Headers(secure bool, next http.Handler) http.Handler {
	// Of the other abilities that browsers have, the desk uses passkeys and the clipboard; those are its own by default.
	abilities := strings.Join([]string{"accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb"}, "=(), ") + "=()"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Closed)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", abilities)
		h.Set("Cache-Control", "no-store")
		if secure {
			h.Set("Strict-Transport-Security", "max-age=63072000")
		}
		next.ServeHTTP(w, r)
	})
}
