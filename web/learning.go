package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"breakwater/desk"
)

func (c *Console) learningRoutes() []route {
	return []route{
		{"GET /mentions/corrections", desk.Viewer, c.correctionList},
		{"POST /mentions/{id}/uncorrect", desk.Responder, c.mentionUncorrect},
		{"GET /engine", desk.Admin, c.engineShow},
		{"POST /engine", desk.Admin, c.engineSave},
		{"POST /engine/allow", desk.Admin, c.engineAllow},
		{"POST /engine/stop", desk.Admin, c.engineStop},
	}
}

// correctionsPage is what people corrected of a brand's mentions, and what it taught.
type correctionsPage struct {
	Frame
	Lesson      desk.Lesson
	Corrections []correctionView
	Pager       pagerView
	Unsure      []mentionView // that the desk is least sure of
	Moods       []choice
}

// correctionView is a correction as the list shows it.
type correctionView struct {
	desk.Correction
	View mentionView
	Back string
}

// Confirmed reports whether a person said what the desk had read.
func (v correctionView) Confirmed() bool { return v.Was == v.Mention.Mood }

const (
	correctionsShown = 30
	unsureShown      = 5
)

func (c *Console) correctionList(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r)
	p := &correctionsPage{Frame: Frame{Area: "mentions"}, Moods: named("mood", "negative", "neutral", "positive")}
	var err error
	if p.Lesson, err = c.Lessons.Lesson(ctx, v.brand.ID); err != nil {
		return err
	}
	all, err := c.Lessons.List(ctx, v.brand.ID, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: correctionsShown + 1})
	if err != nil {
		return err
	}
	all, p.Pager = pieceOf(r, all, correctionsShown, func(k desk.Correction) int64 { return k.ID })
	for _, k := range all {
		p.Corrections = append(p.Corrections, correctionView{k, mentionView{Mention: k.Mention, Zone: zone(v.brand)}, r.URL.RequestURI()})
	}
	if v.actor.Role >= desk.Responder && p.Pager.First == "" {
		unsure, err := c.Lessons.Unsure(ctx, v.brand.ID, unsureShown)
		if err != nil {
			return err
		}
		p.Unsure = mentionViews(unsure, zone(v.brand))
	}
	return c.render(w, r, "mentions/corrections", p)
}

func (c *Console) mentionUncorrect(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Lessons.Undo(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/mentions/"+itoa(id), "uncorrected")
}

// enginePage is the engine outside: its settings, how it is doing, and whether texts may be sent to it.
type enginePage struct {
	Frame
	Engine desk.Engine
	State  desk.EngineState
	Kinds  []choice
	Below  int       // percent
	Host   string    // of the address, as saved
	Found  desk.Text // by a test
}

func (c *Console) enginePage(ctx context.Context, e *desk.Engine) (*enginePage, error) {
	stored, state, err := c.Outside.Settings(ctx)
	if err != nil {
		return nil, err
	}
	p := &enginePage{Frame: Frame{Area: "people"}, Engine: stored, State: state, Kinds: named("engine", desk.EngineClassifier, desk.EngineChat)}
	if _, after, ok := strings.Cut(stored.Address, "://"); ok {
		p.Host, _, _ = strings.Cut(after, "/")
		p.Host = strings.ToLower(p.Host)
	}
	if e != nil {
		p.Engine = *e
		p.Engine.Allowed = stored.Allowed
	}
	p.Below = int(math.Round(100 * p.Engine.Below))
	return p, nil
}

func (c *Console) engineShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.enginePage(r.Context(), nil)
	if err != nil {
		return err
	}
	return c.render(w, r, "people/engine", p)
}

func engineForm(r *http.Request) desk.Engine {
	whole := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue(name)))
		if err != nil {
			return -1
		}
		return n
	}
	return desk.Engine{Kind: r.PostFormValue("kind"), Name: r.PostFormValue("name"), Address: r.PostFormValue("address"), Key: desk.Secret(r.PostFormValue("key")),
		Model: r.PostFormValue("model"), Labels: r.PostFormValue("labels"), Private: r.PostFormValue("private") != "", Burst: r.PostFormValue("burst") != "",
		Below: float64(whole("below")) / 100, Calls: whole("calls"), Tokens: whole("tokens"), Timeout: whole("timeout"), Version: whole("version")}
}

// engineSave saves the settings, or tries them without saving.
func (c *Console) engineSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	e := engineForm(r)
	var found desk.Text
	var err error
	try := r.PostFormValue("try") != ""
	if try {
		found, err = c.Outside.Test(ctx, e)
	} else {
		_, err = c.Outside.Save(ctx, e)
	}
	if err == nil && !try {
		return seeOther(w, r, "/engine", "saved")
	}
	p, perr := c.enginePage(ctx, &e)
	if perr != nil {
		return errors.Join(err, perr)
	}
	if err != nil {
		return c.again(w, r, "people/engine", p, err)
	}
	p.Found = found
	return c.render(w, r, "people/engine", p)
}

func (c *Console) engineAllow(w http.ResponseWriter, r *http.Request) error {
	if err := c.Outside.Allow(r.Context(), r.PostFormValue("host")); err != nil {
		return c.engineAgain(w, r, err)
	}
	return seeOther(w, r, "/engine", "allowed")
}

func (c *Console) engineStop(w http.ResponseWriter, r *http.Request) error {
	if err := c.Outside.Stop(r.Context()); err != nil {
		return c.engineAgain(w, r, err)
	}
	return seeOther(w, r, "/engine", "stopped")
}

func (c *Console) engineAgain(w http.ResponseWriter, r *http.Request, err error) error {
	p, perr := c.enginePage(r.Context(), nil)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "people/engine", p, err)
}
