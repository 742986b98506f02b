package api

import (
	"context"

	"breakwater/desk"
)

// Heartbeat is how the desk is and where it says so.
type Heartbeat struct {
	desk.Pulse
	URL   string `json:"url,omitempty" doc:"For admins only"`
	There bool   `json:"watched" doc:"Somebody outside listens"`
	Every int    `json:"every" doc:"Seconds between two beats"`
}

func (s *server) heartbeat(ctx context.Context, _ *struct{}) (h Heartbeat, err error) {
	if h.Pulse, err = s.Heart.Pulse(ctx); err != nil {
		return h, err
	}
	set, there, err := s.Heart.Setting(ctx)
	h.URL, h.There, h.Every = set.URL, there, set.Every
	return h, err
}

type saveHeartbeatIn struct {
	Body struct {
		URL   string `json:"url" doc:"Empty: nobody outside listens" maxLength:"1000"`
		Every int    `json:"every,omitempty" doc:"Seconds between two beats, 10 … 3600; without it 60" minimum:"0" maximum:"3600"`
	}
}

func (s *server) saveHeartbeat(ctx context.Context, in *saveHeartbeatIn) (Heartbeat, error) {
	if _, err := s.Heart.Save(ctx, desk.Heartbeat{URL: in.Body.URL, Every: in.Body.Every}); err != nil {
		return Heartbeat{}, err
	}
	return s.heartbeat(ctx, nil)
}
