// Package seal encrypts small secrets at rest with AES-256-GCM under a key that lies in a file of its own.
//
// The nonce is derived from the plaintext (as in SIV modes), so that the same secret sealed twice for the same row gives the
// same bytes: a hash over a row changes only when the row does. All that this shows is whether a row's secret is the same
// as before.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

// version leads every sealed value, so that another way of sealing can follow.
const version = 1

// Box seals and opens. It is safe for concurrent use.
type Box struct {
	aead cipher.AEAD
	mac  []byte
}

// New makes a box from a master key of KeySize bytes.
func New(key []byte) (*Box, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(key), KeySize)
	}
	enc, err := hkdf.Expand(sha256.New, key, "breakwater seal: encryption", KeySize)
	if err != nil {
		return nil, err
	}
	mac, err := hkdf.Expand(sha256.New, key, "breakwater seal: nonces", KeySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(enc)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Box{aead, mac}, err
}

// Derive gives a key of KeySize bytes for another purpose, always the same one for the same master key and purpose.
func (b *Box) Derive(purpose string) []byte {
	m := hmac.New(sha256.New, b.mac)
	m.Write([]byte("breakwater seal: derived: " + purpose))
	return m.Sum(nil)
}

// File makes a box from the key in a file (hexadecimal), which is made when it is missing: readable by its owner only.
// Without it no sealed value can ever be read again.
func File(path string) (*Box, error) {
	key := make([]byte, KeySize)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case err == nil:
		_, err = f.WriteString(hex.EncodeToString(key) + "\n")
		if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
			return nil, fmt.Errorf("write the key: %w", err)
		}
	case errors.Is(err, os.ErrExist):
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		if key, err = hex.DecodeString(strings.TrimSpace(string(text))); err != nil {
			return nil, fmt.Errorf("read the key in %s: it must be %d hexadecimal digits", path, 2*KeySize)
		}
	default:
		return nil, fmt.Errorf("make the key: %w", err)
	}
	return New(key)
}

// Seal encrypts plain. aad, which Open must be given again, says what it belongs to.
func (b *Box) Seal(plain []byte, aad string) ([]byte, error) {
	nonce := b.nonce(plain, aad)
	return b.aead.Seal(append([]byte{version}, nonce...), nonce, plain, []byte(aad)), nil
}

// Open decrypts what Seal made with the same aad.
func (b *Box) Open(sealed []byte, aad string) ([]byte, error) {
	n := 1 + b.aead.NonceSize()
	if len(sealed) < n || sealed[0] != version {
		return nil, errors.New("not a sealed value")
	}
	plain, err := b.aead.Open(nil, sealed[1:n], sealed[n:], []byte(aad))
	if err != nil {
		return nil, errors.New("the sealed value was changed, moved, or sealed with another key")
	}
	return plain, nil
}

func (b *Box) nonce(plain []byte, aad string) []byte {
	h := hmac.New(sha256.New, b.mac)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))))
	h.Write([]byte(aad))
	h.Write(plain)
	return h.Sum(nil)[:b.aead.NonceSize()]
}
