package assess

import (
	"slices"

	"breakwater/desk"
)

// Clusters of responsibility, after W. T. Coombs' situational crisis communication theory (SCCT): how much people will hold us
// responsible.
const (
	Victim      = "victim"      // hardly: it was done to us as well
	Accidental  = "accidental"  // a little: we did not mean it and could hardly have prevented it
	Preventable = "preventable" // wholly: we could have prevented it
)

// Strategies of an answer; a statement names the one that it follows.
const (
	Inform   = "inform"   // what people must do, that we care, what happened, what we do: nothing about guilt
	Deny     = "deny"     // it is not so, with the proof
	Diminish = "diminish" // it was not meant, and is less bad than it looks
	Rebuild  = "rebuild"  // apology, compensation, corrective action
	Bolster  = "bolster"  // reminder of good work, thanks; only beside another
)

// Advice is what the theory says about an appraisal. It was tested mostly in experiments about who is blamed: it is shown as
// advice with its reasons, and decides nothing.
type Advice struct {
	Cluster string      `json:"cluster"` // victim, accidental, preventable; empty: too little is known
	Why     desk.Text   `json:"why"`     // this cluster
	Raised  []desk.Text `json:"raised"`  // what makes people hold more against us
	First   []desk.Text `json:"first"`   // what comes before any strategy
	Fits    []Option    `json:"fits"`
	Unfit   []Option    `json:"unfit"`
	Open    []string    `json:"open"` // questions that nobody answered yet
}

// Option is a strategy with the reason for it or against it.
type Option struct {
	Strategy string    `json:"strategy"`
	Why      desk.Text `json:"why"`
}

// Advise reads the theory's table for an appraisal.
func Advise(a desk.Appraisal) Advice {
	v := Advice{Raised: []desk.Text{}, First: first(&a), Fits: []Option{}, Unfit: []Option{}, Open: a.Open()}
	v.Cluster, v.Why = cluster(&a)
	if a.Before == desk.Yes {
		v.Raised = append(v.Raised, desk.Say("It happened to us before: people remember, and hold more against us."))
	}
	if a.Standing == desk.StandingBad {
		v.Raised = append(v.Raised, desk.Say("We were thought badly of before: people expect the worst of us."))
	}
	s := situation{a, v.Cluster, len(v.Raised) > 0}
	for _, r := range table {
		if !r.when(&s) {
			continue
		}
		o := Option{r.strategy, r.why}
		if r.fits {
			v.Fits = append(v.Fits, o)
		} else {
			v.Unfit = append(v.Unfit, o)
		}
	}
	return v
}

// cluster is how much responsibility people will see, and why.
func cluster(a *desk.Appraisal) (string, desk.Text) {
	switch {
	case a.Cause == desk.CauseChallenge && a.True == desk.No:
		return Accidental, desk.Say("People say that we act wrongly, and it is not so.")
	case a.Cause == desk.CauseChallenge:
		return Accidental, desk.Say("People say that we act wrongly: they may have a point, even where no rule was broken.")
	case a.True == desk.No:
		return Victim, desk.Say("What is said is not true: a rumour harms us as well.")
	case a.Cause == desk.CauseNature:
		return Victim, desk.Say("A force of nature: nobody of us caused it.")
	case a.Cause == desk.CauseAttack:
		return Victim, desk.Say("Somebody from outside did it, to us as well.")
	case a.Cause == desk.CauseKnowing:
		return Preventable, desk.Say("Somebody of ours knew that it was wrong.")
	case a.Cause == desk.CauseHuman:
		return Preventable, desk.Say("Somebody of ours made a mistake: people expect that we prevent that.")
	case a.Cause == desk.CauseTechnical && a.Knew == desk.Yes:
		return Preventable, desk.Say("Something failed, and we knew of the risk or broke a rule.")
	case a.Cause == desk.CauseTechnical:
		return Accidental, desk.Say("Something failed that was not meant to, and nobody knew of the risk.")
	}
	return "", desk.Say("The cause is not known yet: say nothing about guilt, your own or others’.")
}

// first is what comes before any strategy: those harmed before our name.
func first(a *desk.Appraisal) []desk.Text {
	var all []desk.Text
	switch a.Danger {
	case desk.Yes:
		all = append(all, desk.Say("People are in danger: tell them what to do now, before anything about us."))
	case "":
		all = append(all, desk.Say("Find out first whether anybody is in danger."))
	}
	all = append(all, desk.Say("Say that you care, what happened, what is done so that it does not happen again, and when you speak next."))
	if a.True == desk.Yes || a.True == desk.Partly {
		all = append(all, desk.Say("Tell it yourselves, before others do: who tells first is believed more."))
	}
	return all
}

// situation is what the table's rows ask about.
type situation struct {
	desk.Appraisal
	cluster string
	raised  bool // before, or a bad name
}

func (s *situation) challenge() bool { return s.Cause == desk.CauseChallenge }
func (s *situation) rumour() bool    { return s.cluster == Victim && s.True == desk.No }

// row is a line of the theory's table.
type row struct {
	strategy string
	fits     bool
	when     func(*situation) bool
	why      desk.Text
}

// table says which strategy fits where, and which harms. Every row that applies is shown, in this order.
var table = []row{
	{Inform, true, func(*situation) bool { return true }, desk.Say("Always fits: it helps those affected and admits nothing that is not known.")},
	{Deny, true, func(s *situation) bool { return s.rumour() || s.challenge() && s.True == desk.No }, desk.Say("It is not so: say it plainly, once, with the proof, and where the claim spreads.")},
	{Diminish, true, func(s *situation) bool { return s.cluster == Victim && !s.rumour() && s.raised }, desk.Say("It was done to us, but people hold more against us: explain what was out of our hands.")},
	{Diminish, true, func(s *situation) bool { return s.cluster == Accidental && !s.challenge() && !s.raised }, desk.Say("An accident, as far as is known the first: explain how it came about, without belittling those affected.")},
	{Rebuild, true, func(s *situation) bool { return s.challenge() && (s.True == desk.Yes || s.True == desk.Partly) }, desk.Say("They have a point: say what you change, and by when.")},
	{Rebuild, true, func(s *situation) bool { return s.cluster == Accidental && !s.challenge() && s.raised }, desk.Say("An accident, but not the first, or we have a bad name: only an apology and amends are believed.")},
	{Rebuild, true, func(s *situation) bool { return s.cluster == Preventable }, desk.Say("We could have prevented it: apologise, make amends, say what changes.")},
	{Bolster, true, func(s *situation) bool { return s.Cause == desk.CauseNature || s.Cause == desk.CauseAttack }, desk.Say("Beside the facts you may say that we are harmed as well, and thank those who help.")},
	{Bolster, true, func(s *situation) bool {
		return s.cluster == Accidental && !s.challenge() && s.Standing == desk.StandingGood
	}, desk.Say("Beside another strategy: good work of before is believed while our name is good.")},

	{Deny, false, func(s *situation) bool { return s.cluster == "" || s.challenge() && s.True == "" }, desk.Say("Nobody knows yet: a denial that turns out wrong is a second crisis.")},
	{Deny, false, func(s *situation) bool {
		return s.True != desk.No && (s.cluster == Preventable || s.cluster == Accidental && (!s.challenge() || s.True != ""))
	}, desk.Say("There is something to it: who denies loses trust as soon as it is shown.")},
	{Diminish, false, func(s *situation) bool { return s.cluster == "" }, desk.Say("Nobody knows yet how bad it is: do not make it smaller than it may be.")},
	{Diminish, false, func(s *situation) bool { return s.rumour() || s.challenge() && s.True == desk.No }, desk.Say("Excuses beside a denial say that there is something to it.")},
	{Diminish, false, func(s *situation) bool { return s.cluster == Accidental && !s.challenge() && s.raised }, desk.Say("Not the first time, or not a good name: excuses make people angrier.")},
	{Diminish, false, func(s *situation) bool { return s.cluster == Preventable }, desk.Say("We could have prevented it: excuses make people angrier.")},
	{Rebuild, false, func(s *situation) bool { return s.rumour() || s.challenge() && s.True == desk.No }, desk.Say("An apology, even sympathy in the wrong words, says that the rumour is true.")},
	{Rebuild, false, func(s *situation) bool { return s.cluster == Victim && !s.rumour() }, desk.Say("An apology admits guilt that is not there. Sympathy is right, guilt is not.")},
	{Bolster, false, func(s *situation) bool { return s.cluster == Preventable }, desk.Say("Praise of ourselves sounds hollow while people are harmed by what we did.")},
}

// Clash is what is wrong with following both strategies; zero when nothing is.
func Clash(one, other string) desk.Text {
	pair := []string{one, other}
	if slices.Contains(pair, Deny) && (slices.Contains(pair, Diminish) || slices.Contains(pair, Rebuild)) {
		return desk.Say("Who denies and excuses or apologises at once is believed in neither. Keep to one.")
	}
	return desk.Text{}
}
