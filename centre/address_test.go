package centre_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"breakwater/centre"
	"breakwater/desk"
)

// A crisis centre takes neither the console's name nor the address of another; one that was stored with them takes nothing over.
func TestAddressesOfACrisisCentre(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	second := r.second()
	for name, tt := range map[string]struct {
		set   desk.Settings
		field string
	}{
		"its own":           {desk.Settings{"path": "borealis", "host": "help.example"}, ""},
		"the console's":     {desk.Settings{"path": "borealis", "host": "Desk.Example"}, "host"},
		"another's path":    {desk.Settings{"path": "aurora"}, "path"},
		"another's host":    {desk.Settings{"path": "borealis", "host": "help.aurora.example"}, "host"},
		"the same as ever":  {desk.Settings{"path": "borealis"}, ""},
		"of another's kind": {desk.Settings{"path": "aurora", "kind": "rss"}, ""},
	} {
		ch := second
		ch.Settings = tt.set
		if tt.set["kind"] != "" {
			ch.Kind = tt.set["kind"]
		}
		var wrong *desk.Invalid
		errors.As(r.Beside(ch, []desk.Channel{{ID: r.channel.ID, Kind: desk.CentreKind, Settings: desk.Settings{"path": "aurora", "host": "help.aurora.example"}}}), &wrong)
		if got := wrong; tt.field == "" && got != nil || tt.field != "" && (got == nil || got.Field != tt.field) {
			t.Errorf("%s: %v, want something about %q", name, got, tt.field)
		}
	}
	set := func(ch desk.Channel, order int, s desk.Settings) {
		_, err := r.db.ChangeChannel(t.Context(), ch.ID, desk.Act{Who: "desk", Do: "test"}, func(c *desk.Channel, out *desk.Out) error {
			c.Order, c.Settings, out.Say = order, s, desk.Say("x")
			return nil
		})
		r.must(err)
	}
	set(r.channel, 2, desk.Settings{"path": "aurora", "host": "desk.example"})
	r.must(r.builder.Build(t.Context()))
	if r.site.Owns(httptest.NewRequest("GET", "https://desk.example/login", nil)) {
		t.Error("nobody can sign in any more")
	}
	set(r.channel, 2, desk.Settings{"path": "aurora", "host": "help.example"})
	set(second, 1, desk.Settings{"path": "aurora", "host": "help.example"})
	homes, err := r.Homes(t.Context())
	if r.must(err); len(homes) != 1 || homes[0].Brand.ID != r.brand.ID {
		t.Errorf("homes %+v", homes)
	}
	set(second, 1, desk.Settings{"path": "borealis", "host": "help.example"})
	homes, err = r.Homes(t.Context())
	if r.must(err); len(homes) != 2 || homes[0].Host != "help.example" || homes[1].Host != "" || homes[1].URL != "https://desk.example/c/borealis" {
		t.Errorf("homes %+v", homes)
	}
}

// An archive from elsewhere writes nothing outside of the folder that it was meant for.
func TestAnArchiveStaysInItsFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x", "/x", "a/../../x", "link"} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		h := &tar.Header{Name: name, Mode: 0o644, Size: 1, Typeflag: tar.TypeReg}
		if name == "link" {
			h = &tar.Header{Name: name, Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if files, err := centre.Unpack(&b); err == nil {
			t.Errorf("%s is taken: %v", name, files)
		}
		dir := filepath.Join(t.TempDir(), "a", "b")
		if name == "link" {
			continue
		}
		if err := centre.Write(dir, map[string]centre.File{name: {Body: []byte("x")}}); err == nil {
			t.Errorf("%s is written", name)
		}
		if found, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "x")); len(found) > 0 {
			t.Errorf("%s lies outside", name)
		}
	}
	if _, err := os.Stat("/x"); err == nil {
		t.Error("/x was written")
	}
}

// A kill in the middle of a Write takes one page from the next start at most, never all; a home that cannot be read takes none of another.
func TestWakeAfterAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	page := centre.File{Type: "text/html", Body: []byte("<p>words</p>")}
	for _, home := range []string{"aurora", "borealis"} {
		if err := centre.Write(filepath.Join(dir, home), map[string]centre.File{"index.html": page, "old.html": page, "cut.html": page}); err != nil {
			t.Fatal(err)
		}
	}
	list := filepath.Join(dir, "borealis", ".breakwater-centre")
	if err := errors.Join(os.Remove(filepath.Join(dir, "aurora", "old.html")), os.Truncate(filepath.Join(dir, "aurora", "cut.html"), 0), os.Remove(list), os.Mkdir(list, 0o700)); err != nil {
		t.Fatal(err)
	}
	s := new(centre.Site)
	if err := s.Wake(dir); err == nil {
		t.Error("a home that cannot be read is not told of")
	}
	if got := len(s.Copy("aurora")); got != 1 {
		t.Errorf("%d pages are up, want the front", got)
	}
}
