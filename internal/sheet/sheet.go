// Package sheet writes tables for spreadsheets (CSV, RFC 4180) whose cells stay what they are: words of strangers, not formulas.
package sheet

import (
	"bufio"
	"io"
	"strings"
)

// Writer writes a table row by row. The first error is kept, and given by Flush.
type Writer struct {
	out *bufio.Writer
	err error
}

// NewWriter writes to out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: bufio.NewWriter(out)} }

// Row writes one row. Every cell stands in quotation marks: a program that parts cells by semicolons or tabs, as spreadsheets do in
// half of Europe, makes no cell of its own of what follows one.
func (w *Writer) Row(cells ...string) {
	for i, cell := range cells {
		if i > 0 {
			w.write(",")
		}
		w.write(`"` + strings.ReplaceAll(Armed(cell), `"`, `""`) + `"`)
	}
	w.write("\r\n")
}

func (w *Writer) write(s string) {
	if w.err == nil {
		_, w.err = w.out.WriteString(s)
	}
}

// Flush ends the table.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

// formula are the signs that begin one, for one spreadsheet or another; also as Japanese keyboards write them, and what is taken
// away before (owasp.org, CSV Injection, November 2026).
const formula = "=+-@\t\r\n＝＋－＠"

// Armed keeps a spreadsheet from running a cell as a formula: an apostrophe before it says that it is text. A telephone number with
// its country begins with a plus and is left alone, so that other programs still read it.
func Armed(s string) string {
	// Apostrophes that stand there already get one more, so that Disarmed gives back what was written.
	first := firstRune(strings.TrimLeft(strings.TrimLeft(s, "'"), " \u00a0\ufeff\u200b"))
	if first == 0 || !strings.ContainsRune(formula, first) || first == '+' && strings.Trim(s, "+0123456789 ()-;.") == "" {
		return s
	}
	return "'" + s
}

// Disarmed takes that apostrophe away, and the one that people write before a telephone number for the same reason.
func Disarmed(s string) string {
	rest, ok := strings.CutPrefix(s, "'")
	if ok && (Armed(rest) != rest || strings.HasPrefix(rest, "+")) {
		return rest
	}
	return s
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}
