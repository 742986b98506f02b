package main

import (
	"fmt"
	"time"

	"breakwater/drill"
)

// drilled are the posts of the desk's own drills by language, each text once: what a bench reads when it is given no data. They
// come from a few hundred sentences, so a figure on them is worth less than one on posts that many people wrote.
func drilled() map[string][]string {
	fmt.Print("without --data: the posts of the desk's own drills, which are much alike; give real posts for a figure to rely on\n\n")
	seen := map[string]bool{}
	byLang := map[string][]string{}
	take := func(lang, text string) {
		if lang != "" && !seen[text] {
			seen[text] = true
			byLang[lang] = append(byLang[lang], text)
		}
	}
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	for i, c := range drill.Cases() {
		s := drill.Storm{Case: c, Seed: int64(i + 1), Start: start}
		for m := range s.History(start.AddDate(0, 0, -7), start) {
			take(m.Lang, m.Text)
		}
		for _, m := range s.Crisis() {
			take(m.Lang, m.Text)
		}
	}
	return byLang
}
