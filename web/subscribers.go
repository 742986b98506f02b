package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/subscribe"
)

func (c *Console) subscriberRoutes() []route {
	return []route{
		{"GET /subscribers", desk.Viewer, c.subscriberList},
		{"POST /subscribers/import", desk.Admin, c.subscriberImport},
		{"POST /subscribers/export.csv", desk.Admin, c.subscriberExport},
		{"GET /subscribers/settings", desk.Admin, c.lettersShow},
		{"POST /subscribers/settings", desk.Admin, c.lettersSave},
		{"POST /subscribers/settings/try", desk.Admin, c.lettersTry},
		{"POST /subscribers/{id}/delete", desk.Lead, c.subscriberForget},
		{"GET /mailings/{id}", desk.Viewer, c.mailingShow},
		{"POST /mailings/{id}/go", desk.Lead, c.mailingGo},
		{"POST /mailings/{id}/stop", desk.Responder, c.mailingStop},
		{"POST /mailings/{id}/again", desk.Lead, c.mailingAgain},
		{"POST /mailings/{id}/letbe", desk.Lead, c.mailingLetBe},
	}
}

// subscribersPage is who gets the brand's updates by mail, and how the updates fare. Addresses are shown to leads.
type subscribersPage struct {
	Frame
	States      []subscriberTab
	State       string
	Asked       string // the address that is looked for
	Subscribers []desk.Subscriber
	Came, Left  int // in the last thirty days
	Mailings    []mailingView
	Pages       []choice // of the crisis centre, for an import
	Langs       []choice
	Pager       pagerView
	Import      subscribe.Import
	Taken       *subscribe.TakenIn
	Server      desk.Carrier
	Ready       bool // letters can go out
}

// subscriberTab is a state of subscribers with how many are in it.
type subscriberTab struct {
	State string
	Count int
	Path  string
}

// mailingView is an update on its way as pages show it.
type mailingView struct {
	subscribe.SentMailing
	Title string
}

func newMailingView(m subscribe.SentMailing) mailingView {
	t := m.In("")
	title := t.Title
	if title == "" {
		title, _, _ = strings.Cut(t.Text, "\n")
	}
	return mailingView{m, title}
}

// Gone is how many letters need nothing more.
func (m mailingView) Gone() int { return m.Count.All() - m.Count.Left() }

// Failed is how many letters did not reach their readers, as far as anybody knows.
func (m mailingView) Failed() int {
	return m.Count[desk.DeliveryBack] + m.Count[desk.DeliveryRefused] + m.Count[desk.DeliveryUnknown] + m.Count[desk.DeliveryLetBe]
}

const (
	subscribersShown = 50
	mailingsShown    = 10
)

func (c *Console) subscriberList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.subscribersPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "subscribers/subscribers", p)
}

func (c *Console) subscribersPage(r *http.Request) (*subscribersPage, error) {
	ctx, v, q := r.Context(), visitOf(r), r.URL.Query()
	p := &subscribersPage{Frame: Frame{Area: "centre"}, State: q.Get("state"), Asked: strings.TrimSpace(q.Get("address")), Import: subscribe.Import{Lang: v.speak.Tag()}}
	count, err := c.Letters.Count(ctx, v.brand.ID)
	if err != nil {
		return nil, err
	}
	p.count(count)
	if p.Server, p.Ready, err = c.Letters.Server(ctx, v.brand.ID); err != nil {
		return nil, err
	}
	mailings, err := c.Letters.Mailings(ctx, v.brand.ID, desk.Paging{Limit: mailingsShown})
	if err != nil {
		return nil, err
	}
	for _, m := range mailings {
		p.Mailings = append(p.Mailings, newMailingView(m))
	}
	if v.actor.Role >= desk.Admin {
		if err := c.importChoices(r, p); err != nil {
			return nil, err
		}
	}
	if v.actor.Role < desk.Lead {
		return p, nil
	}
	return p, c.addresses(r, p)
}

// count puts in how many subscribers are in each state.
func (p *subscribersPage) count(count desk.SubscriberCount) {
	all := 0
	for _, state := range desk.SubscriberStates {
		all += count.States[state]
	}
	p.States = []subscriberTab{{"", all, "/subscribers"}}
	for _, state := range desk.SubscriberStates {
		p.States = append(p.States, subscriberTab{state, count.States[state], "/subscribers?state=" + state})
	}
	for _, d := range count.Days {
		p.Came, p.Left = p.Came+d.Came, p.Left+d.Left
	}
}

// addresses finds the one that is looked for, or a piece of the list.
func (c *Console) addresses(r *http.Request, p *subscribersPage) error {
	ctx, v := r.Context(), visitOf(r)
	if p.Asked != "" {
		one, err := c.Letters.Find(ctx, v.brand.ID, p.Asked)
		if errors.Is(err, desk.ErrNotFound) || len(invalids(err)) > 0 {
			return nil
		}
		p.Subscribers = []desk.Subscriber{one}
		return err
	}
	all, err := c.Letters.Newest(ctx, v.brand.ID, p.State, number(r.URL.Query().Get("before")), subscribersShown+1)
	if err != nil {
		return err
	}
	p.Subscribers, p.Pager = pieceOf(r, all, subscribersShown, func(s desk.Subscriber) int64 { return s.ID })
	return nil
}

// importChoices are what an import is asked for.
func (c *Console) importChoices(r *http.Request, p *subscribersPage) error {
	all, err := c.Centre.List(r.Context(), visitOf(r).brand.ID, 0, desk.Paging{Limit: 100})
	if err != nil {
		return err
	}
	p.Pages, p.Langs = []choice{{"0", desk.Say("Every update of the brand")}}, langChoices()[1:]
	for _, one := range all {
		if one.Stage == desk.CentreLive {
			p.Pages = append(p.Pages, choice{itoa(one.ID), own(one.Name)})
		}
	}
	return nil
}

func (c *Console) subscriberImport(w http.ResponseWriter, r *http.Request) error {
	in := subscribe.Import{BrandID: visitOf(r).brand.ID, CentreID: number(r.FormValue("centre")), Lang: r.FormValue("lang"), Consent: r.FormValue("consent")}
	var taken subscribe.TakenIn
	f, _, err := upload(r, "file")
	if err == nil {
		taken, err = c.Letters.Import(r.Context(), in, f)
		err = errors.Join(err, f.Close())
	}
	if err != nil && invalids(err) == nil {
		return err
	}
	p, perr := c.subscribersPage(r)
	if perr != nil {
		return perr
	}
	p.Import = in
	if err != nil {
		return c.again(w, r, "subscribers/subscribers", p, err)
	}
	p.Taken = &taken
	return c.render(w, r, "subscribers/subscribers", p)
}

func (c *Console) subscriberExport(w http.ResponseWriter, r *http.Request) error {
	if err := desk.Need(r.Context(), desk.Admin); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="subscribers-`+time.Now().UTC().Format(time.DateOnly)+`.csv"`)
	_, err := c.Letters.Export(r.Context(), visitOf(r).brand.ID, w)
	return err
}

func (c *Console) subscriberForget(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Letters.Forget(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/subscribers", "forgotten")
}

// lettersPage is how letters go out: the mail server, the sender, the mailbox of returned mail.
type lettersPage struct {
	Frame
	Spec   desk.Spec
	Server desk.Carrier
	Saved  bool // they can be tried
	Inputs []input
	Works  bool      // by a try
	Failed desk.Text // of a try
}

func (c *Console) lettersPage(r *http.Request) (*lettersPage, error) {
	p := &lettersPage{Frame: Frame{Area: "centre"}, Spec: c.Letters.Spec}
	var err error
	p.Server, p.Saved, err = c.Letters.Server(r.Context(), visitOf(r).brand.ID)
	p.Inputs = specInputs(p.Spec, p.Server.Settings, p.Wrong)
	return p, err
}

func (c *Console) lettersShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.lettersPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "subscribers/settings", p)
}

func (c *Console) lettersSave(w http.ResponseWriter, r *http.Request) error {
	set := channelForm(r, c.Letters.Spec, desk.Channel{}).Settings
	if _, err := c.Letters.SaveServer(r.Context(), visitOf(r).brand.ID, set); err != nil {
		p, perr := c.lettersPage(r)
		if perr != nil {
			return perr
		}
		p.Problems = invalids(err)
		p.Inputs = specInputs(p.Spec, set, p.Wrong)
		return c.again(w, r, "subscribers/settings", p, err)
	}
	return seeOther(w, r, "/subscribers/settings", "saved")
}

func (c *Console) lettersTry(w http.ResponseWriter, r *http.Request) error {
	tried := c.Letters.TryServer(r.Context(), visitOf(r).brand.ID)
	if errors.Is(tried, desk.ErrNotFound) || errors.Is(tried, desk.ErrForbidden) {
		return tried
	}
	p, err := c.lettersPage(r)
	if err != nil {
		return err
	}
	if tried != nil {
		p.Failed = desk.ProblemOf(tried)
		return c.renderAs(w, r, http.StatusUnprocessableEntity, "subscribers/settings", p)
	}
	p.Works = true
	return c.render(w, r, "subscribers/settings", p)
}

// mailingPage is one update on its way, with the letters that failed.
type mailingPage struct {
	Frame
	Mailing mailingView
	Counts  []subscriberTab // of its letters; Path only where they are listed
	State   string          // of the letters that are listed
	Letters []desk.Delivery
	Again   bool // those of which nobody knows can be sent again
	Pager   pagerView
}

// listedDeliveries are the states of letters that somebody may want to look into.
var listedDeliveries = []string{desk.DeliveryUnknown, desk.DeliveryLetBe, desk.DeliveryBack, desk.DeliveryRefused, desk.DeliveryLater}

const deliveriesShown = 50

// mailingPageOf is the page without the letters.
func mailingPageOf(m subscribe.SentMailing, state string, lead bool) *mailingPage {
	p := &mailingPage{Frame: Frame{Area: "centre"}, Mailing: newMailingView(m), Again: m.State != desk.MailingStopped && m.State != desk.MailingOvertaken}
	for _, s := range desk.DeliveryStates {
		if m.Count[s] == 0 {
			continue
		}
		tab := subscriberTab{State: s, Count: m.Count[s]}
		for _, listed := range listedDeliveries {
			if s == listed && lead {
				tab.Path = "/mailings/" + itoa(m.ID) + "?state=" + s
			}
		}
		if p.Counts = append(p.Counts, tab); tab.Path != "" && (s == state || p.State == "" && state == "") {
			p.State = s
		}
	}
	return p
}

func (c *Console) mailingShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	m, err := c.Letters.Mailing(r.Context(), id)
	if err != nil {
		return err
	}
	p := mailingPageOf(m, r.URL.Query().Get("state"), visitOf(r).actor.Role >= desk.Lead)
	if p.State != "" {
		after := number(r.URL.Query().Get("after"))
		if p.Letters, err = c.Letters.Letters(r.Context(), id, p.State, after, deliveriesShown+1); err != nil {
			return err
		}
		if len(p.Letters) > deliveriesShown {
			p.Letters = p.Letters[:deliveriesShown]
			p.Pager.Next = with(r, "after", itoa(p.Letters[deliveriesShown-1].SubscriberID))
		}
	}
	return c.render(w, r, "subscribers/mailing", p)
}

func (c *Console) mailingGo(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Letters.GoOn(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/mailings/"+itoa(id), "goeson")
}

func (c *Console) mailingStop(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Letters.Stop(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/mailings/"+itoa(id), "mailingstopped")
}

// mailingAgain has letters sent again of which nobody knows: all of them.
func (c *Console) mailingAgain(w http.ResponseWriter, r *http.Request) error {
	if r.FormValue("twice") == "" {
		return desk.Wrong("twice", "Tick that some may get it twice, then send.")
	}
	return c.mailingDecide(w, r, c.Letters.SendAgain, "goeson")
}

func (c *Console) mailingLetBe(w http.ResponseWriter, r *http.Request) error {
	return c.mailingDecide(w, r, c.Letters.LetBe, "letbe")
}

func (c *Console) mailingDecide(w http.ResponseWriter, r *http.Request, decide func(context.Context, int64, desk.IDs) (desk.Mailing, error), how string) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := decide(r.Context(), id, nil); err != nil {
		return err
	}
	return seeOther(w, r, "/mailings/"+itoa(id), how)
}
