package web

import (
	"cmp"
	"errors"
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
		{"GET /inbox/policy", desk.Viewer, c.replyPolicyShow},
		{"POST /inbox/policy", desk.Lead, c.replyPolicySave},
		{"POST /inbox/bulk", desk.Responder, c.inboxBulk},
		{"POST /inbox/{id}/answer", desk.Responder, c.inboxAnswer},
		{"POST /inbox/{id}/draft", desk.Responder, c.inboxDraft},
		{"POST /inbox/{id}/check", desk.Responder, c.inboxCheck},
		{"POST /inbox/{id}/undo", desk.Responder, c.inboxUndo},
		{"POST /inbox/{id}/sign", desk.Lead, c.inboxSign},
		{"POST /inbox/{id}/do", desk.Responder, c.inboxDo},
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

// threadView is the conversation that is open.
type threadView struct {
	reply.Thread
	Said        []saidView
	Late        bool
	Text        string // in the composer
	Channel     int64
	Owner       string // who is writing to them now, when it is somebody else
	Findings    []foundThing
	Asked       bool // Findings were asked for
	Linked      bool // Text has the address at which they go on in private
	Conflict    desk.Text
	Busy        bool // the conflict is that somebody writes right now
	Present     []attendee
	History     []reply.Talk
	Ingredients []reply.Ingredient
	Claims      []desk.Claim
	Tones       []choice
	Lang        string
	HandWhy     string // that was typed for customer service
}

// As is the account that answers, as people call it.
func (t *threadView) As() string {
	for _, ch := range t.Channels {
		if ch.ID == t.Channel {
			return cmp.Or(ch.Account, ch.Name)
		}
	}
	return ""
}

// pickView is a question that is answered by yes or no, or not yet.
type pickView struct{ Name, Label, Value string }

// saidView is one message with what became of it, when it is ours.
type saidView struct {
	desk.Message
	Sent   *reply.Sent
	Copied bool // it is close to what somebody else was answered
}

func (c *Console) threadOf(r *http.Request, id int64) (*threadView, error) {
	ctx, v := r.Context(), visitOf(r)
	one, err := c.Queue.One(ctx, id, number(r.URL.Query().Get("before")))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	t := &threadView{Thread: one, Late: one.Late(now), Present: others(c.talks.in(id), v.user.ID), Tones: named("tone", desk.Tones...), Lang: one.Lang}
	for _, m := range one.Messages {
		view := saidView{Message: m, Copied: m.Alike >= reply.Copy}
		if s, ok := one.Posts[m.PostID]; ok && m.PostID != 0 {
			view.Sent = &s
		}
		t.Said = append(t.Said, view)
	}
	if one.Draft.Owned(v.user.ID, now) {
		t.Owner = one.Draft.Name
	} else {
		t.Text = one.Draft.Text
	}
	if len(one.Channels) > 0 {
		t.Channel = one.Channels[0].ID
	}
	if t.History, err = c.Queue.History(ctx, id); err != nil {
		return nil, err
	}
	if t.Ingredients, err = c.Queue.Ingredients(ctx, &one.Conversation); err != nil {
		return nil, err
	}
	t.Claims, err = c.Queue.Claims(ctx, &one.Conversation)
	return t, err
}

// inboxAnswer sends an answer. When somebody else was there first it is shown with what went on meanwhile, and not sent.
func (c *Console) inboxAnswer(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form := r.PostFormValue
	switch form("do") {
	case "check":
		return c.inboxCheck(w, r)
	case "private":
		return c.inboxPrivate(w, r, id)
	}
	if form("take_over") != "" {
		if _, err := c.Queue.Write(r.Context(), id, form("text"), true); err != nil {
			return err
		}
	}
	_, err = c.Queue.Answer(r.Context(), id, reply.Answer{ChannelID: number(form("channel")), Lang: form("lang"), Subject: form("subject"), Text: form("text"),
		Facts: chosen(r.PostForm["fact"]), Seen: number(form("seen")), Private: form("private") != ""})
	if err == nil {
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), "answered")
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	p.Thread.Text, p.Thread.Channel = form("text"), number(form("channel"))
	var busy *reply.Busy
	var moved *reply.Moved
	switch {
	case errors.As(err, &busy):
		p.Thread.Conflict, p.Thread.Busy = desk.Say("{name} is writing to them right now. Nothing was sent.", "name", busy.Draft.Name), true
	case errors.As(err, &moved):
		p.Thread.Conflict = desk.Say("The conversation went on while you wrote. Nothing was sent. Read what is new first.")
	default:
		return c.again(w, r, "inbox/inbox", p, err)
	}
	return c.renderAs(w, r, http.StatusConflict, "inbox/inbox", p)
}

func chosen(values []string) (ids desk.IDs) {
	for _, s := range values {
		if n := number(s); n > 0 && !slices.Contains(ids, n) {
			ids = append(ids, n)
		}
	}
	return ids
}

// inboxQuery is what of the list's address a form carries on.
func inboxQuery(r *http.Request) string {
	if q := r.URL.RawQuery; q != "" {
		return "?" + q
	}
	return ""
}

// inboxDraft keeps what is being written, as the composer does by itself while somebody types.
func (c *Console) inboxDraft(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	_, err = c.Queue.Write(r.Context(), id, r.PostFormValue("text"), r.PostFormValue("take_over") != "")
	var busy *reply.Busy
	if errors.As(err, &busy) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusConflict)
		_, _ = w.Write([]byte(visitOf(r).speak.Text(desk.Say("{name} is writing to them right now.", "name", busy.Draft.Name)))) // nobody to tell when they left
		return nil
	}
	if err != nil {
		return err
	}
	if c.Live != nil {
		c.Live.Moved(0)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// inboxCheck shows the composer again with what a reader would hear in the answer.
func (c *Console) inboxCheck(w http.ResponseWriter, r *http.Request) error {
	p, err := c.inboxWith(r)
	if err != nil {
		return err
	}
	text := r.PostFormValue("text")
	found, err := c.Queue.Check(r.Context(), p.Thread.ID, r.PostFormValue("lang"), text)
	if err != nil {
		return err
	}
	p.Thread.Text, p.Thread.Asked, p.Thread.Findings = text, true, foundThings(found)
	if ch := number(r.PostFormValue("channel")); ch != 0 {
		p.Thread.Channel = ch
	}
	return c.render(w, r, "inbox/inbox", p)
}

// inboxPrivate shows the composer again with an address at which to go on in private; it is said in people's own words.
func (c *Console) inboxPrivate(w http.ResponseWriter, r *http.Request, id int64) error {
	link, err := c.Queue.PrivateLink(r.Context(), id)
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	text := r.PostFormValue("text")
	if err != nil {
		p.Thread.Text = text
		return c.again(w, r, "inbox/inbox", p, err)
	}
	if !strings.Contains(text, link) {
		text = strings.TrimSpace(text + "\n" + link)
	}
	p.Thread.Text, p.Thread.Linked = text, true
	if ch := number(r.PostFormValue("channel")); ch != 0 {
		p.Thread.Channel = ch
	}
	return c.render(w, r, "inbox/inbox", p)
}

func (c *Console) inboxUndo(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	_, err = c.Queue.Undo(r.Context(), id)
	if err == nil {
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), "undone")
	}
	if errors.Is(err, desk.ErrInvalidTransition) {
		err = desk.Wrong("undo", "It is too late: the answer is out, or somebody took it back.")
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "inbox/inbox", p, err)
}

func (c *Console) inboxSign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	did := "signed"
	if r.PostFormValue("do") == "back" {
		did = "sentback"
		_, err = c.Queue.SendBack(r.Context(), id, r.PostFormValue("hash"), r.PostFormValue("why"), "")
	} else {
		_, err = c.Queue.Sign(r.Context(), id, r.PostFormValue("hash"), "")
	}
	if err == nil {
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), did)
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "inbox/inbox", p, err)
}
