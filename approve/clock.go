package approve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Jobs is what clocks and letters need of storage.
type Jobs interface {
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

// Kinds of our jobs.
const (
	jobLetter  = "approve.letter" // bring a letter to a person
	jobClock   = "approve.clock"  // the time to sign has passed: ask the next
	jobGlass   = "approve.glass"  // the room gets the task to look at what went out without all signatures
	jobPromise = "promise.clock"  // a promised time comes near, or has come
	jobLate    = "promise.late"   // a promised time has passed: everybody sees it
	jobReview  = "approve.review" // nobody has looked yet at what went out without all signatures
)

const (
	pollEvery  = time.Second
	atOnce     = 4
	lease      = 2 * time.Minute
	giveUp     = 24 * time.Hour
	firstRetry = 15 * time.Second // doubles with every further try
	longRetry  = 15 * time.Minute
	sendWithin = 45 * time.Second
)

// errand is the payload of every job of ours.
type errand struct {
	What      string    `json:"what,omitempty"` // of a letter
	Statement int64     `json:"statement,omitempty"`
	Promise   int64     `json:"promise,omitempty"`
	Round     int       `json:"round,omitempty"`
	Seat      int       `json:"seat,omitempty"`
	User      int64     `json:"user,omitempty"`
	Since     time.Time `json:"since"`
}

// job makes a job of an errand. Its key names it: the same errand is run once at a time.
func (e errand) job(kind, key string, due time.Time) desk.Job {
	payload, err := json.Marshal(e)
	if err != nil {
		panic(err) // numbers, a word and a time
	}
	return desk.Job{Kind: kind, Key: key, Payload: string(payload), Due: due}
}

// Errands are what has to be done because a statement waits for others than before, at the time of the act.
func Errands(was, is *desk.Statement, people []desk.User, act desk.Act) []desk.Job {
	return errands(was, is, people, act)
}

// errands are what has to be done because a statement became another: who is told, and when to look again.
func errands(was, is *desk.Statement, people []desk.User, act desk.Act) (jobs []desk.Job) {
	at := act.At
	round := func(what string) string { return fmt.Sprintf("statement:%d/round:%d/%s", is.ID, is.Round, what) }
	letter := func(what string, seat int, to int64) {
		e := errand{What: what, Statement: is.ID, Round: is.Round, Seat: seat, User: to, Since: at}
		jobs = append(jobs, e.job(jobLetter, fmt.Sprintf("%s/seat:%d/user:%d", round(what), seat, to), at))
	}
	for i, n := range is.Needs {
		if n.Verdict != "" || n.Asked == "" || was.Round == is.Round && i < len(was.Needs) && was.Needs[i].Asked == n.Asked {
			continue
		}
		if unanswered(was, is, i) {
			jobs = append(jobs, waiting(is).Job())
			continue
		}
		for _, to := range asked(is, n, people) {
			letter(n.Asked, i, to)
		}
		if !n.Due.IsZero() {
			e := errand{Statement: is.ID, Round: is.Round, Seat: i, Since: at}
			jobs = append(jobs, e.job(jobClock, fmt.Sprintf("%s/seat:%d", round(n.Asked), i), n.Due))
		}
	}
	for _, to := range writers(is) {
		switch {
		case was.State == desk.StatementReview && is.State == desk.StatementApproved:
			letter(letterApproved, 0, to)
		case was.State == desk.StatementReview && is.State == desk.StatementDraft && is.Back != "":
			letter(letterBack, 0, to)
		}
	}
	if is.Glass != nil && (was.Glass == nil || was.Glass.Hash != is.Glass.Hash) && !is.Glass.Opened() {
		for _, to := range leads(people, is.Glass.First) {
			letter(letterGlass, 0, to)
		}
	}
	if is.Glass.Opened() && !was.Glass.Opened() {
		e := errand{Statement: is.ID, Round: is.Round, Since: at}
		jobs = append(jobs, e.job(jobGlass, round("glass"), at), e.job(jobReview, round("review"), is.Glass.ReviewDue))
		for _, to := range leads(people, is.Glass.First, is.Glass.Second) {
			letter(letterReview, 0, to)
		}
	}
	return jobs
}

// unanswered reports whether those whom a seat asks by name let their time pass, so that somebody has to be found: by calls, which
// letters to everybody would only repeat. In a rehearsal they are written to.
func unanswered(was, is *desk.Statement, seat int) bool {
	return is.DrillID == 0 && is.Needs[seat].Asked == desk.AskedLeads && was.Round == is.Round && seat < len(was.Needs) && was.Needs[seat].Asked != ""
}

// waiting brings a statement that nobody signs to the people who are on call, once in each round.
func waiting(s *desk.Statement) desk.Matter {
	return desk.Matter{About: on(s.ID), Stage: desk.StageClock, BrandID: s.BrandID, Level: max(s.Level, desk.Watch), Again: s.Round,
		Title: desk.Say("Nobody signs: {title}", "title", s.Title), Path: "/statements/" + strconv.FormatInt(s.ID, 10)}
}

// SignLink is the address at which a person may sign a statement that waits for anybody who may, without signing in; empty: they may
// not, or nothing waits.
func (g *Gate) SignLink(ctx context.Context, id int64, u desk.User) (string, error) {
	s, err := g.store.Statement(ctx, id)
	if err != nil {
		return "", err
	}
	seat, err := s.Seat(desk.Signer{ID: u.ID, Name: u.Name, Role: u.Role})
	if err != nil {
		return "", nil // they may not: the page says why
	}
	return g.signLink(&s, u.ID, seat, time.Now().UTC()), nil
}

// signLink is the address at which a person signs a seat of the round as it stands.
func (g *Gate) signLink(s *desk.Statement, user int64, seat int, since time.Time) string {
	return g.url + "/sign/" + g.links.name(link{statement: s.ID, user: user, round: int64(s.Round), seat: int64(seat), until: since.Add(lives).Unix(), words: half(s.Hash())})
}

// asked are the people whom a seat asks.
func asked(s *desk.Statement, n desk.Signature, people []desk.User) []int64 {
	switch n.Asked {
	case desk.AskedPerson:
		return []int64{n.UserID}
	case desk.AskedDeputy:
		return []int64{n.DeputyID}
	}
	return leads(people, writers(s)...)
}

// leads are all who may take a seat that nobody fills, but some.
func leads(people []desk.User, but ...int64) (ids []int64) {
	for _, u := range people {
		if u.Role >= desk.Lead && !u.Disabled && !slices.Contains(but, u.ID) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// writers are the people who began the statement and who wrote its words as they are.
func writers(s *desk.Statement) (ids []int64) {
	for _, who := range []string{s.Author, s.Wrote} {
		text, person := strings.CutPrefix(who, "user:")
		id, err := strconv.ParseInt(text, 10, 64)
		if person && err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Run asks the next when somebody's time to sign has passed, brings letters, and watches promises, until ctx ends. What was due
// while the desk did not run is done when it runs again; what was done is not done twice.
func (g *Gate) Run(ctx context.Context) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if err := g.round(ctx); err != nil && ctx.Err() == nil {
			g.log.Error("clocks of statements", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round does what is due at the moment.
func (g *Gate) round(ctx context.Context) error {
	failed := g.keepPromises(ctx)
	for kind, do := range map[string]func(context.Context, errand) error{
		jobClock: g.overdue, jobGlass: g.glassTask, jobReview: g.reviewDue, jobPromise: g.promiseDue, jobLate: g.promiseLate, jobLetter: nil,
	} {
		jobs, err := g.store.ClaimJobs(ctx, kind, atOnce, lease)
		failed = errors.Join(failed, err)
		for _, j := range jobs {
			failed = errors.Join(failed, g.run(ctx, j, do))
		}
	}
	return failed
}

func (g *Gate) run(ctx context.Context, j desk.Job, do func(context.Context, errand) error) error {
	var e errand
	if err := json.Unmarshal([]byte(j.Payload), &e); err != nil {
		return errors.Join(err, g.store.FailJob(ctx, j.ID, time.Time{}, "payload cannot be read"))
	}
	if do == nil {
		return g.deliver(ctx, j, e)
	}
	err := do(ctx, e)
	if err == nil || errors.Is(err, desk.ErrNotFound) {
		return g.store.FinishJob(ctx, j.ID)
	}
	if ctx.Err() != nil {
		return nil // the lease runs out and it is done after the start
	}
	return errors.Join(fmt.Errorf("%s %s: %w", j.Kind, j.Key, err), g.store.FailJob(ctx, j.ID, time.Now().UTC().Add(firstRetry), err.Error()))
}

// overdue asks whoever is to be asked by now. A second run finds them asked and does nothing.
func (g *Gate) overdue(ctx context.Context, e errand) error {
	act := theDesk("statement.overdue", time.Now().UTC())
	people, err := g.store.Users(ctx)
	if err != nil {
		return err
	}
	_, err = g.store.ChangeStatement(ctx, e.Statement, act, func(s *desk.Statement, out *desk.Out) error {
		was := copyOf(s)
		if out.Skip = s.Round != e.Round || len(s.Escalate(act.At)) == 0; out.Skip {
			return nil
		}
		out.IncidentID = s.IncidentID
		out.Say = desk.Say("{role} has not signed {title} in time. The next is asked.", "role", s.Needs[min(e.Seat, len(s.Needs)-1)].Role, "title", s.Title)
		out.Jobs = errands(&was, s, people, act)
		return nil
	})
	return err
}

// glassTask gives the room the task to look at what went out without all signatures.
func (g *Gate) glassTask(ctx context.Context, e errand) error {
	s, err := g.store.Statement(ctx, e.Statement)
	if err != nil || s.IncidentID == 0 || !s.Glass.Unreviewed() {
		return err
	}
	act := theDesk("incident.step", time.Now().UTC())
	step := desk.Step{ID: "glass-" + strconv.FormatInt(s.ID, 10) + "-" + strconv.Itoa(e.Round), Role: "Crisis lead", Due: s.Glass.ReviewDue,
		Do: desk.Say("Look at {title}: it went out without all signatures. Was it right?", "title", s.Title)}
	_, err = g.store.ChangeIncident(ctx, s.IncidentID, act, func(i *desk.Incident, out *desk.Out) error {
		out.Skip = i.State == desk.IncidentClosed || slices.ContainsFunc(i.Steps, func(k desk.Step) bool { return k.ID == step.ID })
		i.Steps = append(slices.Clone(i.Steps), step)
		out.IncidentID, out.Say = i.ID, desk.Say("A new task: {step}", "step", step.Do)
		return nil
	})
	return err
}

// reviewDue reminds of a look at what went out without all signatures that nobody has taken, every day until somebody does.
func (g *Gate) reviewDue(ctx context.Context, e errand) error {
	s, err := g.store.Statement(ctx, e.Statement)
	if err != nil || !s.Glass.Unreviewed() {
		return err
	}
	now := time.Now().UTC()
	say := desk.Say("“{title}” went out without all signatures, and nobody has looked at it yet.", "title", s.Title)
	next := e.job(jobReview, fmt.Sprintf("statement:%d/round:%d/review/%d", s.ID, e.Round, now.Unix()), now.Add(24*time.Hour))
	if _, err := g.store.Record(ctx, theDesk("statement.unreviewed", now), on(s.ID), desk.Out{Say: say, IncidentID: s.IncidentID, Jobs: []desk.Job{next}}); err != nil {
		return err
	}
	if g.Alarm != nil && s.DrillID == 0 {
		g.Alarm(ctx, s.BrandID, "statement-unreviewed:"+strconv.FormatInt(s.ID, 10), say)
	}
	return nil
}
