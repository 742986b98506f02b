package preflight

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"breakwater/desk"
)

// usual are the limits of media of networks that do not say theirs (vendors' pages, November 2026).
var usual = map[string]desk.Limits{
	"bluesky":   {Media: 4, MediaSize: 2_000_000, Types: []string{"image/jpeg", "image/png", "image/webp", "image/gif"}, Alt: 2000},
	"mastodon":  {Media: 4, MediaSize: 16 << 20, Alt: 1500},
	"x":         {Media: 4, MediaSize: 5 << 20, Alt: 1000},
	"linkedin":  {Media: 20, MediaSize: 8 << 20, Alt: 4086},
	"facebook":  {Media: 10, MediaSize: 8 << 20},
	"instagram": {Media: 10, MediaSize: 8 << 20, Types: []string{"image/jpeg", "video/mp4"}, Alt: 1000},
	"telegram":  {Media: 10, MediaSize: 10 << 20},
	"email":     {Media: 10, MediaSize: 10 << 20},
	"wordpress": {Media: 20, MediaSize: 20 << 20},
}

// limits are what the channel takes: as it said itself, else as is usual.
func limits(c desk.Channel) desk.Limits {
	l, u := c.Limits, usual[c.Kind]
	if l.Media == 0 {
		l.Media = u.Media
	}
	if l.MediaSize == 0 {
		l.MediaSize = u.MediaSize
	}
	if l.Alt == 0 {
		l.Alt = u.Alt
	}
	if l.Types == nil {
		l.Types = u.Types
	}
	return l
}

// media looks at what goes with the text: there, of a kind and size that the network takes, and described.
func media(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	block := func(fix, say desk.Text) {
		all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: say, Fix: fix})
	}
	list := j.Variant.Media
	for i := range list {
		m := &list[i]
		if _, err := j.Store.Blob(ctx, m.Hash); errors.Is(err, desk.ErrNotFound) {
			block(desk.Say("Upload it again."), desk.Say("{name} is not there any more.", "name", nameOr(m)))
		} else if err != nil {
			return all, err
		}
		if strings.TrimSpace(m.Alt) == "" {
			block(desk.Say("Describe what it shows, for those who do not see it."), desk.Say("{name} has no description.", "name", nameOr(m)))
		} else if strings.EqualFold(strings.TrimSpace(m.Alt), strings.TrimSpace(m.Name)) {
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("The description of {name} is only its file name.", "name", nameOr(m)), Fix: desk.Say("Describe what it shows, for those who do not see it.")})
		}
	}
	for _, c := range j.Channels {
		l, where := limits(c), placeName(c)
		if c.Kind == "instagram" && len(list) == 0 {
			block(desk.Say("Add a picture."), desk.Say("{channel} takes no text without a picture.", "channel", where))
		}
		if l.Media > 0 && len(list) > l.Media {
			block(desk.Say("Leave the less important ones out."), desk.Say("{channel} takes {limit} pictures; these are {n}.", "channel", where, "limit", l.Media, "n", len(list)))
		}
		for i := range list {
			m := &list[i]
			if l.MediaSize > 0 && m.Size > l.MediaSize {
				block(desk.Say("Make it smaller."), desk.Say("{name} is too large for {channel}: {size} MB, at most {limit} MB.", "name", nameOr(m), "channel", where, "size", megabytes(m.Size), "limit", megabytes(l.MediaSize)))
			}
			if len(l.Types) > 0 && !slices.Contains(l.Types, m.Type) {
				block(desk.Say("Save it as another type, such as JPEG."), desk.Say("{channel} does not take files of type {type}: {name}.", "channel", where, "type", m.Type, "name", nameOr(m)))
			}
			if n := utf8.RuneCountInString(m.Alt); l.Alt > 0 && n > l.Alt {
				block(desk.Say("Shorten it."), desk.Say("The description of {name} has {n} characters; {channel} takes {limit}.", "name", nameOr(m), "n", n, "channel", where, "limit", l.Alt))
			}
		}
	}
	return all, nil
}

func nameOr(m *desk.Media) string {
	if m.Name != "" {
		return m.Name
	}
	return m.Hash[:min(8, len(m.Hash))]
}

// megabytes with one digit behind the point: 2.1 of at most 2 must not read as 2 of at most 2.
func megabytes(n int64) float64 { return float64((n+99_999)/100_000) / 10 }
