package sheet

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
)

var hostile = []string{
	"=HYPERLINK(\"https://evil.example\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠A1", "  =1", "\u00a0=1", "\ufeff=1", `"=1"`, `x","=1`, "x;=1+1", "x\t=1", "x\n=1", "'=1", `",=1,"`,
}

// No cell begins a formula, however a spreadsheet parts the cells; reading gives back what was written.
func TestAttackFormulas(t *testing.T) {
	t.Parallel()
	for _, cell := range hostile {
		var b bytes.Buffer
		w := NewWriter(&b)
		w.Row("name", cell, "end")
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		for _, comma := range ",;\t" {
			r := csv.NewReader(bytes.NewReader(b.Bytes()))
			r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
			rows, err := r.ReadAll()
			if err != nil {
				t.Errorf("%q: %v", cell, err)
			}
			for _, row := range rows {
				for _, got := range row {
					if got = strings.TrimLeft(got, " \u00a0\ufeff"); got != "" && strings.ContainsAny(got[:1], "=+-@\t\r\n") || strings.HasPrefix(got, "＝") || strings.HasPrefix(got, "＠") {
						t.Errorf("%q parted by %q: the cell %q is a formula", cell, comma, got)
					}
				}
			}
			if comma == ',' && (len(rows) != 1 || len(rows[0]) != 3 || Disarmed(rows[0][1]) != strings.ReplaceAll(cell, "\r\n", "\n") && Disarmed(rows[0][1]) != strings.ReplaceAll(cell, "\r", "\n")) {
				t.Errorf("%q reads as %q", cell, rows)
			}
		}
	}
	for _, good := range []string{"+46 8 123 45", "+46 (8) 123; +48 1", "Ana", "ana@example.org", "", "a=b"} {
		if Armed(good) != good {
			t.Errorf("Armed(%q) = %q", good, Armed(good))
		}
	}
}

func FuzzRow(f *testing.F) {
	for _, cell := range hostile {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		var b bytes.Buffer
		w := NewWriter(&b)
		w.Row(cell, "x")
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 || rows[0][1] != "x" {
			t.Fatalf("%q reads as %q, %v", cell, rows, err)
		}
		if s := strings.TrimLeft(rows[0][0], " \u00a0\ufeff\u200b"); s != "" && strings.ContainsAny(s[:1], "=@-") {
			t.Errorf("%q is a formula", s)
		}
	})
}
