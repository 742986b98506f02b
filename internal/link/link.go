// Package link makes and reads addresses that prove where they come from: a few numbers with a MAC over them and over what they are
// for. Nothing is kept; whether a link is spent is for the caller to know.
package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// Maker makes links for one purpose. A link of another purpose, or of another number of values, does not open.
type Maker struct {
	key     []byte
	purpose string
}

// New makes a Maker. The key is to be secret and as long as a SHA-256.
func New(key []byte, purpose string) Maker { return Maker{key, purpose} }

// size of the MAC that stands in an address: 128 bits, so that the line stays short in a text message.
const size = 16

func (m Maker) mac(body []byte) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte("breakwater link: " + m.purpose + "\x00"))
	h.Write([]byte{byte(len(body))})
	h.Write(body)
	return h.Sum(nil)[:size]
}

// Name is the link that holds the values, as it stands in an address.
func (m Maker) Name(values ...int64) string {
	var body []byte
	for _, v := range values {
		body = binary.AppendVarint(body, v)
	}
	return base64.RawURLEncoding.EncodeToString(append(body, m.mac(body)...))
}

// maxName bounds what is read at all.
const maxName = 200

// Read gives the n values of a link; ok is false for what we did not make.
func (m Maker) Read(name string, n int) (values []int64, ok bool) {
	if len(name) > maxName {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(name)
	if err != nil || len(raw) < size {
		return nil, false
	}
	body, mac := raw[:len(raw)-size], raw[len(raw)-size:]
	if !hmac.Equal(mac, m.mac(body)) {
		return nil, false
	}
	for range n {
		v, used := binary.Varint(body)
		if used <= 0 {
			return nil, false
		}
		values, body = append(values, v), body[used:]
	}
	return values, len(body) == 0
}
