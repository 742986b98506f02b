package subscribe

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"breakwater/desk"
)

// What a link is for.
const (
	toConfirm byte = 'c'
	toLeave   byte = 'l'
)

// token names a subscriber and a page in a link, signed.
type token struct {
	For          byte
	SubscriberID int64
	CentreID     int64
	Made         time.Time // to the microsecond
}

const (
	tokenBody = 1 + 3*8
	tokenSum  = 16 // bytes of HMAC-SHA256: nobody guesses 128 bits
)

// seal makes the text of a token for a link.
func (d *Desk) seal(t token) string {
	b := make([]byte, 0, tokenBody+tokenSum)
	b = append(b, t.For)
	for _, n := range []int64{t.SubscriberID, t.CentreID, t.Made.UnixMicro()} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return base64.RawURLEncoding.EncodeToString(append(b, d.sum("link", b)[:tokenSum]...))
}

// open reads a token for a use. desk.ErrNotFound for one that we did not make, or that is for something else.
func (d *Desk) open(use byte, text string) (t token, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != tokenBody+tokenSum || b[0] != use || !hmac.Equal(b[tokenBody:], d.sum("link", b[:tokenBody])[:tokenSum]) {
		return t, desk.ErrNotFound
	}
	at := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[1+8*i:])) }
	return token{use, at(0), at(1), time.UnixMicro(at(2)).UTC()}, nil
}

func (d *Desk) sum(use string, b []byte) []byte {
	m := hmac.New(sha256.New, d.key)
	m.Write([]byte(use + "\x00"))
	m.Write(b)
	return m.Sum(nil)
}

// mailbox is the keyed hash that an address is found by.
func (d *Desk) mailbox(brandID int64, address string) string {
	return hex.EncodeToString(d.sum("mailbox", fmt.Appendf(nil, "%d %s", brandID, strings.ToLower(address)))[:20])
}

// returnTo is the address that a letter comes back to: box+b<subscriber>-<mailing>-<sum>@domain (VERP), which only we can make.
func (d *Desk) returnTo(box string, subscriberID, mailingID int64) string {
	local, domain, ok := strings.Cut(box, "@")
	if !ok {
		return box
	}
	name := strconv.FormatInt(subscriberID, 36) + "-" + strconv.FormatInt(mailingID, 36)
	return local + "+b" + name + "-" + d.returnSum(name) + "@" + domain
}

// returnSum is 64 bits: who guesses one a millisecond hits a given letter within 600 million years.
func (d *Desk) returnSum(name string) string {
	return hex.EncodeToString(d.sum("bounce", []byte(name))[:8])
}

var returnTag = regexp.MustCompile(`\+[Bb]([0-9A-Za-z]{1,13}-[0-9A-Za-z]{1,13})-([0-9A-Fa-f]{16})@`)

// returned finds the letter that a mail is about by the return address in it, wherever a server left that. One that names several letters
// is about none.
func (d *Desk) returned(raw []byte) (subscriberID, mailingID int64, ok bool) {
	found := ""
	for _, m := range returnTag.FindAllSubmatch(raw, mostTags) {
		name := strings.ToLower(string(m[1]))
		if !hmac.Equal(bytes.ToLower(m[2]), []byte(d.returnSum(name))) || name == found {
			continue
		}
		if found != "" {
			return 0, 0, false
		}
		found = name
	}
	a, b, _ := strings.Cut(found, "-")
	subscriberID, err := strconv.ParseInt(a, 36, 64)
	mailingID, err2 := strconv.ParseInt(b, 36, 64)
	return subscriberID, mailingID, err == nil && err2 == nil
}

// mostTags are looked at in one mail.
const mostTags = 100

// tidyAddress makes the address of somebody ready for an envelope. *desk.Invalid for what no mail server of ours can reach.
func tidyAddress(s string) (string, error) {
	wrong := desk.Wrong("address", "Enter one mail address, like ana@example.org.")
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 || len(s) > 254 {
		return "", wrong
	}
	local, domain := s[:at], s[at+1:]
	for _, r := range local {
		if r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>@[\]`, r) {
			return "", wrong
		}
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return "", wrong
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(ascii, ".") || strings.HasSuffix(ascii, ".") || len(local)+1+len(ascii) > 254 {
		return "", wrong
	}
	return local + "@" + strings.ToLower(ascii), nil
}
