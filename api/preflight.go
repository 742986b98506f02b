package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"breakwater/approve"
	"breakwater/desk"
	"breakwater/internal/posttext"
	"breakwater/preflight"
)

func (s *server) preflightOperations() []operation {
	return []operation{
		ask(route{http.MethodPost, "/preflight", desk.Responder, "preflight-check", "Look over a text before it goes out", "Within about eight seconds; what could not be looked at is a finding too. Weights: block may not go out, second needs a second opinion, warn, hint: advice on the words (advice…), and where the variants of a stored statement do not say the same (agree). Places are bytes of the text."}, s.lookOver),
		ask(route{http.MethodPost, "/preflight/count", desk.Responder, "preflight-count", "Read a text as a network will", "Length in the network's own counting, links, hashtags and mentions with their places in bytes, code points and units of UTF-16. `breakwater check --network` does the same without a desk."}, s.countText),
		ask(route{http.MethodGet, "/preflight/hashtags/{tag}", desk.Viewer, "preflight-hashtag", "What people post under a hashtag now", "Among what was heard in the last seven days."}, s.hashtag),
		ask(route{http.MethodGet, "/preflight/words", desk.Viewer, "preflight-words", "List the program's sensitive words", "By subject, in one language."}, s.sensitiveWords),
		ask(route{http.MethodGet, "/brands/{id}/guard", desk.Viewer, "guard-read", "Read what a brand adds to the checks", "Sensitive words and days of its own, names that are spelt right, and words of the program that do not count."}, s.guard),
		ask(route{http.MethodPut, "/brands/{id}/guard", desk.Lead, "guard-save", "Change what a brand adds to the checks", "All of it is replaced."}, s.saveGuard),
		askWith(route{http.MethodPost, "/media", desk.Responder, "media-add", "Upload a picture or film", "JPEG, PNG, GIF, WebP or MP4. Place, device, author and previews are taken out; the picture stays as it is. The answer goes into a variant, with a description."},
			func(op *huma.Operation) { op.BodyReadTimeout, op.MaxBodyBytes = -1, preflight.MaxUpload+1<<20 }, s.addMedia),
		{route{http.MethodGet, "/media/{hash}", desk.Viewer, "media-read", "Read an uploaded picture or film", ""}, registerMedia},
	}
}

// lookOverIn is a stored statement's variant, or a text that exists only here.
type lookOverIn struct {
	Body struct {
		Statement ID           `json:"statement_id,omitempty" doc:"A stored statement; then only variant_id is needed"`
		VariantID string       `json:"variant_id,omitempty" doc:"Empty: all of its variants" maxLength:"100"`
		Brand     ID           `json:"brand_id,omitempty"`
		Incident  ID           `json:"incident_id,omitempty"`
		Channel   ID           `json:"channel_id,omitempty" doc:"Where it is to go"`
		Network   string       `json:"network,omitempty" doc:"Kind of channel, where none is named" maxLength:"40"`
		Kind      string       `json:"kind,omitempty" doc:"Kind of statement; empty: ordinary" maxLength:"40"`
		Lang      string       `json:"lang,omitempty" maxLength:"20"`
		Title     string       `json:"title,omitempty" maxLength:"1000"`
		Text      string       `json:"text,omitempty" maxLength:"200000"`
		Media     []desk.Media `json:"media,omitempty" maxItems:"50"`
		Facts     desk.IDs     `json:"facts,omitempty" maxItems:"200"`
		Due       time.Time    `json:"due,omitzero" doc:"When it is to go out; empty: now"`
	}
}

// lookOverOut is what was found.
type lookOverOut struct {
	Blocked  bool           `json:"blocked"`
	Findings []desk.Finding `json:"findings"`
}

func (s *server) lookOver(ctx context.Context, in *lookOverIn) (lookOverOut, error) {
	b := in.Body
	if b.Statement != 0 {
		found, err := s.Preflight.Stored(ctx, int64(b.Statement), b.VariantID, b.Due)
		if err != nil {
			return lookOverOut{}, err
		}
		st, err := s.Words.One(ctx, int64(b.Statement))
		if err != nil {
			return lookOverOut{}, err
		}
		unfit, err := s.Assess.Adviser.Unfit(ctx, st)
		return lookedOver(slices.Concat(found, unfit, approve.Hints(st, b.VariantID))), err
	}
	st := desk.Statement{BrandID: int64(b.Brand), IncidentID: int64(b.Incident), Kind: b.Kind}
	v := desk.Variant{ChannelID: int64(b.Channel), Kind: b.Network, Lang: b.Lang, Title: b.Title, Text: b.Text, Media: b.Media, Facts: b.Facts}
	found, err := s.Preflight.Look(ctx, st, v, b.Due)
	st.Variants = []desk.Variant{v}
	return lookedOver(append(found, approve.Hints(st, "")...)), err
}

func lookedOver(all []desk.Finding) lookOverOut {
	if all == nil {
		all = []desk.Finding{}
	}
	return lookOverOut{Blocked: preflight.Blocked(all), Findings: all}
}

type countIn struct {
	Body struct {
		Network string `json:"network,omitempty" maxLength:"40"`
		Channel ID     `json:"channel_id,omitempty" doc:"Count with the limits that this channel's network said"`
		Text    string `json:"text" maxLength:"1000000"`
	}
}

func (s *server) countText(ctx context.Context, in *countIn) (posttext.Reading, error) {
	return s.Preflight.Count(ctx, in.Body.Network, int64(in.Body.Channel), in.Body.Text)
}

type hashtagIn struct {
	Tag   string `path:"tag" doc:"With or without #" maxLength:"200"`
	Brand int64  `query:"brand" doc:"Whose sensitive words count too" minimum:"0"`
}

func (s *server) hashtag(ctx context.Context, in *hashtagIn) (preflight.Usage, error) {
	return s.Preflight.Tag(ctx, in.Brand, in.Tag)
}

type wordsIn struct {
	Lang string `query:"lang" enum:"en,he,pl,id,zh-Hant,zh-Hans,sv" default:"en"`
}

func (s *server) sensitiveWords(ctx context.Context, in *wordsIn) (map[string][]string, error) {
	return s.Preflight.Words(ctx, in.Lang)
}

func (s *server) guard(ctx context.Context, in *One) (desk.Guard, error) {
	return s.Preflight.Guard(ctx, in.ID)
}

type saveGuardIn struct {
	One
	Body struct {
		Words   []desk.GuardWord `json:"words,omitempty" maxItems:"1000"`
		Quiet   []string         `json:"quiet,omitempty" maxItems:"1000"`
		Days    []desk.GuardDay  `json:"days,omitempty" maxItems:"200"`
		Names   []string         `json:"names,omitempty" maxItems:"1000"`
		Version int              `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict" minimum:"0"`
	}
}

func (s *server) saveGuard(ctx context.Context, in *saveGuardIn) (desk.Guard, error) {
	return s.Preflight.SaveGuard(ctx, desk.Guard{BrandID: in.ID, Words: in.Body.Words, Quiet: in.Body.Quiet, Days: in.Body.Days, Names: in.Body.Names, Version: in.Body.Version})
}

type addMediaIn struct {
	Name    string `query:"name" doc:"Of the file" maxLength:"300"`
	Alt     string `query:"alt" doc:"What it shows, for those who do not see it" maxLength:"5000"`
	RawBody []byte `contentType:"application/octet-stream" doc:"The file"`
}

func (s *server) addMedia(ctx context.Context, in *addMediaIn) (desk.Media, error) {
	m, err := s.Preflight.Upload(ctx, in.Name, in.RawBody)
	m.Alt = in.Alt
	return m, err
}

// registerMedia answers with the bytes themselves.
func registerMedia(s *server, api huma.API) {
	op := s.describe(route{http.MethodGet, "/media/{hash}", desk.Viewer, "media-read", "Read an uploaded picture or film", "As it goes out: what cameras wrote beside it is gone."})
	content := map[string]*huma.MediaType{}
	for _, kind := range []string{"image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4"} {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: content}}
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Hash string `path:"hash" pattern:"^[0-9a-f]{64}$" doc:"SHA-256 of its bytes"`
	}) (*huma.StreamResponse, error) {
		b, kind, err := s.Preflight.Media(ctx, in.Hash)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			_, w := humago.Unwrap(hc)
			if err := preflight.ServeMedia(w, b, kind); err != nil {
				s.Log.Info("a picture was not read to its end", "error", err)
			}
		}}, nil
	})
}
