package email

import (
	"fmt"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"breakwater/desk"
)

// of is what is read of a mail with these headers and this body.
func of(t *testing.T, headers, body string) (desk.Incoming, bool) {
	t.Helper()
	in, ok, err := (&mailbox{own: []string{"care@aurora.example"}}).read([]byte(headers+"\r\n"+body), time.Now())
	if err != nil {
		t.Fatalf("%.200q: %v", headers, err)
	}
	return in, ok
}

const from = "From: Eva <eva@home.example>\r\nTo: care@aurora.example\r\nSubject: My kettle\r\nMessage-ID: <1@home.example>\r\n"

// Words come out in the letters that they were written in, whatever the mail program calls them.
func TestCharsets(t *testing.T) {
	t.Parallel()
	for charset, text := range map[string]string{
		"windows-1255": "הקומקום שלי נשרף", "iso-8859-2": "Mój czajnik śmierdzi spalenizną", "gb18030": "我的水壶烧坏了", "big5": "我的水壺燒壞了", "iso-8859-1": "Min kokare är bränd", "utf-8": "我的 קומקום śmierdzi",
	} {
		e, err := htmlindex.Get(charset)
		if err != nil {
			t.Fatal(err)
		}
		coded, err := e.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		var qp strings.Builder
		w := quotedprintable.NewWriter(&qp)
		_, _ = w.Write([]byte(coded))
		_ = w.Close()
		headers := "From: " + mime.QEncoding.Encode(charset, coded+", E") + " <eva@home.example>\r\nSubject: " + mime.BEncoding.Encode(charset, coded) + "\r\nContent-Type: text/plain; charset=" + charset + "\r\nContent-Transfer-Encoding: quoted-printable\r\n"
		in, ok := of(t, headers, qp.String())
		if !ok || in.Text != text || in.Title != text || in.Author.Name != text+", E" || in.Author.NativeID != "eva@home.example" {
			t.Errorf("%s: %q, subject %q, from %q", charset, in.Text, in.Title, in.Author.Name)
		}
	}
}

// Nobody waits for an answer to a machine; what came back undelivered says so.
func TestMachines(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]string{
		"an answering machine": from + "Auto-Submitted: auto-replied; owner-email=x\r\n", "a list": from + "List-Id: <x.example>\r\n", "a newsletter": from + "List-Unsubscribe: <https://x.example>\r\n",
		"bulk": from + "Precedence: Bulk\r\n", "an old answering machine": from + "X-Autoreply: yes\r\n", "a bounce": from + "Return-Path: <>\r\n",
		"a report": from + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
		"nobody":   "From: Shop <no-reply@shop.example>\r\n", "nobody twice": "From: no-reply@shop.example\r\nReply-To: noreply@shop.example\r\n",
	} {
		if in, ok := of(t, headers, "Out of office."); !ok || !in.Machine || in.Bounce {
			t.Errorf("%s waits for an answer, or is nowhere: %v %+v", name, ok, in)
		}
	}
	for name, headers := range map[string]string{
		"ourselves": "From: Care <care@aurora.example>\r\n", "ourselves, by the address that answers come to": "From: care@aurora.example\r\nReply-To: care+key@aurora.example\r\n",
	} {
		if in, ok := of(t, headers, "As I said."); ok {
			t.Errorf("%s writes to us: %+v", name, in)
		}
	}
	if in, ok := of(t, from+"Auto-Submitted: no\r\n", "Hello?"); !ok || in.Machine {
		t.Error("a person whose program says so is taken for a machine")
	}
	ticket := strings.Replace(from, "care@", "care+tkey@", 1)
	if in, ok := of(t, ticket+"Auto-Submitted: auto-generated\r\n", "Refunded."); !ok || !in.Machine || in.Bounce || in.Keys[0] != "tkey" {
		t.Errorf("a help desk's answer is %+v", in)
	}
	if in, ok := of(t, ticket+"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n", "We have your request."); !ok || !in.Machine || in.Bounce {
		t.Errorf("a help desk's confirmation is %+v", in)
	}
	twice := strings.Replace(from, "care@", "care+de+tkey@", 1)
	if in, ok := of(t, twice, "Refunded."); !ok || !slices.Contains(in.Keys, "tkey") || !slices.Contains(in.Names, "care+de@aurora.example") || !slices.Contains(in.Names, "care@aurora.example") {
		t.Errorf("an address of ours with a plus has the keys %q of %q", in.Keys, in.Names)
	}
}

// Contact forms and lists write by addresses of ours, or of nobody, and say who wrote.
func TestWhoWroteByAForm(t *testing.T) {
	t.Parallel()
	for name, headers := range map[string]string{
		"a shop's form": "From: Shop <no-reply@shop.example>\r\nReply-To: Eva <eva@home.example>\r\n", "our own form": "From: Site <care@aurora.example>\r\nReply-To: Eva <eva@home.example>\r\n",
	} {
		if in, ok := of(t, headers, "It burns."); !ok || in.Machine || in.Author.Handle != "eva@home.example" || in.Author.Name != "Eva" {
			t.Errorf("%s is of %+v, by a machine %v", name, in.Author, in.Machine)
		}
	}
	if in, _ := of(t, from+"Reply-To: other@home.example\r\n", "It burns."); in.Author.Handle != "eva@home.example" {
		t.Errorf("a person is taken for %s", in.Author.Handle)
	}
	group := &mailbox{list: true}
	in, ok, err := group.read([]byte(from+"List-Id: <care.aurora.example>\r\nPrecedence: list\r\nList-Unsubscribe: <https://x.example>\r\n\r\nIt burns."), time.Now())
	if err != nil || !ok || in.Machine {
		t.Errorf("what people write to a group is %+v, %v", in, err)
	}
	if in, _, _ := group.read([]byte(from+"List-Id: <x.example>\r\nAuto-Submitted: auto-replied\r\n\r\nAway."), time.Now()); !in.Machine {
		t.Error("an answering machine behind a group makes somebody wait")
	}
}

// What came back says which mail of ours it was, however the server writes; what is late did not come back.
func TestReturned(t *testing.T) {
	t.Parallel()
	report := func(action string) string {
		return "--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; eva@hom.example\r\nAction: " + action + "\r\nStatus: 5.1.1\r\n\r\n" +
			"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nReply-To: \"Care\"\r\n <care+akey@aurora.example>\r\nMessage-ID:\r\n <ours@aurora.example>\r\n\r\n--b--\r\n"
	}
	kind := "From: Mail <MAILER-DAEMON@mx.example>\r\nTo: care@aurora.example\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
	if in, ok := of(t, kind, report("failed")); !ok || !in.Bounce || !in.Machine || !slices.Contains(in.Thread, "ours@aurora.example") || !slices.Contains(in.Keys, "akey") {
		t.Errorf("a report is %+v", in)
	}
	if in, _ := of(t, kind, report("delayed")); in.Bounce {
		t.Error("what is late came back")
	}
	plain := "From: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n"
	if in, _ := of(t, plain, "No mailbox here.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <ours@aurora.example>\n"); !in.Bounce || !slices.Contains(in.Thread, "ours@aurora.example") {
		t.Errorf("a notice is %+v", in)
	}
}

// What they wrote stands alone; signatures and what a program repeats are kept beside it, and none of it is lost.
func TestOwnWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Done. And now?\n\nOn Monday Aurora care wrote:\n> Please unplug it.": "Done. And now?",
		"Tak.\n\nW dniu 21.11 Aurora pisze:\n> Proszę\n> odłączyć":            "Tak.",
		"可以嗎？\n\nAurora 於週一寫道：\n> 請拔掉插頭":                                      "可以嗎？",
		"Yes.\n-- \nEva Berg\n+46 8 123":                                      "Yes.",
		"Ja.\n\n-----Ursprungligt meddelande-----\nFrån: Aurora\nDra ur den.": "Ja.",
		"> Is it safe?\nNo, it burns.":                                        "> Is it safe?\nNo, it burns.",
		"I tried two things:\n\n":                                             "I tried two things:",
		"> only quoted":                                                       "> only quoted",
		"-- \nEva":                                                            "-- \nEva",
	} {
		got, rest := ownWords(text)
		if strings.TrimSpace(got) != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
		if bare := func(s string) string { return strings.Join(strings.Fields(s), " ") }; bare(got+" "+rest) != bare(text) {
			t.Errorf("of %q are kept %q and %q", text, got, rest)
		}
	}
}

// Files are named and not taken for words; markup is no markup any more.
func TestAttachments(t *testing.T) {
	t.Parallel()
	in, ok := of(t, from+"Content-Type: multipart/mixed; boundary=b\r\n", "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>It burns<script>alert(1)</script></p>\r\n--c--\r\n"+
		"--b\r\nContent-Type: text/html; name=\"evil.html\"\r\nContent-Disposition: Attachment; filename=\"evil.html\"\r\n\r\n<script>alert(2)</script>\r\n--b\r\nContent-Type: image/jpeg; name=\"=?utf-8?q?br=C3=A4nd?=.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/\r\n--b--\r\n")
	if !ok || in.Text != "It burns" || len(in.Files) != 2 || in.Files[0] != (desk.Attached{Name: "evil.html", Type: "text/html"}) || in.Files[1].Type != "image/jpeg" {
		t.Errorf("read as %+v with %+v", in.Text, in.Files)
	}
}

// hostileMails are mails that were made to do harm.
func hostileMails() map[string]string {
	deep, close := "", ""
	for i := range 100 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
		close = fmt.Sprintf("\r\n--b%d--", i) + close
	}
	return map[string]string{
		"parts in parts":     from + deep + "Content-Type: text/plain\r\n\r\nHello" + close,
		"ten thousand lines": from + strings.Repeat("X-Header: "+strings.Repeat("x", 40)+"\r\n", 10_000) + "\r\nHello",
		"many parts":         from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n", 20_000) + "--b--",
		"fifty megabytes":    from + "\r\n" + strings.Repeat("All work and no answer. ", 50<<20/24),
		"one long line":      from + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div>", 1<<18),
		"ids without end":    from + "References: " + strings.Repeat("<a@b>", 50_000) + "\r\n\r\nHello",
		"receivers":          from + "Cc: " + strings.Repeat("a+b@c.example, ", 20_000) + "d@e.example\r\n\r\nHello",
		"no end":             from + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n////",
		"not letters":        from + "Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\x00 Hello \xc3",
	}
}

// holds checks what holds for everything that is read of a mail.
func holds(t *testing.T, in desk.Incoming) {
	t.Helper()
	if len(in.Text) > desk.MaxText || !utf8.ValidString(in.Text) || len(in.Quoted) > quoteMost || !utf8.ValidString(in.Quoted) || len(in.Keys) > 10 || len(in.Thread) > 50 || len(in.Files) > filesMost || in.NativeID == "" {
		t.Errorf("a mail became %d bytes, valid %v, %d keys, %d ids, %d files", len(in.Text), utf8.ValidString(in.Text), len(in.Keys), len(in.Thread), len(in.Files))
	}
}

func TestHostileMails(t *testing.T) {
	t.Parallel()
	for name, raw := range hostileMails() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, ok, err := (&mailbox{}).read([]byte(raw)[:min(len(raw), mailBytes)], time.Now())
			if err != nil || !ok {
				return // left alone
			}
			holds(t, in)
		})
	}
}

// Whatever comes: no panic, and what is read keeps its limits.
func FuzzLetter(f *testing.F) {
	for name, raw := range hostileMails() {
		if name != "fifty megabytes" {
			f.Add([]byte(raw)[:min(len(raw), 4096)])
		}
	}
	f.Add([]byte(from + "\r\nHello"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if in, ok, err := (&mailbox{}).read(raw, time.Now()); err == nil && ok {
			holds(t, in)
		}
	})
}

// A mail says which of our addresses it came to, the one that the server delivered it to before all, and the keys behind their pluses.
func TestAddressees(t *testing.T) {
	t.Parallel()
	in, ok := of(t, "Delivered-To: help+k1@aurora.example\r\n"+from+"Cc: Other <Post@Borealis.example>\r\n", "Hello")
	if !ok || !slices.Equal(in.Names, []string{"help+k1@aurora.example", "help@aurora.example", "care@aurora.example", "post@borealis.example"}) || !slices.Equal(in.Keys, []string{"k1"}) {
		t.Errorf("it is for %q with the keys %q", in.Names, in.Keys)
	}
}
