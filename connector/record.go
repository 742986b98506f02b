package connector

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"breakwater/desk"
)

// Parts are the parts of a mention that a foreign record may have, each with the names under which programs commonly keep
// it, the best first. A dot leads into an object; in a flat table it is an underscore.
var Parts = []Part{
	{"id", []string{"native_id", "id", "post_id", "status_id", "tweet_id", "message_id", "comment_id", "guid", "uri", "mention_id", "document_id"}},
	{"network", []string{"network", "platform", "source", "channel", "site", "medium", "source_type"}},
	{"kind", []string{"kind", "type", "post_type", "content_type"}},
	{"text", []string{"text", "content", "body", "message", "full_text", "post_text", "mention", "mention_text", "comment", "tweet", "caption", "description", "snippet", "summary"}},
	{"title", []string{"title", "headline", "subject"}},
	{"url", []string{"url", "link", "permalink", "post_url", "mention_url", "href"}},
	{"author.handle", []string{"author.handle", "author.username", "author.screen_name", "user.screen_name", "user.username", "user.handle", "account.acct", "handle", "screen_name", "username", "user_name", "author", "user", "from", "creator", "account"}},
	{"author.id", []string{"author.native_id", "author.id", "user.id", "user.id_str", "account.id", "author_id", "user_id"}},
	{"author.name", []string{"author.name", "author.display_name", "user.name", "account.display_name", "author_name", "display_name", "full_name", "name"}},
	{"author.url", []string{"author.url", "user.url", "account.url", "author_link", "profile_url"}},
	{"author.followers", []string{"author.followers", "author.followers_count", "user.followers_count", "account.followers_count", "followers", "followers_count", "follower_count", "reach", "audience"}},
	{"author.media", []string{"author.media", "is_media"}},
	{"published", []string{"published", "published_at", "created_at", "created", "date", "datetime", "timestamp", "time", "posted_at", "post_date", "publish_date", "date_time", "created_utc", "pubdate"}},
	{"edited", []string{"edited", "edited_at", "updated_at"}},
	{"in_reply_to", []string{"in_reply_to", "in_reply_to_id", "in_reply_to_status_id", "parent_id", "reply_to"}},
	{"repost_of", []string{"repost_of", "reblog_of", "retweet_of", "retweeted_status_id", "shared_id"}},
	{"likes", []string{"engagement.likes", "likes", "like_count", "favourites_count", "favorite_count", "favorites", "reactions"}},
	{"reposts", []string{"engagement.reposts", "reposts", "repost_count", "retweets", "retweet_count", "reblogs_count", "shares", "share_count"}},
	{"replies", []string{"engagement.replies", "replies", "reply_count", "replies_count", "comments", "comment_count"}},
	{"lang", []string{"lang", "language"}},
	{"tags", []string{"tags", "hashtags"}},
	{"links", []string{"links", "urls"}},
	{"deleted", []string{"deleted", "is_deleted"}},
}

// Part is one part of a mention and the names that it goes by.
type Part struct {
	Name  string
	Known []string
}

// Record reads mentions out of records of any shape.
type Record struct {
	Network string         // of those that do not say; required
	Zone    *time.Location // of times that do not say; nil is UTC
	Now     time.Time      // times long after it are not believed
}

// Mention reads one record; find gives the value of a part (string, json.Number, bool, list of these) or nil.
// A mention without an id gets one made of its network, author, time and text, so that reading it twice is one mention. One
// with Deleted set asks to be deleted and has nothing else but its Ref. The error names the part that is wrong.
func (r Record) Mention(find func(part string) any) (m desk.Mention, err *desk.Invalid) {
	m.Network = network(text(find("network")), r.Network)
	m.NativeID = nativeID(text(find("id")))
	if truth(find("deleted")) {
		if m.NativeID == "" {
			return m, desk.Wrong("id", "A deletion needs the id of what was deleted.")
		}
		m.Deleted = r.Now
		return m, nil
	}
	m.Text, m.Title = text(find("text")), text(find("title"))
	if strings.TrimSpace(m.Text) == "" {
		m.Text = m.Title
	}
	switch {
	case strings.TrimSpace(m.Text) == "":
		return m, desk.Wrong("text", "There is no text.")
	case !utf8.ValidString(m.Text):
		return m, desk.Wrong("text", "The text is not in UTF-8. Save the file in that encoding.")
	}
	if m.Published, err = r.time("published", find); err != nil {
		return m, err
	}
	if m.Edited, err = r.time("edited", find); err != nil {
		return m, err
	}
	r.rest(&m, find)
	if m.NativeID == "" {
		m.NativeID = MadeID(m.Network, m.Author.Handle, m.Published.UTC().Format(time.RFC3339Nano), m.Text)
	}
	return m, nil
}

// rest reads the parts that may be missing or odd without making the record useless.
func (r Record) rest(m *desk.Mention, find func(string) any) {
	m.URL, m.Lang = text(find("url")), text(find("lang"))
	m.InReplyTo, m.RepostOf = nativeID(text(find("in_reply_to"))), nativeID(text(find("repost_of")))
	m.Author = desk.Author{
		Handle: strings.TrimPrefix(text(find("author.handle")), "@"), NativeID: nativeID(text(find("author.id"))),
		Name: text(find("author.name")), URL: text(find("author.url")), Media: truth(find("author.media")),
		Followers: number(find("author.followers"), -1),
	}
	if m.Author.Handle == "" {
		m.Author.Handle = m.Author.Name
	}
	if m.Author.NativeID == "" {
		m.Author.NativeID = m.Author.Handle
	}
	m.Engagement = desk.Engagement{
		Likes: number(find("likes"), 0), Reposts: number(find("reposts"), 0), Replies: number(find("replies"), 0),
	}
	m.Tags, m.Links = list(find("tags")), list(find("links"))
	for i, tag := range m.Tags {
		m.Tags[i] = strings.TrimPrefix(tag, "#")
	}
	m.Kind = kind(text(find("kind")), m)
}

// time reads a part that is a time; zero when there is none.
func (r Record) time(part string, find func(string) any) (time.Time, *desk.Invalid) {
	v := strings.TrimSpace(text(find(part)))
	if v == "" {
		return time.Time{}, nil
	}
	t, err := When(v, r.Zone)
	if err != nil {
		return t, &desk.Invalid{Field: part, Reason: err.Reason}
	}
	if t.Before(desk.Earliest) || t.After(r.Now.Add(48*time.Hour)) {
		return t, desk.Wrong(part, "The time {value} lies before 1995 or in the future.", "value", short(v))
	}
	return t, nil
}

// kinds are the words of others for kinds of mention.
var kinds = map[string]string{
	"post": desk.KindPost, "status": desk.KindPost, "tweet": desk.KindPost,
	"reply": desk.KindReply, "repost": desk.KindRepost, "retweet": desk.KindRepost, "reblog": desk.KindRepost, "share": desk.KindRepost,
	"article": desk.KindArticle, "news": desk.KindArticle, "blog": desk.KindArticle, "comment": desk.KindComment, "review": desk.KindComment,
}

func kind(said string, m *desk.Mention) string {
	known := kinds[strings.ToLower(said)]
	switch {
	case m.RepostOf != "":
		return desk.KindRepost
	case known != "":
		return known
	case m.InReplyTo != "":
		return desk.KindReply
	}
	return desk.KindPost
}

// networks are other names of networks.
var networks = map[string]string{"twitter": "x", "x.com": "x", "twitter.com": "x", "x_(twitter)": "x", "fb": "facebook", "ig": "instagram", "hackernews": "hn", "hacker_news": "hn", "news": "web", "blog": "web", "blogs": "web"}

func network(said, otherwise string) string {
	n := fold(said)
	if other := networks[n]; other != "" {
		n = other
	}
	if n == "" || len(n) > 60 || !utf8.ValidString(n) {
		return otherwise
	}
	return n
}

// nativeID makes an id fit to be a key: long ones, and those that are not text, are named by their hash.
func nativeID(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 512 || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return MadeID(s)
	}
	return s
}

// MadeID is the id of something that has none: the same for the same parts.
func MadeID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return "made-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:15]))
}

// text is a value as text; objects and lists are none.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case fmt.Stringer: // json.Number
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// list is a value as a list of texts; a single text is split at commas and spaces.
func list(v any) []string {
	var out []string
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		for _, e := range v {
			if s := text(e); s != "" {
				out = append(out, s)
			}
		}
	default:
		out = strings.FieldsFunc(text(v), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' })
	}
	return slices.DeleteFunc(out, func(s string) bool { return !utf8.ValidString(s) })
}

func truth(v any) bool {
	s := strings.ToLower(strings.TrimSpace(text(v)))
	return s == "true" || s == "yes" || s == "1"
}

// number reads counts as people and tables write them: 1204, 1,204, 1.2k, 3M. What is none is otherwise.
func number(v any, otherwise int) int {
	s := strings.ToLower(strings.TrimSpace(text(v)))
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "_", "").Replace(s)
	times := 1.0
	for suffix, n := range map[string]float64{"k": 1e3, "m": 1e6} {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			s, times = rest, n
		}
	}
	if times == 1 {
		s = grouped(s)
	}
	f, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	if err != nil || f < 0 || f*times > 1e12 || f != f {
		return otherwise
	}
	return int(f * times)
}

// grouped takes the separators out of a number whose digits are in groups of three.
func grouped(s string) string {
	for _, sep := range []string{",", ".", "'"} {
		groups := strings.Split(s, sep)
		if len(groups) > 1 && len(groups[0]) <= 3 && !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 }) {
			return strings.Join(groups, "")
		}
	}
	return s
}

// fold makes a name comparable: lower case, words joined by underscores.
func fold(s string) string {
	s = strings.ToLower(strings.Trim(s, " \t\r\n\ufeff\"'"))
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '.' || r == '\u00a0' {
			return '_'
		}
		return r
	}, s)
}

// short is the beginning of a value, to show what is wrong with it.
func short(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if len(s) <= 60 {
		return s
	}
	cut := 60
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
