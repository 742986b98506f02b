package reply

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"breakwater/desk"
)

// alike is the likeness of two texts by their pieces: the share of those that both have of those that either has (Jaccard), 0 … 1.
func alike(x, y map[string]bool) float64 {
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for p := range x {
		if y[p] {
			both++
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}

// piece is how many characters are compared at once; Han, of which one says what three letters do, is compared by two.
const piece, hanPiece = 5, 2

// pieces of a text that it is compared by. Case, marks, names and links do not count: a copied answer to another person is a copy.
func pieces(text string) map[string]bool {
	var letters []rune
	han := 0
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if strings.HasPrefix(word, "@") || strings.HasPrefix(word, "http://") || strings.HasPrefix(word, "https://") {
			continue
		}
		for _, r := range word {
			if unicode.Is(unicode.Han, r) {
				han++
			}
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				letters = append(letters, r)
			}
		}
		letters = append(letters, ' ')
	}
	n := piece
	if han*2 > len(letters) {
		n = hanPiece
		letters = slices.DeleteFunc(letters, unicode.IsSpace)
	}
	all := make(map[string]bool, len(letters))
	for i := 0; i+n <= len(letters); i++ {
		all[string(letters[i:i+n])] = true
	}
	return all
}

// compared is how many of the last answers one is compared with, and for how long answers count.
const compared, comparedFor = 50, 30 * 24 * time.Hour

// nearest is how close a text comes to one of the brand's last answers to others, in the same crisis, and that answer.
func (q *Queue) nearest(ctx context.Context, c *desk.Conversation, text string) (near float64, of desk.Message, err error) {
	given, err := q.Store.AnswersGiven(ctx, c.BrandID, c.IncidentID, time.Now().UTC().Add(-comparedFor), compared)
	if err != nil {
		return 0, of, err
	}
	said := pieces(text)
	for _, m := range given {
		if m.ConversationID == c.ID || m.StatementID != 0 && m.PostID == 0 { // not signed yet, or sent back
			continue
		}
		if l := alike(said, pieces(m.Text)); l > near {
			near, of = l, m
		}
	}
	return near, of, nil
}
