package subscribe

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Door is where the public subscribes, confirms and leaves: a few pages beside the crisis centre's, without script and without cookie.
// It answers /c/PATH/-/…, and /-/… under a host name of a centre's own. What a page does, it does by a form: no program that follows a
// link in a letter subscribes or removes anybody.
type Door struct {
	Desk *Desk
	// PathOf is the path of the home that a request is for, and what follows it; ok is false for requests that are none of a centre's.
	PathOf func(r *http.Request) (home, rest string, ok bool)
}

// Owns reports whether a request is for the door.
func (d *Door) Owns(r *http.Request) bool {
	_, rest, ok := d.PathOf(r)
	return ok && strings.HasPrefix(rest, "-/") || leaveLink(r) != ""
}

// leaveLink is the link to leave in a request's address, whatever path or host name it was made for; "" for other requests.
func leaveLink(r *http.Request) string {
	before, link, ok := strings.Cut(r.URL.Path, "/-/leave/")
	if home, below := strings.CutPrefix(before, "/c/"); !ok || before != "" && (!below || strings.Contains(home, "/")) {
		return ""
	}
	return link
}

// homeOf is the home that a request is for, and what follows its path. A link to leave names its subscriber: the home is that of their
// brand, whatever the path or host name of the centre was when the letter was written, whoever has it now, and also when the centre has
// gone; then it is empty. desk.ErrNotFound.
func (d *Door) homeOf(r *http.Request) (home Home, rest string, err error) {
	path, rest, ok := d.PathOf(r)
	link := leaveLink(r)
	if link == "" {
		home, err = d.Desk.Around.HomeAt(r.Context(), path)
		return home, rest, err
	}
	s, _, err := d.Desk.Leaving(r.Context(), link)
	switch {
	case err != nil:
		return home, rest, err
	case s.ID != 0:
		home, err = d.Desk.Around.HomeOf(r.Context(), s.BrandID)
	case ok:
		home, err = d.Desk.Around.HomeAt(r.Context(), path)
	}
	if errors.Is(err, desk.ErrNotFound) {
		home, err = Home{BrandID: s.BrandID}, nil
	}
	return home, "-/leave/" + link, err
}

// doorPage is what the templates show.
type doorPage struct {
	Lang, Dir, Title string
	Langs            []langChoice
	Home             Home
	Topic            Topic // zero: of no one page
	Address          string
	Action, Back     string
	Wrong            desk.Text
	State            string // what there is to do: "ask", "asked", "confirm", "confirmed", "used", "leave", "left", "busy"
	Style            template.CSS
}

// langChoice is a language to read the page in.
type langChoice struct {
	Tag, Name string
	Here      bool
}

var doorPages = sync.OnceValues(func() (map[string]*template.Template, error) {
	all := map[string]*template.Template{}
	for _, l := range say.Languages() {
		speak := say.For(l.Tag, "")
		t, err := template.New("door.html").Funcs(template.FuncMap{"t": speak.T, "text": speak.Text}).ParseFS(files, "pages/door.html")
		if err != nil {
			return nil, err
		}
		all[l.Tag] = t
	}
	return all, nil
})

var doorStyle = sync.OnceValue(func() template.CSS {
	b, err := files.ReadFile("pages/style.css")
	if err != nil {
		panic(err) // embedded
	}
	return template.CSS(strings.ReplaceAll(string(b), "\n", ""))
})

// mostForm bounds what a form may send, in bytes: an address and a few words.
const mostForm = 4 << 10

// ServeHTTP answers.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer") // links hold what lets one leave
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("X-Robots-Tag", "noindex")
	home, rest, err := d.homeOf(r)
	if err == nil {
		r.Body = http.MaxBytesReader(w, r.Body, mostForm)
		err = d.answer(w, r, home, strings.TrimPrefix(rest, "-/"))
	}
	switch {
	case err == nil:
	case errors.Is(err, desk.ErrNotFound):
		http.NotFound(w, r)
	default:
		d.Desk.log.Error("a subscriber could not be answered", "error", err)
		http.Error(w, say.For(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")).T("Try again shortly."), http.StatusServiceUnavailable)
	}
}

func (d *Door) answer(w http.ResponseWriter, r *http.Request, home Home, rest string) error {
	what, link, _ := strings.Cut(rest, "/")
	post := r.Method == http.MethodPost
	if !post && r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return nil
	}
	switch {
	case what == "subscribe" && link == "":
		return d.subscribe(w, r, home, post)
	case what == "confirm" && link != "":
		return d.confirm(w, r, home, link, post)
	case what == "leave" && link != "":
		return d.leave(w, r, home, link, post)
	}
	return desk.ErrNotFound
}

// page begins a page in the language that is asked for, else the home's.
func (d *Door) page(r *http.Request, home Home, lang string) *doorPage {
	if asked := r.URL.Query().Get("lang"); asked != "" {
		lang = asked
	}
	if lang == "" {
		lang = home.Lang
	}
	speak := say.For(lang, "")
	p := &doorPage{Lang: speak.Tag(), Dir: dirOf(speak.Tag()), Home: home, Action: r.URL.RequestURI(), Back: home.Site + "/", Style: doorStyle()}
	for _, l := range say.Languages() {
		p.Langs = append(p.Langs, langChoice{l.Tag, l.Name, l.Tag == p.Lang})
	}
	return p
}

func (d *Door) show(w http.ResponseWriter, r *http.Request, p *doorPage, status int) error {
	all, err := doorPages()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := all[p.Lang].Execute(&b, p); err != nil {
		return fmt.Errorf("page for subscribers: %w", err)
	}
	sum := sha256.Sum256([]byte(p.Style))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // nobody to tell when the asker left
	}
	return nil
}

// subscribe shows the form and takes it. The answer to an address is the same whether or not it is known.
func (d *Door) subscribe(w http.ResponseWriter, r *http.Request, home Home, post bool) error {
	p := d.page(r, home, "")
	p.State = "ask"
	if slug := r.URL.Query().Get("page"); slug != "" {
		var err error
		if p.Topic, err = d.Desk.Around.TopicAt(r.Context(), home.BrandID, slug, p.Lang); err != nil {
			return err
		}
		p.Back = home.Site + "/" + p.Topic.Slug + "/"
	}
	if !post {
		return d.show(w, r, p, http.StatusOK)
	}
	centre := p.Topic.CentreID
	if r.PostFormValue("all") != "" {
		centre = desk.WholeBrand
	}
	p.Address = r.PostFormValue("address")
	if r.PostFormValue("website") != "" { // a field that people do not see: only programs fill it in
		p.State = "asked"
		return d.show(w, r, p, http.StatusOK)
	}
	err := d.Desk.Ask(r.Context(), home, centre, p.Lang, p.Address, client(r))
	var wrong *desk.Invalid
	var busy *desk.Retry
	switch {
	case errors.As(err, &wrong):
		p.Wrong = wrong.Reason
		return d.show(w, r, p, http.StatusUnprocessableEntity)
	case errors.As(err, &busy):
		p.State = "busy"
		w.Header().Set("Retry-After", fmt.Sprint(int(limitSpan.Seconds())))
		return d.show(w, r, p, http.StatusTooManyRequests)
	case err != nil:
		return err
	}
	p.State = "asked"
	return d.show(w, r, p, http.StatusOK)
}

// client is the network address of who asks.
func client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// confirm shows what would be subscribed to, and subscribes when the form is sent.
func (d *Door) confirm(w http.ResponseWriter, r *http.Request, home Home, link string, post bool) error {
	s, centreID, err := d.Desk.Asked(r.Context(), home, link)
	if err != nil && !errors.Is(err, desk.ErrConflict) {
		return err
	}
	p := d.page(r, home, s.Lang)
	p.State, p.Address = "confirm", s.Address
	if centreID != desk.WholeBrand {
		topic, err := d.Desk.Around.TopicOf(r.Context(), centreID, p.Lang)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		p.Topic = topic
	}
	if err == nil && post {
		if err = d.Desk.Confirm(r.Context(), home, link, p.Lang); err == nil {
			p.State = "confirmed"
		}
	}
	if errors.Is(err, desk.ErrConflict) {
		p.State = "used"
		if s.Subscribes(centreID) {
			p.State = "confirmed" // a second press of the same button
		}
	} else if err != nil {
		return err
	}
	return d.show(w, r, p, http.StatusOK)
}

// leave ends a subscription. A mail program's one click (RFC 8058) is a POST without a page; people get a page with a button.
func (d *Door) leave(w http.ResponseWriter, r *http.Request, home Home, link string, post bool) error {
	s, centreID, err := d.Desk.Leaving(r.Context(), link)
	if err != nil {
		return err
	}
	if s.ID != 0 && s.BrandID != home.BrandID {
		return desk.ErrNotFound
	}
	p := d.page(r, home, s.Lang)
	p.State, p.Address = "leave", s.Address
	if centreID != desk.WholeBrand && slices.Contains(s.Centres, centreID) && len(s.Centres) > 1 && !slices.Contains(s.Centres, desk.WholeBrand) {
		topic, err := d.Desk.Around.TopicOf(r.Context(), centreID, p.Lang)
		if err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		p.Topic = topic // there is something to keep: ask
	}
	if post {
		if err := d.Desk.Leave(r.Context(), link, r.PostFormValue("only") != ""); err != nil {
			return err
		}
		if r.PostFormValue("List-Unsubscribe") == "One-Click" {
			w.WriteHeader(http.StatusOK)
			return nil
		}
		if p.State = "left"; r.PostFormValue("only") != "" && p.Topic.CentreID != 0 {
			p.State = "leftone"
		}
	} else if s.State == desk.SubscriberLeft {
		p.State = "left"
	}
	return d.show(w, r, p, http.StatusOK)
}
