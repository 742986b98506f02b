package approve

import (
	"unicode"

	"breakwater/desk"
)

// Piece is a stretch of text in the difference of two: the same in both, only in the old, or only in the new.
type Piece struct {
	Op   string // "", "del" or "ins"
	Text string
}

// maxDiff bounds the table of the comparison: beyond it the texts are shown whole, old and new.
const maxDiff = 4 << 20

// Diff compares two texts word by word; Han characters are words of their own.
func Diff(old, new string) []Piece {
	a, b := tokens(old), tokens(new)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d pieces
	d.add("", a[:head])
	d.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	d.add("", a[len(a)-tail:])
	return d
}

type pieces []Piece

func (d *pieces) add(op string, words []string) {
	for _, w := range words {
		if n := len(*d); n > 0 && (*d)[n-1].Op == op {
			(*d)[n-1].Text += w
		} else {
			*d = append(*d, Piece{op, w})
		}
	}
}

// middle compares by the longest common subsequence.
func (d *pieces) middle(a, b []string) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxDiff {
		d.add("del", a)
		d.add("ins", b)
		return
	}
	width := len(b) + 1
	long := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i*width+j] = long[(i+1)*width+j+1] + 1
			} else {
				long[i*width+j] = max(long[(i+1)*width+j], long[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.add("", a[i:i+1])
			i, j = i+1, j+1
		case long[(i+1)*width+j] >= long[i*width+j+1]:
			d.add("del", a[i:i+1])
			i++
		default:
			d.add("ins", b[j:j+1])
			j++
		}
	}
	d.add("del", a[i:])
	d.add("ins", b[j:])
}

// tokens cuts a text into words, runs of space, and single other characters; joined they are the text.
func tokens(s string) (all []string) {
	from, was := 0, 0
	for i, r := range s {
		is := kindOf(r)
		if i > 0 && (is != was || is == single) {
			all = append(all, s[from:i])
			from = i
		}
		was = is
	}
	if from < len(s) {
		all = append(all, s[from:])
	}
	return all
}

const (
	word = iota
	space
	single
)

func kindOf(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return single
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '\'', r == '’':
		return word
	}
	return single
}

// Change is what became of one variant, or of the key messages, between two versions.
type Change struct {
	Variant desk.Variant // as it is now, or was when it is gone; zero for the key messages
	Gone    bool
	New     bool
	Moved   bool // goes to another channel, or is in another language
	Media   bool // pictures or what is said of them are others
	Title   []Piece
	Text    []Piece
}

// Changes compares two versions; what is the same in both is left out.
func Changes(old, new desk.Words) (all []Change) {
	if a, b := messages(old), messages(new); a != b {
		all = append(all, Change{Text: Diff(a, b)})
	}
	was := make(map[string]desk.Variant)
	for _, v := range old.Variants {
		was[v.ID] = v
	}
	for _, v := range new.Variants {
		o, known := was[v.ID]
		delete(was, v.ID)
		c := Change{Variant: v, New: !known, Moved: known && (o.ChannelID != v.ChannelID || o.Kind != v.Kind || o.Lang != v.Lang), Media: known && !sameMedia(o.Media, v.Media)}
		if known && o.Hash() == v.Hash() && !c.Moved {
			continue
		}
		c.Title, c.Text = Diff(o.Title, v.Title), Diff(o.Text, v.Text)
		all = append(all, c)
	}
	for _, o := range old.Variants {
		if _, gone := was[o.ID]; gone {
			all = append(all, Change{Variant: o, Gone: true, Text: Diff(o.Text, "")})
		}
	}
	return all
}

func messages(w desk.Words) (text string) {
	for _, m := range w.Messages {
		text += m.Text + "\n"
	}
	return text
}

func sameMedia(a, b []desk.Media) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Hash != b[i].Hash || a[i].Alt != b[i].Alt {
			return false
		}
	}
	return true
}
