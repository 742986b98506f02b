package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pile is matters of one title in a message that tells many.
type Pile struct {
	Title   Text
	Level   Level // the highest
	Count   int
	Numbers string // of the matters: "3–17, 20"
}

// Piles sorts matters by title, the worst and largest first. Every matter is in one of them by its number.
func Piles(about []Matter) []Pile {
	type pile struct {
		Pile
		numbers []int64
	}
	piles := make(map[string]*pile)
	for i := range about {
		m := &about[i]
		key := m.Stage + "\x00" + m.Title.English()
		p := piles[key]
		if p == nil {
			p = &pile{Pile: Pile{Title: m.Title}}
			piles[key] = p
		}
		p.Level, p.Count, p.numbers = max(p.Level, m.Level), p.Count+1, append(p.numbers, m.Number())
	}
	all := make([]Pile, 0, len(piles))
	for _, p := range piles {
		p.Numbers = Ranges(p.numbers)
		all = append(all, p.Pile)
	}
	slices.SortFunc(all, func(a, b Pile) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(b.Count, a.Count), strings.Compare(a.Numbers, b.Numbers))
	})
	return all
}

// Number is that of what a matter is about: 12 of "alert:12".
func (m *Matter) Number() int64 {
	_, id, _ := strings.Cut(m.About, ":")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Ranges writes numbers as briefly as they allow: 1–9999, 10002.
func Ranges(ids []int64) string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var parts []string
	for i := 0; i < len(ids); {
		end := i
		for end+1 < len(ids) && ids[end+1] == ids[end]+1 {
			end++
		}
		if end == i {
			parts = append(parts, strconv.FormatInt(ids[i], 10))
		} else {
			parts = append(parts, fmt.Sprintf("%d–%d", ids[i], ids[end]))
		}
		i = end + 1
	}
	return strings.Join(parts, ", ")
}

// Numbers are those of all matters of a message together.
func Numbers(about []Matter) string {
	ids := make([]int64, len(about))
	for i := range about {
		ids[i] = about[i].Number()
	}
	return Ranges(ids)
}
