package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// States of a conversation. Whether somebody waits for us says Since, not the state: also who is snoozed, or whose answer is held.
const (
	ConversationWaiting  = "waiting"  // for our answer
	ConversationSigning  = "signing"  // an answer is written, and somebody has to sign it
	ConversationSending  = "sending"  // an answer is on its way
	ConversationHanded   = "handed"   // with customer service: whoever wrote waits until somebody answered all the same
	ConversationAnswered = "answered" // the network has our answer: theirs is the next word
	ConversationSnoozed  = "snoozed"  // until a time, or until they write again
	ConversationLeft     = "left"     // knowingly without an answer, for a reason
	ConversationDone     = "done"
)

// ConversationStates are the states in the order of work.
var ConversationStates = []string{ConversationWaiting, ConversationSigning, ConversationSending, ConversationHanded, ConversationAnswered, ConversationSnoozed, ConversationLeft, ConversationDone}

// How people reach us.
const (
	ViaMention = "mention" // they wrote about us, and a rule says that it needs an answer
	ViaReply   = "reply"   // to a post of ours
	ViaNamed   = "named"   // they named an account of ours
	ViaDirect  = "direct"  // a private message on a network
	ViaMail    = "email"
	ViaForm    = "form" // the public form
)

// ConversationVias are the ways to reach us.
var ConversationVias = []string{ViaMention, ViaReply, ViaNamed, ViaDirect, ViaMail, ViaForm}

// Conversation is an exchange with one person (REP-1): what they wrote to us or about us, what we answered, and who looks after it.
type Conversation struct {
	ID          int64     `json:"id,string"`
	BrandID     int64     `json:"brand_id,string"`
	IncidentID  int64     `json:"incident_id,string"` // 0 outside a crisis
	DrillID     int64     `json:"drill_id,string"`
	Network     string    `json:"network"`
	Via         string    `json:"via"` // how they reached us first
	Private     bool      `json:"private"`
	Practice    bool      `json:"practice,omitempty"` // all of it came through the sandbox: nobody real waits
	Person      Author    `json:"person"`
	Subject     string    `json:"subject,omitempty"`
	Lang        string    `json:"lang"`
	State       string    `json:"state"`
	Labels      []string  `json:"labels,omitempty"`
	Claims      IDs       `json:"claims,omitempty"` // that they asked about or spread, as people linked them
	AssigneeID  int64     `json:"assignee_id,string"`
	Assignee    string    `json:"assignee,omitempty"` // as people read it
	Danger      bool      `json:"danger"`             // somebody may be hurt
	Voice       bool      `json:"voice"`              // many listen to them
	Mood        Mood      `json:"mood"`               // of what they wrote last
	Triage      Triage    `json:"triage,omitzero"`
	First       time.Time `json:"first"`          // their first message
	Since       time.Time `json:"since,omitzero"` // their oldest message that waits for our answer; zero: nobody waits
	Due         time.Time `json:"due,omitzero"`   // when the service clock wants the answer; zero: no clock
	Rule        time.Time `json:"rule,omitzero"`  // when a rule wants it, whatever the clock says; zero: none does
	Touched     time.Time `json:"touched"`        // their newest message, or ours
	Until       time.Time `json:"until,omitzero"` // snoozed until
	Last        int64     `json:"last,string"`    // newest message of theirs or ours; notes do not count
	Edit        int64     `json:"edit,string"`    // their newest change of what they had written; ids go on from those of messages. 0: none
	Heard       int       `json:"heard"`          // messages of theirs
	Answers     int       `json:"answers"`        // of ours that are out
	Copied      int       `json:"copied"`         // of them, close to another answer of ours (REP-2)
	Copy        bool      `json:"copy,omitempty"` // the answer that is on its way is one of Copied
	StatementID int64     `json:"statement_id,string"`
	PostID      int64     `json:"post_id,string"` // the answer that is on its way, or went out last
	Why         string    `json:"why,omitempty"`  // it was left without an answer
	Problem     Text      `json:"problem,omitzero"`
	PublicID    int64     `json:"public_id,string"`  // the public conversation that this private one goes on from
	PrivateID   int64     `json:"private_id,string"` // the private one that this one went on in first
	Others      IDs       `json:"others,omitempty"`  // private ones that others began by the same link, oldest first
	Key         string    `json:"-"`                 // opens the public form for this person alone
	Ticket      *Ticket   `json:"ticket,omitempty"`
	Version     int       `json:"version"`

	Was  Waiting `json:"was,omitzero"`  // how they waited before the answer that is on its way
	More Waiting `json:"more,omitzero"` // what they wrote while it is
}

// Waiting is how a conversation waits for us.
type Waiting struct {
	State string    `json:"state"`
	Since time.Time `json:"since,omitzero"`
	Due   time.Time `json:"due,omitzero"`
	Rule  time.Time `json:"rule,omitzero"`  // when a rule wants the answer
	Until time.Time `json:"until,omitzero"` // put off until
}

// Triage is what people found out, in this order: is somebody in danger, is it true, who is harmed; tone comes last. Each is yes, no or
// empty for not known.
type Triage struct {
	Danger string `json:"danger,omitempty"`
	True   string `json:"true,omitempty"`
	Harmed string `json:"harmed,omitempty"`
	Tone   string `json:"tone,omitempty"` // one of Tones
	By     string `json:"by,omitempty"`
}

// Tones of somebody who writes.
var Tones = []string{"praise", "question", "unhappy", "misguided", "rage", "troll"}

// Kinds of message.
const (
	MessageIn   = "in"
	MessageOut  = "out"
	MessageNote = "note" // for us alone
)

// Message is one thing said in a conversation.
type Message struct {
	Ref
	ID             int64      `json:"id,string"`
	ConversationID int64      `json:"conversation_id,string"`
	Kind           string     `json:"kind"`
	Via            string     `json:"via,omitempty"`
	At             time.Time  `json:"at"`
	Author         Author     `json:"author"` // of ours: who wrote it
	Title          string     `json:"title,omitempty"`
	Text           string     `json:"text"`
	Quoted         string     `json:"quoted,omitempty"` // of a mail: its signature and what it repeats of earlier ones. Nothing is found, told or judged by it
	URL            string     `json:"url,omitempty"`
	Lang           string     `json:"lang,omitempty"`
	Mood           Mood       `json:"mood"`
	Cues           []string   `json:"cues,omitempty"`
	MentionID      int64      `json:"mention_id,string"`
	StatementID    int64      `json:"statement_id,string"`
	PostID         int64      `json:"post_id,string"`
	Thread         []string   `json:"thread,omitempty"`     // of a mail: the messages that it refers to, oldest first
	Visibility     string     `json:"visibility,omitempty"` // as the network calls it
	Alike          float64    `json:"alike,omitempty"`      // of an answer: how close it was to the closest one before, 0 … 1
	Despite        []string   `json:"despite,omitempty"`    // of an answer: the warnings that its writer saw and went past
	Written        string     `json:"written,omitempty"`    // of an answer: its first words, where who signed it changed them
	Changer        string     `json:"changer,omitempty"`    // who changed them last, as people read it
	Files          []Attached `json:"files,omitempty"`      // that came with a mail
	Edited         time.Time  `json:"edited,omitzero"`      // at its network, by whoever wrote it: these are the new words
	Deleted        time.Time  `json:"deleted,omitzero"`     // at its network: its words are gone here too
}

// Attached is a file that came with a mail. It stays in the mailbox: what strangers send is not kept, and never shown by the desk.
type Attached struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Incoming is something that somebody wrote to us, on its way into a conversation.
type Incoming struct {
	Message
	BrandID  int64
	SourceID int64
	Private  bool
	OnlyOurs bool     // counts only when it answers a post of ours
	To       string   // native id of what it answers
	Names    []string // of what was written to us alone: the accounts or addresses that it is for
	Keys     []string // of posts of ours, as plus-addresses carry them
	Late     bool     // old news: it opens nothing
	OfID     int64    // the conversation whose form they filled in
	Key      string   // that the form was opened with
	Machine  bool     // a program wrote it: nobody waits for an answer to it. Customer service may write so
	Bounce   bool     // a mail server wrote it: a mail of ours did not arrive
}

const (
	maxLabels = 20
	maxLabel  = 40
	maxNote   = 10_000
)

// Open reports whether something is to be done about the conversation.
func (c *Conversation) Open() bool {
	return c.State != ConversationDone && c.State != ConversationLeft && c.State != ConversationAnswered
}

// Late reports whether the clock of the next answer has run out.
func (c *Conversation) Late(now time.Time) bool {
	return !c.Since.IsZero() && !c.Due.IsZero() && now.After(c.Due)
}

// On is how the journal names the conversation.
func (c *Conversation) On() string { return "conversation:" + strconv.FormatInt(c.ID, 10) }

// Rehearsed reports whether nobody real is on the other side: the conversation is the sandbox's, or part of a drill.
func (c *Conversation) Rehearsed() bool {
	return c.Practice || c.Network == Sandbox || c.DrillID != 0
}

// Fits reports whether the conversation may be part of an incident: a drill takes nobody who really wrote.
func (c *Conversation) Fits(i *Incident) bool {
	return i.DrillID == 0 || c.Rehearsed()
}

// Join makes the conversation part of the crisis that it belongs to, of the open ones of its brand, and gives that one's level: the crisis
// that somebody brought it to, else the one of the highest level. Drills are for what is rehearsed, and who was played into a drill has no
// part in what is real. Outside of a crisis it stays where it was, and the level is normal.
func (c *Conversation) Join(rooms []Incident) Level {
	var room *Incident
	for i := range rooms {
		r := &rooms[i]
		switch {
		case r.State != IncidentOpen || r.BrandID != c.BrandID:
		case r.ID == c.IncidentID:
			return r.Level
		case !c.Fits(r) || c.DrillID != 0 && r.DrillID == 0:
		case room == nil || r.Level > room.Level:
			room = r
		}
	}
	if room == nil {
		return Normal
	}
	c.IncidentID, c.DrillID = room.ID, room.DrillID
	return room.Level
}

// maxOthers is how many private conversations one link is remembered by: whoever reads a public answer has its link.
const maxOthers = 50

// InPrivate are the private conversations that this one went on in, oldest first. Each is with somebody else: the link to them is public.
func (c *Conversation) InPrivate() []int64 {
	if c.PrivateID == 0 {
		return nil
	}
	return append([]int64{c.PrivateID}, c.Others...)
}

// BranchOff notes a private conversation that was begun by this one's link.
func (c *Conversation) BranchOff(id int64) {
	if c.PrivateID == 0 {
		c.PrivateID = id
		return
	}
	c.Others = append(c.Others, id)
	c.Others = c.Others[max(0, len(c.Others)-maxOthers):]
}

// Receive takes a message of theirs. Whoever was answered, left or done waits again.
func (c *Conversation) Receive(m *Message, p *ReplyPolicy, level Level) {
	if c.First.IsZero() {
		c.First, c.Network, c.Via, c.Person, c.Subject = m.At, m.Network, m.Via, m.Author, m.Title
	}
	if m.Lang != "" && m.Lang != "und" || c.Lang == "" {
		c.Lang = m.Lang
	}
	c.Person = newerAuthor(c.Person, m.Author)
	c.Heard++
	c.Last, c.Touched, c.Mood = m.ID, latest(c.Touched, m.At), m.Mood
	c.Danger = c.Danger || p.dangerous(m) && c.Triage.Danger != "no"
	c.Voice = c.Voice || p.voice(m)
	c.wait(m.At, p, level)
}

// Reword takes what somebody made of a message of theirs; edit is the id of the change, rooms are the open crises of the brand. Clocks stay as
// they are, but for words that say only now that somebody may be hurt: then whoever was answered, left, done, put off or handed over waits
// again, as of now.
func (c *Conversation) Reword(m *Message, edit int64, p *ReplyPolicy, rooms []Incident, now time.Time) {
	c.Edit = edit
	if m.ID == c.Last {
		c.Mood = m.Mood
	}
	if !c.Danger && c.Triage.Danger != "no" && p.endangered(m) {
		c.Danger = true
		c.wait(now, p, c.Join(rooms))
	}
}

// wait has them wait since a time, if they do not wait already: also who was answered, left, done, put off or handed over.
func (c *Conversation) wait(since time.Time, p *ReplyPolicy, level Level) {
	onItsWay := c.Free() != nil
	waits := Waiting{State: ConversationWaiting, Since: since, Due: p.Due(level, since, c.Answers == 0 && !onItsWay)}
	switch {
	case onItsWay: // it waits for the answer after the one that is on its way
		if c.More.Since.IsZero() {
			c.More = waits
		}
	case c.Since.IsZero() || !c.Open():
		c.State, c.Since, c.Due, c.Rule, c.Until, c.Why = waits.State, waits.Since, waits.Due, time.Time{}, time.Time{}, ""
	case c.State == ConversationSnoozed, c.State == ConversationHanded: // customer service does not have what they write now
		c.State, c.Until = ConversationWaiting, time.Time{}
	}
}

// Seen is the newest of what was said and changed: whoever answers says it, so that nobody is answered to words that are not theirs any more.
func (c *Conversation) Seen() int64 { return max(c.Last, c.Edit) }

func newerAuthor(was, now Author) Author {
	if now.Handle == "" && now.Name == "" {
		return was
	}
	if now.Followers < 0 {
		now.Followers = was.Followers
	}
	return now
}

// sooner notes that a rule wants what they wrote last answered by a time.
func (c *Conversation) sooner(due time.Time) {
	if c.Free() != nil && !c.More.Since.IsZero() {
		c.More.Rule, c.More.Due = earlierOf(c.More.Rule, due), earlierOf(c.More.Due, due)
		return
	}
	c.Rule, c.Due = earlierOf(c.Rule, due), earlierOf(c.Due, due)
}

// Reclock sets when answers are due anew, as a policy says at a level, and reports whether that changed anything.
func (c *Conversation) Reclock(p *ReplyPolicy, level Level) (changed bool) {
	was := [...]time.Time{c.Due, c.Was.Due, c.More.Due}
	at := func(since, rule time.Time, first bool) time.Time {
		if since.IsZero() {
			return time.Time{}
		}
		return earlierOf(p.Due(level, since, first), rule)
	}
	c.Due = at(c.Since, c.Rule, c.Answers == 0)
	c.Was.Due, c.More.Due = at(c.Was.Since, c.Was.Rule, c.Answers == 0), at(c.More.Since, c.More.Rule, false)
	return was != [...]time.Time{c.Due, c.Was.Due, c.More.Due}
}

// earlierOf is the earlier of two times that are there; zero is none.
func earlierOf(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// Free answers ErrInvalidTransition while an answer of ours is on its way or being signed.
func (c *Conversation) Free() error {
	if c.State == ConversationSending || c.State == ConversationSigning {
		return ErrInvalidTransition
	}
	return nil
}

// Leave ends the wait knowingly without an answer, for a reason.
func (c *Conversation) Leave(why string) error {
	why = strings.TrimSpace(why)
	if why == "" || utf8.RuneCountInString(why) > 500 {
		return Wrong("why", "Say in a few words why this gets no answer.")
	}
	if err := c.Free(); err != nil {
		return err
	}
	c.State, c.Why = ConversationLeft, why
	c.withdraw()
	c.rest()
	return nil
}

// Done ends the conversation; whoever still waits is left by Leave, not by this.
func (c *Conversation) Done() error {
	if err := c.Free(); err != nil {
		return err
	}
	if !c.Since.IsZero() {
		return Wrong("done", "They wait for an answer. Answer, or leave it for a reason.")
	}
	c.State = ConversationDone
	c.rest()
	return nil
}

// rest ends waits and clocks.
func (c *Conversation) rest() {
	c.Since, c.Due, c.Rule, c.Until, c.Problem = time.Time{}, time.Time{}, time.Time{}, time.Time{}, Text{}
}

// Snooze puts it off until a time to come. Who waits goes on waiting, and its clock runs.
func (c *Conversation) Snooze(until, now time.Time) error {
	if !until.After(now) || until.Sub(now) > 366*24*time.Hour {
		return Wrong("until", "Choose a time to come.")
	}
	if err := c.Free(); err != nil {
		return err
	}
	c.State, c.Until = ConversationSnoozed, until
	return nil
}

// Reopen makes what is over, put off or handed over wait for us again, as of now where nobody waited. A ticket that is not out yet stays here.
func (c *Conversation) Reopen(now time.Time) error {
	if err := c.Free(); err != nil {
		return err
	}
	if c.Since.IsZero() {
		c.Since = now
	}
	c.State, c.Until, c.Why = ConversationWaiting, time.Time{}, ""
	c.withdraw()
	return nil
}

// Label sets and takes off labels.
func (c *Conversation) Label(add, remove []string) error {
	for _, l := range add {
		l = strings.Join(strings.Fields(l), " ")
		switch {
		case l == "" || slices.Contains(c.Labels, l):
			continue
		case utf8.RuneCountInString(l) > maxLabel:
			return Wrong("labels", "A label has at most {n} characters.", "n", maxLabel)
		}
		c.Labels = append(c.Labels, l)
	}
	c.Labels = slices.DeleteFunc(c.Labels, func(l string) bool { return slices.Contains(remove, l) })
	if len(c.Labels) > maxLabels {
		return Wrong("labels", "Give at most {n} labels.", "n", maxLabels)
	}
	slices.Sort(c.Labels)
	return nil
}

// Check answers an *Invalid for what is wrong with what people found out.
func (t *Triage) Check() error {
	for field, v := range map[string]string{"danger": t.Danger, "true": t.True, "harmed": t.Harmed} {
		if v != "" && v != "yes" && v != "no" {
			return Wrong(field, "Choose one of these.")
		}
	}
	if t.Tone != "" && !slices.Contains(Tones, t.Tone) {
		return Wrong("tone", "Choose one of these.")
	}
	return nil
}

// CheckNote tidies a note and answers an *Invalid for one that is empty or too long.
func CheckNote(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" || utf8.RuneCountInString(text) > maxNote {
		return text, Wrong("text", "Write a text of at most {n} characters.", "n", maxNote)
	}
	return text, nil
}

// ConversationFilter selects conversations. A zero field does not restrict.
type ConversationFilter struct {
	BrandID    int64
	IncidentID int64
	AssigneeID int64
	Unassigned bool
	States     []string
	Waits      bool // somebody waits for our answer
	Danger     bool
	Voice      bool
	Late       time.Time // the clock ran out before
	Over       time.Time // put off until before
	Network    string
	Label      string
	ClaimID    int64
	Person     string // native id on Network
	Text       string // words in a message, or a person's name
	Longest    bool   // the longest waiting first; else the newest touched first
	After      ConversationPlace
	Limit      int // 1 … 200; 0 is 50
}

// ConversationPlace is the place of a conversation in a list: the next page begins behind it.
type ConversationPlace struct {
	At time.Time // Since or Touched
	ID int64
}

// ConversationCounts are how many conversations there are in each view.
type ConversationCounts struct {
	Waiting    int       `json:"waiting"` // people who wait for our answer
	Late       int       `json:"late"`    // of them, beyond their clock
	Oldest     time.Time `json:"oldest,omitzero"`
	Mine       int       `json:"mine"`
	Unassigned int       `json:"unassigned"`
	Danger     int       `json:"danger"`
	Voices     int       `json:"voices"`
	Signing    int       `json:"signing"`
	Snoozed    int       `json:"snoozed"`
	Handed     int       `json:"handed"` // with customer service, and nobody answered yet
}

// Plus is both together.
func (n ConversationCounts) Plus(more ConversationCounts) ConversationCounts {
	if n.Oldest.IsZero() || !more.Oldest.IsZero() && more.Oldest.Before(n.Oldest) {
		n.Oldest = more.Oldest
	}
	n.Waiting += more.Waiting
	n.Late += more.Late
	n.Mine += more.Mine
	n.Unassigned += more.Unassigned
	n.Danger += more.Danger
	n.Voices += more.Voices
	n.Signing += more.Signing
	n.Snoozed += more.Snoozed
	n.Handed += more.Handed
	return n
}
