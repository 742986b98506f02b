package desk

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestPostMoves(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	acts := []struct {
		name string
		to   string
		do   func(*Post) error
	}{
		{"claim", PostClaimed, func(p *Post) error { return p.Claim(now, now.Add(time.Minute)) }},
		{"wait", PostWaiting, func(p *Post) error { return p.Wait(now, Text{}) }},
		{"keep", PostHeld, func(p *Post) error { return p.Keep(1, Text{}) }},
		{"doubt", PostUnknown, func(p *Post) error { return p.Doubt(now, Text{}) }},
		{"confirm", PostSent, func(p *Post) error { return p.Confirm("n", "l", now, now) }},
		{"fail", PostFailed, func(p *Post) error { return p.Fail(Say("x")) }},
		{"drop", PostDropped, func(p *Post) error { return p.Drop(Text{}) }},
		{"withdraw", PostWithdrawn, func(p *Post) error { return p.Gone(PostWithdrawn) }},
		{"replace", PostReplaced, func(p *Post) error { return p.Gone(PostReplaced) }},
	}
	if len(postMoves) != len(PostStates) {
		t.Errorf("%d states have moves, there are %d", len(postMoves), len(PostStates))
	}
	for _, from := range PostStates {
		for _, a := range acts {
			p := Post{State: from}
			err := a.do(&p)
			may := slices.Contains(postMoves[from], a.to)
			if may != (err == nil) || may && p.State != a.to || !may && (!errors.Is(err, ErrInvalidTransition) || p.State != from) {
				t.Errorf("%s: %s leads to %s, %v", from, a.name, p.State, err)
			}
		}
	}
	// What was never claimed cannot have gone out, and what may have gone out is not dropped without news.
	for _, bad := range [][2]string{{PostWaiting, PostSent}, {PostHeld, PostClaimed}, {PostUnknown, PostDropped}, {PostUnknown, PostFailed}, {PostSent, PostWaiting}, {PostDropped, PostWaiting}} {
		if slices.Contains(postMoves[bad[0]], bad[1]) {
			t.Errorf("a post goes from %s to %s", bad[0], bad[1])
		}
	}
}

func TestPostSaw(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := Post{State: PostSent}
	for _, c := range []struct{ copy, want string }{{CopySame, PostVerified}, {CopySame, PostVerified}, {CopyDiffers, PostSent}, {CopyMissing, PostSent}, {CopySame, PostVerified}} {
		if err := p.Saw(c.copy, now, now, Text{}); err != nil || p.State != c.want || p.Copy != c.copy {
			t.Errorf("%s: %s, %v", c.copy, p.State, err)
		}
	}
	waits := Post{State: PostWaiting}
	if err := waits.Saw(CopySame, now, now, Text{}); !errors.Is(err, ErrInvalidTransition) {
		t.Errorf("a live copy of what waits: %v", err)
	}
}

func TestHoldCovers(t *testing.T) {
	t.Parallel()
	p := Post{BrandID: 1, ChannelID: 2, Campaign: "spring"}
	for _, c := range []struct {
		name string
		h    Hold
		want bool
	}{
		{"everything", Hold{}, true},
		{"brand", Hold{BrandID: 1}, true},
		{"other brand", Hold{BrandID: 2}, false},
		{"channel", Hold{BrandID: 1, ChannelID: 2}, true},
		{"other channel", Hold{ChannelID: 3}, false},
		{"campaign", Hold{Campaign: "spring"}, true},
		{"other campaign", Hold{Campaign: "autumn"}, false},
		{"a rehearsal", Hold{DrillID: 1}, false},
	} {
		if got := c.h.Covers(&p); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
