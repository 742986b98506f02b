package enrich

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"slices"

	"breakwater/desk"
)

// Teachable is a Sentiment that shows its work, so that a brand's corrections can weigh the same things differently.
type Teachable interface {
	Sentiment
	// Show appends a number for each thing that it sees in the text (a word, a part of one, a pair), and answers how well
	// negative, neutral and positive fit.
	Show(dst []uint64, lang, text string) (features []uint64, scores [3]float64)
	// Settle makes of such scores what Score answers.
	Settle(lang, text string, scores [3]float64) (score, confidence float64)
}

// example is a post to learn from.
type example struct {
	features []uint64
	scores   [3]float64 // as read without corrections
	mood     desk.Mood  // what a person said it is
	anchor   bool       // nobody said anything: it should go on being read as it is
}

// What learning is like. The values were chosen on four brands' posts in four languages (airline and other tweets, 10 to 1,000
// corrections), none of which the readings corrected had been learned from.
const (
	teachPasses  = 12  // over all examples
	teachStep    = 0.1 // of AdaGrad
	teachSharp   = 2   // of the softmax over scores, as Moods has it
	teachHold    = 10  // how strongly the scale of the scores is held at 1
	teachBalance = 0.5 // power of how much more a rare mood counts
	// anchorsPerError: people correct what is wrong and pass over what is right. Learned from the wrong ones alone the desk
	// would think that it is always wrong: 1,000 such corrections brought a macro-F1 of 64 down to 38. With two posts around
	// each that nobody corrected they brought it up to 70.
	anchorsPerError = 2
	anchorSharp     = 3 // how sure the desk is taken to have been of those
	// mostWeights bounds a lesson's memory, to about 1 MB. A thousand tweets have some 60,000 features.
	mostWeights  = 1 << 15
	mostFeatures = 1 << 18 // while learning
)

// lesson is what the corrections of one brand in one language add to the scores. It never changes.
type lesson struct {
	bias    [3]float64
	scale   float64
	weights map[uint64][3]float32
}

// teach learns from examples, in their order: the same examples give the same lesson to the bit.
//
// It is a softmax regression over the features, added to the scores as they are and held near them by L2, by AdaGrad (Duchi,
// Hazan, Singer, JMLR 2011) in an order drawn from a fixed seed.
func teach(examples []example) *lesson {
	t := newTeaching(examples)
	random := rand.New(rand.NewPCG(0x1e550, uint64(len(examples))))
	order := make([]int, len(examples))
	for i := range order {
		order[i] = i
	}
	for range teachPasses {
		random.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		for _, i := range order {
			t.step(i)
		}
	}
	return t.lesson()
}

// teaching is the state of learning.
type teaching struct {
	examples []example
	target   [][3]float64
	cost     []float64 // of each example
	rows     [][]int32 // features of each, as indexes
	hashes   []uint64
	weights  [][3]float64
	steps    [][3]float64 // sums of squared gradients
	bias     [3]float64
	biasSum  [3]float64
	scale    float64
	scaleSum float64
}

func newTeaching(examples []example) *teaching {
	t := &teaching{examples: examples, scale: 1, target: make([][3]float64, len(examples)), cost: make([]float64, len(examples)), rows: make([][]int32, len(examples))}
	var count [3]float64
	index := map[uint64]int32{}
	for i := range examples {
		e := &examples[i]
		if e.anchor {
			t.target[i] = softmax(e.scores, anchorSharp)
		} else {
			t.target[i][e.mood+1] = 1
		}
		for c := range 3 {
			count[c] += t.target[i][c]
		}
		for _, f := range e.features {
			n, known := index[f]
			if !known {
				if len(t.hashes) == mostFeatures {
					continue
				}
				n = int32(len(t.hashes))
				index[f] = n
				t.hashes = append(t.hashes, f)
			}
			t.rows[i] = append(t.rows[i], n)
		}
	}
	t.weights, t.steps = make([][3]float64, len(t.hashes)), make([][3]float64, len(t.hashes))
	for i := range examples {
		for c := range 3 {
			t.cost[i] += t.target[i][c] * math.Pow(float64(len(examples)+3)/(3*(count[c]+1)), teachBalance)
		}
	}
	return t
}

// step moves everything by one example.
func (t *teaching) step(i int) {
	e, n := &t.examples[i], float64(len(t.examples))
	v := valueOf(len(e.features))
	var z [3]float64
	for _, f := range t.rows[i] {
		w := &t.weights[f]
		for c := range 3 {
			z[c] += w[c]
		}
	}
	for c := range 3 {
		z[c] = z[c]*v + t.scale*teachSharp*e.scores[c] + t.bias[c]
	}
	d := softmax(z, 1)
	pull := teachHold * (t.scale - 1) / n
	for c := range 3 {
		d[c] = (d[c] - t.target[i][c]) * t.cost[i]
		g := d[c] + t.bias[c]/n
		t.biasSum[c] += g * g
		t.bias[c] -= teachStep * g / math.Sqrt(t.biasSum[c]+1e-8)
		pull += d[c] * teachSharp * e.scores[c]
	}
	t.scaleSum += pull * pull
	t.scale -= teachStep / 2 * pull / math.Sqrt(t.scaleSum+1e-8)
	for _, f := range t.rows[i] {
		w, s := &t.weights[f], &t.steps[f]
		for c := range 3 {
			g := d[c]*v + w[c]/n
			s[c] += g * g
			w[c] -= teachStep * g / math.Sqrt(s[c]+1e-4)
		}
	}
}

// lesson keeps the weights that matter most.
func (t *teaching) lesson() *lesson {
	order := make([]int, len(t.hashes))
	for i := range order {
		order[i] = i
	}
	if len(order) > mostWeights {
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(size(t.weights[b]), size(t.weights[a])), cmp.Compare(t.hashes[a], t.hashes[b]))
		})
		order = order[:mostWeights]
	}
	l := &lesson{bias: t.bias, scale: t.scale, weights: make(map[uint64][3]float32, len(order))}
	for _, i := range order {
		w := t.weights[i]
		l.weights[t.hashes[i]] = [3]float32{float32(w[0]), float32(w[1]), float32(w[2])}
	}
	return l
}

func size(w [3]float64) float64 { return w[0]*w[0] + w[1]*w[1] + w[2]*w[2] }

// valueOf is what each feature of a post of n features counts.
func valueOf(n int) float64 { return 1 / math.Sqrt(float64(n+1)) }

// apply is scores as the lesson reads them.
func (l *lesson) apply(features []uint64, scores [3]float64) [3]float64 {
	var z [3]float64
	for _, f := range features {
		if w, ok := l.weights[f]; ok {
			for c := range 3 {
				z[c] += float64(w[c])
			}
		}
	}
	v := valueOf(len(features))
	for c := range 3 {
		z[c] = l.scale*scores[c] + (z[c]*v+l.bias[c])/teachSharp
	}
	return z
}

// mark names exactly what was learned.
func (l *lesson) mark() string {
	h := sha256.New()
	_ = binary.Write(h, binary.LittleEndian, l.bias) // a hash takes everything
	_ = binary.Write(h, binary.LittleEndian, l.scale)
	keys := make([]uint64, 0, len(l.weights))
	for k := range l.weights {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		_ = binary.Write(h, binary.LittleEndian, k)
		_ = binary.Write(h, binary.LittleEndian, l.weights[k])
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// softmax are probabilities of scores, the sharper the surer.
func softmax(z [3]float64, sharp float64) (p [3]float64) {
	most, sum := max(z[0], z[1], z[2]), 0.0
	for c := range 3 {
		p[c] = math.Exp(sharp * (z[c] - most))
		sum += p[c]
	}
	for c := range 3 {
		p[c] /= sum
	}
	return p
}
