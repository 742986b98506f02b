package file

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"breakwater/desk"
)

// table reads rows of separated values: RFC 4180 with the liberties that spreadsheets take. encoding/csv is not used because
// one quote that is never closed makes it swallow the rest of a file, and because it cannot go on after a bad row.
type table struct {
	lines *lines
	comma byte
	alone int // lines up to this one are rows by themselves: reading them as one row did not end well
}

// row is what one record's fields are collected in.
type row struct {
	fields []string
	field  []byte
	quoted bool // inside quotes
	shut   bool // quotes of this field were closed
}

// add reads one more line of the row.
func (r *row) add(text []byte, comma byte) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case r.quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			r.field = append(r.field, '"')
			i++
		case r.quoted && c == '"':
			r.quoted, r.shut = false, true
		case r.quoted:
			r.field = append(r.field, c)
		case c == comma:
			r.end()
		case c == '"' && !r.shut && len(bytes.TrimSpace(r.field)) == 0:
			r.field, r.quoted = r.field[:0], true
		default:
			r.field = append(r.field, c)
		}
	}
	if r.quoted {
		r.field = append(r.field, '\n')
	} else {
		r.end()
	}
}

func (r *row) end() {
	r.fields = append(r.fields, string(r.field))
	r.field, r.shut = r.field[:0], false
}

// next is the next row and its first line. A row that cannot be read comes with a reason, and the reading goes on after its
// first line. io.EOF ends.
func (t *table) next() (fields []string, first line, bad *desk.Invalid, err error) {
	first, err = t.lines.next()
	if err != nil {
		return nil, first, nil, err
	}
	if first.long {
		return nil, first, tooLong(), nil
	}
	var r row
	r.add(first.text, t.comma)
	var taken []line
	for size := len(first.text); r.quoted; {
		more, err := line{}, io.EOF
		if first.n > t.alone {
			more, err = t.lines.next()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, first, nil, err
		}
		if err == nil {
			taken = append(taken, more)
			size += len(more.text) + 1
		}
		if err != nil || size > maxLine || more.long {
			if len(taken) > 0 {
				t.alone = taken[len(taken)-1].n
				t.lines.again = append(taken, t.lines.again...)
			}
			return nil, first, desk.Wrong("row", "A quotation mark is opened and never closed."), nil
		}
		r.add(more.text, t.comma)
	}
	return r.fields, first, nil, nil
}

func tooLong() *desk.Invalid {
	return desk.Wrong("row", "The line is longer than {n} KB.", "n", maxLine>>10)
}

// sniff finds the separator of a table in its header: the one that splits it most often outside quotes.
func sniff(header []byte) byte {
	best, most := byte(','), 0
	for _, c := range []byte{',', ';', '\t', '|'} {
		var r row
		r.add(header, c)
		if n := len(r.fields); n > most {
			best, most = c, n
		}
	}
	return best
}

// separator reads the first line that some spreadsheets write: sep=;
func separator(text []byte) (byte, bool) {
	rest, ok := strings.CutPrefix(strings.ToLower(string(text)), "sep=")
	if !ok || len(rest) != 1 {
		return 0, false
	}
	return rest[0], true
}
