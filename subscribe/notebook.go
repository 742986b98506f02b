package subscribe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"breakwater/desk"
)

// notebook says of each letter of a go how far it came. The ledger is on the disk before a letter's end is written, and that takes a while on
// both sides of it; the notebook is written without waiting for any disk, in microseconds. It outlives the process, however that ends, and
// not the machine: what it says counts only while the same run of the machine lasts, and once whoever wrote it is dead.
//
// Each line is a mark; the last one of a letter holds. DeliveryDue: the ledger is asked about it, its end is not written. DeliveryTrying: its
// end may be written from now on. Others are what the server answered.
//
// A notebook that cannot be written is thrown away: then nobody knows of what is under way when the desk dies, as without one. A nil one
// is never kept.
type notebook struct {
	path string

	mu   sync.Mutex // guards what follows; held while a line is written, which waits for no disk
	file *os.File   // nil: thrown away
	head []byte     // the first line
}

// bookHead is the first line of a notebook.
type bookHead struct {
	Boot string `json:"boot"` // of the machine
}

// bookName names the notebook of one go at a mailing.
func bookName(mailingID, epoch int64) string { return fmt.Sprintf("%d-%d", mailingID, epoch) }

// startNotebook begins the notebook of a go; nil when there cannot be one.
func (d *Desk) startNotebook(mailingID, epoch int64) (*notebook, error) {
	if d.Notes == "" || d.Boot == "" {
		return nil, nil
	}
	head, err := json.Marshal(bookHead{d.Boot})
	if err != nil {
		return nil, err
	}
	n := &notebook{path: filepath.Join(d.Notes, bookName(mailingID, epoch)), head: append(head, '\n')}
	if err := os.MkdirAll(d.Notes, 0o700); err != nil {
		return nil, err
	}
	if n.file, err = os.OpenFile(n.path, os.O_CREATE|os.O_TRUNC|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	if _, err := n.file.Write(n.head); err != nil {
		return nil, errors.Join(err, n.throw())
	}
	return n, nil
}

// jot adds a line. An error means that no letter may go: the notebook can be neither written nor thrown away, so it would lie.
func (n *notebook) jot(m desk.Mark) error {
	if n == nil {
		return nil
	}
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		return nil
	}
	if _, err := n.file.Write(append(line, '\n')); err != nil {
		return n.throw()
	}
	return nil
}

// clear empties the notebook: the ledger has everything.
func (n *notebook) clear() error {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file == nil {
		return nil
	}
	err := n.file.Truncate(0)
	if err == nil {
		_, err = n.file.Write(n.head)
	}
	if err != nil {
		return n.throw()
	}
	return nil
}

// throw throws the notebook away. The caller has mu, or nobody else has the notebook.
func (n *notebook) throw() error {
	_ = n.file.Close() // nothing of it is needed any more
	n.file = nil
	if err := os.Remove(n.path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// end closes the notebook, and throws it away when the ledger has everything.
func (n *notebook) end(settled bool) error {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.file == nil:
		return nil
	case settled:
		return n.throw()
	}
	return n.file.Close()
}

// readNotebook gives what became of the letters in a notebook that somebody left behind. Of another run of the machine, or damaged, it
// says nothing: known is false.
func readNotebook(raw []byte, boot string) (marks []desk.Mark, known bool) {
	if bytes.IndexByte(raw, 0) >= 0 { // a piece of it was lost
		return nil, false
	}
	raw = raw[:bytes.LastIndexByte(raw, '\n')+1] // what followed a line that was not finished did not happen
	lines := bufio.NewScanner(bytes.NewReader(raw))
	var head bookHead
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || boot == "" || head.Boot != boot {
		return nil, false
	}
	at := map[int64]int{}
	for lines.Scan() {
		var m desk.Mark
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			return nil, false
		}
		if m.State == desk.DeliveryTrying {
			m.State = desk.DeliveryUnknown
		}
		i, ok := at[m.SubscriberID]
		if !ok {
			at[m.SubscriberID] = len(marks)
			marks = append(marks, m)
			continue
		}
		marks[i] = m
	}
	return marks, lines.Err() == nil
}

// recall settles the letters of goes that broke off, as far as their notebooks know of them: those whose end was surely not written go out
// after all, and what the server answered is noted. Whoever wrote the notebooks is dead or done: one process has the folder, and in it one
// go follows the other.
func (d *Desk) recall(ctx context.Context) error {
	if !d.broke || d.Notes == "" {
		return nil
	}
	all, err := os.ReadDir(d.Notes)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, one := range all {
		mailingID, epoch, ok := ofNotebook(one.Name())
		if !ok {
			continue
		}
		path := filepath.Join(d.Notes, one.Name())
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if marks, known := readNotebook(raw, d.Boot); known {
			if err := ignore(d.store.RecallDeliveries(ctx, mailingID, epoch, marks)); err != nil {
				return fmt.Errorf("letters that broke off, of mailing %d: %w", mailingID, err)
			}
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	d.broke = false
	return nil
}

// ofNotebook is the go whose notebook has a name.
func ofNotebook(name string) (mailingID, epoch int64, ok bool) {
	a, b, _ := strings.Cut(name, "-")
	mailingID, err := strconv.ParseInt(a, 10, 64)
	epoch, err2 := strconv.ParseInt(b, 10, 64)
	return mailingID, epoch, err == nil && err2 == nil
}
