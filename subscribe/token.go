package subscribe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
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

// returnTo is the address that mails to a subscriber come back to: box+b<id>-<sum>@domain (VERP), which only we can make.
func (d *Desk) returnTo(box string, id int64) string {
	local, domain, ok := strings.Cut(box, "@")
	if !ok {
		return box
	}
	name := strconv.FormatInt(id, 36)
	return local + "+b" + name + "-" + hex.EncodeToString(d.sum("bounce", []byte(name))[:6]) + "@" + domain
}

// returned is the subscriber that such an address names.
func (d *Desk) returned(address string) (id int64, ok bool) {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	_, tag, ok := strings.Cut(local, "+b")
	name, sum, ok2 := strings.Cut(tag, "-")
	if !ok || !ok2 || !hmac.Equal([]byte(sum), []byte(hex.EncodeToString(d.sum("bounce", []byte(name))[:6]))) {
		return 0, false
	}
	id, err := strconv.ParseInt(name, 36, 64)
	return id, err == nil
}

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
