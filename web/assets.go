package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// files are the pages and what they need. static/vendor is there when make copied it; pages work without it.
//
//go:embed pages static
var files embed.FS

// asset is one file under static, ready to be sent.
type asset struct {
	kind    string // Content-Type
	tag     string // ETag, quoted
	plain   []byte
	zipped  []byte // nil when gzip does not pay
	address string // with the fingerprint: may be kept for ever
}

// assets are all files under static by name.
type assets map[string]*asset

var assetKinds = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
	".webmanifest": "application/manifest+json", ".png": "image/png",
}

func loadAssets(root fs.FS) (assets, error) {
	all := make(assets)
	err := fs.WalkDir(root, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, ok := assetKinds[path.Ext(name)]
		if !ok {
			return nil
		}
		b, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		print := base64.RawURLEncoding.EncodeToString(sum[:9])
		name = strings.TrimPrefix(name, "static/")
		all[name] = &asset{kind: kind, tag: `"` + print + `"`, plain: b, zipped: squeeze(b), address: "/static/" + name + "?v=" + print}
		return nil
	})
	return all, err
}

// squeeze compresses what is sent a thousand times, once.
func squeeze(b []byte) []byte {
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if _, err := w.Write(b); err != nil {
		return nil
	}
	if err := w.Close(); err != nil || z.Len() >= len(b) {
		return nil
	}
	return z.Bytes()
}

// url is the address of a file under static with its fingerprint, empty when the file is not there (a vendor file that was
// not copied).
func (a assets) url(name string) string {
	if f, ok := a[name]; ok {
		return f.address
	}
	return ""
}

// ServeHTTP sends a file under static. With the right fingerprint in the address it never changes.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a[strings.TrimPrefix(r.URL.Path, "/static/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if v := r.URL.Query().Get("v"); v != "" && v == strings.Trim(f.tag, `"`) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	body := f.plain
	tag := f.tag
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.zipped
		tag = strings.TrimSuffix(f.tag, `"`) + `-gz"`
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
