package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"breakwater/desk"
)

// answersWhere restricts answers to what is asked for, and says whether a mention may be in it more than once.
func (db *DB) answersWhere(ctx context.Context, a *desk.Ask) (w where, repeats bool, err error) {
	scopes, err := db.askScopes(ctx, a)
	among(&w, "scope", scopes)
	if !a.From.IsZero() {
		w.and("mention_id >= ?", firstID(a.From))
	}
	if !a.To.IsZero() {
		w.and("mention_id < ?", firstID(a.To))
	}
	among(&w, "network", a.Networks)
	w.and("author <> 0")
	return w, len(scopes) > 1, err
}

// voice is what is added up of an author.
type voice struct {
	author                             int64
	reach, count, reposts, sentiment   int64
	first, last                        int64 // ids of mentions
	some                               [3]int64
	copied, reposting, amplified, same int
	amplifiers, amplifies              map[int64]int // by author
}

// echo is a mention with its fold.
type echo struct {
	id, author, fold int64
	how              int
}

// voices adds up the authors of what a asks for.
type voices struct {
	by     map[int64]*voice
	met    map[int64]bool // mentions, where they may come twice
	echoes []echo
}

// Voices gives the authors of the mentions that a asks for: by reach or as a.Rank says, then by how much they wrote.
func (db *DB) Voices(ctx context.Context, a desk.Ask, n int) ([]desk.Voice, error) {
	vs, err := db.speakers(ctx, &a)
	if err != nil {
		return nil, err
	}
	if a.Rank == desk.ByAmplification {
		vs.hear(nil) // of everybody: the smallest account may be the one whose words go round
	}
	return db.loudest(ctx, &a, vs, n)
}

// VoicesBothWays gives the n authors of greatest reach, and of all the most whose words went round furthest, read in one go.
func (db *DB) VoicesBothWays(ctx context.Context, a desk.Ask, n, most int) (reach, round []desk.Voice, err error) {
	vs, err := db.speakers(ctx, &a)
	if err != nil {
		return nil, nil, err
	}
	if reach, err = db.loudest(ctx, &a, vs, n); err != nil {
		return nil, nil, err
	}
	round, err = db.loudest(ctx, &a, vs, most) // by now it is known of everybody how far their words went
	return reach, round, err
}

// speakers adds up who wrote what a asks for.
func (db *DB) speakers(ctx context.Context, a *desk.Ask) (*voices, error) {
	w, repeats, err := db.answersWhere(ctx, a)
	if err != nil {
		return nil, err
	}
	// Added up here and not by GROUP BY and DISTINCT, which sort: half the time for a day of a million a month.
	vs := &voices{by: map[int64]*voice{}, met: map[int64]bool{}}
	err = db.numbers(ctx, func(row []int64) { vs.add(row, repeats) },
		"SELECT mention_id, author, reach, reposts, fold, sentiment * 4 + copied FROM answers"+w.String(), w.args...)
	if err != nil {
		return nil, fmt.Errorf("find voices: %w", err)
	}
	return vs, nil
}

// loudest are the first n of all, with what was heard of them.
func (db *DB) loudest(ctx context.Context, a *desk.Ask, vs *voices, n int) ([]desk.Voice, error) {
	all := make([]*voice, 0, len(vs.by))
	for _, v := range vs.by {
		all = append(all, v)
	}
	slices.SortFunc(all, louder)
	all = all[:min(len(all), limit(n))]
	vs.hear(all)
	kinds, err := db.kinds(ctx, a, all)
	if err != nil {
		return nil, err
	}
	return db.named(ctx, all, vs.by, kinds)
}

// louder is below 0 when x comes before y. It compares no further than it must: a day has tens of thousands.
func louder(x, y *voice) int {
	switch {
	case x.amplified != y.amplified:
		return cmp.Compare(y.amplified, x.amplified)
	case x.reach != y.reach:
		return cmp.Compare(y.reach, x.reach)
	case x.count != y.count:
		return cmp.Compare(y.count, x.count)
	}
	return cmp.Compare(y.last, x.last)
}

func (vs *voices) add(row []int64, repeats bool) {
	id, author, reach, reposts, fold := row[0], row[1], row[2], row[3], row[4]
	sentiment, how := row[5]>>2, int(row[5]&3)
	if repeats {
		if vs.met[id] {
			return
		}
		vs.met[id] = true
	}
	v := vs.by[author]
	if v == nil {
		v = &voice{author: author, first: id}
		vs.by[author] = v
	}
	v.reach, v.first, v.last = max(v.reach, reach), min(v.first, id), max(v.last, id)
	v.some[v.count%int64(len(v.some))] = id
	v.count++
	v.reposts += reposts
	v.sentiment += sentiment
	if fold != 0 {
		vs.echoes = append(vs.echoes, echo{id, author, fold, how})
	}
}

// hear finds out who repeats whom: how often for everybody, by whom for the voices that are shown.
func (vs *voices) hear(shown []*voice) {
	for _, v := range vs.by {
		v.copied, v.reposting, v.amplified, v.same = 0, 0, 0, 0
	}
	is := make(map[*voice]bool, len(shown))
	for _, v := range shown {
		is[v], v.amplifiers, v.amplifies = true, map[int64]int{}, map[int64]int{}
	}
	slices.SortFunc(vs.echoes, func(x, y echo) int {
		if x.fold != y.fold {
			return cmp.Compare(x.fold, y.fold)
		}
		return cmp.Compare(x.id, y.id)
	})
	for rest := vs.echoes; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].fold == rest[0].fold {
			n++
		}
		vs.hearFold(rest[:n], is)
		rest = rest[n:]
	}
}

// hearFold takes the mentions of one fold. Without its first among them the earliest stands for it.
func (vs *voices) hearFold(same []echo, shown map[*voice]bool) {
	first := same[0]
	if len(same) == 1 { // as nearly all are
		if first.how == asRepost {
			vs.by[first.author].reposting++
		}
		return
	}
	if i := slices.IndexFunc(same, func(e echo) bool { return e.how == asFirst }); i >= 0 {
		first = same[i]
	}
	source := vs.by[first.author]
	said := map[*voice]int{}
	for _, e := range same {
		v := vs.by[e.author]
		switch {
		case e.how == asRepost:
			v.reposting++
		case v == source:
			said[v]++
			continue
		case e.how == asCopy || e.id != first.id:
			v.copied++
			said[v]++
		}
		if v == source {
			continue
		}
		source.amplified++
		if shown[source] {
			source.amplifiers[e.author]++
		}
		if shown[v] {
			v.amplifies[source.author]++
		}
	}
	for v, n := range said {
		if n > 1 {
			v.same = max(v.same, n)
		}
	}
}

// kind is what a person said of a voice.
type kind struct{ kind, name string }

// kinds are what people said of the voices, for the brands that a asks about; for any brand when it asks about all.
func (db *DB) kinds(ctx context.Context, a *desk.Ask, all []*voice) (map[int64]kind, error) {
	brands := []int64{a.BrandID}
	for _, m := range a.Monitors {
		b, err := db.brandOf(db.reader(ctx), m)
		if err != nil {
			return nil, err
		}
		brands = append(brands, b)
	}
	authors := make([]int64, len(all))
	for i, v := range all {
		authors[i] = v.author
	}
	said := map[int64]kind{}
	err := selectIn(db.reader(ctx), "SELECT brand_id, author, kind, name FROM voice_kinds WHERE author IN (@)", authors, func(s scanner) error {
		var brand, author int64
		var k kind
		if err := s.Scan(&brand, &author, &k.kind, &k.name); err != nil {
			return err
		}
		if slices.Contains(brands, brand) || a.BrandID == 0 && len(a.Monitors) == 0 {
			said[author] = k
		}
		return nil
	})
	return said, err
}

const (
	amplifiersShown = 3
	studied         = 60 // of the voices: the posts and amplifiers of the others are not read
)

// named puts names to voices, as their latest mention has them, and judges what kind each is by what they wrote.
func (db *DB) named(ctx context.Context, all []*voice, by map[int64]*voice, kinds map[int64]kind) ([]desk.Voice, error) {
	var ids []int64
	for i, v := range all {
		ids = append(ids, v.last)
		if i < studied {
			for _, id := range v.some {
				if id != 0 {
					ids = append(ids, id)
				}
			}
			for _, m := range []map[int64]int{v.amplifiers, v.amplifies} {
				for _, s := range mostOf(m) {
					ids = append(ids, by[s].last)
				}
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make(map[int64]desk.Mention, len(ids))
	err := selectIn(db.reader(ctx), "SELECT "+mentionColumns+" FROM mentions m WHERE m.id IN (@)", ids, func(s scanner) error {
		m, err := scanMention(s)
		found[m.ID] = m
		return err
	})
	if err != nil {
		return nil, err
	}
	shares := func(m map[int64]int) (list []desk.Share) {
		for _, author := range mostOf(m) {
			if name := found[by[author].last].Author.Handle; name != "" {
				list = append(list, desk.Share{Name: name, Count: m[author]})
			}
		}
		return list
	}
	out := make([]desk.Voice, len(all))
	for i, v := range all {
		m := found[v.last]
		o := &out[i]
		*o = desk.Voice{Author: m.Author, Network: m.Network, Mentions: int(v.count), Reposted: int(v.reposts), First: v.first,
			Mood: float64(v.sentiment) / 1000 / float64(v.count), Copied: v.copied, Reposts: v.reposting, Amplified: v.amplified, Same: v.same,
			Minutes: int(idTime(v.last).Sub(idTime(v.first)) / time.Minute), Why: []desk.Text{}}
		if i < studied {
			o.By, o.Of = shares(v.amplifiers), shares(v.amplifies)
		}
		o.Kind, o.SetBy = kinds[v.author].kind, kinds[v.author].name
		var texts []string
		for _, id := range v.some {
			if m := found[id]; m.ID != 0 && copied(&m) == asFirst {
				texts = append(texts, m.Title+" "+m.Text)
			}
		}
		o.Judge(texts)
	}
	return out, nil
}

// mostOf are the authors with the highest counts.
func mostOf(m map[int64]int) []int64 {
	all := make([]int64, 0, len(m))
	for author := range m {
		all = append(all, author)
	}
	slices.SortFunc(all, func(a, b int64) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	return all[:min(len(all), amplifiersShown)]
}

// kindSays are the journal's sentences.
var kindSays = map[string]string{
	"":                   "What kind of voice the author of a mention is was left to the desk again.",
	desk.VoiceMedia:      "The author of a mention was marked as media.",
	desk.VoiceInfluencer: "The author of a mention was marked as an influencer.",
	desk.VoiceCustomer:   "The author of a mention was marked as a customer.",
	desk.VoiceEmployee:   "The author of a mention was marked as an employee.",
	desk.VoiceBot:        "The author of a mention was marked as automated.",
	desk.VoiceUnknown:    "The author of a mention was marked as nobody known.",
}

// SetVoiceKind keeps what a person says the author of a mention is to a brand; "" leaves it to the desk again. It answers
// desk.ErrNotFound for a mention whose author is gone. The journal names the mention, not the author, who may be deleted.
func (db *DB) SetVoiceKind(ctx context.Context, brandID, mentionID int64, kind string, act desk.Act) error {
	if kindSays[kind] == "" {
		return desk.Wrong("kind", "Choose media, influencer, customer, employee, bot or unknown; nothing leaves it to the desk.")
	}
	if err := errors.Join(desk.Permit(ctx, brandID, 0), db.permitMention(ctx, mentionID)); err != nil {
		return err
	}
	return db.write(ctx, true, func(t *tx) error {
		m, err := selectOne(t, scanMention, "SELECT "+mentionColumns+" FROM mentions m WHERE m.id = ?", mentionID)
		if err != nil {
			return fmt.Errorf("mention %d: %w", mentionID, err)
		}
		author := authorHash(m.Network, &m.Author)
		if author == 0 {
			return fmt.Errorf("author of mention %d: %w", mentionID, desk.ErrNotFound)
		}
		name := clean(act.Name)
		if name == "" {
			name = clean(act.Who)
		}
		out := desk.Out{Say: desk.Say(kindSays[kind]), Detail: map[string]any{"brand": brandID, "kind": kind}}
		if kind == "" {
			err = t.exec("DELETE FROM voice_kinds WHERE brand_id = ? AND author = ?", brandID, author)
		} else {
			err = t.exec("INSERT INTO voice_kinds (brand_id, author, kind, name) VALUES (?, ?, ?, ?) ON CONFLICT (brand_id, author) DO UPDATE SET kind = excluded.kind, name = excluded.name",
				brandID, author, kind, name)
		}
		if err != nil {
			return err
		}
		return t.record(act, fmt.Sprintf("mention:%d", mentionID), out, "", "")
	})
}

// People counts the distinct authors of the mentions that a asks for. An author on two networks counts twice.
func (db *DB) People(ctx context.Context, a desk.Ask) (int, error) {
	w, _, err := db.answersWhere(ctx, &a)
	if err != nil {
		return 0, err
	}
	n, err := selectOne(db.reader(ctx), value[int], "SELECT COUNT(DISTINCT author) FROM answers"+w.String(), w.args...)
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}
