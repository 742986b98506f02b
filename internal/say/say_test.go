package say_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"breakwater/desk"
	"breakwater/internal/say"
)

func TestFor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ preferred, accept, want string }{
		{"", "", "en"},
		{"", "he-IL,he;q=0.9,en;q=0.8", "he"},
		{"", "iw", "he"},
		{"", "zh-TW", "zh-Hant"},
		{"", "zh-HK,en;q=0.5", "zh-Hant"},
		{"", "nb,sv;q=0.8", "sv"},
		{"", "fr", "en"},
		{"", "in", "id"},
		{"", ";;;q=,,", "en"},
		{"pl", "he", "pl"},
		{"xx", "pl", "pl"},
	} {
		if got := say.For(tt.preferred, tt.accept).Tag(); got != tt.want {
			t.Errorf("For(%q, %q) speaks %s, want %s", tt.preferred, tt.accept, got, tt.want)
		}
	}
	if got := say.For("he", "").Dir(); got != "rtl" {
		t.Errorf("Hebrew runs %s, want rtl", got)
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		lang string
		n    any
		want string
	}{
		{"en", 1, "1 day ago"},
		{"en", 2.0, "2 days ago"},
		{"en", int64(1234), "1,234 days ago"},
		{"he", 1, "לפני יום"},
		{"he", 2, "לפני יומיים"},
		{"he", 5, "לפני 5 ימים"},
		{"pl", 1, "1 dzień temu"},
		{"pl", 3, "3 dni temu"},
		{"pl", 22, "22 dni temu"},
		{"id", 1, "1 hari lalu"},
		{"zh-Hant", 3, "3 天前"},
		{"sv", 1, "1 dag sedan"},
	} {
		if got := say.For(tt.lang, "").T("{n} days ago", "n", tt.n); got != tt.want {
			t.Errorf("%s: %v days ago is %q, want %q", tt.lang, tt.n, got, tt.want)
		}
	}
}

// A text of the journal was JSON for a year; it must read as on the first day.
func TestTextAfterJSON(t *testing.T) {
	t.Parallel()
	was := desk.Say("{who} said {n} things about {what}.", "who", "Ana", "n", 1234, "what", desk.Say("Level {level} at {at}", "level", desk.Crisis.String(),
		"at", time.Date(2020, 5, 1, 9, 5, 0, 0, time.UTC)))
	b, err := json.Marshal(was)
	if err != nil {
		t.Fatal(err)
	}
	var is desk.Text
	if err := json.Unmarshal(b, &is); err != nil {
		t.Fatal(err)
	}
	var kept desk.Text // as the store reads it: numbers keep their digits
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&kept); err != nil {
		t.Fatal(err)
	}
	p := say.For("en", "")
	want := "Ana said 1,234 things about Level Crisis at Fri 1 May 2020 09:05."
	for _, text := range []desk.Text{was, is, kept} {
		if got := p.Text(text); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 3, 4, 15, 6, 0, 0, time.UTC)
	for _, tt := range []struct{ lang, number, compact, share, when string }{
		{"en", "1,234.5", "12.3K", "37%", "Wed 4 Mar 2020 15:06"},
		{"he", "1,234.5", "12.3K", "37%", "יום ד׳ 4 במרץ 2020 15:06"},
		{"pl", "1\u00a0234,5", "12,3\u00a0tys.", "37%", "śr. 4 mar 2020 15:06"},
		{"id", "1.234,5", "12,3\u00a0rb", "37%", "Rab, 4 Mar 2020 15.06"},
		{"zh-Hant", "1,234.5", "1.2萬", "37%", "2020年3月4日（三） 15:06"},
		{"sv", "1\u00a0234,5", "12,3\u00a0tn", "37\u00a0%", "ons 4 mars 2020 15:06"},
	} {
		p := say.For(tt.lang, "")
		for _, c := range []struct{ what, got, want string }{
			{"number", p.Number(1234.5), tt.number},
			{"compact", p.Compact(12345), tt.compact},
			{"share", p.Percent(.371), tt.share},
			{"when", p.When(at), tt.when},
		} {
			if c.got != c.want {
				t.Errorf("%s %s: got %q, want %q", tt.lang, c.what, c.got, c.want)
			}
		}
	}
}

func TestAgoAndSpan(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	p := say.For("en", "")
	for _, tt := range []struct {
		d    time.Duration
		ago  string
		span string
	}{
		{2 * time.Second, "just now", "2 s"},
		{40 * time.Second, "40 s ago", "40 s"},
		{59*time.Minute + 5*time.Second, "59 min ago", "59 min 5 s"},
		{-3 * time.Hour, "in 3 h", "3 h"},
		{50 * time.Hour, "2 days ago", "2 d 2 h"},
	} {
		if got := p.Ago(now.Add(-tt.d), now); got != tt.ago {
			t.Errorf("Ago(%s) is %q, want %q", tt.d, got, tt.ago)
		}
		if got := p.Span(tt.d); got != tt.span {
			t.Errorf("Span(%s) is %q, want %q", tt.d, got, tt.span)
		}
	}
	if got := p.Ago(time.Time{}, now); got != "never" {
		t.Errorf("Ago of no time is %q, want never", got)
	}
}

// A Latin name in a Hebrew sentence must not turn the sentence around.
func TestIsolates(t *testing.T) {
	t.Parallel()
	if got := say.For("he", "").T("{x}", "x", "@acme"); got != "\u2068@acme\u2069" {
		t.Errorf("got %+q, want the name between isolates", got)
	}
	if got := say.For("en", "").T("{x}", "x", "שלום"); got != "\u2068שלום\u2069" {
		t.Errorf("got %+q, want the name between isolates", got)
	}
}
