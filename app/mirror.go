package app

import (
	"context"
	"slices"
	"time"

	"breakwater/centre"
	"breakwater/connector"
	"breakwater/desk"
	"breakwater/mirror"
)

// newCopies puts together how copies of the crisis centre are kept on other servers.
func newCopies(s *stages, c Config) {
	var kinds []mirror.Kind
	for _, k := range s.kinds {
		if k.Place == nil {
			continue
		}
		kinds = append(kinds, mirror.Kind{Spec: k.Spec, Fresh: k.PlaceFresh, Public: k.PlacePublic, Open: func(set desk.Settings) (mirror.Place, error) {
			return k.Place(set, connector.Env{Fetch: s.fetch, Log: c.Log})
		}})
	}
	s.copies = mirror.New(s.db, kinds, mirror.Around{Edition: s.edition, Past: s.past, Held: s.holdsCentre, Alarm: s.alarm}, c.Log)
	s.centre.Copies = s.copies.JobsOf
	s.builder.Changed = func(ctx context.Context, brandID int64) {
		if err := s.copies.Hasten(ctx, brandID); err != nil && ctx.Err() == nil {
			c.Log.Error("copies of the crisis centre could not be hastened", "brand", brandID, "error", err)
		}
	}
}

// edition is what a brand's crisis centre shows now, as it is served here.
func (s *stages) edition(ctx context.Context, brandID int64) (e mirror.Edition, err error) {
	ctx = desk.WithActor(ctx, desk.ActorOf(context.Background())) // everybody outside sees the same
	h, err := s.homeOfCopies(ctx, brandID)
	if err != nil {
		return e, err
	}
	if err := s.builder.Build(ctx); err != nil {
		return e, err
	}
	return editionOf(s.site.Copy(h.Path)), nil
}

// past is what a brand's crisis centre showed at a time, less what was taken off the web since.
func (s *stages) past(ctx context.Context, brandID int64, at time.Time) (e mirror.Edition, err error) {
	ctx = desk.WithActor(ctx, desk.ActorOf(context.Background()))
	h, err := s.homeOfCopies(ctx, brandID)
	if err != nil {
		return e, err
	}
	files, err := s.centre.AsOf(ctx, h, at, s.site.Files(h.Path))
	if err != nil {
		return e, err
	}
	return editionOf(s.site.Packed(h.Path, files)), nil
}

func editionOf(files map[string]centre.Copied) mirror.Edition {
	e := mirror.Edition{Files: make(map[string]mirror.File, len(files))}
	for name, f := range files {
		e.Files[name] = mirror.File{Type: f.Type, Cache: f.Cache, Body: f.Body, Gzip: f.Gzip}
	}
	return e
}

// homeOfCopies is the crisis centre that a brand's copies hold. *desk.Invalid when it has none that is served.
func (s *stages) homeOfCopies(ctx context.Context, brandID int64) (h centre.Home, err error) {
	_, found, err := s.centre.Home(ctx, brandID)
	if err != nil {
		return h, err
	}
	if !found {
		return h, centre.None()
	}
	homes, err := s.centre.Homes(ctx)
	if err != nil {
		return h, err
	}
	i := slices.IndexFunc(homes, func(o centre.HomeOf) bool { return o.Brand.ID == brandID })
	if i < 0 {
		return h, desk.Wrong("channel", "Another crisis centre of this desk has this address. Choose one of its own.")
	}
	return homes[i].Home, nil
}

// holdsCentre reports whether a hold keeps everything new from a brand's crisis centre. One that holds certain words only has stopped those
// before they came that far.
func (s *stages) holdsCentre(ctx context.Context, brandID int64) (bool, error) {
	holds, err := s.db.LiveHolds(ctx)
	if err != nil || len(holds) == 0 {
		return false, err
	}
	channels, err := s.db.Channels(ctx, brandID)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(channels, func(ch desk.Channel) bool {
		p := desk.Post{BrandID: brandID, ChannelID: ch.ID}
		return ch.Kind == desk.CentreKind && slices.ContainsFunc(holds, func(h desk.Hold) bool { return !h.Elective() && h.Covers(&p) })
	}), nil
}
