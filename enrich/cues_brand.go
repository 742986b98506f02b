package enrich

import (
	"errors"
	"fmt"
	"slices"

	"breakwater/desk"
	"breakwater/internal/terms"
)

// BrandCues are the lists of brands that have their own.
type BrandCues struct {
	brands map[int64]int64      // of each monitor
	lists  map[int64]*brandList // by brand
}

// brandList is what a brand added to the program's lists and what it switched off.
type brandList struct {
	types []string           // those that the program does not know, numbered from len(CueList.types)
	cues  map[string]*cueSet // by language, as CueList.langs
	off   [maxCueTypes]bool
	quiet map[int32]bool // expressions of CueList.all
}

// Heed replaces the lists of brands; brandOf is the brand of each monitor. Mentions that answer monitors of such a brand are
// judged by its list from then on. The error joins what does not compile, which was checked when it was saved; the rest is
// heeded.
func (c *CueList) Heed(brandOf map[int64]int64, lists []desk.CueList) error {
	own, err := c.brandCues(brandOf, lists)
	c.own.Store(own)
	return err
}

func (c *CueList) brandCues(brandOf map[int64]int64, lists []desk.CueList) (*BrandCues, error) {
	own := &BrandCues{brands: brandOf, lists: map[int64]*brandList{}}
	var errs []error
	for _, l := range lists {
		if len(l.Cues)+len(l.Off)+len(l.Quiet) == 0 {
			continue
		}
		b, err := c.brandList(l)
		if err != nil {
			errs = append(errs, fmt.Errorf("cues of brand %d: %w", l.BrandID, err))
			continue
		}
		own.lists[l.BrandID] = b
	}
	if len(own.lists) == 0 {
		return nil, errors.Join(errs...)
	}
	return own, errors.Join(errs...)
}

// brandList compiles one brand's list.
func (c *CueList) brandList(l desk.CueList) (*brandList, error) {
	b := &brandList{cues: map[string]*cueSet{}, quiet: map[int32]bool{}}
	full := &CueList{types: slices.Clone(c.types)}
	var all []expression
	for _, o := range l.Cues {
		if o.Off {
			continue
		}
		if !slices.ContainsFunc(full.types, func(t CueType) bool { return t.Name == o.Type }) {
			full.types = append(full.types, CueType{Name: o.Type})
			b.types = append(b.types, o.Type)
		}
		all = append(all, expression{typ: o.Type, lang: o.Lang, text: o.Text, strong: o.Strong})
	}
	var err error
	for _, lang := range append([]string{"", "und"}, cueLangs...) {
		if b.cues[lang], err = full.set(lang, all, nil); err != nil {
			return nil, err
		}
	}
	for _, name := range l.Off {
		if i := slices.IndexFunc(full.types, func(t CueType) bool { return t.Name == name }); i >= 0 && i < maxCueTypes {
			b.off[i] = true
		}
	}
	for i := range c.all {
		e := &c.all[i]
		if slices.ContainsFunc(l.Quiet, func(q desk.QuietCue) bool {
			return q.Type == e.typ && q.Text == e.text && (q.Lang == "" || q.Lang == e.lang)
		}) {
			b.quiet[int32(i)] = true
		}
	}
	return b, nil
}

// typeName is the name of a type by its number.
func (c *CueList) typeName(own *brandList, n int) string {
	if n < len(c.types) {
		return c.types[n].Name
	}
	return own.types[n-len(c.types)]
}

// with are the base hits that the brand lets count and its own, in the order of the text.
func (x *cueScratch) with(own *brandList, t *terms.Text, lang string) []cueHit {
	x.mine = x.mine[:0]
	for _, h := range x.base {
		if !own.off[h.typ] && !own.quiet[h.id] {
			x.mine = append(x.mine, h)
		}
	}
	set := own.cues[family(lang)]
	if set == nil {
		set = own.cues[""]
	}
	x.hits = set.dict.Find(x.hits[:0], t)
	n := len(x.mine)
	x.mine = set.accept(x.mine, x.hits, t)
	kept := x.mine[:n]
	for _, h := range x.mine[n:] {
		if h.own = true; !own.off[h.typ] {
			kept = append(kept, h)
		}
	}
	x.mine = kept
	slices.SortStableFunc(x.mine, func(a, b cueHit) int {
		if a.from != b.from {
			return int(a.from - b.from)
		}
		return int(b.to - a.to)
	})
	x.mine = withoutInner(x.mine)
	return x.mine
}

// judge looks at a text for each of the brands that the mention answers: once for all of them when none of them, or the only
// one, has a list of its own.
func (o *BrandCues) judge(x *cueScratch, c *CueList, set *cueSet, m *desk.Mention, text string, t *terms.Text) (out []desk.Cue) {
	first, several, special := int64(0), false, false
	for _, id := range m.Monitors {
		b := o.brands[id]
		several = several || first != 0 && b != first
		first, special = b, special || o.lists[b] != nil
	}
	if !special || !several {
		return x.judge(c, set, o.lists[first], m, text, t, 0, nil)
	}
	base := slices.Clone(x.base)
	var done []int64
	for _, id := range m.Monitors {
		b := o.brands[id]
		if slices.Contains(done, b) {
			continue
		}
		done = append(done, b)
		copy(x.base, base) // judging weighs in place
		out = x.judge(c, set, o.lists[b], m, text, t, b, out)
	}
	return out
}
