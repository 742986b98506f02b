package plan

import (
	"cmp"
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

// DraftStore is what writing drafts needs of storage.
type DraftStore interface {
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	ChangeStatement(ctx context.Context, id int64, act desk.Act, change func(*desk.Statement, *desk.Out) error) (desk.Statement, error)
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
}

// startKind is the kind of the job that writes a scenario's drafts.
const startKind = "plan.start"

// started is the job's payload.
type started struct {
	Incident int64 `json:"incident,string"`
}

func startJob(incidentID int64) desk.Job {
	b, err := json.Marshal(started{incidentID})
	if err != nil {
		panic(err) // a number: it cannot fail
	}
	return desk.Job{Kind: startKind, Key: "incident:" + strconv.FormatInt(incidentID, 10), Payload: string(b)}
}

// How the drafts' jobs are worked off.
const (
	lookEvery = time.Second     // a room that opens has its drafts by then
	lease     = time.Minute     // one job is a handful of small transactions
	tryAgain  = 5 * time.Second // the store was away
)

// Run writes the drafts of scenarios that were started, until ctx ends.
func (b *Board) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := b.round(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error("drafts could not be written", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// round works off what is due.
func (b *Board) round(ctx context.Context) error {
	jobs, err := b.Store.ClaimJobs(ctx, startKind, 10, lease)
	if err != nil {
		return err
	}
	var errs []error
	for _, j := range jobs {
		err := b.prepare(ctx, j)
		if err == nil {
			err = b.Store.FinishJob(ctx, j.ID)
		} else if ctx.Err() == nil {
			err = errors.Join(err, b.Store.FailJob(ctx, j.ID, time.Now().Add(tryAgain*time.Duration(min(j.Attempts, 60))), err.Error()))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// prepare writes the drafts that an incident's scenario names and that it does not have yet: it may be done again.
func (b *Board) prepare(ctx context.Context, j desk.Job) error {
	var s started
	if err := json.Unmarshal([]byte(j.Payload), &s); err != nil {
		return fmt.Errorf("payload of %s: %w", j.Key, err)
	}
	i, err := b.Store.Incident(ctx, s.Incident)
	if errors.Is(err, desk.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := b.runsBy(ctx, &i, false)
	if err != nil {
		return err
	}
	scenario, _ := p.Scenario(i.Scenario)
	var wanted []desk.Prepared
	for _, id := range scenario.Drafts {
		if m, ok := p.Prepared(id); ok {
			wanted = append(wanted, m)
		}
	}
	if err := b.Drafts(ctx, i, wanted); err != nil {
		return err
	}
	if rule := p.Rule(i.Level); b.Promised != nil && rule.Update > 0 {
		return b.Promised(ctx, i, nextUpdate(i.Opened, rule))
	}
	return nil
}

// Drafts writes prepared messages as drafts of statements for an incident: a variant for each of the brand's channels that has a
// text in its language, blanks filled where the desk knows what belongs there. A message that the incident has a statement of
// already is left out.
func (b *Board) Drafts(ctx context.Context, i desk.Incident, messages []desk.Prepared) error {
	have, err := b.Store.Statements(ctx, i.BrandID, i.ID, "", desk.Paging{Limit: 200})
	if err != nil {
		return err
	}
	brand, err := b.Store.Brand(ctx, i.BrandID)
	if err != nil {
		return err
	}
	channels, err := b.Store.Channels(ctx, i.BrandID)
	if err != nil {
		return err
	}
	p, err := b.runsBy(ctx, &i, false)
	if err != nil {
		return err
	}
	fill := filler(brand, i, p.Rule(i.Level))
	for _, m := range messages {
		if slices.ContainsFunc(have, func(s desk.Statement) bool { return s.Prepared == m.ID }) {
			continue
		}
		if err := b.write(ctx, i, m, b.variants(m, &p, channels, fill)); err != nil {
			return fmt.Errorf("draft %q of incident %d: %w", m.ID, i.ID, err)
		}
	}
	return nil
}

// write keeps one draft. Its author is the desk, so that everybody who has a seat may sign it.
func (b *Board) write(ctx context.Context, i desk.Incident, m desk.Prepared, variants []desk.Variant) error {
	act := desk.Act{Who: "desk", Name: "Breakwater", Do: "statement.draft", At: time.Now().UTC()}
	_, err := b.Store.ChangeStatement(ctx, 0, act, func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.DrillID, s.Level = i.BrandID, i.ID, i.DrillID, i.Level
		s.Kind, s.Title, s.Prepared, s.State, s.Variants = m.Kind, m.Name, m.ID, desk.StatementDraft, variants
		s.Author, s.Created, s.Updated = act.Who, act.At, act.At
		out.Say, out.IncidentID = desk.Say("Drafted from the plan: {title}", "title", desk.Text{Say: m.Name}), i.ID
		return nil
	})
	return err
}

// variants are a message's texts for the brand's channels, each kind and language once; without channels for the kinds that the
// plan names, in the plan's language.
func (b *Board) variants(m desk.Prepared, p *desk.Plan, channels []desk.Channel, fill func(string) string) []desk.Variant {
	type place struct{ kind, lang string }
	var places []place
	for _, c := range channels {
		if at := (place{c.Kind, cmp.Or(c.Lang, p.Lang)}); !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	if len(places) == 0 {
		for _, kind := range p.Channels {
			places = append(places, place{kind, p.Lang})
		}
	}
	slices.SortStableFunc(places, func(x, y place) int { return order(p, x.kind) - order(p, y.kind) })
	var all []desk.Variant
	for _, at := range places {
		if t, ok := m.For(at.kind, at.lang, slices.Contains(b.LongKinds, at.kind)); ok {
			all = append(all, desk.Variant{ID: at.kind + "-" + at.lang, Kind: at.kind, Lang: at.lang, Title: fill(t.Title), Text: strings.TrimSpace(fill(t.Text))})
		}
	}
	return all
}

// order is the place of a kind of channel in the plan; what it does not name comes last.
func order(p *desk.Plan, kind string) int {
	if n := slices.Index(p.Channels, kind); n >= 0 {
		return n
	}
	return len(p.Channels)
}

// filler fills the blanks that the desk itself knows; the others are for people.
func filler(brand desk.Brand, i desk.Incident, rule desk.LevelRule) func(string) string {
	pairs := []string{"{brand}", brand.Name}
	if rule.Update > 0 {
		zone, err := time.LoadLocation(brand.Zone)
		if err != nil {
			zone = time.UTC
		}
		pairs = append(pairs, "{next_update}", nextUpdate(i.Opened, rule).In(zone).Format("15:04"))
	}
	return strings.NewReplacer(pairs...).Replace
}

// nextUpdate is when a level asks for the next public word after the first one: its rhythm after the incident was declared, at
// the next quarter of an hour, because people remember 17:00 and not 16:52.
func nextUpdate(declared time.Time, rule desk.LevelRule) time.Time {
	const quarter = 15 * time.Minute
	due := declared.Add(time.Duration(rule.Acknowledge+rule.Update) * time.Minute)
	return due.Add(quarter - 1).Truncate(quarter)
}
