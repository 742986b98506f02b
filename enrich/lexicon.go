package enrich

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
)

// LexiconStore is what a brand's own cues need of storage.
type LexiconStore interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	CueLists(ctx context.Context) ([]desk.CueList, error)
	CueList(ctx context.Context, brandID int64) (desk.CueList, error)
	ChangeCueList(ctx context.Context, brandID int64, act desk.Act, change func(*desk.CueList, *desk.Out) error) (desk.CueList, error)
	TagCue(ctx context.Context, id int64, typ string, not bool, act desk.Act) (desk.Mention, error)
	BrandMentions(ctx context.Context, brandID int64, since time.Time, before int64, limit int) ([]desk.Mention, error)
	Remark(ctx context.Context, readings []desk.Mention) (changed int, err error)
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Constants of marking stored mentions anew.
const (
	remarkSetting = "cues.remark"
	remarkPiece   = 200
	remarkRest    = 10 * time.Millisecond // so that hearing goes first
	remarkRetry   = 30 * time.Second
	// heedAgain is how often the lists are read again, in case another process changed one.
	heedAgain = 2 * time.Minute
)

// Remarking is how far the stored mentions of a brand have been marked anew.
type Remarking struct {
	BrandID int64     `json:"brand_id,string"`
	Started time.Time `json:"started"`
	Before  int64     `json:"before,string"` // ids from here on are done; 0 at the start
	Looked  int       `json:"looked"`
	Changed int       `json:"changed"`
}

// Lexicon is where people see and change what brands add to the program's crisis cues. Every method checks the acting person's
// role: everyone sees, responders mark single mentions, leads change lists.
type Lexicon struct {
	store LexiconStore
	cues  *CueList
	log   *slog.Logger
	bell  chan struct{}
	mu    sync.Mutex // guards the setting of what is being marked anew
}

// NewLexicon keeps lists in store and has cues heed them.
func NewLexicon(store LexiconStore, cues *CueList, log *slog.Logger) *Lexicon {
	return &Lexicon{store: store, cues: cues, log: log, bell: make(chan struct{}, 1)}
}

// Load reads all lists and has them heeded from the next mention on.
func (l *Lexicon) Load(ctx context.Context) error {
	monitors, err := l.store.Monitors(ctx, 0)
	if err != nil {
		return err
	}
	lists, err := l.store.CueLists(ctx)
	if err != nil {
		return err
	}
	brandOf := make(map[int64]int64, len(monitors))
	for _, m := range monitors {
		brandOf[m.ID] = m.BrandID
	}
	if err := l.cues.Heed(brandOf, lists); err != nil && l.log != nil {
		l.log.ErrorContext(ctx, "some cues are not heeded", "error", err)
	}
	return nil
}

// TypeOf is a type of crisis as a brand has it.
type TypeOf struct {
	Name     string    `json:"name"`
	Title    desk.Text `json:"title"`
	Help     desk.Text `json:"help,omitzero"`
	Severity int       `json:"severity,omitempty"` // 1 … 5; 0 for a type of the brand's own
	Group    string    `json:"group,omitempty"`    // victim, accidental, preventable, any (SCCT)
	Own      bool      `json:"own,omitempty"`
	Off      bool      `json:"off,omitempty"`
}

// Types are the types of a brand: the program's, then its own.
func (l *Lexicon) Types(ctx context.Context, brandID int64) ([]TypeOf, error) {
	list, err := l.List(ctx, brandID)
	if err != nil {
		return nil, err
	}
	titles, helps := CueTitles(), CueHelps()
	var all []TypeOf
	for _, t := range l.cues.types {
		all = append(all, TypeOf{Name: t.Name, Title: titles[t.Name], Help: helps[t.Name], Severity: t.Severity, Group: t.Group, Off: slices.Contains(list.Off, t.Name)})
	}
	for _, c := range list.Cues {
		if !slices.ContainsFunc(all, func(t TypeOf) bool { return t.Name == c.Type }) {
			all = append(all, TypeOf{Name: c.Type, Title: desk.Say("{name}", "name", c.Type), Own: true, Off: slices.Contains(list.Off, c.Type)})
		}
	}
	return all, nil
}

// List is a brand's list; an empty one where it has none. desk.ErrNotFound when there is no such brand.
func (l *Lexicon) List(ctx context.Context, brandID int64) (desk.CueList, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.CueList{}, err
	}
	if _, err := l.store.Brand(ctx, brandID); err != nil {
		return desk.CueList{}, err
	}
	return l.store.CueList(ctx, brandID)
}

// Save replaces a brand's list; new mentions are marked by it at once. Errors: *desk.Invalid for each wrong field, joined;
// desk.ErrConflict when Version is not the stored one; desk.ErrNotFound; desk.ErrForbidden below lead.
func (l *Lexicon) Save(ctx context.Context, list desk.CueList) (desk.CueList, error) {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return list, err
	}
	brand, err := l.store.Brand(ctx, list.BrandID)
	if err != nil {
		return list, err
	}
	list = tidyCues(list)
	if err := l.check(list); err != nil {
		return list, err
	}
	saved, err := l.store.ChangeCueList(ctx, list.BrandID, desk.ActOf(ctx, "cues.save", ""), func(now *desk.CueList, out *desk.Out) error {
		if list.Version != now.Version {
			return desk.ErrConflict
		}
		out.Say = desk.Say("The crisis cues of {brand} were changed.", "brand", brand.Name)
		out.Detail = map[string]any{"cues": len(list.Cues), "off": list.Off, "quiet": len(list.Quiet), "cues_before": len(now.Cues)}
		now.Cues, now.Off, now.Quiet = list.Cues, list.Off, list.Quiet
		return nil
	})
	if err != nil {
		return list, err
	}
	return saved, l.Load(ctx)
}

// Tag records that a mention is of a type, or (not) that it is not, whatever its words say. Errors: *desk.Invalid for a type
// that none of the mention's brands has; desk.ErrNotFound; desk.ErrForbidden below responder.
func (l *Lexicon) Tag(ctx context.Context, id int64, typ string, not bool) (desk.Mention, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Mention{}, err
	}
	known := slices.ContainsFunc(l.cues.types, func(t CueType) bool { return t.Name == typ })
	if !known {
		lists, err := l.store.CueLists(ctx)
		if err != nil {
			return desk.Mention{}, err
		}
		for _, list := range lists {
			known = known || slices.ContainsFunc(list.Cues, func(c desk.OwnCue) bool { return c.Type == typ })
		}
	}
	if !known {
		return desk.Mention{}, desk.Wrong("type", "There is no cue type {type}.", "type", typ)
	}
	return l.store.TagCue(ctx, id, typ, not, desk.ActOf(ctx, "mention.cue", ""))
}

// Remark has a brand's stored mentions marked anew by its list, in the background. desk.ErrNotFound; desk.ErrForbidden below
// lead.
func (l *Lexicon) Remark(ctx context.Context, brandID int64) error {
	if err := desk.Need(ctx, desk.Lead); err != nil {
		return err
	}
	brand, err := l.store.Brand(ctx, brandID)
	if err != nil {
		return err
	}
	out := desk.Out{Say: desk.Say("What is stored of {brand} is marked again by its crisis cues.", "brand", brand.Name)}
	if _, err := l.store.Record(ctx, desk.ActOf(ctx, "cues.remark", ""), "brand:"+strconv.FormatInt(brandID, 10), out); err != nil {
		return err
	}
	err = l.rework(ctx, func(work []Remarking) []Remarking {
		work = slices.DeleteFunc(work, func(r Remarking) bool { return r.BrandID == brandID })
		return append(work, Remarking{BrandID: brandID, Started: time.Now().UTC()})
	})
	ring(l.bell)
	return err
}

// Progress lists the brands whose stored mentions are being marked anew, the one under way first.
func (l *Lexicon) Progress(ctx context.Context) ([]Remarking, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return l.work(ctx)
}

func (l *Lexicon) work(ctx context.Context) (work []Remarking, err error) {
	text, err := l.store.Setting(ctx, remarkSetting)
	if errors.Is(err, desk.ErrNotFound) || err == nil && text == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return work, json.Unmarshal([]byte(text), &work)
}

// rework changes the list of work in the store; it survives a restart.
func (l *Lexicon) rework(ctx context.Context, change func([]Remarking) []Remarking) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	work, err := l.work(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(change(work))
	if err != nil {
		return err
	}
	return l.store.SetSetting(ctx, remarkSetting, string(text))
}

// Run marks stored mentions anew where that was asked for, until ctx ends; also what a restart interrupted.
func (l *Lexicon) Run(ctx context.Context) error {
	again := time.NewTicker(heedAgain)
	defer again.Stop()
	for ctx.Err() == nil {
		rest := remarkRest
		switch more, err := l.remark(ctx); {
		case err != nil && ctx.Err() == nil:
			if l.log != nil {
				l.log.ErrorContext(ctx, "marking stored mentions anew stopped, tried again", "error", err, "again", remarkRetry)
			}
			rest = remarkRetry
		case !more:
			rest = heedAgain
		}
		next := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-l.bell:
		case <-next.C:
		case <-again.C:
			if err := l.Load(ctx); err != nil && ctx.Err() == nil && l.log != nil {
				l.log.ErrorContext(ctx, "the cues could not be read", "error", err)
			}
		}
		next.Stop()
	}
	return nil
}

// remark does one piece of the first work and reports whether there may be more.
func (l *Lexicon) remark(ctx context.Context) (more bool, err error) {
	work, err := l.work(ctx)
	if err != nil || len(work) == 0 {
		return false, err
	}
	r := work[0]
	ms, err := l.store.BrandMentions(ctx, r.BrandID, time.Time{}, r.Before, remarkPiece)
	if err != nil {
		return true, fmt.Errorf("mark mentions of brand %d: %w", r.BrandID, err)
	}
	for i := range ms {
		ms[i].SetCues(l.cues.Find(&ms[i]))
	}
	changed, err := l.store.Remark(ctx, ms)
	if err != nil {
		return true, fmt.Errorf("mark mentions of brand %d: %w", r.BrandID, err)
	}
	r.Looked, r.Changed = r.Looked+len(ms), r.Changed+changed
	if len(ms) > 0 {
		r.Before = ms[len(ms)-1].ID
	}
	return true, l.rework(ctx, func(work []Remarking) []Remarking {
		i := slices.IndexFunc(work, func(o Remarking) bool { return o.BrandID == r.BrandID && o.Started.Equal(r.Started) })
		switch {
		case i < 0: // asked for again meanwhile
		case len(ms) < remarkPiece:
			work = slices.Delete(work, i, i+1)
		default:
			work[i] = r
		}
		return work
	})
}
