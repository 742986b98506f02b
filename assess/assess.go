package assess

// Tools are the parts of assessing, each for itself.
type Tools struct {
	Facts *Ledger
}
