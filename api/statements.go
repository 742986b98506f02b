package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/approve"
	"breakwater/desk"
)

func (s *server) statementOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/statements", desk.Viewer, "statement-list", "List statements", ""}, s.statements),
		ask(route{http.MethodPost, "/statements", desk.Responder, "statement-begin", "Begin a statement", "Key messages first, then a variant for each channel and language."}, s.beginStatement),
		ask(route{http.MethodGet, "/statements/{id}", desk.Viewer, "statement-read", "Read a statement", "With hash, which names exactly these words."}, s.statement),
		ask(route{http.MethodPut, "/statements/{id}", desk.Responder, "statement-write", "Change the words", "Every signature is void then."}, s.writeStatement),
		ask(route{http.MethodGet, "/statements/{id}/versions", desk.Viewer, "statement-versions", "What a statement said", "Every version of its words."}, s.statementVersions),
		ask(route{http.MethodPost, "/statements/{id}/submit", desk.Responder, "statement-submit", "Send a draft to be signed", "The plan's rule for its level says by whom."}, s.submitStatement),
		ask(route{http.MethodPost, "/statements/{id}/second", desk.Responder, "statement-second", "Ask for a second opinion on an approved statement", "For a day or a subject that needs one. What was signed stays signed."}, s.secondStatement),
		ask(route{http.MethodPost, "/statements/{id}/sign", desk.Responder, "statement-sign", "Sign, or send back", "For exactly the words of hash. A token signs as its owner, with their PIN."}, s.signStatement),
		ask(route{http.MethodPost, "/statements/{id}/glass", desk.Lead, "statement-glass", "Take a step past the signatures that are missing", "The first says why; the second, another lead or admin, approves exactly the words of hash. A third looks at it afterwards. A token acts as its owner, with their PIN."}, s.breakGlass),
		ask(route{http.MethodPost, "/statements/{id}/publish", desk.Lead, "statement-publish", "Publish an approved statement", ""}, s.publishStatement),
		ask(route{http.MethodPost, "/statements/{id}/correct", desk.Responder, "statement-correct", "Begin the correction of a published statement", ""}, s.correctStatement),
		ask(route{http.MethodPost, "/statements/{id}/withdraw", desk.Lead, "statement-withdraw", "Withdraw a statement", "Nothing more of it goes out; with live, what is out is deleted at the networks too. A reason is needed."}, s.withdrawStatement),
		ask(route{http.MethodPost, "/statements/{id}/reviewed", desk.Lead, "statement-reviewed", "Say what was found about words that went out without all signatures", "By somebody who was none of the two."}, s.reviewedStatement),
		ask(route{http.MethodGet, "/promises", desk.Viewer, "promise-list", "List open promises", "The next due first."}, s.promises),
		ask(route{http.MethodPost, "/promises", desk.Responder, "promise-make", "Start the clock of a promise", "“Next update by 17:00.” It is kept by a statement that goes out."}, s.makePromise),
		ask(route{http.MethodPost, "/promises/{id}/end", desk.Responder, "promise-end", "Say that a promise was kept elsewhere, or take it back", ""}, s.endPromise),
		ask(route{http.MethodGet, "/removals", desk.Viewer, "removal-list", "List sheets about offending posts of ours", ""}, s.removals),
		ask(route{http.MethodPost, "/removals", desk.Responder, "removal-begin", "Weigh whether a post of ours stays", "One that went out from here, one that was heard, or any by its words."}, s.weighRemoval),
		ask(route{http.MethodGet, "/removals/{id}", desk.Viewer, "removal-read", "Read a sheet", "With how far the post has gone by now."}, s.removal),
		ask(route{http.MethodPost, "/removals/{id}/decide", desk.Lead, "removal-decide", "Decide whether a post of ours stays", "A reason is needed. A post that went out from here is deleted at its network."}, s.decideRemoval),
	}
}

// HashedStatement is a statement with the hash of its words.
type HashedStatement struct {
	desk.Statement
	Words string `json:"hash" doc:"Names exactly these words, where each goes, and at which level: an approval holds for it alone"`
}

func hashed(s desk.Statement, err error) (HashedStatement, error) {
	return HashedStatement{s, s.Hash()}, err
}

type statementsIn struct {
	Paging
	OfBrand
	Incident int64  `query:"incident" doc:"Only of this incident" minimum:"0"`
	State    string `query:"state" doc:"Only in this state" enum:"draft,review,approved,published,corrected,withdrawn"`
}

func (s *server) statements(ctx context.Context, in *statementsIn) (Page[desk.Statement], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Statement]{}, err
	}
	all, err := s.Words.List(ctx, in.Brand, in.Incident, in.State, p)
	return page(in.Paging, all, func(x desk.Statement) int64 { return x.ID }), err
}

type beginStatementIn struct {
	Body struct {
		Brand    ID         `json:"brand_id,omitempty" doc:"The brand; not needed with an incident"`
		Incident ID         `json:"incident_id,omitempty" doc:"The incident that it belongs to; without one it is an ordinary post"`
		Words    desk.Words `json:"words"`
	}
}

func (s *server) beginStatement(ctx context.Context, in *beginStatementIn) (HashedStatement, error) {
	return hashed(s.Words.Begin(ctx, approve.Draft{BrandID: int64(in.Body.Brand), IncidentID: int64(in.Body.Incident), Words: in.Body.Words}))
}

func (s *server) statement(ctx context.Context, in *One) (HashedStatement, error) {
	return hashed(s.Words.One(ctx, in.ID))
}

type writeStatementIn struct {
	One
	Body struct {
		Version int        `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
		Words   desk.Words `json:"words"`
	}
}

func (s *server) writeStatement(ctx context.Context, in *writeStatementIn) (HashedStatement, error) {
	return hashed(s.Words.Write(ctx, in.ID, in.Body.Version, in.Body.Words))
}

type versionsIn struct {
	One
	Paging
}

func (s *server) statementVersions(ctx context.Context, in *versionsIn) (Page[desk.StatementVersion], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.StatementVersion]{}, err
	}
	all, err := s.Words.Versions(ctx, in.ID, p)
	return page(in.Paging, all, func(v desk.StatementVersion) int64 { return int64(v.Number) }), err
}

type submitStatementIn struct {
	One
	Body struct {
		Version int `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
	}
}

func (s *server) submitStatement(ctx context.Context, in *submitStatementIn) (HashedStatement, error) {
	return hashed(s.Words.Submit(ctx, in.ID, in.Body.Version))
}

func (s *server) secondStatement(ctx context.Context, in *One) (HashedStatement, error) {
	return hashed(s.Words.AskSecond(ctx, in.ID))
}

type signStatementIn struct {
	One
	Body struct {
		Verdict string      `json:"verdict" enum:"approved,sent_back"`
		Hash    string      `json:"hash" doc:"Of the words that were read" minLength:"1"`
		PIN     desk.Secret `json:"pin,omitempty" doc:"Of the token's owner; a signed-in browser needs none"`
		Why     string      `json:"why,omitempty" doc:"What has to change" maxLength:"5000"`
	}
}

func (s *server) signStatement(ctx context.Context, in *signStatementIn) (HashedStatement, error) {
	if in.Body.Verdict == desk.SentBack {
		return hashed(s.Words.SendBack(ctx, in.ID, in.Body.Hash, in.Body.Why, in.Body.PIN.Reveal()))
	}
	return hashed(s.Words.Sign(ctx, in.ID, in.Body.Hash, in.Body.PIN.Reveal()))
}

type glassStatementIn struct {
	One
	Body struct {
		Hash string      `json:"hash" doc:"Of the words that were read" minLength:"1"`
		Why  string      `json:"why,omitempty" doc:"Why it cannot wait; of the first step" maxLength:"5000"`
		PIN  desk.Secret `json:"pin,omitempty" doc:"Of the token's owner; a signed-in browser needs none"`
	}
}

func (s *server) breakGlass(ctx context.Context, in *glassStatementIn) (HashedStatement, error) {
	return hashed(s.Words.BreakGlass(ctx, in.ID, in.Body.Hash, in.Body.Why, in.Body.PIN.Reveal()))
}

type publishStatementIn struct {
	One
	Body struct {
		Due time.Time `json:"due,omitzero" doc:"Without it now"`
	}
}

func (s *server) publishStatement(ctx context.Context, in *publishStatementIn) (HashedStatement, error) {
	return hashed(s.Words.Publish(ctx, in.ID, in.Body.Due))
}

func (s *server) correctStatement(ctx context.Context, in *One) (HashedStatement, error) {
	return hashed(s.Words.Correct(ctx, in.ID))
}

type whyStatementIn struct {
	One
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"5000"`
	}
}

type withdrawStatementIn struct {
	One
	Body struct {
		Why  string `json:"why" minLength:"1" maxLength:"900"`
		Live bool   `json:"live,omitempty" doc:"Also delete what is live, where the network can"`
	}
}

func (s *server) withdrawStatement(ctx context.Context, in *withdrawStatementIn) (HashedStatement, error) {
	if in.Body.Live {
		return hashed(s.Words.WithdrawLive(ctx, in.ID, in.Body.Why))
	}
	return hashed(s.Words.Withdraw(ctx, in.ID, in.Body.Why))
}

func (s *server) reviewedStatement(ctx context.Context, in *whyStatementIn) (HashedStatement, error) {
	return hashed(s.Words.ReviewGlass(ctx, in.ID, in.Body.Why))
}

type promisesIn struct {
	Paging
	OfBrand
	Incident int64 `query:"incident" doc:"Only of this incident" minimum:"0"`
}

func (s *server) promises(ctx context.Context, in *promisesIn) (Page[desk.Promise], error) {
	all, err := s.Words.Promised(ctx, in.Brand, in.Incident)
	if err != nil {
		return Page[desk.Promise]{}, err
	}
	return whole(in.Paging, all)
}

type makePromiseIn struct {
	Body struct {
		Brand     ID        `json:"brand_id,omitempty" doc:"The brand; not needed with an incident"`
		Incident  ID        `json:"incident_id,omitempty"`
		Statement ID        `json:"statement_id,omitempty" doc:"The statement that made it"`
		Text      string    `json:"text" doc:"What was promised" minLength:"1" maxLength:"500"`
		Due       time.Time `json:"due"`
	}
}

func (s *server) makePromise(ctx context.Context, in *makePromiseIn) (desk.Promise, error) {
	b := in.Body
	return s.Words.Promise(ctx, desk.Promise{BrandID: int64(b.Brand), IncidentID: int64(b.Incident), StatementID: int64(b.Statement), Text: b.Text, Due: b.Due})
}

type endPromiseIn struct {
	One
	Body struct {
		State string `json:"state" enum:"kept,dropped"`
		Why   string `json:"why,omitempty" doc:"Needed to take it back" maxLength:"5000"`
	}
}

func (s *server) endPromise(ctx context.Context, in *endPromiseIn) (desk.Promise, error) {
	return s.Words.EndPromise(ctx, in.ID, in.Body.State, in.Body.Why)
}

type removalsIn struct {
	Paging
	OfBrand
}

func (s *server) removals(ctx context.Context, in *removalsIn) (Page[desk.Removal], error) {
	p, err := in.desk()
	if err != nil {
		return Page[desk.Removal]{}, err
	}
	all, err := s.Words.Removals(ctx, in.Brand, p)
	return page(in.Paging, all, func(r desk.Removal) int64 { return r.ID }), err
}

type weighRemovalIn struct {
	Body struct {
		Brand    ID     `json:"brand_id,omitempty" doc:"The brand; not needed with a post that went out from here"`
		Incident ID     `json:"incident_id,omitempty"`
		Post     ID     `json:"post_id,omitempty" doc:"A post that went out from here"`
		Mention  ID     `json:"mention_id,omitempty" doc:"The post as it was heard"`
		Network  string `json:"network,omitempty" maxLength:"40"`
		Link     string `json:"link,omitempty" maxLength:"2000"`
		Text     string `json:"text,omitempty" doc:"Its words, without post and mention" maxLength:"60000"`
	}
}

func (s *server) weighRemoval(ctx context.Context, in *weighRemovalIn) (desk.Removal, error) {
	b := in.Body
	return s.Words.Weigh(ctx, desk.Removal{BrandID: int64(b.Brand), IncidentID: int64(b.Incident), PostID: int64(b.Post), MentionID: int64(b.Mention), Network: b.Network, Link: b.Link, Text: b.Text})
}

func (s *server) removal(ctx context.Context, in *One) (desk.Removal, error) {
	return s.Words.Removal(ctx, in.ID)
}

type decideRemovalIn struct {
	One
	Body struct {
		Choice string `json:"choice" enum:"keep,amend,delete"`
		Why    string `json:"why" minLength:"1" maxLength:"5000"`
	}
}

func (s *server) decideRemoval(ctx context.Context, in *decideRemovalIn) (desk.Removal, error) {
	return s.Words.Decide(ctx, in.ID, in.Body.Choice, in.Body.Why)
}
