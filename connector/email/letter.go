package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"breakwater/desk"
	"breakwater/internal/plain"
)

// read makes what somebody wrote of a mail; ok is false for what no person wrote to us: our own mails, lists, machines, bounces.
func (m *mailbox) read(raw []byte, came time.Time) (in desk.Incoming, ok bool, err error) {
	l, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return in, false, err
	}
	from, err := mail.ParseAddress(decoded(l.Header.Get("From")))
	if err != nil {
		return in, false, err
	}
	address := strings.ToLower(from.Address)
	keys := plusParts(l.Header)
	byMachine := machine(l.Header)
	if byMachine && len(keys) == 0 || slices.Contains(m.own, address) {
		return in, false, nil
	}
	id := messageIDs(l.Header.Get("Message-Id"))
	if len(id) == 0 {
		sum := sha256.Sum256(raw)
		id = []string{hex.EncodeToString(sum[:16]) + "@none"}
	}
	in = desk.Incoming{Private: true, Message: desk.Message{
		Ref: desk.Ref{Network: "email", NativeID: id[0]}, Via: desk.ViaMail, At: came.UTC(), Title: strings.TrimSpace(decoded(l.Header.Get("Subject"))),
		Author: desk.Author{NativeID: address, Handle: address, Name: from.Name, Followers: -1}, Thread: messageIDs(l.Header.Get("References")),
	}}
	if to := messageIDs(l.Header.Get("In-Reply-To")); len(to) > 0 {
		in.To = to[0]
	}
	in.Keys, in.Machine, in.Bounce = keys, byMachine, byMachine && bounce(l.Header)
	in.Text = unquoted(strings.TrimSpace(textOf(l.Header.Get("Content-Type"), l.Header.Get("Content-Transfer-Encoding"), l.Body, 0)))
	in.Text = string([]byte(in.Text)[:min(len(in.Text), desk.MaxText)])
	in.Text = strings.ToValidUTF8(in.Text, "")
	return in, in.Text != "" || in.Title != "", nil
}

// machine reports whether a program sent a mail: answering it would answer nobody, or begin an endless exchange (RFC 3834).
func machine(h mail.Header) bool {
	auto := strings.ToLower(h.Get("Auto-Submitted"))
	kind := strings.ToLower(h.Get("Precedence"))
	return auto != "" && auto != "no" || kind == "bulk" || kind == "list" || kind == "junk" || h.Get("List-Id") != "" || strings.TrimSpace(h.Get("Return-Path")) == "<>"
}

// bounce reports whether a mail server tells that a mail of ours did not arrive (RFC 3464).
func bounce(h mail.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	return strings.TrimSpace(h.Get("Return-Path")) == "<>" || err == nil && kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status")
}

var words = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, err
	}
	return e.NewDecoder().Reader(r), nil
}}

// decoded is a header as people read it.
func decoded(s string) string {
	if d, err := words.DecodeHeader(s); err == nil {
		return d
	}
	return s
}

// messageIDs are the ids of a header, without their brackets.
func messageIDs(s string) (ids []string) {
	for _, f := range strings.Fields(strings.ReplaceAll(s, "><", "> <")) {
		if id := strings.Trim(f, "<>"); strings.Contains(id, "@") && len(id) <= 300 {
			ids = append(ids, id)
		}
	}
	return ids[max(0, len(ids)-50):]
}

// plusParts are what stands behind a plus in the addresses that a mail came to: care+KEY@example.org.
func plusParts(h mail.Header) (keys []string) {
	for _, name := range []string{"To", "Cc", "Delivered-To", "X-Original-To"} {
		all, err := mail.ParseAddressList(h.Get(name))
		if err != nil {
			continue
		}
		for _, a := range all {
			local, _, _ := strings.Cut(a.Address, "@")
			if _, key, ok := strings.Cut(local, "+"); ok && key != "" && len(keys) < 10 {
				keys = append(keys, strings.ToLower(key))
			}
		}
	}
	return keys
}

// textOf are the words of a part of a mail: plain text before HTML, nothing of attachments.
func textOf(contentType, encoding string, body io.Reader, depth int) string {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind, params = "text/plain", nil
	}
	switch {
	case strings.HasPrefix(kind, "multipart/") && depth < 8:
		return partsOf(multipart.NewReader(body, params["boundary"]), depth)
	case kind != "text/plain" && kind != "text/html":
		return ""
	}
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	if e, err := htmlindex.Get(params["charset"]); err == nil {
		body = e.NewDecoder().Reader(body)
	}
	b, _ := io.ReadAll(io.LimitReader(body, mailBytes)) // cut or broken: what could be read is what there is
	if kind == "text/html" {
		return plain.Text(string(b))
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

func partsOf(parts *multipart.Reader, depth int) (text string) {
	html := ""
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		if strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") {
			continue
		}
		said := textOf(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth+1)
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			html += said
		} else if text == "" {
			text = said
		}
	}
	if strings.TrimSpace(text) == "" {
		return html
	}
	return text
}

// unquoted is a mail without what it repeats of earlier ones at its end.
func unquoted(text string) string {
	lines := strings.Split(text, "\n")
	end := len(lines)
	for end > 0 && (strings.HasPrefix(lines[end-1], ">") || strings.TrimSpace(lines[end-1]) == "") {
		end--
	}
	if end == len(lines) || end == 0 {
		return text
	}
	for end > 0 && strings.HasSuffix(strings.TrimSpace(lines[end-1]), ":") { // "Ana wrote on Monday:", sometimes over two lines
		end--
	}
	return strings.TrimSpace(strings.Join(lines[:end], "\n"))
}
