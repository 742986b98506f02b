package alert

import (
	"context"
	"log/slog"
	"time"

	"breakwater/desk"
)

// Post is what sending needs of storage.
type Post interface {
	ClaimJobs(ctx context.Context, kind string, n int, lease time.Duration) ([]desk.Job, error)
	FinishJob(ctx context.Context, id int64) error
	FailJob(ctx context.Context, id int64, again time.Time, problem string) error
	Alert(ctx context.Context, id int64) (desk.Alert, error)
	Way(ctx context.Context, id int64) (desk.Way, error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Mention(ctx context.Context, id int64) (desk.Mention, error)
	SetWayResult(ctx context.Context, id int64, at time.Time, problem string) error
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
}

// Speaker says a text in a language; internal/say does.
type Speaker interface {
	Text(lang string, t desk.Text) string
}

// Mailman brings messages about alerts to people.
type Mailman struct {
	Post   Post
	Speak  Speaker
	Sender func(w desk.Way) (Sender, error) // of the way's kind, with its settings
	URL    func() string                    // the console's address without a trailing slash
	Log    *slog.Logger
}

// Run sends what is due until ctx ends.
func (m *Mailman) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// Try sends a test message by a way.
func (m *Mailman) Try(ctx context.Context, w desk.Way) error { return nil }
