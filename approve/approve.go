// Package approve keeps what we say: statements from the first draft to the last signature, promises of the next word, and what
// happens to a post of ours that offends. What passed here is what the send path trusts.
package approve

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
)

// Store is what statements need of storage.
type Store interface {
	Statements(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error)
	Statement(ctx context.Context, id int64) (desk.Statement, error)
	ChangeStatement(ctx context.Context, id int64, act desk.Act, change func(*desk.Statement, *desk.Out) error) (desk.Statement, error)
	StatementVersions(ctx context.Context, id int64, p desk.Paging) ([]desk.StatementVersion, error)
	Look(ctx context.Context, userID int64, thing string, now int64) (before int64, err error)
	Looked(ctx context.Context, userID int64, thing string) (seen, before int64, err error)
	Brand(ctx context.Context, id int64) (desk.Brand, error)
	Facts(ctx context.Context, incidentID int64) ([]desk.Fact, error)
	Channels(ctx context.Context, brandID int64) ([]desk.Channel, error)
	PostsOf(ctx context.Context, statementID int64) ([]desk.Post, error)
	Incident(ctx context.Context, id int64) (desk.Incident, error)
	ChangeIncident(ctx context.Context, id int64, act desk.Act, change func(*desk.Incident, *desk.Out) error) (desk.Incident, error)
	Users(ctx context.Context) ([]desk.User, error)
	User(ctx context.Context, id int64) (desk.User, error)
	Record(ctx context.Context, act desk.Act, on string, out desk.Out) (desk.Entry, error)
	Jobs
	Promises
	Removals
}

// Gate is where words are written, signed and let out.
type Gate struct {
	// Plan gives the plan that holds for a brand: whose signatures a level needs, and by when.
	Plan func(ctx context.Context, brandID int64) (desk.Plan, error)
	// Check finds what must not, or should not, go out like this in a variant at due; zero is now. nil finds nothing.
	Check func(ctx context.Context, s desk.Statement, v desk.Variant, due time.Time) []desk.Finding
	// Measure counts a variant as its channel's network does, and says how much that takes; 0 is no limit. nil counts characters.
	Measure func(c desk.Channel, v desk.Variant) (used, limit int)
	// Outbox sends approved statements to their channels at the time given, all of them or none. nil: nothing can be published yet.
	Outbox func(ctx context.Context, ids []int64, due time.Time) error
	// Retract deletes a post of ours at its network. nil: a person does it there.
	Retract func(ctx context.Context, postID int64, why string) error
	// Alarm tells people of a brand, on the radar and by their ways, that something is late. nil: letters and the journal tell it.
	Alarm func(ctx context.Context, brandID int64, key string, what desk.Text)
	// Show is Alarm for what people are called for by an escalation: everybody sees it, and nobody is told twice. May be nil.
	Show func(ctx context.Context, brandID int64, key string, what desk.Text)
	// PIN checks a person's second factor.
	PIN func(ctx context.Context, userID int64, pin string) error
	// Post brings a letter to a person. Its errors are those of alert.Sender. nil: nobody is told.
	Post func(ctx context.Context, to desk.User, l desk.Mail) error

	store Store
	links links
	url   string // of the console, without a trailing slash
	log   *slog.Logger
}

// New makes a gate. key signs the links that approvers get; url is the console's address.
func New(s Store, key []byte, url string, log *slog.Logger) *Gate {
	return &Gate{store: s, links: links{key}, url: url, log: log}
}

// List gives a piece of the statements, newest first; 0 and empty do not restrict.
func (g *Gate) List(ctx context.Context, brandID, incidentID int64, state string, p desk.Paging) ([]desk.Statement, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return g.store.Statements(ctx, brandID, incidentID, state, p)
}

// One is one statement. desk.ErrNotFound.
func (g *Gate) One(ctx context.Context, id int64) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return desk.Statement{}, err
	}
	return g.store.Statement(ctx, id)
}

// Versions are what a statement said, newest first; Before is a version's number.
func (g *Gate) Versions(ctx context.Context, id int64, p desk.Paging) ([]desk.StatementVersion, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	return g.store.StatementVersions(ctx, id, p)
}

// Look gives the newest version of a statement and the one that the acting person looked at before it; nil when they never did
// or nothing changed since. It notes that they look at the newest now.
func (g *Gate) Look(ctx context.Context, id int64) (now, before *desk.StatementVersion, err error) {
	return g.look(ctx, id, g.store.Look)
}

// glance is Look that notes nothing: for a link, which programs open before its person does.
func (g *Gate) glance(ctx context.Context, id int64) (now, before *desk.StatementVersion, err error) {
	return g.look(ctx, id, func(ctx context.Context, user int64, thing string, number int64) (int64, error) {
		seen, before, err := g.store.Looked(ctx, user, thing)
		if seen == number {
			return before, err
		}
		return seen, err
	})
}

func (g *Gate) look(ctx context.Context, id int64, last func(ctx context.Context, user int64, thing string, number int64) (int64, error)) (now, before *desk.StatementVersion, err error) {
	all, err := g.Versions(ctx, id, desk.Paging{Limit: 1})
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	now = &all[0]
	user := desk.ActorOf(ctx).UserID
	if user == 0 {
		return now, nil, nil
	}
	seen, err := last(ctx, user, on(id), int64(now.Number))
	if err != nil || seen == 0 {
		return now, nil, err
	}
	old, err := g.store.StatementVersions(ctx, id, desk.Paging{Before: seen + 1, Limit: 1})
	if err != nil || len(old) == 0 {
		return now, nil, err
	}
	return now, &old[0], nil
}

// Around is what stands beside a statement while it is written.
type Around struct {
	Facts    []desk.Fact    // of its incident
	Channels []desk.Channel // of its brand
	Posts    []desk.Post    // that were made of it
	Promises []desk.Promise // open ones of its incident or brand
}

// Around gathers what stands beside a statement.
func (g *Gate) Around(ctx context.Context, s desk.Statement) (a Around, err error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return a, err
	}
	if s.IncidentID != 0 {
		if a.Facts, err = g.store.Facts(ctx, s.IncidentID); err != nil {
			return a, err
		}
	}
	if a.Channels, err = g.store.Channels(ctx, s.BrandID); err != nil {
		return a, err
	}
	if s.ID != 0 {
		if a.Posts, err = g.store.PostsOf(ctx, s.ID); err != nil {
			return a, err
		}
	}
	a.Promises, err = g.Promised(ctx, s.BrandID, s.IncidentID)
	return a, err
}

// Names are the people of the desk by id.
func (g *Gate) Names(ctx context.Context) (map[int64]string, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return nil, err
	}
	all, err := g.store.Users(ctx)
	names := make(map[int64]string, len(all))
	for _, u := range all {
		names[u.ID] = u.Name
	}
	return names, err
}

// Draft is a new statement as it is begun.
type Draft struct {
	BrandID    int64
	IncidentID int64 // 0 outside a crisis
	Replaces   int64 // the statement that it corrects
	Words      desk.Words
}

// Begin makes a draft. In an incident it takes the incident's brand, and at least its level. For responders.
func (g *Gate) Begin(ctx context.Context, d Draft) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Statement{}, err
	}
	var drill int64
	if d.IncidentID != 0 {
		i, err := g.store.Incident(ctx, d.IncidentID)
		if err != nil {
			return desk.Statement{}, err
		}
		d.BrandID, drill = i.BrandID, i.DrillID
		d.Words.Level = max(d.Words.Level, i.Level)
	} else if _, err := g.store.Brand(ctx, d.BrandID); err != nil {
		return desk.Statement{}, err
	}
	act := g.act(ctx, "statement.begin", "")
	return g.store.ChangeStatement(ctx, 0, act, func(s *desk.Statement, out *desk.Out) error {
		s.BrandID, s.IncidentID, s.DrillID, s.Replaces = d.BrandID, d.IncidentID, drill, d.Replaces
		s.Author, s.Created = act.Who, act.At
		out.IncidentID = s.IncidentID
		out.Say = desk.Say("{name} began a statement: {title}", "name", act.Name, "title", d.Words.Title)
		return s.Rewrite(d.Words, act.Who, act.At)
	})
}

// Write changes the words; in an incident they have at least its level. Signatures that were given are void then. A version other than the stored one is desk.ErrConflict, so that two who
// write at once do not overwrite each other; 0 is not checked. For responders.
func (g *Gate) Write(ctx context.Context, id int64, version int, w desk.Words) (desk.Statement, error) {
	if err := desk.Need(ctx, desk.Responder); err != nil {
		return desk.Statement{}, err
	}
	act := g.act(ctx, "statement.write", "")
	return g.store.ChangeStatement(ctx, id, act, func(s *desk.Statement, out *desk.Out) error {
		if version != 0 && version != s.Version {
			return desk.ErrConflict
		}
		if err := forAll(s); err != nil {
			return err
		}
		signed := s.State == desk.StatementApproved || s.State == desk.StatementReview
		if err := g.floor(ctx, s.IncidentID, &w.Level); err != nil {
			return err
		}
		if err := s.Rewrite(w, act.Who, act.At); err != nil {
			return err
		}
		out.IncidentID = s.IncidentID
		out.Say = desk.Say("{name} changed the words of {title}.", "name", act.Name, "title", s.Title)
		if signed && s.State == desk.StatementDraft {
			out.Say = desk.Say("{name} changed the words of {title}. It has to be approved again.", "name", act.Name, "title", s.Title)
		}
		return nil
	})
}

// forAll answers an *desk.Invalid for what answers one person: whoever signs that sees its words in the inbox, so that is where they change.
func forAll(s *desk.Statement) error {
	if s.Answers == nil {
		return nil
	}
	return desk.Wrong("statement", "This answers one person. Send it back in the inbox to change its words.")
}

// floor raises a level to that of the incident, while it runs: nobody escapes its signatures by choosing a lower one.
func (g *Gate) floor(ctx context.Context, incident int64, level *desk.Level) error {
	if incident == 0 {
		return nil
	}
	i, err := g.store.Incident(ctx, incident)
	if err != nil {
		return fmt.Errorf("read the incident of a statement: %w", err)
	}
	if i.State != desk.IncidentClosed {
		*level = max(*level, i.Level)
	}
	return nil
}

// act is an act of the person behind the acting one: a token does not hide who wrote.
func (g *Gate) act(ctx context.Context, do, why string) desk.Act {
	act := desk.ActOf(ctx, do, why)
	if id := desk.ActorOf(ctx).UserID; id != 0 {
		act.Who = "user:" + strconv.FormatInt(id, 10)
	}
	return act
}

func on(id int64) string { return "statement:" + strconv.FormatInt(id, 10) }

func theDesk(do string, at time.Time) desk.Act {
	return desk.Act{Who: "desk", Name: "Breakwater", Do: do, At: at}
}

// signer is the acting person as one who signs, by their own name also when a program acts for them.
func (g *Gate) signer(ctx context.Context, how string) desk.Signer {
	a := desk.ActorOf(ctx)
	if strings.HasPrefix(a.Who, "token:") && a.UserID != 0 {
		if u, err := g.store.User(ctx, a.UserID); err == nil {
			a.Name = u.Name
		}
	}
	return desk.Signer{ID: a.UserID, Name: a.Name, Role: a.Role, How: how}
}

// findings are what Check finds in all variants when they go out at due.
func (g *Gate) findings(ctx context.Context, s desk.Statement, due time.Time) (all []desk.Finding) {
	if g.Check == nil {
		return nil
	}
	for _, v := range s.Variants {
		all = append(all, g.Check(ctx, s, v, due)...)
	}
	return all
}

// of is the first finding of a weight, nil without one.
func of(weight string, all []desk.Finding) *desk.Finding {
	if i := slices.IndexFunc(all, func(f desk.Finding) bool { return f.Weight == weight }); i >= 0 {
		return &all[i]
	}
	return nil
}

// blocked answers an *desk.Invalid with the first thing that keeps a statement from going out at all.
func blocked(all []desk.Finding) error {
	if f := of(desk.FindingBlock, all); f != nil {
		return &desk.Invalid{Field: "variants", Reason: f.Say}
	}
	return nil
}

// seats are the signatures that the plan asks for at the statement's level, and one more where a check asks for a second opinion.
func (g *Gate) seats(ctx context.Context, s desk.Statement, found []desk.Finding) ([]desk.Signature, error) {
	rule, roles, err := g.rule(ctx, s)
	if err != nil {
		return nil, err
	}
	var needs []desk.Signature
	for _, name := range rule.Approvers {
		r, _ := roles.Role(name)
		needs = append(needs, desk.Signature{Role: name, UserID: r.UserID, DeputyID: r.DeputyID, Within: rule.Within})
	}
	if of(desk.FindingSecond, found) != nil {
		needs = append(needs, desk.Signature{Role: desk.SecondOpinion, Within: rule.Within})
	}
	return needs, nil
}

// rule is the plan's rule for the statement's level, with the plan.
func (g *Gate) rule(ctx context.Context, s desk.Statement) (desk.LevelRule, desk.Plan, error) {
	p, err := g.Plan(ctx, s.BrandID)
	if err != nil {
		return desk.LevelRule{}, p, fmt.Errorf("read the plan of brand %d: %w", s.BrandID, err)
	}
	return p.Rule(s.Level), p, nil
}
