package main

import (
	"bytes"
	"fmt"
	"strings"

	"breakwater/enrich"
)

// settle moves each reading's bias a little, for packing moved its scores a little: on the development set, as the packed
// weights read it, and the less the farther.
func settle(head *enrich.MoodHead, table []byte, dev map[string][]text) error {
	var file bytes.Buffer
	if err := enrich.WriteMoods(&file, *head, table); err != nil {
		return err
	}
	m, err := enrich.OpenMoods(file.Bytes())
	if err != nil {
		return err
	}
	for i := range head.Readings {
		r := &head.Readings[i]
		s := packedScores(m, r.Lang, dev)
		if len(s.texts) == 0 {
			continue
		}
		const steps, step, hold = 8, 0.025, 0.4
		best, move := -1.0, [2]float64{}
		for a := -steps; a <= steps; a++ {
			for b := -steps; b <= steps; b++ {
				at := [2]float64{float64(a) * step, float64(b) * step}
				if v := s.macroF1(at) - hold*(at[0]*at[0]+at[1]*at[1]); v > best {
					best, move = v, at
				}
			}
		}
		r.Bias[0] += move[0]
		r.Bias[1] += move[1]
		fmt.Printf("%-8s packed, on the development set %.2f; bias %.3f %.3f\n", r.Lang, 100*s.macroF1(move), r.Bias[0], r.Bias[1])
	}
	return nil
}

// packedScores are those of the development texts that a reading is for.
func packedScores(m *enrich.Moods, lang string, dev map[string][]text) (s scored) {
	texts, asked := dev[lang], lang
	if lang == "zh-Hant" || lang == "yue" {
		texts, asked = dev["yue"], "zh-Hant"
	}
	for _, t := range texts {
		if asked == "zh-Hant" && strings.ContainsAny(t.say, enrich.Cantonese) != (lang == "yue") {
			continue
		}
		_, scores := m.Show(nil, asked, t.say)
		s.texts, s.scores = append(s.texts, t), append(s.scores, scores)
	}
	return s
}
