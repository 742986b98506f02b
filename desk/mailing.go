package desk

import (
	"fmt"
	"strings"
	"time"
)

// Who of the subscribers is written to about an update.
const (
	NotifyNobody = ""       // the page alone says it
	NotifyCrisis = "crisis" // those who subscribed to this crisis, and those who want everything of the brand
	NotifyBrand  = "brand"  // every subscriber of the brand
)

// Notifies are the choices, in the order in which forms show them.
var Notifies = []string{NotifyNobody, NotifyCrisis, NotifyBrand}

// States of a mailing.
const (
	MailingSending   = "sending"
	MailingHeld      = "held"      // a hold found it: a person says whether it goes on
	MailingDone      = "done"      // nobody is left
	MailingStopped   = "stopped"   // by a person
	MailingTrouble   = "trouble"   // the mail server refuses us, not single addresses
	MailingOvertaken = "overtaken" // its words were corrected or withdrawn before everybody had them
)

// Mailing is one update on its way to its subscribers, or what follows it: its correction, the word that it was withdrawn.
type Mailing struct {
	ID          int64         `json:"id,string"`
	BrandID     int64         `json:"brand_id,string"`
	CentreID    int64         `json:"centre_id,string"`
	ChannelID   int64         `json:"channel_id,string"`   // the brand's crisis centre, as holds name it
	StatementID int64         `json:"statement_id,string"` // that the words are of
	Key         string        `json:"key"`                 // unique: an update is sent once; see MailingKey
	Corrects    int64         `json:"corrects,string"`     // the mailing that this one follows, to those who had the update; 0: none
	Rest        bool          `json:"rest,omitempty"`      // with Corrects: the update was still on its way, so who had not got it gets this instead
	Quiet       bool          `json:"quiet,omitempty"`     // with Rest: who had the update gets nothing
	Withdraws   bool          `json:"withdraws,omitempty"` // with Corrects: it says that the update was withdrawn
	Notify      string        `json:"notify"`              // NotifyCrisis, NotifyBrand
	Passes      IDs           `json:"passes,omitempty"`    // holds that let the words through to the page, as those of the crisis team
	Texts       []MailingText `json:"texts"`               // the page's own language first
	State       string        `json:"state"`
	Problem     Text          `json:"problem,omitzero"` // of MailingTrouble
	Made        time.Time     `json:"made"`             // who confirmed later reads it on the page
	Ended       time.Time     `json:"ended,omitzero"`
	Version     int           `json:"version"`
}

// MailingKey names the first mailing of an update; the keys of those that follow it begin with that and a slash.
func MailingKey(centreID int64, number int) string { return fmt.Sprintf("%d/%d", centreID, number) }

// Update is the MailingKey of the update that a mailing is of.
func (m *Mailing) Update() string {
	parts := strings.SplitN(m.Key, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

// MailingText is what a mailing says in one language.
type MailingText struct {
	Lang  string `json:"lang"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Link  string `json:"link"` // to the update on the page
}

// In is the text for a reader of a language: theirs, that of the same language elsewhere, else the first.
func (m *Mailing) In(lang string) MailingText {
	base, _, _ := strings.Cut(lang, "-")
	best := 0
	for i, t := range m.Texts {
		if t.Lang == lang {
			return t
		}
		if b, _, _ := strings.Cut(t.Lang, "-"); b == base && best == 0 {
			best = i
		}
	}
	if len(m.Texts) == 0 {
		return MailingText{}
	}
	return m.Texts[best]
}

// Open reports whether letters of the mailing may still go out.
func (m *Mailing) Open() bool { return m.State == MailingSending }

// Ends reports whether nothing more of the mailing goes out, whatever anybody does.
func (m *Mailing) Ends() bool {
	return m.State == MailingDone || m.State == MailingStopped || m.State == MailingOvertaken
}

// Overtake ends a mailing whose words do not stand any more. It changes nothing of one that ended.
func (m *Mailing) Overtake(at time.Time) {
	if !m.Ends() {
		m.State, m.Problem, m.Ended = MailingOvertaken, Text{}, at
	}
}

// States of a delivery: what became of one mailing for one subscriber.
const (
	DeliveryDue     = "due"     // nobody tried yet
	DeliveryLater   = "later"   // the mail server asked for another time
	DeliveryTrying  = "trying"  // is being handed over
	DeliverySent    = "sent"    // the mail server has it
	DeliveryRefused = "refused" // the mail server does not take it
	DeliveryUnknown = "unknown" // it was being handed over when we broke off: it is not sent again unless a person says so
	DeliveryLetBe   = "letbe"   // it was unknown, and a person said to leave it at that
	DeliveryLeft    = "left"    // the subscriber left before
	DeliveryBack    = "back"    // the mail server had it, and it came back
)

// DeliveryStates are all of them, in the order in which letters go through them.
var DeliveryStates = []string{DeliveryDue, DeliveryLater, DeliveryTrying, DeliverySent, DeliveryBack, DeliveryRefused, DeliveryUnknown, DeliveryLetBe, DeliveryLeft}

// Delivery is one mailing for one subscriber.
type Delivery struct {
	MailingID    int64  `json:"mailing_id,string"`
	SubscriberID int64  `json:"subscriber_id,string"`
	State        string `json:"state"`
	Code         int    `json:"code,omitempty"` // the mail server's, when it refused
	Tries        int    `json:"tries"`
	Address      string `json:"address,omitempty"`
	Lang         string `json:"lang,omitempty"`
	Fresh        bool   `json:"fresh,omitempty"` // of a correction: its reader had not got what it corrects
}

// Mark is news of a letter.
type Mark struct {
	SubscriberID int64
	State        string // DeliveryTrying asks whether it may go; the others tell
	Code         int
	Again        time.Duration // with DeliveryLater: how long to wait
	Bounce       string        // with DeliveryRefused: one of BounceHard and BounceSoft when the address is why
}

// What a refusal or a mail that came back says of an address.
const (
	BounceHard = "hard" // there is nobody
	BounceSoft = "soft" // not now; see Subscriber.Bounce
)

// MailingCount is how many letters of a mailing are in each state.
type MailingCount map[string]int

// All is how many there are.
func (c MailingCount) All() (n int) {
	for _, x := range c {
		n += x
	}
	return n
}

// Left is how many are still to go.
func (c MailingCount) Left() int { return c[DeliveryDue] + c[DeliveryLater] + c[DeliveryTrying] }
