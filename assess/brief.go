package assess

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"breakwater/desk"
	"breakwater/internal/say"
)

// Lengths of a brief.
const (
	Executive = "executive" // one page, for those who decide and speak
	Tactical  = "tactical"  // all that the team works with
)

// Lengths are the lengths in the order of choosing.
var Lengths = []string{Executive, Tactical}

// BriefStore is what the brief needs of storage.
type BriefStore interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Claims(ctx context.Context, incidentID int64) ([]desk.Claim, error)
	Journal(ctx context.Context, f desk.EntryFilter) ([]desk.Entry, error)
	Promises(ctx context.Context, brandID, incidentID int64, state string, from time.Time, n int) ([]desk.Promise, error)
}

// Briefer writes the situation brief: what, since when, how big, what is known, what was done, what is next, what to decide.
type Briefer struct {
	Store   BriefStore
	Adviser *Adviser
	// Print makes a PDF of a page that stands for itself; nil when there is no browser to print with.
	Print func(ctx context.Context, page []byte) ([]byte, error)
}

// Brief is what a brief is written from.
type Brief struct {
	Counsel
	Brand    desk.Brand     `json:"brand"`
	At       time.Time      `json:"at"`
	Facts    []desk.Fact    `json:"facts"`
	Claims   []desk.Claim   `json:"claims"`
	Entries  []desk.Entry   `json:"entries"`  // decisions, newest first
	Promises []desk.Promise `json:"promises"` // that are open, the next one due first
}

// promisesRead is how many open promises a brief tells of; a room has one or two.
const promisesRead = 20

// journalRead is how many entries are looked through for decisions.
const journalRead = 200

// Gather reads all that a brief is written from. desk.ErrNotFound.
func (b *Briefer) Gather(ctx context.Context, incidentID int64) (Brief, error) {
	c, err := b.Adviser.Counsel(ctx, incidentID)
	if err != nil {
		return Brief{}, err
	}
	brief := Brief{Counsel: c, At: time.Now().UTC()}
	if brief.Brand, err = b.Store.Brand(ctx, c.Incident.BrandID); err != nil {
		return brief, err
	}
	if brief.Facts, err = b.Store.Facts(ctx, incidentID); err != nil {
		return brief, err
	}
	if brief.Claims, err = b.Store.Claims(ctx, incidentID); err != nil {
		return brief, err
	}
	entries, err := b.Store.Journal(ctx, desk.EntryFilter{IncidentID: incidentID, Paging: desk.Paging{Limit: journalRead}})
	if err != nil {
		return brief, err
	}
	brief.Entries = slices.DeleteFunc(entries, func(e desk.Entry) bool { return !slices.Contains(decisions, e.Do) })
	brief.Promises, err = b.Store.Promises(ctx, 0, incidentID, desk.PromiseOpen, time.Time{}, promisesRead)
	return brief, err
}

// decisions are the acts that change how an incident is handled, as the journal names them.
var decisions = []string{
	"alert.decide",
	"incident.open", "incident.level", "incident.decision", "incident.close", "incident.reopen",
	"hold.press", "hold.end",
	"statement.glass", "statement.publish", "statement.correct", "statement.withdraw",
	"post.withdraw", "removal.decide",
	"promise.make", "promise.kept", "promise.dropped",
}

// Doc is a brief in a reader's language, before it becomes a page, Markdown or PDF.
type Doc struct {
	Lang, Dir string
	Title     string
	Level     desk.Level
	LevelName string
	Drill     string   // the word, when it is a rehearsal
	Under     []string // lines under the title
	Parts     []DocPart
	Foot      string
}

// DocPart is a section.
type DocPart struct {
	Title   string
	Figures []DocFigure
	Lines   []DocLine
	Empty   string // said when there are no lines
}

// DocFigure is a number with what it says.
type DocFigure struct{ Name, Value, Note string }

// DocLine is an item of a section: a short mark (F1, a clock), the text, and what stands small beneath it.
type DocLine struct {
	Mark, Text, Note string
	Strong           bool
}

// How much each length shows.
var shown = map[string]struct{ facts, claims, voices, done, next int }{
	Executive: {6, 3, 3, 5, 5},
	Tactical:  {100, 50, 10, 40, 40},
}

// writer writes one brief in one language.
type writer struct {
	*say.Printer
	Brief
	length string
	zone   *time.Location
}

// Doc writes the brief. An unknown length is Executive.
func (b Brief) Doc(length, lang string) Doc {
	if !slices.Contains(Lengths, length) {
		length = Executive
	}
	w := writer{say.For(lang, ""), b, length, time.UTC}
	if z, err := time.LoadLocation(b.Brand.Zone); err == nil {
		w.zone = z
	}
	i := &b.Incident
	d := Doc{Lang: w.Tag(), Dir: w.Dir(), Title: i.Title, Level: i.Level, LevelName: w.T(i.Level.String()), Under: w.under(),
		Foot: w.T("For inside use. Made from what the desk heard and the team wrote down; figures are those of {when}.", "when", w.when(b.Picture.At))}
	if i.DrillID != 0 {
		d.Drill = w.T("DRILL")
	}
	parts := []func() DocPart{w.what, w.promised, w.size, w.known, w.checking, w.claimed, w.done, w.next, w.asks}
	if length == Tactical {
		parts = []func() DocPart{w.what, w.promised, w.size, w.known, w.checking, w.withdrawn, w.claimed, w.voices, w.done, w.next, w.asks, w.answer, w.level}
	}
	for _, part := range parts {
		if p := part(); len(p.Lines) > 0 || len(p.Figures) > 0 || p.Empty != "" {
			d.Parts = append(d.Parts, p)
		}
	}
	return d
}

func (w *writer) when(at time.Time) string {
	if at.IsZero() {
		return "–"
	}
	at = at.In(w.zone)
	return w.When(at) + " " + at.Format("MST")
}

// apart keeps a piece that runs the other way than the brief from pulling its neighbours along (Unicode UAX #9: isolates).
func (w *writer) apart(s string) string {
	for _, r := range s {
		latin, back := unicode.In(r, unicode.Latin, unicode.Han, unicode.Cyrillic, unicode.Greek), unicode.In(r, unicode.Hebrew, unicode.Arabic)
		if w.Dir() == "rtl" && latin || w.Dir() == "ltr" && back {
			return "\u2068" + s + "\u2069"
		}
	}
	return s
}

func (w *writer) name(group, value string) string { return w.Text(name(group, value)) }

func (w *writer) names(group string, values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = w.name(group, v)
	}
	return w.List(all)
}

func (w *writer) under() []string {
	i := &w.Incident
	all := []string{w.T("Situation brief of {brand} · {length}", "brand", w.apart(w.Brand.Name), "length", w.name("length", w.length)),
		w.T("As of {when}", "when", w.when(w.At))}
	if i.Lead != "" {
		all = append(all, w.T("Led by {name}", "name", i.Lead))
	}
	return all
}

func (w *writer) what() DocPart {
	i := &w.Incident
	p := DocPart{Title: w.T("What is happening")}
	if i.Known != "" {
		p.Lines = append(p.Lines, DocLine{Text: i.Known, Strong: true})
	}
	if i.Outcome != "" {
		p.Lines = append(p.Lines, DocLine{Mark: w.T("How it ended"), Text: i.Outcome})
	}
	if c := w.Appraisal.Category; c != "" {
		text := w.name("category", c)
		if w.Appraisal.Side != "" {
			text += " · " + w.name("side", w.Appraisal.Side)
		}
		p.Lines = append(p.Lines, DocLine{Mark: w.T("Kind"), Text: text})
	}
	if a := w.Appraisal.Affected; len(a) > 0 {
		p.Lines = append(p.Lines, DocLine{Mark: w.T("Who is affected"), Text: w.names("group", a)})
	}
	p.Lines = append(p.Lines, DocLine{Mark: w.T("Since"), Text: w.when(i.Began), Note: w.T("room opened {when}", "when", w.when(i.Opened))})
	return p
}

// promised are the clocks that run in public: what we said we would say, and by when.
func (w *writer) promised() DocPart {
	p := DocPart{Title: w.T("What we promised")}
	for _, one := range w.Promises {
		left := one.Due.Sub(w.At)
		line := DocLine{Mark: w.Clock(one.Due.In(w.zone)), Text: one.Text, Note: w.T("{minutes} minutes are left", "minutes", int(left.Minutes())), Strong: one.Late(w.At)}
		switch {
		case one.Late(w.At):
			line.Note = w.T("late by {minutes} minutes", "minutes", int(-left.Minutes()))
		case left > 3*time.Hour:
			line.Note = w.when(one.Due)
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func (w *writer) size() DocPart {
	c := &w.Picture
	p := DocPart{Title: w.T("How big it is")}
	hour := DocFigure{Name: w.T("Mentions in the last hour"), Value: w.Number(float64(c.Hour))}
	if c.Expected > 0 {
		hour.Note = w.T("usual {x}", "x", c.Expected)
	}
	grows := DocFigure{Name: w.T("Growth"), Value: w.name("phase", c.Phase)}
	switch {
	case c.Doubling > 0:
		grows.Note = w.T("doubles in {n} minutes", "n", c.Doubling)
	case c.Doubling < 0:
		grows.Note = w.T("halves in {n} minutes", "n", -c.Doubling)
	}
	tone := DocFigure{Name: w.T("Negative share"), Value: w.Percent(c.Negative)}
	if c.ShareKnown {
		tone.Note = w.T("usual {share}", "share", w.Percent(c.UsualShare))
	}
	p.Figures = []DocFigure{hour, grows, tone,
		{Name: w.T("Mentions"), Value: w.Compact(float64(c.Total)), Note: w.T("since it began")},
		{Name: w.T("Different people"), Value: w.Compact(float64(c.People)), Note: w.T("since it began")},
		{Name: w.T("Audience"), Value: w.Compact(float64(c.Reach)), Note: w.T("followers of all authors")}}
	if len(c.Networks) > 0 {
		var all []string
		for _, n := range c.Networks[:min(len(c.Networks), 5)] {
			all = append(all, w.apart(desk.NetworkName(n.Name)+" "+w.Number(float64(n.Count))))
		}
		p.Lines = append(p.Lines, DocLine{Mark: w.T("Where"), Text: w.List(all)})
	}
	if n := len(c.Media); n > 0 {
		var all []string
		for _, v := range c.Media[:min(n, 5)] {
			all = append(all, w.apart(called(v.Author)))
		}
		p.Lines = append(p.Lines, DocLine{Mark: w.T("Media"), Text: w.List(all)})
	}
	if len(c.Missing) > 0 {
		p.Lines = append(p.Lines, DocLine{Text: w.T("Some figures could not be read in time and are missing here.")})
	}
	return p
}

// called is how people name an author.
func called(a desk.Author) string {
	switch {
	case a.Name != "":
		return a.Name
	case a.Handle != "":
		return "@" + a.Handle
	}
	return "–"
}

// facts are those of a state, newest number last.
func (w *writer) facts(state string, note func(*desk.Fact) string) (lines []DocLine) {
	for i := range w.Facts {
		if f := &w.Facts[i]; f.State == state {
			lines = append(lines, DocLine{Mark: f.Name(), Text: f.Text, Note: note(f)})
		}
	}
	if most := shown[w.length].facts; len(lines) > most {
		left := len(lines) - most
		lines = append(lines[:most], DocLine{Text: w.T("and {n} more", "n", left)})
	}
	return lines
}

func (w *writer) known() DocPart {
	return DocPart{Title: w.T("What we know"), Empty: w.T("Nothing is confirmed yet."), Lines: w.facts(desk.FactConfirmed, func(f *desk.Fact) string {
		return strings.Join(filled(w.apart(f.Source), w.T("verified by {name}", "name", w.apart(f.CheckedBy)), w.apart(w.when(f.CheckedAt))), " · ")
	})}
}

func (w *writer) checking() DocPart {
	return DocPart{Title: w.T("What is being checked: not to be said yet"), Lines: w.facts(desk.FactUnconfirmed, func(f *desk.Fact) string { return f.Source })}
}

func (w *writer) withdrawn() DocPart {
	return DocPart{Title: w.T("What turned out wrong"), Lines: w.facts(desk.FactWithdrawn, func(f *desk.Fact) string { return f.Why })}
}

// filled leaves out what is empty.
func filled(all ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (w *writer) claimed() DocPart {
	p := DocPart{Title: w.T("What is claimed")}
	for i := range w.Claims {
		c := &w.Claims[i]
		if len(p.Lines) == shown[w.length].claims {
			p.Lines = append(p.Lines, DocLine{Text: w.T("and {n} more", "n", len(w.Claims)-i)})
			break
		}
		line := DocLine{Mark: c.Name(), Text: w.name("verdict", c.Verdict) + ": " + w.apart(c.Text)}
		if c.Correction != "" {
			line.Note = w.T("Say instead: {text}", "text", w.apart(c.Correction))
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func (w *writer) voices() DocPart {
	p := DocPart{Title: w.T("Who leads the conversation")}
	for _, v := range w.Picture.Voices[:min(len(w.Picture.Voices), shown[w.length].voices)] {
		note := []string{w.apart(desk.NetworkName(v.Network))}
		if v.Author.Followers > 0 {
			note = append(note, w.T("{count} followers", "count", w.Compact(float64(v.Author.Followers))))
		}
		note = append(note, w.T("{n} mentions", "n", v.Mentions))
		if v.Amplified > 0 {
			note = append(note, w.T("repeated {n} times here", "n", v.Amplified))
		}
		p.Lines = append(p.Lines, DocLine{Text: called(v.Author), Note: strings.Join(note, " · ")})
	}
	return p
}

// done is what was decided and which steps were ticked, newest first.
func (w *writer) done() DocPart {
	p := DocPart{Title: w.T("What was done"), Empty: w.T("Nothing yet.")}
	type event struct {
		at   time.Time
		line DocLine
	}
	var all []event
	for _, e := range w.Entries {
		all = append(all, event{e.At, DocLine{Text: w.Text(e.Say), Note: e.Why}})
	}
	for _, s := range w.Incident.Steps {
		if s.Done() {
			all = append(all, event{s.DoneAt, DocLine{Text: w.Text(s.Do), Note: s.DoneBy}})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return b.at.Compare(a.at) })
	for _, e := range all[:min(len(all), shown[w.length].done)] {
		e.line.Mark = w.Clock(e.at.In(w.zone))
		p.Lines = append(p.Lines, e.line)
	}
	return p
}

// next are the open steps, those that are due first on top.
func (w *writer) next() DocPart {
	p := DocPart{Title: w.T("What is next")}
	if w.Incident.State == desk.IncidentClosed {
		return p
	}
	open := slices.DeleteFunc(slices.Clone(w.Incident.Steps), desk.Step.Done)
	slices.SortStableFunc(open, func(a, b desk.Step) int { return a.Due.Compare(b.Due) })
	for i, s := range open {
		if i == shown[w.length].next {
			p.Lines = append(p.Lines, DocLine{Text: w.T("and {n} more", "n", len(open)-i)})
			break
		}
		note := w.T(s.Role)
		if s.Late(w.At) {
			note += " · " + w.T("late")
		}
		p.Lines = append(p.Lines, DocLine{Mark: w.Clock(s.Due.In(w.zone)), Text: w.Text(s.Do), Note: note})
	}
	return p
}

// asks are what those who decide have to answer.
func (w *writer) asks() DocPart {
	p := DocPart{Title: w.T("What has to be decided")}
	if w.Incident.State == desk.IncidentClosed {
		return p
	}
	if l := w.Level.Level; l != w.Incident.Level {
		line := DocLine{Text: w.T("The level: the signs ask for {level}, it is {now}.", "level", l, "now", w.Incident.Level), Strong: l > w.Incident.Level}
		if w.Level.Floor == l && !w.Level.FloorWhy.IsZero() {
			line.Note = w.Text(w.Level.FloorWhy)
		}
		p.Lines = append(p.Lines, line)
	}
	for _, q := range w.Advice.Open {
		p.Lines = append(p.Lines, DocLine{Text: w.name("question", q)})
	}
	late := 0
	for _, s := range w.Incident.Steps {
		if s.Late(w.At) {
			late++
		}
	}
	if late > 0 {
		p.Lines = append(p.Lines, DocLine{Text: w.T("{n} steps are late: who takes them?", "n", late)})
	}
	return p
}

// answer is the adviser's word on how to answer.
func (w *writer) answer() DocPart {
	p := DocPart{Title: w.T("How to answer: advice")}
	p.Lines = append(p.Lines, DocLine{Text: w.name("cluster", w.Advice.Cluster), Note: w.Text(w.Advice.Why), Strong: true})
	for _, t := range slices.Concat(w.Advice.Raised, w.Advice.First) {
		p.Lines = append(p.Lines, DocLine{Text: w.Text(t)})
	}
	for _, list := range []struct {
		mark string
		all  []Option
	}{{"✓", w.Advice.Fits}, {"✗", w.Advice.Unfit}} {
		for _, o := range list.all {
			p.Lines = append(p.Lines, DocLine{Mark: list.mark, Text: w.name("strategy", o.Strategy), Note: w.Text(o.Why)})
		}
	}
	return p
}

// level is what the suggested level was added up from.
func (w *writer) level() DocPart {
	p := DocPart{Title: w.T("Suggested level: {level}, {score} of 100 points", "level", w.Level.Level, "score", w.Level.Score)}
	for _, m := range w.Level.Measures {
		points := "–"
		if m.Known {
			points = w.Number(m.Points) + " / " + w.Number(m.Weight)
		}
		p.Lines = append(p.Lines, DocLine{Mark: points, Text: w.name("sign", m.Name), Note: w.Text(m.Say)})
	}
	return p
}
