package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"breakwater/desk"
)

const (
	// burstAhead is how far ahead posts are looked at for words that burst now: what is due later is looked at later.
	burstAhead = 48 * time.Hour
	// lateAfter is when people are told of a post that did not go out at its time.
	lateAfter = 3 * time.Minute
)

// collisionRound holds posts that say what bursts right now, and tells people (the elective hold). The rest goes on.
func (o *Outbox) collisionRound(ctx context.Context) error {
	if o.Bursts == nil || o.Brands == nil {
		return nil
	}
	brands, err := o.Brands(ctx)
	if err != nil {
		return err
	}
	var all []error
	for _, b := range brands {
		all = append(all, o.collisions(ctx, b))
	}
	return errors.Join(all...)
}

func (o *Outbox) collisions(ctx context.Context, b desk.Brand) error {
	waiting, err := o.Store.Posts(ctx, desk.PostFilter{
		BrandID: b.ID, States: []string{desk.PostWaiting}, To: time.Now().Add(burstAhead), ByDue: true, Paging: desk.Paging{Limit: 2000},
	})
	if err != nil || len(waiting) == 0 {
		return err
	}
	topics, err := o.Bursts(ctx, b)
	if err != nil || len(topics) == 0 {
		return err
	}
	known, err := o.Store.Holds(ctx, desk.Paging{Limit: 200})
	if err != nil {
		return err
	}
	for _, t := range topics {
		words := burstWords(t, b)
		seen := slices.ContainsFunc(known, func(h desk.Hold) bool { return h.Topic == t.ID })
		if seen || len(words) == 0 || !slices.ContainsFunc(waiting, func(p desk.Post) bool { return p.DrillID == 0 && Collides(words, &p) != "" }) {
			continue
		}
		if err := o.elect(ctx, b, t, words); err != nil {
			return err
		}
	}
	return nil
}

// bursting finds which of the posts say what bursts right now, and the word that they say.
func (o *Outbox) bursting(ctx context.Context, posts []desk.Post) (map[int64]string, error) {
	if o.Bursts == nil || o.Brands == nil || len(posts) == 0 {
		return nil, nil
	}
	brands, err := o.Brands(ctx)
	if err != nil {
		return nil, err
	}
	said := map[int64]string{}
	for _, b := range brands {
		if !slices.ContainsFunc(posts, func(p desk.Post) bool { return p.BrandID == b.ID }) {
			continue
		}
		topics, err := o.Bursts(ctx, b)
		if err != nil {
			return nil, err
		}
		for _, t := range topics {
			words := burstWords(t, b)
			for i := range posts {
				if p := &posts[i]; p.BrandID == b.ID && said[p.ID] == "" {
					said[p.ID] = Collides(words, p)
				}
			}
		}
	}
	return said, nil
}

// burstWords are the words of a topic that a post may collide with: not those of the brand's own name, which every post says.
func burstWords(t desk.Topic, b desk.Brand) []string {
	name := &desk.Post{Text: b.Name}
	return slices.DeleteFunc(slices.Clone(t.Terms), func(w string) bool {
		return len([]rune(strings.TrimPrefix(w, "#"))) < 2 || Collides([]string{w}, name) != ""
	})
}

// elect presses an elective hold for a topic.
func (o *Outbox) elect(ctx context.Context, b desk.Brand, t desk.Topic, words []string) error {
	h := desk.Hold{BrandID: b.ID, Words: words, Topic: t.ID, By: "Breakwater", Why: t.Name}
	h, err := o.press(ctx, h)
	if err != nil {
		return err
	}
	if h, err = o.answer(ctx, h); err != nil {
		return err
	}
	if o.Alarm != nil {
		o.Alarm(ctx, b.ID, fmt.Sprint("hold-elective:", h.ID), desk.Say("{n} scheduled posts say what bursts right now (“{topic}”) and are held. Look at them.", "n", h.Held, "topic", t.Name))
	}
	return nil
}

// lateRound tells people of posts that did not go out at their time, once each.
func (o *Outbox) lateRound(ctx context.Context) error {
	now := time.Now().UTC()
	late, err := o.Store.Posts(ctx, desk.PostFilter{States: []string{desk.PostWaiting}, To: now.Add(-lateAfter), ByDue: true, Paging: desk.Paging{Limit: 200}})
	if err != nil {
		return err
	}
	for _, p := range late {
		if p.Late {
			continue
		}
		why := desk.Say("A post is late: it was to go out at {at}.", "at", p.Due)
		err := o.settle(ctx, p, func(l desk.Sending, p *desk.Post) error {
			p.Late = true
			return l.KeepPost(p, theDesk("post.late"), desk.Out{Say: why, IncidentID: p.IncidentID})
		})
		if err != nil {
			return err
		}
		if o.Alarm != nil {
			o.Alarm(ctx, p.BrandID, fmt.Sprint("post-late:", p.ID), why)
		}
	}
	return nil
}
