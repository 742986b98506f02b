package subscribe

import (
	"sync"
	"time"
)

const (
	// narrow is with how many conversations a go begins: as many as Exchange Online, the strictest of the large ones, lets one mailbox have
	// (learn.microsoft.com, SMTP AUTH client submission, November 2026).
	narrow = 3
	// wide is how many are held at most when the settings do not say, and mostWide whatever they say: Postfix, as shipped, gives one
	// client 50 (smtpd_client_connection_count_limit).
	wide, mostWide = 32, 50
	// strains within some letters are too much for the server; one alone is about its letter. relief is what a letter that it takes
	// makes up for.
	strains, relief = 4, 1.0 / 40
	// lull is how long a server is left in peace that said it was too much.
	lull = time.Minute
)

// width is how many conversations are held with a mail server at once. Every letter that the server takes adds one, as TCP begins; after
// the server said for the first time that it is too much, only as many letters as there are conversations do. A connection that it does
// not take says exactly how many it does; letters that it puts off take a quarter away.
type width struct {
	mu      sync.Mutex // guards what follows
	most    int
	now     int // may be held
	hands   int // are at work: those too many end after their letter
	open    int // are held
	taken   int // letters since it last changed
	strain  float64
	careful bool
	ceiling int // until lull is over
	until   time.Time
}

// widthOf is that of a brand's mail server. It is kept, so that one go learns of the one before.
func (d *Desk) widthOf(brandID int64) *width {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.widths[brandID] == nil {
		d.widths[brandID] = &width{}
	}
	return d.widths[brandID]
}

// begin starts a go, and gives with how many hands.
func (w *width) begin(most int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.most = most
	w.now = min(narrow, w.limit())
	w.hands, w.open, w.taken, w.strain, w.careful = w.now, 0, 0, 0, false
	return w.now
}

func (w *width) limit() int {
	if time.Now().Before(w.until) {
		return min(w.most, w.ceiling)
	}
	return w.most
}

// took notes that the server took a letter, and reports whether there is room for one conversation more.
func (w *width) took() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.strain = max(0, w.strain-relief)
	if w.taken++; w.now >= w.limit() || w.careful && w.taken < w.now {
		return false
	}
	w.now, w.hands, w.taken = w.now+1, w.hands+1, 0
	return true
}

// strained notes that the server put a letter off, or broke a conversation off.
func (w *width) strained() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.strain++; w.strain >= strains {
		w.shrink(min(w.now*3/4, w.now-1))
	}
}

// opened and closed count conversations.
func (w *width) opened() { w.count(1) }
func (w *width) closed() { w.count(-1) }

func (w *width) count(by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open += by
}

// turnedAway notes that the server took no further connection, and reports whether others are held: without any it is gone.
func (w *width) turnedAway() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == 0 {
		return false
	}
	w.shrink(min(w.open, w.now))
	return true
}

func (w *width) shrink(to int) {
	w.now = max(1, to)
	w.ceiling, w.until = w.now, time.Now().Add(lull)
	w.careful, w.taken, w.strain = true, 0, 0
}

// stays reports whether a hand goes on after its letter.
func (w *width) stays() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hands <= w.now {
		return true
	}
	w.hands--
	return false
}
