package web

import (
	"html/template"
	"math"
	"net/url"
	"strings"
	"time"

	"breakwater/desk"
	"breakwater/plan"
)

// mentionView is a mention as a list or a page shows it.
type mentionView struct {
	desk.Mention
	Zone  *time.Location
	Whole bool   // on its own page
	Back  string // where a correction leads back to
}

// Gone reports whether it was deleted at its network.
func (m mentionView) Gone() bool { return !m.Deleted.IsZero() }

// Headline is the title where the text does not begin with it anyway.
func (m mentionView) Headline() string {
	if strings.HasPrefix(strings.TrimSpace(m.Text), strings.TrimSpace(m.Title)) {
		return ""
	}
	return m.Title
}

func mentionViews(all []desk.Mention, zone *time.Location) []mentionView {
	views := make([]mentionView, len(all))
	for i := range all {
		views[i] = mentionView{Mention: all[i], Zone: zone}
	}
	return views
}

// shareView is a row of a list of shares: a name, its count, a bar.
type shareView struct {
	Name, Path string
	Count      int
	Ratio      float64
	Bar        template.HTML
}

// shareViews show shares against the largest of them; path makes the link of a name.
func shareViews(all []desk.Share, name, path func(string) string) []shareView {
	top := 0
	for _, s := range all {
		top = max(top, s.Count)
	}
	views := make([]shareView, len(all))
	for i, s := range all {
		views[i] = shareView{Name: name(s.Name), Count: s.Count, Ratio: s.Ratio, Bar: bar(float64(s.Count), float64(top))}
		if path != nil {
			views[i].Path = path(s.Name)
		}
	}
	return views
}

func asIs(s string) string { return s }

func searchPath(word string) string { return "/mentions?q=" + url.QueryEscape(quoted(word)) }

// quoted puts a term of several words between quotes.
func quoted(s string) string {
	for _, r := range s {
		if r == ' ' {
			return `"` + s + `"`
		}
	}
	return s
}

func networkPath(n string) string { return "/mentions?network=" + url.QueryEscape(n) }

// voiceView is a row of a list of voices.
type voiceView struct {
	desk.Voice
	Name, Path, Network string
	Followers           int
	Mood                desk.Mood
	By, Of              []shareView
}

// Known reports whether the author is: not deleted meanwhile.
func (v voiceView) Known() bool { return v.Author.Handle != "" || v.Author.NativeID != "" }

func voiceViews(all []desk.Voice) []voiceView {
	views := make([]voiceView, len(all))
	for i, v := range all {
		name := v.Author.Name
		if name == "" {
			name = v.Author.Handle
		}
		views[i] = voiceView{Voice: v, Name: name, Path: authorPath(v.Author.Handle), Network: networkName(v.Network),
			Followers: v.Author.Followers, Mood: moodOf(v.Mood), By: shareViews(v.By, asIs, authorPath), Of: shareViews(v.Of, asIs, authorPath)}
	}
	return views
}

func authorPath(handle string) string { return "/mentions?author=" + url.QueryEscape(handle) }

// moodOf reads a mean sentiment as one of the three moods; a quarter of the scale around zero is neutral.
func moodOf(mean float64) desk.Mood {
	switch {
	case mean <= -.25:
		return desk.Negative
	case mean >= .25:
		return desk.Positive
	}
	return desk.Neutral
}

// pagerView leads through a list that is read in pieces.
type pagerView struct{ First, Next string }

// figure is one of the numbers on top of a page.
type figure struct {
	Name, Value, Usual string // in the reader's language
	Path               string
	High               bool // above what is usual
	Gauge              template.HTML
}

// choice is one entry of a select.
type choice struct {
	Value string
	Label desk.Text
}

// input is a field of a form.
type input struct {
	ID, Name, Value string
	Label, Help     desk.Text
	Kind            string // as desk.Field.Kind
	Choices         []choice
	Required        bool
	Latin           bool // an address or a query: always from left to right
	Autocomplete    string
	Wrong           desk.Text
}

// Type is the type of the HTML input.
func (i input) Type() string {
	switch i.Kind {
	case "url", "number", "email", "password", "text":
		return i.Kind
	case "secret":
		return "password"
	}
	return "text"
}

// specInputs are the fields of a connector's settings.
func specInputs(s desk.Spec, set desk.Settings, wrong func(field string) desk.Text) []input {
	all := make([]input, len(s.Fields))
	for i, f := range s.Fields {
		v, given := set[f.Name]
		if !given && len(set) == 0 {
			v = f.Default
		}
		in := input{ID: "set-" + f.Name, Name: "set." + f.Name, Value: v, Label: desk.Text{Say: f.Label}, Help: desk.Text{Say: f.Help}, Kind: f.Kind,
			Required: f.Required, Latin: f.Kind == "url" || f.Kind == "secret", Wrong: wrong(f.Name)}
		if f.Kind == "secret" {
			in.Autocomplete = "off"
			in.Required = in.Required && v == "" && !s.Push // one that is pushed to makes its own
		}
		for _, c := range f.Choices {
			in.Choices = append(in.Choices, choice{c, desk.Text{Say: c}})
		}
		all[i] = in
	}
	return all
}

// selectView is a select with its label.
type selectView struct {
	Name, Label, Value string
	Choices            []choice
	All                bool // an empty choice on top
}

// newFacet is a select that narrows a list down, or does not.
func newFacet(name, label, value string, choices []choice) selectView {
	return selectView{name, label, value, choices, len(choices) == 0 || choices[0].Value != ""}
}

// newSelect is a select of which one choice holds.
func newSelect(name, label, value string, choices []choice) selectView {
	return selectView{name, label, value, choices, false}
}

// WithAll also offers not to choose.
func (s selectView) WithAll() selectView {
	s.All = true
	return s
}

// callAddress is the address that calls or writes with one tap. What was checked as a number holds nothing but what is dialled.
func callAddress(r desk.ContactWay) template.URL { return template.URL(r.Link()) } //nolint:gosec // tel:, mailto: or an address of the web that desk made

// alertView is an alert as a card.
type alertView struct {
	desk.Alert
	Zone      *time.Location
	Monitor   string
	Points    []desk.Point
	Examples  []mentionView
	CanDecide bool
	Scenarios []plan.Candidate // that a crisis can start on, those first that the alert points to
	StartsOn  string           // name of the one that it points to most; empty: to none
	Back      string
}

// Sentence is what a duty officer reads first.
func (a alertView) Sentence() desk.Text {
	if len(a.Signals) > 0 && !a.Signals[0].Why.IsZero() {
		return a.Signals[0].Why
	}
	return a.Title
}

// Rule is which detector or threshold spoke.
func (a alertView) Rule() desk.Text {
	if len(a.Signals) == 0 {
		return desk.Text{}
	}
	return a.Signals[0].Evidence.Rule
}

// Becauses are the reasons why it may not be useful.
func (a alertView) Becauses() []choice { return named("because", desk.Becauses...) }

// Proof is the numbers behind the sentence.
func (a alertView) Proof() (all []desk.Text) {
	if len(a.Signals) == 0 {
		return nil
	}
	s := signalView{Signal: a.Signals[0]}
	for _, t := range []desk.Text{s.Numbers(), s.Chance(), s.Crowd()} {
		if !t.IsZero() {
			all = append(all, t)
		}
	}
	return all
}

// Coverage warns when not all of the sources heard.
func (a alertView) Coverage() desk.Text {
	if len(a.Signals) == 0 {
		return desk.Text{}
	}
	return signalView{Signal: a.Signals[0]}.Coverage()
}

// Phase is rising, peaking or falling.
func (a alertView) Phase() string {
	if len(a.Signals) == 0 || !a.Live() {
		return ""
	}
	return a.Signals[0].Evidence.Phase
}

// Muted reports whether it sends no messages at the moment.
func (a alertView) Muted() bool { return time.Now().Before(a.MutedUntil) }

// finite keeps a number that cannot be shown from breaking a page.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}
