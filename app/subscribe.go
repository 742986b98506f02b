package app

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"breakwater/centre"
	"breakwater/connector/email"
	"breakwater/desk"
	"breakwater/publish"
	"breakwater/store"
	"breakwater/subscribe"
)

// lettersFolder holds notes on letters under way. They are worth nothing on another machine or after a new start of this one, so no backup has
// them.
const lettersFolder = "letters"

// newSubscribers puts together how people get the updates of the crisis centre by mail.
func newSubscribers(s *stages, c Config) {
	dial := func(ctx context.Context, set desk.Settings) (subscribe.Conversation, error) {
		return email.Converse(ctx, set)
	}
	s.letters = subscribe.New(s.db, c.lettersKey, listeners{s}, dial, c.Log)
	s.letters.Spec = subscribe.Spec(email.Server(), email.ReturnBox())
	s.letters.Fetch = email.Returned
	s.letters.Notes, s.letters.Boot = filepath.Join(c.Data, lettersFolder), store.MachineClock().Boot
	s.centre.Letters = func(brandID int64) bool {
		all, err := s.db.Carriers(context.Background(), brandID, desk.LettersKind)
		return err == nil && len(all) > 0 && !all[0].Paused
	}
	s.outbox.Letters = func(ctx context.Context, h desk.Hold) []desk.HeldLetters {
		var both sync.WaitGroup
		defer both.Wait()
		both.Go(func() { s.copies.Halt(ctx, h.BrandID) })
		return s.letters.Halt(ctx, h)
	}
	s.centre.Jobs = func(p *desk.Centre, u *desk.CentreUpdate, ch desk.Channel, post *desk.Post, st *desk.Statement, how centre.Turn) []desk.Job {
		o := subscribe.Order{CentreID: p.ID, Number: u.Number, StatementID: st.ID, Corrects: how == centre.Corrected, Withdrawn: how == centre.Withdrawn, Notify: st.Notify, Passes: post.Passes, ChannelID: ch.ID, BrandID: p.BrandID}
		switch {
		case st.DrillID != 0, how == centre.Said && st.Notify == desk.NotifyNobody:
			return nil
		case how != centre.Said:
			o.At = p.Changed
		}
		if p.Stage != desk.CentreLive { // with the whole page: nobody is told
			return []desk.Job{o.Overtake()}
		}
		return o.Jobs()
	}
}

// doorOfSubscribers is where the public subscribes and leaves.
func (s *stages) doorOfSubscribers() *subscribe.Door {
	return &subscribe.Door{Desk: s.letters, PathOf: func(r *http.Request) (home, rest string, ok bool) { return s.site.Home(r) }}
}

// listeners is what subscribers need of the rest of the desk.
type listeners struct{ s *stages }

// HomeOf implements subscribe.Around.
func (l listeners) HomeOf(ctx context.Context, brandID int64) (subscribe.Home, error) {
	return l.home(ctx, func(h centre.HomeOf) bool { return h.Brand.ID == brandID })
}

// HomeAt implements subscribe.Around.
func (l listeners) HomeAt(ctx context.Context, path string) (subscribe.Home, error) {
	return l.home(ctx, func(h centre.HomeOf) bool { return h.Path == path })
}

func (l listeners) home(ctx context.Context, is func(centre.HomeOf) bool) (subscribe.Home, error) {
	all, err := l.s.centre.Homes(ctx)
	if err != nil {
		return subscribe.Home{}, err
	}
	i := slices.IndexFunc(all, is)
	if i < 0 {
		return subscribe.Home{}, desk.ErrNotFound
	}
	h := all[i]
	return subscribe.Home{BrandID: h.Brand.ID, ChannelID: h.ChannelID, Brand: h.Brand.Name, URL: h.Door, Site: h.URL, Lang: h.Lang}, nil
}

// TopicOf implements subscribe.Around.
func (l listeners) TopicOf(ctx context.Context, centreID int64, lang string) (subscribe.Topic, error) {
	c, err := l.s.db.Centre(ctx, centreID)
	if err != nil {
		return subscribe.Topic{}, err
	}
	return topicOf(&c, lang)
}

// TopicAt implements subscribe.Around.
func (l listeners) TopicAt(ctx context.Context, brandID int64, slug, lang string) (subscribe.Topic, error) {
	c, err := l.s.db.CentreAt(ctx, brandID, slug)
	if err != nil {
		return subscribe.Topic{}, err
	}
	return topicOf(&c, lang)
}

// topicOf is a public page; who reads in a language that it is not in gets its own.
func topicOf(c *desk.Centre, lang string) (subscribe.Topic, error) {
	if c.Stage != desk.CentreLive {
		return subscribe.Topic{}, desk.ErrNotFound
	}
	t, ok := c.LiveIn(lang)
	if !ok && len(c.Live) > 0 {
		t = c.Live[0]
	}
	if t.Title == "" && len(c.Updates) > 0 {
		for _, said := range c.Updates[len(c.Updates)-1].Said {
			t.Title = said.Title
		}
	}
	if t.Title == "" {
		t.Title = c.Name
	}
	return subscribe.Topic{CentreID: c.ID, BrandID: c.BrandID, Title: t.Title, Slug: c.Slug}, nil
}

// Server implements subscribe.Around.
func (l listeners) Server(ctx context.Context, brandID int64) (desk.Settings, error) {
	all, err := l.s.db.Carriers(ctx, brandID, desk.LettersKind)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, desk.ErrNotFound
	}
	return all[0].Settings, nil
}

// Held implements subscribe.Around: a letter is held as the post whose words it brings would be. What the crisis team says under a hold
// goes out, until somebody presses STOP again.
func (l listeners) Held(m *desk.Mailing, holds []desk.Hold) bool {
	return slices.ContainsFunc(holds, func(h desk.Hold) bool {
		if slices.Contains(m.Passes, h.ID) && !h.Again.After(m.Made) {
			return false
		}
		return slices.ContainsFunc(m.Texts, func(t desk.MailingText) bool {
			p := desk.Post{BrandID: m.BrandID, ChannelID: m.ChannelID, Title: t.Title, Text: t.Text}
			return h.Covers(&p) && (!h.Elective() || publish.Collides(h.Words, &p) != "")
		})
	})
}

// othersWithin is how long an update waits for its other languages.
const othersWithin = 2 * time.Minute

// Words implements subscribe.Around.
func (l listeners) Words(ctx context.Context, o subscribe.Order) (all []desk.MailingText, err error) {
	c, err := l.s.db.Centre(ctx, o.CentreID)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(c.Updates, func(u desk.CentreUpdate) bool { return u.Number == o.Number })
	if i < 0 || c.Stage != desk.CentreLive {
		return nil, desk.ErrNotFound
	}
	u := c.Updates[i]
	if time.Since(c.Changed) < othersWithin {
		posts, err := l.s.db.PostsOf(ctx, o.StatementID)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(posts, func(p desk.Post) bool {
			return p.ChannelID == o.ChannelID && (p.State == desk.PostClaimed || p.State == desk.PostWaiting && p.Due.Before(time.Now().Add(othersWithin)) || p.Published() && !p.Leaving.IsZero())
		}) {
			return nil, &desk.Retry{After: 5 * time.Second, Err: errors.New("other languages of the update are on their way")}
		}
	}
	homes, err := l.s.centre.Homes(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(homes, func(h centre.HomeOf) bool { return h.ChannelID == o.ChannelID })
	if at < 0 {
		return nil, desk.ErrNotFound
	}
	for _, lang := range c.Langs() {
		for _, said := range u.Said {
			if said.Lang == lang && said.Withdrawn.IsZero() {
				all = append(all, desk.MailingText{Lang: lang, Title: said.Title, Text: said.Text, Link: homes[at].UpdateURL(&c, u.Number, lang)})
			}
		}
	}
	if len(all) == 0 {
		return nil, desk.ErrNotFound
	}
	return all, nil
}

// Alarm implements subscribe.Around.
func (l listeners) Alarm(ctx context.Context, brandID int64, key string, what desk.Text) {
	l.s.alarm(ctx, brandID, key, what)
}
