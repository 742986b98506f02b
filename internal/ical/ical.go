// Package ical reads and writes the events of an iCalendar file (RFC 5545): what they are called, when they are, and when they
// come again. Of the rest of the format, alarms, guests and to-dos, it wants to know nothing.
package ical

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Event is one event.
type Event struct {
	UID        string
	Summary    string
	About      string // its description
	Place      string // only written
	Categories []string
	From, To   time.Time // To is after From
	Repeat     string    // its RRULE, empty for once
}

// ErrNoCalendar says that what was given is no iCalendar file.
var ErrNoCalendar = errors.New("this is no iCalendar file")

const (
	maxLine  = 64 << 10 // bytes of one unfolded line
	maxEvent = 5000     // events of one file
)

// Read reads the events of a file; days and times without a zone of their own are in zone. Events that cannot be read are
// counted in skipped.
func Read(r io.Reader, zone *time.Location) (events []Event, skipped int, err error) {
	in, seen := false, false
	var fields []property
	err = unfold(r, func(line string) error {
		p := parse(line)
		switch {
		case p.name == "BEGIN" && p.value == "VCALENDAR":
			seen = true
		case p.name == "BEGIN" && p.value == "VEVENT":
			in, fields = true, nil
		case p.name == "END" && p.value == "VEVENT" && in:
			in = false
			e, ok := event(fields, zone)
			if !ok || len(events) >= maxEvent {
				skipped++
				return nil
			}
			events = append(events, e)
		case in:
			fields = append(fields, p)
		}
		return nil
	})
	if err == nil && !seen {
		err = ErrNoCalendar
	}
	return events, skipped, err
}

// unfold joins the lines that go on after a line break and a blank.
func unfold(r io.Reader, give func(string) error) error {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 4096), maxLine)
	var whole []byte // of one line, in one place: pieces of one byte each must not be copied anew each time
	flush := func() error {
		if len(whole) == 0 {
			return nil
		}
		return give(string(whole))
	}
	for s.Scan() {
		line := strings.TrimSuffix(s.Text(), "\r")
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			if len(whole)+len(line) > maxLine {
				return fmt.Errorf("%w: a line without end", ErrNoCalendar)
			}
			whole = append(whole, line[1:]...)
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		whole = append(whole[:0], line...)
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoCalendar, err)
	}
	return flush()
}

// property is one line: a name, its parameters, its value.
type property struct {
	name, value string
	with        map[string]string
}

func parse(line string) property {
	head, value := line, ""
	quoted := false
	for i, r := range line {
		if r == '"' {
			quoted = !quoted
		}
		if r == ':' && !quoted {
			head, value = line[:i], line[i+1:]
			break
		}
	}
	parts := strings.Split(head, ";")
	p := property{name: strings.ToUpper(parts[0]), value: value}
	for _, part := range parts[1:] {
		if k, v, ok := strings.Cut(part, "="); ok {
			if p.with == nil {
				p.with = make(map[string]string)
			}
			p.with[strings.ToUpper(k)] = strings.Trim(v, `"`)
		}
	}
	return p
}

// event makes an event of its lines; ok is false without a beginning or a name.
func event(fields []property, zone *time.Location) (e Event, ok bool) {
	var length time.Duration
	days := false
	for _, p := range fields {
		switch p.name {
		case "UID":
			e.UID = p.value
		case "SUMMARY":
			e.Summary = plain(p.value)
		case "DESCRIPTION":
			e.About = plain(p.value)
		case "CATEGORIES":
			for _, c := range strings.Split(p.value, ",") {
				e.Categories = append(e.Categories, plain(c))
			}
		case "DTSTART":
			e.From, days = moment(p, zone)
		case "DTEND":
			e.To, _ = moment(p, zone)
		case "DURATION":
			length = duration(p.value)
		case "RRULE":
			e.Repeat = p.value
		case "STATUS":
			if p.value == "CANCELLED" {
				return e, false
			}
		}
	}
	switch {
	case e.From.IsZero() || e.Summary == "":
		return e, false
	case e.To.After(e.From):
	case length > 0:
		e.To = e.From.Add(length)
	case days:
		e.To = e.From.AddDate(0, 0, 1)
	default:
		e.To = e.From.Add(time.Hour)
	}
	return e, true
}

// moment reads a date or a date and time; days says that it is a date.
func moment(p property, zone *time.Location) (at time.Time, days bool) {
	if z, err := time.LoadLocation(p.with["TZID"]); err == nil && p.with["TZID"] != "" {
		zone = z
	}
	if at, err := time.Parse("20060102T150405Z", p.value); err == nil {
		return at, false
	}
	if at, err := time.ParseInLocation("20060102T150405", p.value, zone); err == nil {
		return at, false
	}
	at, err := time.ParseInLocation("20060102", p.value, zone)
	return at, err == nil
}

// duration reads P1D, PT2H30M, P2W; 0 for what is none.
func duration(s string) time.Duration {
	var sum time.Duration
	n, clock := 0, false
	for _, r := range strings.TrimPrefix(strings.TrimPrefix(s, "+"), "P") {
		switch {
		case r >= '0' && r <= '9':
			n = min(10*n+int(r-'0'), 100_000)
			continue
		case r == 'T':
			clock = true
		case r == 'W':
			sum += time.Duration(n) * 7 * 24 * time.Hour
		case r == 'D':
			sum += time.Duration(n) * 24 * time.Hour
		case r == 'H':
			sum += time.Duration(n) * time.Hour
		case r == 'M' && clock:
			sum += time.Duration(n) * time.Minute
		case r == 'S':
			sum += time.Duration(n) * time.Second
		default:
			return 0
		}
		n = 0
	}
	return sum
}

// plain takes the escapes out of a text.
func plain(s string) string {
	return strings.TrimSpace(strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s))
}
