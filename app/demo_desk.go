package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"breakwater/desk"
)

// demoChannels are where the demo's brand speaks: a network inside the program, and a telephone line that a person changes.
var demoChannels = []desk.Channel{
	{Kind: "sandbox", Name: "Practice network", Lang: "en", Settings: desk.Settings{"limit": "500"}},
	{Kind: "sandbox", Name: "Practice blog", Lang: "en", Settings: desk.Settings{"limit": "5000"}},
	{Kind: "checklist", Name: "Telephone line", Lang: "en", Settings: desk.Settings{"where": "Sign in to the telephone system, menu Announcements, and read the new text in.", "photo": "false"}},
	{Kind: desk.CentreKind, Name: "Crisis centre"},
}

// demoPost is something that was scheduled when nobody thought of a crisis. {brand} and {product} stand for the storm's.
type demoPost struct {
	title, text string
	in          time.Duration // from the start of the demo
	channels    int           // of demoChannels, from the first
}

var demoPosts = []demoPost{
	{"Weekend treat", "The weekend begins with {product}. Who are you sharing yours with?", 12 * time.Minute, 1},
	{"Meet the team", "Meet the people behind {brand}: this week, the early shift.", 3 * time.Hour, 2},
	{"New on Monday", "Something new comes to {brand} on Monday. Any guesses?", 26 * time.Hour, 1},
	{"Photo contest", "Show us your morning with {product} and win breakfast for ten.", 50 * time.Hour, 2},
	{"Opening hours", "Opening hours over the holidays are on our page.", 100 * time.Hour, 2},
}

// seedDesk gives the demo's brand a plan with people in it, channels, and posts that wait for their time: there is something to
// stop when the storm comes.
func seedDesk(ctx context.Context, s *stages, brand desk.Brand, people []desk.User, start time.Time) error {
	if err := seedPlan(ctx, s, brand, people); err != nil {
		return fmt.Errorf("the plan: %w", err)
	}
	var channels []desk.Channel
	for _, c := range demoChannels {
		c.BrandID = brand.ID
		if c.Kind == desk.CentreKind {
			c.Settings = desk.Settings{"path": desk.Slug(brand.Name)}
		}
		saved, err := s.channels.Save(ctx, c)
		if err != nil {
			return fmt.Errorf("the channel %q: %w", c.Name, err)
		}
		channels = append(channels, saved)
	}
	monitors, err := s.db.Monitors(ctx, brand.ID)
	if err != nil {
		return err
	}
	product := brand.Name
	for _, m := range monitors {
		if m.Kind == "product" {
			product = m.Name
		}
	}
	fill := strings.NewReplacer("{brand}", brand.Name, "{product}", product)
	if err := seedCentre(ctx, s, brand, people, fill); err != nil {
		return fmt.Errorf("the page of the crisis centre: %w", err)
	}
	for _, p := range demoPosts {
		if err := seedPost(ctx, s, brand, people[0], people[1], channels[:p.channels], p.title, fill.Replace(p.text), start.Add(p.in)); err != nil {
			return fmt.Errorf("the post %q: %w", p.title, err)
		}
	}
	return nil
}

// seedPlan publishes the plan that comes with the program, its roles filled with the demo's people.
func seedPlan(ctx context.Context, s *stages, brand desk.Brand, people []desk.User) error {
	draft, err := s.plans.Draft(ctx, brand.ID, "en")
	if err != nil {
		return err
	}
	draft, err = s.plans.Edit(ctx, draft.ID, draft.Version, func(p *desk.Plan) error {
		for i := range p.Roles {
			p.Roles[i].UserID, p.Roles[i].DeputyID = people[i%3].ID, people[(i+1)%3].ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.plans.Publish(ctx, draft.ID, draft.Version, "The first edition: the plan that comes with the program, with our names.")
	return err
}

// seedPost schedules an ordinary post, which the plan lets its author approve, with a second opinion on it.
func seedPost(ctx context.Context, s *stages, brand desk.Brand, author, other desk.User, channels []desk.Channel, title, text string, due time.Time) error {
	now := time.Now().UTC()
	made, err := s.db.ChangeStatement(ctx, 0, desk.ActOf(ctx, "statement.save", ""), func(st *desk.Statement, out *desk.Out) error {
		st.BrandID, st.Kind, st.Title, st.State, st.Author = brand.ID, "ordinary", title, desk.StatementApproved, "user:"+fmt.Sprint(author.ID)
		st.Created, st.Updated = now, now
		for i, c := range channels {
			st.Variants = append(st.Variants, desk.Variant{ID: fmt.Sprintf("v%d", i+1), ChannelID: c.ID, Lang: "en", Text: text})
		}
		// Whatever day the demo is started on, and whatever goes on then.
		st.Needs = []desk.Signature{{Role: desk.SecondOpinion, Verdict: desk.Approved, By: other.ID, ByName: other.Name, At: now, How: desk.SignedConsole, Hash: st.Hash()}}
		out.Say = desk.Say("{name} wrote {title}.", "name", author.Name, "title", title)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.outbox.Schedule(ctx, made.ID, due)
	return err
}
