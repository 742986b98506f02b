package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/store"
)

// CopyKind is the kind of the copy of a crisis centre that Furnish makes.
const CopyKind = "copy"

// Furnish makes one thing of every kind that belongs to a brand, and gives their ids by their kind's word: what somebody of another
// brand must not find.
func Furnish(t testing.TB, db *store.DB, brandID int64) map[string]int64 {
	t.Helper()
	ctx, a, at := context.Background(), desk.Act{Who: "desk", Name: "desk", Do: "furnish"}, time.Now().UTC()
	said := desk.Say("x")
	ids := map[string]int64{"brand": brandID}
	monitor := must(db.ChangeMonitor(ctx, 0, a, func(m *desk.Monitor, out *desk.Out) error {
		m.BrandID, m.Name, m.Kind, m.Query, out.Say = brandID, fmt.Sprint("of ", brandID), "brand", "harbour", said
		return nil
	}))(t)
	ids["monitor"] = monitor.ID
	room := must(db.ChangeIncident(ctx, 0, a, func(i *desk.Incident, out *desk.Out) error {
		i.BrandID, i.Title, i.State, i.Began, i.Opened, i.Monitors, out.Say = brandID, "x", desk.IncidentOpen, at, at, []int64{monitor.ID}, said
		return nil
	}))(t)
	ids["incident"] = room.ID
	source := must(db.ChangeSource(ctx, 0, a, func(s *desk.Source, out *desk.Out) error {
		s.BrandID, s.Name, s.Kind, s.Settings, out.Say = brandID, "x", "news", desk.Settings{"url": "https://example.org/x"}, said
		return nil
	}))(t)
	ids["source"] = source.ID
	ref := desk.Ref{Network: "news", NativeID: fmt.Sprint("of ", brandID)}
	m := desk.Mention{Ref: ref, SourceID: source.ID, Kind: desk.KindPost, Text: "harbour", Lang: "en", Author: desk.Author{Handle: "reader"}, Published: at.Add(-time.Minute), Monitors: []int64{monitor.ID}}
	m.Fold = m.Key().Fold()
	must(db.Append(ctx, []desk.Batch{{SourceID: source.ID, Mentions: []desk.Mention{m}}}))(t)
	ids["mention"] = must(db.MentionByRef(ctx, ref))(t).ID
	ids["alert"] = must(db.ChangeAlert(ctx, 0, a, func(x *desk.Alert, out *desk.Out) error {
		x.BrandID, x.MonitorID, x.State, x.Title, x.Opened, x.Updated, out.Say = brandID, monitor.ID, desk.AlertOpen, said, at, at, said
		return nil
	}))(t).ID
	channel := must(db.ChangeChannel(ctx, 0, a, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Name, c.Kind, c.Settings, out.Say = brandID, "x", "sandbox", desk.Settings{"url": "https://example.org/x"}, said
		return nil
	}))(t)
	ids["channel"] = channel.ID
	statement := must(db.ChangeStatement(ctx, 0, a, func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.Title, s.State, out.Say = brandID, room.ID, "x", desk.StatementDraft, said
		return nil
	}))(t)
	ids["statement"] = statement.ID
	ids["post"] = must(db.ChangePost(ctx, 0, a, func(p *desk.Post, out *desk.Out) error {
		p.BrandID, p.ChannelID, p.StatementID, p.State, p.Key, p.Hash, p.Due, out.Say = brandID, channel.ID, statement.ID, desk.PostWaiting, fmt.Sprint("of ", brandID), strings.Repeat("a", 64), at.Add(time.Hour), said
		return nil
	}))(t).ID
	ids["plan"] = must(db.ChangePlan(ctx, 0, a, func(p *desk.Plan, out *desk.Out) error { p.BrandID, out.Say = brandID, said; return nil }))(t).ID
	ids["mailing"] = must(db.ChangeMailing(ctx, 0, a, func(m *desk.Mailing, out *desk.Out) error {
		m.BrandID, m.Key, m.State, out.Say = brandID, fmt.Sprint("of ", brandID), desk.MailingDone, said
		return nil
	}))(t).ID
	ids["subscriber"] = must(db.ChangeSubscriber(ctx, brandID, fmt.Sprint("of ", brandID), a, func(s *desk.Subscriber, _ *desk.Out) error {
		s.State = desk.SubscriberLeft
		return nil
	}))(t).ID
	ids["occasion"] = must(db.ChangeOccasion(ctx, 0, a, func(o *desk.Occasion, out *desk.Out) error {
		o.BrandID, o.Name, out.Say = brandID, "x", said
		return nil
	}))(t).ID
	ids["policy"] = must(db.ChangePolicy(ctx, 0, a, func(p *desk.Policy, out *desk.Out) error {
		p.BrandID, p.Name, p.Kind, out.Say = brandID, "x", "social", said
		return nil
	}))(t).ID
	ids["meeting"] = must(db.ChangeMeeting(ctx, 0, a, func(m *desk.Meeting, out *desk.Out) error { m.BrandID, out.Say = brandID, said; return nil }))(t).ID
	ids["promise"] = must(db.ChangePromise(ctx, 0, a, func(p *desk.Promise, out *desk.Out) error {
		p.BrandID, p.IncidentID, p.Due, out.Say = brandID, room.ID, at.Add(time.Hour), said
		return nil
	}))(t).ID
	ids["briefing"] = must(db.ChangeBriefing(ctx, 0, a, func(b *desk.Briefing, out *desk.Out) error {
		b.BrandID, b.IncidentID, b.State, b.Texts, out.Say = brandID, room.ID, desk.BriefingDraft, []desk.BriefingText{{Lang: "en", Title: "x"}}, said
		return nil
	}))(t).ID
	ids["rumour"] = must(db.ChangeRumour(ctx, 0, a, func(r *desk.Rumour, out *desk.Out) error {
		r.BrandID, r.IncidentID, r.Text, out.Say = brandID, room.ID, "x", said
		return nil
	}))(t).ID
	ids["removal"] = must(db.ChangeRemoval(ctx, 0, a, func(r *desk.Removal, out *desk.Out) error {
		r.BrandID, r.IncidentID, out.Say = brandID, room.ID, said
		return nil
	}))(t).ID
	ids["claim"] = must(db.ChangeClaim(ctx, 0, a, func(c *desk.Claim, out *desk.Out) error { c.IncidentID, out.Say = room.ID, said; return nil }))(t).ID
	ids["fact"] = must(db.ChangeFact(ctx, room.ID, 0, a, func(f *desk.Fact, _ *desk.Incident, _ []desk.Citing, out *desk.Out) error {
		f.IncidentID, f.Text, out.Say = room.ID, "x", said
		return nil
	}))(t).ID
	ids["exhibit"] = must(db.ChangeExhibit(ctx, 0, a, nil, func(e *desk.Exhibit, out *desk.Out) error {
		e.IncidentID, e.Until, out.Say = room.ID, at.Add(time.Hour), said
		return nil
	}))(t).ID
	ids["centre"] = must(db.ChangeCentre(ctx, 0, a, func(c *desk.Centre, out *desk.Out) error {
		c.BrandID, c.IncidentID, c.Name, c.Slug, c.Stage, out.Say = brandID, room.ID, "x", "x", desk.CentreDark, said
		return nil
	}))(t).ID
	ids["copy"] = must(db.ChangeCarrier(ctx, 0, a, func(c *desk.Carrier, out *desk.Out) error {
		c.BrandID, c.Name, c.Kind, out.Say = brandID, "x", CopyKind, said
		return nil
	}))(t).ID
	ids["conversation"] = must(db.ChangeConversation(ctx, 0, a, func(c *desk.Conversation, out *desk.Out) error {
		c.BrandID, c.Network, c.State, c.First, c.Since, c.Touched, out.Say = brandID, "sandbox", desk.ConversationWaiting, at, at, at, said
		return nil
	}))(t).ID
	ids["byhand"] = must(db.ChangeByHand(ctx, 0, a, func(b *desk.ByHand, out *desk.Out) error {
		b.BrandID, b.ChannelID, out.Say = brandID, channel.ID, said
		return nil
	}))(t).ID
	ids["way"] = must(db.ChangeWay(ctx, 0, a, func(w *desk.Way, out *desk.Out) error {
		w.BrandID, w.Name, w.Kind, w.Settings, out.Say = brandID, "x", "email", desk.Settings{"url": "https://example.org/x"}, said
		return nil
	}))(t).ID
	ids["contact"] = must(db.ChangeContact(ctx, 0, a, func(c *desk.Contact, out *desk.Out) error {
		c.BrandID, c.Name, out.Say = brandID, "x", said
		return nil
	}))(t).ID
	ids["schedule"] = must(db.ChangeSchedule(ctx, 0, a, func(s *desk.Schedule, out *desk.Out) error {
		s.BrandID, s.Name, s.Zone, out.Say = brandID, "x", "UTC", said
		return nil
	}))(t).ID
	ids["escalation policy"] = must(db.ChangeEscalationPolicy(ctx, 0, a, func(p *desk.EscalationPolicy, out *desk.Out) error {
		p.BrandID, p.Name, out.Say = brandID, "x", said
		return nil
	}))(t).ID
	ids["escalation"] = must(db.ChangeEscalation(ctx, 0, a, func(e *desk.Escalation, out *desk.Out) error {
		e.BrandID, e.About, e.Began, out.Say = brandID, fmt.Sprint("incident:", room.ID), at, said
		return nil
	}))(t).ID
	hold := desk.Hold{BrandID: brandID, By: "desk", At: at.Add(-time.Hour), Ended: at}
	if err := db.Sending(ctx, func(l desk.Sending) error { return l.KeepHold(&hold, a, desk.Out{Say: said}) }); err != nil {
		t.Fatal(err)
	}
	ids["hold"] = hold.ID
	ids["topic"] = 70_000 + brandID
	if err := db.SaveTopics(ctx, nil, []desk.Topic{{ID: ids["topic"], MonitorID: monitor.ID, Name: fmt.Sprint("of ", brandID), Since: at, Found: at, Last: at, Ended: at}}); err != nil {
		t.Fatal(err)
	}
	return ids
}
