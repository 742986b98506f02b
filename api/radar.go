package api

import (
	"context"
	"net/http"
	"time"

	"breakwater/desk"
	"breakwater/radar"
)

func (s *server) radarOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/radar/numbers", desk.Viewer, "radar-numbers", "The figures of the last hour", "Against what is usual for it."}, s.numbers),
		ask(route{http.MethodGet, "/radar/series", desk.Viewer, "radar-series", "Mentions over time", "With what is usual and when we did not hear. Steps without mentions are left out."}, s.series),
		ask(route{http.MethodGet, "/radar/breakdown", desk.Viewer, "radar-breakdown", "How mentions divide", "By network, language or mood, largest first."}, s.breakdown),
		ask(route{http.MethodGet, "/radar/words", desk.Viewer, "radar-words", "Words that rise", "Against the week before."}, s.words),
		ask(route{http.MethodGet, "/radar/voices", desk.Viewer, "radar-voices", "Who leads the conversation", "By reach, or by how often others repost or copy them in that time: people without media, or those of one kind, with what speaks for it and who repeats whom. Of an incident: since it began."}, s.voices),
		ask(route{http.MethodGet, "/radar/crowd", desk.Viewer, "radar-crowd", "How many speak in their own words", "Posts, people, those in their own words, texts that several posted as theirs, and what was reposted most."}, s.crowd),
		act(route{http.MethodPut, "/brands/{id}/voices/{mention}", desk.Responder, "voice-kind", "Say what kind of voice an author is", "The author of the mention, for this brand; what a person says stands above what the desk finds. An empty kind leaves it to the desk again."}, s.voiceKind),
		ask(route{http.MethodGet, "/radar/media", desk.Viewer, "radar-media", "Which media write about it", "By reach."}, s.media),
		ask(route{http.MethodGet, "/radar/sources", desk.Viewer, "radar-sources", "Whether we hear", "How many sources hear, and those that do not."}, s.ears),
	}
}

// OfBrand narrows to one brand.
type OfBrand struct {
	Brand int64 `query:"brand" doc:"Of this brand; without it of all" minimum:"1"`
}

// Span is desk.Ask as a query.
type Span struct {
	OfBrand
	Monitors []int64   `query:"monitor" doc:"Of these monitors, separated by commas" maxItems:"200"`
	Networks []string  `query:"network" doc:"On these networks" maxItems:"50"`
	From     time.Time `query:"from" doc:"From, cut to the minute; without it the last 24 hours, or the last hour for words"`
	To       time.Time `query:"to" doc:"To, cut to the minute; without it now"`
}

func (in *Span) ask() (desk.Ask, error) {
	a := desk.Ask{BrandID: in.Brand, Monitors: in.Monitors, Networks: in.Networks, From: in.From.UTC(), To: in.To.UTC()}
	if !a.From.IsZero() && !a.To.IsZero() && !a.From.Before(a.To) {
		return a, desk.Wrong("to", "The end must be after the start.")
	}
	return a, nil
}

// shares is a list of shares, whole.
type shares struct {
	Items []desk.Share `json:"items"`
}

// voicesOut is a list of voices, whole.
type voicesOut struct {
	Items []desk.Voice `json:"items"`
}

func (s *server) numbers(ctx context.Context, in *OfBrand) (radar.Numbers, error) {
	return s.Radar.Numbers(ctx, in.Brand)
}

type seriesIn struct {
	Span
	Step    int    `query:"step" doc:"Minutes of a point; without it one is chosen" minimum:"1" maximum:"44640"`
	By      string `query:"by" doc:"A series for each" enum:"network,lang,mood"`
	Arrival bool   `query:"arrival" doc:"By the minute of arrival instead of publication"`
}

func (s *server) series(ctx context.Context, in *seriesIn) (radar.Chart, error) {
	a, err := in.ask()
	if err != nil {
		return radar.Chart{}, err
	}
	a.Step, a.By, a.Arrival = time.Duration(in.Step)*time.Minute, in.By, in.Arrival
	return s.Radar.Chart(ctx, a)
}

type breakdownIn struct {
	Span
	By string `query:"by" required:"true" doc:"What divides them" enum:"network,lang,mood"`
}

func (s *server) breakdown(ctx context.Context, in *breakdownIn) (shares, error) {
	a, err := in.ask()
	if err != nil {
		return shares{}, err
	}
	list, err := s.Radar.Breakdown(ctx, a, in.By)
	return shares{list}, err
}

// topIn asks for the first of a list.
type topIn struct {
	Span
	Limit int `query:"limit" doc:"How many at most" minimum:"1" maximum:"100" default:"20"`
}

func (s *server) words(ctx context.Context, in *topIn) (shares, error) {
	a, err := in.ask()
	if err != nil {
		return shares{}, err
	}
	list, err := s.Radar.Words(ctx, a, in.Limit)
	return shares{list}, err
}

type voicesIn struct {
	Span
	Limit int    `query:"limit" doc:"How many at most" minimum:"1" maximum:"100" default:"20"`
	Skip  int    `query:"skip" doc:"Leave out so many from the top" minimum:"0" maximum:"200"`
	Kind  string `query:"kind" doc:"Only of this kind; everybody is people and media" enum:"media,influencer,customer,employee,bot,unknown,everybody"`
	Rank  string `query:"rank" doc:"By reach, or by how often others repeat them" enum:"reach,amplification" default:"reach"`
	Room  int64  `query:"incident" doc:"In this incident, since it began; the brand, the monitors and the times are then its own" minimum:"1"`
}

func (s *server) voices(ctx context.Context, in *voicesIn) (voicesOut, error) {
	a, err := in.ask()
	if err != nil {
		return voicesOut{}, err
	}
	if in.Room != 0 {
		i, err := s.Rooms.One(ctx, in.Room)
		if err != nil {
			return voicesOut{}, err
		}
		a = i.Ask(time.Now().UTC())
	}
	if in.Rank == desk.ByAmplification {
		a.Rank = in.Rank
	}
	list, err := s.Radar.Voices(ctx, a, in.Skip+in.Limit)
	switch in.Kind {
	case "":
	case "everybody":
		list, err = s.Radar.Everybody(ctx, a, "")
	default:
		list, err = s.Radar.Everybody(ctx, a, in.Kind)
	}
	list = list[min(in.Skip, len(list)):]
	return voicesOut{list[:min(in.Limit, len(list))]}, err
}

func (s *server) crowd(ctx context.Context, in *Span) (desk.Crowd, error) {
	a, err := in.ask()
	if err != nil {
		return desk.Crowd{}, err
	}
	return s.Radar.Crowd(ctx, a)
}

type voiceKindIn struct {
	One
	Mention int64 `path:"mention" doc:"A mention of the author" minimum:"1"`
	Body    struct {
		Kind string `json:"kind" enum:",media,influencer,customer,employee,bot,unknown" doc:"What they are; empty: let the desk decide"`
	}
}

func (s *server) voiceKind(ctx context.Context, in *voiceKindIn) error {
	return s.Radar.SetKind(ctx, in.ID, in.Mention, in.Body.Kind)
}

func (s *server) media(ctx context.Context, in *topIn) (voicesOut, error) {
	a, err := in.ask()
	if err != nil {
		return voicesOut{}, err
	}
	list, err := s.Radar.Media(ctx, a, in.Limit)
	return voicesOut{list}, err
}

func (s *server) ears(ctx context.Context, in *OfBrand) (radar.Ears, error) {
	return s.Radar.Ears(ctx, in.Brand)
}
