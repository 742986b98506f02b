package people

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// Words of a contact make no line of their own in a card, and no formula in a table; both read back as they were.
func TestAttackContactFiles(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{"Ana\r\nTEL:+1900", "Ana\nEND:VCARD\nBEGIN:VCARD\nFN:Eve", "Ana\rNOTE:x", `Ana";X="`, "Ana;=HYPERLINK(1)", "=cmd|' /C calc'!A0", "-1", "@x", "\t=1", "+1+1", "Ana\\", "Ana\\n", "A\u2028B"} {
		c := desk.Contact{ID: 1, Name: evil, Firm: evil, Department: evil, Title: evil, Notes: evil, Hours: evil, UID: "u", Kind: desk.ContactStaff, Roles: []string{evil}, Ways: []desk.ContactWay{{Kind: desk.ReachPhone, Value: "+46 1", Note: evil}}}
		var cards, table bytes.Buffer
		if err := writeVCards(&cards, []desk.Contact{c}, nil); err != nil {
			t.Fatal(err)
		}
		read := readVCards(cards.String())
		if len(read) != 1 || read[0].problem != nil || len(read[0].contact.Ways) != 1 || strings.Join(strings.Fields(read[0].contact.Name), " ") != strings.Join(strings.Fields(evil), " ") {
			t.Errorf("%q in a card reads as %+v", evil, read)
		}
		for _, line := range strings.Split(cards.String(), "\n") {
			if line = strings.TrimSuffix(line, "\r"); strings.Contains(line, "\r") {
				t.Errorf("%q ends the line %q early", evil, line)
			}
		}
		if err := writeCSV(&table, []desk.Contact{c}, nil); err != nil {
			t.Fatal(err)
		}
		for _, sep := range []string{`"`, ";", ",", "\t", "\n"} {
			for _, start := range []string{"=", "@", "-", "\t="} {
				if strings.Contains(strings.ReplaceAll(table.String(), `""`, ""), sep+start) && sep == `"` {
					t.Errorf("%q begins a formula: %.200q", evil, table.String())
				}
			}
		}
	}
}

// Books that are made to keep us busy are read as fast as others: folded into single bytes, one name repeated, quotation marks
// without end, cards without end.
func TestAttackContactBombs(t *testing.T) {
	t.Parallel()
	n := MaxBook
	for name, book := range map[string]string{
		"folded":     "BEGIN:VCARD\nVERSION:4.0\nFN:" + strings.Repeat("\n a", n/3-100) + "\nEND:VCARD",
		"parameters": "BEGIN:VCARD\nVERSION:4.0\nFN:x\nTEL;" + strings.Repeat("TYPE=a;", n/7-100) + "TYPE=b:1\nEND:VCARD",
		"quotes":     "BEGIN:VCARD\nVERSION:4.0\nFN:x\nTEL;" + strings.Repeat(`X="`, n/3-100) + ":1\nEND:VCARD",
		"cards":      strings.Repeat("BEGIN:VCARD\n", n/12-1),
		"escapes":    "BEGIN:VCARD\nVERSION:4.0\nFN:" + strings.Repeat(`\n`, n/2-100) + "\nEND:VCARD",
		"a line":     "name,group\n" + strings.Repeat("a", n-100),
		"cells":      "name" + strings.Repeat(",", n-100),
		"rows":       "name\n" + strings.Repeat("a\n", n/2-100),
		"an opening": "name\n\"" + strings.Repeat("\"\"", n/2-100),
	} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if strings.HasPrefix(book, "BEGIN") {
				readVCards(book)
			} else {
				_, _ = readCSV(book)
			}
		}()
		began := time.Now()
		select {
		case <-done:
			t.Logf("%s: %s", name, time.Since(began))
		case <-time.After(30 * time.Second):
			t.Fatalf("%s: still reading", name)
		}
	}
}

func FuzzBooks(f *testing.F) {
	f.Add("BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nTEL;TYPE=\"cell,voice\";PREF=1:+46 1\n folded\nEND:VCARD")
	f.Add("name;phone\n\"Ana\";'+46 1 [nights]")
	f.Fuzz(func(t *testing.T, book string) {
		for _, e := range readVCards(book) {
			if e.problem != nil {
				continue
			}
			var b bytes.Buffer
			if err := writeVCards(&b, []desk.Contact{e.contact}, nil); err != nil {
				t.Fatal(err)
			}
			if again := readVCards(b.String()); len(again) != 1 {
				t.Errorf("%q was written as %d cards", book, len(again))
			}
		}
		all, _ := readCSV(book)
		for _, e := range all {
			var b bytes.Buffer
			if err := writeCSV(&b, []desk.Contact{e.contact}, nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}
