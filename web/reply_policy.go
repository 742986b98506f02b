package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/enrich"
)

// replyPolicyPage is how the brand answers people: what needs an answer, by when, what the desk does by itself, and whose words are signed.
type replyPolicyPage struct {
	Frame
	Policy  desk.ReplyPolicy
	Clocks  []clockView
	Days    []dayView
	Needs   []conditionView // the last is for a new one
	Rules   []ruleFormView  // the last is for a new one
	Levels  []choice
	People  []desk.User
	Juniors map[int64]bool
	Zones   []string
	Closed  string // holidays, one a line
}

// clockView is how long people wait at a level.
type clockView struct {
	Level desk.Level
	desk.Clock
}

// dayView is one stretch of hours of a weekday; empty is closed.
type dayView struct {
	Weekday  int
	Name     desk.Text
	From, To string // 09:00
	First    bool   // of its day
}

// conditionView is a condition with the names that its fields have in the form.
type conditionView struct {
	desk.Condition
	Name string // need-0, rule-2
	New  bool
	Cued []checkView
	Came []checkView
}

// ruleFormView is a rule with the names that its fields have in the form.
type ruleFormView struct {
	desk.ReplyRule
	When conditionView
}

// Joined is a list as one field has it.
func (conditionView) Joined(list []string) string { return strings.Join(list, ", ") }

func newReplyPolicyPage(p desk.ReplyPolicy, users []desk.User) *replyPolicyPage {
	v := &replyPolicyPage{Frame: Frame{Area: "inbox"}, Policy: p, People: users, Juniors: make(map[int64]bool), Zones: zones, Levels: []choice{{"0", desk.Say("Never")}}}
	for _, id := range p.Juniors {
		v.Juniors[id] = true
	}
	for _, h := range p.Hours.Holidays {
		v.Closed += strings.TrimSpace(h.Day+" "+h.Name) + "\n"
	}
	for l := desk.Normal; l <= desk.Severe; l++ {
		one := clockView{Level: l}
		if int(l) < len(p.Clocks) {
			one.Clock = p.Clocks[l]
		}
		v.Clocks = append(v.Clocks, one)
		if l > desk.Normal {
			v.Levels = append(v.Levels, choice{strconv.Itoa(int(l)), desk.Say("From {level} on", "level", desk.Text{Say: l.String()})})
		}
	}
	for i := range 7 {
		w := (i + int(time.Monday)) % 7
		v.Days = append(v.Days, stretchesOf(&p.Hours, time.Weekday(w))...)
	}
	for i, c := range append(slices.Clone(p.Needs), desk.Condition{}) {
		v.Needs = append(v.Needs, newConditionView(fmt.Sprint("need-", i), c, i == len(p.Needs)))
	}
	for i, r := range append(slices.Clone(p.Rules), desk.ReplyRule{}) {
		v.Rules = append(v.Rules, ruleFormView{r, newConditionView(fmt.Sprint("rule-", i), r.If, i == len(p.Rules))})
	}
	return v
}

// stretchesOf are the stretches of a weekday, one of them empty when it is closed.
func stretchesOf(h *desk.Hours, w time.Weekday) (all []dayView) {
	for _, d := range h.Days {
		if d.Weekday == w {
			all = append(all, dayView{Weekday: int(w), From: clockTime(d.From), To: clockTime(d.To)})
		}
	}
	if all == nil {
		all = []dayView{{Weekday: int(w)}}
	}
	all[0].First = true
	for i := range all {
		all[i].Name = word("weekday", strconv.Itoa(int(w)))
	}
	return all
}

// clockTime is minutes after midnight as a field of time has them; midnight at the end of a day is its beginning.
func clockTime(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60%24, minutes%60) }

func newConditionView(name string, c desk.Condition, fresh bool) conditionView {
	v := conditionView{Condition: c, Name: name, New: fresh}
	for _, n := range enrich.CueNames() {
		v.Cued = append(v.Cued, checkView{choice{n, word("cue", n)}, slices.Contains(c.Cues, n)})
	}
	for _, n := range desk.ConversationVias {
		v.Came = append(v.Came, checkView{choice{n, word("via", n)}, slices.Contains(c.Vias, n)})
	}
	return v
}

func (c *Console) replyPolicyShow(w http.ResponseWriter, r *http.Request) error {
	p, err := c.replyPolicyPage(r, nil)
	if err != nil {
		return err
	}
	return c.render(w, r, "inbox/policy", p)
}

// replyPolicyPage shows a policy, or the stored one.
func (c *Console) replyPolicyPage(r *http.Request, p *desk.ReplyPolicy) (*replyPolicyPage, error) {
	v := visitOf(r)
	if p == nil {
		stored, err := c.Queue.Policy(r.Context(), v.brand.ID)
		if err != nil {
			return nil, err
		}
		p = &stored
	}
	var users []desk.User
	if v.actor.Role >= desk.Lead {
		var err error
		if users, err = c.Queue.People(r.Context(), p.BrandID); err != nil {
			return nil, err
		}
	}
	return newReplyPolicyPage(*p, users), nil
}

func (c *Console) replyPolicySave(w http.ResponseWriter, r *http.Request) error {
	stored, err := c.Queue.Policy(r.Context(), visitOf(r).brand.ID)
	if err != nil {
		return err
	}
	p, err := replyPolicyOf(r, stored)
	if err == nil {
		_, err = c.Queue.SavePolicy(r.Context(), p)
	}
	if err == nil {
		return seeOther(w, r, "/inbox/policy", "saved")
	}
	if errors.Is(err, desk.ErrConflict) {
		err = desk.Wrong("version", "Somebody else changed this meanwhile. Open the page anew.")
	}
	page, perr := c.replyPolicyPage(r, &p)
	if perr != nil {
		return errors.Join(err, perr)
	}
	return c.again(w, r, "inbox/policy", page, err)
}

// replyPolicyOf reads a policy from its form, which stands for all of it.
func replyPolicyOf(r *http.Request, p desk.ReplyPolicy) (desk.ReplyPolicy, error) {
	form := r.PostFormValue
	p.Version = int(number(form("version")))
	p.Voices, p.Sign = int(number(form("voices"))), desk.Level(number(form("sign")))
	p.Address, p.FormText, p.Form = form("address"), form("form_text"), form("form") != ""
	p.Juniors = chosen(r.PostForm["junior"])
	p.Hours.Zone = form("zone")
	p.Clocks = p.Clocks[:0]
	for l := desk.Normal; l <= desk.Severe; l++ {
		p.Clocks = append(p.Clocks, desk.Clock{First: int(number(form(fmt.Sprint("first-", int(l))))), Next: int(number(form(fmt.Sprint("next-", int(l)))))})
	}
	p.Needs, p.Rules = nil, nil
	for i := 0; r.PostForm.Has(fmt.Sprint("need-", i)); i++ {
		if c := conditionOf(r, fmt.Sprint("need-", i)); form(fmt.Sprint("need-", i, "-off")) == "" && !nothing(&c) {
			p.Needs = append(p.Needs, c)
		}
	}
	for i := 0; r.PostForm.Has(fmt.Sprint("rule-", i)); i++ {
		name := fmt.Sprint("rule-", i, "-")
		rule := desk.ReplyRule{If: conditionOf(r, name[:len(name)-1]), Label: strings.TrimSpace(form(name + "label")), UserID: number(form(name + "user")),
			Snooze: int(number(form(name + "snooze"))), Within: int(number(form(name + "within"))), Danger: form(name+"danger") != "", Leave: strings.TrimSpace(form(name + "leave"))}
		acts := rule.Label != "" || rule.UserID != 0 || rule.Snooze != 0 || rule.Within != 0 || rule.Danger || rule.Leave != ""
		if form(name+"off") == "" && acts {
			p.Rules = append(p.Rules, rule)
		}
	}
	var wrongDays, wrongHolidays error
	p.Hours.Days, wrongDays = daysFrom(r.PostForm["day"], r.PostForm["from"], r.PostForm["to"])
	p.Hours.Holidays, wrongHolidays = holidaysOf(form("holidays"))
	return p, errors.Join(wrongDays, wrongHolidays)
}

// nothing reports whether a condition restricts nothing: it would ask for an answer to everything.
func nothing(c *desk.Condition) bool {
	return len(c.Networks)+len(c.Vias)+len(c.Words)+len(c.Cues)+len(c.Langs)+c.Followers == 0 && c.Mood == "" && !c.Question
}

func conditionOf(r *http.Request, name string) desk.Condition {
	form := func(field string) string { return r.PostFormValue(name + "-" + field) }
	return desk.Condition{Words: listed(form("words")), Networks: listed(form("networks")), Langs: listed(form("langs")), Mood: form("mood"),
		Followers: int(number(form("followers"))), Question: form("question") != "", Cues: r.PostForm[name+"-cue"], Vias: r.PostForm[name+"-via"]}
}

// listed are the parts of a field that commas separate.
func listed(s string) (all []string) {
	for _, one := range commas(s) {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// daysFrom reads hours from the three columns of their form. A row without times is closed.
func daysFrom(days, from, to []string) (all []desk.Day, err error) {
	for i := range min(len(days), len(from), len(to)) {
		if from[i] == "" && to[i] == "" {
			continue
		}
		a, errA := time.Parse("15:04", from[i])
		b, errB := time.Parse("15:04", to[i])
		d := desk.Day{Weekday: time.Weekday(number(days[i])), From: a.Hour()*60 + a.Minute(), To: b.Hour()*60 + b.Minute()}
		if d.To == 0 {
			d.To = 24 * 60
		}
		if all = append(all, d); errA != nil || errB != nil {
			err = desk.Wrong("hours", "Give each day a beginning and an end after it.")
		}
	}
	return all, err
}
