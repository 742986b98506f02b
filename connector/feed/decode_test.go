package feed

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html/charset"

	"breakwater/desk"
)

// said decodes a feed with one item and gives its title.
func said(t *testing.T, body []byte, contentType string) string {
	t.Helper()
	f, err := decode(body, contentType)
	if err != nil {
		return "error: " + err.Error()
	}
	m, _ := newDocument(f, "https://a.example/", time.Now()).mention(f.Items[0], itemKey{})
	return m.Title
}

func oneItem(encoding, title string) string {
	return `<?xml version="1.0" encoding="` + encoding + `"?><rss version="2.0"><channel><item><title>` + title + `</title></item></channel></rss>`
}

func encode(t *testing.T, label, text string) []byte {
	t.Helper()
	enc, _ := charset.Lookup(label)
	if enc == nil {
		t.Fatalf("no charset %s", label)
	}
	b, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ label, text string }{
		{"windows-1255", "חרם על המאפייה"}, {"iso-8859-8", "חרם על המאפייה"}, {"iso-8859-2", "Żółty śnieg w Łodzi"},
		{"windows-1250", "Żółty śnieg w Łodzi"}, {"big5", "麵包店失火"}, {"gb18030", "面包店失火𠮷"}, {"gbk", "面包店失火"},
		{"shift_jis", "パン屋で火事"}, {"euc-kr", "빵집 화재"}, {"iso-2022-jp", "パン屋で火事"}, {"windows-1251", "Пожар в пекарне"},
		{"koi8-r", "Пожар в пекарне"}, {"iso-8859-1", "Överallt på Åland"}, {"utf-16le", "Brand på bageriet"}, {"utf-16be", "麵包店"},
	} {
		for how, contentType := range map[string]string{"in the XML": "application/rss+xml", "in the header": "text/xml; charset=" + tc.label} {
			declared := tc.label
			if how == "in the header" {
				declared = "utf-8" // a program wrote the declaration, the server knows better
			}
			if got := said(t, encode(t, tc.label, oneItem(declared, tc.text)), contentType); got != tc.text {
				t.Errorf("%s %s: got %q, want %q", tc.label, how, got, tc.text)
			}
		}
	}
	for _, tc := range []struct{ name, body, contentType, want string }{
		{"UTF-8 labelled otherwise", oneItem("iso-8859-1", "חרם"), "text/xml; charset=iso-8859-1", "חרם"},
		{"byte order mark", "\ufeff" + oneItem("utf-8", "חרם"), "", "חרם"},
		{"space before the declaration", "\n\n " + oneItem("utf-8", "חרם"), "", "חרם"},
		{"broken bytes", oneItem("utf-8", "חר\xff\xfeם"), "", "חרם"},
		{"control characters", oneItem("utf-8", "a\x00\x08\x0bb"), "", "ab"},
		{"unknown charset", oneItem("klingon", "plain"), "text/xml; charset=vulcan", "plain"},
	} {
		if got := said(t, []byte(tc.body), tc.contentType); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestWhatIsNoFeedIsRefused(t *testing.T) {
	t.Parallel()
	item := func(inner string) string {
		return `<rss version="2.0"><channel><title>x</title><item>` + inner + `</item></channel></rss>`
	}
	var lol strings.Builder
	lol.WriteString(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "lol">`)
	for i := range 9 {
		fmt.Fprintf(&lol, `<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	for name, body := range map[string]string{
		"nothing":                  "",
		"words":                    "Service unavailable",
		"a page":                   "<!DOCTYPE html><html><body>Hello</body></html>",
		"a deep page":              "<html>" + strings.Repeat("<div>", 1000),
		"other XML":                "<svg xmlns='http://www.w3.org/2000/svg'/>",
		"other JSON":               `{"error":"quota exceeded"}`,
		"JSON list":                `[1,2,3]`,
		"entity bomb":              lol.String() + `]>` + item("<title>&l9;</title>"),
		"entity from a file":       `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + item("<title>&x;</title>"),
		"entity in the middle":     item(`<!ENTITY x "y"><title>&x;</title>`),
		"deep XML":                 item(strings.Repeat("<a>", 200_000)),
		"deep with tricks":         item(`<a b="x>" c='/>'>` + strings.Repeat(`<a b="/>">`, 200)),
		"deep in a hidden way":     `<!DOCTYPE rss "<!--">` + item(strings.Repeat("<a>", 200_000)) + "-->",
		"deep JSON":                `{"items":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`,
		"many elements":            item(strings.Repeat("<category>b</category>", 150_000)),
		"many namespaces":          item(strings.Repeat(`<a xmlns:b="c"/>`, 6_000)),
		"a tag of half a megabyte": item("<a " + strings.Repeat(`b="" `, 100_000) + "/>"),
		"many values":              `{"version":"https://jsonfeed.org/version/1","items":[{"tags":[""` + strings.Repeat(`,""`, 600_000) + `]}]}`,
		"cut":                      item("<title>a</title>")[:70],
		"no closing tags":          `<rss version="2.0"><channel><item><title>a`,
	} {
		f, err := decode([]byte(body), "")
		if !errors.Is(err, desk.ErrBroken) || desk.ProblemOf(err).IsZero() {
			t.Errorf("%s: got %v, %v; want ErrBroken with a sentence", name, f, err)
		}
	}
	if _, err := decode([]byte("<!DOCTYPE html><html>"), ""); !errors.Is(err, errPage) {
		t.Errorf("a page is not told from garbage: %v", err)
	}
}

// What is unusual but honest must still be read.
func TestOddFeedsAreRead(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"old document type": `<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">` + oneItem("utf-8", "ok")[38:],
		"markup in CDATA":   oneItem("utf-8", "<![CDATA[<b>o</b>k"+strings.Repeat("<i>", 500)+"]]>"),
		"markup in comment": oneItem("utf-8", "<!-- "+strings.Repeat("<a>", 500)+" -->ok"),
		"RDF":               `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel/><item><title>ok</title></item></rdf:RDF>`,
		"long introduction": "<?xml version='1.0'?><!--" + strings.Repeat("x", 10_000) + "-->" + oneItem("utf-8", "ok")[38:],
		"Atom":              `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">&lt;b&gt;ok&lt;/b&gt;</title></entry></feed>`,
		"JSON Feed":         `{"version":"https://jsonfeed.org/version/1.1","items":[{"id":7,"title":"ok"}]}`,
	} {
		if got := said(t, []byte(body), ""); got != "ok" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
