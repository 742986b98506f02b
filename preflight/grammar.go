package preflight

import (
	"context"
	"net/url"
	"strings"
)

// remark is what LanguageTool says about a place in the text.
type remark struct {
	from, to     int // bytes
	message, put string
}

// ask sends a text to POST /v2/check. Offsets come in units of UTF-16, as the server counts.
func (l *LanguageTool) ask(ctx context.Context, lang, text string) (all []remark, err error) {
	var answer struct {
		Matches []struct {
			Message        string
			Offset, Length int
			Replacements   []struct{ Value string }
			Rule           struct{ Category struct{ ID string } }
		}
	}
	form := url.Values{"language": {lang}, "text": {text}, "disabledCategories": {"TYPOS"}} // hunspell has told of those
	if _, err := l.Fetch.PostForm(ctx, strings.TrimRight(l.Address, "/")+"/v2/check", nil, form, &answer); err != nil {
		return nil, err
	}
	places := newPlaces(text)
	for _, m := range answer.Matches {
		r := remark{from: places.byte(m.Offset), to: places.byte(m.Offset + m.Length), message: clip(m.Message)}
		if len(m.Replacements) > 0 {
			r.put = clip(m.Replacements[0].Value)
		}
		if r.from < r.to {
			all = append(all, r)
		}
	}
	return all, nil
}

// places turns units of UTF-16 into bytes.
type places []int

func newPlaces(text string) places {
	var p places
	for i, r := range text {
		p = append(p, i)
		if r > 0xFFFF {
			p = append(p, i)
		}
	}
	return append(p, len(text))
}

func (p places) byte(unit int) int { return p[max(0, min(unit, len(p)-1))] }
