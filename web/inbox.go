package web

import (
	"cmp"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

func (c *Console) inboxRoutes() []route {
	return []route{
		{"GET /inbox", desk.Viewer, c.inboxList},
		{"GET /inbox/{id}", desk.Viewer, c.inboxOne},
		{"GET /inbox/copied", desk.Viewer, c.inboxCopied},
		{"GET /inbox/policy", desk.Viewer, c.replyPolicyShow},
		{"POST /inbox/policy", desk.Lead, c.replyPolicySave},
		{"POST /inbox/bulk", desk.Responder, c.inboxBulk},
		{"POST /inbox/{id}/answer", desk.Responder, c.inboxAnswer},
		{"POST /inbox/{id}/draft", desk.Responder, c.inboxDraft},
		{"POST /inbox/{id}/check", desk.Responder, c.inboxCheck},
		{"POST /inbox/{id}/undo", desk.Responder, c.inboxUndo},
		{"POST /inbox/{id}/sign", desk.Lead, c.inboxSign},
		{"POST /inbox/{id}/do", desk.Responder, c.inboxDo},
		{"POST /inbox/{id}/erase", desk.Lead, c.inboxErase},
	}
}

// inboxPage is those who wrote, and the one conversation that is open.
type inboxPage struct {
	Frame
	View    string
	Views   []inboxView
	Counts  desk.ConversationCounts
	Rows    []inboxRow
	Next    string       // address of the next page; empty at the end
	Query   template.URL // of the list: what rows' addresses carry on, encoded
	Q       string
	Label   string
	Labels  []string
	Claim   int64
	People  []desk.User
	Thread  *threadView
	Now     time.Time
	Snoozes []choice
	Sitting *desk.Claim // whose people the list shows
	Left    int64       // mentions of Sitting that the next sitting takes up
	Ahead   int64       // the conversation after the open one; 0 at the end
	Undo    undoView
	Given   *givenView // what a lead sees of the answers; nil: nobody was answered yet
}

// undoView is the answer of the reader that is on its way.
type undoView struct {
	reply.Leaving
	Left int // seconds, 1 … 10
}

func newUndo(l reply.Leaving, now time.Time) undoView {
	left := int(l.Until.Sub(now)/time.Second) + 1
	return undoView{l, max(1, min(left, int(reply.UndoFor/time.Second)))}
}

// inboxView is a way to look at the inbox.
type inboxView struct {
	Name    string
	Count   int
	Current bool
}

// inboxRow is a conversation of the list.
type inboxRow struct {
	reply.Talk
	Late, Open bool
	Present    []attendee
}

const inboxShown = 40

func (c *Console) inboxList(w http.ResponseWriter, r *http.Request) error {
	p, err := c.inboxPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "inbox/inbox", p)
}

func (c *Console) inboxOne(w http.ResponseWriter, r *http.Request) error {
	p, err := c.inboxWith(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "inbox/inbox", p)
}

// inboxWith is the list with the conversation that the address names.
func (c *Console) inboxWith(r *http.Request) (*inboxPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	p, err := c.inboxPage(r)
	if err != nil {
		return nil, err
	}
	if p.Thread, err = c.threadOf(r, id); err != nil {
		return nil, err
	}
	p.Talk = id
	p.open(id)
	return p, nil
}

// open marks the row of a conversation, and finds the next that waits.
func (p *inboxPage) open(id int64) {
	at := slices.IndexFunc(p.Rows, func(r inboxRow) bool { return r.ID == id })
	if at >= 0 {
		p.Rows[at].Open = true
	}
	for _, r := range slices.Concat(p.Rows[at+1:], p.Rows[:max(at, 0)]) {
		if r.State == desk.ConversationWaiting {
			p.Ahead = r.ID
			return
		}
	}
}

func (c *Console) inboxPage(r *http.Request) (*inboxPage, error) {
	ctx, v, q := r.Context(), visitOf(r), r.URL.Query()
	p := &inboxPage{Frame: Frame{Area: "inbox"}, View: cmp.Or(q.Get("view"), "waiting"), Q: strings.TrimSpace(q.Get("q")), Label: q.Get("label"), Claim: number(q.Get("claim")), Now: time.Now()}
	f, err := reply.Narrow(desk.ConversationFilter{BrandID: v.brand.ID, Text: p.Q, Label: p.Label, ClaimID: p.Claim, Limit: inboxShown + 1}, p.View, v.user.ID)
	if err == nil {
		f.After, err = reply.ParsePlace(q.Get("after"))
	}
	if err != nil {
		return nil, desk.ErrNotFound
	}
	rows, err := c.Queue.List(ctx, f)
	if err != nil {
		return nil, err
	}
	p.Query = template.URL(p.keep().Encode())
	if len(rows) > inboxShown {
		rows = rows[:inboxShown]
		next := p.keep()
		next.Set("after", reply.Place(&rows[inboxShown-1].Conversation, f.Longest))
		p.Next = "/inbox?" + next.Encode()
	}
	for _, row := range rows {
		p.Rows = append(p.Rows, inboxRow{Talk: row, Late: row.Late(p.Now), Present: others(c.talks.in(row.ID), v.user.ID)})
	}
	if p.Counts, err = c.Queue.Counts(ctx, v.brand.ID); err != nil {
		return nil, err
	}
	p.Inbox = p.Counts
	if p.Labels, err = c.Queue.Labels(ctx, v.brand.ID); err != nil {
		return nil, err
	}
	p.Views = inboxViews(&p.Counts, p.View)
	if v.actor.Role >= desk.Responder {
		p.People, err = c.Queue.People(ctx, v.brand.ID)
	}
	if err != nil {
		return nil, err
	}
	p.Snoozes = snoozes
	if p.Claim != 0 {
		claim, err := c.Assess.Claims.One(ctx, p.Claim)
		if err != nil {
			return nil, err
		}
		p.Sitting, p.Left = &claim, number(r.URL.Query().Get("left"))
	}
	if p.Given, err = c.givenIn(r); err != nil {
		return nil, err
	}
	leaving, err := c.Queue.Leaving(ctx, v.brand.ID)
	if leaving.ConversationID != 0 {
		p.Undo = newUndo(leaving, p.Now)
	}
	return p, err
}

// others are those of a page that are not the reader.
func others(all []attendee, user int64) []attendee {
	return slices.DeleteFunc(all, func(a attendee) bool { return a.user == user })
}

// keep is what the addresses of a list carry on.
func (p *inboxPage) keep() url.Values {
	keep := url.Values{"view": {p.View}}
	for name, v := range map[string]string{"q": p.Q, "label": p.Label} {
		if v != "" {
			keep.Set(name, v)
		}
	}
	if p.Claim != 0 {
		keep.Set("claim", itoa(p.Claim))
	}
	return keep
}

// snoozes are how long a conversation is put off, in hours.
var snoozes = []choice{{"1", desk.Say("For an hour")}, {"4", desk.Say("For four hours")}, {"24", desk.Say("Until tomorrow")}, {"168", desk.Say("For a week")}}

func inboxViews(n *desk.ConversationCounts, current string) []inboxView {
	counts := map[string]int{"waiting": n.Waiting, "mine": n.Mine, "unassigned": n.Unassigned, "danger": n.Danger, "voices": n.Voices, "signing": n.Signing, "handed": n.Handed, "snoozed": n.Snoozed}
	all := make([]inboxView, len(reply.Views))
	for i, name := range reply.Views {
		all[i] = inboxView{name, counts[name], name == current}
	}
	return all
}

// inboxQuery is what of the list's address a form carries on.
func inboxQuery(r *http.Request) string {
	if q := r.URL.RawQuery; q != "" {
		return "?" + q
	}
	return ""
}
