package door

import (
	"net/http"
	"strings"
)

// Still has a browser that opens a file of somebody else's run nothing of it and take it for nothing but its type, a media type. What is
// no picture or film is kept, not opened; neither is SVG, which is a program.
func Still(h http.Header, kind string) {
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	shown := strings.HasPrefix(kind, "image/") && !strings.HasPrefix(kind, "image/svg") || strings.HasPrefix(kind, "video/")
	if shown {
		h.Set("Content-Disposition", "inline")
	} else {
		h.Set("Content-Disposition", "attachment")
	}
}
