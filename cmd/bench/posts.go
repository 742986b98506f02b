package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"breakwater/desk"
)

// alphabets are what made-up words are spelled with, by language.
var alphabets = []struct {
	lang    string
	letters []rune
	joined  bool // words stand without spaces
}{
	{"en", []rune("eeetaoinshrdlucmfgyp"), false},
	{"pl", []rune("aieozncwrystkłąęóżśmpdu"), false},
	{"id", []rune("aaanieurtkdsmglpbhy"), false},
	{"sv", []rune("eantrsildomkgväåöfhup"), false},
	{"he", []rune("יוהלאמתרבשנדכקפחעגצט"), false},
	{"zh-Hant", []rune("這個飲料好喝咖啡今天們為說買錢過敏店家網頁問題客服電話時間東西"), true},
	{"zh-Hans", []rune("这个饮料好喝咖啡今天们为说买钱过敏店家网页问题客服电话时间东西"), true},
}

// wordsPerLanguage is the size of each made-up vocabulary; use falls off like Zipf's law, as in real text.
const wordsPerLanguage = 30_000

// poster makes posts that look like posts to an index: words of several scripts with a natural frequency.
type poster struct {
	rnd    *rand.Rand
	words  [][]string
	zipf   *rand.Zipf
	seq    int
	pieces [][]string // by language
}

func newPoster(seed uint64) *poster {
	r := rand.New(rand.NewPCG(seed, 7))
	p := &poster{rnd: r, words: vocabulary(), zipf: rand.NewZipf(r, 1.07, 8, wordsPerLanguage-1), pieces: make([][]string, len(alphabets))}
	for l := range alphabets {
		for range ready {
			p.pieces[l] = append(p.pieces[l], p.write(l, pieceSize))
		}
	}
	return p
}

// vocabulary is the same for every poster, so that monitors made from one meet another's posts.
var vocabulary = sync.OnceValue(func() (all [][]string) {
	v := rand.New(rand.NewPCG(1, 1))
	for _, a := range alphabets {
		list := make([]string, wordsPerLanguage)
		for i := range list {
			n := 3 + v.IntN(7)
			if a.joined {
				n = 1 + v.IntN(3)
			}
			w := make([]rune, n)
			for k := range w {
				w[k] = a.letters[v.IntN(len(a.letters))]
			}
			list[i] = string(w)
		}
		all = append(all, list)
	}
	return all
})

// ready is how many pieces of text a poster makes beforehand for each language, and pieceSize how long they are: making a
// post must cost next to nothing beside what is measured, and two posts must have little in common.
const (
	ready     = 1500
	pieceSize = 96 // bytes
)

// text is one of about size bytes in the language with index l, put together from pieces.
func (p *poster) text(l, size int) string {
	var b strings.Builder
	b.Grow(size + 2*pieceSize)
	for b.Len() < size {
		b.WriteString(p.pieces[l][p.rnd.IntN(ready)])
	}
	return b.String()
}

// write makes up a text of about size bytes.
func (p *poster) write(l, size int) string {
	var b strings.Builder
	b.Grow(size + 32)
	for b.Len() < size {
		b.WriteString(p.words[l][p.zipf.Uint64()])
		switch {
		case p.rnd.IntN(12) == 0:
			b.WriteString(". ")
		case !alphabets[l].joined:
			b.WriteByte(' ')
		case p.rnd.IntN(9) == 0:
			b.WriteString("，")
		}
	}
	return b.String()
}

// post is the next post of about size bytes, published at.
func (p *poster) post(size int, at time.Time) desk.Mention {
	l := max(0, p.rnd.IntN(len(alphabets)+3)-3) // four in ten are English
	p.seq++
	author := int(p.zipf.Uint64())
	return desk.Mention{
		Ref:       desk.Ref{Network: []string{"mastodon", "bluesky", "web", "forum"}[p.rnd.IntN(4)], NativeID: fmt.Sprintf("https://example.social/@u%d/%d", author, p.seq)},
		Kind:      desk.KindPost,
		URL:       fmt.Sprintf("https://example.social/@u%d/%d", author, p.seq),
		Text:      p.text(l, size),
		Author:    desk.Author{NativeID: fmt.Sprintf("u%d", author), Handle: fmt.Sprintf("u%d@example.social", author), Name: "Somebody", Followers: p.rnd.IntN(5000)},
		Published: at,
	}
}

// monitors makes n monitors of Boolean queries; together they answer about hits mentions per post of size bytes.
func (p *poster) monitors(n int, size int, hits float64) []desk.Monitor {
	list := make([]desk.Monitor, n)
	// Words far down the vocabulary are rare: the rank sets how often a monitor answers.
	rank := int(8 * float64(n) * float64(size) / 900 / hits)
	for i := range list {
		l := i % len(alphabets)
		word := func() string { return p.words[l][min(wordsPerLanguage-1, 200+rank+p.rnd.IntN(wordsPerLanguage/2))] }
		q := fmt.Sprintf(`(%s OR %s OR "%s %s") NOT %s`, word(), word(), word(), word(), word())
		if alphabets[l].joined {
			q = fmt.Sprintf(`(%s%s OR %s%s%s) NOT %s%s`, word(), word(), word(), word(), word(), word(), word())
		}
		list[i] = desk.Monitor{ID: int64(i + 1), BrandID: 1, Kind: "brand", Name: fmt.Sprintf("Monitor %d", i+1), Query: q}
	}
	return list
}
