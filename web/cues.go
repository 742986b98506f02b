package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/enrich"
)

func (c *Console) cueRoutes() []route {
	return []route{
		{"GET /cues", desk.Viewer, c.cueList},
		{"GET /cues/export", desk.Viewer, c.cueExport},
		{"POST /cues/add", desk.Lead, c.cueAdd},
		{"POST /cues/change", desk.Lead, c.cueChange},
		{"POST /cues/type", desk.Lead, c.cueType},
		{"POST /cues/quiet", desk.Lead, c.cueQuiet},
		{"POST /cues/import", desk.Lead, c.cueImport},
		{"POST /cues/remark", desk.Lead, c.cueRemark},
		{"POST /mentions/{id}/cue", desk.Responder, c.cueTag},
	}
}

// cuesPage shows a brand's types of crisis and its own words for them.
type cuesPage struct {
	Frame
	List    desk.CueList
	Types   []typeRow
	Offered []choice // types that words can be given to
	Langs   []choice
	Own     []ownCueRow
	Work    *enrich.Remarking
	Preview *cuePreview

	// The form for new words, as it was filled.
	Type, In, Words string // In: the language
	Strong          bool
}

// typeRow is a type of the list.
type typeRow struct {
	enrich.TypeOf
	Level desk.Level
}

// ownCueRow is an expression of the brand's own; N is its place in the list.
type ownCueRow struct {
	desk.OwnCue
	N int
}

// cuePreview is what a list would change.
type cuePreview struct {
	Say       desk.Text
	New, Gone []mentionView
}

func (c *Console) cueList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.cuesPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "cues/cues", p)
}

func (c *Console) cuesPage(r *http.Request) (*cuesPage, error) {
	ctx, brand := r.Context(), visitOf(r).brand.ID
	list, err := c.Lexicon.List(ctx, brand)
	if err != nil {
		return nil, err
	}
	types, err := c.Lexicon.Types(ctx, brand)
	if err != nil {
		return nil, err
	}
	p := newCuesPage(list, types)
	work, err := c.Lexicon.Progress(ctx)
	for i := range work {
		if work[i].BrandID == brand {
			p.Work = &work[i]
		}
	}
	return p, err
}

func newCuesPage(list desk.CueList, types []enrich.TypeOf) *cuesPage {
	p := &cuesPage{Frame: Frame{Area: "monitors"}, List: list, Strong: true, Langs: []choice{{"", desk.Say("All languages")}}}
	for _, code := range []string{"en", "he", "pl", "id", "zh-Hant", "zh-Hans", "sv"} {
		p.Langs = append(p.Langs, choice{code, own(langName(code))})
	}
	for _, t := range types {
		p.Types = append(p.Types, typeRow{TypeOf: t})
		p.Offered = append(p.Offered, choice{t.Name, t.Title})
	}
	for i, o := range list.Cues {
		p.Own = append(p.Own, ownCueRow{o, i})
	}
	return p
}

// cueAdd adds words, one a line, or shows what they would change.
func (c *Console) cueAdd(w http.ResponseWriter, r *http.Request) error {
	p, err := c.cuesPage(r)
	if err != nil {
		return err
	}
	p.Type, p.In, p.Words, p.Strong = r.PostFormValue("type"), r.PostFormValue("lang"), r.PostFormValue("words"), r.PostFormValue("strong") != ""
	if other := strings.TrimSpace(r.PostFormValue("other")); other != "" {
		p.Type = other
	}
	next := p.List
	next.Version = int(number(r.PostFormValue("version")))
	next.Cues = slices.Clone(next.Cues)
	for line := range strings.Lines(p.Words) {
		if line = strings.TrimSpace(line); line != "" {
			next.Cues = append(next.Cues, desk.OwnCue{Type: p.Type, Lang: p.In, Text: line, Strong: p.Strong})
		}
	}
	if len(next.Cues) == len(p.List.Cues) {
		return c.again(w, r, "cues/cues", p, desk.Wrong("words", "Write the words to look for."))
	}
	return c.cuesDone(w, r, p, next)
}

// cuesDone saves a list, or shows what it would change when the form was asked to try.
func (c *Console) cuesDone(w http.ResponseWriter, r *http.Request, p *cuesPage, next desk.CueList) error {
	if r.PostFormValue("do") == "try" {
		got, err := c.Lexicon.Preview(r.Context(), next)
		if err != nil {
			return c.again(w, r, "cues/cues", p, underWords(err))
		}
		z := zone(visitOf(r).brand)
		p.Preview = &cuePreview{Say: got.Say, New: mentionViews(got.New, z), Gone: mentionViews(got.Gone, z)}
		return c.render(w, r, "cues/cues", p)
	}
	if _, err := c.Lexicon.Save(r.Context(), next); err != nil {
		return c.again(w, r, "cues/cues", p, underWords(err))
	}
	if r.PostFormValue("remark") != "" {
		if err := c.Lexicon.Remark(r.Context(), next.BrandID); err != nil {
			return err
		}
	}
	return seeOther(w, r, "/cues", "saved")
}

// underWords shows what is wrong with single expressions under the field that they were typed in.
func underWords(err error) error {
	all := invalids(err)
	if len(all) == 0 {
		return err
	}
	var moved []error
	for _, e := range all {
		field := e.Field
		switch {
		case strings.HasPrefix(field, "cues"):
			field = "words"
		case strings.HasPrefix(field, "quiet"):
			field = "quiet"
		}
		moved = append(moved, &desk.Invalid{Field: field, Reason: e.Reason})
	}
	return errors.Join(moved...)
}

// cueChange switches one expression of the brand's own on or off, or takes it away.
func (c *Console) cueChange(w http.ResponseWriter, r *http.Request) error {
	p, err := c.cuesPage(r)
	if err != nil {
		return err
	}
	next, n := p.List, int(number(r.PostFormValue("n")))
	next.Version = int(number(r.PostFormValue("version")))
	if n < 0 || n >= len(next.Cues) {
		return desk.ErrConflict
	}
	next.Cues = slices.Clone(next.Cues)
	switch r.PostFormValue("act") {
	case "off":
		next.Cues[n].Off = true
	case "on":
		next.Cues[n].Off = false
	default:
		next.Cues = slices.Delete(next.Cues, n, n+1)
	}
	return c.cuesDone(w, r, p, next)
}

// cueType tells a type for this brand, or does no longer.
func (c *Console) cueType(w http.ResponseWriter, r *http.Request) error {
	p, err := c.cuesPage(r)
	if err != nil {
		return err
	}
	next, name := p.List, r.PostFormValue("type")
	next.Version = int(number(r.PostFormValue("version")))
	next.Off = slices.DeleteFunc(slices.Clone(next.Off), func(o string) bool { return o == name })
	if r.PostFormValue("act") == "off" {
		next.Off = append(next.Off, name)
	}
	return c.cuesDone(w, r, p, next)
}

// cueQuiet makes an expression of the program count no longer for this brand, or count again.
func (c *Console) cueQuiet(w http.ResponseWriter, r *http.Request) error {
	p, err := c.cuesPage(r)
	if err != nil {
		return err
	}
	next := p.List
	next.Version = int(number(r.PostFormValue("version")))
	q := desk.QuietCue{Type: r.PostFormValue("type"), Text: strings.TrimSpace(r.PostFormValue("text"))}
	if r.PostFormValue("act") == "on" {
		q.Lang = r.PostFormValue("lang")
		next.Quiet = slices.DeleteFunc(slices.Clone(next.Quiet), func(o desk.QuietCue) bool { return o == q })
	} else {
		next.Quiet = append(slices.Clone(next.Quiet), q)
	}
	return c.cuesDone(w, r, p, next)
}

// cueImport takes a list from a file, or shows what it would change.
func (c *Console) cueImport(w http.ResponseWriter, r *http.Request) error {
	f, _, err := upload(r, "file")
	var next desk.CueList
	if err == nil {
		next, err = c.Lexicon.Import(r.Context(), visitOf(r).brand.ID, f, r.PostFormValue("add") != "")
		err = errors.Join(err, f.Close())
	}
	if err != nil && invalids(err) == nil {
		return err
	}
	p, perr := c.cuesPage(r)
	if perr != nil {
		return perr
	}
	if err != nil {
		return c.again(w, r, "cues/cues", p, err)
	}
	return c.cuesDone(w, r, p, next)
}

func (c *Console) cueExport(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Lexicon.List(r.Context(), visitOf(r).brand.ID)
	if err != nil {
		return err
	}
	format := r.URL.Query().Get("format")
	if !slices.Contains(enrich.CueFormats, format) {
		format = enrich.CueFormats[0]
	}
	w.Header().Set("Content-Type", enrich.CueFileType(format))
	w.Header().Set("Content-Disposition", `attachment; filename="cues.`+format+`"`)
	return enrich.WriteCues(w, list, format)
}

func (c *Console) cueRemark(w http.ResponseWriter, r *http.Request) error {
	if err := c.Lexicon.Remark(r.Context(), visitOf(r).brand.ID); err != nil {
		return err
	}
	return seeOther(w, r, "/cues", "remarking")
}

// cueTag records what a person says a mention is about.
func (c *Console) cueTag(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Lexicon.Tag(r.Context(), id, r.PostFormValue("type"), r.PostFormValue("act") == "not"); err != nil {
		return err
	}
	return seeOther(w, r, "/mentions/"+itoa(id), "saved")
}

// piece is a part of a text; Cue says that a crisis cue was found in it.
type piece struct {
	Text string
	Cue  bool
}

// Pieces cut the text where crisis cues were found in it.
func (m mentionView) Pieces() []piece {
	var spans []desk.Span
	for _, f := range m.Found {
		for _, s := range f.Words {
			if s.From >= 0 && s.From < s.To && s.To <= len(m.Text) && m.Text[s.From:s.To] == s.Words {
				spans = append(spans, s)
			}
		}
	}
	slices.SortFunc(spans, func(a, b desk.Span) int { return a.From - b.From })
	var pieces []piece
	at := 0
	for _, s := range spans {
		if s.To <= at {
			continue
		}
		from := max(at, s.From)
		if from > at {
			pieces = append(pieces, piece{m.Text[at:from], false})
		}
		pieces = append(pieces, piece{m.Text[from:s.To], true})
		at = s.To
	}
	if at < len(m.Text) {
		pieces = append(pieces, piece{m.Text[at:], false})
	}
	return pieces
}

// cueView is a type of crisis on a mention's page.
type cueView struct {
	Name  string
	Title desk.Text
	Words string // as they were written
	By    string // who said so by hand
	Not   bool
}

// cueViews are the types of a mention with their words.
func cueViews(m desk.Mention) []cueView {
	var all []cueView
	for _, f := range m.Found {
		v := cueView{Name: f.Type, Title: word("cue", f.Type), By: f.By, Not: f.Not}
		var words []string
		for _, s := range f.Words {
			if s.Words != "" && !slices.Contains(words, s.Words) {
				words = append(words, s.Words)
			}
		}
		v.Words = strings.Join(words, " · ")
		all = append(all, v)
	}
	for _, typ := range m.Cues { // stored by an older version
		if !slices.ContainsFunc(all, func(v cueView) bool { return v.Name == typ }) {
			all = append(all, cueView{Name: typ, Title: word("cue", typ)})
		}
	}
	return all
}
