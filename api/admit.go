package api

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"breakwater/access"
	"breakwater/desk"
	"breakwater/internal/door"
	"breakwater/internal/say"
)

// admit finds out who asks, in which language, and catches what must not take the desk down. Who sends neither token nor session
// goes on as nobody: the operations decide.
func (s *server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Language, Authorization, Cookie")

		ctx := context.WithValue(r.Context(), referenceKey{}, rand.Text()[:10])
		actor, session, err := s.actor(r)
		speak := say.For(actor.Lang, r.Header.Get("Accept-Language"))
		if r.Header.Get("Accept-Language") != "" {
			speak = say.For("", r.Header.Get("Accept-Language"))
		}
		ctx = context.WithValue(desk.WithActor(ctx, actor), printerKey{}, speak)
		asked := r
		ctx = context.WithValue(ctx, stillKey{}, func() bool {
			now, _, err := s.actor(asked)
			return err == nil && now.Who == actor.Who && now.Role == actor.Role && desk.SameGrants(now.Grants, actor.Grants)
		})
		if session != nil {
			ctx = context.WithValue(ctx, sessionKey{}, *session)
		}
		r = r.WithContext(ctx)
		h.Set("Content-Language", speak.Tag())
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares the same way
					panic(p)
				}
				s.Log.Error("an operation panicked", "ref", referenceOf(ctx), "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
				s.refuse(w, r, errors.New("panic"))
			}
		}()
		if late := s.pace(actor); late != nil {
			err = late
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// actor is who sent a request: by token, else by the console's session. A session counts only from the console's own pages,
// because a browser sends it along wherever the request was made up.
func (s *server) actor(r *http.Request) (desk.Actor, *desk.Session, error) {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		from = r.RemoteAddr
	}
	nobody := desk.Actor{Who: "nobody", From: from}
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nobody, nil, errSignIn
		}
		a, err := s.Gate.Token(r.Context(), strings.TrimSpace(token), from)
		if errors.Is(err, desk.ErrNotFound) {
			return nobody, nil, errSignIn
		}
		if err == nil {
			door.Welcome(r.Context())
		}
		return a, nil, err
	}
	cookie, err := r.Cookie(s.Cookie)
	if s.Cookie == "" || err != nil {
		return nobody, nil, nil
	}
	u, session, err := s.Gate.Session(r.Context(), cookie.Value)
	if errors.Is(err, desk.ErrNotFound) {
		return nobody, nil, nil
	}
	if err != nil {
		return nobody, nil, err
	}
	if door.Foreign(r) {
		return nobody, nil, errCrossOrigin
	}
	door.Welcome(r.Context())
	return access.ActorOf(u, from), &session, nil
}

// pace refuses who asks more often than a sensible program does. Who guesses tokens is a stranger.
func (s *server) pace(a desk.Actor) error {
	if s.Limits == nil {
		return nil
	}
	asker, limit := a.Who, s.Limits.Accounts
	if a.Role == everyone {
		asker, limit = door.Asker(a.From), s.Limits.Strangers
	}
	return tooOften(limit.Take(asker, time.Now()))
}

func tooOften(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return &desk.Retry{After: wait, Limited: true, Err: errTooOften}
}

var errTooOften = errors.New("asked too often")

// costly are the operations whose answer takes long, or goes to somebody else's server.
var costly = map[string]bool{
	"brief-file": true, "channel-check": true, "channel-test": true, "contact-export": true, "contact-import": true, "cue-import": true, "cue-preview": true, "engine-test": true,
	"evidence-bundle": true, "evidence-keep": true, "journal-bundle": true, "journal-verify": true, "media-add": true, "monitor-preview": true, "monitor-refill": true,
	"monitor-replay": true, "monitor-try": true, "plan-import": true, "preflight-check": true, "rehearsal-start": true, "source-opml-add": true, "source-test": true, "way-test": true,
}

// allowed checks the acting one's role and right before anything of the request is read, and whether a browser's session showed a
// second factor lately where the desk asks for it. Programs' tokens are not asked: who made one was.
func (s *server) allowed(ctx context.Context, r route) (context.Context, error) {
	if desk.ActorOf(ctx).Role == everyone {
		return ctx, errSignIn
	}
	if s.Limits != nil && costly[r.ID] {
		if err := tooOften(s.Limits.Costly.Take(desk.ActorOf(ctx).Who, time.Now())); err != nil {
			return ctx, err
		}
	}
	right := rights[r.ID]
	ctx, err := desk.Admit(ctx, right, r.Least)
	session, ok := ctx.Value(sessionKey{}).(desk.Session)
	if err != nil || !ok || r.Method == http.MethodGet || right == desk.MaySee {
		return ctx, err
	}
	fresh, err := s.Gate.Fresh(ctx, session, right)
	if err == nil && !fresh {
		err = errProve
	}
	return ctx, err
}

type sessionKey struct{}

// errProve says that a browser's session has to show a second factor first.
var errProve = &desk.Problem{Say: desk.Say("This desk asks for a second factor before what cannot be undone."), Err: desk.ErrForbidden}

type stillKey struct{}

// stillMay reports whether who began a request is still who they were: what lasts for hours asks now and then.
func stillMay(ctx context.Context) bool {
	still, ok := ctx.Value(stillKey{}).(func() bool)
	return !ok || still()
}

type referenceKey struct{}

// referenceOf is what a person quotes when something went wrong, and what the log has.
func referenceOf(ctx context.Context) string {
	ref, _ := ctx.Value(referenceKey{}).(string)
	return ref
}
