package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// talkAct is one thing that people do with a conversation from its page.
type talkAct struct {
	do   func(c *Console, r *http.Request, id int64) error
	done string
}

// talkActs are what the forms of a conversation's page do, by the value of their button.
var talkActs = map[string]talkAct{
	"mine": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Assign(r.Context(), id, visitOf(r).user.ID))
	}, "saved"},
	"assign": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Assign(r.Context(), id, number(r.PostFormValue("user"))))
	}, "saved"},
	"label": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Label(r.Context(), id, commas(r.PostFormValue("label")), r.PostForm["unlabel"]))
	}, "saved"},
	"snooze": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Snooze(r.Context(), id, time.Now().Add(hours(r.PostFormValue("hours")))))
	}, "snoozed"},
	"leave": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Leave(r.Context(), id, r.PostFormValue("why")))
	}, "unanswered"},
	"hand": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.HandOver(r.Context(), id, number(r.PostFormValue("counter")), r.PostFormValue("hand_why")))
	}, "handed"},
	"served": {func(c *Console, r *http.Request, id int64) error { return drop(c.Queue.Served(r.Context(), id)) }, "saved"},
	"done":   {func(c *Console, r *http.Request, id int64) error { return drop(c.Queue.Done(r.Context(), id)) }, "saved"},
	"reopen": {func(c *Console, r *http.Request, id int64) error { return drop(c.Queue.Reopen(r.Context(), id)) }, "saved"},
	"note": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Note(r.Context(), id, r.PostFormValue("text")))
	}, "noted"},
	"triage": {func(c *Console, r *http.Request, id int64) error {
		form := r.PostFormValue
		return drop(c.Queue.Triage(r.Context(), id, desk.Triage{Danger: form("danger"), True: form("true"), Harmed: form("harmed"), Tone: form("tone")}))
	}, "saved"},
	"claim": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Link(r.Context(), id, number(r.PostFormValue("claim")), r.PostFormValue("off") == ""))
	}, "saved"},
	"raise": {func(c *Console, r *http.Request, id int64) error {
		return drop(c.Queue.Raise(r.Context(), id, number(r.PostFormValue("incident"))))
	}, "saved"},
}

func drop(_ desk.Conversation, err error) error { return err }

func commas(s string) []string { return strings.Split(s, ",") }

func hours(s string) time.Duration { return time.Duration(number(s)) * time.Hour }

// inboxDo does one thing with a conversation, and shows its page again with what was wrong.
func (c *Console) inboxDo(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	act, ok := talkActs[r.PostFormValue("do")]
	if !ok {
		return desk.ErrNotFound
	}
	err = act.do(c, r, id)
	if errors.Is(err, desk.ErrInvalidTransition) {
		err = desk.Wrong("do", "An answer to them is on its way or waits for a signature.")
	}
	if err == nil {
		return seeOther(w, r, "/inbox/"+itoa(id)+inboxQuery(r), act.done)
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	p.Thread.HandWhy = r.PostFormValue("hand_why")
	return c.again(w, r, "inbox/inbox", p, err)
}

// inboxErase removes all that somebody wrote to us alone, and goes back to the list.
func (c *Console) inboxErase(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if _, err = c.Queue.Erase(r.Context(), id); err == nil {
		return seeOther(w, r, "/inbox"+inboxQuery(r), "erased")
	}
	p, perr := c.inboxWith(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "inbox/inbox", p, err)
}

// inboxBulk does one thing with the conversations that were chosen; nobody is answered by it.
func (c *Console) inboxBulk(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostFormValue
	b := reply.Bulk{Do: form("do"), UserID: number(form("user")), Label: strings.TrimSpace(form("label")), Why: form("why"), Claim: number(form("claim"))}
	if b.Do == "mine" {
		b.Do, b.UserID = "assign", visitOf(r).user.ID
	}
	if b.Do == "snooze" {
		b.Until = time.Now().Add(hours(form("hours")))
	}
	out, err := c.Queue.Many(r.Context(), chosen(r.PostForm["id"]), b)
	var failed []error
	for _, one := range out {
		if !one.Problem.IsZero() {
			failed = append(failed, desk.Wrong("bulk", "Conversation {n}: {why}", "n", one.ID, "why", one.Problem))
		}
	}
	if err = errors.Join(append(failed, err)...); err == nil {
		return seeOther(w, r, "/inbox"+inboxQuery(r), "saved")
	}
	p, perr := c.inboxPage(r)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "inbox/inbox", p, err)
}

// follow notes who has a conversation's page open, as attend does for rooms.
func (c *Console) follow(r *http.Request) (leave func()) {
	talk, v := number(r.URL.Query().Get("talk")), visitOf(r)
	if talk == 0 || !v.signedIn {
		return func() {}
	}
	if _, err := c.Queue.Name(context.WithoutCancel(r.Context()), talk); err != nil {
		return func() {} // not theirs to see
	}
	first, gone := c.talks.enter(talk, v.user.ID, v.user.Name)
	if first {
		c.Live.Moved(0)
	}
	return func() {
		if gone() {
			c.Live.Moved(0)
		}
	}
}
