package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"breakwater/desk"
)

func (s *server) mentionOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/mentions", desk.Viewer, "mention-list", "Search mentions", "Every restriction that is given must hold."}, s.mentions),
		ask(route{http.MethodGet, "/mentions/{id}", desk.Viewer, "mention-read", "Read a mention", ""}, s.mention),
		ask(route{http.MethodPost, "/mentions/{id}/correct", desk.Responder, "mention-correct", "Correct the mood of a mention", "A person's word: no later scoring overwrites it."}, s.correct),
	}
}

// mentionIn is desk.Filter as a query.
type mentionIn struct {
	Paging
	Text     string    `query:"text" doc:"Words and \"phrases\"; all must occur; a trailing * is a prefix, a leading - excludes" maxLength:"1000"`
	Brand    int64     `query:"brand" doc:"Answered by any monitor of the brand" minimum:"1"`
	Monitors []int64   `query:"monitor" doc:"Answered by any of these, separated by commas" maxItems:"200"`
	Networks []string  `query:"network" doc:"On any of these" maxItems:"50" example:"[\"mastodon\"]"`
	Langs    []string  `query:"lang" doc:"In any of these" maxItems:"50" example:"[\"he\"]"`
	Moods    []string  `query:"mood" doc:"Of any of these" enum:"negative,neutral,positive" maxItems:"3"`
	Kinds    []string  `query:"kind" doc:"Of any of these kinds" enum:"post,reply,repost,article,comment" maxItems:"5"`
	Author   string    `query:"author" doc:"Handle, without @" maxLength:"300"`
	Cue      string    `query:"cue" doc:"With this crisis cue" example:"boycott" maxLength:"50"`
	Source   int64     `query:"source" doc:"From this source" minimum:"1"`
	Fold     string    `query:"fold" doc:"Those that fold together with others, by the mention's fold" pattern:"^[0-9]{1,19}$"`
	From     time.Time `query:"from" doc:"Published at or after"`
	To       time.Time `query:"to" doc:"Published before"`
	MinReach int       `query:"min_reach" doc:"Author's followers at least" minimum:"0"`
	Listed   bool      `query:"listed" doc:"Leave out reposts and copies: each thing once"`
}

func (in *mentionIn) filter() (desk.Filter, error) {
	before, err := in.before()
	if err != nil {
		return desk.Filter{}, err
	}
	f := desk.Filter{
		Text: in.Text, BrandID: in.Brand, Monitors: in.Monitors, Networks: in.Networks, Langs: in.Langs, Kinds: in.Kinds,
		Author: in.Author, Cue: in.Cue, SourceID: in.Source, From: in.From, To: in.To, MinReach: in.MinReach, Listed: in.Listed,
		Before: before, Limit: in.Limit,
	}
	for _, name := range in.Moods {
		if m, ok := desk.ParseMood(name); ok {
			f.Moods = append(f.Moods, m)
		}
	}
	if in.Fold != "" {
		if f.Fold, err = strconv.ParseInt(in.Fold, 10, 64); err != nil {
			return f, desk.Wrong("fold", "Pass the fold of a mention.")
		}
	}
	return f, nil
}

func (s *server) mentions(ctx context.Context, in *mentionIn) (Page[desk.Mention], error) {
	f, err := in.filter()
	if err != nil {
		return Page[desk.Mention]{}, err
	}
	p, err := s.Radar.Mentions(ctx, f)
	return mentionPage(p), err
}

// mentionPage is a page of mentions as lists of the API are.
func mentionPage(p desk.Page) Page[desk.Mention] {
	out := Page[desk.Mention]{Items: p.Mentions}
	if out.Items == nil {
		out.Items = []desk.Mention{}
	}
	if p.Next != 0 {
		out.Next = strconv.FormatInt(p.Next, 10)
	}
	return out
}

func (s *server) mention(ctx context.Context, in *One) (desk.Mention, error) {
	return s.Radar.One(ctx, in.ID)
}

type correctIn struct {
	One
	Body struct {
		Mood desk.Mood `json:"mood" enum:"negative,neutral,positive" doc:"What it really says"`
	}
}

func (s *server) correct(ctx context.Context, in *correctIn) (desk.Mention, error) {
	return s.Radar.Correct(ctx, in.ID, in.Body.Mood)
}
