package subscribe_test

import (
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"breakwater/desk"
)

// counter is an office that counts the conversations that it holds, and takes no more than a few at once.
type counter struct {
	office
	most int // 0: as many as come

	crowd        sync.Mutex // guards what follows
	held, widest int
	away         int
}

func (c *counter) NewSession(k *gosmtp.Conn) (gosmtp.Session, error) {
	if !c.enter() {
		return nil, &gosmtp.SMTPError{Code: 421, EnhancedCode: gosmtp.EnhancedCode{4, 7, 0}, Message: "too many connections"}
	}
	return &guest{talk{office: &c.office}, c}, nil
}

func (c *counter) enter() bool {
	c.crowd.Lock()
	defer c.crowd.Unlock()
	if c.most > 0 && c.held >= c.most {
		c.away++
		return false
	}
	c.held++
	c.widest = max(c.widest, c.held)
	return true
}

type guest struct {
	talk
	at *counter
}

func (g *guest) Logout() error {
	g.at.crowd.Lock()
	defer g.at.crowd.Unlock()
	g.at.held--
	return nil
}

// The desk holds as many conversations as a slow server takes, up to those of the settings; a server that takes few is left in peace, and
// everybody gets one letter.
func TestAsManyConversationsAsTheServerTakes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		most    int // that the server takes
		set     string
		atLeast int
		atMost  int
	}{
		"a server that takes many": {set: "", atLeast: 20, atMost: 32},
		"the settings say at most": {set: "5", atLeast: 5, atMost: 5},
		"a server that takes four": {most: 4, set: "", atLeast: 4, atMost: 4},
		"a server that takes one":  {most: 1, set: "", atLeast: 1, atMost: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &counter{office: office{delay: 5 * time.Millisecond}, most: c.most}
			set := o.office.openAs(t, o)
			set["connections"] = c.set
			d, db, _ := newDesk(t, set)
			crowd(t, d, 400, "en")
			order(t, d, db, first)
			_, n := settled(t, d, db, desk.MailingDone)
			letters, doubled := o.receivers()
			o.crowd.Lock()
			defer o.crowd.Unlock()
			if letters != 400 || doubled != 0 || n[desk.DeliverySent] != 400 {
				t.Errorf("the server has %d letters, %d twice; noted %v", letters, doubled, n)
			}
			if o.widest < c.atLeast || o.widest > c.atMost || o.away > 40 {
				t.Errorf("%d conversations at once, %d turned away", o.widest, o.away)
			}
		})
	}
}
