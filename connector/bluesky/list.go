package bluesky

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/url"
	"time"

	"breakwater/desk"
)

// list is something that we ask for again and again, newest first.
type list struct {
	name   string // in the cursor
	method string
	query  url.Values
	marked
}

// marked is what of a list was seen: the newest entries by key, and the time under which everything was.
type marked struct {
	recent []entry // in the order in which they were seen
	seen   map[uint64]bool
	floor  int64 // Unix microseconds
}

type entry struct {
	key uint64
	at  int64 // its place in the list, Unix microseconds; 0 not known
}

// seenMost is three pages, so that the newest page after a restart holds nothing that we forgot.
const seenMost = 3 * pageSize

func (m *marked) has(key uint64) bool { return m.seen[key] }

// add notes an entry; it is false for one that was seen before.
func (m *marked) add(key uint64, at int64) bool {
	if m.seen[key] {
		return false
	}
	if m.seen == nil {
		m.seen = make(map[uint64]bool)
	}
	m.seen[key] = true
	m.recent = append(m.recent, entry{key, at})
	for len(m.recent) > seenMost {
		m.floor = max(m.floor, m.recent[0].at)
		delete(m.seen, m.recent[0].key)
		m.recent = m.recent[1:]
	}
	return true
}

// keyBytes is how much of a hash is kept: 48 bits tell some thousand things apart.
const keyBytes = 6

// hashOf is the key of a name.
func hashOf(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64() & (1<<(8*keyBytes) - 1)
}

// packKeys and unpackKeys write and read keys as base64.
func packKeys(keys []uint64) string {
	low := make([]byte, 0, len(keys)*keyBytes)
	var eight [8]byte
	for _, k := range keys {
		binary.LittleEndian.PutUint64(eight[:], k)
		low = append(low, eight[:keyBytes]...)
	}
	return base64.RawStdEncoding.EncodeToString(low)
}

func unpackKeys(s string) ([]uint64, error) {
	low, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, fmt.Errorf("cursor: %w", err)
	}
	var keys []uint64
	for ; len(low) >= keyBytes; low = low[keyBytes:] {
		var eight [8]byte
		copy(eight[:], low[:keyBytes])
		keys = append(keys, binary.LittleEndian.Uint64(eight[:]))
	}
	return keys, nil
}

// kept is a cursor of Search.
type kept struct {
	Lists map[string]keptList `json:"lists"`
	Watch []watched           `json:"watch,omitempty"`
}

type keptList struct {
	Seen  string `json:"seen"`
	Floor int64  `json:"floor,omitempty"`
}

func (s *searches) cursor() string {
	k := kept{Lists: make(map[string]keptList, len(s.lists)), Watch: s.watch}
	for _, l := range s.lists {
		keys := make([]uint64, len(l.recent))
		for i, e := range l.recent {
			keys[i] = e.key
		}
		k.Lists[l.name] = keptList{Seen: packKeys(keys), Floor: l.floor}
	}
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings and numbers
	}
	return string(b)
}

// resume takes up where cursor says, when that is not where we are.
func (s *searches) resume(cursor string) error {
	if cursor == s.upTo && !s.astray {
		return nil
	}
	var k kept
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &k); err != nil {
			return fmt.Errorf("cursor: %w", err)
		}
	}
	for _, l := range s.lists {
		keys, err := unpackKeys(k.Lists[l.name].Seen)
		if err != nil {
			return err
		}
		l.marked = marked{floor: k.Lists[l.name].Floor}
		for _, key := range keys {
			l.add(key, 0)
		}
	}
	s.watch, s.handed, s.upTo, s.astray = k.Watch, nil, cursor, false
	for _, w := range s.watch {
		s.hand(w.URI, w.CID)
	}
	return nil
}

// answer is a page of a list.
type answer struct {
	Cursor        string            `json:"cursor"`
	Posts         []json.RawMessage `json:"posts"`
	Notifications []json.RawMessage `json:"notifications"`
}

// post is a post as the network shows it (app.bsky.feed.defs#postView), or a notification of one.
type post struct {
	URI    string `json:"uri"`
	CID    string `json:"cid"` // of this version
	Author struct {
		DID         string `json:"did"`
		Handle      string `json:"handle"`
		DisplayName string `json:"displayName"`
	} `json:"author"`
	Reason    string          `json:"reason"` // of a notification
	Record    json.RawMessage `json:"record"`
	Replies   int             `json:"replyCount"`
	Reposts   int             `json:"repostCount"`
	Likes     int             `json:"likeCount"`
	IndexedAt time.Time       `json:"indexedAt"`
}

func parsePost(raw json.RawMessage) (post, error) {
	var p post
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, err
	}
	if p.URI == "" || p.CID == "" {
		return p, errNotAnEvent
	}
	if p.ours() {
		var r record
		if err := json.Unmarshal(p.Record, &r); err != nil {
			return p, err
		}
	}
	return p, nil
}

// ours reports whether it is somebody's words: not the notification of a like or a follower.
func (p *post) ours() bool {
	switch p.Reason {
	case "", "mention", "reply", "quote":
		return true
	}
	return false
}

func (p *post) key() uint64 { return hashOf(p.URI + "\x00" + p.CID) }

// sorted is where a post stands in a list, Unix microseconds: lists are sorted by when it was written or, when that is later,
// by when the network saw it.
func (p *post) sorted() int64 {
	var r struct{ CreatedAt time.Time }
	if json.Unmarshal(p.Record, &r) != nil || r.CreatedAt.After(p.IndexedAt) || p.Reason != "" {
		return p.IndexedAt.UnixMicro()
	}
	return r.CreatedAt.UnixMicro()
}

// mention is the post in our words; ok is false for what is no post.
func (p *post) mention() (m desk.Mention, ok bool) {
	did, rkey, ok := splitURI(p.URI)
	var r record
	if !ok || json.Unmarshal(p.Record, &r) != nil {
		return m, false
	}
	m = r.mention(did, rkey, p.IndexedAt)
	m.ToUs = p.Reason != ""
	m.Author.Name = p.Author.DisplayName
	if h := p.Author.Handle; h != "" && h != "handle.invalid" {
		m.Author.Handle = h
	}
	m.Engagement = desk.Engagement{Likes: p.Likes, Reposts: p.Reposts, Replies: p.Replies}
	return m, true
}
