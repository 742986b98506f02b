package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"breakwater/desk"
)

// read makes what somebody wrote of a mail; ok is false for what no person wrote to us: our own mails, lists, machines, bounces.
func (m *mailbox) read(raw []byte, came time.Time) (in desk.Incoming, ok bool, err error) {
	l, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return in, false, err
	}
	from, err := writer(l.Header)
	if err != nil {
		return in, false, err
	}
	address := strings.ToLower(from.Address)
	to, keys := addressees(l.Header)
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
	if answered := messageIDs(l.Header.Get("In-Reply-To")); len(answered) > 0 {
		in.To = answered[0]
	}
	in.Names, in.Keys, in.Machine, in.Bounce = to, keys, byMachine, byMachine && bounce(l.Header)
	var body reading
	in.Text = ownWords(strings.TrimSpace(body.textOf(textproto.MIMEHeader(l.Header), l.Body, 0)))
	in.Files = body.files
	in.Text = string([]byte(in.Text)[:min(len(in.Text), desk.MaxText)])
	in.Text = strings.ToValidUTF8(in.Text, "")
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

// machine reports whether a program sent a mail: answering it would answer nobody, or begin an endless exchange (RFC 3834).
func machine(h mail.Header) bool {
	auto, _, _ := strings.Cut(strings.ToLower(h.Get("Auto-Submitted")), ";")
	auto = strings.TrimSpace(auto)
	kind := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	told := slices.ContainsFunc(machineHeaders, func(name string) bool { return h.Get(name) != "" })
	return auto != "" && auto != "no" || kind == "bulk" || kind == "list" || kind == "junk" || kind == "auto_reply" || told || bounce(h) || machineAddress(h)
}

// machineHeaders are what mailing lists, newsletters and answering machines put into their mails, and people's mail programs never do.
var machineHeaders = []string{"List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond", "X-Auto-Reply", "Feedback-Id"}

// machineNames are addresses behind which nobody reads.
var machineNames = []string{"mailer-daemon", "postmaster", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply"}

func machineAddress(h mail.Header) bool {
	from, err := writer(h)
	if err != nil {
		return false
	}
	local, _, _ := strings.Cut(strings.ToLower(from.Address), "@")
	return slices.Contains(machineNames, local)
}

// bounce reports whether a mail server tells that a mail of ours did not arrive (RFC 3464).
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
			if name, key, ok := strings.Cut(local, "+"); ok && key != "" {
				if address = name + "@" + domain; len(keys) < 10 {
					keys = append(keys, key)
				}
			}
			if len(to) < 50 {
				to = append(to, address)
			}
		}
	}
	return to, keys
}
