package access

import (
	"context"
	"slices"
	"time"

	"breakwater/desk"
)

// Leaving is what hangs on somebody: what would end if they left now, and what others would take. Nothing changes. For admins.
func (g *Gate) Leaving(ctx context.Context, userID int64) ([]desk.Tie, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return nil, err
	}
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return nil, err
	}
	return g.store.Ties(ctx, desk.Handover{User: u, At: time.Now().UTC()})
}

// Leave lets somebody go: what hangs on them ends or is handed over, all of it in one transaction, and their account opens nothing any
// more. heirs name who takes single things, by desk.Tie.On (0: nobody); rest takes what nobody was named for and no deputy stands in
// for. It gives what became of each thing. For admins, and not for oneself.
func (g *Gate) Leave(ctx context.Context, userID int64, heirs map[string]int64, rest int64, why string) ([]desk.Tie, error) {
	if err := desk.Need(ctx, desk.Admin); err != nil {
		return nil, err
	}
	if UserID(ctx) == userID {
		return nil, desk.Wrong("leave", "Another admin lets you go.")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	u, err := g.store.User(ctx, userID)
	if err != nil {
		return nil, err
	}
	gone := u
	gone.Disabled = true
	if err := g.keepAnAdmin(ctx, gone); err != nil {
		return nil, err
	}
	if err := g.stillGlass(ctx, gone); err != nil {
		return nil, err
	}
	people, err := g.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	h := desk.Handover{User: u, Heirs: heirs, Rest: rest, At: time.Now().UTC(), Names: make(map[int64]string)}
	for _, p := range people {
		if !p.Disabled && p.ID != userID {
			h.Names[p.ID] = p.Name
		}
	}
	for _, id := range heirs {
		if id != 0 && h.Names[id] == "" {
			return nil, desk.Wrong("leave", "Choose among people who may sign in.")
		}
	}
	if rest != 0 && h.Names[rest] == "" {
		return nil, desk.Wrong("leave", "Choose among people who may sign in.")
	}
	act := desk.ActOf(ctx, "user.leave", why)
	return g.store.Leave(ctx, h, act, func(was, is *desk.Statement) []desk.Job {
		if g.Asked == nil {
			return nil
		}
		staying := slices.DeleteFunc(slices.Clone(people), func(p desk.User) bool { return p.ID == userID })
		return g.Asked(was, is, staying, act)
	})
}
