package plan

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"breakwater/desk"
)

// rule is what one field of a plan may hold. The JSON Schema, files and the console all follow it.
type rule struct {
	about string         // for the schema's readers
	most  int            // characters of a text, entries of a list, or the largest number
	oneOf []string       // empty: any
	like  *regexp.Regexp // nil: any
	must  bool           // may not be empty
}

var (
	slug     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	language = regexp.MustCompile(`^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$`)
	kindName = regexp.MustCompile(`^[a-z0-9_-]*$`)
)

// week is the longest that a plan looks ahead, in minutes.
const week = 7 * 24 * 60

// rules are by type and field of the nouns.
var rules = map[string]rule{
	"Plan.Edition":   {about: "Number of the edition; written for readers, an import counts by itself.", most: 1 << 20},
	"Plan.Name":      {about: "What the plan is called.", most: 120, must: true},
	"Plan.Lang":      {about: "Language that the plan is written in, as a BCP 47 tag.", most: 35, like: language, must: true},
	"Plan.Note":      {about: "What this edition changed.", most: 2000},
	"Plan.Review":    {about: "Day by which somebody looks through the plan again."},
	"Plan.Levels":    {about: "What each response level asks for.", most: 5, must: true},
	"Plan.Roles":     {about: "Duties in a crisis and who has them.", most: 40, must: true},
	"Plan.Tasks":     {about: "Tasks of every incident, whatever its scenario.", most: 100},
	"Plan.Scenarios": {about: "Kinds of crisis that the plan is prepared for.", most: 60},
	"Plan.Duties":    {about: "For each activity, who is responsible, accountable, consulted and informed (RACI).", most: 60},
	"Plan.Channels":  {about: "Kinds of channel in the order in which they are told, after the place where it started.", most: 30, like: kindName},
	"Plan.Library":   {about: "Messages that were approved beforehand, with blanks in {braces}.", most: 200},

	"LevelRule.Level":       {about: "0 normal, 1 watch, 2 issue, 3 crisis, 4 severe.", most: 4},
	"LevelRule.Name":        {about: "What the team calls it.", most: 60, must: true},
	"LevelRule.Signs":       {about: "By which it is recognised.", most: 1000},
	"LevelRule.Decides":     {about: "Role that decides at this level.", most: 120},
	"LevelRule.Acknowledge": {about: "Minutes to the first public word; 0 asks for none.", most: week},
	"LevelRule.Update":      {about: "Minutes between public updates; 0 asks for none.", most: week},
	"LevelRule.Approvers":   {about: "Roles that sign a statement, all of them; none: nobody has to.", most: 10},
	"LevelRule.Within":      {about: "Minutes that each of them has, then the deputy, then the next role.", most: week},

	"PlanRole.Name":   {about: "What the role is called; other parts of the plan name it so.", most: 120, must: true},
	"PlanRole.Duties": {about: "What who has the role does.", most: 20},
	"PlanRole.Person": {about: "Mail address of who has it.", most: 254},
	"PlanRole.Deputy": {about: "Mail address of who stands in.", most: 254},

	"RACI.Activity":    {about: "What is done.", most: 200, must: true},
	"RACI.Responsible": {about: "Roles that do it.", most: 20, must: true},
	"RACI.Accountable": {about: "The one role that answers for it.", most: 120, must: true},
	"RACI.Consulted":   {about: "Roles that are asked before.", most: 20},
	"RACI.Informed":    {about: "Roles that are told after.", most: 20},

	"Scenario.ID":       {about: "Stable name of the scenario, for programs.", most: 60, like: slug, must: true},
	"Scenario.Kind":     {about: "Which of the eight kinds of crisis it is.", oneOf: desk.ScenarioKinds, most: 40, must: true},
	"Scenario.Name":     {about: "What people call it.", most: 160, must: true},
	"Scenario.Signs":    {about: "How to recognise it, and how large it is.", most: 20},
	"Scenario.Cues":     {about: "Types of crisis cue that point to it.", most: 40},
	"Scenario.Monitors": {about: "Names of monitors whose alerts point to it.", most: 40},
	"Scenario.Level":    {about: "Response level to begin with, 0 to 4.", most: 4},
	"Scenario.Tasks":    {about: "Tasks beside the plan's; one with the same id takes that one's place.", most: 60},
	"Scenario.Drafts":   {about: "Ids of the library's messages that become drafts at once.", most: 40},
	"Scenario.Advice":   {about: "What to keep in mind, in a few sentences.", most: 2000},

	"PlanTask.ID":    {about: "Stable name of the task, for programs.", most: 60, like: slug, must: true},
	"PlanTask.Do":    {about: "What to do.", most: 500, must: true},
	"PlanTask.Role":  {about: "Role whose task it is.", most: 120, must: true},
	"PlanTask.After": {about: "Minutes after the incident was declared by which it is done.", most: week},
	"PlanTask.From":  {about: "From this response level up, 0 to 4.", most: 4},

	"Prepared.ID":    {about: "Stable name of the message; scenarios name it so.", most: 60, like: slug, must: true},
	"Prepared.Kind":  {about: "Kind of statement that it becomes.", oneOf: desk.StatementKinds, most: 40, must: true},
	"Prepared.Name":  {about: "What people call it.", most: 160, must: true},
	"Prepared.Texts": {about: "Its texts, for channels and languages.", most: 200},

	"PreparedFor.Channel": {about: `Kind of channel that it is for; "long" for any with room for a page; empty for any.`, most: 60, like: kindName},
	"PreparedFor.Lang":    {about: "Language of the text, as a BCP 47 tag.", most: 35, like: language, must: true},
	"PreparedFor.Title":   {about: "Headline or subject.", most: 300},
	"PreparedFor.Text":    {about: "The words, with blanks in {braces}.", most: 20000, must: true},
}

// entry bounds each entry of a list of texts, in characters.
const entry = 500

// problem is something wrong with a field of a plan.
type problem struct {
	path   string // "scenarios[2].tasks[0].role"
	reason desk.Text
}

func (p problem) invalid() *desk.Invalid { return &desk.Invalid{Field: p.path, Reason: p.reason} }

// bounded answers with an *desk.Invalid for each field that holds what no plan may hold.
func bounded(p *desk.Plan) error {
	var errs []error
	for _, one := range append(bounds(p), doubled(p)...) {
		errs = append(errs, one.invalid())
	}
	return errors.Join(errs...)
}

// bounds are the fields that break their rule.
func bounds(p *desk.Plan) (all []problem) {
	walk(reflect.ValueOf(p).Elem(), "", func(path string, r rule, v reflect.Value) {
		if reason := r.broken(v); !reason.IsZero() && len(all) < maxProblems {
			all = append(all, problem{path, reason})
		}
	})
	return all
}

// maxProblems is how many are told at once: who has more begins anew.
const maxProblems = 20

// walk visits every field that has a rule, and the entries of lists of texts under the rule of their list.
func walk(v reflect.Value, path string, visit func(path string, r rule, v reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, ok := fileName(f)
		r, ruled := rules[v.Type().Name()+"."+f.Name]
		if !ok || !ruled {
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		visit(at, r, v.Field(i))
		if v.Field(i).Kind() != reflect.Slice {
			continue
		}
		for k := range v.Field(i).Len() {
			e, at := v.Field(i).Index(k), fmt.Sprintf("%s[%d]", at, k)
			if e.Kind() == reflect.Struct {
				walk(e, at, visit)
			} else {
				visit(at, rule{most: entry, like: r.like, must: true}, e)
			}
		}
	}
}

// fileName is how a field is called in files; ok is false for what files do not hold.
func fileName(f reflect.StructField) (string, bool) {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name, name != "" && name != "-"
}

// broken says what is wrong with a value; zero when nothing is.
func (r rule) broken(v reflect.Value) desk.Text {
	switch v.Kind() {
	case reflect.String:
		return r.text(v.String())
	case reflect.Slice:
		switch {
		case r.must && v.Len() == 0:
			return desk.Say("This is missing.")
		case v.Len() > r.most:
			return desk.Say("At most {most} entries fit here.", "most", r.most)
		}
	case reflect.Int:
		if v.Int() < 0 || v.Int() > int64(r.most) {
			return desk.Say("Write a whole number from 0 to {most}.", "most", r.most)
		}
	}
	return desk.Text{}
}

func (r rule) text(s string) desk.Text {
	odd := func(c rune) bool {
		return c == utf8.RuneError || unicode.IsControl(c) && c != '\n' && c != '\t' && c != '\r'
	}
	switch {
	case strings.TrimSpace(s) == "" && r.must:
		return desk.Say("This is missing.")
	case s == "":
	case utf8.RuneCountInString(s) > r.most:
		return desk.Say("This is too long: at most {most} characters fit.", "most", r.most)
	case strings.ContainsFunc(s, odd):
		return desk.Say("There are characters in it that cannot be printed.")
	case len(r.oneOf) > 0 && !slices.Contains(r.oneOf, s):
		return desk.Say("Write one of: {choices}", "choices", strings.Join(r.oneOf, ", "))
	case r.like == slug && !slug.MatchString(s):
		return desk.Say("Use small letters, digits and hyphens, such as product-recall.")
	case r.like == language && !language.MatchString(s):
		return desk.Say("Write a language as its tag, such as en or zh-Hant.")
	case r.like != nil && !r.like.MatchString(s):
		return desk.Say("Write the kind of a channel, such as mastodon.")
	}
	return desk.Text{}
}

// doubled are names that stand twice where each must be told apart.
func doubled(p *desk.Plan) (all []problem) {
	once := func(seen map[string]bool, path, name string) {
		if name != "" && seen[name] {
			all = append(all, problem{path, desk.Say("{name} stands here twice.", "name", name)})
		}
		seen[name] = true
	}
	levels, roles, tasks := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, l := range p.Levels {
		once(levels, fmt.Sprintf("levels[%d].level", i), fmt.Sprint(int(l.Level)))
	}
	for i, r := range p.Roles {
		once(roles, fmt.Sprintf("roles[%d].name", i), r.Name)
	}
	for i, t := range p.Tasks {
		once(tasks, fmt.Sprintf("tasks[%d].id", i), t.ID)
	}
	scenarios, messages, channels := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, s := range p.Scenarios {
		once(scenarios, fmt.Sprintf("scenarios[%d].id", i), s.ID)
		tasks := map[string]bool{}
		for k, t := range s.Tasks {
			once(tasks, fmt.Sprintf("scenarios[%d].tasks[%d].id", i, k), t.ID)
		}
	}
	for i, m := range p.Library {
		once(messages, fmt.Sprintf("library[%d].id", i), m.ID)
		texts := map[string]bool{}
		for k, t := range m.Texts {
			once(texts, fmt.Sprintf("library[%d].texts[%d]", i, k), strings.TrimSpace(t.Lang+" "+t.Channel))
		}
	}
	for i, c := range p.Channels {
		once(channels, fmt.Sprintf("channels[%d]", i), c)
	}
	return all
}

// Lacks is what a draft still needs before it can be published: parts that name roles or messages that it does not have. Persons
// are no part of it: the readiness page asks for them.
func Lacks(p *desk.Plan) (all []*desk.Invalid) {
	for _, one := range lacks(p) {
		all = append(all, one.invalid())
	}
	return all
}

func lacks(p *desk.Plan) (all []problem) {
	role := func(path, name string) {
		if _, ok := p.Role(name); !ok && name != "" {
			all = append(all, problem{path, desk.Say("The plan has no role called {role}.", "role", name)})
		}
	}
	each := func(path string, names []string) {
		for i, name := range names {
			role(fmt.Sprintf("%s[%d]", path, i), name)
		}
	}
	tasks := func(path string, list []desk.PlanTask) {
		for i, t := range list {
			role(fmt.Sprintf("%stasks[%d].role", path, i), t.Role)
		}
	}
	for i, l := range p.Levels {
		role(fmt.Sprintf("levels[%d].decides", i), l.Decides)
		each(fmt.Sprintf("levels[%d].approvers", i), l.Approvers)
	}
	tasks("", p.Tasks)
	for i, s := range p.Scenarios {
		tasks(fmt.Sprintf("scenarios[%d].", i), s.Tasks)
		for k, id := range s.Drafts {
			if _, ok := p.Prepared(id); !ok {
				all = append(all, problem{fmt.Sprintf("scenarios[%d].drafts[%d]", i, k), desk.Say("The library has no message called {id}.", "id", id)})
			}
		}
	}
	for i, d := range p.Duties {
		role(fmt.Sprintf("duties[%d].accountable", i), d.Accountable)
		each(fmt.Sprintf("duties[%d].responsible", i), d.Responsible)
		each(fmt.Sprintf("duties[%d].consulted", i), d.Consulted)
		each(fmt.Sprintf("duties[%d].informed", i), d.Informed)
	}
	return all
}

// day is a date without a time, as files have it.
const day = time.DateOnly
