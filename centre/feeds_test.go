package centre

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"breakwater/desk"
	"breakwater/internal/ical"
)

// aPage is a public page in two languages with three updates, one of them withdrawn and one corrected.
func aPage() Page {
	at := time.Date(2026, 11, 21, 15, 40, 0, 0, time.UTC)
	text := desk.CentreText{Lang: "en", Title: "Stop using the <kettle> & wait", About: "A handle came off.", Do: []string{"Stop."}, Help: []string{"+48 800 555 012"},
		Questions: []desk.CentreQuestion{{ID: "q1", Question: "Which?", Answer: "1.7 l </script>"}}, Rumours: []desk.CentreRumour{{ClaimID: 1, Claim: "It melts", Verdict: desk.ClaimFalse, Answer: "It does not.", At: at}}}
	he := desk.CentreText{Lang: "he", Title: "הפסיקו להשתמש בקומקום"}
	c := desk.Centre{ID: 7, BrandID: 1, Slug: "kettle", Stage: desk.CentreLive, State: "acting", Live: []desk.CentreText{text, he}, Opened: at.Add(-time.Hour), Changed: at}
	for i, say := range []string{"We look into it & test.", "", "New ones go out.\n\n- by mail\n- in shops"} {
		said := desk.CentreSaid{Lang: "en", Title: "News " + strings.Repeat("x", i), Text: say, At: at}
		if say == "" {
			said.Withdrawn = at
		}
		c.Updates = append(c.Updates, desk.CentreUpdate{Number: i + 1, State: desk.CentreStates[i], At: at.Add(time.Duration(i-3) * time.Hour), Said: []desk.CentreSaid{said}})
	}
	c.Updates[0].Said[0].Corrected = at
	h := Home{Brand: desk.Brand{Name: "Aurora", Zone: "Europe/Warsaw"}, Path: "aurora", URL: "https://help.example.org"}
	return Page{Home: h, Centre: c, Texts: c.Live, Next: at.Add(time.Hour), Zone: time.UTC}
}

func filesOf(t *testing.T, pages ...Page) map[string]File {
	t.Helper()
	files, err := Files(aPage().Home, pages)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Every update is an entry of its own in every feed, with an address that stays; what was withdrawn is in none.
func TestFeeds(t *testing.T) {
	t.Parallel()
	files := filesOf(t, aPage())
	for name, want := range map[string][]string{
		"kettle/feed.xml": {"update-3.html", "update-1.html"}, "kettle/atom.xml": {"update-3.html", "update-1.html"}, "kettle/feed.json": {"update-3.html", "update-1.html"},
		"kettle/feed.he.xml": {"update-3.he.html", "update-1.he.html"}, "feed.xml": {"update-3.html", "update-1.html"}, "atom.he.xml": {"update-3.he.html", "update-1.he.html"},
	} {
		f, err := gofeed.NewParser().Parse(bytes.NewReader(files[name].Body))
		if err != nil || len(f.Items) != len(want) {
			t.Errorf("%s: %v, %d entries, want %d", name, err, len(f.Items), len(want))
			continue
		}
		for i, item := range f.Items {
			if item.Link != "https://help.example.org/kettle/"+want[i] || item.GUID != item.Link || item.PublishedParsed == nil || item.Description+item.Content == "" {
				t.Errorf("%s: entry %d is %+v", name, i, item)
			}
			if _, there := files["kettle/"+want[i]]; !there {
				t.Errorf("%s leads to %s, which is not there", name, want[i])
			}
		}
	}
}

func TestForMachines(t *testing.T) {
	t.Parallel()
	files := filesOf(t, aPage())
	var sum struct {
		Page      struct{ Name string }
		Status    struct{ Indicator string }
		Incidents []struct {
			Name, Status, Shortlink string
			Updates                 []struct{ Body string } `json:"incident_updates"`
		}
	}
	if err := json.Unmarshal(files["api/v2/summary.json"].Body, &sum); err != nil || sum.Status.Indicator != "major" || len(sum.Incidents) != 1 || sum.Incidents[0].Status != "identified" || len(sum.Incidents[0].Updates) != 2 {
		t.Errorf("summary %+v, %v", sum, err)
	}
	events, _, err := ical.Read(bytes.NewReader(files["kettle/next.ics"].Body), time.UTC)
	if err != nil || len(events) != 1 || !events[0].From.Equal(aPage().Next) {
		t.Errorf("calendar %+v, %v", events, err)
	}
	page := string(files["kettle/index.html"].Body)
	_, rest, _ := strings.Cut(page, `<script type="application/ld+json">`)
	said, _, _ := strings.Cut(rest, "</script>")
	var data struct {
		Graph []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(said), &data); err != nil || len(data.Graph) != 3 || data.Graph[0]["@type"] != "SpecialAnnouncement" || data.Graph[1]["@type"] != "FAQPage" || data.Graph[2]["@type"] != "ClaimReview" {
		t.Errorf("data %v, %v", data, err)
	}
	if len(data.Graph) > 0 && data.Graph[0]["expires"] != nil {
		t.Errorf("the notice is said to end at %v: the next update is promised then, and nothing ends", data.Graph[0]["expires"])
	}
	if strings.Contains(page, "<kettle>") || !strings.Contains(page, "&lt;kettle&gt; &amp; wait") {
		t.Error("the words of the page are markup")
	}
	if strings.Contains(string(files["banner.js"].Body), "<kettle>") || strings.Contains(string(files["banner.svg"].Body), "<kettle>") {
		t.Error("the words of a banner are markup")
	}
	if notice := string(files["kettle/notice.html"].Body); !strings.Contains(notice, `class="qr"`) || !strings.Contains(notice, "help.example.org/kettle/") {
		t.Error("the notice has no code")
	}
	for name, f := range files {
		if strings.HasSuffix(name, ".html") && len(f.Body) > 50<<10 {
			t.Errorf("%s has %d bytes", name, len(f.Body))
		}
	}
}

// The summary tells how it stands with what is not over yet, even when what is over changed later.
func TestSummaryOfSeveral(t *testing.T) {
	t.Parallel()
	over := aPage()
	over.ID, over.Slug, over.State = 8, "lid", "following"
	files := filesOf(t, over, aPage())
	var sum struct {
		Status struct{ Indicator, Description string }
	}
	if err := json.Unmarshal(files["summary.json"].Body, &sum); err != nil || sum.Status.Indicator != "major" || sum.Status.Description != "Acting" {
		t.Errorf("the summary says %+v, %v", sum.Status, err)
	}
}

// With nothing public there is a calm front, an empty banner, and no page.
func TestQuietTimes(t *testing.T) {
	t.Parallel()
	dark := aPage()
	dark.Stage = desk.CentreDark
	files := filesOf(t, dark)
	for name, f := range files {
		if strings.Contains(string(f.Body), "kettle") {
			t.Errorf("%s tells of a dark page", name)
		}
	}
	if !strings.Contains(string(files["index.html"].Body), "nothing to tell at the moment") || !strings.Contains(string(files["summary.json"].Body), `"indicator":"none"`) {
		t.Error("the front is not calm")
	}
}

// What was written into a folder is read back as it was, with compressed copies beside it; what is gone is removed, what is not ours stays.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := filesOf(t, aPage())
	if err := os.WriteFile(filepath.Join(dir, "robots.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, files); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Pack(&b, files); err != nil {
		t.Fatal(err)
	}
	unpacked, err := Unpack(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(dir)
	if err != nil || len(got) != len(files) || len(unpacked) != len(files) {
		t.Fatalf("%d files came back, %d unpacked, %v; want %d", len(got), len(unpacked), err, len(files))
	}
	for name, f := range files {
		if !bytes.Equal(got[name].Body, f.Body) || !bytes.Equal(unpacked[name].Body, f.Body) {
			t.Errorf("%s came back otherwise", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "kettle", "index.html.gz")); err != nil {
		t.Error(err)
	}
	for name := range files { // every relative link of the folder leads to a file of it
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, part := range strings.Split(string(files[name].Body), `href="`)[1:] {
			to, _, _ := strings.Cut(part, `"`)
			to, _, _ = strings.Cut(to, "#")
			if to == "" || strings.Contains(to, ":") {
				continue
			}
			full := filepath.ToSlash(filepath.Join(filepath.Dir(name), to))
			if strings.HasSuffix(to, "/") {
				full = strings.TrimPrefix(full+"/index.html", "./")
			}
			if _, there := files[full]; !there {
				t.Errorf("%s leads to %s: there is no %s", name, to, full)
			}
		}
	}
	if err := Write(dir, map[string]File{"index.html": files["index.html"]}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "kettle", "index.html.gz")); !os.IsNotExist(err) {
		t.Errorf("what is gone is still there: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "robots.txt")); err != nil {
		t.Error(err)
	}
}

// A page in a language that the desk does not speak has its own words in that language and direction; ours are English and say so, in
// attributes without markup.
func TestForeignLanguage(t *testing.T) {
	t.Parallel()
	p := aPage()
	for i := range p.Texts {
		p.Texts[i].Lang = []string{"ar", "de"}[i%2]
	}
	p.Live = p.Texts
	f, err := Preview(p, "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<html lang="ar" dir="rtl">`, `<h2 id="do"><span lang="en" dir="ltr">What you should do now</span></h2>`, `aria-label="How it stands"`} {
		if !strings.Contains(string(f.Body), want) {
			t.Errorf("the page has no %s", want)
		}
	}
}
