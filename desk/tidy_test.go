package desk_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

func TestTidy(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"plain", "Good coffee ☕ – dobra kawa, קפה טוב, 好喝", "Good coffee ☕ – dobra kawa, קפה טוב, 好喝"},
		{"lines stay", "one\n\ttwo", "one\n\ttwo"},
		{"nul and controls", "a\x00b\x07c\x7f", "abc"},
		{"broken bytes", "ok\xff\xfe!", "ok!"},
		{"emoji family stays", "👨‍👩‍👧", "👨‍👩‍👧"},
		{"joiners in heaps", "a" + strings.Repeat("\u200d", 1000) + "b", "a\u200d\u200d\u200db"},
		{"nothing hides behind joiners", strings.Repeat("\u200d", desk.MaxText) + "storm", "\u200d\u200d\u200dstorm"},
		{"our own facet mark", "\ue000fold", "fold"},
	}
	for _, tt := range tests {
		m := desk.Mention{Text: tt.in}
		m.Tidy(time.Now())
		if m.Text != tt.want {
			t.Errorf("%s: Tidy(%q) = %q, want %q", tt.name, tt.in, m.Text, tt.want)
		}
	}
}

func TestTidyLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	m := desk.Mention{
		Text:      strings.Repeat("\u200d", 1<<20/3),
		URL:       "javascript:alert(1)",
		Links:     []string{"https://example.org/", "data:text/html,x", "https://" + strings.Repeat("a", 3000)},
		Published: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	m.Tidy(now)
	if len(m.Text) > 16 || m.URL != "" || len(m.Links) != 1 || !m.Published.Equal(now) {
		t.Errorf("Tidy left text of %d bytes, URL %q, links %q, published %s", len(m.Text), m.URL, m.Links, m.Published)
	}
	long := desk.Mention{Text: strings.Repeat("星巴克", desk.MaxText)}
	long.Tidy(now)
	if len(long.Text) > desk.MaxText || !utf8.ValidString(long.Text) {
		t.Errorf("Tidy kept %d bytes, valid %t; want at most %d, valid", len(long.Text), utf8.ValidString(long.Text), desk.MaxText)
	}
}

func TestClamp(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct{ in, want time.Time }{
		{time.Time{}, now},
		{time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), now},
		{now.Add(time.Hour), now},
		{now.Add(2 * time.Minute), now.Add(2 * time.Minute)},
		{now.Add(-time.Hour), now.Add(-time.Hour)},
	}
	for _, tt := range tests {
		if got := desk.Clamp(tt.in, now); !got.Equal(tt.want) {
			t.Errorf("Clamp(%s) = %s, want %s", tt.in, got, tt.want)
		}
	}
}
