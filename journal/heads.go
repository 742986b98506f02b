package journal

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
	"breakwater/internal/chain"
)

// Files in the data folder, outside of the database, that say where the journal stood.
const (
	NewestFile = "journal.head"  // the newest heads, written anew each time
	HeadsFile  = "journal.heads" // one for each hour with entries, only ever added to
)

const (
	newest    = 64          // heads in NewestFile: a change among the latest entries is named to the entry
	headEvery = time.Second // how old NewestFile may be
	markEvery = time.Hour   // between two heads of HeadsFile
	markAfter = 1000        // entries that make a head sooner
)

// Heads keeps, outside of the database and signed, where the journal stands: whoever writes the database anew, or cuts off its
// end, is found out. It also logs a head every hour, for collectors of logs elsewhere.
type Heads struct {
	Dir string
	Key ed25519.PrivateKey
	Log *slog.Logger

	mu     sync.Mutex // guards what follows
	recent []string   // lines of NewestFile
	dirty  bool
	marked int64 // number of the last head in HeadsFile
	at     time.Time
	loaded bool
}

// Saw notes an entry that is on disk. It is quick.
func (h *Heads) Saw(e desk.Entry) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.load()
	h.recent = append(h.recent, h.line(e))
	if over := len(h.recent) - newest; over > 0 {
		h.recent = slices.Delete(h.recent, 0, over)
	}
	h.dirty = true
	if e.Seq-h.marked >= markAfter || time.Since(h.at) >= markEvery {
		h.marked, h.at = e.Seq, time.Now()
		if err := appendLine(filepath.Join(h.Dir, HeadsFile), h.line(e)); err != nil {
			h.Log.Error("the journal's head could not be kept", "error", err)
		}
		h.Log.Info("the journal stands", "entry", e.Seq, "hash", e.Hash)
	}
}

// load goes on with what an earlier run kept. The caller holds h.mu.
func (h *Heads) load() {
	if h.loaded {
		return
	}
	h.loaded = true
	raw, err := os.ReadFile(filepath.Join(h.Dir, NewestFile))
	if text := strings.TrimSpace(string(raw)); err == nil && text != "" {
		h.recent = strings.Split(text, "\n")
	}
}

// line is a head as the files have it: number, hash, second, and the signature over the three.
func (h *Heads) line(e desk.Entry) string {
	what := fmt.Sprintf("%d %s %d", e.Seq, e.Hash, e.At.Unix())
	return what + " " + base64.StdEncoding.EncodeToString(ed25519.Sign(h.Key, headMessage(what)))
}

// headMessage is what is signed: it can be mistaken for nothing else.
func headMessage(what string) []byte { return []byte("breakwater journal head\n" + what) }

// Run writes the newest heads down, at most once a second, until ctx ends.
func (h *Heads) Run(ctx context.Context) error {
	tick := time.NewTicker(headEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			h.write()
			return nil
		case <-tick.C:
			h.write()
		}
	}
}

// write replaces NewestFile when there is something new.
func (h *Heads) write() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.dirty {
		return
	}
	path := filepath.Join(h.Dir, NewestFile)
	err := os.WriteFile(path+".new", []byte(strings.Join(h.recent, "\n")+"\n"), 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		h.Log.Error("the journal's newest heads could not be kept", "error", err)
		return
	}
	h.dirty = false
}

// Kept are the heads that were kept, ascending. Lines that are not ours are an error.
func (h *Heads) Kept() ([]chain.Head, error) {
	h.write()
	public, _ := h.Key.Public().(ed25519.PublicKey)
	var all []chain.Head
	for _, name := range []string{HeadsFile, NewestFile} {
		raw, err := os.ReadFile(filepath.Join(h.Dir, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(raw) {
			head, ok := readHead(strings.TrimSpace(string(line)), public)
			if !ok {
				return nil, fmt.Errorf("%w: %s", errHeads, name)
			}
			all = append(all, head)
		}
	}
	slices.SortFunc(all, func(a, b chain.Head) int { return int(a.Seq - b.Seq) })
	return slices.Compact(all), nil
}

// errHeads says that a file of heads was written by somebody else.
var errHeads = errors.New("a file of the journal's heads was changed")

func readHead(line string, public ed25519.PublicKey) (chain.Head, bool) {
	cut := max(strings.LastIndexByte(line, ' '), 0)
	what, sig := line[:cut], strings.TrimSpace(line[cut:])
	parts := strings.Fields(what)
	raw, err := base64.StdEncoding.DecodeString(sig)
	if err != nil || len(parts) != 3 || !ed25519.Verify(public, headMessage(what), raw) {
		return chain.Head{}, false
	}
	seq, err := strconv.ParseInt(parts[0], 10, 64)
	return chain.Head{Seq: seq, Hash: parts[1]}, err == nil
}

func appendLine(path, line string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}
