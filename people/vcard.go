package people

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"breakwater/desk"
)

// entry is one contact as a file has it, with the line where it begins.
type entry struct {
	line     int
	contact  desk.Contact
	deputies []string // names
	problem  *desk.Invalid
}

// property is a line of a vCard (RFC 6350, 3.3), unfolded.
type property struct {
	line   int
	name   string            // in capitals, without its group
	params map[string]string // names in capitals; values of a repeated one with commas between
	value  string
}

// readVCards reads cards of version 4.0 and 3.0. A card that cannot be read is an entry with a problem, and the others are read.
func readVCards(text string) (all []entry) {
	var card []property
	begun := 0
	for _, l := range unfold(text) {
		if len(all) > maxEntries {
			return all
		}
		p, ok := readProperty(l)
		switch {
		case ok && p.name == "BEGIN" && strings.EqualFold(p.value, "VCARD"):
			if begun != 0 {
				all = append(all, broken(begun, desk.Say("This card has no END:VCARD. Export the address book again.")))
			}
			begun, card = l.n, nil
		case begun == 0:
		case ok && p.name == "END":
			all = append(all, cardEntry(begun, card))
			begun = 0
		case ok:
			card = append(card, p)
		case strings.TrimSpace(l.text) != "":
			card = append(card, property{line: l.n})
		}
	}
	if begun != 0 {
		all = append(all, broken(begun, desk.Say("This card has no END:VCARD. Export the address book again.")))
	}
	return all
}

func broken(line int, reason desk.Text) entry {
	return entry{line: line, problem: &desk.Invalid{Field: "file", Reason: reason}}
}

// fileLine is a line with its number in the file.
type fileLine struct {
	n    int
	text string
}

// unfold joins lines that were folded: what begins with a space or a tab continues the line before.
func unfold(text string) (lines []fileLine) {
	var whole strings.Builder // of the last line: pieces of one byte each must not be copied anew each time
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimSuffix(l, "\r")
		if len(lines) > 0 && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")) {
			whole.WriteString(l[1:])
			continue
		}
		if len(lines) > 0 {
			lines[len(lines)-1].text = whole.String()
		}
		whole = strings.Builder{}
		whole.WriteString(l)
		lines = append(lines, fileLine{i + 1, l})
	}
	if len(lines) > 0 {
		lines[len(lines)-1].text = whole.String()
	}
	return lines
}

// readProperty reads [group.]NAME(;PARAM=value)*:value.
func readProperty(l fileLine) (p property, ok bool) {
	p = property{line: l.n, params: map[string]string{}}
	colon := outside(l.text, ':')
	if colon < 0 {
		return p, false
	}
	head := l.text[:colon]
	p.value = l.text[colon+1:]
	name := head
	if i := strings.IndexByte(head, ';'); i >= 0 {
		name = head[:i]
		p.readParams(head[i+1:])
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
	}
	p.name = strings.ToUpper(strings.TrimSpace(name))
	return p, p.name != ""
}

// maxParam is in bytes: no parameter of a card is as long.
const maxParam = 4096

func (p *property) readParams(text string) {
	for text != "" {
		one := text
		if i := outside(text, ';'); i >= 0 {
			one, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		key, value, ok := strings.Cut(one, "=")
		if !ok {
			key, value = "TYPE", one // vCard 2.1 writes bare types
		}
		key, value = strings.ToUpper(strings.TrimSpace(key)), strings.ReplaceAll(value, `"`, "")
		if old := p.params[key]; old != "" {
			value = old + "," + value
		}
		if len(value) <= maxParam {
			p.params[key] = value
		}
	}
}

// outside is the first place of c that is not between quotation marks, -1 without one.
func outside(s string, c byte) int {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == c && !quoted:
			return i
		}
	}
	return -1
}

// is reports whether a type is among those of the property.
func (p *property) is(kind string) bool {
	return slices.ContainsFunc(strings.Split(p.params["TYPE"], ","), func(t string) bool { return strings.EqualFold(strings.TrimSpace(t), kind) })
}

// preference is the property's place, 1 first; 101 without one. Version 3.0 knows the type PREF only.
func (p *property) preference() int {
	if n, err := strconv.Atoi(p.params["PREF"]); err == nil && n >= 1 && n <= 100 {
		return n
	}
	if p.is("pref") {
		return 1
	}
	return 101
}

// parts splits a value at separators that are not escaped, and takes the escapes away.
func parts(value string, sep byte) (all []string) {
	var b strings.Builder
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c == '\\' && i+1 < len(value):
			i++
			if value[i] == 'n' || value[i] == 'N' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(value[i])
			}
		case c == sep && sep != 0:
			all = append(all, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(all, b.String())
}

func plain(value string) string { return parts(value, 0)[0] }

// ranked is a way with its place.
type ranked struct {
	desk.ContactWay
	place int
}

// cardEntry makes a contact of a card.
func cardEntry(line int, card []property) entry {
	e := entry{line: line}
	c := &e.contact
	var ways []ranked
	var surname string
	for i := range card {
		p := &card[i]
		switch p.name {
		case "":
			return broken(p.line, desk.Say("This line is none of a vCard. Export the address book again."))
		case "VERSION":
			if v := strings.TrimSpace(p.value); v != "4.0" && v != "3.0" {
				return broken(line, desk.Say("This is a vCard of version {version}. Export it as 4.0 or 3.0.", "version", v))
			}
		case "N":
			surname = fullName(parts(p.value, ';'))
		default:
			if take := cardFields[p.name]; take != nil {
				take(&e, p)
			}
			if w, ok := cardWay(p); ok {
				ways = append(ways, w)
			}
		}
	}
	slices.SortStableFunc(ways, func(a, b ranked) int { return a.place - b.place })
	for _, w := range ways {
		c.Ways = append(c.Ways, w.ContactWay)
	}
	if c.Name == "" {
		c.Name = surname
	}
	return e
}

// fullName is a name of its parts: family, given, further, before, after.
func fullName(n []string) string {
	for len(n) < 5 {
		n = append(n, "")
	}
	return strings.Join(strings.Fields(strings.Join([]string{n[3], n[1], n[2], n[0], n[4]}, " ")), " ")
}

// cardFields are the properties that are no way to reach somebody. What a program of ours adds begins with X-BREAKWATER.
var cardFields = map[string]func(*entry, *property){
	"FN": func(e *entry, p *property) { e.contact.Name = plain(p.value) },
	"ORG": func(e *entry, p *property) {
		units := parts(p.value, ';')
		e.contact.Firm = units[0]
		if len(units) > 1 {
			e.contact.Department = units[1]
		}
	},
	"TITLE": func(e *entry, p *property) { e.contact.Title = plain(p.value) },
	"LANG": func(e *entry, p *property) {
		if e.contact.Lang == "" || p.preference() == 1 {
			e.contact.Lang = knownLang(plain(p.value))
		}
	},
	"TZ": func(e *entry, p *property) {
		if v := plain(p.value); strings.Contains(v, "/") || v == "UTC" {
			e.contact.Zone = v
		}
	},
	"NOTE": func(e *entry, p *property) { e.contact.Notes = plain(p.value) },
	"UID":  func(e *entry, p *property) { e.contact.UID = plain(p.value) },
	"KIND": func(e *entry, p *property) {
		e.contact.Group = !strings.EqualFold(strings.TrimSpace(p.value), "individual")
	},
	"X-BREAKWATER-KIND":     func(e *entry, p *property) { e.contact.Kind = plain(p.value) },
	"X-BREAKWATER-HOURS":    func(e *entry, p *property) { e.contact.Hours = plain(p.value) },
	"X-BREAKWATER-ROLES":    func(e *entry, p *property) { e.contact.Roles = parts(p.value, ',') },
	"X-BREAKWATER-DEPUTIES": func(e *entry, p *property) { e.deputies = parts(p.value, ',') },
}

// cardWay is the way to reach somebody that a property is.
func cardWay(p *property) (w ranked, ok bool) {
	w.place, w.Note = p.preference(), p.params["X-BREAKWATER-NOTE"]
	v := strings.TrimSpace(plain(p.value))
	switch p.name {
	case "TEL":
		w.Kind = desk.ReachPhone
		switch {
		case p.is("cell") || p.is("text"):
			w.Kind = desk.ReachMobile
		case p.is("fax") || p.is("pager"):
			return w, false
		}
		v, _ = cutFold(v, "tel:")
		if number, extension, found := strings.Cut(v, ";ext="); found {
			v = number + " x" + extension
		} else {
			v, _, _ = strings.Cut(v, ";")
		}
	case "EMAIL":
		w.Kind = desk.ReachEmail
		v, _ = cutFold(v, "mailto:")
	case "IMPP":
		w.Kind = desk.ReachMessenger
		if service := p.params["X-SERVICE-TYPE"]; service != "" && !strings.Contains(v, "://") {
			if i := strings.LastIndexByte(v, ':'); i >= 0 {
				v = v[i+1:]
			}
			v = strings.ToLower(service) + ": " + v
		}
	default:
		return w, false
	}
	w.Value = v
	return w, v != ""
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// writeVCards writes cards of version 4.0. names gives the names of deputies.
func writeVCards(out io.Writer, all []desk.Contact, names map[int64]string) error {
	w := bufio.NewWriter(out)
	for _, c := range all {
		writeVCard(w, &c, names)
	}
	return w.Flush()
}

func writeVCard(w *bufio.Writer, c *desk.Contact, names map[int64]string) {
	line := func(name string, values ...string) {
		if strings.Join(values, "") == "" {
			return
		}
		for i := range values {
			values[i] = escape(values[i])
		}
		fold(w, name+":"+strings.Join(values, ";"))
	}
	list := func(name string, values []string) {
		if len(values) == 0 {
			return
		}
		all := make([]string, len(values))
		for i, v := range values {
			all[i] = escape(v)
		}
		fold(w, name+":"+strings.Join(all, ","))
	}
	fold(w, "BEGIN:VCARD")
	fold(w, "VERSION:4.0")
	uid := c.UID
	if uid == "" {
		uid = "breakwater-contact-" + strconv.FormatInt(c.ID, 10)
	}
	line("UID", uid)
	fold(w, "KIND:"+map[bool]string{false: "individual", true: "group"}[c.Group])
	line("FN", c.Name)
	if c.Firm != "" || c.Department != "" {
		line("ORG", c.Firm, c.Department)
	}
	line("TITLE", c.Title)
	for i, reach := range c.Ways {
		fold(w, wayLine(reach, min(i+1, 100)))
	}
	line("LANG", c.Lang)
	line("TZ", c.Zone)
	line("NOTE", c.Notes)
	line("X-BREAKWATER-KIND", c.Kind)
	line("X-BREAKWATER-HOURS", c.Hours)
	list("X-BREAKWATER-ROLES", c.Roles)
	list("X-BREAKWATER-DEPUTIES", deputyNames(c, names))
	fold(w, "END:VCARD")
}

func deputyNames(c *desk.Contact, names map[int64]string) (all []string) {
	for _, id := range c.Deputies {
		if n := names[id]; n != "" {
			all = append(all, n)
		}
	}
	return all
}

// wayLine is a way as a property. The place is its preference.
func wayLine(r desk.ContactWay, place int) string {
	name := map[string]string{desk.ReachPhone: "TEL;TYPE=voice", desk.ReachMobile: "TEL;TYPE=cell", desk.ReachEmail: "EMAIL", desk.ReachMessenger: "IMPP"}[r.Kind]
	name += ";PREF=" + strconv.Itoa(place)
	if r.Note != "" {
		name += `;X-BREAKWATER-NOTE="` + strings.NewReplacer(`"`, "'", "\r", " ", "\n", " ").Replace(r.Note) + `"`
	}
	return name + ":" + escape(r.Value)
}

var escapes = strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`)

func escape(s string) string { return escapes.Replace(s) }

// lineBytes is the most that a line of a vCard holds (RFC 6350, 3.2); a character is not cut.
const lineBytes = 75

func fold(w *bufio.Writer, line string) {
	room := lineBytes
	for _, r := range line {
		size := len(string(r))
		if size > room {
			_, _ = w.WriteString("\r\n ")
			room = lineBytes - 1
		}
		_, _ = w.WriteRune(r)
		room -= size
	}
	_, _ = fmt.Fprint(w, "\r\n")
}
