package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

func (c *Console) peopleRoutes() []route {
	return []route{
		{"GET /people", desk.Lead, c.peopleList},
		{"GET /people/new", desk.Admin, c.personNew},
		{"GET /people/several", desk.Admin, c.colleaguesShow},
		{"POST /people/several", desk.Admin, c.colleaguesAdd},
		{"GET /people/{id}", desk.Admin, c.personShow},
		{"POST /people/{id}", desk.Admin, c.personSave},
		{"POST /people/{id}/password", desk.Admin, c.personPassword},
		{"POST /people/{id}/second", desk.Admin, c.personSecond},
		{"GET /ways/new", desk.Admin, c.wayNew},
		{"GET /ways/{id}", desk.Lead, c.wayShow},
		{"POST /ways/{id}", desk.Admin, c.waySave},
		{"POST /ways/{id}/test", desk.Lead, c.wayTest},
		{"POST /ways/{id}/delete", desk.Admin, c.wayDelete},
		{"GET /brands/new", desk.Admin, c.brandNew},
		{"GET /brands/{id}", desk.Admin, c.brandShow},
		{"POST /brands/{id}", desk.Admin, c.brandSave},
	}
}

// peoplePage is who works here, and how alerts reach them.
type peoplePage struct {
	Frame
	Users []desk.User
	Ways  []desk.Way
	Pager pagerView
	Kinds map[string]string // of ways, by kind
}

const peopleShown = 50

func (c *Console) peopleList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &peoplePage{Kinds: make(map[string]string)}
	if visitOf(r).actor.Role >= desk.Admin {
		users, err := c.Gate.Users(ctx)
		if err != nil {
			return err
		}
		p.Users, p.Pager = slicePage(r, users, peopleShown)
	}
	var err error
	if p.Ways, err = c.Book.List(ctx); err != nil {
		return err
	}
	for _, s := range c.Book.Kinds() {
		p.Kinds[s.Kind] = s.Title
	}
	return c.render(w, r, "people/people", p)
}

// personPage makes or changes an account.
type personPage struct {
	Frame
	User   desk.User
	Roles  []choice
	Langs  []choice
	Grants []grantView
}

// grantView is what somebody may do in one brand.
type grantView struct {
	Brand    desk.Brand
	Channels []choice
	Grant    desk.Grant // with role 0: nothing
}

// Roles are what somebody can be in a single brand.
func (g grantView) Roles() []choice {
	return append([]choice{{"", desk.Say("Nothing")}}, named("role", "viewer", "responder", "lead")...)
}

// Role is the name of the role, "" for none.
func (g grantView) Role() string {
	if g.Grant.Role == 0 {
		return ""
	}
	return g.Grant.Role.String()
}

// Channel is the channel that the grant is for, "0" for the whole brand.
func (g grantView) Channel() string { return itoa(g.Grant.ChannelID) }

// withGrants fills in what the person may do in each brand.
func (c *Console) withGrants(r *http.Request, p *personPage) (*personPage, error) {
	for _, b := range visitOf(r).brands {
		g := grantView{Brand: b, Channels: []choice{{"0", desk.Say("The whole brand")}}}
		channels, err := c.Channels.List(r.Context(), b.ID)
		if err != nil {
			return nil, err
		}
		for _, ch := range channels {
			g.Channels = append(g.Channels, choice{itoa(ch.ID), own(ch.Name)})
		}
		for _, have := range p.User.Grants {
			if have.BrandID == b.ID {
				g.Grant = have
			}
		}
		p.Grants = append(p.Grants, g)
	}
	return p, nil
}

// grantsOf reads the grants of a form; rights that a grant was narrowed to elsewhere stay.
func grantsOf(r *http.Request, brands []desk.Brand, had []desk.Grant) (all []desk.Grant) {
	for _, b := range brands {
		role, err := desk.ParseRole(r.PostFormValue("grant-" + itoa(b.ID)))
		if err != nil {
			continue
		}
		g := desk.Grant{BrandID: b.ID, ChannelID: number(r.PostFormValue("channel-" + itoa(b.ID))), Role: role}
		for _, old := range had {
			if old.BrandID == g.BrandID && old.Role == g.Role {
				g.Only = old.Only
			}
		}
		all = append(all, g)
	}
	return all
}

func newPersonPage(u desk.User) *personPage {
	return &personPage{User: u, Roles: named("role", "viewer", "responder", "lead", "admin"), Langs: langChoices()}
}

// langChoices are the languages of the desk, and the browser's.
func langChoices() []choice {
	all := []choice{{"", desk.Say("As the browser")}}
	for _, l := range say.Languages() {
		all = append(all, choice{l.Tag, own(l.Name)})
	}
	return all
}

func (c *Console) personNew(w http.ResponseWriter, r *http.Request) error {
	p, err := c.withGrants(r, newPersonPage(desk.User{Role: desk.Responder}))
	if err != nil {
		return err
	}
	return c.render(w, r, "people/person", p)
}

func (c *Console) personShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	u, err := c.Gate.User(r.Context(), id)
	if err != nil {
		return err
	}
	p, err := c.withGrants(r, newPersonPage(u))
	if err != nil {
		return err
	}
	return c.render(w, r, "people/person", p)
}

func (c *Console) personSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	role, err := desk.ParseRole(r.PostFormValue("role"))
	if err != nil {
		return err
	}
	u := desk.User{Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Role: role, Lang: r.PostFormValue("lang"),
		Disabled: r.PostFormValue("disabled") != "", Version: int(number(r.PostFormValue("version")))}
	if role != desk.Admin && r.PostFormValue("scope") == "some" {
		u.Grants = grantsOf(r, visitOf(r).brands, nil)
	}
	if r.PathValue("id") == "new" {
		_, err = c.Gate.AddUser(ctx, u, r.PostFormValue("password"))
	} else if u.ID, err = pathID(r); err == nil {
		if had, herr := c.Gate.User(ctx, u.ID); herr == nil && len(u.Grants) > 0 {
			u.Grants = grantsOf(r, visitOf(r).brands, had.Grants)
		}
		_, err = c.Gate.SaveUser(ctx, u)
	}
	if err != nil {
		p, gerr := c.withGrants(r, newPersonPage(u))
		if gerr != nil {
			return gerr
		}
		return c.again(w, r, "people/person", p, err)
	}
	return seeOther(w, r, "/people", "saved")
}

func (c *Console) personPassword(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Gate.ResetPassword(ctx, id, r.PostFormValue("password")); err != nil {
		u, uerr := c.Gate.User(ctx, id)
		if uerr != nil {
			return uerr
		}
		return c.again(w, r, "people/person", newPersonPage(u), err)
	}
	return seeOther(w, r, "/people/"+itoa(id), "saved")
}

// personSecond takes the second factors from somebody who lost them.
func (c *Console) personSecond(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	if err := c.Gate.ResetSecond(r.Context(), id); err != nil {
		return err
	}
	return seeOther(w, r, "/people/"+itoa(id), "saved")
}

// wayPage makes, changes and tries a way in which alerts reach somebody.
type wayPage struct {
	Frame
	Way    desk.Way
	Kinds  []desk.Spec // to choose from
	Spec   desk.Spec
	Inputs []input
	Levels []choice
	Langs  []choice
	Owners []choice
	Whose  []choice
	Failed desk.Text
}

func (c *Console) fillWay(r *http.Request, p *wayPage, way desk.Way) {
	p.Way, p.Levels, p.Langs = way, levels(desk.Normal), langChoices()[1:]
	for _, s := range c.Book.Kinds() {
		if s.Kind == way.Kind {
			p.Spec = s
		}
	}
	if way.Kind == "" {
		p.Kinds = c.Book.Kinds()
	}
	p.Inputs = specInputs(p.Spec, way.Settings, p.Wrong)
	p.Owners = []choice{{"0", desk.Say("All brands")}}
	for _, b := range visitOf(r).brands {
		p.Owners = append(p.Owners, choice{itoa(b.ID), own(b.Name)})
	}
	p.Whose = []choice{{"0", desk.Say("A team: it hears of every alert")}}
	all, err := c.Roster.People(r.Context())
	if err != nil {
		c.Log.Error("the people could not be read", "error", err)
	}
	for _, one := range all {
		if !one.Gone || one.ID == way.UserID {
			p.Whose = append(p.Whose, choice{itoa(one.ID), own(one.Name)})
		}
	}
}

func (c *Console) wayNew(w http.ResponseWriter, r *http.Request) error {
	p := &wayPage{}
	c.fillWay(r, p, desk.Way{Kind: r.URL.Query().Get("kind"), MinLevel: desk.Watch, Lang: visitOf(r).speak.Tag()})
	return c.render(w, r, "people/way", p)
}

func (c *Console) wayShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	way, err := c.Book.One(r.Context(), id)
	if err != nil {
		return err
	}
	p := &wayPage{}
	c.fillWay(r, p, way)
	return c.render(w, r, "people/way", p)
}

func (c *Console) waySave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	way := desk.Way{Kind: r.PostFormValue("kind")}
	if r.PathValue("id") != "new" {
		id, err := pathID(r)
		if err != nil {
			return err
		}
		if way, err = c.Book.One(ctx, id); err != nil {
			return err
		}
	}
	way.Name, way.BrandID, way.Lang = strings.TrimSpace(r.PostFormValue("name")), number(r.PostFormValue("owner")), r.PostFormValue("lang")
	way.UserID = number(r.PostFormValue("whose"))
	way.MinLevel, way.Paused, way.Version = desk.Level(number(r.PostFormValue("min_level"))), r.PostFormValue("paused") != "", int(number(r.PostFormValue("version")))
	way.Settings = make(desk.Settings)
	for name, values := range r.PostForm {
		if field, ok := strings.CutPrefix(name, "set."); ok && len(values) > 0 {
			way.Settings[field] = values[0]
		}
	}
	saved, err := c.Book.Save(ctx, way)
	if err != nil {
		p := &wayPage{Frame: Frame{Problems: invalids(err)}}
		c.fillWay(r, p, way)
		return c.again(w, r, "people/way", p, err)
	}
	return seeOther(w, r, "/ways/"+itoa(saved.ID), "saved")
}

// wayTest sends a test message; what went wrong is said on the way's own page.
func (c *Console) wayTest(w http.ResponseWriter, r *http.Request) error {
	return c.wayDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/ways/" + itoa(id), "sent", c.Book.Test(ctx, id)
	})
}

func (c *Console) wayDelete(w http.ResponseWriter, r *http.Request) error {
	return c.wayDo(w, r, func(ctx context.Context, id int64) (string, string, error) {
		return "/people", "deleted", c.Book.Delete(ctx, id)
	})
}

func (c *Console) wayDo(w http.ResponseWriter, r *http.Request, do func(context.Context, int64) (to, did string, err error)) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	to, did, err := do(r.Context(), id)
	if wrong := invalids(err); len(wrong) > 0 {
		way, werr := c.Book.One(r.Context(), id)
		if werr != nil {
			return werr
		}
		p := &wayPage{Failed: wrong[0].Reason}
		c.fillWay(r, p, way)
		return c.renderAs(w, r, http.StatusUnprocessableEntity, "people/way", p)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, to, did)
}

// brandPage makes or changes a brand.
type brandPage struct {
	Frame
	Edited   desk.Brand
	Accounts string // one a line
	Zones    []string
}

func newBrandPage(b desk.Brand) *brandPage {
	return &brandPage{Frame: Frame{Area: "people"}, Edited: b, Accounts: strings.Join(b.Accounts, "\n"), Zones: zones}
}

func (c *Console) brandNew(w http.ResponseWriter, r *http.Request) error {
	return c.render(w, r, "people/brand", newBrandPage(desk.Brand{Zone: "UTC", Retention: defaultRetention}))
}

func (c *Console) brandShow(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	for _, b := range visitOf(r).brands {
		if b.ID == id {
			return c.render(w, r, "people/brand", newBrandPage(b))
		}
	}
	return desk.ErrNotFound
}

func (c *Console) brandSave(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	b := desk.Brand{Name: strings.TrimSpace(r.PostFormValue("name")), Zone: r.PostFormValue("zone"), Retention: int(number(r.PostFormValue("retention"))),
		Accounts: strings.Fields(r.PostFormValue("accounts"))}
	var err error
	if r.PathValue("id") != "new" {
		if b.ID, err = pathID(r); err != nil {
			return err
		}
	}
	if err = checkBrand(b); err == nil {
		_, err = c.Brands.ChangeBrand(ctx, b.ID, desk.ActOf(ctx, "brand.save", ""), func(now *desk.Brand, out *desk.Out) error {
			now.Name, now.Zone, now.Retention, now.Accounts = b.Name, b.Zone, b.Retention, b.Accounts
			out.Say = desk.Say("The brand {name} was saved.", "name", b.Name)
			return nil
		})
	}
	if err != nil {
		return c.again(w, r, "people/brand", newBrandPage(b), err)
	}
	return seeOther(w, r, "/people", "saved")
}

func checkBrand(b desk.Brand) error {
	if b.Name == "" || len(b.Name) > 200 {
		return desk.Wrong("name", "Name the brand that this desk protects.")
	}
	if _, err := time.LoadLocation(b.Zone); err != nil || b.Zone == "" {
		return desk.Wrong("zone", "Choose one of the time zones.")
	}
	if b.Retention < 0 || b.Retention > 36500 {
		return desk.Wrong("retention", "Enter days, or 0 to keep mentions for ever.")
	}
	for _, a := range b.Accounts {
		if network, handle, ok := strings.Cut(a, ":"); !ok || network == "" || handle == "" {
			return desk.Wrong("accounts", "Write each account as network:handle, like mastodon:acme@example.social.")
		}
	}
	return nil
}
