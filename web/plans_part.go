package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

// partPage edits one part of a draft. Lists have two empty rows below them: what is filled in there is added, what is emptied is
// taken away.
type partPage struct {
	Frame
	Plan     desk.Plan
	Part     string // roles, levels, tasks, duties, channels, basics, scenario, message
	ID       string // of the scenario or message; "new"
	Scenario desk.Scenario
	Message  desk.Prepared
	Roles    []desk.PlanRole
	Tasks    []desk.PlanTask
	Duties   []desk.RACI
	People   []choice
	Names    []choice // of roles
	Levels   []choice
	Kinds    []choice
	Langs    []choice
	Places   []choice // that a text is for
	Cues     []choice
	Monitors []choice
	Drafts   []choice
	Review   string
	Lines    string // of channels
}

// spare is how many empty rows stand below a list.
const spare = 2

// Known are the kinds of channel that the plan which comes with the program names.
func (p *partPage) Known() string { return strings.Join(plan.Default("en").Channels, ", ") }

// Checked reports whether a value is among those chosen.
func (p *partPage) Checked(chosen []string, value string) bool { return slices.Contains(chosen, value) }

// Level is a level's number as forms have it.
func (p *partPage) Level(l desk.Level) string { return strconv.Itoa(int(l)) }

// Minutes writes a number of minutes into a form; none is empty.
func (p *partPage) Minutes(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Others are the chosen values that are not offered: a role or a monitor that is gone.
func (p *partPage) Others(chosen []string, offered []choice) (gone []string) {
	for _, v := range chosen {
		if !slices.ContainsFunc(offered, func(c choice) bool { return c.Value == v }) {
			gone = append(gone, v)
		}
	}
	return gone
}

func (c *Console) planPart(w http.ResponseWriter, r *http.Request) error {
	p, err := c.partPage(r)
	if err != nil {
		return err
	}
	return c.render(w, r, "plans/part", p)
}

func (c *Console) partPage(r *http.Request) (*partPage, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	one, err := c.Plans.Edition(ctx, id)
	if err != nil {
		return nil, err
	}
	people, err := c.Plans.People(ctx)
	if err != nil {
		return nil, err
	}
	monitors, err := c.Monitors.List(ctx, one.BrandID)
	if err != nil {
		return nil, err
	}
	p, ok := newPartPage(one, r.PathValue("part"), people, monitors)
	if !ok || !one.Draft() {
		return nil, desk.ErrNotFound
	}
	return p, nil
}

// newPartPage is the form of a part; ok is false when the plan has no such part.
func newPartPage(one desk.Plan, part string, people []desk.User, monitors []desk.Monitor) (p *partPage, ok bool) {
	p = &partPage{Plan: one, Levels: levels(desk.Normal), People: []choice{{"0", desk.Say("nobody yet")}}, Names: []choice{{"", desk.Say("nobody")}},
		Cues: named("cue", cueTypes...), Places: []choice{{"", desk.Say("Any channel")}, {desk.LongText, desk.Say("Channels with room for a page")}}}
	for _, u := range people {
		p.People = append(p.People, choice{itoa(u.ID), own(u.Name)})
	}
	for _, role := range one.Roles {
		p.Names = append(p.Names, choice{role.Name, own(role.Name)})
	}
	for _, m := range monitors {
		p.Monitors = append(p.Monitors, choice{m.Name, own(m.Name)})
	}
	for _, m := range one.Library {
		p.Drafts = append(p.Drafts, choice{m.ID, own(m.Name)})
	}
	for _, kind := range one.Channels {
		p.Places = append(p.Places, choice{kind, own(networkName(kind))})
	}
	for _, l := range []string{"en", "he", "pl", "id", "zh-Hant", "zh-Hans", "sv", "de", "fr", "es"} {
		p.Langs = append(p.Langs, choice{l, own(langName(l))})
	}
	p.Part, p.ID = part, ""
	switch kind, id, _ := strings.Cut(part, "-"); {
	case part == "roles":
		p.Roles = append(slices.Clone(one.Roles), make([]desk.PlanRole, spare)...)
	case part == "levels" || part == "basics":
	case part == "tasks":
		p.Tasks = append(slices.Clone(one.Tasks), make([]desk.PlanTask, spare)...)
	case part == "duties":
		p.Duties = append(slices.Clone(one.Duties), make([]desk.RACI, spare)...)
	case part == "channels":
		p.Lines = strings.Join(one.Channels, "\n")
	case kind == "scenario":
		p.Part, p.ID, p.Kinds = kind, id, named("scenario", desk.ScenarioKinds...)
		if p.Scenario, ok = one.Scenario(id); !ok && id != "new" {
			return p, false
		}
		p.Tasks = append(slices.Clone(p.Scenario.Tasks), make([]desk.PlanTask, spare)...)
	case kind == "message":
		p.Part, p.ID, p.Kinds = kind, id, named("statement", desk.StatementKinds[1:]...)
		if p.Message, ok = one.Prepared(id); !ok && id != "new" {
			return p, false
		}
		p.Message.Texts = append(slices.Clone(p.Message.Texts), desk.PreparedFor{Lang: one.Lang})
	default:
		return p, false
	}
	if !one.Review.IsZero() {
		p.Review = one.Review.Format(time.DateOnly)
	}
	return p, true
}

func (c *Console) planPartSave(w http.ResponseWriter, r *http.Request) error {
	p, err := c.partPage(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	f := form{r.PostForm}
	_, err = c.Plans.Edit(r.Context(), p.Plan.ID, int(number(f.text("version"))), func(now *desk.Plan) error { return f.into(now, p.Part, p.ID) })
	if err != nil {
		if invalids(err) == nil {
			return err
		}
		if f.into(&p.Plan, p.Part, p.ID) == nil { // show what was typed
			if again, ok := newPartPage(p.Plan, r.PathValue("part"), nil, nil); ok {
				p.Roles, p.Tasks, p.Duties, p.Scenario, p.Message, p.Lines = again.Roles, again.Tasks, again.Duties, again.Scenario, again.Message, again.Lines
			}
		}
		return c.again(w, r, "plans/part", p, err)
	}
	return seeOther(w, r, "/plans/"+itoa(p.Plan.ID)+"/edit", "saved")
}

// form is a part of a plan as a form sends it: rows are told apart by a number, as in "role.2.name".
type form struct{ url.Values }

func (f form) text(name string) string { return strings.TrimSpace(f.Get(name)) }

func (f form) number(name string) int { return int(number(f.text(name))) }

func (f form) lines(name string) (all []string) {
	for line := range strings.Lines(f.Get(name)) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// chosen are the ticked values of a name.
func (f form) chosen(name string) []string {
	return slices.DeleteFunc(slices.Clone(f.Values[name]), func(v string) bool { return v == "" })
}

// maxRows bounds how many rows a form may send.
const maxRows = 300

// rows gives for each row of a list the beginning of its fields' names, in order.
func (f form) rows(list string) (all []string) {
	n := min(f.number(list+".n"), maxRows)
	for i := range n {
		all = append(all, list+"."+strconv.Itoa(i)+".")
	}
	return all
}

// into puts the form into a part of the plan.
func (f form) into(p *desk.Plan, part, id string) error {
	switch part {
	case "basics":
		p.Name, p.Lang = f.text("name"), f.text("lang")
		p.Review, _ = time.Parse(time.DateOnly, f.text("review")) // what cannot be read is none, and set anew when it is published
	case "roles":
		f.roles(p)
	case "levels":
		p.Levels = f.levels()
	case "tasks":
		p.Tasks = f.tasks(p.Tasks)
	case "channels":
		p.Channels = f.lines("channels")
	case "duties":
		p.Duties = f.duties()
	case "scenario":
		return f.scenario(p, id)
	case "message":
		return f.message(p, id)
	}
	return nil
}

func (f form) roles(p *desk.Plan) {
	var roles []desk.PlanRole
	for i, at := range f.rows("role") {
		role := desk.PlanRole{Name: f.text(at + "name"), Duties: f.lines(at + "duties"), UserID: number(f.text(at + "user")), DeputyID: number(f.text(at + "deputy"))}
		if role.Name == "" {
			continue
		}
		if i < len(p.Roles) {
			was := p.Roles[i]
			if role.UserID == 0 {
				role.Person = was.Person
			}
			if role.DeputyID == 0 {
				role.Deputy = was.Deputy
			}
			if was.Name != role.Name {
				plan.RenameRole(p, was.Name, role.Name)
			}
		}
		roles = append(roles, role)
	}
	p.Roles = roles
}

func (f form) levels() (all []desk.LevelRule) {
	for l := desk.Normal; l <= desk.Severe; l++ {
		at := "level." + strconv.Itoa(int(l)) + "."
		all = append(all, desk.LevelRule{Level: l, Name: f.text(at + "name"), Signs: f.text(at + "signs"), Decides: f.text(at + "decides"), Acknowledge: f.number(at + "acknowledge"),
			Update: f.number(at + "update"), Approvers: f.chosen(at + "approvers"), Within: f.number(at + "within")})
	}
	return all
}

// tasks reads the rows of tasks; those that were there keep their ids.
func (f form) tasks(was []desk.PlanTask) (all []desk.PlanTask) {
	taken := func(id string) bool {
		return slices.ContainsFunc(all, func(t desk.PlanTask) bool { return t.ID == id })
	}
	for i, at := range f.rows("task") {
		t := desk.PlanTask{Do: f.text(at + "do"), Role: f.text(at + "role"), After: f.number(at + "after"), From: desk.Level(f.number(at + "from"))}
		if t.Do == "" {
			continue
		}
		if i < len(was) {
			t.ID = was[i].ID
		} else {
			t.ID = free("task", func(id string) bool {
				return taken(id) || slices.ContainsFunc(was, func(t desk.PlanTask) bool { return t.ID == id })
			})
		}
		all = append(all, t)
	}
	return all
}

// free is the first of "word-1", "word-2", … that is not taken.
func free(word string, taken func(string) bool) string {
	for n := 1; ; n++ {
		if id := word + "-" + strconv.Itoa(n); !taken(id) {
			return id
		}
	}
}

func (f form) duties() (all []desk.RACI) {
	for _, at := range f.rows("duty") {
		d := desk.RACI{Activity: f.text(at + "activity"), Accountable: f.text(at + "accountable"), Responsible: f.chosen(at + "responsible"), Consulted: f.chosen(at + "consulted"), Informed: f.chosen(at + "informed")}
		if d.Activity != "" {
			all = append(all, d)
		}
	}
	return all
}

func (f form) scenario(p *desk.Plan, id string) error {
	at := slices.IndexFunc(p.Scenarios, func(s desk.Scenario) bool { return s.ID == id })
	if f.text("remove") != "" {
		if at >= 0 {
			p.Scenarios = slices.Delete(slices.Clone(p.Scenarios), at, at+1)
		}
		return nil
	}
	var was desk.Scenario
	if at >= 0 {
		was = p.Scenarios[at]
	}
	s := desk.Scenario{ID: id, Kind: f.text("kind"), Name: f.text("name"), Signs: f.lines("signs"), Cues: f.chosen("cues"), Monitors: f.chosen("monitors"),
		Level: desk.Level(f.number("level")), Tasks: f.tasks(was.Tasks), Drafts: f.chosen("drafts"), Advice: f.text("advice")}
	if s.Name == "" {
		return desk.Wrong("name", "Give the scenario a name.")
	}
	p.Scenarios = slices.Clone(p.Scenarios)
	if at >= 0 {
		p.Scenarios[at] = s
		return nil
	}
	s.ID = free("scenario", func(id string) bool { _, ok := p.Scenario(id); return ok })
	p.Scenarios = append(p.Scenarios, s)
	return nil
}

func (f form) message(p *desk.Plan, id string) error {
	at := slices.IndexFunc(p.Library, func(m desk.Prepared) bool { return m.ID == id })
	if f.text("remove") != "" {
		if at >= 0 {
			p.Library = slices.Delete(slices.Clone(p.Library), at, at+1)
		}
		return nil
	}
	m := desk.Prepared{ID: id, Kind: f.text("kind"), Name: f.text("name")}
	for _, at := range f.rows("text") {
		t := desk.PreparedFor{Channel: f.text(at + "channel"), Lang: f.text(at + "lang"), Title: f.text(at + "title"), Text: strings.ReplaceAll(f.text(at+"text"), "\r\n", "\n")}
		if t.Text != "" {
			m.Texts = append(m.Texts, t)
		}
	}
	switch {
	case m.Name == "":
		return desk.Wrong("name", "Give the message a name.")
	case len(m.Texts) == 0:
		return desk.Wrong("texts", "Write at least one text.")
	}
	p.Library = slices.Clone(p.Library)
	if at >= 0 {
		p.Library[at] = m
		return nil
	}
	m.ID = free("message", func(id string) bool { _, ok := p.Prepared(id); return ok })
	p.Library = append(p.Library, m)
	return nil
}
