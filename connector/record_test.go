package connector

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"breakwater/desk"
)

func TestTimesAsProgramsWriteThem(t *testing.T) {
	t.Parallel()
	stockholm := time.FixedZone("", 3600)
	want := time.Date(2026, 11, 21, 8, 30, 0, 0, time.UTC)
	for _, s := range []string{
		"2026-11-21T08:30:00Z", "2026-11-21T10:30:00+02:00", "2026-11-21T10:30:00+0200", "2026-11-21 09:30", "2026-11-21T09:30:00",
		"21.11.2026 09:30", "21/11/2026 09:30", "11/21/2026 9:30 AM", "1795249800", "1795249800000", "1795249800000000", "1.7952498e9",
		"Sat, 21 Nov 2026 08:30:00 GMT", "Sat Nov 21 08:30:00 +0000 2026", " 2026-11-21 08:30:00 UTC ",
	} {
		got, err := When(s, stockholm)
		if err != nil || !got.Equal(want) {
			t.Errorf("When(%q) = %s, %v; want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"", "soon", "03/04/2026", "2026", "31/31/2026", "NaN", "1e300", "99/99/9999 1"} {
		if got, err := When(s, nil); err == nil {
			t.Errorf("When(%q) = %s, want an error", s, got)
		}
	}
}

func TestCountsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"1204": 1204, "1,204": 1204, "1.204": 1204, "1 204": 1204, "1,204,000": 1204000, "1.2k": 1200, "3M": 3000000, "1,5K": 1500, "12.7": 12,
		"": -1, "-5": -1, "many": -1, "NaN": -1, "1e99": -1,
	} {
		if got := number(s, -1); got != want {
			t.Errorf("number(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestMappingsAreRead(t *testing.T) {
	t.Parallel()
	for lines, line := range map[string]any{
		"text = data.body\n\n# a remark\nauthor.handle=$.user[0].name": nil,
		"text": 1, "text =": 1, "text = a\ntext = a..b": 2, "colour = a": 1, "text = a[x]": 1, "text = a[-1]": 1, "text = a[0": 1, "text = a[0]b": 1,
	} {
		_, err := ParseMapping(lines)
		var wrong *desk.Invalid
		switch {
		case line == nil && err != nil:
			t.Errorf("%q: %v", lines, err)
		case line != nil && (!errors.As(err, &wrong) || wrong.Reason.With["line"] != line):
			t.Errorf("%q: %v, want line %v named", lines, err, line)
		}
	}
}

func TestCommonNamesAreFound(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	doc, err := DecodeJSON([]byte(`{"Id_Str":"x","full text":"Hi","User":{"Screen-Name":"ana","followers_count":"1.2k"},"created_at":"2026-11-21T08:00:00Z",
		"Retweet Count":3,"platform":"Twitter","type":"retweet","hashtags":"#a, #b"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, wrong := Record{Network: "web", Now: now}.Mention(Mapping{}.Find(doc))
	if wrong != nil {
		t.Fatal(wrong)
	}
	want := desk.Mention{
		Ref: desk.Ref{Network: "x", NativeID: got.NativeID}, Kind: desk.KindRepost, Text: "Hi", Published: now.Add(-time.Hour),
		Author: desk.Author{NativeID: "ana", Handle: "ana", Followers: 1200}, Engagement: desk.Engagement{Reposts: 3}, Tags: []string{"a", "b"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(got.NativeID, "made-") {
		t.Errorf("id %q, want one made of the parts", got.NativeID)
	}
}

func TestOddIDsBecomeKeysAllTheSame(t *testing.T) {
	t.Parallel()
	for _, id := range []string{strings.Repeat("a", 10_000), "a\x00b", "a\xffb"} {
		if got := nativeID(id); !strings.HasPrefix(got, "made-") || got != nativeID(id) {
			t.Errorf("nativeID(%.20q…) = %q", id, got)
		}
	}
	if MadeID("a", "bc") == MadeID("ab", "c") {
		t.Error("two different things have one id")
	}
}
