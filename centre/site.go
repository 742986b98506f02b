package centre

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"breakwater/internal/door"
)

// Site is all that the desk serves to the public, in memory: every file ready to be sent, plain and compressed. It is swapped whole, so
// nobody ever sees half of a change. The zero Site serves nothing.
type Site struct{ now atomic.Pointer[edition] }

// edition is what is served until the next change.
type edition struct {
	homes map[string]map[string]*ready // by path of the home, then by path below it
	hosts map[string]string            // host name to path of the home
}

// ready is a file as it goes out.
type ready struct {
	File
	gzip   []byte // nil: not worth it
	etag   string // quoted; of the plain body
	gztag  string
	header http.Header // what every answer has
	made   time.Time   // when its bytes became what they are
	plain  variant     // whole answers, for Listen
	packed variant     // the same, compressed
}

// Edition is what Replace puts up: homes by their path, and which host names lead to which.
type Edition struct {
	Homes map[string]map[string]File
	Hosts map[string]string
}

// smallest is what is worth compressing, in bytes: below it the headers cost more.
const smallest = 600

// Replace swaps what is served. Bytes that stay the same keep their time. It reports which homes changed.
func (s *Site) Replace(next Edition, now time.Time) (changed []string) {
	was := s.now.Load()
	e := &edition{homes: make(map[string]map[string]*ready, len(next.Homes)), hosts: next.Hosts}
	var z squeezer
	for home, files := range next.Homes {
		e.homes[home] = make(map[string]*ready, len(files))
		differs := was == nil || len(was.homes[home]) != len(files)
		for name, f := range files {
			var r *ready
			if was != nil {
				r = was.homes[home][name]
			}
			if r == nil || r.Status != f.Status || r.Type != f.Type || !bytes.Equal(r.Body, f.Body) { // to compress what is as it was would take most of the time
				r, differs = prepare(name, f, now, &z), true
			}
			e.homes[home][name] = r
		}
		if differs {
			changed = append(changed, home)
		}
	}
	if was != nil {
		for home := range was.homes {
			if _, still := next.Homes[home]; !still {
				changed = append(changed, home)
			}
		}
	}
	s.now.Store(e)
	return changed
}

// Cache times: a page may be a quarter of a minute old, and is still shown when we cannot be asked; what has its hash in its name is for ever.
const (
	cachePage  = "public, max-age=15, stale-while-revalidate=60, stale-if-error=86400"
	cacheMedia = "public, max-age=31536000, immutable"
)

// prepare makes a file ready to go out.
func prepare(name string, f File, now time.Time, z *squeezer) *ready {
	sum := sha256.Sum256(f.Body)
	r := &ready{File: f, etag: `"` + hex.EncodeToString(sum[:12]) + `"`, made: now.UTC().Truncate(time.Second), header: make(http.Header)}
	h := r.header
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", cachePage)
	if strings.HasPrefix(name, "media/") {
		h.Set("Cache-Control", cacheMedia)
		door.Still(h, f.Type)
	}
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer-when-downgrade")
	if strings.HasPrefix(f.Type, "text/html") {
		h.Set("Content-Security-Policy", policy(name))
	}
	if open(name) {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if squeezes(f.Type) && len(f.Body) >= smallest {
		if small := z.squeeze(f.Body); len(small) < len(f.Body)*9/10 {
			r.gzip, r.gztag = small, strings.TrimSuffix(r.etag, `"`)+`-gzip"`
			h.Set("Vary", "Accept-Encoding")
		}
	}
	h.Set("Last-Modified", r.made.Format(http.TimeFormat))
	r.freeze()
	return r
}

// policy lets a page show its own style and pictures, and nothing else. Banners are there to be framed by others.
func policy(name string) string {
	if strings.HasPrefix(path.Base(name), "banner") {
		return Policy("*")
	}
	return Policy("'none'")
}

// Policy is the Content-Security-Policy of a page that only the given ancestors may frame.
func Policy(by string) string {
	sum := sha256.Sum256([]byte(style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors " + by
}

// open reports whether other sites' scripts may read a file: feeds and data are for that.
func open(name string) bool {
	return strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".js")
}

func squeezes(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "json") || strings.Contains(kind, "xml") || strings.Contains(kind, "javascript")
}

// squeezer compresses one thing after the other: what it works with, a megabyte, would otherwise be most of the garbage of a publish.
type squeezer struct{ z *gzip.Writer }

// squeeze compresses as well as gzip can: it is done once for every change.
func (s *squeezer) squeeze(body []byte) []byte {
	var b bytes.Buffer
	if s.z == nil {
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			panic(err) // the level is one of the package's own
		}
		s.z = z
	}
	s.z.Reset(&b)
	_, _ = s.z.Write(body) // into memory
	_ = s.z.Close()
	return b.Bytes()
}

// Copied is a file as a copy elsewhere has it.
type Copied struct {
	File
	Cache string // Cache-Control
	Gzip  []byte // nil: not worth it
}

// Copy is all that is served of a home now, by path; nil when there is none.
func (s *Site) Copy(home string) map[string]Copied {
	e := s.now.Load()
	if e == nil || e.homes[home] == nil {
		return nil
	}
	all := make(map[string]Copied, len(e.homes[home]))
	for name, r := range e.homes[home] {
		all[name] = Copied{r.File, r.header.Get("Cache-Control"), r.gzip}
	}
	return all
}

// ready are a home's files as they go out; nil when there is none. Nobody changes them.
func (s *Site) ready(home string) map[string]*ready {
	if e := s.now.Load(); e != nil {
		return e.homes[home]
	}
	return nil
}

// Packed are files of a home as a copy has them. Those that are served as they are need not be compressed again.
func (s *Site) Packed(home string, files map[string]File) map[string]Copied {
	e, all := s.now.Load(), make(map[string]Copied, len(files))
	var z squeezer
	for name, f := range files {
		var r *ready
		if e != nil {
			r = e.homes[home][name]
		}
		if r == nil || r.Type != f.Type || !bytes.Equal(r.Body, f.Body) {
			r = prepare(name, f, timeless, &z)
		}
		all[name] = Copied{r.File, r.header.Get("Cache-Control"), r.gzip}
	}
	return all
}

// Files are a home's files as they were given; nil when there is none.
func (s *Site) Files(home string) map[string]File {
	e := s.now.Load()
	if e == nil || e.homes[home] == nil {
		return nil
	}
	all := make(map[string]File, len(e.homes[home]))
	for name, r := range e.homes[home] {
		all[name] = r.File
	}
	return all
}

// find is the file that a request asks for. dir says that the path is a folder without its last slash.
func (e *edition) find(host, p string) (f *ready, dir bool) {
	if home, ok := e.hosts[hostname(host)]; ok {
		return within(e.homes[home], strings.TrimPrefix(p, "/"))
	}
	rest, ok := strings.CutPrefix(p, "/c/")
	if !ok {
		return nil, false
	}
	home, name, deeper := strings.Cut(rest, "/")
	files, ok := e.homes[home]
	if !ok {
		return nil, false
	}
	if !deeper {
		return nil, true
	}
	return within(files, name)
}

func within(files map[string]*ready, name string) (*ready, bool) {
	if f, ok := files[name]; ok {
		return f, false
	}
	if name == "" || strings.HasSuffix(name, "/") {
		return files[name+"index.html"], false
	}
	_, dir := files[name+"/index.html"]
	return nil, dir
}

// hostname is a Host header without its port, in small letters.
func hostname(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return strings.ToLower(host)
}

// Owns reports whether a request is for the crisis centre: by its path, or by a host name of its own.
func (s *Site) Owns(r *http.Request) bool {
	if strings.HasPrefix(r.URL.Path, "/c/") {
		return true
	}
	e := s.now.Load()
	if e == nil {
		return false
	}
	_, own := e.hosts[hostname(r.Host)]
	return own
}

// Hosts reports whether a host name is that of a crisis centre: certificates are got for no other.
func (s *Site) Hosts(name string) bool {
	e := s.now.Load()
	if e == nil {
		return false
	}
	_, own := e.hosts[hostname(name)]
	return own
}

// ServeHTTP answers from memory.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := s.now.Load()
	if e == nil {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	f, dir := e.find(r.Host, r.URL.Path)
	switch {
	case dir:
		w.Header().Set("Location", path.Base(r.URL.Path)+"/")
		w.WriteHeader(http.StatusMovedPermanently)
	case f == nil:
		http.NotFound(w, r)
	default:
		f.serve(w, r)
	}
}

// serve answers with a file: compressed when that is wanted, nothing when the asker has it, a part of it when it is asked for that.
func (f *ready) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for k, v := range f.header {
		h[k] = v
	}
	body, tag := f.Body, f.etag
	if f.gzip != nil && wantsGzip(r.Header.Get("Accept-Encoding")) {
		body, tag = f.gzip, f.gztag
		h["Content-Encoding"] = gzipped
	}
	h["Etag"] = []string{tag}
	if f.Status != 0 && f.Status != http.StatusOK {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(f.Status)
		if r.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
		return
	}
	if r.Header.Get("Range") != "" || r.Header.Get("If-Match") != "" || r.Header.Get("If-Unmodified-Since") != "" || r.Header.Get("If-Range") != "" {
		http.ServeContent(w, r, "", f.made, bytes.NewReader(body)) // the rules of ranges are its own
		return
	}
	if f.known(r, tag) {
		h.Del("Content-Type")
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // nobody to tell when the asker left
	}
}

var gzipped = []string{"gzip"}

// known reports whether the asker has these very bytes.
func (f *ready) known(r *http.Request, tag string) bool {
	if have := r.Header.Get("If-None-Match"); have != "" {
		for one := range strings.SplitSeq(have, ",") {
			if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
				return true
			}
		}
		return false
	}
	since := r.Header.Get("If-Modified-Since")
	if since == "" {
		return false
	}
	at, err := http.ParseTime(since)
	return err == nil && !f.made.After(at)
}

// wantsGzip reads Accept-Encoding.
func wantsGzip(accept string) bool {
	for one := range strings.SplitSeq(accept, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(one), ";")
		if name != "gzip" && name != "*" {
			continue
		}
		q = strings.ReplaceAll(q, " ", "")
		return q != "q=0" && !strings.HasPrefix(q, "q=0.000") && q != "q=0.0" && q != "q=0.00"
	}
	return false
}

// Home is the path of the home that a request is for, and what it asks for below it; ok is false when it is for none that is served.
func (s *Site) Home(r *http.Request) (home, rest string, ok bool) {
	e := s.now.Load()
	if e == nil {
		return "", "", false
	}
	if home, ok := e.hosts[hostname(r.Host)]; ok {
		return home, strings.TrimPrefix(r.URL.Path, "/"), true
	}
	below, ok := strings.CutPrefix(r.URL.Path, "/c/")
	if !ok {
		return "", "", false
	}
	home, rest, _ = strings.Cut(below, "/")
	_, ok = e.homes[home]
	return home, rest, ok
}
