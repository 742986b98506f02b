package match

import (
	"context"
	"log/slog"

	"breakwater/desk"
)

type tmpStore interface {
	Monitors(ctx context.Context, brandID int64) ([]desk.Monitor, error)
	Monitor(ctx context.Context, id int64) (desk.Monitor, error)
	ChangeMonitor(ctx context.Context, id int64, act desk.Act, change func(*desk.Monitor, *desk.Out) error) (desk.Monitor, error)
	DeleteMonitor(ctx context.Context, id int64, act desk.Act) error
}
type Monitors struct {
	s tmpStore
	f func(int64)
}

func NewMonitors(s tmpStore, f func(int64), _ *slog.Logger) *Monitors { return &Monitors{s, f} }
func (m *Monitors) Run(ctx context.Context) error                     { <-ctx.Done(); return ctx.Err() }
func (m *Monitors) List(ctx context.Context, b int64) ([]desk.Monitor, error) {
	return m.s.Monitors(ctx, b)
}
func (m *Monitors) One(ctx context.Context, id int64) (desk.Monitor, error) { return m.s.Monitor(ctx, id) }
func (m *Monitors) Delete(ctx context.Context, id int64) error {
	return m.s.DeleteMonitor(ctx, id, desk.ActOf(ctx, "monitor.delete", ""))
}
func (m *Monitors) Save(ctx context.Context, w desk.Monitor) (desk.Monitor, error) {
	r, err := m.s.ChangeMonitor(ctx, w.ID, desk.ActOf(ctx, "monitor.save", ""), func(x *desk.Monitor, out *desk.Out) error {
		w.ID, w.Version = x.ID, x.Version
		*x, out.Say = w, desk.Say("saved")
		return nil
	})
	m.f(r.ID)
	return r, err
}
