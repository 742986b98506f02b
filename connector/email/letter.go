package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"breakwater/desk"
)

// read makes what somebody wrote of a mail; ok is false for our own mails, and for those without anything in them. What lists, machines and
// mail servers wrote says so: nobody waits for an answer to it, and it is counted.
func (m *mailbox) read(raw []byte, came time.Time) (in desk.Incoming, ok bool, err error) {
	l, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return in, false, err
	}
	from, err := m.person(l.Header)
	if err != nil {
		return in, false, err
	}
	address := strings.ToLower(from.Address)
	if m.ours(address) {
		return in, false, nil
	}
	to, keys := addressees(l.Header)
	id := messageIDs(l.Header.Get("Message-Id"))
	if len(id) == 0 {
		sum := sha256.Sum256(raw)
		id = []string{hex.EncodeToString(sum[:16]) + "@none"}
	}
	in = desk.Incoming{Private: true, Message: desk.Message{
		Ref: desk.Ref{Network: "email", NativeID: id[0]}, Via: desk.ViaMail, At: came.UTC(), Title: strings.TrimSpace(decoded(l.Header.Get("Subject"))),
		Author: desk.Author{NativeID: address, Handle: address, Name: from.Name, Followers: -1}, Thread: messageIDs(l.Header.Get("References")),
	}}
	if answered := messageIDs(l.Header.Get("In-Reply-To")); len(answered) > 0 {
		in.To = answered[0]
	}
	in.Names, in.Keys, in.Machine, in.Bounce = to, keys, m.machine(l.Header) || nobodys(address), undelivered(l.Header, raw)
	if in.Bounce {
		ids, more := returned(raw)
		in.Thread, in.Keys = append(in.Thread, ids...), append(in.Keys, more...)
	}
	var body reading
	own, rest := ownWords(strings.TrimSpace(body.textOf(textproto.MIMEHeader(l.Header), l.Body, 0)))
	in.Text, in.Quoted = strings.ToValidUTF8(own[:min(len(own), desk.MaxText)], ""), strings.ToValidUTF8(rest[:min(len(rest), quoteMost)], "")
	in.Files = body.files
	return in, in.Text != "" || in.Title != "" || len(in.Files) > 0, nil
}

// writer is who wrote a mail: the first of those who say so. A name may be coded, and hold commas then.
func writer(h mail.Header) (*mail.Address, error) {
	parser := mail.AddressParser{WordDecoder: &words}
	raw := h.Get("From")
	if all, err := parser.ParseList(raw); err == nil {
		return all[0], nil
	}
	at := strings.LastIndexByte(raw, '<') // a name in bare letters, or coded with a comma in it
	a, err := mail.ParseAddress(raw[max(at, 0):])
	if err != nil {
		return nil, err
	}
	a.Name = strings.Trim(strings.ToValidUTF8(decoded(strings.TrimSpace(raw[:max(at, 0)])), ""), `"`)
	return a, nil
}

// person is who wants an answer to a mail: who wrote it. A contact form or a list that writes by an address of ours, or by one behind which
// nobody reads, names them by Reply-To.
func (m *mailbox) person(h mail.Header) (*mail.Address, error) {
	from, err := writer(h)
	if err != nil || !nobodys(from.Address) && !m.ours(from.Address) {
		return from, err
	}
	parser := mail.AddressParser{WordDecoder: &words}
	to, err := parser.ParseList(h.Get("Reply-To"))
	if err != nil || nobodys(to[0].Address) || m.ours(to[0].Address) {
		return from, nil
	}
	return to[0], nil
}

// ours reports whether an address is one of ours, whatever stands behind a plus in it.
func (m *mailbox) ours(address string) bool {
	bare := func(s string) string {
		local, domain, _ := strings.Cut(strings.ToLower(s), "@")
		local, _, _ = strings.Cut(local, "+")
		return local + "@" + domain
	}
	address = bare(address)
	return slices.ContainsFunc(m.own, func(own string) bool { return bare(own) == address })
}

// machine reports whether a program sent a mail: answering it would answer nobody, or begin an endless exchange (RFC 3834). Where all mail
// comes through a list, what lists put into it says nothing.
func (m *mailbox) machine(h mail.Header) bool {
	auto, _, _ := strings.Cut(strings.ToLower(h.Get("Auto-Submitted")), ";")
	auto = strings.TrimSpace(auto)
	kind := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	has := func(name string) bool { return h.Get(name) != "" }
	listed := kind == "bulk" || kind == "list" || slices.ContainsFunc(listHeaders, has)
	return auto != "" && auto != "no" || kind == "junk" || kind == "auto_reply" || listed && !m.list || slices.ContainsFunc(machineHeaders, has) || bounce(h)
}

// machineHeaders are what answering machines put into their mails, and people's mail programs never do; listHeaders those of mailing lists
// and newsletters.
var (
	machineHeaders = []string{"X-Autoreply", "X-Autorespond", "X-Auto-Reply"}
	listHeaders    = []string{"List-Id", "List-Unsubscribe", "Feedback-Id"}
)

// machineNames are addresses behind which nobody reads.
var machineNames = []string{"mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"}

func nobodys(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(machineNames, local)
}

// undelivered reports whether a mail server tells that a mail of ours did not arrive (RFC 3464): not that it takes longer, and not the
// answer of a machine, which comes by the same way (RFC 3834).
func undelivered(h mail.Header, raw []byte) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err == nil && kind == "multipart/report" {
		return strings.EqualFold(params["report-type"], "delivery-status") && actionFailed.Match(raw)
	}
	if h.Get("X-Failed-Recipients") != "" { // Exim
		return true
	}
	auto := strings.HasPrefix(strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted"))), "auto-replied")
	return strings.Contains(strings.ToLower(h.Get("From")), "mailer-daemon@") && !auto && !strings.Contains(strings.ToLower(h.Get("Subject")), "delayed")
}

var (
	actionFailed = regexp.MustCompile(`(?im)^action:\s*failed`)
	returnedID   = regexp.MustCompile(`(?im)^message-id:\s*(<[^>\s]+>)`)
	returnedTo   = regexp.MustCompile(`(?im)^reply-to:[^\n]*(?:\n[ \t][^\n]*)*?\+([a-z0-9]+)@`)
)

// returned finds what came back in a mail server's report: the ids that it names, and the keys of addresses that answers were to come to.
func returned(raw []byte) (ids, keys []string) {
	const most = 10
	for _, m := range returnedID.FindAllSubmatch(raw, most) {
		ids = append(ids, messageIDs(string(m[1]))...)
	}
	for _, m := range returnedTo.FindAllSubmatch(raw, most) {
		keys = append(keys, strings.ToLower(string(m[1])))
	}
	return ids, keys
}

// bounce reports whether a mail server wrote a mail, about one of ours or by itself.
func bounce(h mail.Header) bool {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	from := strings.ToLower(h.Get("From"))
	return strings.TrimSpace(h.Get("Return-Path")) == "<>" || strings.Contains(from, "mailer-daemon@") ||
		err == nil && kind == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status")
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

// addressees are the addresses that a mail came to, at most 50, and what stands behind a plus in them: care+KEY@example.org is an address of
// care@example.org.
func addressees(h mail.Header) (to, keys []string) {
	for _, name := range []string{"Delivered-To", "X-Original-To", "To", "Cc"} {
		all, err := mail.ParseAddressList(h.Get(name))
		if err != nil {
			continue
		}
		for _, a := range all {
			address := strings.ToLower(a.Address)
			local, domain, _ := strings.Cut(address, "@")
			if at := strings.LastIndexByte(local, '+'); at >= 0 && at < len(local)-1 && len(keys) < 10 {
				keys = append(keys, local[at+1:])
			}
			for len(to) < 50 { // care+de+key@, care+de@, care@: an address of ours may have a plus itself
				to = append(to, local+"@"+domain)
				at := strings.LastIndexByte(local, '+')
				if at < 0 {
					break
				}
				local = local[:at]
			}
		}
	}
	return to, keys
}
