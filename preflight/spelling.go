package preflight

import (
	"context"
	"errors"
	"slices"
	"strings"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/spell"
)

// spelling marks the words that the dictionary does not know.
func spelling(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	lang := j.Variant.Lang
	if strings.TrimSpace(j.Variant.Text) == "" {
		return nil, nil
	}
	if j.Speller == nil {
		return []desk.Finding{unchecked("spelling", desk.FindingHint, nameOf("spelling"))}, nil
	}
	missed, err := j.Speller.Check(ctx, lang, j.Variant.Text, j.known)
	if errors.Is(err, spell.ErrNoDictionary) {
		return []desk.Finding{noDictionary(lang)}, nil
	}
	if err != nil {
		return nil, err
	}
	for i, m := range missed {
		if i == maxOfAKind {
			all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{n} more words are not in the dictionary.", "n", len(missed)-i), Fix: desk.Say("Check the language of the text.")})
			break
		}
		f := desk.Finding{Weight: desk.FindingWarn, From: m.From, To: m.To, Say: desk.Say("“{word}” is not in the dictionary.", "word", m.Word), Fix: desk.Say("Correct it, or add it to the names that are right.")}
		if m.LikeName {
			f.Weight = desk.FindingHint
		}
		if len(m.Suggest) > 0 {
			f.Put, f.Fix = m.Suggest[0], desk.Say("Perhaps {words}.", "words", strings.Join(m.Suggest, ", "))
		}
		all = append(all, f)
	}
	return all, nil
}

func noDictionary(lang string) desk.Finding {
	if strings.HasPrefix(lang, "zh") || spell.Package(lang) == "" {
		return desk.Finding{Weight: desk.FindingHint, Say: desk.Say("Not checked: the spelling. There is no dictionary for this language."), Fix: desk.Say("Let somebody else read it.")}
	}
	return desk.Finding{Weight: desk.FindingHint, Say: desk.Say("Not checked: the spelling. The dictionary is not installed."), Fix: desk.Say("Ask the operator to install {package}.", "package", spell.Package(lang))}
}

// known are words that are right for this brand: its name, what it guards, who it speaks to.
func (j *job) known(word string) bool {
	is := func(s string) bool {
		return strings.EqualFold(s, word) || strings.EqualFold(s, strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "’s"))
	}
	return slices.ContainsFunc(strings.Fields(j.brand.Name), is) || slices.ContainsFunc(j.guard.Names, is)
}

// LanguageTool asks a server of that name (languagetool.org) about grammar. An operator names it: texts go there before they are
// public.
type LanguageTool struct {
	Address string // of the server, without /v2
	Fetch   *fetch.Client
}

// languages are LanguageTool's names for ours.
var languages = map[string]string{"en": "en-US", "pl": "pl-PL", "sv": "sv", "zh-Hans": "zh-CN", "zh-Hant": "zh-CN"}

func grammar(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	code := languages[j.Variant.Lang]
	if j.Grammar == nil || code == "" || j.Variant.Text == "" {
		return nil, nil
	}
	found, err := j.Grammar.ask(ctx, code, j.Variant.Text)
	if err != nil {
		return nil, err
	}
	for _, m := range found[:min(len(found), maxOfAKind)] {
		f := desk.Finding{Weight: desk.FindingHint, From: m.from, To: m.to, Say: desk.Say("Grammar: {message}", "message", m.message)}
		if m.put != "" {
			f.Put, f.Fix = m.put, desk.Say("Perhaps {words}.", "words", m.put)
		}
		all = append(all, f)
	}
	return all, nil
}
