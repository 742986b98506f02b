package assess

import "log/slog"

// Tools are the parts of assessing, each for itself.
type Tools struct {
	Facts   *Ledger
	Claims  *Claims
	Adviser *Adviser
	Briefs  *Briefer
	Locker  *Locker
}

// Store is what all parts together need of storage.
type Store interface {
	LedgerStore
	ClaimStore
	AdviserStore
	PictureStore
	BriefStore
	LockerStore
}

// New makes the parts over one store. corrector is the role that corrects texts when a fact changes; cues are the types of crisis
// that mentions are counted by.
func New(s Store, u Usual, corrector string, cues []string) Tools {
	adviser := &Adviser{Store: s, Painter: &Painter{Store: s, Usual: u, Cues: cues}}
	return Tools{Facts: &Ledger{Store: s, Corrector: corrector}, Claims: &Claims{Store: s}, Adviser: adviser, Briefs: &Briefer{Store: s, Adviser: adviser},
		Locker: &Locker{Store: s, Log: slog.New(slog.DiscardHandler)}}
}
