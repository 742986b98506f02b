package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"breakwater/assess"
	"breakwater/desk"
)

// advicePage is how an incident is classified, how to answer, and which level the signs ask for.
type advicePage struct {
	Frame
	Nav        assessNav
	Counsel    assess.Counsel
	Questions  []questionView
	Categories []choice
	Sides      []choice
	Groups     []checkView
	Teams      string
	Signs      []signView
	Steps      []levelChoice
}

// questionView is one of the six questions with its answers.
type questionView struct {
	Name    string
	Value   string
	Answers []choice
}

// checkView is one of several that may be chosen together.
type checkView struct {
	choice
	Chosen bool
}

// signView is a sign with its weight and a bar.
type signView struct {
	assess.Measure
	Row shareView
}

func (c *Console) adviceShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	counsel, err := c.Assess.Adviser.Counsel(r.Context(), id)
	if err != nil {
		return err
	}
	return c.render(w, r, "assess/advice", newAdvicePage(counsel))
}

func newAdvicePage(c assess.Counsel) *advicePage {
	a := c.Appraisal
	if a.Version == 0 { // nobody decided yet: the form begins with what the mentions suggest
		a.Category, a.Side, a.Affected, a.Teams = c.Guess.Category, c.Guess.Side, c.Guess.Affected, c.Guess.Teams
	}
	p := &advicePage{Frame: Frame{Area: "room"}, Nav: assessNav{c.Incident, "advice"}, Counsel: c, Teams: strings.Join(a.Teams, "\n"),
		Categories: append(named("category", ""), named("category", desk.Categories...)...), Sides: append(named("side", ""), named("side", desk.Sides...)...)}
	p.Counsel.Appraisal = a
	for _, q := range desk.Questions {
		p.Questions = append(p.Questions, questionView{q.Name, *a.Answer(q.Name), append(named("answer", ""), named("answer", q.Answers...)...)})
	}
	for _, g := range named("group", desk.Groups...) {
		p.Groups = append(p.Groups, checkView{g, slices.Contains(a.Affected, g.Value)})
	}
	for _, m := range c.Level.Measures {
		p.Signs = append(p.Signs, signView{m, shareView{Bar: bar(m.Points, m.Weight)}})
	}
	return p
}

func (c *Console) adviceSave(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return desk.Wrong("form", "This is too long.")
	}
	a := desk.Appraisal{IncidentID: id, Category: r.PostFormValue("category"), Side: r.PostFormValue("side"), Affected: r.PostForm["affected"],
		Teams: strings.Split(r.PostFormValue("teams"), "\n"), Version: int(number(r.PostFormValue("version")))}
	for _, q := range desk.Questions {
		*a.Answer(q.Name) = r.PostFormValue(q.Name)
	}
	if _, err := c.Assess.Adviser.Decide(r.Context(), a); err != nil {
		return err
	}
	return seeOther(w, r, "/incidents/"+itoa(id)+"/advice", "saved")
}

// briefPage is the situation brief on a page.
type briefPage struct {
	Frame
	Nav     assessNav
	Doc     assess.Doc
	Length  string
	Lengths []choice
	Prints  bool // PDF can be had
}

func (c *Console) briefShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	length := r.URL.Query().Get("length")
	if length != assess.Tactical {
		length = assess.Executive
	}
	b, err := c.Assess.Briefs.Gather(r.Context(), id)
	if err != nil {
		return err
	}
	p := &briefPage{Frame: Frame{Area: "room"}, Nav: assessNav{b.Incident, "brief"}, Doc: b.Doc(length, visitOf(r).speak.Tag()), Length: length,
		Lengths: named("length", assess.Lengths...), Prints: c.Assess.Briefs.Print != nil}
	return c.render(w, r, "assess/brief", p)
}

// briefFile is the brief as a file: brief.md, brief.html, brief.pdf.
func (c *Console) briefFile(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	f, err := c.Assess.Briefs.File(r.Context(), id, r.URL.Query().Get("length"), visitOf(r).speak.Tag(), r.PathValue("format"))
	if err != nil {
		return err
	}
	return sendFile(w, f)
}

// sendFile answers with a file of ours. A page opens in the browser, anything else is saved.
func sendFile(w http.ResponseWriter, f assess.File) error {
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Cache-Control", "no-store")
	how := "attachment"
	if strings.HasPrefix(f.Type, "text/html") {
		how = "inline"
		h.Set("Content-Security-Policy", f.Policy+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	}
	h.Set("Content-Disposition", how+`; filename="`+f.Name+`"`)
	_, err := w.Write(f.Body)
	if errors.Is(err, context.Canceled) {
		return nil // who asked has gone
	}
	return err
}
