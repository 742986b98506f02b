package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/people"
	"breakwater/preflight"
	"breakwater/publish"
	"breakwater/subscribe"
)

const (
	// maxForm is in bytes: far more than any form of ours is filled in with.
	maxForm = 1 << 20
	// inMemory is how much of a form with files is held in memory while it is read; the rest waits in temporary files.
	inMemory = 4 << 20
)

// fileForms are the addresses that take files, with the most bytes of the whole form. All others take a form's worth, whatever it is
// written as.
var fileForms = map[string]int64{
	"POST /by-hand/{id}":            publish.MaxPhoto + 64<<10,
	"POST /centre/press/files":      desk.MaxPressFile + 64<<10,
	"POST /centre/{id}/press/files": desk.MaxPressFile + 64<<10,
	"POST /contacts/import":         2 * people.MaxBook,
	"POST /cues/import":             2 << 20,
	"POST /media":                   preflight.MaxUpload + 1<<20,
	"POST /occasions/import":        maxCalendar,
	"POST /plans/import":            maxPlanFile + 4<<10,
	"POST /sources/feeds":           maxFeedList,
	"POST /sources/file":            maxFile,
	"POST /statements/new":          maxFile,
	"POST /statements/{id}":         maxFile,
	"POST /subscribers/import":      subscribe.MaxList,
}

// costly are the addresses whose answer takes long, or goes to somebody else's server.
var costly = func() map[string]bool {
	all := make(map[string]bool)
	for _, pattern := range []string{
		"GET /incidents/{id}/brief/{format}", "GET /cues/export", "POST /contacts/export.vcf", "POST /contacts/export.csv", "POST /channels/{id}/check",
		"POST /checks/try", "POST /engine", "POST /incidents/{id}/evidence", "POST /incidents/{id}/evidence/bundle", "POST /journal/export", "POST /journal/verify", "POST /monitors/preview",
		"POST /oncall/rehearsal", "POST /people/several", "POST /sources/{id}", "POST /subscribers/export.csv", "POST /subscribers/settings/try", "POST /stop/rehearse", "POST /ways/{id}/test",
	} {
		all[pattern] = true
	}
	for pattern := range fileForms {
		all[pattern] = true
	}
	return all
}()

var errTooOften = errors.New("asked too often")

// pace refuses who asks more often than a person or a sensible program does.
func (c *Console) pace(v *visit, pattern string) error {
	if c.Limits == nil {
		return nil
	}
	now := time.Now()
	var wait time.Duration
	if v.signedIn {
		wait = c.Limits.Accounts.Take(v.actor.Who, now)
		if wait == 0 && costly[pattern] {
			wait = c.Limits.Costly.Take(v.actor.Who, now)
		}
	} else {
		wait = c.Limits.Strangers.Take(door.Asker(v.actor.From), now)
	}
	if wait > 0 {
		return &desk.Retry{After: wait, Limited: true, Err: errTooOften}
	}
	return nil
}

// readForm reads the form of a request whole, so that no handler works with the half of one that was too large or broken.
// done removes the files that it made.
func readForm(w http.ResponseWriter, r *http.Request, pattern string) (done func(), err error) {
	done = func() {
		if r.MultipartForm != nil { // the server would do it for the request that it made, and this is a copy
			_ = r.MultipartForm.RemoveAll()
		}
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	limit, takesFiles := fileForms[pattern]
	if !takesFiles || kind != "multipart/form-data" {
		limit = maxForm
	}
	if pattern == "POST /contacts/import" { // what was shown comes back as text
		limit = fileForms[pattern]
	}
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	if kind == "multipart/form-data" {
		err = r.ParseMultipartForm(inMemory)
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case err == nil, errors.As(err, &large), errors.Is(err, context.Canceled):
		return done, err
	}
	return done, desk.Wrong("form", "This form could not be read. Go back, and send it again.")
}
