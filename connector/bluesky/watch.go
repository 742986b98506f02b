package bluesky

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"breakwater/desk"
)

// watched is a post that we handed over. Searches do not tell of deletions, so we look after the newest ones ourselves.
type watched struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

const (
	watchMost = 200
	askMost   = 25 // posts, or profiles, in one call (lexicons getPosts and getProfiles, November 2026)
)

// look asks for some of the watched again: one that is missing was deleted, one with another CID edited.
func (s *searches) look(ctx context.Context, b *desk.Batch) error {
	if len(s.watch) == 0 || time.Since(s.looked) < s.lookFor {
		return nil
	}
	s.looked = time.Now()
	some := slices.Clone(s.watch[:min(askMost, len(s.watch))])
	query := url.Values{}
	for _, w := range some {
		query.Add("uris", w.URI)
	}
	var a answer
	if err := s.get(ctx, "app.bsky.feed.getPosts", query, &a); err != nil {
		return err
	}
	there := make(map[string]post, len(a.Posts))
	for _, raw := range a.Posts {
		var p post
		if json.Unmarshal(raw, &p) == nil {
			there[p.URI] = p
		}
	}
	s.watch = s.watch[len(some):]
	for _, w := range some {
		p, ok := there[w.URI]
		if !ok {
			b.Gone = append(b.Gone, desk.Ref{Network: network, NativeID: w.URI})
			continue
		}
		if m, ok := p.mention(); ok && p.CID != w.CID {
			m.Edited = time.Now().UTC() // the network says only that it changed
			b.Mentions = append(b.Mentions, m)
			s.hand(p.URI, p.CID)
		}
		s.watch = append(s.watch, watched{w.URI, p.CID}) // its turn comes again after all others
	}
	return nil
}

// profile is what we remember of an author.
type profile struct {
	followers int
	read      time.Time
}

const (
	peopleMost = 5000
	peopleFor  = 6 * time.Hour // followers change slowly
)

// introduce fills in how many follow the authors, as far as the network says.
func (s *searches) introduce(ctx context.Context, mentions []desk.Mention) {
	var ask []string
	for _, m := range mentions {
		did := m.Author.NativeID
		if p := s.people[did]; (p == nil || time.Since(p.read) > peopleFor) && !slices.Contains(ask, did) {
			ask = append(ask, did)
		}
	}
	for some := range slices.Chunk(ask, askMost) {
		var a struct {
			Profiles []struct {
				DID       string `json:"did"`
				Followers *int   `json:"followersCount"`
			} `json:"profiles"`
		}
		if s.get(ctx, "app.bsky.actor.getProfiles", url.Values{"actors": some}, &a) != nil {
			break // a mention without its reach is better than none
		}
		if len(s.people)+len(some) > peopleMost {
			clear(s.people)
		}
		for _, p := range a.Profiles {
			if p.Followers != nil {
				s.people[p.DID] = &profile{followers: *p.Followers, read: time.Now()}
			}
		}
	}
	for i := range mentions {
		if p := s.people[mentions[i].Author.NativeID]; p != nil {
			mentions[i].Author.Followers = p.followers
		}
	}
}
