package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The file of the keys: a line of hexadecimal digits for the current key, one for each key before it that something may still be sealed
// with, and, once the key was changed, one that begins with "links" for what Derive makes keys of. A file of one line is a key that was
// never changed. It is only ever replaced as a whole, so that whoever is killed leaves the old file or the new one.
const linksMark = "links "

// maxKeys is how many keys a file may hold: a change that is not finished is finished before the next one.
const maxKeys = 4

// File makes a box from the keys in a file, which is made when it is missing: readable by its owner only. Without it no sealed value
// can ever be read again.
func File(path string) (*Box, error) {
	b := &Box{path: path}
	err := b.read()
	if !errors.Is(err, fs.ErrNotExist) {
		return b, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) { // made meanwhile
		return b, b.read()
	}
	if err != nil {
		return nil, fmt.Errorf("make the key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(fresh()) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("write the key: %w", err)
	}
	return b, b.read()
}

func fresh() []byte {
	master := make([]byte, KeySize)
	rand.Read(master) // never fails
	return master
}

// read reads the file's keys.
func (b *Box) read() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.readIn()
}

// readIn is read for who holds b.mu.
func (b *Box) readIn() error {
	info, err := os.Stat(b.path)
	if err != nil {
		return fmt.Errorf("read the key: %w", err)
	}
	text, err := os.ReadFile(b.path)
	if err != nil {
		return fmt.Errorf("read the key: %w", err)
	}
	keys, links, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("read the key in %s: %w", b.path, err)
	}
	b.keys, b.links, b.seen = keys, links, info
	return nil
}

func parse(text string) (keys []*key, links []byte, err error) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		digits, isLinks := strings.CutPrefix(line, linksMark)
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) != KeySize {
			return nil, nil, fmt.Errorf("it must be %d hexadecimal digits", 2*KeySize)
		}
		if isLinks {
			links = raw
			continue
		}
		k, err := newKey(raw)
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 || len(keys) > maxKeys {
		return nil, nil, fmt.Errorf("it holds %d keys", len(keys))
	}
	if links == nil {
		links = keys[0].mac
	}
	return keys, links, nil
}

// refresh reads the file again when it is another than before: a key that somebody else put in front is used from now on. It asks the
// file system, once for each value that is sealed, which is seldom.
func (b *Box) refresh() error {
	if b.path == "" {
		return nil
	}
	info, err := os.Stat(b.path)
	if err != nil {
		return fmt.Errorf("read the key: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if os.SameFile(info, b.seen) && info.ModTime().Equal(b.seen.ModTime()) && info.Size() == b.seen.Size() {
		return nil
	}
	return b.readIn()
}

// ErrRotating says that a change of the key is not finished yet.
var ErrRotating = errors.New("the key is being changed already")

// Rotate puts a new key in front: what is sealed from now on is sealed with it, and the keys before it still open. What Derive gives stays
// the same. Retire ends the change.
func (b *Box) Rotate() error {
	if err := b.refresh(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.keys) > 1 {
		return ErrRotating
	}
	k, err := newKey(fresh())
	if err != nil {
		return err
	}
	return b.replace(append([]*key{k}, b.keys...))
}

// Retire forgets all keys but the current one. Whatever is still sealed with one of them can never be read again.
func (b *Box) Retire() error {
	if err := b.refresh(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.replace(b.keys[:1])
}

// Keys is how many keys there are: one, or more while the key is being changed.
func (b *Box) Keys() (int, error) {
	if err := b.refresh(); err != nil {
		return 0, err
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.keys), nil
}

// replace writes the file anew, as a whole, and reads it. The caller holds b.mu.
func (b *Box) replace(keys []*key) error {
	if b.path == "" {
		return errors.New("the key has no file")
	}
	var text bytes.Buffer
	for _, k := range keys {
		fmt.Fprintf(&text, "%x\n", k.master)
	}
	fmt.Fprintf(&text, "%s%x\n", linksMark, b.links)
	dir := filepath.Dir(b.path)
	f, err := os.CreateTemp(dir, ".key-*") // readable by its owner only
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	defer os.Remove(f.Name()) // gone, if all went well
	_, err = f.Write(text.Bytes())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	if err := os.Rename(f.Name(), b.path); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	if d, err := os.Open(dir); err == nil { // the name is on disk, too, before anything is sealed with the key
		err = errors.Join(d.Sync(), d.Close())
		if err != nil {
			return fmt.Errorf("write the key: %w", err)
		}
	}
	return b.readIn()
}
