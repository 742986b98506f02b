package people

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"breakwater/desk"
	"breakwater/internal/sheet"
)

// columns are what a table of contacts holds, in the order in which ours are written.
var columns = []string{
	"name", "group", "kind", "department", "title", "firm", "phone", "mobile", "email", "messenger", "hours", "language", "time zone", "roles", "deputies", "notes", "uid",
}

// headings are other names of columns, as address books and people write them; in lower case, without signs.
var headings = map[string]string{
	"full name": "name", "display name": "name", "first name": "given", "given name": "given", "last name": "family", "family name": "family", "surname": "family",
	"type": "kind", "category": "kind", "team": "department", "organization department": "department", "unit": "department",
	"job title": "title", "organization title": "title", "position": "title", "function": "title",
	"company": "firm", "organisation": "firm", "organization": "firm", "organization name": "firm", "employer": "firm",
	"telephone": "phone", "phone number": "phone", "tel": "phone", "business phone": "phone", "work phone": "phone", "home phone": "phone", "other phone": "phone",
	"mobile phone": "mobile", "cell": "mobile", "cell phone": "mobile", "mobile number": "mobile",
	"e mail": "email", "mail": "email", "e mail address": "email", "email address": "email", "mail address": "email",
	"chat": "messenger", "im": "messenger", "signal": "messenger", "whatsapp": "messenger", "telegram": "messenger",
	"lang": "language", "locale": "language", "preferred language": "language",
	"timezone": "time zone", "zone": "time zone", "tz": "time zone", "office hours": "hours", "available": "hours", "reachable": "hours",
	"role": "roles", "plan role": "roles", "deputy": "deputies", "substitute": "deputies", "stand in": "deputies", "note": "notes", "comment": "notes", "remarks": "notes", "id": "uid",
}

// heading is what a column holds, empty for what we do not keep. "Phone 2 - Value" is a phone.
func heading(cell string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(cell) {
		switch {
		case r >= '0' && r <= '9':
		case strings.ContainsRune("-_.:/#()", r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	name := strings.Join(strings.Fields(b.String()), " ")
	name = strings.TrimSuffix(name, " value")
	if known, ok := headings[name]; ok {
		return known
	}
	for _, c := range columns {
		if name == c {
			return c
		}
	}
	return ""
}

// separator is the sign that parts the cells: the one of which the first line has most.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

// readCSV reads a table whose first row names its columns. A row that cannot be read is an entry with a problem. *desk.Invalid when
// it is no such table.
func readCSV(text string) (all []entry, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = separator(text), -1, true, true
	head, err := r.Read()
	if err != nil {
		return nil, errNoTable()
	}
	names := make([]string, len(head))
	named := false
	for i, cell := range head {
		names[i] = heading(cell)
		named = named || names[i] == "name" || names[i] == "family" || names[i] == "given"
	}
	if !named {
		return nil, errNoTable()
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			all = append(all, broken(line, desk.Say("The quotation marks of this row do not match. Mend it in the table and save it again.")))
			continue
		}
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			all = append(all, rowEntry(line, names, row))
		}
		if len(all) > maxEntries {
			return all, nil
		}
	}
}

func errNoTable() error {
	return desk.Wrong("file", "The first row must name the columns, one of them “name”. Others that are read: {columns}.", "columns", strings.Join(columns[1:], ", "))
}

// rowEntry makes a contact of a row. A cell may hold several ways, parted by semicolons or lines.
func rowEntry(line int, names, row []string) entry {
	e := entry{line: line}
	c := &e.contact
	var given, family string
	for i, cell := range row {
		if i >= len(names) {
			break
		}
		cell = sheet.Disarmed(strings.TrimSpace(cell))
		if cell == "" {
			continue
		}
		switch names[i] {
		case "given":
			given = cell
		case "family":
			family = cell
		case "group":
			c.Group = yes[strings.ToLower(cell)]
		case "phone", "mobile", "email", "messenger":
			for _, one := range strings.FieldsFunc(strings.ReplaceAll(cell, ":::", ";"), isBreak) {
				if one = strings.TrimSpace(one); one != "" {
					c.Ways = append(c.Ways, noted(names[i], one))
				}
			}
		case "roles":
			c.Roles = strings.FieldsFunc(cell, isBreak)
		case "deputies":
			e.deputies = strings.FieldsFunc(cell, isBreak)
		case "language":
			c.Lang = knownLang(cell)
		default:
			if into := cellOf(c, names[i]); into != nil {
				*into = cell
			}
		}
	}
	if c.Name == "" {
		c.Name = strings.TrimSpace(given + " " + family)
	}
	c.Kind = strings.ToLower(c.Kind)
	return e
}

var yes = map[string]bool{"yes": true, "true": true, "1": true, "group": true, "department": true, "x": true}

func isBreak(r rune) bool { return r == ';' || r == '\n' || r == '\r' }

// noted parts a way from its note: "+46 8 123 (nights)".
func noted(kind, cell string) desk.ContactWay {
	w := desk.ContactWay{Kind: kind, Value: cell}
	if i := strings.LastIndex(cell, " ["); i > 0 && strings.HasSuffix(cell, "]") {
		w.Value, w.Note = cell[:i], cell[i+2:len(cell)-1]
	}
	return w
}

func cellOf(c *desk.Contact, column string) *string {
	return map[string]*string{"name": &c.Name, "kind": &c.Kind, "department": &c.Department, "title": &c.Title, "firm": &c.Firm, "hours": &c.Hours,
		"time zone": &c.Zone, "notes": &c.Notes, "uid": &c.UID}[column]
}

// writeCSV writes a table that readCSV reads.
func writeCSV(out io.Writer, all []desk.Contact, names map[int64]string) error {
	w := sheet.NewWriter(out)
	w.Row(columns...)
	for _, c := range all {
		row := make([]string, len(columns))
		for i, column := range columns {
			row[i] = cell(&c, column, names)
		}
		w.Row(row...)
	}
	return w.Flush()
}

func cell(c *desk.Contact, column string, names map[int64]string) string {
	switch column {
	case "group":
		if c.Group {
			return "yes"
		}
		return ""
	case "phone", "mobile", "email", "messenger":
		var all []string
		for _, w := range c.Ways {
			switch {
			case w.Kind != column:
			case w.Note != "":
				all = append(all, w.Value+" ["+w.Note+"]")
			default:
				all = append(all, w.Value)
			}
		}
		return strings.Join(all, "; ")
	case "language":
		return c.Lang
	case "roles":
		return strings.Join(c.Roles, "; ")
	case "deputies":
		return strings.Join(deputyNames(c, names), "; ")
	}
	return *cellOf(c, column)
}
