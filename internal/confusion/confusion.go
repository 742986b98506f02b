// Package confusion counts how a classifier of three classes was right and wrong.
package confusion

// Table counts texts by the class that they have and the class that they were given.
type Table [3][3]float64

// Add counts one text, or a text that stands for weight of them.
func (t *Table) Add(is, given uint8, weight float64) { t[is][given] += weight }

// Of is how many texts have the class, and how many were given it.
func (t *Table) Of(class int) (is, given float64) {
	for k := range t {
		is += t[class][k]
		given += t[k][class]
	}
	return is, given
}

// Accuracy is the share of texts that were given their class, 0 … 1.
func (t *Table) Accuracy() float64 {
	right, all := 0.0, 0.0
	for k := range t {
		is, _ := t.Of(k)
		right += t[k][k]
		all += is
	}
	return ratio(right, all)
}

// MacroF1 is the mean of F1 over the classes that any text has, 0 … 1.
func (t *Table) MacroF1() float64 {
	sum, n := 0.0, 0.0
	for k := range t {
		is, given := t.Of(k)
		if is > 0 {
			sum += 2 * t[k][k] / (is + given)
			n++
		}
	}
	return ratio(sum, n)
}

// Precision is the share of texts given the class that have it, recall the share of those that have it that were given it.
func (t *Table) Precision(class int) (precision, recall float64) {
	is, given := t.Of(class)
	return ratio(t[class][class], given), ratio(t[class][class], is)
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
