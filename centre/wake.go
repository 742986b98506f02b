package centre

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// noted is what the folder of all homes keeps beside their files.
type noted struct {
	Hosts  map[string]string         `json:"hosts"`  // as Edition has them
	Status map[string]map[string]int `json:"status"` // of files that answer with another than 200, by home
}

// notes is the file of that.
const notes = "edition.json"

// note keeps in a folder what the files of an edition do not say, unless was is that already, and gives it.
func (e Edition) note(dir string, was []byte) ([]byte, error) {
	n := noted{Hosts: e.Hosts, Status: make(map[string]map[string]int)}
	for home, files := range e.Homes {
		for name, f := range files {
			if f.Status != 0 {
				if n.Status[home] == nil {
					n.Status[home] = make(map[string]int)
				}
				n.Status[home][name] = f.Status
			}
		}
	}
	b, err := json.Marshal(n)
	if err != nil || bytes.Equal(b, was) {
		return was, err
	}
	return b, place(dir, notes, b)
}

// Wake puts up what a Builder kept in its folder, before anything else is known.
func (s *Site) Wake(dir string) error {
	dirs, err := filepath.Glob(filepath.Join(dir, "*", listing))
	if err != nil || len(dirs) == 0 {
		return err
	}
	var n noted
	b, err := os.ReadFile(filepath.Join(dir, notes))
	switch {
	case err == nil:
		err = json.Unmarshal(b, &n)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", notes, err)
	}
	e := Edition{Homes: make(map[string]map[string]File), Hosts: n.Hosts}
	var wrong error
	for _, d := range dirs {
		home := filepath.Base(filepath.Dir(d))
		files, err := Read(filepath.Dir(d))
		if err != nil { // the others are up at least
			wrong = errors.Join(wrong, fmt.Errorf("read the home %s: %w", home, err))
			continue
		}
		maps.DeleteFunc(files, spoiled) // they are read anew
		for name, status := range n.Status[home] {
			if f, ok := files[name]; ok {
				f.Status = status
				files[name] = f
			}
		}
		e.Homes[home] = files
	}
	s.Replace(e, time.Now())
	return wrong
}

// spoiled reports whether a picture or file is not what the hash in its name says.
func spoiled(name string, f File) bool {
	hash, media := strings.CutPrefix(name, "media/")
	sum := sha256.Sum256(f.Body)
	return media && len(hash) >= 16 && hash[:16] != hex.EncodeToString(sum[:8])
}
