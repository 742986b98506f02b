package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"net/mail"
	"os"
	"strings"
	"sync"
	"time"
)

// takenLetter is a letter that the bench's mail server took, or a breach of the rules that it saw.
type takenLetter struct {
	At      int64  `json:"at"` // microseconds; the end of the letter was read
	To      string `json:"to"`
	Subject string `json:"subject"`
	Leave   string `json:"leave"` // the link by which its reader leaves
	Breach  string `json:"breach,omitempty"`
}

// mailMood is how the bench's mail server treats an address, decided by the address alone.
type mailMood string

// Moods, and how many addresses of a thousand have them.
const (
	moodFine  mailMood = ""
	moodGone  mailMood = "550 5.1.1 no such mailbox"           // 5: at RCPT, always
	moodNever mailMood = "554 5.7.1 we do not want this"       // 2: after the letter, always
	moodGrey  mailMood = "451 4.7.1 come back later"           // 20: at RCPT, the first time
	moodFull  mailMood = "452 4.3.1 no room at the moment"     // 3: after the letter, the first time
	moodHangs mailMood = "421 4.3.2 closing, come back later"  // 1: after the letter, the first time; then it hangs up
	moodDrops mailMood = "(closes without any answer at RCPT)" // 1: the first time
)

func moodOf(address string) mailMood {
	h := fnv.New32a()
	_, _ = h.Write([]byte(address)) // never fails
	switch n := h.Sum32() % 1000; {
	case n < 5:
		return moodGone
	case n < 7:
		return moodNever
	case n < 27:
		return moodGrey
	case n < 30:
		return moodFull
	case n < 31:
		return moodHangs
	case n < 32:
		return moodDrops
	}
	return moodFine
}

// mostTalks is how many connections the server has at once: Postfix, as shipped, gives one client 50.
const mostTalks = 50

// slowMail is a mail server in a process of its own that takes its time with every command, follows the order of RFC 5321 to the letter
// and writes down each letter when it has read its end, before it answers. One whose sender is killed afterwards is taken all the same.
type slowMail struct {
	latency time.Duration

	mu    sync.Mutex // guards what follows
	out   *json.Encoder
	tried map[string]bool
	talks int
}

// serveSlowMail answers on a port of its own until standard input ends; it prints the address, then a line for each letter.
func serveSlowMail(latency time.Duration) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	go func() {
		bufio.NewReader(os.Stdin).ReadString('\n') //nolint:errcheck // its end is what we wait for
		os.Exit(0)
	}()
	s := &slowMail{latency: latency, out: json.NewEncoder(os.Stdout), tried: map[string]bool{}}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go s.talk(c)
	}
}

// write tells the bench. It waits until the bench read it, so a letter is known before its sender has an answer.
func (s *slowMail) write(l takenLetter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.out.Encode(l) // nobody to tell
}

// first reports whether something is tried for the first time.
func (s *slowMail) first(what string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.tried[what]
	s.tried[what] = true
	return !before
}

func (s *slowMail) enter(by int) (full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.talks += by
	return s.talks > mostTalks
}

// mailTalk is one connection.
type mailTalk struct {
	*slowMail
	conn    net.Conn
	in      *bufio.Reader
	greeted bool
	from    bool
	to      string
}

var errHangUp = errors.New("the server hangs up")

func (s *slowMail) talk(c net.Conn) {
	defer c.Close()
	defer s.enter(-1)
	t := &mailTalk{slowMail: s, conn: c, in: bufio.NewReaderSize(c, 64<<10)}
	if s.enter(1) {
		_ = t.say("421 4.7.0 too many connections")
		return
	}
	if t.say("220 slow.mail.example ESMTP") != nil {
		return
	}
	for {
		line, err := t.in.ReadString('\n')
		if err != nil {
			return
		}
		if !strings.HasSuffix(line, "\r\n") || len(line) > 512 {
			t.breach("a command is not ended by CRLF within 512 bytes: " + line)
		}
		if t.command(strings.TrimSuffix(line, "\r\n")) != nil {
			return
		}
	}
}

func (t *mailTalk) breach(what string) { t.write(takenLetter{Breach: what}) }

// say answers, after the time that the server takes for it.
func (t *mailTalk) say(answer string) error {
	time.Sleep(t.latency) // a slow server, which is what is measured
	_, err := io.WriteString(t.conn, answer+"\r\n")
	return err
}

// wrong answers a command that is out of order.
func (t *mailTalk) wrong(line string) error {
	t.breach("out of order: " + line)
	return t.say("503 5.5.1 out of order")
}

func (t *mailTalk) command(line string) error {
	upper := strings.ToUpper(line)
	switch {
	case strings.HasPrefix(upper, "EHLO "):
		t.greeted, t.from, t.to = true, false, ""
		return t.say("250-slow.mail.example\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
	case upper == "QUIT":
		return errors.Join(t.say("221 2.0.0 bye"), errHangUp)
	case upper == "RSET", upper == "NOOP":
		t.from, t.to = t.from && upper == "NOOP", ""
		return t.say("250 2.0.0 ok")
	case strings.HasPrefix(upper, "MAIL FROM:<"):
		if !t.greeted || t.from {
			return t.wrong(line)
		}
		t.from = true
		return t.say("250 2.1.0 ok")
	case strings.HasPrefix(upper, "RCPT TO:<"):
		return t.recipient(line)
	case upper == "DATA":
		if t.to == "" {
			return t.say("503 5.5.1 no recipient") // may be asked with the rest of an envelope (RFC 2920)
		}
		if err := t.say("354 go on"); err != nil {
			return err
		}
		return t.letter()
	}
	return t.wrong(line)
}

func (t *mailTalk) recipient(line string) error {
	to, _, ok := strings.Cut(line[len("RCPT TO:<"):], ">")
	if !t.from || !ok || t.to != "" {
		return t.wrong(line)
	}
	switch mood := moodOf(to); {
	case mood == moodGone, mood == moodGrey && t.first(to):
		return t.say(string(mood))
	case mood == moodDrops && t.first(to):
		return errHangUp
	}
	t.to = to
	return t.say("250 2.1.5 ok")
}

// letter reads a letter to its end and takes it, or not.
func (t *mailTalk) letter() error {
	var raw bytes.Buffer
	for {
		line, err := t.in.ReadString('\n')
		if err != nil {
			return err // without its end it was never sent
		}
		if line == ".\r\n" {
			break
		}
		if !strings.HasSuffix(line, "\r\n") || len(line) > 1000 {
			t.breach(fmt.Sprintf("a line of a letter has %d bytes or no CRLF", len(line)))
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	at := time.Now()
	to := t.to
	t.from, t.to = false, ""
	switch mood := moodOf(to); {
	case mood == moodNever, mood == moodFull && t.first(to):
		return t.say(string(mood))
	case mood == moodHangs && t.first(to):
		return errors.Join(t.say(string(mood)), errHangUp)
	}
	t.write(readLetter(raw.Bytes(), to, at))
	return t.say("250 2.0.0 taken")
}

// readLetter is what the bench wants to know of a letter, and what is wrong with it.
func readLetter(raw []byte, to string, at time.Time) takenLetter {
	l := takenLetter{At: at.UnixMicro(), To: to}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		l.Breach = "not a mail: " + err.Error()
		return l
	}
	l.Subject = m.Header.Get("Subject")
	l.Leave = strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
	switch {
	case m.Header.Get("To") != "<"+to+">":
		l.Breach = "the letter of somebody else: " + m.Header.Get("To")
	case m.Header.Get("Message-Id") == "" || m.Header.Get("Date") == "" || m.Header.Get("From") == "":
		l.Breach = "a header is missing"
	case m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || l.Leave == "":
		l.Breach = "it cannot be left by one click"
	}
	return l
}
