package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/posttext"
	"breakwater/preflight"
)

func (c *Console) checkRoutes() []route {
	return []route{
		{"GET /checks", desk.Viewer, c.checkShow},
		{"POST /checks/try", desk.Responder, c.checkTry},
		{"POST /checks/guard", desk.Lead, c.checkSave},
		{"POST /media", desk.Responder, c.mediaAdd},
		{"GET /media/{hash}", desk.Viewer, c.mediaShow},
	}
}

// checksPage tries a text against the checks before publishing, and holds what the brand adds to them.
type checksPage struct {
	Frame
	// The text that is tried.
	Places []choice // channels and networks
	Place  string   // "channel:7" or a network
	Langs  []choice
	In     string // the language
	Title  string
	Text   string
	Tried  *triedText

	Guard              desk.Guard
	Words, Days, Names string // one a line, as the form has them
	Quiet              string
	Program            []programWords // of the language
}

// triedText is what was found in a text.
type triedText struct {
	Reading  posttext.Reading
	Findings []foundThing
	Blocked  bool
	Pieces   []textPiece // the text with its findings marked
}

// foundThing is a finding as the list shows it.
type foundThing struct {
	desk.Finding
	Weighs desk.Text
	Icon   string
}

// textPiece is a part of the text; Weight is that of a finding about it, empty for none.
type textPiece struct{ Text, Weight string }

// programWords are the sensitive expressions of one subject.
type programWords struct {
	Topic string
	Words []string
}

func (c *Console) checkShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.checksPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "checks/checks", p)
}

func (c *Console) checksPage(r *http.Request) (*checksPage, error) {
	ctx, v := r.Context(), visitOf(r)
	g, err := c.Preflight.Guard(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	channels, err := c.Preflight.Places(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	in := r.FormValue("lang")
	if in == "" {
		in = v.speak.Tag()
	}
	words, err := c.Preflight.Words(ctx, in)
	if err != nil {
		return nil, err
	}
	p := newChecksPage(g, channels, in, words)
	p.Place, p.Title, p.Text = r.FormValue("place"), r.PostFormValue("title"), r.PostFormValue("text")
	return p, nil
}

func newChecksPage(g desk.Guard, channels []desk.Channel, in string, words map[string][]string) *checksPage {
	p := &checksPage{Frame: Frame{Area: "checks"}, Guard: g, In: in}
	for _, ch := range channels {
		p.Places = append(p.Places, choice{"channel:" + itoa(ch.ID), own(ch.Name)})
	}
	for _, n := range []string{"x", "mastodon", "bluesky", "linkedin", "facebook", "instagram", "threads", "telegram", "email", "wordpress"} {
		p.Places = append(p.Places, choice{n, own(networkName(n))})
	}
	for _, code := range []string{"en", "he", "pl", "id", "zh-Hant", "zh-Hans", "sv"} {
		p.Langs = append(p.Langs, choice{code, own(langName(code))})
	}
	for _, t := range desk.SensitiveTopics {
		if len(words[t]) > 0 {
			p.Program = append(p.Program, programWords{t, words[t]})
		}
	}
	p.fill(g)
	return p
}

// fill writes the guard into the form.
func (p *checksPage) fill(g desk.Guard) {
	var words, days []string
	for _, w := range g.Words {
		words = append(words, strings.TrimPrefix(w.Topic+": "+w.Text, ": "))
	}
	for _, d := range g.Days {
		days = append(days, d.Day+" "+d.Name)
	}
	p.Words, p.Days = strings.Join(words, "\n"), strings.Join(days, "\n")
	p.Names, p.Quiet = strings.Join(g.Names, "\n"), strings.Join(g.Quiet, "\n")
}

// checkTry looks over the text of the form.
func (c *Console) checkTry(w http.ResponseWriter, r *http.Request) error {
	p, err := c.checksPage(r)
	if err != nil {
		return err
	}
	v := desk.Variant{Lang: p.In, Title: p.Title, Text: p.Text}
	if id, ok := strings.CutPrefix(p.Place, "channel:"); ok {
		v.ChannelID = number(id)
	} else {
		v.Kind = p.Place
	}
	brand := visitOf(r).brand.ID
	found, err := c.Preflight.Look(r.Context(), desk.Statement{BrandID: brand, Kind: "ordinary"}, v, time.Time{})
	if err != nil {
		return err
	}
	reading, err := c.Preflight.Count(r.Context(), v.Kind, v.ChannelID, p.Text)
	if err != nil {
		return err
	}
	p.Tried = newTried(p.Text, reading, found)
	return c.render(w, r, "checks/checks", p)
}

func newTried(text string, reading posttext.Reading, found []desk.Finding) *triedText {
	return &triedText{Reading: reading, Blocked: preflight.Blocked(found), Pieces: markText(text, found), Findings: foundThings(found)}
}

func foundThings(found []desk.Finding) (all []foundThing) {
	for _, f := range found {
		thing := foundThing{Finding: f, Icon: "warn"}
		switch f.Weight {
		case desk.FindingBlock:
			thing.Weighs, thing.Icon = desk.Say("Must be mended"), "stop"
		case desk.FindingSecond:
			thing.Weighs, thing.Icon = desk.Say("Needs a second opinion"), "people"
		case desk.FindingWarn:
			thing.Weighs = desk.Say("Look at it")
		default:
			thing.Weighs, thing.Icon = desk.Say("Hint"), "note"
		}
		all = append(all, thing)
	}
	return all
}

// markText cuts a text where findings begin and end; where they overlap the one that weighs more, which comes first, is shown.
func markText(text string, found []desk.Finding) (all []textPiece) {
	var places []desk.Finding
	for _, f := range found {
		overlaps := func(o desk.Finding) bool { return f.From < o.To && o.From < f.To }
		if f.From >= 0 && f.From < f.To && f.To <= len(text) && !slices.ContainsFunc(places, overlaps) {
			places = append(places, f)
		}
	}
	slices.SortFunc(places, func(a, b desk.Finding) int { return a.From - b.From })
	at := 0
	for _, f := range places {
		all = append(all, textPiece{text[at:f.From], ""}, textPiece{text[f.From:f.To], f.Weight})
		at = f.To
	}
	return append(all, textPiece{text[at:], ""})
}

// checkSave takes what the brand adds to the checks.
func (c *Console) checkSave(w http.ResponseWriter, r *http.Request) error {
	p, err := c.checksPage(r)
	if err != nil {
		return err
	}
	p.Words, p.Days, p.Names, p.Quiet = r.PostFormValue("words"), r.PostFormValue("days"), r.PostFormValue("names"), r.PostFormValue("quiet")
	g := desk.Guard{BrandID: visitOf(r).brand.ID, Version: int(number(r.PostFormValue("version"))), Names: formLines(p.Names), Quiet: formLines(p.Quiet)}
	for _, line := range formLines(p.Words) {
		topic, word, ok := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
		if !ok {
			topic, word = "", line
		}
		g.Words = append(g.Words, desk.GuardWord{Topic: strings.TrimSpace(topic), Text: strings.TrimSpace(word)})
	}
	for _, line := range formLines(p.Days) {
		day, name, _ := strings.Cut(line, " ")
		g.Days = append(g.Days, desk.GuardDay{Day: day, Name: strings.TrimSpace(name)})
	}
	if _, err := c.Preflight.SaveGuard(r.Context(), g); err != nil {
		return c.again(w, r, "checks/checks", p, err)
	}
	return seeOther(w, r, "/checks", "saved")
}

// formLines are the lines of a text area that hold something.
func formLines(s string) (all []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// mediaAdd takes in a picture or film of a form, and answers with what goes into a variant.
func (c *Console) mediaAdd(w http.ResponseWriter, r *http.Request) error {
	f, name, err := upload(r, "file")
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, preflight.MaxUpload+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	m, err := c.Preflight.Upload(r.Context(), name, b)
	if err != nil {
		return err
	}
	m.Alt = strings.TrimSpace(r.PostFormValue("alt"))
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(m)
}

func (c *Console) mediaShow(w http.ResponseWriter, r *http.Request) error {
	b, kind, err := c.Preflight.Media(r.Context(), r.PathValue("hash"))
	if err != nil {
		return err
	}
	return preflight.ServeMedia(w, b, kind)
}
