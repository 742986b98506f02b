package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/publish"
)

func (c *Console) channelRoutes() []route {
	return []route{
		{"GET /channels", desk.Viewer, c.channelList},
		{"GET /channels/new", desk.Admin, c.channelNew},
		{"GET /channels/{id}", desk.Viewer, c.channelShow},
		{"POST /channels/{id}", desk.Admin, c.channelSave},
		{"POST /channels/{id}/check", desk.Lead, c.channelCheck},
		{"POST /channels/{id}/pause", desk.Lead, c.channelPause},
		{"POST /channels/{id}/delete", desk.Admin, c.channelDelete},
		{"GET /by-hand", desk.Viewer, c.byHandList},
		{"POST /by-hand/{id}", desk.Responder, c.byHandTick},
		{"GET /by-hand/{id}/photo", desk.Viewer, c.byHandPhoto},
	}
}

// channelView is a channel as the list and its page show it.
type channelView struct {
	desk.Channel
	Title string // of its kind, in English
	Zone  *time.Location
}

// Ends reports whether the credentials are near their end, so that it is shown.
func (c channelView) Ends() bool {
	return !c.Expires.IsZero() && c.Dying(time.Now(), 30*24*time.Hour)
}

// channelsPage is the list of where we speak, in the order of publishing, with what people have to do by hand there.
type channelsPage struct {
	Frame
	Channels []channelView
	Outlets  []channelView // that say nothing for us: a hold stops them
	Pager    pagerView
	Open     []byHandView
	Ticked   []byHandView
	Counters []channelView // by which customer service takes conversations over
	Ill      int
}

// byHandView is a task by hand.
type byHandView struct {
	desk.ByHand
	Zone  *time.Location
	Wrong desk.Text
	May   bool // the person may tick it
}

const channelsShown = 50

func (c *Console) channelList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.channelsPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "channels/channels", p)
}

func (c *Console) channelsPage(r *http.Request) (*channelsPage, error) {
	ctx, v := r.Context(), visitOf(r)
	all, err := c.Channels.List(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	p := &channelsPage{}
	var speaking []channelView
	for _, ch := range all {
		view := channelView{ch, c.Channels.Kinds[ch.Kind].Spec.Title, zone(v.brand)}
		if !ch.Paused && ch.State != desk.HealthOK && ch.State != desk.HealthNew || view.Ends() {
			p.Ill++
		}
		if c.Channels.Kinds[ch.Kind].Service {
			p.Counters = append(p.Counters, view)
			continue
		}
		if ch.Mute {
			p.Outlets = append(p.Outlets, view)
			continue
		}
		speaking = append(speaking, view)
	}
	p.Channels, p.Pager = slicePage(r, speaking, channelsShown)
	for list, open := range map[*[]byHandView]bool{&p.Open: true, &p.Ticked: false} {
		tasks, err := c.Hands.List(ctx, v.brand.ID, open, desk.Paging{Limit: 10})
		if err != nil {
			return nil, err
		}
		for _, b := range tasks {
			*list = append(*list, byHandView{ByHand: b, Zone: zone(v.brand), May: v.actor.Role >= desk.Responder})
		}
	}
	return p, nil
}

// channelPage shows, tries and changes one channel; without a kind it offers the kinds.
type channelPage struct {
	Frame
	Channel channelView
	Spec    desk.Spec
	Specs   []desk.Spec // to choose from
	Inputs  []input
	Langs   []choice
	Limits  []figure
	Found   *publish.About // by a look
	Failed  desk.Text      // of a look
}

func (c *Console) channelSpec(kind string) (desk.Spec, bool) {
	k, ok := c.Channels.Kinds[kind]
	if !ok {
		return desk.Spec{Kind: kind, Title: kind}, false
	}
	return k.Spec, true
}

func (c *Console) channelNew(w http.ResponseWriter, r *http.Request) error {
	p := &channelPage{Specs: c.Channels.Specs()}
	if kind := r.URL.Query().Get("kind"); kind != "" {
		spec, ok := c.channelSpec(kind)
		if !ok {
			return desk.ErrNotFound
		}
		fillChannel(r, p, spec, desk.Channel{Kind: kind})
	}
	return c.render(w, r, "channels/channel", p)
}

// fillChannel makes the form of a channel.
func fillChannel(r *http.Request, p *channelPage, spec desk.Spec, ch desk.Channel) {
	v := visitOf(r)
	p.Specs = nil
	p.Spec, p.Channel = spec, channelView{ch, spec.Title, zone(v.brand)}
	p.Inputs = specInputs(spec, ch.Settings, p.Wrong)
	p.Langs = append([]choice{{"", desk.Say("Not said")}}, langChoices()[1:]...)
	p.Limits = limitFigures(v.speak, ch.Limits)
}

// limitFigures are the limits that a network said, in the reader's language.
func limitFigures(speak *say.Printer, l desk.Limits) (all []figure) {
	add := func(name desk.Text, n int64) {
		if n > 0 {
			all = append(all, figure{Name: speak.Text(name), Value: speak.Number(float64(n))})
		}
	}
	add(desk.Say("Characters of a post"), int64(l.Text))
	add(desk.Say("Bytes of a post"), int64(l.Bytes))
	add(desk.Say("A link counts as"), int64(l.PerLink))
	add(desk.Say("Pictures of a post"), int64(l.Media))
	add(desk.Say("Kilobytes of a picture"), l.MediaSize>>10)
	add(desk.Say("Characters of a description"), int64(l.Alt))
	return all
}

func (c *Console) channelShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	ch, err := c.Channels.One(r.Context(), id)
	if err != nil {
		return err
	}
	p := &channelPage{}
	spec, _ := c.channelSpec(ch.Kind)
	fillChannel(r, p, spec, ch)
	return c.render(w, r, "channels/channel", p)
}

// channelForm reads the form into a channel.
func channelForm(r *http.Request, spec desk.Spec, ch desk.Channel) desk.Channel {
	ch.Name, ch.Lang, ch.Order = strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("lang"), int(number(r.PostFormValue("order")))
	ch.Version = int(number(r.PostFormValue("version")))
	ch.Settings = make(desk.Settings)
	for _, f := range spec.Fields {
		if v := r.PostFormValue("set." + f.Name); v != "" || f.Kind != "secret" {
			ch.Settings[f.Name] = v
		}
		if f.Kind == "bool" && ch.Settings[f.Name] == "" {
			ch.Settings[f.Name] = "false" // a box that is not ticked says nothing
		}
	}
	return ch
}

func (c *Console) channelSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ch := desk.Channel{Kind: r.PostFormValue("kind"), BrandID: visitOf(r).brand.ID}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if ch, err = c.Channels.One(ctx, id); err != nil {
			return err
		}
	}
	spec, ok := c.channelSpec(ch.Kind)
	if !ok {
		return desk.Wrong("kind", "There is no such kind of channel.")
	}
	ch = channelForm(r, spec, ch)
	p := &channelPage{}
	if r.PostFormValue("try") != "" {
		about, err := c.Channels.Check(ctx, ch)
		return c.channelTried(w, r, p, spec, ch, about, err)
	}
	saved, err := c.Channels.Save(ctx, ch)
	if err != nil {
		p.Problems = invalids(err)
		fillChannel(r, p, spec, ch)
		return c.again(w, r, "channels/channel", p, err)
	}
	return seeOther(w, r, "/channels/"+itoa(saved.ID), "saved")
}

// channelTried shows what a look at a channel found.
func (c *Console) channelTried(w http.ResponseWriter, r *http.Request, p *channelPage, spec desk.Spec, ch desk.Channel, about publish.About, err error) error {
	p.Problems = invalids(err)
	if err != nil && len(p.Problems) == 0 {
		return err
	}
	fillChannel(r, p, spec, ch)
	if err != nil {
		p.Failed = p.Problems[0].Reason
		return c.renderAs(w, r, http.StatusUnprocessableEntity, "channels/channel", p)
	}
	p.Found, p.Limits = &about, limitFigures(visitOf(r).speak, about.Limits)
	return c.render(w, r, "channels/channel", p)
}

// channelCheck looks at a stored channel now.
func (c *Console) channelCheck(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	about, tried := c.Channels.Check(r.Context(), desk.Channel{ID: id})
	ch, err := c.Channels.One(r.Context(), id)
	if err != nil {
		return err
	}
	spec, _ := c.channelSpec(ch.Kind)
	return c.channelTried(w, r, &channelPage{}, spec, ch, about, tried)
}

func (c *Console) channelPause(w http.ResponseWriter, r *http.Request) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		pause := r.PostFormValue("paused") == "true"
		_, err := c.Channels.Pause(ctx, id, pause, r.PostFormValue("why"))
		if pause {
			return "/channels/" + itoa(id), "paused", err
		}
		return "/channels/" + itoa(id), "speaking", err
	})
}

func (c *Console) channelDelete(w http.ResponseWriter, r *http.Request) error {
	return c.sourceDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/channels", "deleted", c.Channels.Delete(ctx, id, r.PostFormValue("why"))
	})
}

// byHandTick takes the tick of a task by hand, with its photo.
// byHandList leads to where the tasks by hand stand.
func (c *Console) byHandList(w http.ResponseWriter, r *http.Request) error {
	return seeOther(w, r, "/channels#by-hand", "")
}

func (c *Console) byHandTick(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	photo, err := photoOf(r)
	if err != nil {
		return err
	}
	_, err = c.Hands.Tick(r.Context(), id, r.FormValue("note"), photo)
	if wrong := invalids(err); len(wrong) > 0 {
		p, perr := c.channelsPage(r)
		if perr != nil {
			return perr
		}
		for i := range p.Open {
			if p.Open[i].ID == id {
				p.Open[i].Wrong = wrong[0].Reason
			}
		}
		return c.renderAs(w, r, http.StatusUnprocessableEntity, "channels/channels", p)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/channels", "ticked")
}

// photoOf is the photo of a form, none when it brought none.
func photoOf(r *http.Request) ([]byte, error) {
	f, _, err := r.FormFile("photo")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, desk.Wrong("photo", "Send a photo: JPEG, PNG or WebP.")
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, publish.MaxPhoto+1))
}

func (c *Console) byHandPhoto(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	body, kind, err := c.Hands.Photo(r.Context(), id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=86400")
	_, err = w.Write(body)
	return err
}
