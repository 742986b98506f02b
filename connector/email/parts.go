package email

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"

	"golang.org/x/text/encoding/htmlindex"

	"breakwater/desk"
	"breakwater/internal/plain"
)

const (
	partsDeep = 8         // parts within parts: mail programs make three or four
	partsMost = 200       // of one mail
	wordsMost = 256 << 10 // bytes of markup that are read for words
	quoteMost = 32 << 10  // bytes that are kept of what a mail repeats
	filesMost = 20        // attachments that are named
	nameMost  = 120       // characters of an attachment's name
)

// reading is one mail that is read. A hostile one costs no more than its bytes.
type reading struct {
	parts int
	files []desk.Attached
}

// textOf are the words of a part of a mail: plain text before HTML. Of attachments their names are kept: the files stay in the mailbox.
func (r *reading) textOf(h textproto.MIMEHeader, body io.Reader, depth int) string {
	if r.parts++; r.parts > partsMost {
		return ""
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind, params = "text/plain", nil
	}
	if r.attached(h, kind, params["name"]) {
		return ""
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < partsDeep:
		return r.partsOf(multipart.NewReader(body, params["boundary"]), depth)
	case kind != "text/plain" && kind != "text/html":
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if e, err := htmlindex.Get(params["charset"]); err == nil {
		body = e.NewDecoder().Reader(body)
	}
	b, _ := io.ReadAll(io.LimitReader(body, wordsMost)) // cut or broken: what could be read is what there is
	if kind == "text/html" {
		return plain.Text(string(b))
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// attached notes a part that is a file, and reports whether it is one.
func (r *reading) attached(h textproto.MIMEHeader, kind, name string) bool {
	how, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if given := params["filename"]; err == nil && given != "" {
		name = given
	}
	is := how == "attachment" || name != "" && !strings.HasPrefix(kind, "multipart/")
	if !is {
		return false
	}
	if len(r.files) < filesMost {
		letters := []rune(strings.ToValidUTF8(oneLine(decoded(name)), ""))
		r.files = append(r.files, desk.Attached{Name: string(letters[:min(len(letters), nameMost)]), Type: kind[:min(len(kind), nameMost)]})
	}
	return true
}

func (r *reading) partsOf(parts *multipart.Reader, depth int) (text string) {
	html := ""
	for r.parts <= partsMost {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		said := r.textOf(p.Header, p, depth+1)
		if strings.HasPrefix(strings.ToLower(p.Header.Get("Content-Type")), "text/html") {
			if len(html) < wordsMost {
				html += said
			}
		} else if text == "" {
			text = said
		}
	}
	if strings.TrimSpace(text) == "" {
		return html
	}
	return text
}

// earlier begins what a mail program repeats of the mail before, in the languages of the desk.
var earlier = []string{"-----original message-----", "-----ursprungligt meddelande-----", "-----oryginalna wiadomość-----", "-----wiadomość oryginalna-----", "-----pesan asli-----",
	"-----הודעה מקורית-----", "-----原始郵件-----", "-----邮件原件-----", "---------- forwarded message"}

// ownWords parts what somebody wrote in a mail from its end: its signature, and what it repeats of earlier ones. A mail that has nothing else is
// their own words.
func ownWords(text string) (own, rest string) {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for i, line := range lines {
		small := strings.ToLower(strings.TrimSpace(line))
		cut := strings.TrimRight(line, "\r") == "-- "
		for _, e := range earlier {
			cut = cut || strings.HasPrefix(strings.ReplaceAll(small, "----- ", "-----"), e)
		}
		if cut {
			end = i
			break
		}
	}
	whole := end
	for end > 0 && (strings.HasPrefix(lines[end-1], ">") || strings.TrimSpace(lines[end-1]) == "") {
		end--
	}
	quoted := false
	for _, line := range lines[end:whole] {
		quoted = quoted || strings.HasPrefix(line, ">")
	}
	for quoted && end > 0 && (strings.HasSuffix(strings.TrimSpace(lines[end-1]), ":") || strings.HasSuffix(strings.TrimSpace(lines[end-1]), "：")) { // "Ana wrote on Monday:"
		end--
	}
	if own = strings.TrimSpace(strings.Join(lines[:end], "\n")); own == "" {
		return text, ""
	}
	return own, strings.Trim(strings.Join(lines[end:], "\n"), "\r\n")
}
