package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"breakwater/desk"
	"breakwater/publish"
)

func (s *server) channelOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/channels", desk.Viewer, "channel-list", "List channels", "Where we speak, in the order of publishing, with limits and health; secrets are masked. Mute ones say nothing for us: a hold stops them."}, s.channels),
		ask(route{http.MethodGet, "/channels/kinds", desk.Viewer, "channel-kinds", "Kinds of channels and their settings", ""}, s.channelKinds),
		ask(route{http.MethodPost, "/channels", desk.Admin, "channel-add", "Add a channel", "It is looked at for real soon after."}, s.addChannel),
		ask(route{http.MethodPost, "/channels/test", desk.Admin, "channel-test", "Try settings for real", "Nothing is said or saved."}, s.testChannel),
		ask(route{http.MethodGet, "/channels/{id}", desk.Viewer, "channel-read", "Read a channel", "Secrets are masked."}, s.channel),
		ask(route{http.MethodPut, "/channels/{id}", desk.Admin, "channel-save", "Change a channel", "A secret that comes back masked stays as it is; kind and brand never change."}, s.saveChannel),
		act(route{http.MethodDelete, "/channels/{id}", desk.Admin, "channel-delete", "Remove a channel", "What was said there stays there."}, s.deleteChannel),
		ask(route{http.MethodPost, "/channels/{id}/check", desk.Lead, "channel-check", "Look at a channel now", "The result is kept with the channel."}, s.checkChannel),
		ask(route{http.MethodPost, "/channels/{id}/pause", desk.Lead, "channel-pause", "Let nothing go out in a channel", ""}, s.pauseChannel),
		ask(route{http.MethodPost, "/channels/{id}/resume", desk.Lead, "channel-resume", "Speak in a channel again", ""}, s.resumeChannel),
		ask(route{http.MethodGet, "/by-hand", desk.Viewer, "by-hand-list", "List tasks by hand", "What people are to do in places that no program reaches: open ones oldest first, done ones newest first."}, s.byHand),
		ask(route{http.MethodGet, "/by-hand/{id}", desk.Viewer, "by-hand-read", "Read a task by hand", ""}, s.byHandOne),
		askWith(route{http.MethodPost, "/by-hand/{id}/tick", desk.Responder, "by-hand-tick", "Say that it is done", "With a photo, where the channel asks for one."}, withPhoto, s.tickByHand),
		stream(route{http.MethodGet, "/by-hand/{id}/photo", desk.Viewer, "by-hand-photo", "The photo of a task by hand", ""}, "image/*", s.byHandPhoto),
	}
}

// channelBody is what people say about a channel.
type channelBody struct {
	Kind     string        `json:"kind" doc:"One of /channels/kinds" maxLength:"50"`
	Name     string        `json:"name" maxLength:"400"`
	Brand    ID            `json:"brand_id" doc:"That speaks there"`
	Settings desk.Settings `json:"settings" doc:"By the fields of its kind"`
	Lang     string        `json:"lang,omitempty" doc:"That is spoken there" maxLength:"20"`
	Order    int           `json:"order,omitempty" doc:"Of publishing, after the place where it started; 0 of a new one: the last" minimum:"0" maximum:"10000"`
	Paused   bool          `json:"paused,omitempty" doc:"A new channel begins paused"`
	Version  int           `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
}

func (b channelBody) channel(id int64) desk.Channel {
	return desk.Channel{ID: id, Kind: b.Kind, Name: b.Name, BrandID: int64(b.Brand), Settings: b.Settings, Lang: b.Lang, Order: b.Order, Paused: b.Paused, Version: b.Version}
}

type channelsIn struct {
	Paging
	OfBrand
}

func (s *server) channels(ctx context.Context, in *channelsIn) (Page[desk.Channel], error) {
	all, err := s.Channels.List(ctx, in.Brand)
	if err != nil {
		return Page[desk.Channel]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) channelKinds(context.Context, *struct{}) (specs, error) {
	return specs{s.Channels.Specs()}, nil
}

func (s *server) channel(ctx context.Context, in *One) (desk.Channel, error) {
	return s.Channels.One(ctx, in.ID)
}

type addChannelIn struct{ Body channelBody }

func (s *server) addChannel(ctx context.Context, in *addChannelIn) (desk.Channel, error) {
	return s.Channels.Save(ctx, in.Body.channel(0))
}

type saveChannelIn struct {
	One
	Body channelBody
}

func (s *server) saveChannel(ctx context.Context, in *saveChannelIn) (desk.Channel, error) {
	return s.Channels.Save(ctx, in.Body.channel(in.ID))
}

func (s *server) deleteChannel(ctx context.Context, in *One) error {
	return s.Channels.Delete(ctx, in.ID, "")
}

func (s *server) pauseChannel(ctx context.Context, in *whyIn) (desk.Channel, error) {
	return s.Channels.Pause(ctx, in.ID, true, in.Body.Why)
}

func (s *server) resumeChannel(ctx context.Context, in *whyIn) (desk.Channel, error) {
	return s.Channels.Pause(ctx, in.ID, false, in.Body.Why)
}

// channelFound is what a look at a channel found.
type channelFound struct {
	Account string      `json:"account,omitempty" doc:"Who we are there"`
	Limits  desk.Limits `json:"limits"`
	Expires time.Time   `json:"expires,omitzero" doc:"When the credentials end, if that is known"`
}

func foundOf(a publish.About) channelFound { return channelFound{a.Account, a.Limits, a.Expires} }

type testChannelIn struct {
	Body struct {
		ID       ID            `json:"id,omitempty" doc:"A stored channel whose masked secrets are used; 0 none"`
		Kind     string        `json:"kind" doc:"One of /channels/kinds" maxLength:"50"`
		Brand    ID            `json:"brand_id" doc:"That speaks there"`
		Settings desk.Settings `json:"settings" doc:"By the fields of its kind"`
	}
}

func (s *server) testChannel(ctx context.Context, in *testChannelIn) (channelFound, error) {
	b := in.Body
	if b.Settings == nil {
		b.Settings = desk.Settings{}
	}
	a, err := s.Channels.Check(ctx, desk.Channel{ID: int64(b.ID), Kind: b.Kind, BrandID: int64(b.Brand), Settings: b.Settings})
	return foundOf(a), err
}

func (s *server) checkChannel(ctx context.Context, in *One) (channelFound, error) {
	a, err := s.Channels.Check(ctx, desk.Channel{ID: in.ID})
	return foundOf(a), err
}

type byHandIn struct {
	Paging
	OfBrand
	Done bool `query:"done" doc:"Those that are done; without it the open ones"`
}

func (s *server) byHand(ctx context.Context, in *byHandIn) (Page[desk.ByHand], error) {
	if in.Done {
		p, err := in.desk()
		if err != nil {
			return Page[desk.ByHand]{}, err
		}
		all, err := s.Hands.List(ctx, in.Brand, false, p)
		return page(in.Paging, all, func(b desk.ByHand) int64 { return b.ID }), err
	}
	all, err := s.Hands.List(ctx, in.Brand, true, desk.Paging{})
	if err != nil {
		return Page[desk.ByHand]{}, err
	}
	return whole(in.Paging, all)
}

func (s *server) byHandOne(ctx context.Context, in *One) (desk.ByHand, error) {
	return s.Hands.One(ctx, in.ID)
}

type tickIn struct {
	One
	Body struct {
		Note  string `json:"note,omitempty" maxLength:"2000"`
		Photo []byte `json:"photo,omitempty" doc:"JPEG, PNG or WebP" contentEncoding:"base64" maxLength:"28000000"`
	}
}

// withPhoto lets a body be as large as a photo in base64.
func withPhoto(op *huma.Operation) { op.MaxBodyBytes = publish.MaxPhoto*4/3 + 64<<10 }

func (s *server) tickByHand(ctx context.Context, in *tickIn) (desk.ByHand, error) {
	return s.Hands.Tick(ctx, in.ID, in.Body.Note, in.Body.Photo)
}

func (s *server) byHandPhoto(ctx context.Context, in *One) (writer, error) {
	body, kind, err := s.Hands.Photo(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter) error {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, err := w.Write(body)
		return err
	}, nil
}
