package subscribe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the common servers send back, and what is sent back by others than servers.
func TestFailureOf(t *testing.T) {
	t.Parallel()
	want := map[string]struct {
		f  failure
		ok bool
	}{
		"postfix-unknown":   {failure{550, "5.1.1", true}, true},
		"postfix-full":      {failure{552, "5.2.2", false}, true},
		"postfix-expired":   {failure{0, "4.4.1", false}, true},
		"postfix-delayed":   {},
		"opensmtpd-unknown": {failure{550, "5.0.0", true}, true},
		"exim-report":       {failure{550, "5.0.0", true}, true},
		"exim-plain":        {failure{0, "", true}, true},
		"exim-delayed":      {},
		"exim-blocked":      {failure{550, "5.0.0", false}, true},
		"exchange-notfound": {failure{550, "5.1.10", true}, true},
		"exchange-refused":  {failure{550, "5.7.133", false}, true},
		"gmail-unknown":     {failure{550, "5.1.1", true}, true},
		"gmail-full":        {failure{452, "4.2.2", false}, true},
		"qmail-unknown":     {failure{0, "5.1.1", true}, true},
		"qmail-expired":     {failure{0, "4.4.1", false}, true},
		"sendmail-old":      {failure{550, "", true}, true},
		"utf8-report":       {failure{550, "5.1.1", true}, true},
		"answer-holiday":    {},
		"answer-person":     {},
		"complaint":         {},
		"receipt":           {},
		"postmaster-writes": {},
		"delivered":         {},
	}
	files, err := filepath.Glob("testdata/returned/*.eml")
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d files, want %d: %v", len(files), len(want), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		name = strings.TrimSuffix(filepath.Base(name), ".eml")
		for _, ends := range []string{"\n", "\r\n"} {
			f, ok := failureOf([]byte(strings.ReplaceAll(string(raw), "\n", ends)))
			if w := want[name]; f != w.f || ok != w.ok {
				t.Errorf("%s = %+v, %t; want %+v, %t", name, f, ok, w.f, w.ok)
			}
		}
	}
}

// Nothing that comes to the mailbox breaks the desk, and what names no failed delivery is none.
func FuzzFailureOf(f *testing.F) {
	files, err := filepath.Glob("testdata/returned/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	d := &Desk{key: []byte(strings.Repeat("k", 32))}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, ok := failureOf(raw)
		if got.Hard && (!ok || got.Code/100 == 4 || strings.HasPrefix(got.Class, "4.")) {
			t.Errorf("hard without a failure for good: %+v, %t", got, ok)
		}
		if _, _, ok := d.returned(raw); ok {
			t.Errorf("a signature was guessed in %q", raw)
		}
	})
}

func TestReturnAddress(t *testing.T) {
	t.Parallel()
	d := &Desk{key: []byte(strings.Repeat("k", 32))}
	ours := d.returnTo("bounces@aurora.example", 123456789, 42)
	if local, _, _ := strings.Cut(ours, "@"); len(local) > 64 {
		t.Errorf("%s has more than 64 bytes before the @", ours)
	}
	other := d.returnTo("bounces@aurora.example", 123456788, 42)
	forged := strings.Replace(ours, "+b21i3v9", "+b21i3v8", 1)
	if forged == ours {
		t.Fatalf("the forgery of %s is none", ours)
	}
	for _, c := range []struct {
		name, raw string
		ok        bool
	}{
		{"to", "To: <" + ours + ">\r\n\r\n", true},
		{"in capitals", "X-Original-To: " + strings.ToUpper(ours) + "\r\n\r\n", true},
		{"twice the same", "To: " + ours + "\r\n\r\nReturn-Path: <" + ours + ">", true},
		{"in the copy of the letter only", "To: bounces@aurora.example\r\n\r\n> Return-Path: <" + ours + ">", true},
		{"beside a forged one", "To: " + ours + "\r\nCc: " + forged + "\r\n\r\n", true},
		{"forged", "To: <" + forged + ">\r\n\r\n", false},
		{"two letters", "To: " + ours + ", " + other + "\r\n\r\n", false},
		{"none", "To: bounces@aurora.example\r\n\r\n", false},
		{"another desk's", "To: " + (&Desk{key: []byte(strings.Repeat("x", 32))}).returnTo("bounces@aurora.example", 123456789, 42) + "\r\n\r\n", false},
	} {
		id, mailing, ok := d.returned([]byte(c.raw))
		if ok != c.ok || ok && (id != 123456789 || mailing != 42) {
			t.Errorf("%s: %d, %d, %t; want %t", c.name, id, mailing, ok, c.ok)
		}
	}
}
