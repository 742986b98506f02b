package app

import (
	"context"
	"sync"
	"time"

	"breakwater/desk"
)

// Spoken are the posts of ours that people may answer, by the ids that their networks gave them. Who answers one of them is heard whatever
// the monitors ask for.
type Spoken struct {
	mu  sync.RWMutex // guards ids
	ids map[string]bool
}

// Add notes posts of ours.
func (s *Spoken) Add(all ...desk.Post) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = make(map[string]bool)
	}
	for _, p := range all {
		if p.NativeID != "" {
			s.ids[p.NativeID] = true
		}
	}
}

// Has reports whether a post is ours.
func (s *Spoken) Has(nativeID string) bool {
	if s == nil || nativeID == "" {
		return false
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ids[nativeID]
}

// spokenMost is how many of our newest posts are known by heart: people answer what they see.
const spokenMost = 20_000

// Load reads our newest posts.
func (s *Spoken) Load(ctx context.Context, posts func(context.Context, desk.PostFilter) ([]desk.Post, error)) error {
	f := desk.PostFilter{States: []string{desk.PostSent, desk.PostVerified}, Paging: desk.Paging{Limit: 200}}
	for range spokenMost / f.Limit {
		page, err := posts(ctx, f)
		if err != nil || len(page) == 0 {
			return err
		}
		s.Add(page...)
		f.Before = page[len(page)-1].ID
	}
	return nil
}

// addressed reports whether a mention is for us, whatever it says: it answers a post of ours, or names an account of ours.
func (h *Hearing) addressed(m *desk.Mention, spoken *Spoken) bool {
	if m.Own || m.Kind == desk.KindRepost {
		return false
	}
	m.ToUs = m.ToUs || spoken.Has(m.InReplyTo) || h.Own.Named(m) != 0
	return m.ToUs
}

// incoming is a mention as somebody who needs an answer; ok is false when nobody does.
func (h *Hearing) incoming(m *desk.Mention, now time.Time) (in desk.Incoming, ok bool) {
	if m.Own || m.Late || m.RepostOf != "" || m.Kind == desk.KindRepost || m.Kind == desk.KindArticle {
		return in, false
	}
	in = desk.Incoming{SourceID: m.SourceID, To: m.InReplyTo, Message: desk.Message{
		Ref: m.Ref, Via: desk.ViaMention, At: desk.Clamp(m.Published, now), Author: m.Author, Title: m.Title, Text: m.Text, URL: m.URL,
		Lang: m.Lang, Mood: m.Mood, Cues: m.Cues, Visibility: m.Visibility,
	}}
	if m.ToUs {
		in.Via = desk.ViaNamed
		in.BrandID = h.Own.Named(m)
		if in.BrandID == 0 {
			in.BrandID = h.BrandOfSource[m.SourceID]
		}
	}
	for _, id := range m.Monitors {
		if in.BrandID == 0 && (m.ToUs || h.asks(h.BrandOf[id], &in.Message)) {
			in.BrandID = h.BrandOf[id]
		}
	}
	if in.BrandID == 0 && m.ToUs && len(h.Answers) == 1 {
		for id := range h.Answers {
			in.BrandID = id
		}
	}
	in.OnlyOurs = in.BrandID == 0
	return in, in.BrandID != 0 || in.To != ""
}

func (h *Hearing) asks(brandID int64, m *desk.Message) bool {
	p := h.Answers[brandID]
	return p != nil && p.Asks(m)
}

// hear reads what somebody wrote to us alone: when, language, mood, cues, and whose brand it is for: its source's, or that of the account it
// is written to.
func (f *Flow) hear(h *Hearing, in *desk.Incoming, sourceID int64, now time.Time) {
	m := desk.Mention{Ref: in.Ref, Title: in.Title, Text: in.Text, Author: in.Author, Lang: in.Lang, Published: in.At, Names: in.Names}
	m.Tidy(now)
	in.At = m.Published // others' servers say when: a clock of ours never runs by a year that they made up
	f.Enrich.Lang(&m)
	f.Enrich.RestRead(&m, nil)
	in.Title, in.Text, in.Author, in.Lang, in.Mood, in.Cues, in.SourceID = m.Title, m.Text, m.Author, m.Lang, m.Mood, m.Cues, sourceID
	if in.BrandID == 0 {
		in.BrandID = h.BrandOfSource[sourceID]
	}
	if in.BrandID == 0 {
		in.BrandID = h.Own.Named(&m)
	}
	if in.BrandID == 0 && len(h.Answers) == 1 {
		for id := range h.Answers {
			in.BrandID = id
		}
	}
}
