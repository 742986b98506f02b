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
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
)

// KeySize is the length of a master key in bytes.
const KeySize = 32

// version leads every sealed value, so that another way of sealing can follow.
const version = 1

// Box seals with one key, and opens with that and with the keys before it, as long as there are some. It is safe for concurrent use.
type Box struct {
	path string // of the key's file; empty: none

	mu    sync.RWMutex // guards what follows
	keys  []*key       // the current one first
	links []byte       // what Derive makes keys of
	seen  os.FileInfo  // of the file, as it was read
}

// key is a master key with what is made of it.
type key struct {
	master []byte
	aead   cipher.AEAD
	mac    []byte
}

// New makes a box from a master key of KeySize bytes.
func New(master []byte) (*Box, error) {
	k, err := newKey(master)
	if err != nil {
		return nil, err
	}
	return &Box{keys: []*key{k}, links: k.mac}, nil
}

func newKey(master []byte) (*key, error) {
	if len(master) != KeySize {
		return nil, fmt.Errorf("the key has %d bytes, not %d", len(master), KeySize)
	}
	enc, err := hkdf.Expand(sha256.New, master, "breakwater seal: encryption", KeySize)
	if err != nil {
		return nil, err
	}
	mac, err := hkdf.Expand(sha256.New, master, "breakwater seal: nonces", KeySize)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(enc)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &key{master, aead, mac}, err
}

// Derive gives a key of KeySize bytes for another purpose, always the same one for the same purpose, also after the master key was
// changed: links and devices that were made with it go on.
func (b *Box) Derive(purpose string) []byte {
	b.mu.RLock()
	defer b.mu.RUnlock()
	m := hmac.New(sha256.New, b.links)
	m.Write([]byte("breakwater seal: derived: " + purpose))
	return m.Sum(nil)
}

// Seal encrypts plain with the current key. aad, which Open must be given again, says what it belongs to.
func (b *Box) Seal(plain []byte, aad string) ([]byte, error) {
	if err := b.refresh(); err != nil {
		return nil, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	k := b.keys[0]
	nonce := k.nonce(plain, aad)
	return k.aead.Seal(append([]byte{version}, nonce...), nonce, plain, []byte(aad)), nil
}

// Open decrypts what Seal made with the same aad, by any of the keys.
func (b *Box) Open(sealed []byte, aad string) ([]byte, error) {
	plain, _, err := b.open(sealed, aad)
	if err == nil {
		return plain, nil
	}
	if err := b.refresh(); err != nil { // another process may have changed the key
		return nil, err
	}
	plain, _, err = b.open(sealed, aad)
	return plain, err
}

// Current reports whether a value that can be opened was sealed with the current key.
func (b *Box) Current(sealed []byte, aad string) bool {
	if b.refresh() != nil {
		return false
	}
	_, n, err := b.open(sealed, aad)
	return err == nil && n == 0
}

func (b *Box) open(sealed []byte, aad string) (plain []byte, n int, err error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	size := 1 + b.keys[0].aead.NonceSize()
	if len(sealed) < size || sealed[0] != version {
		return nil, 0, errors.New("not a sealed value")
	}
	for n, k := range b.keys {
		if plain, err := k.aead.Open(nil, sealed[1:size], sealed[size:], []byte(aad)); err == nil {
			return plain, n, nil
		}
	}
	return nil, 0, errors.New("the sealed value was changed, moved, or sealed with another key")
}

func (k *key) nonce(plain []byte, aad string) []byte {
	h := hmac.New(sha256.New, k.mac)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))))
	h.Write([]byte(aad))
	h.Write(plain)
	return h.Sum(nil)[:k.aead.NonceSize()]
}
