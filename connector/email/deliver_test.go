package email

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"breakwater/connector"
	"breakwater/connector/connectortest"
	"breakwater/desk"
	"breakwater/publish"
)

// office is a mail server that counts what it took for whom, and fails as it is told.
type office struct {
	rcpt func(to string, times int) error // what it says to a recipient, asked so often before
	each time.Duration                    // that it takes for a mail
	most int                              // mails of one conversation, then it hangs up with 421; 0 any number
	lost func() bool                      // whether it takes a mail and hangs up instead of saying so

	mu    sync.Mutex // guards what follows
	asked map[string]int
	took  map[string]int
	open  int
	peak  int // conversations at once
}

func (o *office) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open++
	o.peak = max(o.peak, o.open)
	return &visit{office: o, conn: c.Conn()}, nil
}

type visit struct {
	*office
	conn  net.Conn
	to    string
	mails int
}

func (v *visit) Mail(string, *gosmtp.MailOptions) error {
	if v.most > 0 && v.mails >= v.most {
		return &gosmtp.SMTPError{Code: 421, EnhancedCode: gosmtp.EnhancedCode{4, 7, 0}, Message: "too many"}
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked[to]++
	if v.rcpt != nil {
		if err := v.rcpt(to, v.asked[to]-1); err != nil {
			return err
		}
	}
	v.to = to
	return nil
}

func (v *visit) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if v.each > 0 {
		<-time.After(v.each) // it is slow
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.took[v.to]++
	v.mails++
	if v.lost != nil && v.lost() {
		_ = v.conn.Close()
	}
	return nil
}

func (v *visit) Reset() {}
func (v *visit) Logout() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.open--
	return nil
}

// opens starts the server.
func (o *office) opens(t *testing.T) string {
	t.Helper()
	o.asked, o.took = map[string]int{}, map[string]int{}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := gosmtp.NewServer(o)
	server.Domain = "mail.test"
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(l) }()
	t.Cleanup(func() { _, _ = server.Close(), l.Close(); <-ended })
	return l.Addr().String()
}

// taken is how many mails it took, and how many people got more than one.
func (o *office) taken() (mails, twice int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range o.took {
		mails += n
		if n > 1 {
			twice++
		}
	}
	return mails, twice
}

func addressesOf(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("r%03d@b.example", i))
	}
	return all
}

// Every address has an outcome of its own: who is refused for good is not tried again, who is to be tried later is, and a server that
// hangs up after so many mails is called again. Nobody gets two.
func TestALongList(t *testing.T) {
	t.Parallel()
	no := func(code int) error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
	}
	o := &office{most: 20, rcpt: func(to string, times int) error {
		switch {
		case strings.HasSuffix(to, "7@b.example"):
			return no(550)
		case strings.HasSuffix(to, "4@b.example") && times == 0:
			return no(450)
		}
		return nil
	}}
	lines := newLedger()
	l := openList(t, o.opens(t), lines, addressesOf(200)...)
	var retry *desk.Retry
	if _, err := l.Send(t.Context(), aLetter()); !errors.As(err, &retry) || errors.Is(err, publish.ErrMore) {
		t.Fatalf("with some to be tried later: %v, want later", err)
	}
	if mails, _ := o.taken(); mails != 160 {
		t.Errorf("%d mails in the first round, want 160", mails)
	}
	if refused := lines.lines["r007@b.example"]; refused.State != desk.LineRefused || refused.Say.With["code"] != 550 {
		t.Errorf("one that was refused is %+v", refused)
	}
	if put := lines.lines["r004@b.example"]; put.State != desk.LineLater {
		t.Errorf("one to be tried later is %+v", put)
	}
	r, err := l.Send(t.Context(), aLetter())
	if err != nil || fmt.Sprint(r.Note.With["sent"], r.Note.With["refused"], r.Note.With["doubt"]) != "180 20 0" {
		t.Fatalf("the second round: %+v, %v", r, err)
	}
	mails, twice := o.taken()
	if mails != 180 || twice != 0 || o.asked["r007@b.example"] != 1 || o.peak > conversations || o.peak < 2 {
		t.Errorf("%d mails, %d people got two, who is refused was asked for %d times, %d conversations at once", mails, twice, o.asked["r007@b.example"], o.peak)
	}
}

// A list that is too long for one send goes on with the next, and a send that is cut off leaves nobody in doubt.
func TestAListGoesOn(t *testing.T) {
	t.Parallel()
	o := &office{each: 5 * time.Millisecond}
	l := openList(t, o.opens(t), newLedger(), addressesOf(120)...)
	rounds := 0
	for {
		ctx, cancel := context.WithTimeout(t.Context(), closing+50*time.Millisecond)
		r, err := l.Send(ctx, aLetter())
		cancel()
		if rounds++; err == nil {
			if !r.Note.IsZero() {
				t.Errorf("not everybody was written to: %v", r.Note.With)
			}
			break
		}
		if !errors.Is(err, publish.ErrMore) || desk.ProblemOf(err).IsZero() {
			t.Fatalf("round %d: %v, want ErrMore", rounds, err)
		}
	}
	if mails, twice := o.taken(); mails != 120 || twice != 0 || rounds < 2 {
		t.Errorf("%d mails in %d rounds, %d people got two", mails, rounds, twice)
	}
}

func TestAHoldCutsAListOff(t *testing.T) {
	t.Parallel()
	o := &office{each: 2 * time.Millisecond}
	lines := newLedger()
	l := openList(t, o.opens(t), lines, addressesOf(60)...)
	ctx, hold := context.WithCancel(t.Context())
	o.rcpt = func(string, int) error {
		if len(o.took) >= 10 {
			hold()
		}
		return nil
	}
	var retry *desk.Retry
	if _, err := l.Send(ctx, aLetter()); !errors.As(err, &retry) {
		t.Fatalf("cut off: %v, want later", err)
	}
	mails, _ := o.taken()
	for name, one := range lines.lines {
		if one.State != desk.LineSent {
			t.Errorf("%s is %s", name, one.State)
		}
	}
	if mails >= 60 || mails != len(lines.lines) {
		t.Errorf("%d mails, %d lines", mails, len(lines.lines))
	}
	if _, err := l.Send(t.Context(), aLetter()); err != nil {
		t.Errorf("after the hold: %v", err)
	}
	if mails, twice := o.taken(); mails != 60 || twice != 0 {
		t.Errorf("%d mails, %d people got two", mails, twice)
	}
}

func TestSpeaksByMail(t *testing.T) {
	t.Parallel()
	connectortest.Speak(t, Kind, func(t *testing.T) connectortest.Stage {
		var mu sync.Mutex // guards what follows
		var before, after bool
		o := &office{
			rcpt: func(string, int) error {
				mu.Lock()
				defer mu.Unlock()
				if before {
					return &gosmtp.SMTPError{Code: 421, EnhancedCode: gosmtp.EnhancedCode{4, 0, 0}, Message: "closing"}
				}
				return nil
			},
			lost: func() bool { mu.Lock(); defer mu.Unlock(); return after },
		}
		host, port, _ := strings.Cut(o.opens(t), ":")
		return connectortest.Stage{
			Settings: func(string) desk.Settings {
				return desk.Settings{"list": "ana@b.example", "from": "desk@a.example", "host": host, "port": port, "security": "none"}
			},
			Live: func() int { n, _ := o.taken(); return n }, Lines: newLedger(),
			Lose: func(acted bool) { mu.Lock(); defer mu.Unlock(); before, after = !acted, acted },
			Heal: func() { mu.Lock(); defer mu.Unlock(); before, after = false, false },
		}
	})
}

// shelf is a ledger in a folder that outlives the process, a file for each line.
type shelf string

func (s shelf) ChannelLines(context.Context, int64, string) (all []desk.Line, err error) {
	names, err := filepath.Glob(string(s) + "/*.json")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var l desk.Line
		if err := json.Unmarshal(b, &l); err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	return all, err
}

func (s shelf) KeepChannelLine(_ context.Context, _ int64, _ string, l desk.Line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	name := filepath.Join(string(s), l.Name)
	if err := os.WriteFile(name+".part", b, 0o600); err != nil {
		return err
	}
	return os.Rename(name+".part", name+".json")
}

// What a child process is told: where its ledger and its mail server are.
const (
	killShelf = "BREAKWATER_MAIL_SHELF"
	killAddr  = "BREAKWATER_MAIL_ADDR"
	killMany  = 150
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killShelf); dir != "" {
		host, port, _ := strings.Cut(os.Getenv(killAddr), ":")
		set := desk.Settings{"list": strings.Join(addressesOf(killMany), "\n"), "from": "desk@a.example", "host": host, "port": port, "security": "none"}
		l, err := newList(set, connector.Env{Lines: shelf(dir), Channel: desk.Channel{ID: 3}})
		if err == nil {
			_, err = l.Send(context.Background(), aLetter())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// A desk that is killed -9 again and again in the middle of a list writes to nobody twice, and leaves at most those in doubt whose
// mails were in the server's hands at such a moment.
func TestAListAfterKills(t *testing.T) {
	t.Parallel()
	o := &office{each: time.Millisecond}
	addr, dir := o.opens(t), t.TempDir()
	kills := 0
	for {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), killShelf+"="+dir, killAddr+"="+addr)
		before, _ := o.taken()
		o.mu.Lock()
		o.lost = func() bool { // holds o.mu
			if total := len(o.took); kills < 4 && total >= before+20 {
				_ = child.Process.Signal(syscall.SIGKILL)
				return true
			}
			return false
		}
		o.mu.Unlock()
		out, err := child.CombinedOutput()
		if err == nil {
			break
		}
		if kills++; kills > 6 {
			t.Fatalf("it does not come to an end: %v %s", err, out)
		}
	}
	lines, err := shelf(dir).ChannelLines(t.Context(), 3, "")
	if err != nil {
		t.Fatal(err)
	}
	states := map[string]int{}
	for _, l := range lines {
		states[l.State]++
	}
	mails, twice := o.taken()
	if twice != 0 || kills == 0 || len(lines) != killMany || states[desk.LineTrying] > kills*conversations || mails < states[desk.LineSent] || states[desk.LineSent]+states[desk.LineTrying] != killMany {
		t.Errorf("after %d kills: %d mails, %d people got two, lines %v", kills, mails, twice, states)
	}
	t.Logf("%d kills, %d mails to %d people, %d in doubt", kills, mails, killMany, states[desk.LineTrying])
}
