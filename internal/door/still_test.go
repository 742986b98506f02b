package door

import (
	"net/http"
	"testing"
)

// Pictures and films are shown where they are asked for; whatever else there is, is kept.
func TestStill(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]string{"image/png": "inline", "video/mp4": "inline", "image/svg+xml": "attachment", "application/pdf": "attachment", "text/html": "attachment", "": "attachment"} {
		h := make(http.Header)
		Still(h, kind)
		if h.Get("Content-Disposition") != want || h.Get("Content-Type") != kind || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" {
			t.Errorf("%q: %v", kind, h)
		}
	}
}
