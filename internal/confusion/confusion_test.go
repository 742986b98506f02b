package confusion

import (
	"math"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                               string
		table                              Table
		macro, accuracy, precision, recall float64 // precision and recall of class 0
	}{
		{"nothing", Table{}, 0, 0, 0, 0},
		{"all right", Table{{5, 0, 0}, {0, 2, 0}, {0, 0, 3}}, 1, 1, 1, 1},
		{"all called 0", Table{{6, 0, 0}, {2, 0, 0}, {2, 0, 0}}, 0.25, 0.6, 0.6, 1},
		{"a class that no text has", Table{{4, 1, 0}, {0, 0, 0}, {0, 0, 5}}, (8.0/9 + 1) / 2, 0.9, 1, 0.8},
	} {
		p, r := c.table.Precision(0)
		for i, pair := range [][2]float64{{c.table.MacroF1(), c.macro}, {c.table.Accuracy(), c.accuracy}, {p, c.precision}, {r, c.recall}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("%s: %s is %.4f, want %.4f", c.name, []string{"macro-F1", "accuracy", "precision", "recall"}[i], pair[0], pair[1])
			}
		}
	}
}
