package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/publish"
)

func (c *Console) holdRoutes() []route {
	return []route{
		{"GET /banners", desk.Viewer, c.bannersShow},
		{"GET /stop", desk.Viewer, c.stopShow},
		{"POST /stop", desk.Responder, c.stopPress},
		{"POST /stop/rehearse", desk.Responder, c.stopRehearse},
		{"GET /holds", desk.Viewer, c.holdList},
		{"GET /holds/{id}", desk.Viewer, c.holdShow},
		{"POST /holds/{id}/decide", desk.Lead, c.holdDecide},
		{"POST /holds/{id}/taken", desk.Lead, c.holdTaken},
		{"POST /holds/{id}/end", desk.Lead, c.holdEnd},
	}
}

// bannersPage is what everybody must see right now; open pages ask for it when somebody presses STOP.
type bannersPage struct{ Frame }

func (c *Console) bannersShow(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "hold/banners", &bannersPage{})
}

// stopPage is the switch with its scopes, for who wants less than everything, and the rehearsal.
type stopPage struct {
	Frame
	Counts    map[string]int
	Channels  []desk.Channel
	Rehearsal *publish.Rehearsal
	Took      string // of the rehearsal
}

func (c *Console) stopPage(r *http.Request) (*stopPage, error) {
	ctx, brand := r.Context(), visitOf(r).brand.ID
	p := &stopPage{Frame: Frame{Area: "calendar"}}
	var err error
	if p.Channels, err = c.Outbox.Channels(ctx, brand); err != nil {
		return nil, err
	}
	p.Counts, err = c.Outbox.Counts(ctx, 0)
	return p, err
}

func (c *Console) stopShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.stopPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "hold/stop", p)
}

// scopeOf reads what is to be stopped.
func scopeOf(r *http.Request) (h desk.Hold, why string) {
	switch of := r.PostFormValue("of"); {
	case of == "brand":
		h.BrandID = visitOf(r).brand.ID
	case of == "campaign":
		h.BrandID, h.Campaign = visitOf(r).brand.ID, r.PostFormValue("campaign")
	case strings.HasPrefix(of, "channel:"):
		h.ChannelID = number(strings.TrimPrefix(of, "channel:"))
	}
	why = strings.TrimSpace(r.PostFormValue("reason"))
	if own := strings.TrimSpace(r.PostFormValue("why")); own != "" {
		why = strings.Trim(why+". "+own, ". ")
	}
	return h, why
}

func (c *Console) stopPress(w http.ResponseWriter, r *http.Request) error {
	scope, why := scopeOf(r)
	if r.PostFormValue("of") == "campaign" && scope.Campaign == "" {
		p, err := c.stopPage(r)
		if err != nil {
			return err
		}
		return c.again(w, r, "hold/stop", p, desk.Wrong("campaign", "Name the campaign."))
	}
	room, err := c.openRoom(r)
	if err != nil {
		c.Log.Warn("the open room could not be found for a hold", "error", err) // the hold comes first
	}
	if room != nil && scope.IncidentID == 0 {
		scope.IncidentID = room.ID
	}
	h, err := c.Outbox.Press(r.Context(), scope, why)
	if err != nil {
		return err
	}
	return seeOther(w, r, "/holds/"+itoa(h.ID), "held")
}

func (c *Console) stopRehearse(w http.ResponseWriter, r *http.Request) error {
	scope, why := scopeOf(r)
	did, err := c.Outbox.Rehearse(r.Context(), scope, why)
	if err != nil {
		return err
	}
	p, err := c.stopPage(r)
	if err != nil {
		return err
	}
	p.Rehearsal, p.Took = &did, did.Took.Round(time.Millisecond).String()
	return c.render(w, r, "hold/stop", p)
}

// holdsPage lists holds.
type holdsPage struct {
	Frame
	List  []desk.Hold
	Pager pagerView
}

const holdsShown = 50

func (c *Console) holdList(w http.ResponseWriter, r *http.Request) error {
	list, err := c.Outbox.Holds(r.Context(), false, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: holdsShown + 1})
	if err != nil {
		return err
	}
	p := &holdsPage{Frame: Frame{Area: "calendar"}}
	p.List, p.Pager = pieceOf(r, list, holdsShown, func(h desk.Hold) int64 { return h.ID })
	return c.render(w, r, "hold/holds", p)
}

// holdPage is one hold with what it holds: the triage.
type holdPage struct {
	Frame
	Hold      desk.Hold
	Scope     desk.Text
	Lost      int // sends under way whose outcome is not known
	Posts     []postRow
	Undecided int // held posts, and what was taken out of other queues
	Passed    int // of the undecided, those whose time has passed
	Pager     pagerView
	Why       string
}

// Answer is how long the press took to answer, as engineers write it.
func (p *holdPage) Answer() string {
	from := p.Hold.At
	if p.Hold.Again.After(from) {
		from = p.Hold.Again
	}
	return p.Hold.Answered.Sub(from).Round(10 * time.Millisecond).String()
}

const triageShown = 100

func (c *Console) holdPage(r *http.Request) (*holdPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	h, err := c.Outbox.Hold(ctx, id)
	if err != nil {
		return nil, err
	}
	channels, err := c.Outbox.Channels(ctx, 0)
	if err != nil {
		return nil, err
	}
	held, err := c.Outbox.Triage(ctx, id, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: triageShown + 1})
	if err != nil {
		return nil, err
	}
	p := &holdPage{Frame: Frame{Area: "calendar"}, Hold: h, Scope: scopeSay(&h, channels)}
	held, p.Pager = pieceOf(r, held, triageShown, func(p publish.Held) int64 { return p.ID })
	p.Posts = heldRows(held, channels, zone(visitOf(r).brand))
	for _, v := range p.Posts {
		if v.Decided == "" {
			p.Undecided++
			if v.Passed {
				p.Passed++
			}
		}
	}
	p.Undecided += h.OpenTaken()
	for _, f := range h.Flying {
		if !f.Sure() {
			p.Lost++
		}
	}
	return p, nil
}

// heldRows are rows of posts that are held, with what bursts in them.
func heldRows(held []publish.Held, channels []desk.Channel, z *time.Location) []postRow {
	posts := make([]desk.Post, len(held))
	for i, h := range held {
		posts[i] = h.Post
	}
	rows := postRows(posts, channels, z)
	for i, h := range held {
		rows[i].Bursts = h.Bursts
	}
	return rows
}

// scopeSay says what a hold holds.
func scopeSay(h *desk.Hold, channels []desk.Channel) desk.Text {
	switch {
	case h.Elective():
		return desk.Say("Posts that say: {words}", "words", strings.Join(h.Words, ", "))
	case h.ChannelID != 0:
		name := ""
		for _, c := range channels {
			if c.ID == h.ChannelID {
				name = c.Name
			}
		}
		return desk.Say("Everything in {channel}", "channel", name)
	case h.Campaign != "":
		return desk.Say("The campaign {name}", "name", h.Campaign)
	case h.BrandID != 0:
		return desk.Say("Everything of one brand")
	}
	return desk.Say("Everything, everywhere")
}

func (c *Console) holdShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.holdPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "hold/hold", p)
}

// holdDecide decides about the posts that were ticked.
func (c *Console) holdDecide(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	due, _ := time.ParseInLocation(clockForm, r.PostFormValue("due"), zone(visitOf(r).brand)) // what cannot be read is refused as no time
	what := r.PostFormValue("decision")
	var wrong []error
	for _, one := range r.PostForm["post"] {
		if err := c.decide(r.Context(), number(one), what, due, r.PostFormValue("why")); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(r.PostForm["post"]) == 0 {
		wrong = append(wrong, desk.Wrong("post", "Tick the posts that you decide about."))
	}
	if err := errors.Join(wrong...); err != nil {
		p, perr := c.holdPage(r)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "hold/hold", p, err)
	}
	return seeOther(w, r, "/holds/"+itoa(id), "decided")
}

// decide does with one held post what was chosen.
func (c *Console) decide(ctx context.Context, id int64, what string, due time.Time, why string) error {
	var err error
	switch what {
	case "move":
		_, err = c.Outbox.Move(ctx, id, due)
	case "drop":
		_, err = c.Outbox.Drop(ctx, id, why)
	case "edit":
		_, err = c.Outbox.Edit(ctx, id, why)
	default:
		_, err = c.Outbox.Decide(ctx, id, what, time.Time{})
	}
	return err
}

// holdTaken decides about a post that was taken out of another queue.
func (c *Console) holdTaken(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Outbox.DecideTaken(r.Context(), id, number(r.PostFormValue("channel")), r.PostFormValue("item"), r.PostFormValue("decision")); err != nil {
		p, perr := c.holdPage(r)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "hold/hold", p, err)
	}
	return seeOther(w, r, "/holds/"+itoa(id), "decided")
}

func (c *Console) holdEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err := c.Outbox.End(r.Context(), id, r.PostFormValue("why")); err != nil {
		p, perr := c.holdPage(r)
		if perr != nil {
			return perr
		}
		p.Why = r.PostFormValue("why")
		return c.again(w, r, "hold/hold", p, err)
	}
	return seeOther(w, r, "/holds/"+itoa(id), "holdend")
}
