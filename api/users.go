package api

import (
	"context"
	"net/http"

	"breakwater/desk"
)

func (s *server) userOperations() []operation {
	return []operation{
		ask(route{http.MethodGet, "/users", desk.Admin, "user-list", "List people", ""}, s.users),
		ask(route{http.MethodPost, "/users", desk.Admin, "user-add", "Give somebody an account", ""}, s.addUser),
		ask(route{http.MethodGet, "/users/{id}", desk.Viewer, "user-read", "Read an account", "Your own, or anybody's for admins."}, s.user),
		ask(route{http.MethodPut, "/users/{id}", desk.Admin, "user-save", "Change an account", "Somebody disabled loses sessions and tokens at once."}, s.saveUser),
		ask(route{http.MethodGet, "/users/{id}/leaving", desk.Admin, "user-leaving", "See what hangs on somebody", "What would end if they left, and what others would take. Nothing changes."}, s.leaving),
		ask(route{http.MethodPost, "/users/{id}/leave", desk.Admin, "user-leave", "Let somebody go", "In one transaction: sessions, tokens, factors, ways and rights end; turns on call, signatures, tasks, roles and promises are handed over. The account opens nothing any more."}, s.leave),
		act(route{http.MethodPost, "/users/{id}/password", desk.Admin, "user-password", "Give somebody a new password", "It ends their sessions."}, s.password),
	}
}

func (s *server) users(ctx context.Context, in *Paging) (Page[desk.User], error) {
	all, err := s.Gate.Users(ctx)
	if err != nil {
		return Page[desk.User]{}, err
	}
	return whole(*in, all)
}

func (s *server) user(ctx context.Context, in *One) (desk.User, error) {
	return s.Gate.User(ctx, in.ID)
}

// UserBody is what admins say about somebody.
type UserBody struct {
	Email  string       `json:"email" maxLength:"254"`
	Name   string       `json:"name" maxLength:"400"`
	Role   desk.Role    `json:"role" enum:"viewer,responder,lead,admin"`
	Grants []desk.Grant `json:"grants,omitempty" doc:"In these brands or channels only; without them the role counts everywhere" maxItems:"200"`
	Lang   string       `json:"lang,omitempty" doc:"en, he, pl, id, zh-Hant, sv; empty: the browser's" maxLength:"20"`
}

func (b UserBody) user(id int64) desk.User {
	return desk.User{ID: id, Email: b.Email, Name: b.Name, Role: b.Role, Grants: b.Grants, Lang: b.Lang}
}

type addUserIn struct {
	Body struct {
		UserBody
		Password string `json:"password" doc:"The first one; they should change it" maxLength:"1024"`
	}
}

func (s *server) addUser(ctx context.Context, in *addUserIn) (desk.User, error) {
	return s.Gate.AddUser(ctx, in.Body.user(0), in.Body.Password)
}

type saveUserIn struct {
	One
	Body struct {
		UserBody
		Disabled bool `json:"disabled,omitempty" doc:"May not sign in"`
		Version  int  `json:"version,omitempty" doc:"As read; another one meanwhile is a conflict, 0 is not checked" minimum:"0"`
	}
}

func (s *server) saveUser(ctx context.Context, in *saveUserIn) (desk.User, error) {
	u := in.Body.user(in.ID)
	u.Disabled, u.Version = in.Body.Disabled, in.Body.Version
	return s.Gate.SaveUser(ctx, u)
}

type passwordIn struct {
	One
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	}
}

func (s *server) password(ctx context.Context, in *passwordIn) error {
	return s.Gate.ResetPassword(ctx, in.ID, in.Body.Password)
}

// ties are what hangs on somebody, or what became of it.
type ties struct {
	Ties []desk.Tie `json:"ties"`
}

func (s *server) leaving(ctx context.Context, in *One) (ties, error) {
	all, err := s.Gate.Leaving(ctx, in.ID)
	return ties{all}, err
}

type leaveIn struct {
	One
	Body struct {
		Heirs []heir `json:"heirs,omitempty" maxItems:"2000" doc:"Who takes single things"`
		Rest  ID     `json:"rest,omitempty" doc:"Who takes what nobody is named for and no deputy stands in for; without it nobody"`
		Why   string `json:"why,omitempty" maxLength:"1200"`
	}
}

type heir struct {
	On   string `json:"on" maxLength:"300" doc:"The thing, as its tie names it" example:"schedule:3/layer:0"`
	User ID     `json:"user_id" doc:"0: nobody"`
}

func (s *server) leave(ctx context.Context, in *leaveIn) (ties, error) {
	heirs := make(map[string]int64)
	for _, h := range in.Body.Heirs {
		heirs[h.On] = int64(h.User)
	}
	all, err := s.Gate.Leave(ctx, in.ID, heirs, int64(in.Body.Rest), in.Body.Why)
	return ties{all}, err
}
