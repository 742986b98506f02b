package test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/desk"
)

// goodFeed is a feed of a site with an article for each name.
func goodFeed(site string, names ...string) string {
	var items strings.Builder
	for _, n := range names {
		items.WriteString(article(site+"/"+n, time.Now().UTC().Format(time.RFC1123Z), "What was said about Aurora: "+n))
	}
	return feedOf(items.String())
}

func feedOf(items string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Harbour Post</title><link>https://harbour.example/</link>` + items + `</channel></rss>`
}

func article(name, at, text string) string {
	return fmt.Sprintf("<item><guid>https://harbour.example/%s</guid><link>https://harbour.example/%[1]s</link><title>News %[1]s</title><pubDate>%s</pubDate><description>%s</description></item>", name, at, text)
}

// feedCase is what a feed turns into between two good days.
type feedCase struct {
	name    string
	file    string // .gz is sent as compressed
	hostile func(t *testing.T) []byte
	state   string
	says    string
	keeps   []string // articles of the hostile one that are kept all the same
}

var feedCases = []feedCase{
	{"a gigabyte", "huge.rss", func(*testing.T) []byte { return nil }, desk.HealthBroken, "sends more than 16 MB at once", nil}, // written by besieged.publish
	{"a gzip bomb", "bomb.gz", bomb, desk.HealthBroken, "sends more than 16 MB at once", nil},
	{"entities of entities", "entities.rss", text(entities()), desk.HealthBroken, "in a way that no honest feed is", nil},
	{"an entity that reads a file", "file.rss", text(`<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>`), desk.HealthBroken, "in a way that no honest feed is", nil},
	{"deep XML", "deep.rss", text(feedOf(strings.Repeat("<a>", 10_000))), desk.HealthBroken, "in a way that no honest feed is", nil},
	{"deep JSON", "deep.json", text(`{"version":"https://jsonfeed.org/version/1.1","title":"x","items":` + deep + `}`), desk.HealthBroken, "in a way that no honest feed is", nil},
	{"noise", "noise.rss", text(strings.Repeat("\x00\xff\xfe\x80<\x1b", 50_000)), desk.HealthBroken, "in a way that no honest feed is", nil},
	{"wrong bytes in UTF-8", "bytes.rss", text(feedOf(article("bytes", time.Now().UTC().Format(time.RFC1123Z), "Aur\xffora \xc3\x28 caf\xc3\xa9 \xed\xa0\x80"))), desk.HealthOK, "", []string{"bytes"}},
	{"the years 0 and 9999", "years.rss", text(feedOf(article("year-0", "Sat, 01 Jan 0000 00:00:00 +0000", "first") + article("year-9999", "Fri, 31 Dec 9999 23:59:59 +0000", "last"))), desk.HealthOK, "", []string{"year-0", "year-9999"}},
	{"joiners", "joiners.rss", text(feedOf(article("joined", time.Now().UTC().Format(time.RFC1123Z), "a "+joiners+" storm"))), desk.HealthOK, "", []string{"joined"}},
}

func text(s string) func(*testing.T) []byte { return func(*testing.T) []byte { return []byte(s) } }

// entities are a billion laughs.
func entities() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">`)
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, `<!ENTITY l%d "%s">`, i, strings.Repeat(fmt.Sprintf("&l%d;", i-1), 10))
	}
	b.WriteString(`]><rss version="2.0"><channel><title>&l9;</title></channel></rss>`)
	return b.String()
}

// bomb is a gigabyte of spaces in a feed, compressed.
func bomb(t *testing.T) []byte {
	return append(zipped(t, strings.TrimSuffix(goodFeed("bomb", "1"), "</channel></rss>")), bytes.Repeat(zipped(t, strings.Repeat(" ", 1<<20)), 1024)...)
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// publish puts a file on the web server.
func (b besieged) publish(t *testing.T, c feedCase, content []byte) {
	t.Helper()
	path := filepath.Join(b.www, c.file)
	if content == nil {
		content = []byte(goodFeed(c.file, "1"))
		defer func() {
			if err := os.Truncate(path, 1<<30); err != nil {
				t.Fatal(err)
			}
		}()
	}
	if err := os.WriteFile(path+".new", content, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

// feed hears a feed that is good, then hostile, then good again.
func (b besieged) feed(t *testing.T, c feedCase) {
	good := func(names ...string) []byte {
		if strings.HasSuffix(c.file, ".gz") {
			return zipped(t, goodFeed(c.file, names...))
		}
		return []byte(goodFeed(c.file, names...))
	}
	b.publish(t, c, good("1"))
	s := b.source(t, "feed", desk.Settings{"url": b.nginx + "/" + c.file})
	b.wantHeard(t, s, "1")
	b.publish(t, c, c.hostile(t))
	b.again(t, s)
	b.waitFor(t, s, c.state, c.says)
	b.wantHeard(t, s, append(c.keeps, "1")...)
	b.publish(t, c, good("1", "2"))
	b.again(t, s)
	b.waitFor(t, s, desk.HealthOK, "")
	b.wantHeard(t, s, append(c.keeps, "1", "2")...)
}
