// Package preflight looks over a text before it goes out (PUB-4): every finding with its reason and what to do. It refuses nothing
// itself; who schedules asks it and stops on a block. What could not be looked at in time is said too.
package preflight

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/posttext"
	"breakwater/internal/spell"
)

// Store is what the checks need of storage.
type Store interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Fact(ctx context.Context, id int64) (desk.Fact, error)
	Statement(ctx context.Context, id int64) (desk.Statement, error)
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	Mentions(ctx context.Context, f desk.Filter) (desk.Page, error)
	Occasions(ctx context.Context, brandID int64, from, to time.Time) ([]desk.Occasion, error)
	Alerts(ctx context.Context, f desk.AlertFilter) ([]desk.Alert, error)
	Topics(ctx context.Context, f desk.TopicFilter) ([]desk.Topic, error)
	Guard(ctx context.Context, brandID int64) (desk.Guard, error)
	ChangeGuard(ctx context.Context, brandID int64, act desk.Act, change func(*desk.Guard, *desk.Out) error) (desk.Guard, error)
	KeepBlob(ctx context.Context, body []byte) (hash string, err error)
	Blob(ctx context.Context, hash string) ([]byte, error)
}

// Speller finds misspelt words; *spell.Checker is one.
type Speller interface {
	Check(ctx context.Context, lang, text string, skip func(word string) bool) ([]spell.Miss, error)
}

// Desk looks over texts. All fields but Store may be zero: what cannot be checked without them is said to be unchecked.
type Desk struct {
	Store   Store
	Fetch   *fetch.Client
	Speller Speller
	// Grammar asks a LanguageTool server; nil without one.
	Grammar *LanguageTool
	// Exists asks a channel's network whether an account of that name exists. desk.ErrUnsupported where the network cannot say.
	Exists func(ctx context.Context, ch desk.Channel, name string) (bool, error)
	// Language tells the language of a text and how sure that is, 0 … 1.
	Language func(text string) (lang string, sure float64)
	// Tone tells whether a text in a language says sorry, and whether it denies something. nil: what mixes both is not found.
	Tone     func(lang, text string) (sorry, denies bool)
	Log      *slog.Logger
	Patience time.Duration // of a whole inspection; 0 is 8 s

	leads  memo[string] // where links led
	exists memo[bool]   // which accounts exist
}

// patience is how long somebody who looks at a text waits for all that is checked about it.
const patience = 8 * time.Second

// Ask is what is looked over.
type Ask struct {
	Statement desk.Statement
	Variant   desk.Variant
	Channels  []desk.Channel // where it is to go; a channel without id stands for a kind of network
	Due       time.Time      // when; zero is now
}

// job is one inspection with what all its checks need.
type job struct {
	Ask
	*Desk
	brand  desk.Brand
	guard  desk.Guard
	reader posttext.Reading // of the first channel
}

// check looks at one thing. An error means that it could not be looked at.
type check struct {
	name string
	run  func(ctx context.Context, j *job) ([]desk.Finding, error)
}

// checks in the order in which their findings are shown within a weight.
var checks = []check{
	{"facts", facts}, {"blanks", blanks}, {"length", length}, {"account", account}, {"media", media}, {"links", links}, {"names", names},
	{"sensitive", sensitive}, {"day", days}, {"moment", moment}, {"mixed", bothAtOnce}, {"hashtags", hashtags}, {"repeat", repeats}, {"language", language},
	{"voice", voice}, {"spelling", spelling}, {"grammar", grammar},
}

// Look looks over a text for somebody who writes it: of a stored statement, or of one that exists only in the request. For viewers.
func (d *Desk) Look(ctx context.Context, s desk.Statement, v desk.Variant, due time.Time) ([]desk.Finding, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	channels, err := d.channels(ctx, s, v)
	if err != nil {
		return nil, err
	}
	return d.Inspect(ctx, Ask{Statement: s, Variant: v, Channels: channels, Due: due})
}

// Stored looks over a stored statement: one of its variants, or all with an empty id. For viewers. desk.ErrNotFound.
func (d *Desk) Stored(ctx context.Context, id int64, variantID string, due time.Time) (all []desk.Finding, _ error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	s, err := d.Store.Statement(ctx, id)
	if err != nil {
		return nil, err
	}
	seen := false
	for _, v := range s.Variants {
		if variantID != "" && v.ID != variantID {
			continue
		}
		seen = true
		found, err := d.Look(ctx, s, v, due)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if !seen && variantID != "" {
		return nil, desk.ErrNotFound
	}
	return ordered(all), nil
}

// Check looks over one variant for all channels that it would go to at due; zero is now. It is what other stages call.
func (d *Desk) Check(ctx context.Context, s desk.Statement, v desk.Variant, due time.Time) ([]desk.Finding, error) {
	channels, err := d.channels(ctx, s, v)
	if err != nil {
		return nil, err
	}
	return d.Inspect(ctx, Ask{Statement: s, Variant: v, Channels: channels, Due: due})
}

// Unchecked is the finding for an inspection that could not be made at all.
func Unchecked() desk.Finding {
	return unchecked("preflight", desk.FindingWarn, desk.Say("the text"))
}

// channels are those that a variant would go out in; without any, a channel that stands for its kind.
func (d *Desk) channels(ctx context.Context, s desk.Statement, v desk.Variant) (out []desk.Channel, err error) {
	all, err := d.Store.Channels(ctx, 0)
	if err != nil {
		return nil, err
	}
	if _, among := s.Variant(v.ID); !among { // a text that is only asked about stands beside the others
		s.Variants = append(slices.Clone(s.Variants), v)
	}
	for _, c := range all {
		switch {
		case v.ChannelID == c.ID && v.ChannelID != 0: // of another brand too: that is a finding
			out = append(out, c)
		case v.ChannelID == 0 && c.BrandID == s.BrandID:
			if slices.ContainsFunc(s.Aims([]desk.Channel{c}), func(a desk.Aim) bool { return a.Variant.ID == v.ID }) {
				out = append(out, c)
			}
		}
	}
	if len(out) == 0 {
		out = []desk.Channel{{BrandID: s.BrandID, Kind: v.Kind}}
	}
	return out, nil
}

// Inspect runs every check at once and answers within Patience. The only errors are those of the store.
func (d *Desk) Inspect(ctx context.Context, a Ask) ([]desk.Finding, error) {
	j := &job{Ask: a, Desk: d}
	var err error
	if j.brand, err = d.Store.Brand(ctx, a.Statement.BrandID); err != nil {
		return nil, err
	}
	if j.guard, err = d.Store.Guard(ctx, a.Statement.BrandID); err != nil {
		return nil, err
	}
	if len(j.Channels) == 0 {
		j.Channels = []desk.Channel{{BrandID: a.Statement.BrandID, Kind: a.Variant.Kind}}
	}
	if j.Due.IsZero() {
		j.Due = time.Now()
	}
	j.reader = Read(j.Channels[0], a.Variant.Text)
	return j.all(ctx), nil
}

// all runs the checks side by side. One that does not end in time is named, and what it would still say is dropped.
func (j *job) all(ctx context.Context) []desk.Finding {
	wait := j.Patience
	if wait == 0 {
		wait = patience
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var (
		mu   sync.Mutex // guards said and left
		said = make([][]desk.Finding, len(checks))
		done = make(chan int, len(checks))
		left = len(checks)
	)
	for i, c := range checks {
		go func() {
			found, err := c.run(ctx, j)
			if err != nil {
				if j.Log != nil && ctx.Err() == nil {
					j.Log.Warn("a text could not be checked before publishing", "check", c.name, "error", err)
				}
				found = append(found, unchecked(c.name, desk.FindingWarn, nameOf(c.name)))
			}
			mu.Lock()
			said[i] = named(c.name, found)
			mu.Unlock()
			done <- i
		}()
	}
	// A check that minds the end of ctx ends soon after it; for one that does not, nobody waits longer.
	late := time.NewTimer(wait + time.Second)
	defer late.Stop()
	for left > 0 {
		select {
		case <-done:
			left--
			continue
		case <-late.C:
		}
		break
	}
	mu.Lock()
	defer mu.Unlock()
	for i, c := range checks {
		if left > 0 && said[i] == nil {
			said[i] = named(c.name, []desk.Finding{unchecked(c.name, desk.FindingWarn, nameOf(c.name))})
		}
	}
	return ordered(slices.Concat(said...))
}

func named(check string, found []desk.Finding) []desk.Finding {
	out := make([]desk.Finding, 0, len(found))
	for _, f := range found {
		f.Check = check
		out = append(out, f)
	}
	return out
}

// weights in the order in which findings are shown.
var weights = []string{desk.FindingBlock, desk.FindingSecond, desk.FindingWarn, desk.FindingHint}

func ordered(all []desk.Finding) []desk.Finding {
	slices.SortStableFunc(all, func(a, b desk.Finding) int {
		return cmp.Compare(slices.Index(weights, a.Weight), slices.Index(weights, b.Weight))
	})
	return all
}

// Blocked reports whether one of the findings forbids to go out.
func Blocked(all []desk.Finding) bool {
	return slices.ContainsFunc(all, func(f desk.Finding) bool { return f.Weight == desk.FindingBlock })
}

// nameOf says in a few words what a check looks at.
func nameOf(check string) desk.Text {
	switch check {
	case "links":
		return desk.Say("where the links lead")
	case "names":
		return desk.Say("whether the accounts exist that it names")
	case "spelling":
		return desk.Say("the spelling")
	case "grammar":
		return desk.Say("the grammar")
	case "hashtags":
		return desk.Say("what people post under the hashtags")
	case "facts":
		return desk.Say("whether the facts that it cites are confirmed")
	case "media":
		return desk.Say("the pictures and films")
	case "sensitive":
		return desk.Say("sensitive subjects")
	case "mixed":
		return desk.Say("whether the texts deny and are sorry at once")
	case "repeat":
		return desk.Say("whether it was said before")
	}
	return desk.Say("what else goes on at this time")
}

// unchecked is the finding for what could not be looked at: silence would read as "all right".
func unchecked(check, weight string, what desk.Text) desk.Finding {
	return desk.Finding{Check: check, Weight: weight, Say: desk.Say("Not checked: {what}.", "what", what), Fix: desk.Say("Look at it yourself, or check again.")}
}

// Read reads a text as a channel's network will, with the limits that the network told last.
func Read(c desk.Channel, text string) posttext.Reading { return behind(c, "", text) }

// behind is Read of what is folded behind a content warning.
func behind(c desk.Channel, warning, text string) posttext.Reading {
	return posttext.Behind(network(cmp.Or(c.Limits.As, c.Kind)), posttext.Limits{Text: c.Limits.Text, Bytes: c.Limits.Bytes, PerLink: c.Limits.PerLink}, warning, text)
}

// warning is what an answer on Mastodon and its like is folded behind: the title has no other place there.
func (j *job) warning(c desk.Channel) string {
	if j.Statement.Answers == nil || c.Kind != "mastodon" {
		return ""
	}
	return j.Variant.Title
}

// network is whose rules hold for a kind of channel.
func network(kind string) string {
	if posttext.Known(kind) {
		return kind
	}
	return "other"
}
