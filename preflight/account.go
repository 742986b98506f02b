package preflight

import (
	"context"
	"strings"
	"time"

	"breakwater/desk"
)

// account stops what goes to the wrong place: KitchenAid 2012, Red Cross 2011.
func account(_ context.Context, j *job) (all []desk.Finding, _ error) {
	for _, c := range j.Channels {
		where := placeName(c)
		switch {
		case c.ID == 0:
			continue
		case c.BrandID != j.Statement.BrandID:
			all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{channel} belongs to another brand than this text.", "channel", where), Fix: desk.Say("Choose a channel of {brand}.", "brand", j.brand.Name)})
		case c.Paused:
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{channel} is paused: nothing goes out there.", "channel", where), Fix: desk.Say("Let it go on in the channel's settings.")})
		case !c.Expires.IsZero() && c.Expires.Before(j.Due):
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("The credentials of {channel} will have expired by then.", "channel", where), Fix: desk.Say("Renew them in the channel's settings.")})
		case c.State == desk.HealthDenied || c.State == desk.HealthFailing:
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{channel} does not work at present.", "channel", where), Fix: desk.Say("Look at the channel's settings.")})
		}
	}
	return all, nil
}

// voice marks words by which a person speaks, not a brand.
func voice(_ context.Context, j *job) (all []desk.Finding, _ error) {
	f := personal()[j.Variant.Lang]
	if f == nil {
		return nil, nil
	}
	told := map[string]int{}
	for _, s := range f.find(j.Variant.Text) {
		told[s.topic]++
		if told[s.topic] > 3 {
			continue
		}
		x := desk.Finding{Weight: desk.FindingWarn, From: s.from, To: s.to}
		if s.topic == "first" {
			if told["first"] > 1 {
				continue
			}
			x.Say = desk.Say("“{words}”: a person speaks here, on the account of {brand}.", "words", cut(j.Variant.Text, s), "brand", j.brand.Name)
			x.Fix = desk.Say("Check that this is the right account, or write “we”.")
		} else {
			x.Weight = desk.FindingSecond
			x.Say = desk.Say("“{words}” sounds private.", "words", cut(j.Variant.Text, s))
			x.Fix = desk.Say("Check that this is the right account.")
		}
		all = append(all, x)
	}
	return all, nil
}

// sureOf is from how sure on a language is believed to be another than the one that was said.
const sureOf = 0.9

// language compares the language of the text with what the variant says and the channel speaks.
func language(_ context.Context, j *job) (all []desk.Finding, _ error) {
	said := j.Variant.Lang
	if j.Language != nil && said != "" {
		if lang, sure := j.Language(j.Variant.Text); sure >= sureOf && lang != "und" && !sameLanguage(lang, said) {
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("The text looks like {found}, and is said to be {said}.", "found", lang, "said", said), Fix: desk.Say("Check that the right text stands here.")})
		}
	}
	for _, c := range j.Channels {
		if c.Lang != "" && said != "" && !sameLanguage(c.Lang, said) {
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{channel} speaks {lang}; this text is {said}.", "channel", placeName(c), "lang", c.Lang, "said", said), Fix: desk.Say("Write a variant in its language.")})
		}
	}
	return all, nil
}

func sameLanguage(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b || a == "ms" && b == "id" || a == "id" && b == "ms" {
		return true
	}
	x, _, _ := strings.Cut(a, "-")
	y, _, _ := strings.Cut(b, "-")
	return x == y && x != "zh"
}

const (
	repeatWindow = 30 * 24 * time.Hour
	repeatAlike  = 0.8 // share of common shingles from which two texts say the same
)

// repeats warns of words that went out before.
func repeats(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	mine := shingles(j.Variant.Text)
	if len(mine) < 4 {
		return nil, nil
	}
	for _, state := range []string{desk.StatementPublished, desk.StatementCorrected, desk.StatementWithdrawn} {
		list, err := j.Store.Statements(ctx, j.Statement.BrandID, 0, state, desk.Paging{Limit: 100})
		if err != nil {
			return all, err
		}
		for _, s := range list {
			if s.ID == j.Statement.ID || s.Updated.Before(time.Now().Add(-repeatWindow)) || s.DrillID != j.Statement.DrillID {
				continue
			}
			for _, v := range s.Variants {
				if alike(mine, shingles(v.Text)) < repeatAlike {
					continue
				}
				f := desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("Nearly the same was said before: “{title}”.", "title", s.Title), Fix: desk.Say("Say what is new, or leave it.")}
				if state == desk.StatementWithdrawn {
					f.Weight, f.Say = desk.FindingSecond, desk.Say("Nearly the same was withdrawn before: “{title}”.", "title", s.Title)
				}
				return append(all, f), nil
			}
		}
	}
	return all, nil
}

// shingles are the runs of three words of a text, or of three characters where it has no spaces.
func shingles(text string) map[string]bool {
	words := strings.Fields(strings.ToLower(text))
	if len(words) < 6 {
		words = strings.Split(strings.Join(words, ""), "")
	}
	set := map[string]bool{}
	for i := 0; i+3 <= len(words) && i < 5000; i++ {
		set[strings.Join(words[i:i+3], " ")] = true
	}
	return set
}

// alike is the share of what two sets have in common, 0 … 1.
func alike(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0
	for k := range a {
		if b[k] {
			both++
		}
	}
	return float64(both) / float64(len(a)+len(b)-both)
}
