package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/source"
)

// shelf keeps what is imported, as a store would: by key.
type shelf struct {
	seen    map[desk.Key]bool
	batches []desk.Batch
	after   int // batches kept before it fails; 0 never
}

var errCut = errors.New("the plug was pulled")

func (s *shelf) Keep(_ context.Context, b desk.Batch) (desk.Stored, error) {
	if s.after > 0 && len(s.batches) >= s.after {
		return desk.Stored{}, errCut
	}
	if s.seen == nil {
		s.seen = make(map[desk.Key]bool)
	}
	s.batches = append(s.batches, b)
	var out desk.Stored
	for _, m := range b.Mentions {
		if s.seen[m.Key()] {
			out.Known++
		} else {
			out.New++
		}
		s.seen[m.Key()] = true
	}
	return out, nil
}

func (s *shelf) mentions() (all []desk.Mention) {
	for _, b := range s.batches {
		all = append(all, b.Mentions...)
	}
	return all
}

func imported(t *testing.T, s *shelf, text string, set desk.Settings) source.Report {
	t.Helper()
	r, err := Import(t.Context(), s, desk.Source{ID: 5, Settings: set}, strings.NewReader(text), nil)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return r
}

func utf16(t *testing.T, s string) string {
	t.Helper()
	out, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTablesAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	const plain = "Date,User,Message,Followers\n2026-11-20 08:00,ana,\"Hej, \"\"världen\"\"\nrad två\",\"1,204\"\n"
	want := desk.Mention{
		Ref: desk.Ref{Network: "file"}, SourceID: 5, Kind: desk.KindPost, Text: "Hej, \"världen\"\nrad två", Late: true,
		Author: desk.Author{NativeID: "ana", Handle: "ana", Followers: 1204}, Published: time.Date(2026, 11, 20, 7, 0, 0, 0, time.UTC),
	}
	semicolon := "Date;User;Message;Followers\r\n2026-11-20 08:00;ana;\"Hej, \"\"världen\"\"\r\nrad två\";1,204\r\n"
	for name, text := range map[string]string{
		"commas":          plain,
		"no last newline": strings.TrimSuffix(plain, "\n"),
		"BOM":             "\ufeff" + plain,
		"semicolons":      semicolon,
		"tabs":            strings.ReplaceAll(semicolon, ";", "\t"),
		"sep":             "sep=;\r\n" + semicolon,
		"UTF-16":          utf16(t, "\ufeff"+plain),
		"UTF-16 bare":     utf16(t, plain),
		"empty lines":     "\n" + strings.Replace(plain, "\n2026", "\n\n,,,\n2026", 1) + "\n\n",
		"spaces":          strings.Replace(plain, ",\"Hej", ", \"Hej", 1),
		"other order":     "MESSAGE,date,From,Reach\n\"Hej, \"\"världen\"\"\nrad två\",20.11.2026 08:00,@ana,1204\n",
		"objects":         `{"message":"Hej, \"världen\"\nrad två","date":"2026-11-20T08:00:00","user":{"username":"ana","followers_count":1204}}` + "\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := imported(t, s, text, desk.Settings{"zone": "Europe/Stockholm"})
			if r.New != 1 || r.Rejected != 0 || len(s.mentions()) != 1 {
				t.Fatalf("%q: %+v", text, r)
			}
			got := s.mentions()[0]
			if !strings.HasPrefix(got.NativeID, "made-") {
				t.Errorf("id %q", got.NativeID)
			}
			got.NativeID = ""
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", text, diff)
			}
			if last := s.batches[len(s.batches)-1]; !last.Done {
				t.Error("the last batch does not say that it is the last")
			}
		})
	}
}

func TestBadRowsAreReportedAndGoodOnesKept(t *testing.T) {
	t.Parallel()
	text := "id,text,date\n" +
		"1,fine,2026-11-20\n" +
		"2,,2026-11-20\n" +
		"3,no time,\n" +
		"4,odd,03/04/2026\n" +
		"5,too,2026-11-20,many,fields\n" +
		"6,wrong \xff\xfe bytes,2026-11-20\n" +
		"7,year zero,0000-01-01\n" +
		"8," + strings.Repeat("x", maxLine) + ",2026-11-20\n" +
		"9,fine,2026-11-20,,\n" +
		"10,5\" of snow,2026-11-20\n" +
		"11,\"never closed,2026-11-20\n" +
		"12,fine,2026-11-20\n"
	s := &shelf{}
	r := imported(t, s, text, nil)
	var lines []int
	for _, x := range r.Rejects {
		lines = append(lines, x.Line)
		if x.Reason.IsZero() || x.Sample == "" || len(x.Sample) > sample {
			t.Errorf("line %d: reason %q, a sample of %d bytes", x.Line, x.Reason.English(), len(x.Sample))
		}
	}
	if diff := cmp.Diff([]int{3, 4, 5, 6, 7, 8, 9, 12}, lines); diff != "" {
		t.Errorf("lines of bad rows (-want +got):\n%s", diff)
	}
	var ids []string
	for _, m := range s.mentions() {
		ids = append(ids, m.NativeID)
	}
	if diff := cmp.Diff([]string{"1", "9", "10", "12"}, ids); diff != "" {
		t.Errorf("good rows (-want +got):\n%s", diff)
	}
	if r.Rows != 12 || r.Rejected != 8 || r.New != 4 {
		t.Errorf("counted %+v", r)
	}
}

func rows(n int) string {
	var b strings.Builder
	b.WriteString("text,date,author\n")
	for i := range n {
		fmt.Fprintf(&b, "\"post\n%d\",2026-11-20 08:00:00,ana\n", i)
	}
	return b.String()
}

func TestACutImportGoesOn(t *testing.T) {
	t.Parallel()
	text := rows(3 * page)
	s := &shelf{after: 2}
	if _, err := Import(t.Context(), s, desk.Source{ID: 5}, strings.NewReader(text), nil); !errors.Is(err, errCut) {
		t.Fatalf("a cut import ended with %v", err)
	}
	s.after = 0
	steps := 0
	r, err := Import(t.Context(), s, desk.Source{ID: 5}, strings.NewReader(text), func(source.Report) { steps++ })
	if err != nil || r.New != page || r.Known != 2*page || steps == 0 {
		t.Errorf("going on brought %+v, %v, want %d new and twice as many known", r, err, page)
	}
	if len(s.seen) != 3*page {
		t.Errorf("%d mentions kept, want %d", len(s.seen), 3*page)
	}
	again := imported(t, s, text, nil)
	if again.New != 0 || again.Known != 3*page {
		t.Errorf("a second import brought %+v, want nothing new and all of it known", again)
	}
}

// A weekly export has the same first line every week, and people mend the rows that they are told of.
func TestTheNextFileLooksLikeTheLast(t *testing.T) {
	t.Parallel()
	const head = "text,date,id\n"
	s := &shelf{}
	imported(t, s, head+"first week,2026-11-13,1\nno time,,2\n", nil)
	if r := imported(t, s, head+"second week,2026-11-20,3\n", nil); r.New != 1 || r.Rows != 1 {
		t.Errorf("another file with the same first line brought %+v, want one new", r)
	}
	if r := imported(t, s, head+"first week,2026-11-13,1\nno time,2026-11-14,2\n", nil); r.New != 1 || r.Known != 1 || r.Rejected != 0 {
		t.Errorf("the first file with its bad row mended brought %+v, want one new and one known", r)
	}
}

func TestFilesOfNoUse(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, field, says string }{
		"empty":           {"", "file", "empty"},
		"blank":           {" \n\n", "file", "empty"},
		"spreadsheet":     {"PK\x03\x04...", "file", "Save it as CSV"},
		"compressed":      {"\x1f\x8b\x08...", "file", "Unpack"},
		"a list":          {`[{"text":"a"}]`, "file", "NDJSON"},
		"no text":         {"date,colour\n2026-11-20,red\n", "mapping", "date, colour"},
		"no time":         {"text,colour\na,red\n", "mapping", "text, colour"},
		"a broken header": {"\"text,date\n", "file", "first line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			_, err := Import(t.Context(), s, desk.Source{}, strings.NewReader(tt.text), nil)
			var wrong *desk.Invalid
			if !errors.As(err, &wrong) || wrong.Field != tt.field || !strings.Contains(wrong.Reason.English(), tt.says) {
				t.Errorf("%q: %v, want %s: …%s…", tt.text, err, tt.field, tt.says)
			}
		})
	}
}

func TestUnusualColumnsAreMapped(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	imported(t, s, "Inlägg;Skrivet;Konto\nhej;2026-11-20;ana\n", desk.Settings{"mapping": "text = Inlägg\npublished = Skrivet\nauthor.handle = Konto"})
	if m := s.mentions(); len(m) != 1 || m[0].Text != "hej" || m[0].Author.Handle != "ana" {
		t.Errorf("read %+v", m)
	}
	for field, set := range map[string]desk.Settings{"mapping": {"mapping": "x"}, "zone": {"zone": "Nowhere/Land"}} {
		var wrong *desk.Invalid
		if _, err := Kind.Source(set, connector.Env{}); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%v: %v", set, err)
		}
	}
}

// endless is a file without an end.
type endless struct {
	line string
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 || len(p) == 0 {
		return 0, io.EOF
	}
	n := copy(p, e.line)
	e.left -= n
	return n, nil
}

func TestHostileFilesTakeNoTimeAndMemory(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]io.Reader{
		"one line":         io.MultiReader(strings.NewReader("text,date\n"), &endless{line: strings.Repeat("a", 4096), left: 64 << 20}),
		"an open quote":    io.MultiReader(strings.NewReader("text,date\n\""), &endless{line: strings.Repeat("a,b\n", 1024), left: 4 << 20}),
		"quotes and quote": io.MultiReader(strings.NewReader("text,date\n"), &endless{line: strings.Repeat("a\"b,\"c\n", 512), left: 4 << 20}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			for b, err := range Read(r, Options{}) {
				if err != nil || len(b.Mentions) > 0 {
					t.Fatalf("read %d mentions, %v", len(b.Mentions), err)
				}
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func FuzzImport(f *testing.F) {
	for _, seed := range []string{
		"text,date\nhej,2026-11-20\n", "sep=;\ntext;date\n\"a\"\"\nb\";1763712000\n", `{"text":"a","date":"2026-11-20"}` + "\n{", "\ufefftext\tdate\n\"\t\"\n",
		"\xff\xfet\x00,\x00", "text,date,id\n\"\",\"\n", "date,text\n2026-11-20,\"a\"b\"c\n",
	} {
		f.Add([]byte(seed), "")
	}
	f.Add([]byte("a,b\n1,2\n"), "text=a\npublished=b")
	f.Fuzz(func(t *testing.T, raw []byte, mapping string) {
		whole := &shelf{}
		src := desk.Source{ID: 1, Settings: desk.Settings{"mapping": mapping}}
		r, err := Import(t.Context(), whole, src, strings.NewReader(string(raw)), nil)
		if err != nil {
			return
		}
		size := 0
		for _, m := range whole.mentions() {
			size += len(m.Text)
			if m.NativeID == "" || m.Text == "" || m.Published.IsZero() || m.Network == "" {
				t.Errorf("kept %+v", m)
			}
		}
		if size > 2*len(raw) {
			t.Errorf("%d bytes made %d of text", len(raw), size)
		}
		if r.Rows != len(whole.mentions())+r.Rejected+r.Gone && r.Gone == 0 && len(whole.batches) < 2 {
			t.Errorf("%+v does not add up", r)
		}
		again, err := Import(t.Context(), whole, src, strings.NewReader(string(raw)), nil)
		if err != nil || again.New > 0 {
			t.Errorf("once more the file brings %+v, %v", again, err)
		}
	})
}
