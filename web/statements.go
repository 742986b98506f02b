package web

import (
	"context"
	"net/http"
	"time"

	"breakwater/approve"
	"breakwater/desk"
)

func (c *Console) statementRoutes() []route {
	return []route{
		{"GET /statements", desk.Viewer, c.statementList},
		{"GET /statements/new", desk.Responder, c.statementNew},
		{"POST /statements/new", desk.Responder, c.statementBegin},
		{"GET /statements/{id}", desk.Viewer, c.statementShow},
		{"POST /statements/{id}", desk.Responder, c.statementWrite},
		{"POST /statements/{id}/submit", desk.Responder, c.statementSubmit},
		{"POST /statements/{id}/second", desk.Responder, c.statementSecond},
		{"POST /statements/{id}/sign", desk.Responder, c.statementSign},
		{"POST /statements/{id}/back", desk.Responder, c.statementBack},
		{"POST /statements/{id}/glass", desk.Lead, c.statementGlass},
		{"POST /statements/{id}/reviewed", desk.Lead, c.statementReviewed},
		{"POST /statements/{id}/publish", desk.Lead, c.statementPublish},
		{"POST /statements/{id}/correct", desk.Responder, c.statementCorrect},
		{"POST /statements/{id}/withdraw", desk.Lead, c.statementWithdraw},
		{"GET /statements/{id}/versions", desk.Viewer, c.statementVersions},
	}
}

// statementsPage is the list of what we say and said.
type statementsPage struct {
	Frame
	Statements []desk.Statement
	Promises   []promiseView
	State      string
	Pager      pagerView
}

// States are the filters of the list.
func (p *statementsPage) States() []choice {
	return append([]choice{{"", desk.Say("All")}}, named("saidstate", desk.StatementDraft, desk.StatementReview, desk.StatementApproved, desk.StatementPublished)...)
}

const statementsShown = 25

func (c *Console) statementList(w http.ResponseWriter, r *http.Request) error {
	ctx, v, q := r.Context(), visitOf(r), r.URL.Query()
	p := &statementsPage{State: q.Get("state")}
	got, err := c.Words.List(ctx, v.brand.ID, number(q.Get("incident")), p.State, desk.Paging{Before: number(q.Get("before")), Limit: statementsShown + 1})
	if err != nil {
		return err
	}
	p.Statements, p.Pager = pieceOf(r, got, statementsShown, func(s desk.Statement) int64 { return s.ID })
	open, err := c.Words.Promised(ctx, v.brand.ID, 0)
	if err != nil {
		return err
	}
	p.Promises = promiseViews(open, zone(v.brand), time.Now())
	return c.render(w, r, "statements/statements", p)
}

func (c *Console) statementNew(w http.ResponseWriter, r *http.Request) error {
	p, err := c.emptyStatement(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "statements/statement", p)
}

// emptyStatement is the page of a statement that is not begun: for the incident that is asked for, or for none.
func (c *Console) emptyStatement(r *http.Request) (*statementPage, error) {
	s := desk.Statement{Kind: "ordinary", BrandID: visitOf(r).brand.ID, IncidentID: number(r.FormValue("incident")), State: desk.StatementDraft}
	if s.IncidentID != 0 {
		i, err := c.Rooms.One(r.Context(), s.IncidentID)
		if err != nil {
			return nil, err
		}
		s.Kind, s.Level, s.BrandID = "holding", i.Level, i.BrandID
	}
	return c.statementPage(r, s)
}

func (c *Console) statementBegin(w http.ResponseWriter, r *http.Request) error {
	p, err := c.emptyStatement(r)
	if err != nil {
		return err
	}
	words, err := c.wordsOf(r, p)
	p.take(words)
	if err == nil && !previewing(r) {
		var s desk.Statement
		if s, err = c.Words.Begin(r.Context(), approve.Draft{BrandID: p.Statement.BrandID, IncidentID: p.Statement.IncidentID, Words: words}); err == nil {
			return c.next(w, r, s)
		}
	}
	p.look(r.Context(), c)
	if previewing(r) {
		return c.render(w, r, "statements/statement", p)
	}
	return c.again(w, r, "statements/statement", p, err)
}

func (c *Console) statementShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.statementOf(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "statements/statement", p)
}

func (c *Console) statementOf(r *http.Request) (*statementPage, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	s, err := c.Words.One(r.Context(), id)
	if err != nil {
		return nil, err
	}
	return c.statementPage(r, s)
}

// wordsOf reads the words of the form, with its files unless it is only looked at.
func (c *Console) wordsOf(r *http.Request, p *statementPage) (desk.Words, error) {
	var take func(int) ([]desk.Media, error)
	if !previewing(r) {
		take = c.mediaTaker(r)
	}
	return wordsOf(r, p.Statement.Words(), p.Around.Facts, take)
}

// previewing reports whether the form is only looked at while somebody types.
func previewing(r *http.Request) bool { return r.PostFormValue("try") != "" }

// statementWrite saves the words, or shows what they look like; with "submit" they go to be signed at once.
func (c *Console) statementWrite(w http.ResponseWriter, r *http.Request) error {
	p, err := c.statementOf(r)
	if err != nil {
		return err
	}
	version := int(number(r.PostFormValue("version")))
	words, err := c.wordsOf(r, p)
	if err == nil && !previewing(r) {
		var s desk.Statement
		if s, err = c.Words.Write(r.Context(), p.Statement.ID, version, words); err == nil {
			return c.next(w, r, s)
		}
	}
	p.take(words)
	p.look(r.Context(), c)
	if previewing(r) {
		return c.render(w, r, "statements/statement", p)
	}
	return c.again(w, r, "statements/statement", p, err)
}

// next leads on after the words are saved.
func (c *Console) next(w http.ResponseWriter, r *http.Request, s desk.Statement) error {
	at := "/statements/" + itoa(s.ID)
	if r.PostFormValue("submit") == "" {
		return seeOther(w, r, at, "saved")
	}
	if _, err := c.Words.Submit(r.Context(), s.ID, s.Version); err != nil {
		p, perr := c.statementPage(r, s)
		if perr != nil {
			return perr
		}
		return c.again(w, r, "statements/statement", p, err)
	}
	return seeOther(w, r, at, "submitted")
}

// statementDo does one thing to a statement and leads back to it; what was wrong with the form is said there.
func (c *Console) statementDo(w http.ResponseWriter, r *http.Request, did string, do func(ctx context.Context, id int64) error) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := do(r.Context(), id); err != nil {
		if len(invalids(err)) == 0 {
			return err
		}
		p, perr := c.statementOf(r)
		if perr != nil {
			return perr
		}
		p.Why = r.PostFormValue("why")
		return c.again(w, r, "statements/statement", p, err)
	}
	return seeOther(w, r, "/statements/"+itoa(id), did)
}

func (c *Console) statementSubmit(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "submitted", func(ctx context.Context, id int64) error {
		_, err := c.Words.Submit(ctx, id, int(number(r.PostFormValue("version"))))
		return err
	})
}

// statementSecond asks for a second opinion on what is approved.
func (c *Console) statementSecond(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "submitted", func(ctx context.Context, id int64) error {
		_, err := c.Words.AskSecond(ctx, id)
		return err
	})
}

func (c *Console) statementSign(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "signed", func(ctx context.Context, id int64) error {
		_, err := c.Words.Sign(ctx, id, r.PostFormValue("hash"), "")
		return err
	})
}

func (c *Console) statementBack(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "sentback", func(ctx context.Context, id int64) error {
		_, err := c.Words.SendBack(ctx, id, r.PostFormValue("hash"), r.PostFormValue("why"), "")
		return err
	})
}

func (c *Console) statementGlass(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Words.BreakGlass(ctx, id, r.PostFormValue("hash"), r.PostFormValue("why"), "")
		return err
	})
}

func (c *Console) statementReviewed(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "saved", func(ctx context.Context, id int64) error {
		_, err := c.Words.ReviewGlass(ctx, id, r.PostFormValue("finding"))
		return err
	})
}

func (c *Console) statementPublish(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "letout", func(ctx context.Context, id int64) error {
		due, err := localTime(r.PostFormValue("due"), zone(visitOf(r).brand))
		if err != nil {
			return desk.Wrong("due", "Choose a time.")
		}
		if err := c.asMeant(r, id); err != nil {
			return err
		}
		s, err := c.Words.Publish(ctx, id, due)
		if err != nil || r.PostFormValue("promise") == "" {
			return err
		}
		return c.promise(ctx, r, desk.Promise{BrandID: s.BrandID, IncidentID: s.IncidentID, StatementID: s.ID})
	})
}

// asMeant asks who spoke as another brand last whether they mean this one.
func (c *Console) asMeant(r *http.Request, id int64) error {
	s, err := c.Words.One(r.Context(), id)
	if err != nil {
		return err
	}
	as, err := c.accounts(r.Context(), visitOf(r), s)
	if err != nil {
		return err
	}
	return as.confirmed(r.PostFormValue("as"))
}

func (c *Console) statementCorrect(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	s, err := c.Words.Correct(r.Context(), id)
	if err != nil {
		return err
	}
	return seeOther(w, r, "/statements/"+itoa(s.ID), "saved")
}

func (c *Console) statementWithdraw(w http.ResponseWriter, r *http.Request) error {
	return c.statementDo(w, r, "withdrawn", func(ctx context.Context, id int64) error {
		withdraw := c.Words.Withdraw
		if r.PostFormValue("live") != "" {
			withdraw = c.Words.WithdrawLive
		}
		_, err := withdraw(ctx, id, r.PostFormValue("why"))
		return err
	})
}

// versionsPage is all that a statement said, each version beside the one before.
type versionsPage struct {
	Frame
	Statement desk.Statement
	Versions  []versionView
	Pager     pagerView
}

// versionView is one version with what changed in it.
type versionView struct {
	desk.StatementVersion
	Changes []approve.Change
	First   bool
}

const versionsShown = 20

func (c *Console) statementVersions(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	s, err := c.Words.One(r.Context(), id)
	if err != nil {
		return err
	}
	got, err := c.Words.Versions(r.Context(), id, desk.Paging{Before: number(r.URL.Query().Get("before")), Limit: versionsShown + 1})
	if err != nil {
		return err
	}
	p := &versionsPage{Statement: s, Versions: versionViews(got)}
	p.Versions, p.Pager = pieceOf(r, p.Versions, versionsShown, func(v versionView) int64 { return int64(v.Number) })
	return c.render(w, r, "statements/versions", p)
}

// versionViews are versions, newest first, each with what changed since the next older in the list.
func versionViews(all []desk.StatementVersion) (views []versionView) {
	for i, v := range all {
		view := versionView{StatementVersion: v, First: v.Number == 1}
		if i+1 < len(all) {
			view.Changes = approve.Changes(all[i+1].Words, v.Words)
		}
		views = append(views, view)
	}
	return views
}

// localTime reads what a datetime-local field holds, in a zone; empty is zero.
func localTime(s string, z *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", s, z)
	return t.UTC(), err
}
