package connector

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"breakwater/alert"
	"breakwater/desk"
)

// Units in which networks count a text.
var (
	Runes = func(rune) int { return 1 }
	Bytes = utf8.RuneLen
	UTF16 = utf16.RuneLen
	JSON  = jsonLen
)

// jsonLen is how many bytes a character takes within JSON, as fetch.PostJSON writes it.
func jsonLen(r rune) int {
	switch {
	case r == '"', r == '\\', r == '\n', r == '\r', r == '\t', r == '\b', r == '\f':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return 6
	}
	return utf8.RuneLen(r)
}

// Cut shortens a text to at most most units, at a character, and shows by … that there was more. What is no UTF-8 is left out.
func Cut(s string, most int, units func(rune) int) string {
	s = strings.ToValidUTF8(s, "")
	room, fits := most-units('…'), 0
	n := 0
	for i, r := range s {
		if n += units(r); n <= room {
			fits = i + utf8.RuneLen(r)
		}
		if n > most {
			return s[:fits] + "…"
		}
	}
	return s
}

// Address reads a setting that is a whole web address. *desk.Invalid otherwise.
func Address(set desk.Settings, field string) (string, error) {
	s := strings.TrimSpace(set[field])
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", desk.Wrong(field, "Enter a whole address, like https://example.org/alerts.")
	}
	return s, nil
}

// Needed reads a setting that must be there. *desk.Invalid otherwise.
func Needed(set desk.Settings, field string) (string, error) {
	if s := strings.TrimSpace(set[field]); s != "" {
		return s, nil
	}
	return "", desk.Wrong(field, "This is needed.")
}

// Unpinged keeps what strangers wrote from calling people: an @ is followed by a space of no width, so that it names nobody.
func Unpinged(s string) string { return strings.ReplaceAll(s, "@", "@\u200b") }

// About names what a message is about, the same for every message about one alert: services that keep state know it again by it.
func About(m alert.Message) string {
	if m.Alert.ID == 0 {
		return "breakwater-" + m.Key
	}
	return "breakwater-alert-" + strconv.FormatInt(m.Alert.ID, 10)
}
