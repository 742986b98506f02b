package centre_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/internal/say"
)

// code is what the site answers now, without a build.
func (r *room) code(path string) int {
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/c/"+path, nil))
	return w.Code
}

// live puts up a page of its own, for the crisis or none.
func (r *room) live(name string, incidentID int64) desk.Centre {
	r.t.Helper()
	text := desk.CentreText{Lang: "en", Title: "About " + name, Do: []string{"Stop."}}
	page, err := r.Save(r.lead, desk.Centre{BrandID: r.brand.ID, IncidentID: incidentID, Name: name, Slug: strings.ToLower(name), Draft: []desk.CentreText{text}})
	r.must(err)
	page, err = r.Ask(r.lead, page.ID, desk.Severe)
	r.must(err)
	r.sign(page.Asked.StatementID)
	page, err = r.Publish(r.lead, page.ID, incidentID, nil)
	r.must(err)
	return page
}

// second adds a brand with a crisis centre, and gives the channel.
func (r *room) second() desk.Channel {
	r.t.Helper()
	act := desk.Act{Who: "desk", Do: "test"}
	b, err := r.db.ChangeBrand(r.t.Context(), 0, act, func(b *desk.Brand, out *desk.Out) error {
		b.Name, b.Zone, out.Say = "Borealis", "UTC", desk.Say("x")
		return nil
	})
	r.must(err)
	ch, err := r.db.ChangeChannel(r.t.Context(), 0, act, func(c *desk.Channel, out *desk.Out) error {
		c.BrandID, c.Kind, c.Name, c.Settings, out.Say = b.ID, desk.CentreKind, "Crisis centre", desk.Settings{"path": "borealis"}, desk.Say("x")
		return nil
	})
	r.must(err)
	return ch
}

// troubles are what people of the brand are told.
func (r *room) troubles() (all []string) {
	r.t.Helper()
	now, err := r.Troubles(r.lead, r.brand.ID)
	r.must(err)
	for _, t := range now {
		all = append(all, say.For("en", "").Text(t.Say()))
	}
	return all
}

// A picture that is lost keeps neither new words nor a withdrawal from the public; people of the brand are told, and nobody once it is well.
func TestALostPictureFreezesNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	withdrawn := r.live("Lid", 0)
	r.live("Kettle", r.incident.ID)
	r.shows("kettle/", "About Kettle")
	s, err := r.begin(r.lead, r.brand.ID, r.incident.ID, 0, desk.Words{Title: "Look", Kind: "update", Variants: []desk.Variant{{ID: "v1", Lang: "en", Title: "Look", Text: "This is the one.",
		Media: []desk.Media{{Hash: strings.Repeat("0", 64), Type: "image/png", Alt: "The kettle"}}}}})
	r.must(err)
	r.sign(s.ID)
	p := r.post(&s, s.Variants[0])
	p.Media = s.Variants[0].Media
	shown, err := r.Put(r.lead, r.channel, p)
	r.must(err)
	p.NativeID = shown.NativeID
	_, err = r.Withdraw(r.lead, withdrawn.ID, "It is over.")
	r.must(err)
	r.shows("kettle/", "This is the one.", `property="og:image" content="https://desk.example/c/aurora/media/000`, "The kettle")
	r.say("", desk.Variant{ID: "v1", Lang: "en", Title: "Words alone", Text: "Nothing to see."})
	r.shows("kettle/update-1.html", `property="og:image" content="https://desk.example/c/aurora/media/000`) // an older update keeps its own picture
	r.hides("kettle/update-2.html", "og:image")
	if got := r.code("aurora/lid/"); got != http.StatusGone {
		t.Errorf("the page that was withdrawn answers %d", got)
	}
	if told := r.troubles(); len(told) != 1 || !strings.Contains(told[0], "picture") || !strings.Contains(told[0], "Kettle") {
		t.Errorf("people are told %q", told)
	}
	r.must(r.Take(r.lead, r.channel, p))
	r.must(r.builder.Build(t.Context()))
	if told := r.troubles(); len(told) != 0 {
		t.Errorf("people are still told %q", told)
	}
}

// A page that cannot be made shows what it showed, and comes down when it is withdrawn; others go on, and so do other brands.
func TestABrokenPageFreezesNoOther(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	kettle := r.live("Kettle", r.incident.ID)
	r.get("")
	r.broken.promises = r.brand.ID
	r.live("Lid", 0)
	r.shows("lid/", "About Lid")
	r.shows("kettle/", "About Kettle")
	if told := r.troubles(); len(told) != 1 || !strings.Contains(told[0], "Kettle") {
		t.Errorf("people are told %q", told)
	}
	_, err := r.Withdraw(r.lead, kettle.ID, "It is over.")
	r.must(err)
	if code, _ := r.get("kettle/"); code != http.StatusGone {
		t.Errorf("the page that was withdrawn answers %d", code)
	}
	r.broken.pages = r.brand.ID
	r.second()
	r.shows("lid/", "About Lid")
	if got := r.code("borealis/"); got != http.StatusOK {
		t.Errorf("the other brand's front answers %d", got)
	}
	if told := r.troubles(); len(told) != 1 {
		t.Errorf("people are told %q", told)
	}
}

// A brand has as many pages as it likes: the oldest stays where it is.
func TestManyPages(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	first := r.live("First", 0)
	act := desk.ActOf(r.lead, "test", "")
	for i := range 210 {
		_, err := r.db.ChangeCentre(r.lead, 0, act, func(c *desk.Centre, out *desk.Out) error {
			*c = desk.Centre{BrandID: r.brand.ID, Slug: fmt.Sprintf("page-%d", i), Name: "x", Stage: desk.CentreDark, State: desk.CentreStates[0], Draft: slices.Clone(first.Draft)}
			out.Say = desk.Say("x")
			return nil
		})
		r.must(err)
	}
	r.shows("first/", "About First")
}

// People of a brand are told which of its host names, or the console's, browsers cannot open, and no others'.
func TestAHostNameThatCannotBeOpenedIsTold(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.Unsafe = func(host string) (centre.Trouble, bool) {
		return centre.Trouble{Host: host, Why: centre.Refused, Words: "no such domain"}, host != "help.borealis.example"
	}
	if told := r.troubles(); len(told) != 1 || !strings.Contains(told[0], "desk.example") || !strings.Contains(told[0], "no such domain") {
		t.Errorf("people are told %q", told)
	}
}

// Names are asked for in small letters, however the desk's address and the channel write them, and each once; an address that cannot be
// read leaves the crisis centre's own name.
func TestHostNamesAreAskedForAsTheyAreKept(t *testing.T) {
	t.Parallel()
	for console, want := range map[string][]string{
		"https://Desk.Example":      {"desk.example", "help.example.org"},
		"https://HELP.example.org/": {"help.example.org"},
		"https://desk example:x":    {"help.example.org"},
	} {
		r := newRoom(t)
		_, err := r.db.ChangeChannel(t.Context(), r.channel.ID, desk.Act{Who: "desk", Do: "test"}, func(c *desk.Channel, out *desk.Out) error {
			c.Settings, out.Say = desk.Settings{"path": "aurora", "host": "Help.Example.org"}, desk.Say("x")
			return nil
		})
		r.must(err)
		d := centre.New(r.db, console, slog.New(slog.DiscardHandler))
		var asked []string
		d.Unsafe = func(host string) (centre.Trouble, bool) {
			asked = append(asked, host)
			return centre.Trouble{}, false
		}
		_, err = d.Troubles(r.lead, r.brand.ID)
		r.must(err)
		if !slices.Equal(asked, want) {
			t.Errorf("at %s the names asked for are %q, want %q", console, asked, want)
		}
	}
}
