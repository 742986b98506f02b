package drill

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"breakwater/desk"
)

// crowd is how many different people talk about Kavelund.
const crowd = 2400

// person is the n-th of the crowd who speaks a language: always the same one for the same seed. Some talk often, most once
// in a while.
func (w *world) person(r *rand.Rand, t *tongue, network string) desk.Author {
	n := int(math.Pow(r.Float64(), 2) * crowd * t.share)
	own := rand.New(rand.NewPCG(w.seed, hash("person", t.lang, network, fmt.Sprint(n))))
	name := t.lines["name"][own.IntN(len(t.lines["name"]))]
	handle := fmt.Sprintf("%s_%s%d", syllables(own, 1), syllables(own, 2), own.IntN(90)+10)
	// Most accounts have a few hundred followers; the few with more are kept below what counts as far-reaching.
	followers := int(min(math.Exp(5.2+1.3*own.NormFloat64()), 9000))
	return author(network, handle, name+" "+strings.ToUpper(handle[:1])+".", followers)
}

// outlet is a newsroom: its reach is large and its words are articles.
func (w *world) outlet(r *rand.Rand, t *tongue) desk.Author {
	name := t.pick(r, "outlet")
	own := rand.New(rand.NewPCG(w.seed, hash("outlet", name)))
	host := fmt.Sprintf("%s.example", syllables(own, 3))
	return desk.Author{NativeID: host, Handle: host, Name: name, URL: "https://" + host, Followers: 20000 + own.IntN(60000), Media: true}
}

func author(network, handle, name string, followers int) desk.Author {
	return desk.Author{NativeID: handle, Handle: handle, Name: name, URL: fmt.Sprintf("https://%s.example/@%s", network, handle), Followers: followers}
}

// sounds make handles that belong to nobody.
var sounds = strings.Fields("ba bre ka ko lu lin mi mo na no pe pi ra ru sa so ta tu va vi we zo dri fen gal hol jun kel mar nor")

func syllables(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(sounds[r.IntN(len(sounds))])
		b.WriteString(sounds[r.IntN(len(sounds))])
	}
	return b.String()
}
