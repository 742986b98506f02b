package web

import (
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/reply"
)

// givenView is how many of the answers that people got were copied, with the address of the list of them.
type givenView struct {
	desk.AnswerCounts
	Path string
	Days int // that are counted; 0: those of an incident
}

// givenDays are counted where no incident is named.
const givenDays = 30

// Says how many answers were copied.
func (g *givenView) Says() desk.Text {
	return desk.Say("{n} of {all} answers were copied", "n", g.Copied, "all", g.Answers)
}

// newGiven is the view of an incident's answers, or of the last days' when it is 0; nil when nobody was answered.
func newGiven(n desk.AnswerCounts, incidentID int64) *givenView {
	switch {
	case n.Answers == 0:
		return nil
	case incidentID == 0:
		return &givenView{n, "/inbox/copied", givenDays}
	}
	return &givenView{n, "/inbox/copied?room=" + itoa(incidentID), 0}
}

// givenIn counts for leads the answers of the room that is open, or of the last days.
func (c *Console) givenIn(r *http.Request) (*givenView, error) {
	v := visitOf(r)
	if v.actor.Role < desk.Lead {
		return nil, nil
	}
	room, err := c.openRoom(r)
	if err != nil {
		return nil, err
	}
	id := int64(0)
	if room != nil {
		id = room.ID
	}
	n, err := c.Queue.Answered(r.Context(), givenFilter(v.brand.ID, id))
	return newGiven(n, id), err
}

func givenFilter(brandID, incidentID int64) desk.AnswerFilter {
	if incidentID != 0 {
		return desk.AnswerFilter{IncidentID: incidentID}
	}
	return desk.AnswerFilter{BrandID: brandID, Since: time.Now().UTC().AddDate(0, 0, -givenDays)}
}

// copiedPage is the answers that were close to what somebody else was answered.
type copiedPage struct {
	Frame
	Given  *givenView
	Room   *desk.Incident // in which they were given; nil: the last days
	Copied []reply.Copied
	Pager  pagerView
}

const copiedShown = 50

func (c *Console) inboxCopied(w http.ResponseWriter, r *http.Request) error {
	ctx, v, q := r.Context(), visitOf(r), r.URL.Query()
	p := &copiedPage{Frame: Frame{Area: "inbox"}}
	id := number(q.Get("room"))
	if id != 0 {
		room, err := c.Rooms.One(ctx, id)
		if err != nil {
			return err
		}
		p.Room = &room
	}
	f := givenFilter(v.brand.ID, id)
	n, err := c.Queue.Answered(ctx, f)
	if err != nil {
		return err
	}
	p.Given = newGiven(n, id)
	f.Paging = desk.Paging{Before: number(q.Get("before")), Limit: copiedShown + 1}
	all, err := c.Queue.Copied(ctx, f)
	if err != nil {
		return err
	}
	p.Copied, p.Pager = pieceOf(r, all, copiedShown, func(one reply.Copied) int64 { return one.PostID })
	return c.render(w, r, "inbox/copied", p)
}
