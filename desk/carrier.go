package desk

import (
	"strings"
	"time"
)

// LettersKind is the kind of carrier that brings updates to subscribers by mail; the others bring copies of the public pages elsewhere.
const LettersKind = "letters"

// Carrier brings what the crisis centre shows to where people read it besides: letters to subscribers, copies of the pages on other
// servers. Its Settings are kept sealed.
type Carrier struct {
	ID       int64    `json:"id,string"`
	BrandID  int64    `json:"brand_id,string"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Settings Settings `json:"settings"`
	Paused   bool     `json:"paused"`
	CarrierState
	Version int `json:"version"`
}

// CarrierState is how a carrier fares.
type CarrierState struct {
	State   string    `json:"state,omitempty"`    // HealthOK, HealthFailing, HealthDenied, HealthBroken; empty: never tried
	Problem Text      `json:"problem,omitzero"`   // of the last try, with what to do
	Tried   time.Time `json:"tried,omitzero"`     // last
	Tries   int       `json:"tries,omitempty"`    // in a row that failed
	Failed  time.Time `json:"failed,omitzero"`    // last, ever
	Next    time.Time `json:"next,omitzero"`      // is tried again, after a failure
	Good    time.Time `json:"good,omitzero"`      // the last push that was whole
	Whole   time.Time `json:"whole,omitzero"`     // every file was brought, whatever was there
	Files   int       `json:"files,omitempty"`    // that are there since
	Edition string    `json:"edition,omitempty"`  // names what is there since: a hash over all files
	Public  string    `json:"public,omitempty"`   // half of our key, as the server's list of those who may sign in has it
	Shown   string    `json:"host_key,omitempty"` // the server's key as it showed it last, when that is not the one we know
	Waits   bool      `json:"waits,omitempty"`    // a hold keeps new words from going there

	// Of LettersKind.
	Cursor   string `json:"cursor,omitempty"`   // how far the mailbox of returned mail was read
	Returned int    `json:"returned,omitempty"` // mails in it that told of a letter of ours
}

// Check tidies the carrier and answers an *Invalid for what is wrong with it beside its settings.
func (c *Carrier) Check() error {
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" || len(c.Name) > 200 {
		return Wrong("name", "Give it a name.")
	}
	return nil
}

// HeldLetters is an update to subscribers that a hold stopped on its way.
type HeldLetters struct {
	MailingID int64  `json:"mailing_id,string"`
	Title     string `json:"title"`
	Gone      int    `json:"gone"`   // letters that the mail server had when the hold answered
	Left      int    `json:"left"`   // that did not go
	Unsure    int    `json:"unsure"` // that were being handed over, of which nobody knows
}
