package feed

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"golang.org/x/net/html/charset"

	"breakwater/desk"
)

// Outline is one feed of an OPML list.
type Outline struct {
	Title  string
	URL    string // of the feed
	Site   string // of the pages it is about; may be empty
	Folder string // names of the outlines around it, joined by " / "; empty at the top
}

// Bounds of a list: bytes, feeds and levels. The largest lists that people share have some thousands of feeds.
const (
	maxList   = 8 << 20
	maxFeeds  = 10_000
	maxLevels = 32
)

// ReadOPML reads the feeds of an OPML list, each address once, in order. Folders are left out. A feed
// without an address that we can ask (none, or ftp://) is given as it is, so that whoever adds it can say why not.
// It returns a *desk.Invalid for what is not OPML, too large, or nested too deep.
func ReadOPML(r io.Reader) ([]Outline, error) {
	limited := &io.LimitedReader{R: r, N: maxList + 1}
	d := xml.NewDecoder(limited)
	d.Strict = false
	d.CharsetReader = charset.NewReaderLabel
	l := list{have: map[string]bool{}}
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) && limited.N > 0 && l.opml {
			return l.feeds, nil
		}
		if err == nil {
			err = l.take(tok)
		}
		switch {
		case limited.N <= 0 || len(l.feeds) > maxFeeds || len(l.folders) > maxLevels:
			return nil, desk.Wrong("file", "The list is too large. Split it into lists of at most {n} feeds.", "n", maxFeeds)
		case err != nil:
			return nil, desk.Wrong("file", "This is not an OPML list, or it is damaged.")
		}
	}
}

// list gathers outlines while the tokens go by.
type list struct {
	opml    bool
	folders []string // one for each open outline; those of feeds are empty
	feeds   []Outline
	have    map[string]bool
}

func (l *list) take(tok xml.Token) error {
	switch t := tok.(type) {
	case xml.Directive:
		if strings.Contains(strings.ToUpper(string(t)), "ENTITY") {
			return errors.New("declares entities")
		}
	case xml.StartElement:
		name := strings.ToLower(t.Name.Local)
		if !l.opml && name != "opml" {
			return fmt.Errorf("root element %q", name)
		}
		l.opml = true
		if name == "outline" {
			l.open(t.Attr)
		}
	case xml.EndElement:
		if strings.EqualFold(t.Name.Local, "outline") && len(l.folders) > 0 {
			l.folders = l.folders[:len(l.folders)-1]
		}
	}
	return nil
}

func (l *list) open(attrs []xml.Attr) {
	get := map[string]string{}
	for _, a := range attrs {
		get[strings.ToLower(a.Name.Local)] = a.Value
	}
	title := line(orElse(get["title"], get["text"]))
	address := webAddress(get["xmlurl"])
	if address == "" {
		address = cut(strings.TrimSpace(get["xmlurl"]), 2048)
		if address == "" && !strings.EqualFold(get["type"], "rss") {
			l.folders = append(l.folders, title)
			return
		}
		title = orElse(title, address)
	}
	if address == "" || !l.have[address] {
		l.have[address] = true
		l.feeds = append(l.feeds, Outline{Title: orElse(title, site(address)), URL: address, Site: webAddress(get["htmlurl"]), Folder: l.folder()})
	}
	l.folders = append(l.folders, "")
}

func (l *list) folder() string {
	var names []string
	for _, f := range l.folders {
		if f != "" {
			names = append(names, f)
		}
	}
	return cut(strings.Join(names, " / "), 1024)
}

func webAddress(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(s) > 2048 {
		return ""
	}
	return u.String()
}

// WriteOPML writes feeds as an OPML 2.0 list with a title, those of a folder together.
func WriteOPML(w io.Writer, title string, feeds []Outline) error {
	doc := opml{Version: "2.0", Title: title}
	folders := map[string]int{}
	for _, f := range feeds {
		leaf := outline{Text: f.Title, Title: f.Title, Type: "rss", XMLURL: f.URL, HTMLURL: f.Site}
		if f.Folder == "" {
			doc.Body = append(doc.Body, leaf)
			continue
		}
		i, ok := folders[f.Folder]
		if !ok {
			i = len(doc.Body)
			folders[f.Folder] = i
			doc.Body = append(doc.Body, outline{Text: f.Folder, Title: f.Folder})
		}
		doc.Body[i].Inner = append(doc.Body[i].Inner, leaf)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	return e.Encode(doc)
}

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Body    []outline `xml:"body>outline"`
}

type outline struct {
	Text    string    `xml:"text,attr"`
	Title   string    `xml:"title,attr"`
	Type    string    `xml:"type,attr,omitempty"`
	XMLURL  string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL string    `xml:"htmlUrl,attr,omitempty"`
	Inner   []outline `xml:"outline"`
}
