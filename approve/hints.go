package approve

import (
	"breakwater/approve/advice"
	"breakwater/desk"
)

// Hints are what an old hand would say of a statement: advice on the words of a variant, or of all with an empty id, and where the
// variants say different things. They are hints, and never in the way; that it denies and is sorry at once is a check before
// publishing, and is not said again here.
func Hints(s desk.Statement, variantID string) (all []desk.Finding) {
	for _, v := range s.Variants {
		if variantID != "" && v.ID != variantID {
			continue
		}
		for _, f := range advice.Read(v.Lang, s.Kind, v.Text) {
			if f.Check != advice.MixedCheck {
				all = append(all, f)
			}
		}
	}
	for _, f := range Agree(s) {
		f.Weight = desk.FindingHint
		all = append(all, f)
	}
	return all
}
