package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
	"breakwater/match"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestEveryErrorHasItsAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		err    error
		status int
		code   string
		after  string
	}{
		{"not found", fmt.Errorf("read alert 7: %w", desk.ErrNotFound), http.StatusNotFound, "not_found", ""},
		{"forbidden", desk.ErrForbidden, http.StatusForbidden, "forbidden", ""},
		{"conflict", fmt.Errorf("save: %w", desk.ErrConflict), http.StatusConflict, "conflict", ""},
		{"order of work", desk.ErrInvalidTransition, http.StatusConflict, "order_of_work", ""},
		{"wrong field", desk.Wrong("query", "Close the bracket."), http.StatusUnprocessableEntity, "invalid", ""},
		{"wrong field inside", fmt.Errorf("save: %w", desk.Wrong("query", "Close the bracket.")), http.StatusUnprocessableEntity, "invalid", ""},
		{"credentials refused", fmt.Errorf("try: %w", desk.ErrDenied), http.StatusBadGateway, "refused", ""},
		{"too fast", &desk.Retry{After: 1500 * time.Millisecond, Limited: true, Err: errors.New("x")}, http.StatusTooManyRequests, "limited", "2"},
		{"later", &desk.Retry{Err: errors.New("x")}, http.StatusServiceUnavailable, "unavailable", ""},
		{"took too long", fmt.Errorf("room: %w", context.DeadlineExceeded), http.StatusServiceUnavailable, "unavailable", ""},
		{"too large", &http.MaxBytesError{Limit: 8 << 20}, http.StatusRequestEntityTooLarge, "too_large", ""},
		{"ours", errors.New("disk I/O error at /var/lib/x"), http.StatusInternalServerError, "internal", ""},
	}
	s := &server{Stages: Stages{Log: quiet()}}
	for _, tt := range tests {
		p := s.problem(context.WithValue(t.Context(), referenceKey{}, "REF"), tt.err)
		if p.Status != tt.status || p.Code != tt.code || p.header.Get("Retry-After") != tt.after || p.Title == "" || p.Detail == "" {
			t.Errorf("%s: problem(%v) = %+v, Retry-After %q; want %d %s %q", tt.name, tt.err, p, p.header.Get("Retry-After"), tt.status, tt.code, tt.after)
		}
		if tt.code == "internal" && (p.Reference != "REF" || p.Detail == tt.err.Error()) {
			t.Errorf("%s: problem(%v) = %+v, want a reference and nothing of the cause", tt.name, tt.err, p)
		}
	}
}

func TestAllWrongFieldsAreNamed(t *testing.T) {
	t.Parallel()
	s := &server{Stages: Stages{Log: quiet()}}
	err := fmt.Errorf("save: %w", errors.Join(desk.Wrong("name", "Give the source a name."), desk.Wrong("url", "Fill this in.")))
	p := s.problem(t.Context(), err)
	b, _ := json.Marshal(p)
	if p.Status != http.StatusUnprocessableEntity || len(p.Errors) != 2 || p.Errors[0].Field != "name" || p.Errors[1].Field != "url" {
		t.Errorf("problem(%v) = %s, want both fields", err, b)
	}
}

func TestTheWrongCharacterOfAQueryIsNamed(t *testing.T) {
	t.Parallel()
	s := &server{Stages: Stages{Log: quiet()}}
	_, err := match.Parse(`coffee AND (tea`)
	p := s.problem(t.Context(), fmt.Errorf("save: %w", err))
	if p.Code != "invalid" || len(p.Errors) != 1 || p.Errors[0].Field != "query" || p.Errors[0].At == nil || *p.Errors[0].At == 0 {
		t.Errorf("problem(%v) = %+v, want the place in the query", err, p)
	}
}

func TestProblemsSpeakTheCallersLanguage(t *testing.T) {
	t.Parallel()
	s := &server{Stages: Stages{Log: quiet()}}
	err := &desk.Problem{Say: desk.Say("{n} days ago", "n", 3), Err: desk.ErrBroken}
	for _, l := range say.Languages() {
		ctx := context.WithValue(t.Context(), printerKey{}, say.For(l.Tag, ""))
		if got, want := s.problem(ctx, err).Detail, say.For(l.Tag, "").T("{n} days ago", "n", 3); got != want {
			t.Errorf("in %s: %q, want %q", l.Tag, got, want)
		}
	}
}
