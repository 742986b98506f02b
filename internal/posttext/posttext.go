// Package posttext reads a text as a network will: how long it is in that network's own counting, and what in it the network
// turns into a link, a hashtag, a mention or a cashtag. It asks nobody; every pass is linear in the length of the text.
package posttext

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kinds of entity.
const (
	Link    = "link"
	Hashtag = "hashtag"
	Mention = "mention"
	Cashtag = "cashtag"
)

// Span is a place in a text, from its first unit to behind its last, in one of the ways to count.
type Span [2]int

// Entity is a part of the text that the network makes something of.
type Entity struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`           // as it is written: @name/list, #tag, address
	Name  string `json:"name"`           // without the sign and the list; of a link its address as the network opens it
	List  string `json:"list,omitempty"` // of a mention at X: /list
	Bytes Span   `json:"bytes"`          // UTF-8, as Bluesky's facets count
	Runes Span   `json:"runes"`          // code points
	UTF16 Span   `json:"utf16"`          // units of UTF-16, as Telegram and browsers count
}

// Limits are what the network itself said about its limits; zero values stand for its usual ones.
type Limits struct {
	Text    int // in the network's counting
	Bytes   int
	PerLink int // that a link counts as
}

// Reading is a text as a network reads it.
type Reading struct {
	Network   string   `json:"network"`
	Unit      string   `json:"unit"`   // what Length counts: weighted, graphemes, runes, utf16
	Length    int      `json:"length"` // in the network's counting
	Limit     int      `json:"limit"`  // 0: none
	Bytes     int      `json:"bytes"`  // of UTF-8
	ByteLimit int      `json:"byte_limit,omitempty"`
	Valid     bool     `json:"valid"`                  // not empty, not too long, nothing that the network refuses
	Over      int      `json:"over,omitempty"`         // first byte that does not fit any more; 0 when all fits
	Forbidden []Span   `json:"forbidden,omitempty"`    // characters that the network refuses, in bytes
	MaxTags   int      `json:"max_hashtags,omitempty"` // 0: none
	Reply     string   `json:"reply,omitempty"`        // whom X shows the post as an answer to, because it begins with that name
	Links     []Entity `json:"links"`
	Hashtags  []Entity `json:"hashtags"`
	Mentions  []Entity `json:"mentions"`
	Cashtags  []Entity `json:"cashtags"`
}

// All gives the entities in their order in the text.
func (r *Reading) All() []Entity {
	all := slices.Concat(r.Links, r.Hashtags, r.Mentions, r.Cashtags)
	slices.SortFunc(all, func(a, b Entity) int { return cmp.Compare(a.Bytes[0], b.Bytes[0]) })
	return all
}

// rules are how one network counts.
type rules struct {
	unit      string
	text      int // its usual limit; 0 none
	bytes     int
	perLink   int
	tags      int  // hashtags at most; 0 no limit
	warned    bool // a content warning counts with the text
	entities  func(t []rune) []mark
	length    func(t *measured) int
	forbidden func(rune) bool
}

// mark is an entity by its code points.
type mark struct {
	kind     string
	from, to int
	list     int    // where the list of a mention begins; 0 none
	name     string // where it is not what stands in the text
}

// measured is a text that is being counted.
type measured struct {
	text  string
	runes []rune
	marks []mark
	links []mark // where they are known already
	rules rules
}

// Networks are the networks that Read knows, by the names of our connectors.
func Networks() []string {
	names := make([]string, 0, len(networks))
	for n := range networks {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Known reports whether the network has rules of its own here.
func Known(network string) bool { _, ok := networks[network]; return ok }

// Read reads a text as the network does. A network that it does not know has no limits, and links as in most places.
func Read(network string, lim Limits, text string) Reading {
	ru, ok := networks[network]
	if !ok {
		ru = networks["other"]
	}
	if lim.Text > 0 {
		ru.text = lim.Text
	}
	if lim.Bytes > 0 {
		ru.bytes = lim.Bytes
	}
	if lim.PerLink > 0 {
		ru.perLink = lim.PerLink
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	m := &measured{text: text, runes: []rune(text), rules: ru}
	m.marks = ru.entities(m.runes)
	r := Reading{Network: network, Unit: ru.unit, Length: ru.length(m), Limit: ru.text, Bytes: len(text), ByteLimit: ru.bytes, MaxTags: ru.tags}
	r.place(m)
	r.Forbidden = m.refused()
	r.Valid = r.Length > 0 && (r.Limit == 0 || r.Length <= r.Limit) && (r.ByteLimit == 0 || r.Bytes <= r.ByteLimit) &&
		(r.MaxTags == 0 || len(r.Hashtags) <= r.MaxTags) && len(r.Forbidden) == 0
	if r.Limit > 0 && r.Length > r.Limit || r.ByteLimit > 0 && r.Bytes > r.ByteLimit {
		r.Over = m.overflow()
	}
	if network == "x" {
		r.Reply = replyTo(m.runes)
	}
	return r
}

// Behind is Read of a text that is folded behind a content warning. Mastodon and GoToSocial count both together, the warning as it is written
// (StatusLengthValidator of Mastodon 4.x; statuses-max-chars of GoToSocial); elsewhere it does not count.
func Behind(network string, lim Limits, warning, text string) Reading {
	r := Read(network, lim, text)
	ru := networks[network]
	if !ru.warned || warning == "" {
		return r
	}
	n, most := ru.length(&measured{text: warning, runes: []rune(warning), rules: ru}), r.Limit
	lim.Text = max(1, most-n)
	r = Read(network, lim, text)
	r.Length, r.Limit = r.Length+n, most
	r.Valid = r.Valid && r.Length <= most
	return r
}

// place turns marks into entities with their places in every unit.
func (r *Reading) place(m *measured) {
	r.Links, r.Hashtags, r.Mentions, r.Cashtags = []Entity{}, []Entity{}, []Entity{}, []Entity{}
	c := cursor{}
	for _, k := range m.marks {
		e := Entity{Kind: k.kind, Runes: Span{k.from, k.to}, Name: k.name}
		c.to(m.runes, k.from)
		e.Bytes[0], e.UTF16[0] = c.bytes, c.utf16
		c.to(m.runes, k.to)
		e.Bytes[1], e.UTF16[1] = c.bytes, c.utf16
		e.Text = m.text[e.Bytes[0]:e.Bytes[1]]
		if k.list > 0 {
			e.List = string(m.runes[k.list:k.to])
		}
		if e.Name == "" {
			e.Name = bareName(k, m.runes)
		}
		switch k.kind {
		case Link:
			r.Links = append(r.Links, e)
		case Hashtag:
			r.Hashtags = append(r.Hashtags, e)
		case Mention:
			r.Mentions = append(r.Mentions, e)
		case Cashtag:
			r.Cashtags = append(r.Cashtags, e)
		}
	}
}

func bareName(k mark, t []rune) string {
	switch {
	case k.kind == Link:
		address := string(t[k.from:k.to])
		if !strings.Contains(address, "://") {
			address = "https://" + address
		}
		return address
	case k.list > 0:
		return string(t[k.from+1 : k.list])
	}
	return string(t[k.from+1 : k.to])
}

// cursor walks a text and counts in all units; marks come in the order of the text.
type cursor struct{ runes, bytes, utf16 int }

func (c *cursor) to(t []rune, at int) {
	for ; c.runes < at; c.runes++ {
		r := t[c.runes]
		c.bytes += utf8.RuneLen(r)
		c.utf16 += units(r)
	}
}

// units is how many units of UTF-16 a code point takes.
func units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// maxForbidden is how many refused characters are listed: the first ones tell enough.
const maxForbidden = 20

func (m *measured) refused() (all []Span) {
	if m.rules.forbidden == nil {
		return nil
	}
	for i, r := range m.text {
		if m.rules.forbidden(r) && len(all) < maxForbidden {
			all = append(all, Span{i, i + utf8.RuneLen(r)})
		}
	}
	return all
}

// overflow finds the first byte that does not fit, by halving: cutting a text never makes it longer for long enough to matter,
// and each look is one pass.
func (m *measured) overflow() int {
	lo, hi := 0, len(m.runes)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if m.fits(mid) {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	c := cursor{}
	c.to(m.runes, lo)
	return c.bytes
}

func (m *measured) fits(n int) bool {
	part := &measured{text: string(m.runes[:n]), runes: m.runes[:n], rules: m.rules}
	for _, k := range m.marks {
		switch {
		case k.to <= n:
		case k.from < n:
			k.to = n // a link that was begun counts whole: half of one is no use
		default:
			continue
		}
		part.marks = append(part.marks, k)
		if k.kind == Link {
			part.links = append(part.links, k)
		}
	}
	return (m.rules.text == 0 || m.rules.length(part) <= m.rules.text) && (m.rules.bytes == 0 || len(part.text) <= m.rules.bytes)
}

// apart sorts marks by their place and drops those that begin inside the one before: a hashtag in an address is part of it.
func apart(marks []mark) []mark {
	slices.SortStableFunc(marks, func(a, b mark) int { return cmp.Compare(a.from, b.from) })
	kept := marks[:0]
	for _, k := range marks {
		if len(kept) == 0 || kept[len(kept)-1].to <= k.from {
			kept = append(kept, k)
		}
	}
	return kept
}
