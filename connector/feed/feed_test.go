package feed_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"breakwater/connector/connectortest"
	"breakwater/connector/feed"
	"breakwater/desk"
)

// blog is a feed with n articles, the newest first.
func blog(n int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>The Harbour Post</title><link>https://harbour.example/</link>`)
	for i := n; i > 0; i-- {
		fmt.Fprintf(&b, `<item><title>Article %d</title><link>https://harbour.example/%d</link><guid>id-%d</guid>
			<description>&lt;p&gt;Text &amp;amp; more of %d.&lt;/p&gt;</description><pubDate>Sat, 21 Nov 2026 08:%02d:00 GMT</pubDate></item>`, i, i, i, i, i)
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

func TestContract(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, feed.Kind, func(*testing.T) connectortest.Network {
		var n atomic.Int32
		n.Store(12)
		return connectortest.Network{
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tag := fmt.Sprintf(`"%d"`, n.Load())
				w.Header().Set("ETag", tag)
				if r.Header.Get("If-None-Match") == tag {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				fmt.Fprint(w, blog(int(n.Load())))
			}),
			Settings: func(base string) desk.Settings {
				return desk.Settings{"url": base + "/feed?token=" + connectortest.Secret, "user": "ana", "password": connectortest.Secret}
			},
			First: 12,
			Post:  func() { n.Add(1) },
		}
	})
}
