package main

import (
	"fmt"

	"breakwater/desk"
)

// countOf stands before the number of a publish, which only grows.
const countOf = "Kettles tested so far: "

// benchPage is what the page says the n-th time: as much as a page does on the third day of a recall.
func benchPage(n int) map[string]any {
	var asked []any
	for i, question := range benchQuestions {
		asked = append(asked, map[string]any{"id": fmt.Sprintf("q%d", i+1), "question": question,
			"answer": "Look at the number on its base. Kettles of series 20 to 27 are tested by an independent laboratory, and whoever has one gets a new one, with or without a receipt. Call +48 800 555 012, day and night, or write to help@aurora.example."})
	}
	return map[string]any{"lang": "en", "title": "Aurora kettle 1.7 l: please stop using it",
		"about": fmt.Sprintf("In three kettles the handle came off while water was boiling. Two people were scalded; both are at home again. We have stopped selling it and ask everybody who has one to stop using it. %s%d.", countOf, n),
		"do":    []string{"Stop using the kettle, even if it looks fine.", "Look at the number on its base.", "Call us: +48 800 555 012", "Keep it: we have it fetched."},
		"help":  []string{"Day and night: +48 800 555 012", "help@aurora.example"}, "press": []string{"Maja Lis, press@aurora.example"},
		"questions": asked, "rumours": benchRumours()}
}

// benchQuestions are what people ask about a recall.
var benchQuestions = []string{
	"Which kettles are meant?", "Where is the number?", "May I use it until the new one comes?", "I have no receipt. Do I get a new one?", "How long does it take?", "I bought it abroad. What now?",
	"Somebody was hurt. Whom do I tell?", "Can I have my money back?", "I gave it away. What should I do?", "Are other appliances affected?", "Why did you not say so earlier?", "Who tests the kettles?",
}

// benchRumours are claims that a page answers.
func benchRumours() (all []any) {
	for i, claim := range []string{"The kettles explode.", "Aurora knew of it for a year.", "Only kettles from abroad are affected."} {
		all = append(all, map[string]any{"claim_id": fmt.Sprint(i + 1), "claim": claim, "verdict": desk.ClaimFalse, "at": "2026-11-21T12:00:00Z",
			"answer": "That is not so. The handle can come off; nothing explodes. The laboratory's report of 20 November says which kettles are meant and since when it is known."})
	}
	return all
}

// benchUpdates are what was said on the way, oldest first.
var benchUpdates = []string{
	"We have heard of three kettles whose handle came off. We take this seriously, and look into it with the people concerned. The next update is at noon.",
	"We have stopped selling the kettle 1.7 l in all shops. If you have one, please do not use it any more.\n\n- Look at the number on its base.\n- Call us: +48 800 555 012",
	"An independent laboratory has begun to test kettles of series 20 to 27. We have told the authority, and pass on what we learn.",
	"New kettles go out from tomorrow on. Whoever called us by now has theirs within three days. We fetch the old one.",
	"The laboratory has found the reason: a rivet of one supplier, built in from March to May. We recall all kettles of series 20 to 27.",
	"Half of those who called have a new kettle. The telephone is answered within two minutes again.",
}
