package assess

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/htmlcheck"
	"breakwater/internal/say"
)

// sample is a brief of an incident with everything in it, hostile words too.
func sample() Brief {
	at := time.Date(2025, 3, 2, 13, 0, 0, 0, time.UTC)
	i := desk.Incident{ID: 7, BrandID: 1, Title: "Glass in jars", State: desk.IncidentOpen, Level: desk.Issue, Lead: "Ana", Began: at.Add(-3 * time.Hour), Opened: at.Add(-2 * time.Hour),
		Known: "Splinters in six jars from *one* line. # not a heading", DrillID: 4,
		Steps: []desk.Step{{ID: "a", Do: desk.Say("Check who has to be told by law, and by when."), Role: "Legal", Due: at.Add(-time.Minute)},
			{ID: "b", Do: desk.Say("Publish the full statement: what went wrong, what we do for those affected, what changes."), Role: "Communications lead", Due: at.Add(time.Hour)},
			{ID: "c", Do: desk.Say("Keep the post that started it: link, picture, time, author."), Role: "Social media lead", Due: at, DoneBy: "Noa", DoneAt: at.Add(-90 * time.Minute)}}}
	a := desk.Appraisal{True: desk.Yes, Cause: desk.CauseTechnical, Knew: desk.No, Before: desk.No, Category: "product", Side: "internal", Affected: []string{"customers", "families"}, Version: 1}
	p := Picture{At: at, Total: 18930, People: 15440, Negative: .71, Reach: 4_200_000, Hour: 412, HourPeople: 377, Expected: 49, UsualShare: .18, ShareKnown: true, Doubling: 11, Phase: desk.Rising,
		Networks: []desk.Share{{Name: "mastodon", Count: 12800}, {Name: "bluesky", Count: 6130}}, Media: []desk.Voice{{Author: desk.Author{Name: "Gazette", Followers: 300000}}},
		Voices: []desk.Voice{{Author: desk.Author{Handle: "nina@example.social", Followers: 21000}, Network: "mastodon", Mentions: 3, Amplified: 88}}}
	return Brief{Counsel: counsel(i, a, p), Brand: desk.Brand{ID: 1, Name: "Kavelund", Zone: "Europe/Stockholm"}, At: at,
		Facts: []desk.Fact{{Number: 1, Text: "Splinters were found in six jars", State: desk.FactConfirmed, Source: "Plant laboratory", CheckedBy: "Omar", CheckedAt: at.Add(-time.Hour)},
			{Number: 2, Text: "A child was treated", State: desk.FactUnconfirmed, Source: "Hotline"}, {Number: 3, Text: "Only line 3", State: desk.FactWithdrawn, Why: "Line 4 too"}},
		Claims:   []desk.Claim{{Number: 1, Text: "They knew for weeks <script>alert(1)</script>", Verdict: desk.ClaimFalse, Correction: "The first jar was reported on Monday at 9:10."}},
		Promises: []desk.Promise{{Text: "The next update", Due: at.Add(-5 * time.Minute), Made: at.Add(-time.Hour), State: desk.PromiseOpen}, {Text: "Where to bring the jars", Due: at.Add(40 * time.Minute), Made: at, State: desk.PromiseOpen}},
		Entries:  []desk.Entry{{At: at.Add(-2 * time.Hour), Do: "incident.open", Say: desk.Say("{name} opened the incident at level {level}.", "name", "Ana", "level", 2)}}}
}

// The brief as people read it: both lengths in English, and the short one in every language.
func TestBrief(t *testing.T) {
	t.Parallel()
	b := sample()
	for _, length := range Lengths {
		d := b.Doc(length, "en")
		golden(t, "brief-"+length+".md", d.Markdown())
	}
	for _, l := range say.Languages()[1:] {
		d := b.Doc(Executive, l.Tag)
		golden(t, "brief-"+l.Tag+".md", d.Markdown())
	}
}

// The page to print is whole, in the reader's direction, and lets nobody's markup live.
func TestBriefPage(t *testing.T) {
	t.Parallel()
	b := sample()
	for _, l := range say.Languages() {
		d := b.Doc(Tactical, l.Tag)
		body, err := d.Page()
		check(t, err)
		if bytes.Contains(body, []byte("<script")) {
			t.Errorf("%s: a stranger's markup is alive", l.Tag)
		}
		p, err := htmlcheck.Parse(bytes.NewReader(body))
		check(t, err)
		html := p.All("html")
		if dir, _ := htmlcheck.Attr(html[0], "dir"); dir != say.For(l.Tag, "").Dir() {
			t.Errorf("%s: the page goes %s", l.Tag, dir)
		}
		for _, want := range []string{"F1", "C1", "Kavelund"} {
			if !strings.Contains(p.Text("body"), want) {
				t.Errorf("%s: the page does not say %s", l.Tag, want)
			}
		}
	}
}

// A brief can be had of an incident that nobody heard a word about, and a PDF is refused with what to do instead.
func TestBriefOfAQuietIncident(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	tools := New(b.db, quiet{}, "Communications lead", []string{"boycott"})
	f, err := tools.Briefs.File(b.viewer, b.room.ID, Executive, "sv", "md")
	check(t, err)
	if !strings.HasPrefix(string(f.Body), "# Glass in jars\n") || !strings.HasSuffix(f.Name, ".md") {
		t.Errorf("%s: %.100s", f.Name, f.Body)
	}
	if _, err := tools.Briefs.File(b.viewer, b.room.ID, Executive, "sv", "pdf"); field(err) != "format" {
		t.Errorf("a PDF without a browser: %v", err)
	}
	if _, err := tools.Briefs.File(b.viewer, b.room.ID, Executive, "sv", "docx"); field(err) != desk.ErrNotFound.Error() {
		t.Errorf("an unknown format: %v", err)
	}
	tools.Briefs.Print = echo
	if f, err = tools.Briefs.File(b.viewer, b.room.ID, Tactical, "he", "pdf"); err != nil || !bytes.Contains(f.Body, []byte(`dir="rtl"`)) || f.Type != "application/pdf" {
		t.Errorf("printed %s %.80s, %v", f.Type, f.Body, err)
	}
}

// Each decision that a brief tells of is an act that some part of the desk writes into the journal: none is a guess.
func TestDecisionsAreActs(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	check(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "assess" || d.Name() == "storetest") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			body, err := os.ReadFile(path)
			code.Write(body)
			return err
		}
		return nil
	}))
	for _, act := range decisions {
		area, _, _ := strings.Cut(act, ".")
		state := area == "promise" && strings.Contains(code.String(), `"promise."+state`)
		if !strings.Contains(code.String(), `"`+act+`"`) && !state {
			t.Errorf("nothing in the desk does %s", act)
		}
	}
}
