package desk

import (
	"net/mail"
	"strings"
)

// What an answer to a message asks for.
const (
	AnswerTake = "take" // to take the matter up
	AnswerMute = "mute" // to hear nothing of the alert for an hour
)

// Answer is what somebody answered to a message from where they read it: by a button, a key of the telephone, a word.
type Answer struct {
	Do    string // AnswerTake, AnswerMute; empty: nothing that we asked for
	Token string // what the button sends back; empty: it answers the newest message of the way to From
	From  string // who it is at the service: a member's id, a telephone number
	Name  string // what they are called there
	Alone bool   // From is whom the way itself writes to: nobody else reads it
	Back  string // what the connector needs in order to answer; nobody else reads it
}

// Members reads who may answer from a way that several read, one in a line: their id at the service, and the mail address of their
// account. Without an address the id is that of the way's own person. What cannot be read is an *Invalid of field.
func Members(field, lines string) (map[string]string, error) {
	all := make(map[string]string)
	for line := range strings.Lines(lines) {
		id, address, _ := strings.Cut(strings.TrimSpace(line), " ")
		if id == "" {
			continue
		}
		if address = strings.TrimSpace(address); address != "" {
			a, err := mail.ParseAddress(address)
			if err != nil {
				return nil, Wrong(field, "Write one in a line: their id there, and the mail address of their account here.")
			}
			address = a.Address
		}
		all[id] = address
	}
	return all, nil
}
