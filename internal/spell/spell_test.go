package spell

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/internal/needs"
)

func checker(t *testing.T) *Checker {
	t.Helper()
	needs.Program(t, "hunspell", "hunspell")
	c := &Checker{}
	t.Cleanup(func() { c.Close() })
	for _, lang := range []string{"en", "pl", "sv", "he", "id"} {
		if _, _, err := c.find(lang); err != nil {
			needs.Missing(t, Package(lang), err.Error())
		}
	}
	return c
}

func misspelt(all []Miss) string {
	var out []string
	for _, m := range all {
		out = append(out, m.Word)
	}
	return strings.Join(out, " ")
}

func TestCheck(t *testing.T) {
	t.Parallel()
	c := checker(t)
	for _, tc := range []struct{ lang, text, want string }{
		{"en", "We are sory for the inconvenience. Don't eat it; it's from batch 12a.", "sory"},
		{"en", "See https://jar.exmaple/recal, jar.com, #recal @kavelnd, me@jr.com {nmae} FDA BPA.", ""},
		{"en", "The comany Kavelund recieved your mesage.", "comany Kavelund recieved mesage"},
		{"pl", "Przepraszamy za uszkodzony słoik. Wycofujemy partje.", "partje"},
		{"sv", "Vi ber om ursäkt för glasburkarna. Återlämna burkn.", "burkn"},
		{"id", "Kami mohon maaf atas kejadan ini.", "kejadan"},
		{"he", "אנחנו מתנצלים על התקלה. נעדקן אתכם בקרוב.", "נעדקן"},
		{"en", "", ""},
		{"en", "12 34 – … 👩‍🚒", ""},
	} {
		got, err := c.Check(t.Context(), tc.lang, tc.text, nil)
		if err != nil || misspelt(got) != tc.want {
			t.Errorf("%s %q: got %q, %v, want %q", tc.lang, tc.text, misspelt(got), err, tc.want)
		}
		for _, m := range got {
			if tc.text[m.From:m.To] != m.Word {
				t.Errorf("%q does not stand at %d", m.Word, m.From)
			}
		}
	}
	got, err := c.Check(t.Context(), "en", "A mesage from Kavelund.", func(w string) bool { return w == "Kavelund" })
	if err != nil || len(got) != 1 || len(got[0].Suggest) == 0 || got[0].Suggest[0] != "message" || got[0].LikeName {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestNoDictionary(t *testing.T) {
	t.Parallel()
	for _, c := range []*Checker{{Program: "/nonexistent/hunspell"}, {Folders: []string{t.TempDir()}}} {
		if _, err := c.Check(t.Context(), "en", "word", nil); !errors.Is(err, ErrNoDictionary) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := checker(t).Check(t.Context(), "zh-Hant", "字", nil); !errors.Is(err, ErrNoDictionary) {
		t.Errorf("Chinese: got %v", err)
	}
}

// A child that was killed is started again; one that never answers ends with the caller's patience, and the next question works.
func TestChildrenDieAndHang(t *testing.T) {
	t.Parallel()
	c := checker(t)
	if _, err := c.Check(t.Context(), "en", "word", nil); err != nil {
		t.Fatal(err)
	}
	if err := c.children["en"].cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Check(t.Context(), "en", "another mesage", nil); err != nil || len(got) != 1 {
		t.Errorf("after a kill: got %v, %v", got, err)
	}

	dir := t.TempDir()
	mute := filepath.Join(dir, "mute")
	for _, script := range []string{"echo hello\nexec sleep 600\n", "exec sleep 600\n"} {
		if err := os.WriteFile(mute, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
		slow := &Checker{Program: mute}
		t.Cleanup(func() { slow.Close() })
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := slow.Check(ctx, "en", "word", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a mute child (%q): got %v", script, err)
		}
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	c := checker(t)
	for name, text := range map[string]string{
		"joiners": strings.Repeat("\u200d", 300_000), "one word": strings.Repeat("a", 300_000), "commands": "!\n*word\n@word\n#\n~\n%\n$$vn\n^\n&ok: mesage",
		"braces": strings.Repeat("{", 20_000), "signs": strings.Repeat("@", 50_000), "links": strings.Repeat("http://a.b/ ", 20_000), "nul": "a\x00b mesage", "apostrophes": strings.Repeat("a'", 50_000),
	} {
		if _, err := c.Check(t.Context(), "en", text, nil); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := c.Check(t.Context(), "en", "fine", nil); err != nil || len(got) != 0 {
		t.Errorf("afterwards: got %v, %v", got, err)
	}
}
