package assess

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/bundle"
	"breakwater/internal/fetch"
)

// LockerStore is what the locker needs of storage.
type LockerStore interface {
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	Exhibits(ctx context.Context, incidentID int64) ([]desk.Exhibit, error)
	Exhibit(ctx context.Context, id int64) (desk.Exhibit, error)
	ChangeExhibit(ctx context.Context, id int64, act desk.Act, bodies [][]byte, change func(*desk.Exhibit, *desk.Out) error) (desk.Exhibit, error)
	DeleteExhibit(ctx context.Context, id int64, act desk.Act, say func(*desk.Exhibit) desk.Out) error
	Expired(ctx context.Context, now time.Time, n int) ([]desk.Exhibit, error)
	Blob(ctx context.Context, hash string) ([]byte, error)
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

// Locker keeps posts as evidence: everyone sees them, responders keep and export, leads delete.
type Locker struct {
	Store LockerStore
	Fetch *fetch.Client // the only way out; nil fetches nothing
	// Picture photographs a page of our own; nil when there is no browser.
	Picture func(ctx context.Context, page []byte, width, height int) ([]byte, error)
	// Sign signs what is exported, and Public is the public key in PEM that it is checked with; nil signs nothing.
	Sign   func([]byte) []byte
	Public []byte
	Log    *slog.Logger
}

// JobKind is the kind of the jobs that fetch what belongs to an exhibit.
const JobKind = "evidence.fetch"

// List gives what is kept of an incident, by number.
func (l *Locker) List(ctx context.Context, incidentID int64) ([]desk.Exhibit, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return l.Store.Exhibits(ctx, incidentID)
}

// One is one exhibit. desk.ErrNotFound.
func (l *Locker) One(ctx context.Context, id int64) (desk.Exhibit, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Exhibit{}, err
	}
	return l.Store.Exhibit(ctx, id)
}

// File gives a file of an exhibit. desk.ErrNotFound.
func (l *Locker) File(ctx context.Context, id int64, name string) (File, error) {
	e, err := l.One(ctx, id)
	if err != nil {
		return File{}, err
	}
	f, ok := e.File(name)
	if !ok {
		return File{}, desk.ErrNotFound
	}
	body, err := l.Store.Blob(ctx, f.Hash)
	return File{Name: f.Name, Type: f.Type, Body: body}, err
}

// Keep takes a post into an incident's locker: at once as it was heard, with our rendering of it; its page and media are fetched in
// the background. A post that is kept already is given as it is. *desk.Invalid for one that is gone. For responders.
func (l *Locker) Keep(ctx context.Context, incidentID, mentionID int64, why string, origin bool) (desk.Exhibit, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Exhibit{}, err
	}
	i, err := l.Store.Incident(ctx, incidentID)
	if err != nil {
		return desk.Exhibit{}, err
	}
	m, err := l.Store.Mention(ctx, mentionID)
	if err != nil {
		return desk.Exhibit{}, err
	}
	if !m.Deleted.IsZero() {
		return desk.Exhibit{}, desk.Wrong("mention", "This post was deleted at its network before it was kept: there is nothing left to keep.")
	}
	have, err := l.Store.Exhibits(ctx, incidentID)
	if err != nil {
		return desk.Exhibit{}, err
	}
	for _, e := range have {
		if e.MentionID == mentionID {
			return e, nil
		}
	}
	act := desk.ActOf(ctx, "evidence.keep", strings.TrimSpace(why))
	files, bodies, err := heard(&m, act.At)
	if err != nil {
		return desk.Exhibit{}, err
	}
	fetches := l.Fetch != nil && i.DrillID == 0 && m.Network != "sandbox"
	return l.Store.ChangeExhibit(ctx, 0, act, bodies, func(e *desk.Exhibit, out *desk.Out) error {
		*e = desk.Exhibit{ID: e.ID, BrandID: i.BrandID, IncidentID: i.ID, MentionID: m.ID, Ref: m.Ref, URL: m.URL, Author: called(m.Author), Origin: origin, Why: act.Why,
			Published: m.Published, Taken: act.At, By: act.Name, Until: act.At.Add(desk.KeptFor), Hash: files[0].Hash, Files: files, Pending: fetches, Problems: []desk.Text{}}
		out.IncidentID, out.Detail = i.ID, map[string]string{"hash": e.Hash, "network": m.Network, "native_id": m.NativeID}
		out.Say = desk.Say("{name} kept a post of {network} as evidence. SHA-256: {hash}", "name", act.Name, "network", desk.NetworkName(m.Network), "hash", e.Hash)
		if fetches {
			out.Jobs = []desk.Job{{Kind: JobKind, Key: strconv.FormatInt(e.ID, 10), Payload: strconv.FormatInt(e.ID, 10)}}
		} else {
			e.Problems = append(e.Problems, desk.Say("Nothing was fetched: this post is part of a rehearsal, or the desk reaches no network."))
		}
		return nil
	})
}

// heard are the files that are made of a mention alone: the mention as it was heard, and a rendering of it for people.
func heard(m *desk.Mention, at time.Time) ([]desk.ExhibitFile, [][]byte, error) {
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, nil, err
	}
	page, err := render(m, at, sum(raw))
	if err != nil {
		return nil, nil, err
	}
	return []desk.ExhibitFile{fileOf("post.json", "application/json", "", raw, at), fileOf("rendering.html", "text/html", "", page, at)}, [][]byte{raw, page}, nil
}

func fileOf(name, kind, from string, body []byte, at time.Time) desk.ExhibitFile {
	return desk.ExhibitFile{Name: name, Type: kind, Hash: sum(body), Size: int64(len(body)), From: from, At: at.UTC()}
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// KeepUntil changes the day after which an exhibit is deleted, for a reason. For leads.
func (l *Locker) KeepUntil(ctx context.Context, id int64, until time.Time, why string) (desk.Exhibit, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return desk.Exhibit{}, err
	}
	if strings.TrimSpace(why) == "" {
		return desk.Exhibit{}, desk.Wrong("why", "Say in a few words why.")
	}
	act := desk.ActOf(ctx, "evidence.until", strings.TrimSpace(why))
	return l.Store.ChangeExhibit(ctx, id, act, nil, func(e *desk.Exhibit, out *desk.Out) error {
		out.IncidentID = e.IncidentID
		out.Say = desk.Say("{name} keeps {exhibit} until {until}.", "name", act.Name, "exhibit", e.Name(), "until", until)
		return e.KeepUntil(until, act.At)
	})
}

// Discard deletes an exhibit with its files, for a reason; the journal keeps its hash. For leads.
func (l *Locker) Discard(ctx context.Context, id int64, why string) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return desk.Wrong("why", "Say in a few words why.")
	}
	act := desk.ActOf(ctx, "evidence.discard", why)
	return l.Store.DeleteExhibit(ctx, id, act, func(e *desk.Exhibit) desk.Out {
		return desk.Out{IncidentID: e.IncidentID, Say: desk.Say("{name} deleted {exhibit} from the evidence. SHA-256: {hash}", "name", act.Name, "exhibit", e.Name(), "hash", e.Hash)}
	})
}

// manifest says what a bundle holds.
type manifest struct {
	Made     time.Time     `json:"made"`
	By       string        `json:"by"`
	Incident manifestRoom  `json:"incident"`
	Journal  manifestHead  `json:"journal"`
	Exhibits []exhibitLine `json:"exhibits"`
}

type manifestRoom struct {
	ID    int64  `json:"id,string"`
	Title string `json:"title"`
}

// manifestHead is where the journal stood when the bundle was made.
type manifestHead struct {
	Seq  int64     `json:"seq,string"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

// exhibitLine is an exhibit with the folder that its files lie in.
type exhibitLine struct {
	Folder string `json:"folder"`
	desk.Exhibit
}

// Bundle writes all that is kept of an incident into one archive that anybody can check (package bundle). The journal notes that
// it was made, with the hash that names it. For responders.
func (l *Locker) Bundle(ctx context.Context, incidentID int64) (File, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return File{}, err
	}
	i, err := l.Store.Incident(ctx, incidentID)
	if err != nil {
		return File{}, err
	}
	all, err := l.Store.Exhibits(ctx, incidentID)
	if err != nil {
		return File{}, err
	}
	if len(all) == 0 {
		return File{}, desk.Wrong("evidence", "Nothing is kept of this incident yet.")
	}
	act := desk.ActOf(ctx, "evidence.export", "")
	m := manifest{Made: act.At, By: act.Name, Incident: manifestRoom{i.ID, i.Title}}
	head, err := l.Store.Journal(ctx, desk.EntryFilter{Paging: desk.Paging{Limit: 1}})
	if err != nil {
		return File{}, err
	}
	if len(head) > 0 {
		m.Journal = manifestHead{head[0].Seq, head[0].Hash, head[0].At}
	}
	var files []bundle.File
	for _, e := range all {
		line := exhibitLine{e.Name(), e}
		m.Exhibits = append(m.Exhibits, line)
		for _, f := range e.Files {
			body, err := l.Store.Blob(ctx, f.Hash)
			if err != nil {
				return File{}, fmt.Errorf("%s of %s: %w", f.Name, e.Name(), err)
			}
			files = append(files, bundle.File{Name: line.Folder + "/" + f.Name, Body: body})
		}
	}
	raw, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return File{}, err
	}
	var b bytes.Buffer
	sums, err := bundle.WriteEvidence(&b, act.At, append(files, bundle.File{Name: bundle.Manifest, Body: raw}), l.Public, l.Sign)
	if err != nil {
		return File{}, err
	}
	say := desk.Say("{name} exported {n} exhibits. SHA-256 of their sums: {hash}", "name", act.Name, "n", len(all), "hash", sums)
	if _, err := l.Store.Record(ctx, act, "incident:"+strconv.FormatInt(i.ID, 10), desk.Out{Say: say, IncidentID: i.ID, Detail: map[string]string{"sums": sums, "manifest": sum(raw)}}); err != nil {
		return File{}, err
	}
	return File{Name: fmt.Sprintf("evidence-%d-%s.zip", i.ID, act.At.Format("20060102-1504")), Type: "application/zip", Body: b.Bytes()}, nil
}
