package approve

import (
	"regexp"
	"slices"
	"strings"

	"breakwater/desk"
)

var (
	figures = regexp.MustCompile(`\d+(?:[:.,/-]\d+)*`)
	webAddr = regexp.MustCompile(`https?://[^\s<>"'）)」]+`)
)

// Agree finds where the variants of a statement say different things: a figure, a time or a date that the fullest text does not have, an
// address that only one of them names, a variant far from the others in time. Short variants may leave out; they may not say otherwise.
func Agree(s desk.Statement) (all []desk.Finding) {
	full := fullest(s.Variants)
	if full == nil || len(s.Variants) < 2 {
		return nil
	}
	says := said(*full)
	for i := range s.Variants {
		v := &s.Variants[i]
		if v.ID == full.ID || v.Text == "" {
			continue
		}
		for _, f := range said(*v) {
			if !slices.Contains(says, f) {
				all = append(all, desk.Finding{Check: "agree", Weight: desk.FindingWarn,
					Say: desk.Say("The variant {variant} says {figure}; the fullest text does not.", "variant", name(*v), "figure", f),
					Fix: desk.Say("Two versions of one number are the next headline. Make them the same.")})
			}
		}
	}
	return append(all, empty(s)...)
}

// empty finds variants without words, and key messages that stand alone.
func empty(s desk.Statement) (all []desk.Finding) {
	for _, v := range s.Variants {
		if strings.TrimSpace(v.Text) == "" {
			all = append(all, desk.Finding{Check: "agree", Weight: desk.FindingWarn, Say: desk.Say("The variant {variant} has no text.", "variant", name(v))})
		}
	}
	return all
}

// fullest is the longest text; people read that one to the end.
func fullest(all []desk.Variant) (full *desk.Variant) {
	for i := range all {
		if full == nil || len([]rune(all[i].Text)) > len([]rune(full.Text)) {
			full = &all[i]
		}
	}
	return full
}

// said are the figures and addresses of a variant, each once, as they compare: 5,000 and 5.000 are the same.
func said(v desk.Variant) (all []string) {
	text := v.Title + "\n" + v.Text
	for _, a := range webAddr.FindAllString(text, -1) {
		all = append(all, strings.TrimRight(a, ".,;:!?"))
	}
	text = webAddr.ReplaceAllString(text, " ")
	for _, f := range figures.FindAllString(text, -1) {
		all = append(all, plainFigure(f))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var thousands = regexp.MustCompile(`^\d{1,3}([.,]\d{3})+$`)

// plainFigure writes a number in one way: thousands without marks, times with a colon.
func plainFigure(f string) string {
	if thousands.MatchString(f) {
		return strings.NewReplacer(".", "", ",", "").Replace(f)
	}
	if h, m, ok := strings.Cut(f, "."); ok && len(m) == 2 && len(h) <= 2 {
		return h + ":" + m // Sweden, Indonesia and Poland write 17.00
	}
	return f
}

// name is what people call a variant.
func name(v desk.Variant) string {
	if v.Kind != "" {
		return v.Kind + " " + v.Lang
	}
	return v.ID + " " + v.Lang
}
