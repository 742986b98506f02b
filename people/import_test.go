package people

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"breakwater/desk"
	"breakwater/store"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func newDirectory(t *testing.T) (d *Directory, db *store.DB, lead context.Context) {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{Path: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { db.Close() })
	lead = desk.WithActor(t.Context(), desk.Actor{Who: "user:2", UserID: 2, Name: "Lea", Role: desk.Lead})
	return NewDirectory(db, []byte(strings.Repeat("k", 32)), "https://desk.example", slog.New(slog.DiscardHandler)), db, lead
}

const someCards = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:4fbe8971\r\nFN:Ana Lindqvist\\, M.D.\r\nORG:;Quality\r\nTITLE:Head of quality\r\n" +
	"TEL;VALUE=uri;PREF=2;TYPE=\"voice,work\":tel:+46-8-123-456;ext=12\r\nitem1.TEL;PREF=1;TYPE=cell:+46 70 123 45 67\r\nEMAIL:ana@acme.ex\r\n ample\r\n" +
	"IMPP;X-SERVICE-TYPE=Signal:x-apple:+46701234567\r\nLANG;PREF=1:sv\r\nTZ:Europe/Stockholm\r\nNOTE:Knows the plant.\\nCalls back.\r\nEND:VCARD\r\n" +
	"BEGIN:VCARD\nVERSION:3.0\nN:Berg;Bo;;Dr.;\nORG:Berg & Partner;Litigation\nTEL;TYPE=WORK,PREF:+46 8 555 01\nTEL;TYPE=FAX:+46 8 555 02\nEND:VCARD\n" +
	"BEGIN:VCARD\nVERSION:2.1\nFN:Old\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:Wrong\nTEL:call me\nEND:VCARD\nBEGIN:VCARD\nVERSION:4.0\nFN:Cut"

func TestVCards(t *testing.T) {
	t.Parallel()
	d, _, lead := newDirectory(t)
	s, err := d.Import(lead, 1, "lawyer", []byte(someCards))
	must(t, err)
	if s.New != 2 || s.Bad != 3 || !s.Kept {
		t.Fatalf("sheet %+v", s)
	}
	for i, want := range []string{"", "", "This is a vCard of version 2.1. Export it as 4.0 or 3.0.",
		"“call me” is no phone number. Write it with the country, like +46 70 123 45 67.", "This card has no END:VCARD. Export the address book again."} {
		if got := s.Rows[i].Problem.English(); got != want {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	all, err := d.List(lead, desk.ContactFilter{})
	must(t, err)
	want := []desk.Contact{
		{BrandID: 1, Kind: "lawyer", Name: "Ana Lindqvist, M.D.", Department: "Quality", Title: "Head of quality", Lang: "sv", Zone: "Europe/Stockholm", UID: "urn:uuid:4fbe8971",
			Notes: "Knows the plant.\nCalls back.", Ways: []desk.ContactWay{{Kind: "mobile", Value: "+46 70 123 45 67"}, {Kind: "phone", Value: "+46-8-123-456 x12"},
				{Kind: "email", Value: "ana@acme.example"}, {Kind: "messenger", Value: "signal: +46701234567"}}},
		{BrandID: 1, Kind: "lawyer", Name: "Dr. Bo Berg", Department: "Litigation", Firm: "Berg & Partner", Ways: []desk.ContactWay{{Kind: "phone", Value: "+46 8 555 01"}}},
	}
	ignore := cmpopts.IgnoreFields(desk.Contact{}, "ID", "Version", "Added", "Round")
	if diff := cmp.Diff(want, all, ignore); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	again, err := d.Preview(lead, 1, "other", []byte(someCards))
	must(t, err)
	if again.Same != 2 || again.New+again.Changed != 0 {
		t.Errorf("again: %+v", again)
	}
}

const someRows = "\uFEFFName;Abteilung;Department;Kind;E-mail Address;Mobile Phone;Phone;Deputy;Language\n" +
	"Ana;x;Press;staff;ana@acme.example;'+46 70 1;+46 8 1 [at night];Bo;Svenska\n" +
	"Bo;x;Press;staff;bo@acme.example; ; ;;he_IL\n" +
	";x;Press;;nobody@acme.example;;;;\n" +
	"Cy;x;;boss;;;;;\n" +
	"Di;x;;;no address;;;;\n" +
	"Ana;x;Press;;ana@acme.example;;;;\n\n"

func TestTables(t *testing.T) {
	t.Parallel()
	d, db, lead := newDirectory(t)
	_, err := d.Preview(lead, 1, "other", []byte(someRows))
	must(t, err)
	if n, err := db.CountContacts(lead, 0, time.Time{}); err != nil || n.All != 0 {
		t.Fatalf("a preview kept %+v, %v", n, err)
	}
	s, err := d.Import(lead, 1, "other", []byte(someRows))
	must(t, err)
	var got []string
	for _, r := range s.Rows {
		got = append(got, r.What+" "+r.Problem.English())
	}
	want := []string{"new ", "new ", "bad Give a name of at most 200 characters.", "bad Choose one of the kinds.",
		"bad “no address” is no mail address. Write it like ana@example.org.", "bad This is the same contact as in line 2. Keep one of them."}
	if diff := cmp.Diff(want, got); diff != "" || s.Rows[4].Line != 6 {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	all, err := d.List(lead, desk.ContactFilter{})
	must(t, err)
	ana, bo := all[0], all[1]
	if !slices.Equal(ana.Deputies, desk.IDs{bo.ID}) || ana.Lang != "sv" || bo.Lang != "he" ||
		!slices.Contains(ana.Ways, desk.ContactWay{Kind: "phone", Value: "+46 8 1", Note: "at night"}) || !slices.Contains(ana.Ways, desk.ContactWay{Kind: "mobile", Value: "+46 70 1"}) {
		t.Errorf("kept %+v and %+v", ana, bo)
	}
	more, err := d.Import(lead, 1, "other", []byte("name,department,email,phone,title\nAna,Press,ana@acme.example,+46 9 9,Head\n"))
	must(t, err)
	if more.Changed != 1 || !slices.Equal(more.Rows[0].Fields, []string{"title", "ways"}) {
		t.Errorf("more %+v", more)
	}
	ana, err = d.One(lead, ana.ID)
	must(t, err)
	if len(ana.Ways) != 4 || ana.Kind != "staff" || len(ana.Deputies) != 1 {
		t.Errorf("an import took something away: %+v", ana)
	}
	for _, bad := range []string{"", "\n\n", "a,b\n1,2\n", "name,email\n"} {
		if _, err := d.Preview(lead, 1, "other", []byte(bad)); err == nil {
			t.Errorf("%q is taken for an address book", bad)
		}
	}
}

// What is written is read again without a change, whatever stands in it, and no cell is a formula.
func TestExportComesBack(t *testing.T) {
	t.Parallel()
	d, _, lead := newDirectory(t)
	hard := desk.Contact{BrandID: 1, Name: `=HYPERLINK("https://evil.example";"x"), ; \n`, Kind: "press", Department: "@press", Firm: "-1+1 \\ Söhne; 日報", Title: "long " + strings.Repeat("שלום ", 30), Lang: "he", Zone: "Asia/Jerusalem",
		Hours: "+1 day", Notes: "a\nb;c,\"d\"", Roles: []string{"Legal; counsel"}, Ways: []desk.ContactWay{{Kind: "email", Value: "x@y.example"}, {Kind: "phone", Value: "+972 3 555", Note: "only \"nights\""}, {Kind: "messenger", Value: "https://t.me/x"}}}
	a, err := d.Save(lead, hard)
	must(t, err)
	b, err := d.Save(lead, desk.Contact{BrandID: 1, Name: "Bo", Group: true, Deputies: desk.IDs{a.ID}})
	must(t, err)
	for _, kind := range []string{VCard, CSV} {
		var out bytes.Buffer
		must(t, d.Export(lead, 1, kind, &out))
		s, err := d.Preview(lead, 1, "other", out.Bytes())
		must(t, err)
		if s.Bad+s.New != 0 || kind == VCard && s.Same != 2 {
			t.Errorf("%s comes back as %+v\n%s", kind, s, out.String())
		}
		for i, line := range strings.Split(out.String(), "\n") {
			if kind == VCard && len(strings.TrimSuffix(line, "\r")) > lineBytes {
				t.Errorf("line %d is %d bytes long", i+1, len(line))
			}
			for _, cell := range strings.Split(line, ",") {
				if kind == CSV && strings.HasPrefix(strings.Trim(cell, `"`), "=") {
					t.Errorf("cell %q is a formula", cell)
				}
			}
		}
	}
	if b.Deputies[0] != a.ID {
		t.Errorf("deputies %v", b.Deputies)
	}
}

func FuzzVCards(f *testing.F) {
	f.Add(someCards)
	f.Add("BEGIN:VCARD\nVERSION:4.0\nFN:\\\nTEL;TYPE=\"a:b\n END:VCARD")
	f.Fuzz(func(t *testing.T, text string) { checkEntries(t, readVCards(text)) })
}

func FuzzTables(f *testing.F) {
	f.Add(someRows)
	f.Add("name\tphone\n\"a\"b\t\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		if all, err := readCSV(text); err == nil {
			checkEntries(t, all)
		}
	})
}

// checkEntries holds what any entry must: a problem with its line, or a contact that survives being written and read.
func checkEntries(t *testing.T, all []entry) {
	for i, e := range all {
		if e.line < 1 || i > 0 && e.line < all[i-1].line {
			t.Fatalf("entry %d is in line %d", i, e.line)
		}
	}
	s := compare(all, nil, 1, "other")
	var good []desk.Contact
	for _, r := range s.Rows {
		if r.What == RowBad {
			if r.Problem.IsZero() {
				t.Fatalf("line %d is bad for no reason", r.Line)
			}
			continue
		}
		good = append(good, r.contact)
	}
	var out bytes.Buffer
	if err := writeVCards(&out, good, nil); err != nil {
		t.Fatal(err)
	}
	back := readVCards(out.String())
	if len(back) != len(good) {
		t.Fatalf("wrote %d, read %d:\n%s", len(good), len(back), out.String())
	}
	for i := range back {
		if back[i].problem != nil || len(back[i].contact.Ways) != len(good[i].Ways) {
			t.Fatalf("%+v came back as %+v", good[i], back[i])
		}
	}
}
