package main

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"

	"breakwater/desk"
	"breakwater/enrich"
)

// foldChanges are what people do to a post when they pass it on.
var foldChanges = []struct {
	name   string
	change func(text string, rnd *rand.Rand) string
}{
	{"RT in front", func(t string, _ *rand.Rand) string { return "RT @someone_else: " + t }},
	{"emoji, tag, link", func(t string, rnd *rand.Rand) string {
		tags := []string{"#boycott", "#fail", "#breaking", "#抵制", "#חרם", "#wtf"}
		return t + " 😡😡 " + tags[rnd.IntN(len(tags))] + " https://t.example/" + strconv.Itoa(rnd.IntN(1e6))
	}},
	{"cut to 75 %", func(t string, _ *rand.Rand) string { all := []rune(t); return string(all[:len(all)*3/4]) + "…" }},
	{"omg, quoted", func(t string, _ *rand.Rand) string { return "omg \"" + t + "\"" }},
	{"12 % dropped", dropWords},
}

// dropWords leaves out one word in eight; of Chinese, pairs of characters.
func dropWords(text string, rnd *rand.Rand) string {
	var b strings.Builder
	pair := func(all []rune) {
		for i := 0; i < len(all); i += 2 {
			if rnd.Float64() >= 0.12 {
				b.WriteString(string(all[i:min(i+2, len(all))]))
			}
		}
	}
	for i, w := range strings.Fields(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		if all := []rune(w); len(all) > 0 && unicode.Is(unicode.Han, all[0]) {
			pair(all)
		} else if rnd.Float64() >= 0.12 {
			b.WriteString(w)
		}
	}
	return b.String()
}

// printFolds prints which share of changed copies is found, and how many pairs of strangers in a million are joined.
func printFolds(byLang map[string][]string, most int) {
	fmt.Printf("%-16s", "copies found, %")
	for _, c := range foldChanges {
		fmt.Printf(" %18s", c.name)
	}
	fmt.Printf(" %18s\n", "strangers /million")
	for _, lang := range sortedKeys(byLang) {
		fmt.Printf("%-16s", lang)
		texts := longEnough(byLang[lang], most)
		for n, c := range foldChanges {
			found, strangers := foldCopies(texts, c.change)
			fmt.Printf(" %18.1f", found*100)
			if n == len(foldChanges)-1 {
				fmt.Printf(" %18.1f", strangers*1e6)
			}
		}
		fmt.Println()
	}
}

// longEnough are the first texts that say enough to be compared: 24 letters or 12 Han.
func longEnough(texts []string, most int) (out []string) {
	for _, t := range texts {
		n := 0
		for _, r := range t {
			if unicode.IsLetter(r) {
				if n++; unicode.Is(unicode.Han, r) {
					n++
				}
			}
		}
		if n >= 24 && len(out) < most {
			out = append(out, t)
		}
	}
	return out
}

// foldCopies folds the texts and then a changed copy of each, and answers with the share of copies that fell to their
// originals, and the share of pairs of originals that fell together.
func foldCopies(texts []string, change func(string, *rand.Rand) string) (found, strangers float64) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	f := enrich.NewFolder()
	rnd := rand.New(rand.NewPCG(1, 2))
	fold := func(text, id string) int64 {
		return f.Fold(&desk.Mention{Ref: desk.Ref{Network: "bench", NativeID: id}, Author: desk.Author{Handle: id}, Text: text, Published: at})
	}
	first := make([]int64, len(texts))
	size := map[int64]int{}
	for i, t := range texts {
		first[i] = fold(t, strconv.Itoa(i))
		size[first[i]]++
	}
	for _, n := range size {
		strangers += float64(n*(n-1)) / 2
	}
	for i, t := range texts {
		if fold(change(t, rnd), "copy"+strconv.Itoa(i)) == first[i] {
			found++
		}
	}
	n := float64(max(2, len(texts)))
	return found / n, strangers / (n * (n - 1) / 2)
}
