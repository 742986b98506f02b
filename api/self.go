package api

import (
	"context"
	"net/http"

	"breakwater/access"
	"breakwater/desk"
)

func (s *server) selfOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/version", everyone, "desk-version", "Which program this is", "Answers without a sign-in."}, s.version),
		ask(route{http.MethodGet, "/me", desk.Viewer, "me-read", "Who you are", "As the desk knows the bearer of this token or session."}, s.me),
		ask(route{http.MethodPatch, "/me", desk.Viewer, "me-save", "Change your name and language", "For people; a token has neither. What is not given stays."}, s.saveMe),
		act(route{http.MethodPost, "/me/password", desk.Viewer, "me-password", "Change your password", "It ends your sessions."}, s.myPassword),
	}
}

// versionOut names the program.
type versionOut struct {
	Name    string `json:"name" example:"Breakwater"`
	Version string `json:"version" example:"1.0.0"`
}

func (s *server) version(context.Context, *struct{}) (versionOut, error) {
	return versionOut{"Breakwater", s.Version}, nil
}

// meOut is the acting person or token.
type meOut struct {
	Who  string    `json:"who" doc:"As the journal names you" example:"user:7"`
	Name string    `json:"name"`
	Role desk.Role `json:"role" enum:"viewer,responder,lead,admin"`
	Lang string    `json:"lang" doc:"Language of the texts in answers, empty: what Accept-Language says"`
}

func (s *server) me(ctx context.Context, _ *struct{}) (meOut, error) {
	a := desk.ActorOf(ctx)
	return meOut{a.Who, a.Name, a.Role, a.Lang}, nil
}

type saveMeIn struct {
	Body struct {
		Name *string `json:"name,omitempty" maxLength:"400"`
		Lang *string `json:"lang,omitempty" doc:"en, he, pl, id, zh-Hant, sv; empty: the browser's" maxLength:"20"`
	}
}

func (s *server) saveMe(ctx context.Context, in *saveMeIn) (desk.User, error) {
	if access.UserID(ctx) == 0 {
		return desk.User{}, desk.ErrForbidden
	}
	a := desk.ActorOf(ctx)
	return s.Gate.SaveSelf(ctx, given(in.Body.Name, a.Name), given(in.Body.Lang, a.Lang))
}

// given is what was sent, or else what was.
func given(sent *string, was string) string {
	if sent == nil {
		return was
	}
	return *sent
}

type myPasswordIn struct {
	Body struct {
		Old      string `json:"old" doc:"The present one" maxLength:"1024"`
		Password string `json:"password" doc:"The new one" maxLength:"1024"`
	}
}

func (s *server) myPassword(ctx context.Context, in *myPasswordIn) error {
	if access.UserID(ctx) == 0 {
		return desk.ErrForbidden
	}
	return s.Gate.SetPassword(ctx, in.Body.Old, in.Body.Password, nil)
}
