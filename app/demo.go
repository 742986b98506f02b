package app

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"breakwater/desk"
	"breakwater/drill"
)

// The demo's history: how far back it goes, and how many mentions are kept at a time.
const (
	demoDays  = 21
	demoBatch = 1000
)

// demoPeople are the team of the demo's brand. All have the same password, which is printed.
var demoPeople = []desk.User{
	{Name: "Ana Lindqvist", Email: "ana@kavelund.example", Role: desk.Admin},
	{Name: "Omar Haddad", Email: "omar@kavelund.example", Role: desk.Lead},
	{Name: "Noa Levi", Email: "noa@kavelund.example", Role: desk.Responder, Lang: "he"},
	{Name: "Mei Chen", Email: "mei@kavelund.example", Role: desk.Viewer, Lang: "zh-Hant"},
}

// demoPassword signs the demo's people in. It protects nothing: the demo's folder is thrown away and its address is local.
const demoPassword = "calm before the storm"

func demo(ctx context.Context, c DemoConfig) error {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "breakwater-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer os.RemoveAll(dir)
		c.Data = dir
	}
	if c.Speed <= 0 {
		c.Speed = 1
	}
	return run(ctx, c.Config, func(ctx context.Context, s *stages) (func() error, error) {
		storm, err := seed(ctx, s, c)
		return func() error {
			if err := storm.Play(ctx, func(m desk.Mention) { s.sand.Post(m) }); ctx.Err() == nil {
				return err
			}
			return nil
		}, err
	})
}

// seed fills the desk and gives the storm that is to begin.
func seed(ctx context.Context, s *stages, c DemoConfig) (storm drill.Storm, err error) {
	fmt.Fprintf(c.out(), "\n  Breakwater demo: %s\n\n  Sign in as   %s\n  Password     %s\n\n", c.publicURL(), demoPeople[0].Email, demoPassword)
	story, err := drill.Find(cmp.Or(c.Storm, drill.Cases()[0].Name))
	if err != nil {
		return storm, err
	}
	brand, source, err := seedBrand(ctx, s, story)
	if err != nil {
		return storm, fmt.Errorf("seed the demo: %w", err)
	}
	var people []desk.User
	for _, u := range demoPeople {
		added, err := s.gate.AddUser(ctx, u, demoPassword)
		if err != nil {
			return storm, fmt.Errorf("seed the demo's people: %w", err)
		}
		people = append(people, added)
	}
	if err := seedDesk(ctx, s, brand, people, time.Now()); err != nil {
		return storm, fmt.Errorf("seed the demo's desk: %w", err)
	}
	storm = drill.Storm{Case: story, Seed: c.Seed, Start: time.Now().Add(20 * time.Second), Speed: c.Speed}
	if err := seedHistory(ctx, s, source, storm, demoDays); err != nil {
		return storm, fmt.Errorf("seed the demo's history: %w", err)
	}
	storm.Start = time.Now().Add(15 * time.Second)
	fmt.Fprintf(c.out(), "  Three weeks of ordinary days are in. The storm begins in a quarter of a minute; watch the radar.\n  Ctrl-C ends the demo and throws its data away.\n\n")
	return storm, nil
}

// seedBrand makes the brand with its monitors and the source that hears the sandbox, and gives the source's id.
func seedBrand(ctx context.Context, s *stages, story drill.Case) (desk.Brand, int64, error) {
	brand, err := s.db.ChangeBrand(ctx, 0, desk.ActOf(ctx, "brand.save", ""), func(b *desk.Brand, out *desk.Out) error {
		id, version := b.ID, b.Version
		*b = story.Brand()
		b.ID, b.Version = id, version
		out.Say = desk.Say("{brand} was added.", "brand", b.Name)
		return nil
	})
	if err != nil {
		return brand, 0, err
	}
	for _, m := range story.Monitors() {
		m.BrandID = brand.ID
		if _, err := s.monitors.Save(ctx, m); err != nil {
			return brand, 0, err
		}
	}
	source, err := s.sources.Save(ctx, desk.Source{BrandID: brand.ID, Kind: "sandbox", Name: "Practice network", KeepAll: true})
	if err != nil {
		return brand, 0, err
	}
	h, err := LoadHearing(ctx, s.db, s.poller.Log)
	if err != nil {
		return brand, 0, err
	}
	s.flow.Hear(h)
	return brand, source.ID, nil
}

// seedHistory keeps so many ordinary days before the storm, in the order in which they would have come, and has them learned from.
func seedHistory(ctx context.Context, s *stages, source int64, storm drill.Storm, days int) error {
	batch := desk.Batch{SourceID: source}
	keep := func() error {
		_, err := s.flow.Keep(ctx, batch)
		batch.Mentions = nil
		return err
	}
	to := time.Now()
	if storm.Start.Before(to) {
		to = storm.Start
	}
	for m := range storm.History(storm.Start.AddDate(0, 0, -days), to) {
		m.Late = true // old news: learned from, not alerted
		if batch.Mentions = append(batch.Mentions, m); len(batch.Mentions) == demoBatch {
			if err := keep(); err != nil {
				return err
			}
		}
	}
	if err := keep(); err != nil {
		return err
	}
	monitors, err := s.db.Monitors(ctx, 0)
	if err != nil {
		return err
	}
	for _, m := range monitors {
		s.engine.Changed(m.ID) // what is usual was learned from an empty desk
	}
	return nil
}
