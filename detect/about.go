package detect

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"breakwater/desk"
)

// topicRead bounds how many negative mentions are looked through for those of one topic.
const topicRead = 2000

// about are the posts that a signal's sentence counts, newest first, for the detectors whose sentence is about some of the window
// only; whole is false when there are more than were read. For the others narrow is false: theirs is about all of the window.
func (p *prover) about(ctx context.Context, s *desk.Signal) (posts []desk.Mention, whole, narrow bool) {
	switch {
	case s.Detector == "topic":
		posts, whole = p.ofTopic(ctx, s)
		return posts, whole, true
	case s.Detector == "cue":
		return p.ofCue(s.Evidence.Cue), true, true
	case s.Trigger != 0: // one post
		for _, from := range [][]desk.Mention{p.Top, p.Posts} {
			if i := slices.IndexFunc(from, func(m desk.Mention) bool { return m.ID == s.Trigger }); i >= 0 {
				return from[i : i+1], true, true
			}
		}
		return nil, false, true
	}
	return nil, false, false
}

// ofTopic are the newest negative posts of a signal's topic, as many as the signal counted. They count when they come and may have
// been said some time before.
func (p *prover) ofTopic(ctx context.Context, s *desk.Signal) (posts []desk.Mention, whole bool) {
	if p.Tell == nil {
		return nil, false
	}
	most := int(s.Evidence.Observed)
	f := desk.Filter{Monitors: []int64{p.Monitor.ID}, Moods: []desk.Mood{desk.Negative}, From: p.back(min(s.Evidence.Window+maxLag, len(p.Minutes))),
		To: p.back(0).Add(skew * time.Minute), Limit: sampled}
	for range topicRead / sampled {
		got, err := p.store.Mentions(ctx, f)
		if err != nil {
			p.log.Warn("the posts of a topic could not be read", "monitor", p.Monitor.ID, "error", err)
			return posts, false
		}
		p.Tell(got.Mentions)
		for _, m := range got.Mentions {
			if ofTopic(&m, &s.Evidence) && !m.Own && len(posts) < most {
				posts = append(posts, m)
			}
		}
		if len(posts) >= most || got.Next == 0 {
			return posts, true
		}
		f.Before = got.Next
	}
	return posts, false
}

// ofTopic reports whether a mention belongs to the topic of an evidence.
func ofTopic(m *desk.Mention, e *desk.Evidence) bool {
	return slices.ContainsFunc(m.Topics, func(n desk.TopicName) bool { return strconv.FormatInt(n.ID, 10) == e.TopicID || n.Name == e.Topic })
}

// ofCue are the posts that bring a type of cue up.
func (p *prover) ofCue(typ string) (posts []desk.Mention) {
	for i := range p.Posts {
		if m := &p.Posts[i]; p.counts(m) && slices.Contains(m.CuesOf(p.Monitor.BrandID), typ) {
			posts = append(posts, *m)
		}
	}
	return posts
}

// show puts into an evidence what its own posts show: networks, voices and people are theirs. Where not all of them were read, people
// and copies are not told.
func show(ev *desk.Evidence, posts []desk.Mention, whole bool) {
	ev.Networks, ev.Voices = networksOf(posts), voicesOf(posts)
	ev.Crowd, ev.Copies = nil, 0
	if !whole || len(posts) == 0 {
		return
	}
	crowd := crowdOf(posts)
	if ev.People == 0 {
		ev.People = crowd.People
	}
	if ev.People == crowd.People {
		ev.Crowd = crowd.Counted()
	}
	ev.Copies = crowd.Copies
}

// speaker tells the authors of posts apart.
func speaker(m *desk.Mention) [2]string {
	return [2]string{m.Network, cmp.Or(m.Author.NativeID, m.Author.Handle)}
}

func crowdOf(posts []desk.Mention) desk.Crowd {
	authors := make(map[[2]string]int64)
	said := make([]desk.Said, len(posts))
	for i := range posts {
		m := &posts[i]
		if authors[speaker(m)] == 0 {
			authors[speaker(m)] = int64(len(authors) + 1)
		}
		said[i] = desk.Said{ID: m.ID, Author: authors[speaker(m)], Fold: m.Fold, Repost: m.Kind == desk.KindRepost, First: !m.IsCopy()}
	}
	return desk.CrowdOf(said)
}

// networksOf counts posts by network, most first.
func networksOf(posts []desk.Mention) (all []desk.Share) {
	for i := range posts {
		if at := slices.IndexFunc(all, func(s desk.Share) bool { return s.Name == posts[i].Network }); at >= 0 {
			all[at].Count++
		} else {
			all = append(all, desk.Share{Name: posts[i].Network, Count: 1})
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Share) int { return cmp.Compare(b.Count, a.Count) })
	return all
}

// voicesOf are the authors of posts whom most follow, at most maxVoices.
func voicesOf(posts []desk.Mention) (all []desk.Voice) {
	at := make(map[[2]string]int)
	for i := range posts {
		m := &posts[i]
		k, met := at[speaker(m)]
		if !met {
			k = len(all)
			at[speaker(m)] = k
			all = append(all, desk.Voice{Author: m.Author, Network: m.Network, Why: []desk.Text{}})
		}
		v := &all[k]
		v.Mood = (v.Mood*float64(v.Mentions) + m.Sentiment) / float64(v.Mentions+1)
		v.Mentions++
		v.Reposted += m.Engagement.Reposts
		v.First = m.ID // they come newest first
		switch {
		case m.Kind == desk.KindRepost:
			v.Reposts++
		case m.IsCopy():
			v.Copied++
		}
	}
	slices.SortStableFunc(all, func(a, b desk.Voice) int {
		return cmp.Or(cmp.Compare(b.Author.Followers, a.Author.Followers), cmp.Compare(b.Mentions, a.Mentions))
	})
	return all[:min(len(all), maxVoices)]
}

// began is when the first of some posts was published; zero without any.
func began(posts []desk.Mention) (first time.Time) {
	for i := range posts {
		if at := posts[i].Published; first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}
