package subscribe

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
)

// failure is what a mail server says of a letter that it could not deliver after all.
type failure struct {
	Code  int    // of SMTP; 0: it says none
	Class string // enhanced code (RFC 3463), like 5.1.1; empty: it says none
	Hard  bool   // there is nobody at the address
}

const (
	// mostReport is how much of a report is read, in bytes: what it says comes before the copy of our letter.
	mostReport = 64 << 10
	// mostParts is how many parts of one are looked at.
	mostParts = 20
)

// failureOf reads what became of a letter out of a mail that came back: a delivery status notification (RFC 3464), or the plain words of
// servers that write none. ok is false for everything else: delays, answers by machines (RFC 3834), complaints, receipts, people.
func failureOf(raw []byte) (f failure, ok bool) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return f, false
	}
	kind, with, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/report" {
		if !strings.EqualFold(with["report-type"], "delivery-status") {
			return f, false
		}
		return failureIn(partOf(m.Body, with["boundary"], "message/delivery-status", "message/global-delivery-status"))
	}
	return plainFailure(m, kind, with["boundary"])
}

// partOf is the first part of one of the kinds, decoded; empty when there is none.
func partOf(body io.Reader, boundary string, kinds ...string) []byte {
	r := multipart.NewReader(body, boundary)
	for range mostParts {
		p, err := r.NextRawPart()
		if err != nil {
			return nil
		}
		kind, with, err := mime.ParseMediaType(cmp.Or(p.Header.Get("Content-Type"), "text/plain"))
		if err != nil {
			continue
		}
		for _, want := range kinds {
			if kind == want {
				return decoded(p, p.Header.Get("Content-Transfer-Encoding"))
			}
		}
		if strings.HasPrefix(kind, "multipart/") && with["boundary"] != boundary {
			if b := partOf(p, with["boundary"], kinds...); b != nil {
				return b
			}
		}
	}
	return nil
}

// decoded is the beginning of a part. What is broken in it ends it.
func decoded(r io.Reader, code string) []byte {
	switch strings.ToLower(strings.TrimSpace(code)) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, _ := io.ReadAll(io.LimitReader(r, mostReport)) // as far as it can be read
	return b
}

// failureIn reads the fields of a delivery status. Of several receivers, which a letter of ours never has, the last one counts.
func failureIn(status []byte) (f failure, ok bool) {
	for block := range strings.SplitSeq(strings.ReplaceAll(string(status), "\r\n", "\n"), "\n\n") {
		fields := fieldsOf(block)
		if !strings.EqualFold(firstWord(fields["action"]), "failed") { // not: delayed, delivered, relayed, expanded
			continue
		}
		f, ok = failureSaid(fields["diagnostic-code"]), true
		if s := firstWord(fields["status"]); enhanced.MatchString(s) && (f.Class == "" || !strings.HasSuffix(s, ".0.0") && s[0] == f.Class[0]) {
			f.Class = s
		}
		f.Hard = nobody(f, fields["diagnostic-code"])
	}
	return f, ok
}

// fieldsOf are the fields of a block by their names in small letters, unfolded.
func fieldsOf(block string) map[string]string {
	fields, last := map[string]string{}, ""
	for line := range strings.SplitSeq(block, "\n") {
		if last != "" && (strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")) {
			fields[last] += " " + strings.TrimSpace(line)
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if last = strings.ToLower(strings.TrimSpace(name)); !ok {
			last = ""
			continue
		}
		fields[last] = strings.TrimSpace(value)
	}
	return fields
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), " ")
	return strings.TrimRight(word, ";(")
}

var (
	enhanced = regexp.MustCompile(`^[45]\.\d{1,3}\.\d{1,3}$`)
	// replySaid is a mail server's answer in a text, like "550 5.1.1", "550-5.1.1" or "550 #5.1.1".
	replySaid = regexp.MustCompile(`(?:^|[\s:>;"'(\[])([45]\d\d)(?:[ \-]+#?\(?([45]\.\d{1,3}\.\d{1,3})\b|[ \-:])`)
	// classSaid is an enhanced code alone, as qmail and Exchange write it: "(#5.1.1)".
	classSaid = regexp.MustCompile(`#\s?([45]\.\d{1,3}\.\d{1,3})\b`)
	// aboutUs are words of servers that refuse a sender and say so with the code of an address that does not exist.
	aboutUs = regexp.MustCompile(`(?i)spam|block|black ?list|reputation|policy|denied|\brbl\b|dnsbl|listed|dmarc|\bspf\b|dkim|quota|full|exceed|relay|permitted|authenticat|sender`)
	// nobodySaid are the words of servers that give no code.
	nobodySaid = regexp.MustCompile(`(?i)user unknown|unknown user|no such (user|mailbox|person|recipient)|no mailbox here|does ?n.t (exist|have)|does not exist|unrouteable address|recipient (unknown|not found)|invalid (recipient|mailbox)|mailbox (not found|unavailable)|not listed in`)
)

// failureSaid finds a mail server's answer in its words.
func failureSaid(text string) (f failure) {
	if m := replySaid.FindStringSubmatch(text); m != nil {
		f.Code, _ = strconv.Atoi(m[1]) // three digits
		f.Class = m[2]
	}
	if m := classSaid.FindStringSubmatch(text); m != nil && f.Class == "" {
		f.Class = m[1]
	}
	return f
}

// nobody reports whether a failure is that there is no such address, given the words it was told in.
func nobody(f failure, words string) bool {
	switch {
	case f.Code/100 == 4, strings.HasPrefix(f.Class, "4."):
		return false
	case f.Class != "" && !strings.HasSuffix(f.Class, ".0.0"):
		return gone(f.Code, f.Class)
	case aboutUs.MatchString(words) && !nobodySaid.MatchString(words):
		return false
	}
	return gone(f.Code, "") || nobodySaid.MatchString(words)
}

// postmasters are the senders of mails that come back.
var postmasters = regexp.MustCompile(`(?i)^(mailer[-_.]?daemon|postmaster|mail[-_.]?daemon|mdaemon)(\+[^@]*)?@`)

// copyBegins is the line under which a server quotes our own letter.
var copyBegins = regexp.MustCompile(`(?im)^-+ ?.*(below this line|copy of (the|your) (message|mail)|original message|unsent message|message (header|text) follows|returned message).*$`)

// plainFailure reads the report of a server that writes no delivery status.
func plainFailure(m *mail.Message, kind, boundary string) (f failure, ok bool) {
	exim := m.Header.Get("X-Failed-Recipients") != ""
	from, err := mail.ParseAddress(m.Header.Get("From"))
	if !exim && (err != nil || !postmasters.MatchString(from.Address)) {
		return f, false
	}
	subject := strings.ToLower(m.Header.Get("Subject"))
	if strings.HasPrefix(subject, "warning") || strings.Contains(subject, "delayed") || m.Header.Get("X-Autoreply") != "" || !exim && autoReplied(m.Header.Get("Auto-Submitted")) {
		return f, false
	}
	var text []byte
	if strings.HasPrefix(kind, "multipart/") {
		text = partOf(m.Body, boundary, "text/plain")
	} else {
		text = decoded(m.Body, m.Header.Get("Content-Transfer-Encoding"))
	}
	if at := copyBegins.FindIndex(text); at != nil {
		text = text[:at[0]]
	}
	words := string(text)
	f = failureSaid(words)
	if f.Code == 0 && f.Class == "" && !exim && !nobodySaid.MatchString(words) {
		return f, false // a postmaster who writes about something else
	}
	f.Hard = nobody(f, words)
	return f, true
}

// autoReplied reports whether a mail is a machine's answer, by RFC 3834.
func autoReplied(field string) bool { return strings.EqualFold(firstWord(field), "auto-replied") }
