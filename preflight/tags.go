package preflight

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

const (
	maxTags   = 5                  // hashtags that are looked at
	tagWindow = 7 * 24 * time.Hour // what people post under a hashtag now, not what it once meant
	tagSample = 100                // mentions that are read for it, newest first
)

// Usage is what people post under a hashtag now, among what was heard.
type Usage struct {
	Tag      string         `json:"tag"` // without #
	Count    int            `json:"count"`
	More     bool           `json:"more"` // there are more than were read
	Negative int            `json:"negative"`
	Positive int            `json:"positive"`
	Topics   []string       `json:"topics"` // sensitive subjects that come up
	Examples []desk.Mention `json:"examples"`
}

// Tag looks at what people post under a hashtag now. For viewers.
func (d *Desk) Tag(ctx context.Context, brandID int64, tag string) (Usage, error) {
	if err := desk.Need(ctx, desk.Viewer); err != nil {
		return Usage{}, err
	}
	g, err := d.Store.Guard(ctx, brandID)
	if err != nil {
		return Usage{}, err
	}
	return d.usage(ctx, strings.TrimLeft(strings.TrimSpace(tag), "#＃"), g)
}

func (d *Desk) usage(ctx context.Context, tag string, g desk.Guard) (Usage, error) {
	u := Usage{Tag: tag, Topics: []string{}, Examples: []desk.Mention{}}
	page, err := d.Store.Mentions(ctx, desk.Filter{Text: `"#` + strings.ReplaceAll(tag, `"`, "") + `"`, From: time.Now().Add(-tagWindow), Limit: tagSample})
	if err != nil {
		return u, err
	}
	u.More = page.Next != 0
	topics := map[string]int{}
	finders := map[string]*finder{}
	for _, m := range page.Mentions {
		if m.Own {
			continue
		}
		u.Count++
		switch {
		case m.Mood < 0:
			u.Negative++
		case m.Mood > 0:
			u.Positive++
		}
		f := finders[m.Lang]
		if f == nil {
			if f, err = guarded(m.Lang, g); err != nil {
				return u, err
			}
			finders[m.Lang] = f
		}
		once := map[string]bool{}
		for _, s := range f.find(m.Text) {
			// The tag itself is not what people say under it.
			if !once[s.topic] && !strings.EqualFold(s.text, tag) {
				once[s.topic] = true
				topics[s.topic]++
			}
		}
		if len(u.Examples) < 3 {
			u.Examples = append(u.Examples, m)
		}
	}
	for _, t := range append(append([]string{}, desk.SensitiveTopics...), "sensitive") {
		if n := topics[t]; n >= 2 && 5*n >= u.Count {
			u.Topics = append(u.Topics, t)
		}
	}
	return u, nil
}

// hashtags warns of a hashtag that people use for something else (#WhyIStayed).
func hashtags(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	for i, h := range j.reader.Hashtags {
		if i == maxTags {
			all = append(all, unchecked("hashtags", desk.FindingHint, desk.Say("what people post under the other hashtags")))
			break
		}
		u, err := j.usage(ctx, h.Name, j.guard)
		if err != nil {
			return all, err
		}
		f := tagFinding(u)
		f.From, f.To = h.Bytes[0], h.Bytes[1]
		all = append(all, f)
	}
	return all, nil
}

func tagFinding(u Usage) desk.Finding {
	see := desk.Say("Look at the posts before you use it.")
	if len(u.Examples) > 0 {
		see = desk.Say("Look at the posts before you use it. The newest: “{example}”", "example", clip(u.Examples[0].Text))
	}
	share := 0
	if u.Count > 0 {
		share = (100*u.Negative + u.Count/2) / u.Count
	}
	switch {
	case u.Count == 0:
		return unchecked("hashtags", desk.FindingHint, desk.Say("what people post under #{tag}; nothing was heard of it this week", "tag", u.Tag))
	case len(u.Topics) > 0:
		return desk.Finding{Weight: desk.FindingSecond, Fix: see,
			Say: desk.Say("Under #{tag} people now speak of {topic}: {n} posts this week, {share} % negative.", "tag", u.Tag, "topic", topicText(u.Topics[0]), "n", u.Count, "share", share)}
	case u.Count >= 5 && share >= 40:
		return desk.Finding{Weight: desk.FindingSecond, Fix: see, Say: desk.Say("The mood under #{tag} is bad: {n} posts this week, {share} % negative.", "tag", u.Tag, "n", u.Count, "share", share)}
	}
	return desk.Finding{Weight: desk.FindingHint, Fix: see, Say: desk.Say("Under #{tag}: {n} posts this week, {share} % negative.", "tag", u.Tag, "n", u.Count, "share", share)}
}

// clip is the beginning of a post, for a sentence.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 140 {
		return string(r[:139]) + "…"
	}
	return s
}
