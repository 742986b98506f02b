package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"breakwater/desk"
)

// Parameters of argon2id for new passwords: the first row of the OWASP Password Storage Cheat Sheet that fits a small machine
// (m = 19 MiB, t = 2, p = 1). A stored hash carries its own, so these can rise at any time.
const (
	memoryKiB = 19 << 10
	passes    = 2
	lanes     = 1
	saltLen   = 16
	hashLen   = 32
)

// minPassword is the shortest password in characters; maxPassword, in bytes, keeps a stranger from making us hash a book.
const (
	minPassword = 12
	maxPassword = 1024
)

// common are passwords of twelve and more characters that lead every published list, and ours.
var common = map[string]bool{
	"123456789012": true, "1234567890123": true, "12345678901234": true, "123456123456": true, "123123123123": true,
	"qwertyuiop12": true, "qwertyuiop123": true, "qwertyuiop[]": true, "qwerty123456": true, "1qaz2wsx3edc": true, "1q2w3e4r5t6y": true,
	"password1234": true, "password12345": true, "passwordpassword": true, "password123!": true, "mypassword123": true,
	"letmeinletmein": true, "letmein12345": true, "welcome12345": true, "welcome123456": true, "iloveyou1234": true,
	"administrator": true, "administrator1": true, "changemechangeme": true, "changeme1234": true, "correcthorsebatterystaple": true,
	"abcdefghijkl": true, "abcd12345678": true, "unbelievable": true, "breakwater12": true, "breakwater123": true, "breakwater1234": true,
}

// checkPassword answers an *desk.Invalid on "password" when the password is too easy to guess for somebody with this e-mail.
func checkPassword(password, email string) error {
	plain := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return desk.Wrong("password", "Use at least {n} characters. A few words in a row are easy to remember.", "n", minPassword)
	case len(password) > maxPassword:
		return desk.Wrong("password", "This password is too long.")
	case plain == strings.ToLower(email), len(local) > 3 && strings.Trim(plain, "0123456789!.-_ ") == local:
		return desk.Wrong("password", "Do not use your e-mail address as the password.")
	case common[plain], distinct(plain) < 5:
		return desk.Wrong("password", "This password is among the first that anybody would try. Choose another.")
	}
	return nil
}

func distinct(s string) int {
	seen := make(map[rune]struct{})
	for _, r := range s {
		seen[r] = struct{}{}
	}
	return len(seen)
}

// hash makes a PHC string of a password.
func (g *Gate) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails
	select {
	case g.work <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-g.work }()
	sum := argon2.IDKey([]byte(password), salt, passes, memoryKiB, lanes, hashLen)
	return encode(salt, sum), nil
}

// matches reports whether the password is the one that the PHC string was made of.
func (g *Gate) matches(ctx context.Context, phc, password string) (bool, error) {
	h, err := decode(phc)
	if err != nil {
		return false, err
	}
	select {
	case g.work <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-g.work }()
	sum := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.sum)))
	return subtle.ConstantTimeCompare(sum, h.sum) == 1, nil
}

func encode(salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b.EncodeToString(salt), b.EncodeToString(sum))
}

type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

var errHash = errors.New("stored password hash cannot be read")

func decode(s string) (h phc, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return h, errHash
	}
	if h.memory > 1<<20 || h.passes < 1 || h.passes > 100 || h.lanes < 1 { // what argon2 would panic on, or never end
		return h, errHash
	}
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return h, errHash
	}
	if h.sum, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(h.sum) < 16 {
		return h, errHash
	}
	return h, nil
}

// dummyHash is a hash that no password matches.
func dummyHash() string {
	salt, sum := make([]byte, saltLen), make([]byte, hashLen)
	rand.Read(salt)
	rand.Read(sum)
	return encode(salt, sum)
}
