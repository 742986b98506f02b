package feed

import (
	"slices"

	"github.com/mmcdole/gofeed"

	"breakwater/desk"
)

// news is an item that is new or says something else than before.
type news struct {
	doc    *document
	item   *gofeed.Item
	key    itemKey
	edited bool
	old    bool // brought with the first look, without a date
}

// news finds what came since the items before were seen. The first look brings the newest page.
func (d *document) news(before []seenItem, first bool) []news {
	known := make(map[itemKey][4]byte, len(before))
	for _, s := range before {
		known[s.key] = s.said
	}
	var out []news
	for i, mark := range d.marks {
		said, seen := known[mark.key]
		if seen && said == mark.said {
			continue
		}
		known[mark.key] = mark.said // the same item twice in one feed is one
		it := d.feed.Items[i]
		out = append(out, news{doc: d, item: it, key: mark.key, edited: seen, old: first && !dated(it)})
	}
	if first && len(out) > firstPage {
		slices.SortStableFunc(out, func(a, b news) int { return d.published(b.item).Compare(d.published(a.item)) })
		out = out[:firstPage]
	}
	return out
}

func (n news) add(mentions []desk.Mention, rejects []desk.Reject, source int64) ([]desk.Mention, []desk.Reject) {
	m, ok := n.doc.mention(n.item, n.key)
	if !ok {
		return mentions, append(rejects, desk.Reject{Reason: desk.Say("An article without a title and without a text."), Sample: cut(m.URL, 200)})
	}
	m.SourceID, m.Late = source, n.old
	if n.edited {
		m.Edited = n.doc.now.UTC()
		if u := n.item.UpdatedParsed; u != nil && u.After(m.Published) {
			m.Edited = desk.Clamp(*u, n.doc.now)
		}
	}
	return append(mentions, m), rejects
}
