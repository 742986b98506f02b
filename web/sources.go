package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/source"
)

func (c *Console) sourceRoutes() []route {
	return []route{
		{"GET /sources", desk.Viewer, c.sourceList},
		{"GET /sources/new", desk.Lead, c.sourceNew},
		{"GET /sources/{id}", desk.Viewer, c.sourceShow},
		{"POST /sources/{id}", desk.Lead, c.sourceSave},
		{"POST /sources/{id}/pause", desk.Lead, c.sourcePause},
		{"POST /sources/{id}/delete", desk.Lead, c.sourceDelete},
		{"GET /sources/feeds.opml", desk.Viewer, c.feedsExport},
		{"POST /sources/feeds", desk.Lead, c.feedsImport},
		{"POST /sources/file", desk.Lead, c.fileImport},
	}
}

// sourcesPage is the list of where mentions come from, those in trouble first.
type sourcesPage struct {
	Frame
	Sources  []sourceView
	Gaps     []gapView
	Pager    pagerView
	Feeds    bool
	Files    []choice // sources that take files
	FileKind string   // kind of a source that takes files; empty when there is none
	Report   *source.Report
	ReportOf string // name of the file
	Listed   *listReport
	Problem  desk.Text
	MaxFile  int // MB
	Unheard  int
	Listened int
}

// sourceView is a source as the list and its page show it.
type sourceView struct {
	desk.Source
	Title string // of its kind, in English
	Zone  *time.Location
}

// rank puts those in trouble first.
func (s sourceView) rank() int {
	if !s.Paused && !s.Health.Well() {
		return 0
	}
	return 1
}

// gapView is a time in which a source did not hear.
type gapView struct {
	desk.Gap
	Name string
	Zone *time.Location
}

// listReport says what became of a list of feeds.
type listReport struct {
	Added, Known int
	Failed       []leftOut
}

// leftOut is a feed of a list that could not be added.
type leftOut struct {
	Name string
	Why  desk.Text
}

const (
	sourcesShown = 50
	maxFile      = 64 << 20 // bytes of an upload; larger ones go by the command line
	maxFeedList  = 8 << 20
)

func (c *Console) sourceList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.sourcesPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "sources/sources", p)
}

func (c *Console) sourcesPage(r *http.Request) (*sourcesPage, error) {
	ctx, v := r.Context(), visitOf(r)
	list, err := c.Sources.List(ctx)
	if err != nil {
		return nil, err
	}
	titles := c.titles()
	fileKind := ""
	for kind := range titles {
		if c.takesFiles(kind) {
			fileKind = kind
		}
	}
	p := &sourcesPage{Feeds: c.Feeds != nil, MaxFile: maxFile >> 20, FileKind: fileKind}
	names := make(map[int64]string, len(list))
	var views []sourceView
	for _, s := range list {
		if s.BrandID != 0 && s.BrandID != v.brand.ID {
			continue
		}
		names[s.ID] = s.Name
		if c.takesFiles(s.Kind) {
			p.Files = append(p.Files, choice{itoa(s.ID), own(s.Name)})
		}
		views = append(views, sourceView{s, titles[s.Kind], zone(v.brand)})
		switch {
		case s.Paused:
		case s.Health.Well():
			p.Listened++
		default:
			p.Unheard++
		}
	}
	slices.SortStableFunc(views, func(a, b sourceView) int { return cmp.Compare(a.rank(), b.rank()) })
	p.Sources, p.Pager = slicePage(r, views, sourcesShown)
	now := time.Now().UTC()
	gaps, err := c.Sources.Gaps(ctx, nil, now.Add(-7*24*time.Hour), now)
	if err != nil {
		return nil, err
	}
	for i := len(gaps) - 1; i >= 0 && len(p.Gaps) < 20; i-- {
		if name, ok := names[gaps[i].SourceID]; ok {
			p.Gaps = append(p.Gaps, gapView{gaps[i], name, zone(v.brand)})
		}
	}
	return p, nil
}

// takesFiles reports whether sources of a kind are fed with files.
func (c *Console) takesFiles(kind string) bool { return c.Sources.Kinds[kind].Import != nil }

// titles are the names of the kinds of source.
func (c *Console) titles() map[string]string {
	all := make(map[string]string)
	for _, s := range c.Sources.Specs() {
		all[s.Kind] = s.Title
	}
	return all
}

// sourcePage shows, tries and changes one source; without a kind it offers the kinds.
type sourcePage struct {
	Frame
	Source  sourceView
	Spec    desk.Spec
	Specs   []desk.Spec // to choose from
	Inputs  []input
	Gaps    []gapView
	Found   desk.Text // by a test
	Failed  desk.Text // of a test
	Secret  string    // of a new source that others push to: shown once
	Address string    // where they push to
	Owners  []choice  // brands it can be for
}

func (c *Console) specOf(kind string) (desk.Spec, bool) {
	for _, s := range c.Sources.Specs() {
		if s.Kind == kind {
			return s, true
		}
	}
	return desk.Spec{Kind: kind, Title: kind}, false
}

func (c *Console) sourceNew(w http.ResponseWriter, r *http.Request) error {
	p := &sourcePage{Specs: c.Sources.Specs()}
	if kind := r.URL.Query().Get("kind"); kind != "" {
		spec, ok := c.specOf(kind)
		if !ok {
			return desk.ErrNotFound
		}
		c.fillSource(r, p, spec, desk.Source{Kind: kind, Name: visitOf(r).speak.T(spec.Title)})
	}
	return c.render(w, r, "sources/source", p)
}

// fillSource makes the form of a source.
func (c *Console) fillSource(r *http.Request, p *sourcePage, spec desk.Spec, s desk.Source) {
	v := visitOf(r)
	p.Specs = nil
	p.Spec, p.Source = spec, sourceView{s, spec.Title, zone(v.brand)}
	p.Inputs = specInputs(spec, s.Settings, p.Wrong)
	p.Owners = []choice{{"0", desk.Say("All brands")}}
	for _, b := range v.brands {
		p.Owners = append(p.Owners, choice{itoa(b.ID), own(b.Name)})
	}
	if spec.Push && s.ID != 0 {
		p.Address = c.origin(r) + "/in/" + itoa(s.ID)
	}
}

// origin is how whoever asks reached us.
func (c *Console) origin(r *http.Request) string {
	if c.Secure {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (c *Console) sourceShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.sourcePage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "sources/source", p)
}

func (c *Console) sourcePage(r *http.Request) (*sourcePage, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	s, err := c.Sources.One(ctx, id)
	if err != nil {
		return nil, err
	}
	p := &sourcePage{}
	spec, _ := c.specOf(s.Kind)
	c.fillSource(r, p, spec, s)
	now := time.Now().UTC()
	gaps, err := c.Sources.Gaps(ctx, []int64{id}, now.Add(-28*24*time.Hour), now)
	if err != nil {
		return nil, err
	}
	for i := len(gaps) - 1; i >= 0 && len(p.Gaps) < 20; i-- {
		p.Gaps = append(p.Gaps, gapView{gaps[i], s.Name, p.Source.Zone})
	}
	return p, nil
}

// sourceForm reads the form into a source.
func sourceForm(r *http.Request, spec desk.Spec, s desk.Source) desk.Source {
	s.Name, s.BrandID, s.KeepAll = strings.TrimSpace(r.PostFormValue("name")), number(r.PostFormValue("owner")), r.PostFormValue("keep_all") != ""
	s.SilentAfter, _ = strconv.Atoi(r.PostFormValue("silent_after"))
	s.Version = int(number(r.PostFormValue("version")))
	s.Settings = make(desk.Settings)
	for _, f := range spec.Fields {
		if v := r.PostFormValue("set." + f.Name); v != "" || f.Kind != "secret" {
			s.Settings[f.Name] = v
		}
	}
	return s
}

func (c *Console) sourceSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s := desk.Source{Kind: r.PostFormValue("kind")}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if s, err = c.Sources.One(ctx, id); err != nil {
			return err
		}
	}
	spec, ok := c.specOf(s.Kind)
	if !ok {
		return desk.Wrong("kind", "There is no such kind of source.")
	}
	s = sourceForm(r, spec, s)
	p := &sourcePage{}
	if r.PostFormValue("try") != "" {
		return c.sourceTry(w, r, p, spec, s)
	}
	saved, err := c.Sources.Save(ctx, s)
	if err != nil {
		p.Problems = invalids(err)
		c.fillSource(r, p, spec, s)
		return c.again(w, r, "sources/source", p, err)
	}
	if secret := newSecret(spec, saved); s.ID == 0 && secret != "" {
		c.fillSource(r, p, spec, saved)
		p.Secret = secret
		return c.render(w, r, "sources/source", p)
	}
	return seeOther(w, r, "/sources/"+itoa(saved.ID), "saved")
}

// newSecret is the signing secret that was made up for a new source that others push to.
func newSecret(spec desk.Spec, s desk.Source) string {
	for _, f := range spec.Fields {
		if v := s.Settings[f.Name]; spec.Push && f.Kind == "secret" && v != "" && strings.Trim(v, "*") != "" {
			return v
		}
	}
	return ""
}

// sourceTry tries the settings without saving them.
func (c *Console) sourceTry(w http.ResponseWriter, r *http.Request, p *sourcePage, spec desk.Spec, s desk.Source) error {
	found, err := c.Sources.Test(r.Context(), s)
	p.Problems = invalids(err)
	if err != nil && len(p.Problems) == 0 {
		return err
	}
	c.fillSource(r, p, spec, s)
	p.Found = found
	if err != nil {
		p.Found, p.Failed = desk.Text{}, p.Problems[0].Reason
	}
	return c.render(w, r, "sources/source", p)
}

func (c *Console) sourcePause(w http.ResponseWriter, r *http.Request) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		pause := r.PostFormValue("paused") == "true"
		_, err := c.Sources.Pause(ctx, id, pause, r.PostFormValue("why"))
		if pause {
			return "/sources/" + itoa(id), "paused", err
		}
		return "/sources/" + itoa(id), "resumed", err
	})
}

func (c *Console) sourceDelete(w http.ResponseWriter, r *http.Request) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/sources", "deleted", c.Sources.Delete(ctx, id, r.PostFormValue("why"))
	})
}

func (c *Console) sourceDo(w http.ResponseWriter, r *http.Request, do func(context.Context, int64) (to, did string, err error)) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	to, did, err := do(r.Context(), id)
	if err != nil {
		return err
	}
	return seeOther(w, r, to, did)
}
