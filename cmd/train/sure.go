package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"breakwater/enrich"
	"breakwater/internal/confusion"
	"breakwater/internal/grams"
)

// mandarin is the share of Mandarin's weights in reading Chinese in Traditional script that is not plainly Cantonese. By parts,
// on Cantonese without its own characters, 0 gives a macro-F1 of 60, 0.8 gives 63 and Mandarin's weights alone 48; on Mandarin
// turned into Traditional script they give 50, 83 and 83.
const mandarin = 0.8

// readings are by which weights each language is read, with what its texts say about bias and certainty.
func readings(reader *grams.Reader, all map[string]*trained) []enrich.MoodReading {
	var list []enrich.MoodReading
	for _, s := range spoken {
		t := all[s.lang]
		switch {
		case t == nil:
		case s.lang == "yue":
			list = append(list, cantonese(reader, t, all["zh-Hans"])...)
		default:
			list = append(list, reading(s.lang, []enrich.MoodShare{{Lang: s.lang, Share: 1}}, t.parts, t.dev))
		}
	}
	return list
}

// cantonese are the readings of Chinese in Traditional script: of what is plainly Cantonese, and of the rest by both weights.
func cantonese(reader *grams.Reader, yue, hans *trained) []enrich.MoodReading {
	alone := []enrich.MoodShare{{Lang: "yue", Share: 1}}
	if hans == nil { // then Cantonese's weights read all Chinese, and are believed half as much
		r := reading("yue", alone, yue.parts, yue.dev)
		other := r
		other.Sure = slices.Clone(r.Sure)
		for i := range other.Sure {
			other.Sure[i] = (other.Sure[i] + 1.0/3) / 2
		}
		hant, simplified := other, other
		hant.Lang, simplified.Lang = "zh-Hant", "zh-Hans"
		return []enrich.MoodReading{r, hant, simplified}
	}
	const all = 1 + mandarin/3 // Cantonese's few texts make scores some three times as small
	split := func(s scored) (plain, rest scored) {
		for i, t := range s.texts {
			score := s.scores[i]
			if strings.ContainsAny(t.say, enrich.Cantonese) {
				plain.texts, plain.scores = append(plain.texts, t), append(plain.scores, score)
				continue
			}
			other := hans.scores(read(reader, s.texts[i:i+1])[0])
			for c := range score {
				score[c] = (score[c] + mandarin*other[c]) / all
			}
			rest.texts, rest.scores = append(rest.texts, t), append(rest.scores, score)
		}
		return plain, rest
	}
	plain, rest := split(yue.parts)
	plainDev, restDev := split(yue.dev)
	return []enrich.MoodReading{
		reading("yue", alone, plain, plainDev),
		reading("zh-Hant", []enrich.MoodShare{{Lang: "yue", Share: 1 / all}, {Lang: "zh-Hans", Share: mandarin / all}}, rest, restDev),
	}
}

// reading chooses the bias, on texts by parts and on the development set, and draws the curve of certainty by parts.
func reading(lang string, of []enrich.MoodShare, parts, dev scored) enrich.MoodReading {
	r := enrich.MoodReading{Lang: lang, Of: of}
	r.Bias = chooseBias(parts, dev)
	r.Sure = reliability(parts, r.Bias)
	fmt.Printf("%-8s %6d texts, macro-F1 by parts %.2f, on the development set %.2f; bias %.3f %.3f\n",
		lang, len(parts.texts), 100*parts.macroF1(r.Bias), 100*dev.macroF1(r.Bias), r.Bias[0], r.Bias[1])
	return r
}

// chooseBias finds what to add to the scores of negative and positive for the best macro-F1 on both: the parts are many texts,
// the development set is what the parts were not chosen by.
func chooseBias(parts, dev scored) (bias [2]float64) {
	const steps, step = 20, 0.025
	best := -1.0
	for a := -steps; a <= steps; a++ {
		for b := -steps; b <= steps; b++ {
			at := [2]float64{float64(a) * step, float64(b) * step}
			if v := parts.macroF1(at) + dev.macroF1(at) - 0.005*(at[0]*at[0]+at[1]*at[1]); v > best {
				best, bias = v, at
			}
		}
	}
	return bias
}

func (s scored) macroF1(bias [2]float64) float64 {
	var t confusion.Table
	for i, score := range s.scores {
		t.Add(s.texts[i].class, winner(score, bias[0], bias[1]), 1)
	}
	return t.MacroF1()
}

func winner(s [3]float64, neg, pos float64) uint8 {
	switch n, p := s[negative]+neg, s[positive]+pos; {
	case s[neutral] >= n && s[neutral] >= p:
		return neutral
	case p >= n:
		return positive
	}
	return negative
}

// curve is how many points a curve of reliability has, from a softmax of 1/3 to 1.
const curve = 21

// reliability is how often the winner was right by how high its softmax was: isotonic regression (pool adjacent violators) on
// texts that the weights had not seen, read at equally spaced points.
func reliability(unseen scored, bias [2]float64) []float64 {
	type seen struct{ p, right, n float64 }
	all := make([]seen, 0, len(unseen.scores))
	for i, s := range unseen.scores {
		s[negative] += bias[0]
		s[positive] += bias[1]
		best := max(s[0], s[1], s[2])
		sum := math.Exp(2*(s[0]-best)) + math.Exp(2*(s[1]-best)) + math.Exp(2*(s[2]-best))
		one := seen{p: 1 / sum, n: 1}
		if winner(s, 0, 0) == unseen.texts[i].class {
			one.right = 1
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b seen) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return 0
	})
	// Pools of at least some texts, then merged until they rise.
	least := max(20, len(all)/200)
	var pools []seen
	for i := 0; i < len(all); i += least {
		var b seen
		for _, s := range all[i:min(i+least, len(all))] {
			b.p, b.right, b.n = b.p+s.p, b.right+s.right, b.n+1
		}
		pools = append(pools, b)
		for k := len(pools) - 1; k > 0 && pools[k-1].right/pools[k-1].n >= pools[k].right/pools[k].n; k-- {
			pools[k-1].p, pools[k-1].right, pools[k-1].n = pools[k-1].p+pools[k].p, pools[k-1].right+pools[k].right, pools[k-1].n+pools[k].n
			pools = pools[:k]
		}
	}
	if len(pools) == 0 {
		return nil
	}
	points := make([]float64, curve)
	for i := range points {
		points[i] = math.Round(1000*onPools(1.0/3+2.0/3*float64(i)/(curve-1), len(pools), func(k int) (float64, float64) {
			return pools[k].p / pools[k].n, pools[k].right / pools[k].n
		})) / 1000
	}
	return points
}

// onPools reads a line through n points at x.
func onPools(x float64, n int, point func(int) (x, y float64)) float64 {
	x0, y0 := point(0)
	if x <= x0 {
		return y0
	}
	for k := 1; k < n; k++ {
		x1, y1 := point(k)
		if x <= x1 {
			return y0 + (x-x0)/(x1-x0)*(y1-y0)
		}
		x0, y0 = x1, y1
	}
	return y0
}
