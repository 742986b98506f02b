package desk

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Who is asked to sign at the moment.
const (
	AskedPerson = "person"
	AskedDeputy = "deputy"
	AskedLeads  = "leads" // any lead or admin who wrote none of it
)

// How somebody signed.
const (
	SignedConsole = "console"
	SignedLink    = "link"
	SignedToken   = "token" // by a program that a person gave their PIN to
	SignedGlass   = "break_glass"
)

// Signer is a person who signs, with what they may do.
type Signer struct {
	ID   int64
	Name string
	Role Role
	How  string
}

// Who is the person as journal entries name them.
func (p Signer) Who() string { return "user:" + strconv.FormatInt(p.ID, 10) }

// Glass is the way past those who had to sign: two different leads or admins take it upon themselves, and a third looks at it
// afterwards.
type Glass struct {
	First      int64     `json:"first,string"`
	FirstName  string    `json:"first_name"`
	FirstAt    time.Time `json:"first_at"`
	Why        string    `json:"why"`
	Hash       string    `json:"hash"` // of the words that both saw
	Second     int64     `json:"second,string"`
	SecondName string    `json:"second_name,omitempty"`
	OpenedAt   time.Time `json:"opened_at,omitzero"`
	ReviewDue  time.Time `json:"review_due,omitzero"`
	Reviewer   string    `json:"reviewer,omitempty"`
	ReviewedAt time.Time `json:"reviewed_at,omitzero"`
	Finding    string    `json:"finding,omitempty"` // of the review
}

// Opened reports whether both have opened it.
func (g *Glass) Opened() bool { return g != nil && g.Second != 0 }

// Unreviewed reports whether it was opened and nobody has looked at it afterwards.
func (g *Glass) Unreviewed() bool { return g.Opened() && g.ReviewedAt.IsZero() }

// Bounds of a statement.
const (
	maxMessages    = 12
	maxVariants    = 60
	maxWords       = 60_000 // bytes of one text: a long web article
	usualWithin    = 15     // minutes to sign when the plan names none
	reviewOfGlass  = 24 * time.Hour
	maxTitleOfText = 500 // bytes
)

// Check tidies the statement and answers an *Invalid for what is wrong with it. Variants that have no id get one.
func (s *Statement) Check() error {
	s.Title = strings.Join(strings.Fields(s.Title), " ")
	s.Messages = slices.DeleteFunc(slices.Clone(s.Messages), func(m KeyMessage) bool { return strings.TrimSpace(m.Text) == "" })
	for i := range s.Messages {
		s.Messages[i].Text = strings.TrimSpace(s.Messages[i].Text)
	}
	switch {
	case s.Title == "" || len(s.Title) > maxTitleOfText:
		return Wrong("title", "Give the statement a title for the desk.")
	case !slices.Contains(StatementKinds, s.Kind):
		return Wrong("kind", "Choose one of the kinds.")
	case s.Level < Normal || s.Level > Severe:
		return Wrong("level", "Choose a level from 0 to 4.")
	case s.Strategy != "" && !slices.Contains(Strategies, s.Strategy):
		return Wrong("strategy", "Choose one of the strategies.")
	case s.Stands != "" && !slices.Contains(CentreStates, s.Stands):
		return Wrong("stands", "Choose how the crisis stands.")
	case !slices.Contains(Notifies, s.Notify):
		return Wrong("notify", "Choose who of the subscribers is written to.")
	case len(s.Messages) > maxMessages:
		return Wrong("messages", "Choose at most {max} key messages. Nobody remembers more.", "max", maxMessages)
	case len(s.Variants) > maxVariants:
		return Wrong("variants", "A statement has at most {max} variants.", "max", maxVariants)
	}
	return s.checkVariants()
}

func (s *Statement) checkVariants() error {
	seen := make(map[string]bool)
	for i := range s.Variants {
		v := &s.Variants[i]
		v.Text = strings.TrimSpace(strings.ReplaceAll(v.Text, "\r\n", "\n"))
		v.Title = strings.TrimSpace(v.Title)
		if v.ID == "" {
			v.ID = s.freeID()
		}
		switch {
		case seen[v.ID]:
			return Wrong("variants", "Two variants have the same name.")
		case len(v.ID) > 40 || len(v.Text) > maxWords || len(v.Title) > maxTitleOfText:
			return Wrong("variants", "This is too long.")
		case v.Lang == "":
			return Wrong("variants", "Choose the language of each variant.")
		}
		seen[v.ID] = true
	}
	return nil
}

// freeID is an id that no variant has.
func (s *Statement) freeID() string {
	for n := 1; ; n++ {
		id := "v" + strconv.Itoa(n)
		if _, taken := s.Variant(id); !taken {
			return id
		}
	}
}

// Words is what people write in a statement.
type Words struct {
	Title    string       `json:"title"`
	Kind     string       `json:"kind"`
	Level    Level        `json:"level"`
	Campaign string       `json:"campaign,omitempty"`
	Strategy string       `json:"strategy,omitempty"`
	Stands   string       `json:"stands,omitempty"` // one of CentreStates
	Notify   string       `json:"notify,omitempty"` // one of Notifies
	Messages []KeyMessage `json:"messages"`
	Variants []Variant    `json:"variants"`
}

// Words are the statement's words as they are.
func (s *Statement) Words() Words {
	return Words{s.Title, s.Kind, s.Level, s.Campaign, s.Strategy, s.Stands, s.Notify, slices.Clone(s.Messages), slices.Clone(s.Variants)}
}

// Rewrite changes the words. A change of anything but the title takes all signatures back: the statement is a draft again, and
// who changed it does not sign it. It returns an error wrapping ErrInvalidTransition for what went out: that is corrected by
// another statement.
func (s *Statement) Rewrite(w Words, who string, at time.Time) error {
	switch s.State {
	case StatementDraft, StatementReview, StatementApproved, "":
	default:
		return ErrInvalidTransition
	}
	was := *s
	s.Title, s.Kind, s.Level, s.Campaign, s.Strategy, s.Stands, s.Notify, s.Messages, s.Variants = w.Title, w.Kind, w.Level, w.Campaign, w.Strategy, w.Stands, w.Notify, w.Messages, w.Variants
	if err := s.Check(); err != nil {
		return err
	}
	s.Updated = at
	if was.State != "" && !s.differs(&was) {
		return nil
	}
	s.Wrote = who
	s.void()
	return nil
}

// differs reports whether anything but the title is other words than before.
func (s *Statement) differs(was *Statement) bool {
	a, b := s.Words(), was.Words()
	a.Title, b.Title = "", ""
	if len(a.Messages)+len(b.Messages) == 0 {
		a.Messages, b.Messages = nil, nil
	}
	if len(a.Variants)+len(b.Variants) == 0 {
		a.Variants, b.Variants = nil, nil
	}
	return !reflect.DeepEqual(a, b)
}

// Rework makes what is not out yet a draft again, without signatures.
func (s *Statement) Rework(at time.Time) {
	s.void()
	s.Updated = at
}

// void takes all signatures back.
func (s *Statement) void() { s.State, s.Needs, s.Cited, s.Glass = StatementDraft, nil, nil, nil }

// ToReview asks for the signatures. Without any the statement is approved at once. It returns an error wrapping
// ErrInvalidTransition for what is no draft and an *Invalid for what has no words.
func (s *Statement) ToReview(needs []Signature, at time.Time) error {
	if s.State != StatementDraft {
		return ErrInvalidTransition
	}
	if err := s.Check(); err != nil {
		return err
	}
	if len(s.Variants) == 0 {
		return Wrong("variants", "There are no words yet. Add a variant for a channel.")
	}
	for _, v := range s.Variants {
		if v.Text == "" {
			return Wrong("variants", "A variant has no text. Write it or remove it.")
		}
	}
	s.Round, s.Back, s.Glass, s.Updated = s.Round+1, "", nil, at
	s.Needs = make([]Signature, 0, len(needs))
	for _, n := range needs {
		s.Needs = append(s.Needs, Signature{Role: n.Role, UserID: n.UserID, DeputyID: n.DeputyID, Within: n.Within})
	}
	s.State = StatementReview
	s.settle()
	s.Escalate(at)
	return nil
}

// settle makes a statement approved that has all its signatures.
func (s *Statement) settle() {
	hash := s.Hash()
	if s.State == StatementReview && !slices.ContainsFunc(s.Needs, func(n Signature) bool { return n.Verdict != Approved || n.Hash != hash }) {
		s.State = StatementApproved
	}
}

// SecondOpinion is the seat that a check asks for: any lead who signed nothing else.
const SecondOpinion = "Second opinion"

// Seconded reports whether a second opinion was given for exactly these words: in its own seat, or by the two who let them out without
// the signatures.
func (s *Statement) Seconded() bool {
	hash := s.Hash()
	if s.Glass.Opened() && s.Glass.Hash == hash {
		return true
	}
	return slices.ContainsFunc(s.Needs, func(n Signature) bool {
		return n.Role == SecondOpinion && n.Verdict == Approved && n.Hash == hash
	})
}

// AskSecond asks for a second opinion on words that are approved, because of the day on which they are to go out. What was signed
// stays signed. It returns an error wrapping ErrInvalidTransition for what is not approved, or seconded already.
func (s *Statement) AskSecond(within int, at time.Time) error {
	if s.State != StatementApproved || s.Seconded() {
		return ErrInvalidTransition
	}
	s.Needs = append(slices.Clone(s.Needs), Signature{Role: SecondOpinion, Within: within})
	s.State, s.Updated = StatementReview, at
	s.Escalate(at)
	return nil
}

// Escalate asks whoever is to be asked by now, and gives the places in Needs of which that is new: the person first; after
// their time the deputy; after that any lead, and the next role besides. Who may not sign, or is nobody, is passed over.
// To call it again changes nothing.
func (s *Statement) Escalate(at time.Time) (asked []int) {
	if s.State != StatementReview {
		return nil
	}
	for i := range s.Needs {
		n := &s.Needs[i]
		if n.Verdict != "" {
			continue
		}
		was := n.Asked
		for n.Asked == "" || n.Asked != AskedLeads && !n.Due.After(at) {
			s.askNext(n, at)
		}
		if n.Asked != was {
			asked = append(asked, i)
		}
		if n.Asked != AskedLeads {
			break // it is their turn; the next role comes after them
		}
	}
	return asked
}

// askNext moves a signature to who is asked after who is asked now.
func (s *Statement) askNext(n *Signature, at time.Time) {
	within := n.Within
	if within <= 0 {
		within = usualWithin
	}
	n.Due = at.Add(time.Duration(within) * time.Minute)
	switch {
	case n.Asked == "" && n.UserID != 0 && !s.wroteIt(n.UserID):
		n.Asked = AskedPerson
	case n.Asked != AskedDeputy && n.DeputyID != 0 && n.DeputyID != n.UserID && !s.wroteIt(n.DeputyID):
		n.Asked = AskedDeputy
	default:
		n.Asked, n.Due = AskedLeads, time.Time{}
	}
}

// wroteIt reports whether the person began the statement or wrote its words as they are.
func (s *Statement) wroteIt(userID int64) bool {
	who := Signer{ID: userID}.Who()
	return who == s.Author || who == s.Wrote
}

// Seat is the place in Needs that the person may sign, -1 when there is none: their own first, then one that waits for any
// lead. Its error says what stands in the way.
func (s *Statement) Seat(p Signer) (int, error) {
	switch {
	case s.State != StatementReview:
		return -1, ErrInvalidTransition
	case p.ID == 0:
		return -1, Wrong("sign", "Only a person signs.")
	case s.wroteIt(p.ID):
		return -1, Wrong("sign", "You wrote these words, so somebody else signs them.")
	}
	for _, own := range []bool{true, false} {
		for i := range s.Needs {
			if s.Needs[i].Verdict == "" && (own && s.Needs[i].seats(p) || !own && s.opens(i, p)) {
				return i, nil
			}
		}
	}
	if s.signed(p.ID) {
		return -1, Wrong("sign", "You have signed already. What is missing needs somebody else.")
	}
	return -1, Wrong("sign", "Your signature is not asked for.")
}

// seats reports whether the seat is the person's own: by the plan, or as the deputy once they are asked.
func (n *Signature) seats(p Signer) bool {
	return p.Role >= Responder && (n.UserID == p.ID || n.DeputyID == p.ID && (n.Asked == AskedDeputy || n.Asked == AskedLeads))
}

// opens reports whether a seat that waits for any lead may be taken by this one, who has signed nothing else in this round.
func (s *Statement) opens(i int, p Signer) bool {
	n := &s.Needs[i]
	return p.Role >= Lead && (n.Asked == AskedLeads || n.UserID == 0 && n.DeputyID == 0) && !s.signed(p.ID)
}

// signed reports whether the person has signed in this round.
func (s *Statement) signed(userID int64) bool {
	return slices.ContainsFunc(s.Needs, func(n Signature) bool { return n.Verdict == Approved && n.By == userID })
}

// Sign approves the words of that hash, in the seat given or, with -1, in the person's own. ErrConflict says that the words are
// others meanwhile.
func (s *Statement) Sign(seat int, p Signer, hash string, at time.Time) error {
	i, err := s.mayJudge(seat, p, hash)
	if err != nil {
		return err
	}
	s.sign(i, p, Approved, "", at)
	s.settle()
	s.Escalate(at)
	return nil
}

// OwnWords is the seat of who changed words before signing them: they answer for them, and are no second opinion.
const OwnWords = "With changes"

// SignChanged puts w and what a guard measured in them, to, in the place of the words of that hash, and signs them as who was to sign those. The
// words are the signer's from then on; what others had signed is void. ErrConflict says that the words are others meanwhile, an error wrapping
// ErrInvalidTransition that w are the same words.
func (s *Statement) SignChanged(p Signer, hash string, w Words, to *Answering, at time.Time) error {
	if _, err := s.mayJudge(-1, p, hash); err != nil {
		return err
	}
	if err := s.Rewrite(w, p.Who(), at); err != nil {
		return err
	}
	s.Answers = to
	if err := s.ToReview([]Signature{{Role: OwnWords, UserID: p.ID}}, at); err != nil {
		return err
	}
	s.sign(0, p, Approved, "", at)
	s.settle()
	return nil
}

// SendBack makes the statement a draft again, for a reason. ErrConflict says that the words are others meanwhile.
func (s *Statement) SendBack(seat int, p Signer, hash, why string, at time.Time) error {
	i, err := s.mayJudge(seat, p, hash)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" {
		return Wrong("why", "Say in a few words what has to change.")
	}
	s.sign(i, p, SentBack, why, at)
	s.State, s.Back, s.Glass = StatementDraft, why, nil
	return nil
}

func (s *Statement) mayJudge(seat int, p Signer, hash string) (int, error) {
	i, err := s.Seat(p)
	if err != nil {
		return i, err
	}
	if hash != s.Hash() {
		return i, ErrConflict
	}
	if seat < 0 || seat == i {
		return i, nil
	}
	if seat >= len(s.Needs) || s.Needs[seat].Verdict != "" || !s.Needs[seat].seats(p) && !s.opens(seat, p) {
		return seat, Wrong("sign", "This signature is given already.")
	}
	return seat, nil
}

func (s *Statement) sign(i int, p Signer, verdict, why string, at time.Time) {
	n := &s.Needs[i]
	n.Verdict, n.By, n.ByName, n.At, n.Why, n.How, n.Hash = verdict, p.ID, p.Name, at, why, p.How, s.Hash()
	s.Updated = at
}

// BreakGlass is one of the two steps past those who had to sign: the first says why, the second, another person, opens it, for
// exactly the words that the first saw. For leads and admins; who wrote the words may be one of the two.
func (s *Statement) BreakGlass(p Signer, hash, why string, at time.Time) error {
	why = strings.TrimSpace(why)
	switch {
	case s.State != StatementReview:
		return ErrInvalidTransition
	case p.ID == 0 || p.Role < Lead:
		return ErrForbidden
	case hash != s.Hash():
		return ErrConflict
	case s.Glass == nil || s.Glass.Hash != hash:
		if why == "" {
			return Wrong("why", "Say in a few words why it cannot wait for the signatures.")
		}
		s.Glass = &Glass{First: p.ID, FirstName: p.Name, FirstAt: at, Why: why, Hash: hash}
		return nil
	case s.Glass.First == p.ID:
		return Wrong("glass", "You have taken the first step. The second needs another person.")
	}
	g := *s.Glass
	g.Second, g.SecondName, g.OpenedAt, g.ReviewDue = p.ID, p.Name, at, at.Add(reviewOfGlass)
	s.Glass = &g
	p.How = SignedGlass
	for i := range s.Needs {
		if s.Needs[i].Verdict == "" {
			s.sign(i, p, Approved, g.Why, at)
		}
	}
	s.settle()
	return nil
}

// ReviewGlass notes what somebody found who looked at it afterwards: a lead or admin who was none of the two.
func (s *Statement) ReviewGlass(p Signer, finding string, at time.Time) error {
	finding = strings.TrimSpace(finding)
	switch {
	case !s.Glass.Unreviewed():
		return ErrInvalidTransition
	case p.ID == 0 || p.Role < Lead:
		return ErrForbidden
	case p.ID == s.Glass.First || p.ID == s.Glass.Second:
		return Wrong("finding", "You were one of the two. Somebody else looks at it.")
	case finding == "":
		return Wrong("finding", "Say in a sentence what you found.")
	}
	g := *s.Glass
	g.Reviewer, g.ReviewedAt, g.Finding = p.Name, at, finding
	s.Glass = &g
	return nil
}

// WentOut notes that the first of it went out. What did not pass cannot have; ErrInvalidTransition then.
func (s *Statement) WentOut(at time.Time) error {
	if !s.Passed() {
		return ErrInvalidTransition
	}
	s.State, s.Updated = StatementPublished, at
	if s.Published.IsZero() {
		s.Published = at
	}
	return nil
}

// Withdraw takes the statement back for good: nothing more of it goes out. It needs a reason.
func (s *Statement) Withdraw(why string, at time.Time) error {
	why = strings.TrimSpace(why)
	switch {
	case s.State == StatementWithdrawn:
		return ErrInvalidTransition
	case why == "":
		return Wrong("why", "Say in a few words why it is withdrawn.")
	}
	s.State, s.Back, s.Updated = StatementWithdrawn, why, at
	return nil
}

// Corrected notes that a later statement took the place of this one.
func (s *Statement) Corrected(at time.Time) error {
	if s.State != StatementPublished {
		return ErrInvalidTransition
	}
	s.State, s.Updated = StatementCorrected, at
	return nil
}

// StatementVersion is what a statement said from one change of its words to the next.
type StatementVersion struct {
	StatementID int64     `json:"statement_id,string"`
	Number      int       `json:"number"` // 1, 2, 3 … of the statement
	At          time.Time `json:"at"`
	Who         string    `json:"who"`
	Name        string    `json:"name"`
	Words       Words     `json:"words"`
}
