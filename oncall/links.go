package oncall

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"
)

// Links makes and reads the addresses that need no sign-in: who holds one may do exactly what it names. Nothing of them is kept.
type Links struct{ Key []byte }

// What a link is for.
const (
	linkCall     = 'c' // to take a matter up
	linkAlert    = 'a' // to take up what calls people about an alert, from a message that did not wait for the call
	linkCalendar = 'i' // to read who is on call
)

// link is what an address holds. It is short: a button of Telegram carries 64 bytes.
type link struct {
	what  byte
	thing uint64 // escalation, alert, schedule
	user  uint64 // whose it is; 0 nobody's: a way that several read, or everybody's calendar
	way   uint64
	until uint64 // Unix seconds of a call; the count of addresses (Schedule.Feed) of a calendar
}

// tag is how much of the code is kept: 128 bits cannot be guessed.
const tag = 16

func (l Links) mac(body []byte) []byte {
	m := hmac.New(sha256.New, l.Key)
	m.Write([]byte("breakwater: link to a call\x00"))
	m.Write(body)
	return m.Sum(nil)[:tag]
}

func (l Links) name(k link) string {
	body := []byte{k.what}
	for _, n := range []uint64{k.thing, k.user, k.way, k.until} {
		body = binary.AppendUvarint(body, n)
	}
	return base64.RawURLEncoding.EncodeToString(append(body, l.mac(body)...))
}

// seal is what the desk remembers a spent link by: it does not open anything.
func seal(name string) string {
	sum := sha256.Sum256([]byte(name))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// read is the other way round; ok is false for what we did not make, or made for something else.
func (l Links) read(name string, what ...byte) (k link, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(raw) < 1+4+tag || len(raw) > 1+4*binary.MaxVarintLen64+tag {
		return k, false
	}
	body, code := raw[:len(raw)-tag], raw[len(raw)-tag:]
	if !hmac.Equal(code, l.mac(body)) || !slices.Contains(what, body[0]) {
		return k, false
	}
	k.what, body = body[0], body[1:]
	for _, n := range []*uint64{&k.thing, &k.user, &k.way, &k.until} {
		v, size := binary.Uvarint(body)
		if size <= 0 {
			return k, false
		}
		*n, body = v, body[size:]
	}
	return k, len(body) == 0
}

// lives is how long a link to a call may be used: a weekend.
const lives = 72 * time.Hour

// ToAlert names the link by which those who read a way that several read take an alert up.
func (l Links) ToAlert(alert, way int64, now time.Time) string {
	return l.name(link{linkAlert, uint64(alert), 0, uint64(way), uint64(now.Add(lives).Unix())})
}

// ToCall names the link by which a person, or those who read a way, take an escalation up.
func (l Links) ToCall(escalation, user, way int64, now time.Time) string {
	return l.name(link{linkCall, uint64(escalation), uint64(user), uint64(way), uint64(now.Add(lives).Unix())})
}
