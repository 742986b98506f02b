package assess

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"breakwater/desk"
	"breakwater/internal/fetch"
)

const (
	pollEvery  = 2 * time.Second
	purgeEvery = time.Hour
	lease      = 4 * time.Minute // longer than all of one exhibit may take
	tries      = 3
	tryAgain   = time.Minute

	maxPage  = 4 << 20 // bytes of a post's page
	maxMedia = 12 << 20
	maxFiles = 6 // media of one exhibit
	perCall  = 30 * time.Second
)

// Run fetches what belongs to exhibits and deletes those whose day is over, until ctx ends.
func (l *Locker) Run(ctx context.Context) error {
	poll, purge := time.NewTicker(pollEvery), time.NewTicker(purgeEvery)
	defer poll.Stop()
	defer purge.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
			err = l.round(ctx)
		case <-purge.C:
			err = l.Purge(ctx, time.Now())
		}
		if err != nil && ctx.Err() == nil {
			l.Log.Error("evidence could not be looked after", "error", err)
		}
	}
}

// Purge deletes the exhibits whose day is over.
func (l *Locker) Purge(ctx context.Context, now time.Time) error {
	for {
		all, err := l.Store.Expired(ctx, now, 50)
		if err != nil || len(all) == 0 {
			return err
		}
		for _, e := range all {
			err := l.Store.DeleteExhibit(ctx, e.ID, desk.ActOf(ctx, "evidence.expire", ""), func(e *desk.Exhibit) desk.Out {
				return desk.Out{IncidentID: e.IncidentID, Say: desk.Say("{exhibit} was kept as long as it was to be, and is deleted. SHA-256: {hash}", "exhibit", e.Name(), "hash", e.Hash)}
			})
			if err != nil && !errors.Is(err, desk.ErrNotFound) {
				return err
			}
		}
	}
}

// round takes the exhibits that wait for their files.
func (l *Locker) round(ctx context.Context) error {
	jobs, err := l.Store.ClaimJobs(ctx, JobKind, 1, lease)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		id, _ := strconv.ParseInt(j.Payload, 10, 64) // ours; 0 is not found, and ends the job
		err := l.complete(ctx, id, j.Attempts >= tries)
		switch {
		case err == nil || errors.Is(err, desk.ErrNotFound):
			err = l.Store.FinishJob(ctx, j.ID)
		case ctx.Err() == nil:
			err = l.Store.FailJob(ctx, j.ID, time.Now().Add(tryAgain), err.Error())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// complete fetches the files of an exhibit and adds them to it. What does not answer is tried again, unless this is the last try.
func (l *Locker) complete(ctx context.Context, id int64, last bool) error {
	e, err := l.Store.Exhibit(ctx, id)
	if err != nil || !e.Pending {
		return err
	}
	raw, err := l.Store.Blob(ctx, e.Hash)
	if err != nil {
		return err
	}
	var m desk.Mention
	if err := json.Unmarshal(raw, &m); err != nil {
		return err
	}
	c := collector{Locker: l, at: time.Now().UTC()}
	c.page(ctx, &m)
	for _, address := range mediaLinks(m.Links) {
		c.media(ctx, address)
	}
	if c.later != nil && !last {
		return c.later
	}
	c.photograph(ctx, &m, &e)
	act := desk.ActOf(ctx, "evidence.fetch", "")
	_, err = l.Store.ChangeExhibit(ctx, id, act, c.bodies, func(e *desk.Exhibit, out *desk.Out) error {
		out.Skip = !e.Pending
		e.Pending, e.Files, e.Problems = false, append(e.Files, c.files...), append(e.Problems, c.problems...)
		out.IncidentID, out.Detail = e.IncidentID, c.files
		out.Say = desk.Say("{n} files were added to {exhibit}.", "n", len(c.files), "exhibit", e.Name())
		return nil
	})
	return err
}

// collector gathers the files of one exhibit.
type collector struct {
	*Locker
	at       time.Time
	files    []desk.ExhibitFile
	bodies   [][]byte
	problems []desk.Text
	images   []template.URL
	kept     int
	got      []string // addresses
	later    error    // what may be better in a while
}

func (c *collector) add(name, kind, from string, body []byte) {
	c.files, c.bodies = append(c.files, fileOf(name, kind, from, body, c.at)), append(c.bodies, body)
}

// get fetches something, or says why not.
func (c *collector) get(ctx context.Context, address string, limit int64) (fetch.Answer, bool) {
	if slices.Contains(c.got, address) {
		return fetch.Answer{}, false
	}
	c.got = append(c.got, address)
	a, err := c.Fetch.Do(ctx, fetch.Request{URL: address, MaxBody: limit, Total: perCall})
	if err == nil {
		return a, true
	}
	host := address
	if u, perr := url.Parse(address); perr == nil {
		host = u.Host
	}
	var (
		large   *fetch.TooLarge
		private *fetch.Private
		status  *fetch.Status
	)
	switch {
	case errors.As(err, &large):
		c.problems = append(c.problems, desk.Say("A file at {host} is too large to be kept.", "host", host))
	case errors.As(err, &private):
		c.problems = append(c.problems, desk.Say("{host} lies in a private network and is not asked.", "host", host))
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError && status.Code != http.StatusTooManyRequests:
		c.problems = append(c.problems, desk.Say("{host} gave nothing: it answered {code}.", "host", host, "code", strconv.Itoa(status.Code)))
	default:
		c.later = err
		c.problems = append(c.problems, desk.Say("{host} could not be reached.", "host", host))
	}
	return a, false
}

// page fetches the post's own page, and the media that it names as its picture.
func (c *collector) page(ctx context.Context, m *desk.Mention) {
	if !strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://") {
		c.problems = append(c.problems, desk.Say("The post has no address of its own."))
		return
	}
	a, ok := c.get(ctx, m.URL, maxPage)
	if !ok {
		return
	}
	kind := kindOf(a.Body)
	c.add("page"+ending(kind), kind, a.URL, a.Body)
	if !strings.HasPrefix(kind, "text/html") {
		return
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.Body))
	if err != nil {
		return // it is kept as it came
	}
	base, err := url.Parse(a.URL)
	if err != nil {
		return
	}
	doc.Find(`meta[property="og:image"], meta[property="og:video"], meta[property="og:audio"], meta[name="twitter:image"]`).Each(func(_ int, s *goquery.Selection) {
		if u, err := base.Parse(strings.TrimSpace(s.AttrOr("content", ""))); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
			c.media(ctx, u.String())
		}
	})
}

// media fetches a picture, film or sound; anything else is not kept.
func (c *collector) media(ctx context.Context, address string) {
	if c.kept >= maxFiles {
		return
	}
	a, ok := c.get(ctx, address, maxMedia)
	if !ok {
		return
	}
	kind := kindOf(a.Body)
	if !isMedia(kind) {
		return
	}
	c.kept++
	c.add(fmt.Sprintf("media-%d%s", c.kept, ending(kind)), kind, a.URL, a.Body)
	if strings.HasPrefix(kind, "image/") && len(a.Body) <= 4<<20 {
		c.images = append(c.images, template.URL("data:"+kind+";base64,"+base64.StdEncoding.EncodeToString(a.Body))) //nolint:gosec // our own data: address of bytes that are an image
	}
}

// photograph adds a picture of the rendering with its images, where there is a browser.
func (c *collector) photograph(ctx context.Context, m *desk.Mention, e *desk.Exhibit) {
	if c.Picture == nil {
		return
	}
	page, err := render(m, e.Taken, e.Hash, c.images...)
	if err != nil {
		return
	}
	png, err := c.Picture(ctx, page, 720, 900)
	if err != nil {
		c.Log.Warn("a rendering could not be photographed", "exhibit", e.ID, "error", err)
		return
	}
	c.add("rendering.png", "image/png", "", png)
}

// mediaLinks are the links of a post that lead to media by their endings.
func mediaLinks(links []string) (all []string) {
	for _, l := range links {
		u, err := url.Parse(l)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" {
			continue
		}
		if isMedia(mime.TypeByExtension(strings.ToLower(path.Ext(u.Path)))) {
			all = append(all, l)
		}
	}
	return all
}

func isMedia(kind string) bool {
	return strings.HasPrefix(kind, "image/") || strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")
}

// kindOf is what bytes are, whatever anybody says.
func kindOf(body []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	return kind
}

// endings are the endings of the types that are met.
var endings = map[string]string{"text/html": ".html", "text/plain": ".txt", "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "video/mp4": ".mp4", "video/webm": ".webm", "audio/mpeg": ".mp3", "application/pdf": ".pdf", "text/xml": ".xml"}

func ending(kind string) string {
	if e, ok := endings[kind]; ok {
		return e
	}
	return ".bin"
}
