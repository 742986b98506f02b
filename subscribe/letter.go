package subscribe

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"breakwater/desk"
	"breakwater/internal/say"
)

//go:embed pages/*.html pages/*.css
var files embed.FS

// letterPage is the HTML of a letter.
var letterPage = sync.OnceValues(func() (*template.Template, error) {
	return template.New("letter.html").Funcs(template.FuncMap{"paragraphs": paragraphs}).ParseFS(files, "pages/letter.html")
})

// note is a letter in one language, before it is anybody's.
type note struct {
	Lang, Dir, Subject  string
	Title, Text         string
	Before              string // a line above the title
	Button, Link        string
	Why, Leave, LeaveTo string // the foot: why they get it, the link to leave and its words
	Brand               string
}

// placeholder stands where a letter has its reader's own link. It is made of what the encodings of a mail leave as it is.
const placeholder = "https://leave.invalid/0000000000000000"

// frame is a letter that lacks its reader.
type frame struct {
	from, subject, lang, listID, domain, thread string
	date                                        time.Time
	plain, html                                 string // with placeholder
}

// words makes the two bodies of a note.
func (n *note) words() (plain, page string, err error) {
	var b strings.Builder
	for _, part := range []string{n.Before, n.Title, n.Text} {
		if part != "" {
			b.WriteString(part + "\n\n")
		}
	}
	if n.Link != "" {
		b.WriteString(n.Button + "\n" + n.Link + "\n\n")
	}
	b.WriteString("-- \n" + n.Why + "\n")
	if n.LeaveTo != "" {
		b.WriteString(n.Leave + "\n" + n.LeaveTo + "\n")
	}
	t, err := letterPage()
	if err != nil {
		return "", "", err
	}
	var h bytes.Buffer
	if err := t.Execute(&h, n); err != nil {
		return "", "", err
	}
	return b.String(), h.String(), nil
}

func paragraphs(text string) (all [][]string) {
	for block := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			all = append(all, strings.Split(block, "\n"))
		}
	}
	return all
}

// frameOf makes the frame of a mailing in a language, for those who had what it follows, or for those who had not.
func (d *Desk) frameOf(home Home, set desk.Settings, m *desk.Mailing, lang string, follows bool) (*frame, error) {
	t := m.In(lang)
	speak := say.For(cmp.Or(t.Lang, lang), "")
	n := note{Lang: t.Lang, Dir: dirOf(t.Lang), Title: t.Title, Text: t.Text, Link: t.Link, Brand: home.Brand, Button: speak.T("Read it on our page"),
		Why: speak.T("You get this mail because this address asked for updates of {brand}.", "brand", home.Brand), Leave: speak.T("Get no more of them"), LeaveTo: placeholder}
	n.Subject = cmp.Or(t.Title, firstLine(t.Text))
	switch {
	case m.Withdraws:
		n.Subject = speak.T("Withdrawn: {title}", "title", n.Subject)
		n.Title, n.Text, n.Button = n.Subject, speak.T("We wrote this to you, and have taken it back. Please do not rely on it. What stands is on our page."), speak.T("To our page")
	case follows:
		n.Subject = speak.T("Correction: {title}", "title", n.Subject)
		n.Before = speak.T("This corrects what we wrote to you before.")
	}
	plain, page, err := n.words()
	if err != nil {
		return nil, err
	}
	from, domain, err := fromOf(set, home)
	return &frame{from: from, subject: n.Subject, lang: t.Lang, domain: domain, date: m.Made, plain: plain, html: page,
		listID: listID(home, domain), thread: messageID("centre "+strconv.FormatInt(m.CentreID, 10), domain)}, err
}

// confirmLetter is the letter by which somebody confirms.
func (d *Desk) confirmLetter(home Home, set desk.Settings, s *desk.Subscriber, w wish, title string) ([]byte, error) {
	speak := say.For(w.Lang, "")
	link := home.URL + "/-/confirm/" + d.seal(token{toConfirm, s.ID, w.CentreID, time.UnixMicro(w.Made)})
	n := note{Lang: speak.Tag(), Dir: dirOf(speak.Tag()), Brand: home.Brand, Subject: speak.T("Confirm that you want updates of {brand}", "brand", home.Brand), Link: link,
		Title:  speak.T("Do you want our updates?"),
		Text:   speak.T("Somebody, we hope you, asked that updates of {brand} are sent to this address.", "brand", home.Brand),
		Button: speak.T("Yes, send me updates"),
		Why:    speak.T("If that was not you, do nothing: without your confirmation we write no more, and forget the address after three days.")}
	if title != "" {
		n.Text = speak.T("Somebody, we hope you, asked that updates about “{title}” are sent to this address.", "title", title)
	}
	plain, page, err := n.words()
	if err != nil {
		return nil, err
	}
	from, domain, err := fromOf(set, home)
	if err != nil {
		return nil, err
	}
	f := frame{from: from, subject: n.Subject, lang: n.Lang, domain: domain, date: time.UnixMicro(w.Made), plain: plain, html: page}
	return f.letter(s.Address, messageID(fmt.Sprintf("confirm %d %d %d", s.ID, w.CentreID, w.Made), domain), ""), nil
}

// letter is the mail for one reader. With a link to leave it is mail of a list (RFC 2369, 2919, 8058).
func (f *frame) letter(to, id, leave string) []byte {
	var b bytes.Buffer
	b.Grow(len(f.plain) + 2*len(f.html) + 2048)
	head := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	head("From", f.from)
	head("To", "<"+to+">")
	head("Subject", mime.QEncoding.Encode("utf-8", oneLine(f.subject)))
	head("Date", f.date.UTC().Format(time.RFC1123Z))
	head("Message-ID", "<"+id+">")
	if f.thread != "" {
		head("References", "<"+f.thread+">")
	}
	head("Content-Language", f.lang)
	head("Auto-Submitted", "auto-generated")
	head("X-Auto-Response-Suppress", "All")
	plain, page := f.plain, f.html
	if leave != "" {
		head("Precedence", "list")
		head("List-Id", f.listID)
		head("List-Unsubscribe", "<"+leave+">")
		head("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		plain, page = strings.ReplaceAll(plain, placeholder, leave), strings.ReplaceAll(page, placeholder, leave)
	}
	sum := sha256.Sum256([]byte(id))
	boundary := "=_" + hex.EncodeToString(sum[:12]) // an equals sign and a line under it are in no quoted-printable text
	head("MIME-Version", "1.0")
	head("Content-Type", `multipart/alternative; boundary="`+boundary+`"`)
	for _, part := range [][2]string{{"text/plain", plain}, {"text/html", page}} {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, part[0])
		w := quotedprintable.NewWriter(&b)
		_, _ = w.Write([]byte(part[1])) // into memory
		_ = w.Close()
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// fromOf is the From header of a brand's letters, and its domain.
func fromOf(set desk.Settings, home Home) (header, domain string, err error) {
	a, err := mail.ParseAddress(set["from"])
	if err != nil {
		return "", "", desk.Wrong("from", "Enter one mail address, like ana@example.org.")
	}
	if a.Name == "" {
		a.Name = home.Brand
	}
	return a.String(), a.Address[strings.LastIndexByte(a.Address, '@')+1:], nil
}

// sender is the address that letters come from.
func sender(set desk.Settings) string {
	a, err := mail.ParseAddress(set["from"])
	if err != nil {
		return ""
	}
	return a.Address
}

// listID names a brand's list for good, in the words of RFC 2919.
func listID(home Home, domain string) string {
	return fmt.Sprintf("%s <updates-%d.%s>", mime.QEncoding.Encode("utf-8", oneLine(home.Brand)), home.BrandID, domain)
}

// messageID names a letter: the same for the same key.
func messageID(key, domain string) string {
	h := sha256.Sum256([]byte(key))
	return hex.EncodeToString(h[:16]) + "@" + domain
}

// oneLine makes a text fit for a header.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:199]) + "…"
	}
	return s
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// dirOf is the direction of a language's script.
func dirOf(lang string) string {
	primary, _, _ := strings.Cut(lang, "-")
	if slices.Contains([]string{"he", "ar", "fa", "ur", "yi", "ps", "ckb", "dv", "sd", "ug"}, primary) {
		return "rtl"
	}
	return "ltr"
}
