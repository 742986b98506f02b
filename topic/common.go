package topic

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"

	"breakwater/internal/terms"
)

//go:embed data/common.txt
var commonList string

const (
	// little is the share of ordinary posts from which on a word holds sentences together and says nothing by itself.
	little = 0.005
	// unheard is the share that a word is given which is in no list: that of a word one would meet in a few thousand posts.
	unheard = 2e-4
	// unheardPair is that of two words, or of two characters of Chinese, that follow each other.
	unheardPair = 5e-5
)

// common tells how often ordinary posts say a word. It is small, open-addressed and read only.
type common struct {
	tags   []uint32
	shares []float32
}

// commons is made once, in some milliseconds.
var commons = sync.OnceValue(func() *common {
	c := &common{tags: make([]uint32, 1<<15), shares: make([]float32, 1<<15)}
	var pieces []terms.Said
	for line := range strings.Lines(commonList) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		permille, err := strconv.ParseFloat(fields[1], 64)
		if err != nil {
			continue
		}
		for _, word := range fields[2:] {
			pieces = terms.Say(pieces[:0], word)
			switch {
			case len(pieces) == 1:
				c.put(wordTag(pieces[0].Hash), permille/1000)
			case len(pieces) == 2 && pieces[0].Kind == terms.SaidWide:
				c.put(wideTag(pieces[0].Hash, pieces[1].Hash), permille/1000)
			}
		}
	}
	return c
})

func (c *common) put(tag uint32, share float64) {
	i := c.find(tag)
	c.tags[i] = tag
	c.shares[i] = float32(math.Max(float64(c.shares[i]), share))
}

func (c *common) find(tag uint32) uint32 {
	mask := uint32(len(c.tags) - 1)
	for i := tag & mask; ; i = (i + 1) & mask {
		if c.tags[i] == tag || c.tags[i] == 0 {
			return i
		}
	}
}

// share is how many of ordinary posts say it; 0 when it is in no list.
func (c *common) share(tag uint32) float32 {
	if i := c.find(tag); c.tags[i] == tag {
		return c.shares[i]
	}
	return 0
}
