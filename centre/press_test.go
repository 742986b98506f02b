package centre_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/preflight"
)

// logo is a picture that does not compress: so many bytes, at least.
func logo(t *testing.T, side int) []byte {
	t.Helper()
	m, dice := image.NewNRGBA(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(1, 2))
	for i := range side * side {
		m.Set(i%side, i/side, color.NRGBA{uint8(dice.Uint32()), uint8(dice.Uint32()), uint8(dice.Uint32()), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var sheet = []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n")

func withPictures(r *room) *room {
	r.Picture = preflight.Clean
	return r
}

func (r *room) add(page int64, name string, body []byte, alt string) desk.Press {
	r.t.Helper()
	p, err := r.AddFile(r.lead, r.brand.ID, page, name, body, desk.PressFileSaid{Lang: "en", Alt: alt, Credit: "Photo: Ana Lis, free for reports"})
	r.must(err)
	return p
}

// files are what of a home's media has a name that contains a word.
func (r *room) files(word string) (names []string) {
	r.t.Helper()
	all, err := r.Export(r.lead, r.brand.ID)
	r.must(err)
	for name := range all {
		if strings.HasPrefix(name, "media/") && strings.Contains(name, word) {
			names = append(names, name)
		}
	}
	return names
}

// signedAgain has the page signed as it is now, and published.
func (r *room) signedAgain(page desk.Centre) desk.Centre {
	r.t.Helper()
	page, err := r.Ask(r.lead, page.ID, desk.Severe)
	r.must(err)
	r.sign(page.Asked.StatementID)
	page, err = r.Publish(r.lead, page.ID, r.incident.ID, nil)
	r.must(err)
	return page
}

// Files for the press are public once the page is signed with them, in every language, in the exported folder as well; they are gone when
// it is signed without them, or at once when that is wanted.
func TestFilesForThePress(t *testing.T) {
	t.Parallel()
	r := withPictures(newRoom(t))
	page, err := r.Save(r.lead, desk.Centre{BrandID: r.brand.ID, Name: "Kettle", Draft: []desk.CentreText{
		{Lang: "en", Title: "About the kettle", Do: []string{"Stop."}, Heads: desk.CentreHeads{Do: "Please do this", Latest: "Newest"}}, {Lang: "he", Title: "על הקומקום", Do: []string{"להפסיק"}}}})
	r.must(err)
	page = r.signedAgain(page)
	r.shows("kettle/", "Please do this")
	r.hides("kettle/", "What you should do now")
	r.shows("kettle/he.html", "מה לעשות עכשיו")

	picture := logo(t, 500)
	press := r.add(0, `C:\press\Kettle Logo.jpeg`, picture, "The logo, white on blue")
	r.add(page.ID, "facts.pdf", sheet, "What we know")
	press.Contacts = []desk.PressContact{{Name: "Ewa Nowak", Phone: "+48 22 555 01 77", Mail: "press@aurora.example", Words: []desk.PressContactSaid{{Lang: "en", For: "Product safety", Hours: "8–20, English"}, {Lang: "he", Hours: "8–20"}}}}
	press, err = r.SavePress(r.lead, press)
	r.must(err)
	if got := press.Files[0]; got.Name != "Kettle Logo.png" || got.Small.Width != 480 || got.Small.Size >= got.Size {
		t.Errorf("taken in as %+v", got)
	}
	r.hides("kettle/", "Kettle Logo", "Ewa Nowak", "facts.pdf")
	if ready, err := r.Ready(r.lead, &page); err != nil || !ready.Changed || ready.Contacts != 1 || ready.Files != 2 {
		t.Errorf("the page is to be signed again: %+v, %v", ready, err)
	}
	f, err := r.Preview(r.lead, page.ID, "")
	if err != nil || !strings.Contains(string(f.Body), "facts.pdf") {
		t.Errorf("preview without the files: %v", err)
	}

	page = r.signedAgain(page)
	st, err := r.db.Statement(r.lead, page.Asked.StatementID)
	r.must(err)
	for _, want := range []string{"Kettle Logo.png", press.Files[0].Hash[:12], "The logo, white on blue", "Photo: Ana Lis", "Ewa Nowak", "+48 22 555 01 77", "facts.pdf", "Please do this", "Newest"} {
		if !strings.Contains(st.Variants[0].Text, want) {
			t.Errorf("what is signed does not say %q:\n%s", want, st.Variants[0].Text)
		}
	}
	if ready, err := r.Ready(r.lead, &page); err != nil || ready.Changed {
		t.Errorf("signed, and yet to be signed: %+v, %v", ready, err)
	}
	for _, lang := range []string{"", "he.html"} {
		r.shows("kettle/"+lang, "Kettle Logo.png", "PNG · ", "500 × 500", `alt="The logo, white on blue"`, "Photo: Ana Lis", "PDF · 1 KB", "What we know", "Ewa Nowak", "tel:+48225550177", "mailto:press@aurora.example")
	}
	if _, body := r.get("kettle/"); len(body) > 50_000 {
		t.Errorf("the page has %d bytes", len(body))
	}
	big := "kettle-logo.png"
	if got := r.files(big); len(got) != 1 {
		t.Fatalf("exported %v", got)
	}
	dir := t.TempDir()
	all, err := r.Export(r.lead, r.brand.ID)
	r.must(err)
	r.must(centre.Write(dir, all))
	if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.files("facts")[0]))); err != nil || !bytes.Equal(b, sheet) {
		t.Errorf("in the folder: %q, %v", b, err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(r.files(big)[0]))); err != nil || !bytes.Equal(b, picture) {
		t.Errorf("in the folder the picture has %d bytes, %v; want %d", len(b), err, len(picture))
	}
	r.still("aurora/" + r.files("facts")[0])

	brand, err := r.RemoveFile(r.lead, r.brand.ID, 0, "f1", false) // like words: public until the page is signed without it
	r.must(err)
	if len(brand.Files) != 0 || len(r.files(big)) != 1 {
		t.Errorf("removed: %d files, %v public", len(brand.Files), r.files(big))
	}
	page = r.signedAgain(page)
	if got := r.files(big); len(got) != 0 {
		t.Errorf("signed without it, and yet there: %v", got)
	}
	r.hides("kettle/", "Kettle Logo")

	if _, err := r.RemoveFile(desk.WithActor(t.Context(), desk.Actor{Who: "user:2", Role: desk.Responder}), 0, page.ID, "f1", true); !errors.Is(err, desk.ErrForbidden) {
		t.Errorf("taken off the public page by a responder: %v", err)
	}
	_, err = r.RemoveFile(r.lead, 0, page.ID, "f1", true)
	r.must(err)
	if got := r.files("facts"); len(got) != 0 {
		t.Errorf("taken off at once, and yet there: %v", got)
	}
	r.hides("kettle/", "facts.pdf")
	r.shows("kettle/", "Ewa Nowak")
	for _, live := range r.shown(page) {
		r.must(live)
	}
	r.must(centre.Write(dir, must(r.Export(r.lead, r.brand.ID))(t)))
	left, err := filepath.Glob(filepath.Join(dir, "media", "*facts*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
	r.add(page.ID, "facts.pdf", sheet, "What we know") // wanted back, and signed
	r.hides("kettle/", "facts.pdf")
	r.signedAgain(page)
	r.shows("kettle/", "facts.pdf")
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// shown looks whether the page's own words are still read back as they went out.
func (r *room) shown(page desk.Centre) (all []error) {
	r.t.Helper()
	st, err := r.db.Statement(r.lead, page.Asked.StatementID)
	r.must(err)
	for _, v := range st.Variants {
		p := r.post(&st, v)
		p.NativeID = page.NativeID(&p)
		_, err := r.Shown(r.lead, r.channel, p)
		all = append(all, err)
	}
	return all
}

// still checks that a file that is no picture is kept by browsers and not opened, and is asked for once.
func (r *room) still(path string) {
	r.t.Helper()
	r.must(r.builder.Build(r.t.Context()))
	ask := func(tag string) *http.Response {
		w, req := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/c/"+path, nil)
		req.Header.Set("If-None-Match", tag)
		r.site.ServeHTTP(w, req)
		return w.Result()
	}
	got := ask("")
	h := got.Header
	if got.StatusCode != http.StatusOK || h.Get("Content-Type") != "application/pdf" || h.Get("Content-Disposition") != "attachment" || h.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.Contains(h.Get("Cache-Control"), "immutable") {
		r.t.Errorf("%s is answered with %d %v", path, got.StatusCode, h)
	}
	if again := ask(h.Get("Etag")); again.StatusCode != http.StatusNotModified {
		r.t.Errorf("%s asked again answers %d", path, again.StatusCode)
	}
}

// What could run something in a reader's browser is not taken, by whatever name it comes; neither is what is too large or says nothing.
func TestWhatIsNotForThePress(t *testing.T) {
	t.Parallel()
	r := withPictures(newRoom(t))
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	_ = must(z.Create("word/document.xml"))(t)
	r.must(z.Close())
	tiny := must(base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="))(t)
	for name, tt := range map[string]struct {
		file  string
		body  []byte
		alt   string
		field string // empty: it is taken
		says  string
	}{
		"page":             {"logo.png", []byte("<!doctype html><script>alert(1)</script>"), "x", "file", "PNG, JPEG"},
		"svg":              {"logo.svg", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "x", "file", "SVG"},
		"svg as a picture": {"logo.png", []byte(`<SVG onload="alert(1)">`), "x", "file", "SVG"},
		"half a pdf":       {"a.pdf", []byte("%PDF-1.7 \n"), "x", "file", "damaged"},
		"office document":  {"a.docx", archive.Bytes(), "x", "file", "PDF"},
		"archive":          {"a.zip", archive.Bytes(), "All logos", "", ""},
		"broken archive":   {"a.zip", archive.Bytes()[:30], "x", "file", "damaged"},
		"program":          {"a.exe", []byte("MZ\x90\x00"), "x", "file", "PNG, JPEG"},
		"nothing":          {"a.png", nil, "x", "file", "PNG, JPEG"},
		"too large":        {"a.pdf", append(bytes.Clone(sheet), make([]byte, desk.MaxPressFile)...), "x", "file", "10 MB"},
		"without a word":   {"a.png", logo(t, 3), " ", "alt", "do not see"},
		"picture":          {"a.exe", tiny, "One dot", "", ""},
	} {
		p, err := r.AddFile(r.lead, r.brand.ID, 0, tt.file, tt.body, desk.PressFileSaid{Lang: "en", Alt: tt.alt})
		var wrong *desk.Invalid
		switch {
		case tt.field == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tt.field == "":
			if slices.ContainsFunc(p.Files, func(f desk.PressFile) bool { return strings.HasSuffix(f.Name, ".exe") }) {
				t.Errorf("%s keeps its name", name)
			}
		case !errors.As(err, &wrong) || wrong.Field != tt.field || !strings.Contains(wrong.Reason.English(), tt.says):
			t.Errorf("%s: %v; want %s: …%s…", name, err, tt.field, tt.says)
		}
	}
	var wrong *desk.Invalid
	if _, err := r.AddFile(r.lead, r.brand.ID, 0, "silent.pdf", []byte("%PDF-1.4\n%%EOF\n"), desk.PressFileSaid{Lang: "en"}); !errors.As(err, &wrong) {
		t.Errorf("without a word: %v", err)
	}
	if _, err := r.db.Blob(r.lead, fmt.Sprintf("%x", sha256.Sum256([]byte("%PDF-1.4\n%%EOF\n")))); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("the bytes of a file that was refused are kept: %v", err)
	}
	if _, err := r.AddFile(r.lead, r.brand.ID, 0, "again.png", tiny, desk.PressFileSaid{Lang: "en", Alt: "x"}); !errors.As(err, &wrong) {
		t.Errorf("the same bytes again: %v", err)
	}
	if _, err := r.AddFile(r.lead, 0, 99, "x.pdf", sheet, desk.PressFileSaid{Lang: "en", Alt: "x"}); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("to a page that is not there: %v", err)
	}
}

// A picture or file that is taken off a page is gone from the web also while that page cannot be made anew; what it still shows stays.
func TestAStuckPageKeepsNothingThatWasTakenOff(t *testing.T) {
	t.Parallel()
	r := withPictures(newRoom(t))
	page, err := r.Save(r.lead, desk.Centre{BrandID: r.brand.ID, Name: "Kettle", Draft: []desk.CentreText{{Lang: "en", Title: "About the kettle", Do: []string{"Stop."}}}})
	r.must(err)
	r.add(page.ID, "facts.pdf", sheet, "What we know")
	r.add(page.ID, "logo.png", logo(t, 20), "The logo")
	page = r.signedAgain(page)
	r.shows("kettle/", "facts.pdf", "logo.png")
	facts, picture := r.files("facts")[0], r.files("logo")[0]
	r.broken.promises = r.brand.ID
	_, err = r.RemoveFile(r.lead, 0, page.ID, "f1", true)
	r.must(err)
	r.shows("kettle/", "About the kettle")
	if got := r.code("aurora/" + facts); got != http.StatusNotFound {
		t.Errorf("the file that was taken off answers %d", got)
	}
	if got := r.code("aurora/" + picture); got != http.StatusOK {
		t.Errorf("the picture that the page shows answers %d", got)
	}
}
