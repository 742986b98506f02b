package plan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
	"breakwater/incident"
	"breakwater/internal/ical"
	"breakwater/store"
)

// desks is a brand on a real store with three people.
type desks struct {
	*Board
	db     *store.DB
	brand  int64
	lead   context.Context
	viewer context.Context
	ana    desk.User
	omar   desk.User
}

func newDesks(t *testing.T) *desks {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	check(t, err)
	t.Cleanup(func() { db.Close() })
	d := &desks{db: db, Board: &Board{Store: db, Log: slog.New(slog.DiscardHandler), LongKinds: []string{"wordpress"}}}
	act := desk.Act{Who: "desk", Do: "test"}
	b, err := db.ChangeBrand(ctx, 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Aurora", "Europe/Stockholm", desk.Say("made")
		return nil
	})
	check(t, err)
	d.brand = b.ID
	person := func(name string, r desk.Role) desk.User {
		u, err := db.ChangeUser(ctx, 0, act, func(u *desk.User, out *desk.Out) error {
			u.Name, u.Email, u.Role, out.Say = name, strings.ToLower(name)+"@example.org", r, desk.Say("made")
			return nil
		})
		check(t, err)
		return u
	}
	d.ana, d.omar = person("Ana", desk.Lead), person("Omar", desk.Viewer)
	as := func(u desk.User) context.Context {
		return desk.WithActor(ctx, desk.Actor{Who: fmt.Sprint("user:", u.ID), Name: u.Name, Role: u.Role})
	}
	d.lead, d.viewer = as(d.ana), as(d.omar)
	return d
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// publish gives the brand a plan of its own, with Ana in every seat and Omar as her deputy.
func (d *desks) publish(t *testing.T) desk.Plan {
	t.Helper()
	p, err := d.Draft(d.lead, d.brand, "sv")
	check(t, err)
	p, err = d.Edit(d.lead, p.ID, p.Version, func(p *desk.Plan) error {
		for i := range p.Roles {
			p.Roles[i].UserID, p.Roles[i].DeputyID = d.ana.ID, d.omar.ID
		}
		return nil
	})
	check(t, err)
	p, err = d.Publish(d.lead, p.ID, p.Version, "The first.")
	check(t, err)
	return p
}

func TestEditions(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	if p, err := d.Current(d.viewer, d.brand); err != nil || p.ID != 0 || len(p.Scenarios) != 8 {
		t.Fatalf("without a plan of its own the brand runs by %d (%d scenarios), %v", p.ID, len(p.Scenarios), err)
	}
	if _, err := d.Draft(d.viewer, d.brand, "en"); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("a viewer begins a draft: %v", err)
	}
	first := d.publish(t)
	if first.Edition != 1 || first.Lang != "sv" || first.Draft() {
		t.Errorf("published edition %d in %s, draft %t", first.Edition, first.Lang, first.Draft())
	}
	if _, err := d.Edit(d.lead, first.ID, 0, func(*desk.Plan) error { return nil }); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("a published edition was edited: %v", err)
	}
	if err := d.Discard(d.lead, first.ID); !errors.Is(err, desk.ErrInvalidTransition) {
		t.Errorf("a published edition was thrown away: %v", err)
	}
	next, err := d.Draft(d.lead, d.brand, "en")
	check(t, err)
	if next.Edition != 2 || next.Lang != "sv" {
		t.Errorf("the next draft is edition %d in %s, want 2 from the first", next.Edition, next.Lang)
	}
	role := next.Roles[0].Name
	_, err = d.Edit(d.lead, next.ID, next.Version, func(p *desk.Plan) error { p.Roles = p.Roles[1:]; return nil })
	check(t, err)
	if _, err := d.Edit(d.lead, next.ID, next.Version, func(p *desk.Plan) error { return nil }); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("an old version was edited: %v", err)
	}
	if _, err := d.Publish(d.lead, next.ID, 0, ""); err == nil || !strings.Contains(err.Error(), role) {
		t.Errorf("a plan that names the missing role %q was published: %v", role, err)
	}
	diff, err := d.Compare(d.viewer, first.ID, next.ID)
	check(t, err)
	if len(diff) != 3 || diff[0].Is != Removed || diff[0].Item != role || diff[1].Was != "Ana" {
		t.Errorf("the comparison says %+v", diff)
	}
	if p, _ := d.Current(d.viewer, d.brand); p.ID != first.ID {
		t.Errorf("a draft is current")
	}
	check(t, d.Discard(d.lead, next.ID))
	if _, ok, _ := d.Waiting(d.viewer, d.brand); ok {
		t.Error("the draft is still there")
	}
}

func TestExportAndImport(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	p := d.publish(t)
	var b bytes.Buffer
	check(t, d.Export(d.viewer, p, &b))
	if !strings.Contains(b.String(), "person: ana@example.org") || strings.Contains(b.String(), "user_id") {
		t.Error("the file does not name persons by their addresses")
	}
	file := strings.Replace(b.String(), "deputy: omar@example.org", "deputy: nobody@example.org", 1)
	draft, err := d.Import(d.lead, d.brand, strings.NewReader(file))
	check(t, err)
	if r := draft.Roles[0]; r.UserID != d.ana.ID || r.Person != "" || r.DeputyID != 0 || r.Deputy != "nobody@example.org" {
		t.Errorf("the first role is now %+v", r)
	}
	diff, err := d.Compare(d.viewer, p.ID, draft.ID)
	check(t, err)
	if len(diff) != 1 || diff[0].Was != "Omar" || diff[0].Now != "nobody@example.org" {
		t.Errorf("a file that differs in one deputy differs in %+v", diff)
	}
	again, err := d.Import(d.lead, d.brand, strings.NewReader(b.String()))
	check(t, err)
	if again.ID != draft.ID || again.Edition != 2 {
		t.Errorf("a second import made plan %d edition %d, want the same draft", again.ID, again.Edition)
	}
}

// An incident on a scenario has its tasks in the transaction that opens it; its drafts follow, also when the desk dies between two
// of them, and each once.
func TestStartOnScenario(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	p := d.publish(t)
	for _, c := range []desk.Channel{{Kind: "mastodon", Lang: "sv"}, {Kind: "wordpress", Lang: "en"}, {Kind: "mastodon", Lang: "sv"}, {Kind: "bluesky", Lang: "xx"}} {
		_, err := d.db.ChangeChannel(t.Context(), 0, desk.Act{Who: "desk", Do: "test"}, func(n *desk.Channel, out *desk.Out) error {
			n.BrandID, n.Kind, n.Lang, n.Name, out.Say = d.brand, c.Kind, c.Lang, c.Kind, desk.Say("made")
			return nil
		})
		check(t, err)
	}
	rooms := incident.New(d.db, nil, slog.New(slog.DiscardHandler))
	rooms.Plan = d.Start
	if _, err := rooms.Open(d.lead, incident.Opening{BrandID: d.brand, Title: "Glass", Scenario: "no-such"}); err == nil {
		t.Error("a scenario that the plan does not have was taken")
	}
	i, err := rooms.Open(d.lead, incident.Opening{BrandID: d.brand, Title: "Glass", Level: desk.Crisis, Scenario: "product-harm"})
	check(t, err)
	if i.PlanID != p.ID || len(i.Steps) < 15 {
		t.Fatalf("opened with plan %d and %d steps", i.PlanID, len(i.Steps))
	}
	for _, s := range i.Steps {
		if s.Owner != "Ana" || s.Deputy != "Omar" || s.Due.IsZero() {
			t.Errorf("step %s is %q's, deputy %q, due %s", s.ID, s.Owner, s.Deputy, s.Due)
		}
	}
	statements := func() []desk.Statement {
		all, err := d.db.Statements(t.Context(), d.brand, i.ID, "", desk.Paging{Limit: 100})
		check(t, err)
		return all
	}
	// The desk dies after the second draft: its lease runs out, and another takes the job.
	dying := *d.Board
	dying.Store = &brittle{Store: d.db, left: 2}
	jobs, err := d.db.ClaimJobs(t.Context(), startKind, 1, -time.Second)
	check(t, err)
	if len(jobs) != 1 || dying.prepare(t.Context(), jobs[0]) == nil || len(statements()) != 2 {
		t.Fatalf("%d jobs, %d drafts after the crash", len(jobs), len(statements()))
	}
	check(t, d.round(t.Context()))
	check(t, d.round(t.Context()))
	scenario, _ := p.Scenario("product-harm")
	got := statements()
	if len(got) != len(scenario.Drafts) {
		t.Fatalf("%d drafts, want %d", len(got), len(scenario.Drafts))
	}
	for _, s := range got {
		if s.State != desk.StatementDraft || s.IncidentID != i.ID || s.Level != desk.Crisis || len(s.Variants) != 2 {
			t.Errorf("draft %+v", s)
		}
		for _, v := range s.Variants {
			if strings.Contains(v.Text, "{next_update}") || strings.Contains(v.Text, "{brand}") {
				t.Errorf("%s %s leaves open what the desk knows: %s", s.Prepared, v.ID, v.Text)
			}
		}
	}
	left, err := d.db.Jobs(t.Context(), false, desk.Paging{})
	check(t, err)
	others := func(j desk.Job) bool { return strings.HasPrefix(j.Kind, "oncall.") || j.Kind == desk.ReclockKind } // who is called, and who waits how long
	if left = slices.DeleteFunc(left, others); len(left) != 0 {
		t.Errorf("jobs left: %+v", left)
	}
	up, err := rooms.SetLevel(d.lead, i.ID, desk.Severe, "A child")
	check(t, err)
	if len(up.Steps) <= len(i.Steps) || len(statements()) != len(got) {
		t.Errorf("at the higher level %d steps (were %d) and %d drafts", len(up.Steps), len(i.Steps), len(statements()))
	}
}

// brittle is a store that dies after some statements.
type brittle struct {
	Store
	left int
}

func (b *brittle) ChangeStatement(ctx context.Context, id int64, act desk.Act, change func(*desk.Statement, *desk.Out) error) (desk.Statement, error) {
	if b.left == 0 {
		return desk.Statement{}, errors.New("killed")
	}
	b.left--
	return b.Store.ChangeStatement(ctx, id, act, change)
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	p := &Policies{Store: d.db}
	if _, err := p.Save(d.lead, desk.Policy{BrandID: d.brand, Kind: "social", Name: "Social"}, "", ""); err == nil {
		t.Error("a policy without words was kept")
	}
	one, err := p.Save(d.lead, desk.Policy{BrandID: d.brand, Kind: "social", Name: "Social"}, "Be kind.", "")
	check(t, err)
	check(t, p.Confirm(d.viewer, one.ID, 1))
	check(t, p.Confirm(d.viewer, one.ID, 1))
	if err := p.Confirm(t.Context(), one.ID, 1); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("the desk itself read a policy: %v", err)
	}
	who, err := p.Readers(d.lead, one.ID)
	check(t, err)
	if len(who) != 2 || who[0].Name != "Ana" || !who[0].At.IsZero() || who[1].At.IsZero() {
		t.Errorf("readers %+v, want Ana first, who has not read it", who)
	}
	one, err = p.Save(d.lead, one, "Be kind and short.", "shorter")
	check(t, err)
	if one.Current().Edition != 2 || one.Editions[1].Text != "Be kind." {
		t.Errorf("editions %+v", one.Editions)
	}
	if err := p.Confirm(d.viewer, one.ID, 1); !errors.Is(err, desk.ErrConflict) {
		t.Errorf("an edition that is over was confirmed: %v", err)
	}
	who, err = p.Readers(d.lead, one.ID)
	check(t, err)
	if !who[1].At.IsZero() || who[1].Before != 1 {
		t.Errorf("after the new edition Omar is %+v", who[1])
	}
	unread, err := p.Unread(d.lead, d.brand, d.omar.ID)
	check(t, err)
	if len(unread) != 1 {
		t.Errorf("Omar has %d policies to read, want 1", len(unread))
	}
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	m := &Meetings{Store: d.db}
	zone, err := time.LoadLocation("Europe/Stockholm")
	check(t, err)
	first := time.Date(2026, 10, 5, 10, 0, 0, 0, zone)
	_, err = m.Save(d.lead, desk.Meeting{BrandID: d.brand, Name: "Committee; " + strings.Repeat("ö", 60), At: first, Minutes: 45, Repeat: "month", Agenda: "One,\ntwo"})
	check(t, err)
	key, err := m.Key(d.viewer, d.brand)
	check(t, err)
	var b bytes.Buffer
	check(t, m.Calendar(t.Context(), key.Reveal(), first, &b))
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
	events, skipped, err := ical.Read(&b, time.UTC)
	check(t, err)
	if len(events) != 14 || skipped != 0 || events[0].Summary != "Committee; "+strings.Repeat("ö", 60) || events[0].About != "One,\ntwo" {
		t.Fatalf("%d events (%d skipped), the first %+v", len(events), skipped, events[0])
	}
	var hours []int
	for _, e := range events[:3] {
		hours = append(hours, e.From.UTC().Hour())
	}
	if diff := cmp.Diff([]int{8, 9, 9}, hours); diff != "" { // the clocks go back on 25 October
		t.Errorf("hours in UTC (-want +got):\n%s", diff)
	}
	_, err = m.Renew(d.lead, d.brand)
	check(t, err)
	if err := m.Calendar(t.Context(), key.Reveal(), first, &b); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the address before still opens the calendar: %v", err)
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	d := newDesks(t)
	r := &Ready{Board: d.Board, Policies: &Policies{Store: d.db}, Meetings: &Meetings{Store: d.db}, Store: d.db}
	states := func(now time.Time) map[string]string {
		items, err := r.Look(d.viewer, d.brand, now)
		check(t, err)
		got := make(map[string]string)
		for _, i := range items {
			got[i.Name] = i.State
			if i.Say.IsZero() || i.Path == "" {
				t.Errorf("%s says nothing or leads nowhere", i.Name)
			}
		}
		return got
	}
	now := time.Now().UTC()
	want := map[string]string{"sources": Bad, "team": Good, "plan": Bad, "roles": Bad, "deputies": Bad, "contacts": Bad, "channels": Bad, "drill": Soon, "policies": Soon, "meetings": Soon, "library": Good}
	if diff := cmp.Diff(want, states(now)); diff != "" {
		t.Errorf("a new desk (-want +got):\n%s", diff)
	}
	d.publish(t)
	act := desk.Act{Who: "desk", Do: "test"}
	_, err := d.db.ChangeChannel(t.Context(), 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Name, c.Kind, c.State, c.Expires, c.Lang, out.Say = d.brand, "Blog", "wordpress", desk.HealthOK, now.Add(48*time.Hour), "fi", desk.Say("made")
		return nil
	})
	check(t, err)
	_, err = d.db.ChangeWay(t.Context(), 0, act, func(w *desk.Way, out *desk.Out) error {
		w.Name, w.LastOK, out.Say = "Mail", now, desk.Say("made")
		return nil
	})
	check(t, err)
	want = map[string]string{"sources": Bad, "team": Good, "plan": Good, "roles": Good, "deputies": Good, "contacts": Good, "channels": Soon, "drill": Soon, "policies": Soon, "meetings": Soon, "library": Soon}
	if diff := cmp.Diff(want, states(now)); diff != "" {
		t.Errorf("after the plan (-want +got):\n%s", diff)
	}
	late := states(now.AddDate(1, 0, 0))
	if late["plan"] != Bad || late["channels"] != Bad {
		t.Errorf("a year later the plan is %s and the channels are %s", late["plan"], late["channels"])
	}
}
