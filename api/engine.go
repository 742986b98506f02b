package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) engineOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/engine", desk.Admin, "engine-read", "Read the engine outside and how it is doing", "It reads the mood of mentions that the desk is unsure of. The key is masked."}, s.engine),
		ask(route{http.MethodPut, "/engine", desk.Admin, "engine-save", "Change the engine outside", "All fields are replaced; a key that comes back masked stays as it is. Another host in the address ends the permission to send texts."}, s.saveEngine),
		ask(route{http.MethodPost, "/engine/test", desk.Admin, "engine-test", "Try an engine", "It is asked once, with a sentence of our own. Nothing is saved."}, s.testEngine),
		act(route{http.MethodPost, "/engine/allow", desk.Admin, "engine-allow", "Let texts of mentions be sent to the engine's host", "Names, handles, addresses and numbers of people are masked before."}, s.allowEngine),
		act(route{http.MethodPost, "/engine/stop", desk.Admin, "engine-stop", "Send no texts any more", ""}, s.stopEngine),
	}
}

// engineBody is what people say about the engine outside.
type engineBody struct {
	Kind    string  `json:"kind" enum:"classifier,chat" doc:"classifier: a text-classification server; chat: an endpoint that speaks as OpenAI's chat completions"`
	Name    string  `json:"name" maxLength:"240" doc:"As mentions name who read them"`
	Address string  `json:"address" maxLength:"2000" example:"https://models.example.org/predict"`
	Key     string  `json:"key,omitempty" maxLength:"4000" doc:"Sent as a bearer token"`
	Model   string  `json:"model,omitempty" maxLength:"200" doc:"That a chat endpoint is asked for"`
	Labels  string  `json:"labels,omitempty" maxLength:"4000" doc:"Of a classifier, where they do not speak for themselves: a line for each" example:"LABEL_0 negative"`
	Private bool    `json:"private,omitempty" doc:"The server is ours and may be within a private network"`
	Below   float64 `json:"below" minimum:"0" maximum:"1" doc:"Mentions that the desk is less sure of are read"`
	Burst   bool    `json:"burst,omitempty" doc:"And those of a monitor that has just warned"`
	Calls   int     `json:"calls" minimum:"1" maximum:"1000000" doc:"A day at the most"`
	Tokens  int     `json:"tokens,omitempty" minimum:"0" maximum:"1000000000" doc:"A day at the most; 0: no limit"`
	Timeout int     `json:"timeout" minimum:"1" maximum:"120" doc:"Seconds that an answer may take"`
	Version int     `json:"version,omitempty" minimum:"0" doc:"As read; another one meanwhile is a conflict"`
}

func (b engineBody) engine() desk.Engine {
	return desk.Engine{Kind: b.Kind, Name: b.Name, Address: b.Address, Key: desk.Secret(b.Key), Model: b.Model, Labels: b.Labels, Private: b.Private,
		Below: b.Below, Burst: b.Burst, Calls: b.Calls, Tokens: b.Tokens, Timeout: b.Timeout, Version: b.Version}
}

type engineIn struct{ Body engineBody }

// engineOut is the engine outside with how it is doing.
type engineOut struct {
	Engine desk.Engine      `json:"engine"`
	State  desk.EngineState `json:"state"`
}

func (s *server) engine(ctx context.Context, _ *struct{}) (out engineOut, err error) {
	out.Engine, out.State, err = s.Outside.Settings(ctx)
	return out, err
}

func (s *server) saveEngine(ctx context.Context, in *engineIn) (desk.Engine, error) {
	return s.Outside.Save(ctx, in.Body.engine())
}

// engineTried is what a test found.
type engineTried struct {
	Found desk.Text `json:"found"`
}

func (s *server) testEngine(ctx context.Context, in *engineIn) (engineTried, error) {
	found, err := s.Outside.Test(ctx, in.Body.engine())
	return engineTried{found}, err
}

type allowIn struct {
	Body struct {
		Host string `json:"host" maxLength:"300" doc:"The host of the engine's address, with its port if it has one: that texts may go there is meant" example:"models.example.org"`
	}
}

func (s *server) allowEngine(ctx context.Context, in *allowIn) error {
	return s.Outside.Allow(ctx, in.Body.Host)
}

func (s *server) stopEngine(ctx context.Context, _ *struct{}) error { return s.Outside.Stop(ctx) }
