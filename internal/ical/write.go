package ical

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Write writes a calendar of single events, in UTC. Who subscribes to it is asked to look again every refresh.
func Write(w io.Writer, name string, events []Event, made time.Time, refresh time.Duration) error {
	b := bufio.NewWriter(w)
	line := func(key, value string) { fold(b, key+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Breakwater//Crisis desk//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape(name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT"+minutesOf(refresh))
	line("X-PUBLISHED-TTL", "PT"+minutesOf(refresh))
	for _, e := range events {
		line("BEGIN", "VEVENT")
		line("UID", escape(e.UID))
		line("DTSTAMP", made.UTC().Format(utc))
		line("DTSTART", e.From.UTC().Format(utc))
		line("DTEND", e.To.UTC().Format(utc))
		line("SUMMARY", escape(e.Summary))
		if e.About != "" {
			line("DESCRIPTION", escape(e.About))
		}
		if e.Place != "" {
			line("LOCATION", escape(e.Place))
		}
		line("END", "VEVENT")
	}
	if len(events) == 0 { // a calendar without any component is none (RFC 5545, 3.6)
		for _, l := range [][2]string{{"BEGIN", "VTIMEZONE"}, {"TZID", "UTC"}, {"BEGIN", "STANDARD"}, {"DTSTART", "19700101T000000"}, {"TZOFFSETFROM", "+0000"}, {"TZOFFSETTO", "+0000"}, {"END", "STANDARD"}, {"END", "VTIMEZONE"}} {
			line(l[0], l[1])
		}
	}
	line("END", "VCALENDAR")
	return b.Flush()
}

// utc is a time in UTC as RFC 5545, 3.3.5, form 2 has it.
const utc = "20060102T150405Z"

func minutesOf(d time.Duration) string { return strconv.Itoa(int(d/time.Minute)) + "M" }

// escape writes a text so that nothing in it ends the line or the value (RFC 5545, 3.3.11).
func escape(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	clean := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(clean)
}

// fold writes a line in pieces of at most 75 bytes, cut between characters (RFC 5545, 3.1). The writer keeps its first error.
func fold(b *bufio.Writer, s string) {
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		_, _ = b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74
	}
	_, _ = b.WriteString(s + "\r\n")
}
