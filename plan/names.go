package plan

import (
	"context"

	"breakwater/desk"
)

// Named says who has a role and who stands in; 0 is nobody.
type Named struct {
	Role             string
	UserID, DeputyID int64
}

// Name puts people into the roles of the brand's draft, which is begun when there is none (in the language given when it begins as the
// plan that comes with the program), and leaves all else as it is. version is the draft's, 0 when none was seen: one that somebody
// began meanwhile is then taken as it is. Roles that the draft does not have are passed over. For leads.
func (b *Board) Name(ctx context.Context, brandID int64, lang string, version int, people []Named) (desk.Plan, error) {
	draft, err := b.Draft(ctx, brandID, lang)
	if err != nil {
		return draft, err
	}
	return b.Edit(ctx, draft.ID, version, func(p *desk.Plan) error {
		for _, n := range people {
			for i := range p.Roles {
				r := &p.Roles[i]
				if r.Name != n.Role {
					continue
				}
				if r.UserID = n.UserID; n.UserID != 0 {
					r.Person = ""
				}
				if r.DeputyID = n.DeputyID; n.DeputyID != 0 {
					r.Deputy = ""
				}
			}
		}
		return nil
	})
}
