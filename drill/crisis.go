package drill

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"breakwater/desk"
)

// act is a stretch of the crisis: how many mentions a second it brings, and what they say.
type act struct {
	from, to float64 // seconds after the first post, at speed 1
	rate     float64 // mentions a second
	away     float64 // share of those that are not in the language where it began
	says     map[string]float64
}

// acts are the course of Kavelund's storm: a mother's post, others to whom the same happened, an influential voice, the boycott,
// the press, the height after a minute and a half, and the long way down.
var acts = []act{
	{3, 25, 0.3, 0.3, map[string]float64{"repost": 3, "claim": 3, "ask": 3, "share": 1}},
	{25, 45, 0.8, 0.4, map[string]float64{"repost": 4, "claim": 2, "ask": 2, "anger": 2, "share": 1}},
	{45, 70, 1.4, 0.6, map[string]float64{"repost": 4, "copy": 1, "claim": 2, "ask": 1.5, "anger": 3, "boycott": 2.5, "share": 1, "defend": .5}},
	{70, 130, 2.4, 0.8, map[string]float64{"repost": 4, "copy": 1.5, "claim": 1.5, "ask": 1, "anger": 3, "boycott": 4, "share": 1, "defend": 1}},
	{130, 240, 1.6, 1, map[string]float64{"repost": 3, "copy": 1.5, "claim": 1, "ask": 1, "anger": 3, "boycott": 3, "share": 1.5, "defend": 1.5}},
	{240, 420, 0.8, 1, map[string]float64{"repost": 2, "copy": 1, "anger": 2, "boycott": 2, "share": 2, "defend": 2, "ask": 1}},
	{420, 900, 0.25, 1, map[string]float64{"repost": 1, "anger": 1, "share": 2, "defend": 2, "ask": 1}},
}

// moment is something that happens once.
type moment struct {
	at      float64 // seconds after the first post, at speed 1
	section string
	lang    string
}

// moments are the turns of the story.
var moments = []moment{
	{3, "origin", "en"}, {9, "origin", "sv"}, {27, "voice", "en"}, {41, "voice", "sv"}, {52, "origin", "pl"},
	{58, "headline", "sv"}, {64, "headline", "en"}, {73, "voice", "pl"}, {78, "staff", "en"}, {81, "headline", "pl"},
	{88, "staff", "sv"}, {93, "headline", "en"}, {97, "voice", "zh-Hant"}, {101, "origin", "id"}, {104, "headline", "zh-Hant"},
	{110, "voice", "he"}, {113, "headline", "he"}, {118, "headline", "id"}, {122, "staff", "pl"}, {150, "headline", "sv"}, {170, "headline", "en"},
}

// crisis writes the whole storm in order of time; scale stretches seconds of the story to durations.
func (w *world) crisis(start time.Time, scale func(seconds float64) time.Duration) []desk.Mention {
	stamp := "c" + strconv.FormatInt(start.UnixMilli(), 36)
	r := rand.New(rand.NewPCG(w.seed, hash("crisis")))
	c := &course{w: w, r: r, stamp: stamp}
	for _, at := range c.times() {
		c.now = at.seconds
		m := c.next(at)
		m.Published = start.Add(scale(at.seconds)).UTC()
		c.said = append(c.said, m)
	}
	out := append(c.said, c.regrets(start, scale)...)
	slices.SortStableFunc(out, func(a, b desk.Mention) int { return when(a).Compare(when(b)) })
	return out
}

// when is the time at which a mention is posted, edited or deleted.
func when(m desk.Mention) time.Time {
	switch {
	case !m.Deleted.IsZero():
		return m.Deleted
	case !m.Edited.IsZero():
		return m.Edited
	}
	return m.Published
}

// course is a crisis being written.
type course struct {
	w     *world
	r     *rand.Rand
	stamp string
	now   float64
	said  []desk.Mention
}

// beat is one mention to come: a moment, or whatever the act says.
type beat struct {
	seconds float64
	act     *act
	moment  *moment
}

// times are all beats in order.
func (c *course) times() []beat {
	var all []beat
	course := c.w.c.story()
	for i := range course.acts {
		a := &course.acts[i]
		for at := a.from + c.r.ExpFloat64()/a.rate; at < a.to; at += c.r.ExpFloat64() / a.rate {
			all = append(all, beat{seconds: at, act: a})
		}
	}
	for i := range course.moments {
		all = append(all, beat{seconds: course.moments[i].at, moment: &course.moments[i]})
	}
	slices.SortStableFunc(all, func(a, b beat) int { return cmp.Compare(a.seconds, b.seconds) })
	return all
}

// next writes one mention; its time is set by the caller.
func (c *course) next(b beat) desk.Mention {
	id := fmt.Sprintf("%sx%s", c.stamp, strconv.FormatInt(int64(len(c.said)), 36))
	if b.moment != nil {
		return c.turn(*b.moment, id)
	}
	t := c.tongue(b.act.away)
	section := c.section(b.act.says)
	network := places[choose(c.r, 3, func(i int) float64 { return places[i].share })].network
	if section == "repost" || section == "copy" {
		of := c.popular()
		by := c.w.person(c.r, t, of.Network)
		if section == "repost" {
			return repost(of, by, id)
		}
		return say(network, of.Lang, id, c.w.retold(c.r, of.Text), c.w.person(c.r, t, network))
	}
	m := say(network, t.lang, id, t.fill(c.r, t.pick(c.r, section)), c.w.person(c.r, t, network))
	if section == "ask" && c.r.Float64() < 0.4 {
		if of := c.popular(); of.Network == network {
			m.Kind, m.InReplyTo = desk.KindReply, of.NativeID
		}
	}
	return m
}

// turn writes a moment of the story.
func (c *course) turn(mo moment, id string) desk.Mention {
	t := &c.w.tongues[slices.IndexFunc(c.w.tongues, func(t tongue) bool { return t.lang == mo.lang })]
	text := t.fill(c.r, t.pick(c.r, mo.section))
	switch mo.section {
	case "headline":
		title, lead, _ := strings.Cut(text, "|")
		m := say("web", t.lang, id, title+"\n\n"+lead, c.w.outlet(c.r, t))
		m.Kind, m.Title = desk.KindArticle, title
		return m
	case "answer":
		handle := strings.ToLower(c.w.c.brand)
		m := say("mastodon", t.lang, id, text, author("mastodon", handle, c.w.c.brand, 60_000))
		m.Engagement = desk.Engagement{Likes: 40, Reposts: 310, Replies: 900}
		return m
	case "voice":
		by := c.w.person(c.r, t, "bluesky")
		by.Followers = map[string]int{"en": 480_000, "sv": 190_000, "pl": 120_000}[t.lang]
		if by.Followers == 0 {
			by.Followers = 95_000
		}
		m := say("bluesky", t.lang, id, text, by)
		m.Engagement = desk.Engagement{Likes: 2100, Reposts: 840, Replies: 260}
		return m
	}
	return say("mastodon", t.lang, id, text, c.w.person(c.r, t, "mastodon"))
}

// tongue is the language of the next speaker: at first of where it began, later of everybody.
func (c *course) tongue(away float64) *tongue {
	if c.r.Float64() > away {
		return &c.w.tongues[c.r.IntN(2)] // English and Swedish
	}
	return c.w.tongue(c.r)
}

// section draws what the next speaker says.
func (c *course) section(says map[string]float64) string {
	names := make([]string, 0, len(says))
	for n := range says {
		names = append(names, n)
	}
	slices.Sort(names) // the order of a map is not the same twice
	return names[choose(c.r, len(names), func(i int) float64 { return says[names[i]] })]
}

// popular is a post that is being passed on: the turns of the story above all, else something recent.
func (c *course) popular() desk.Mention {
	for range 8 {
		m := c.said[len(c.said)-1-c.r.IntN(min(len(c.said), 60))]
		if m.Kind == desk.KindPost && (m.Author.Followers > 50_000 || c.r.Float64() < 0.3) {
			return m
		}
	}
	return c.said[0]
}

// around is what people put around the words of others.
var around = []string{"👆 %s", "%s 😡", "RT %s", "%s 🙏", "⚠️ %s ⚠️", "%s #"}

// retold is a near-duplicate: the same words with something of one's own around them.
func (w *world) retold(r *rand.Rand, text string) string {
	out := fmt.Sprintf(around[r.IntN(len(around))], text)
	if strings.HasSuffix(out, " #") {
		out += w.c.brand
	}
	return out
}

// regrets are what people take back: a few posts are deleted, the first ones get an update.
func (c *course) regrets(start time.Time, scale func(float64) time.Duration) []desk.Mention {
	var out []desk.Mention
	for i, m := range c.said {
		t := &c.w.tongues[slices.IndexFunc(c.w.tongues, func(t tongue) bool { return t.lang == m.Lang })]
		switch {
		case len(t.lines["edit"]) > 0 && i < 8 && m.Kind == desk.KindPost && m.Network == "mastodon" && strings.Contains(m.Text, "7"):
			m.Text += "\n\n" + t.pick(c.r, "edit")
			m.Edited = start.Add(scale(100 + c.r.Float64()*30)).UTC()
			out = append(out, m)
		case i > 20 && m.Kind == desk.KindPost && m.Author.Followers < 5000 && c.r.Float64() < 0.02:
			m.Deleted = m.Published.Add(scale(30 + c.r.Float64()*90))
			out = append(out, m)
		}
	}
	return out
}

// tags are the #words of a text, without #.
func tags(text string) []string {
	var out []string
	for _, word := range strings.Fields(text) {
		if tag, ok := strings.CutPrefix(word, "#"); ok {
			tag = strings.TrimRightFunc(tag, func(r rune) bool { return unicode.IsPunct(r) && r != '_' })
			if tag != "" {
				out = append(out, tag)
			}
		}
	}
	return out
}
