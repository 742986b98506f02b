package enrich

import (
	_ "embed"
	"sync"

	"breakwater/internal/tongue"
)

//go:embed data/tongues.model
var tongueFile []byte

// tongueModel is read once, in two milliseconds.
var tongueModel = sync.OnceValue(func() *tongue.Model {
	m, err := tongue.Load(tongueFile)
	if err != nil {
		panic("enrich: data/tongues.model: " + err.Error()) // a test reads it
	}
	return m
})

// Tongues tells languages apart by a trained model (docs/language-model.md). It may be used concurrently.
type Tongues struct{ model *tongue.Model }

// NewTongues is the model that comes with the program.
func NewTongues() *Tongues { return &Tongues{tongueModel()} }

// Detect implements Language. It knows the seven languages of the product, those that are taken for them, and what a script
// or its letters say by themselves; a text without letters, or of a word that may be a name, is "und".
func (t *Tongues) Detect(text string) (string, float64) { return t.model.Detect(text) }
