package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
)

func (s *server) topicOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/topics", desk.Viewer, "topic-list", "What is talked about",
			"Topics that were found by themselves: what many mentions speak of at once, against what is usual. Live ones first, strongest first."}, s.topics),
		ask(route{http.MethodGet, "/topics/{id}", desk.Viewer, "topic-read", "Read a topic", "While it lives with its counts of the last day, in steps of five minutes."}, s.topic),
	}
}

type topicsIn struct {
	Paging
	OfBrand
	Monitors []int64   `query:"monitor" doc:"Of these monitors, separated by commas; without it topics that several monitors found come once" maxItems:"200"`
	From     time.Time `query:"from" doc:"Spoken about at or after"`
	To       time.Time `query:"to" doc:"Spoken about before"`
	Live     bool      `query:"live" doc:"Only those that are still spoken about"`
}

func (s *server) topics(ctx context.Context, in *topicsIn) (Page[desk.Topic], error) {
	all, err := s.Topics.List(ctx, desk.TopicFilter{BrandID: in.Brand, Monitors: in.Monitors, From: in.From, To: in.To, Live: in.Live, Limit: most})
	if err != nil {
		return Page[desk.Topic]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) topic(ctx context.Context, in *One) (desk.Topic, error) {
	return s.Topics.One(ctx, in.ID)
}
