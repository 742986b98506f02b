package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/reply"
)

// inboxAnswer sends an answer. When somebody else was there first it is shown with what went on meanwhile, and not sent; nor is one of which
// the guard warns, unless its writer saw the warnings and goes past them.
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
		Facts: chosen(r.PostForm["fact"]), Seen: number(form("seen")), Private: form("private") != "", Despite: strings.Fields(form("despite"))})
	if err == nil {
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), "answered")
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	now := p.Thread.Seen
	p.Thread.refill(r)
	var busy *reply.Busy
	var moved *reply.Moved
	var warned *reply.Warned
	switch {
	case errors.As(err, &warned):
		p.Thread.Warned = &warnedView{foundThings(warned.Findings), strings.Join(warned.Checks(), " ")}
		if err := c.keepWords(r, id); err != nil {
			return err
		}
	case errors.As(err, &busy):
		p.Thread.Conflict, p.Thread.Busy = desk.Say("{name} is writing to them right now. Nothing was sent.", "name", busy.Draft.Name), true
	case errors.As(err, &moved):
		p.Thread.Seen = now // it is on the page that is shown
		p.Thread.Conflict = desk.Say("The conversation went on while you wrote. Nothing was sent. Read what is new first.")
	default:
		return c.again(w, r, "inbox/inbox", p, err)
	}
	return c.renderAs(w, r, http.StatusConflict, "inbox/inbox", p)
}

// keepWords makes the answer that was not sent the draft, also where no script does; somebody else's draft stays theirs.
func (c *Console) keepWords(r *http.Request, id int64) error {
	_, err := c.Queue.Write(r.Context(), id, r.PostFormValue("text"), false)
	var busy *reply.Busy
	if errors.As(err, &busy) {
		return nil
	}
	return err
}

func chosen(values []string) (ids desk.IDs) {
	for _, s := range values {
		if n := number(s); n > 0 && !slices.Contains(ids, n) {
			ids = append(ids, n)
		}
	}
	return ids
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
	p.Thread.refill(r)
	p.Thread.Asked, p.Thread.Findings = true, foundThings(found)
	return c.render(w, r, "inbox/inbox", p)
}

// inboxPrivate shows the composer again with an address at which to go on in private; it is said in people's own words.
func (c *Console) inboxPrivate(w http.ResponseWriter, r *http.Request, id int64) error {
	link, err := c.Queue.PrivateLink(r.Context(), id)
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	p.Thread.refill(r)
	if err != nil {
		return c.again(w, r, "inbox/inbox", p, err)
	}
	if !strings.Contains(p.Thread.Text, link) {
		p.Thread.Text = strings.TrimSpace(p.Thread.Text + "\n" + link)
	}
	p.Thread.Linked = true
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

// backReasons are why answers most often go back to who wrote them, to be ticked instead of typed at night.
var backReasons = []desk.Text{
	desk.Say("Not what the facts say."), desk.Say("Does not answer what they wrote."), desk.Say("Argues with them."), desk.Say("Too long."),
	desk.Say("Promises what nobody decided."), desk.Say("Say that we are sorry."),
}

// Reasons are what a lead ticks who sends an answer back.
func (threadView) Reasons() []desk.Text { return backReasons }

// inboxSign signs an answer, in the words that the lead leaves there, or sends it back. What they typed is never lost.
func (c *Console) inboxSign(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, did := r.PostFormValue, "signed"
	var now desk.Conversation
	if form("do") == "back" {
		did = "sentback"
		why := strings.TrimSpace(strings.Join(append(r.PostForm["reason"], form("why")), " "))
		now, err = c.Queue.SendBack(r.Context(), id, form("hash"), why, "")
	} else {
		now, err = c.Queue.SignChanged(r.Context(), id, reply.Changed{Hash: form("hash"), Text: form("text"), Despite: strings.Fields(form("despite"))})
	}
	if err == nil {
		if now.State == desk.ConversationSigning {
			did = "changed"
		}
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), did)
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	p.Thread.Signed = form("text")
	var warned *reply.Warned
	var wrong *desk.Invalid
	switch {
	case errors.As(err, &wrong) && wrong.Field == "text": // not that of the composer below
		return c.again(w, r, "inbox/inbox", p, &desk.Invalid{Field: "sign_text", Reason: wrong.Reason})
	case errors.As(err, &warned):
		p.Thread.SignWarned = &warnedView{foundThings(warned.Findings), strings.Join(warned.Checks(), " ")}
	case errors.Is(err, desk.ErrConflict) && p.Thread.Signing != nil:
		p.Thread.Stale = true
	default:
		return c.again(w, r, "inbox/inbox", p, err)
	}
	return c.renderAs(w, r, http.StatusConflict, "inbox/inbox", p)
}
