package store

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"sync"
	"time"

	"breakwater/desk"
)

// mentionJSON is a mention as it is kept: what encoding/json makes of it, without its id, which the row has, and
// without zeros. It takes a fifth of the time, for every mention that comes. The strings must be valid, see possible.
func mentionJSON(m *desk.Mention) (string, error) {
	room := jsonRoom.Get().(*[]byte)
	w := mentionWriter{b: append((*room)[:0], '{')}
	w.mention(m)
	*room = append(w.b, '}')
	text := string(*room)
	if cap(*room) <= 1<<16 {
		jsonRoom.Put(room)
	}
	return text, w.err
}

// jsonRoom lends what JSON is written into before it is known how long it is.
var jsonRoom = sync.Pool{New: func() any { return new([]byte) }}

// mentionWriter writes members of an object.
type mentionWriter struct {
	b   []byte
	err error
}

func (w *mentionWriter) mention(m *desk.Mention) {
	w.text("network", m.Network)
	w.text("native_id", m.NativeID)
	w.id("source_id", m.SourceID)
	w.text("kind", m.Kind)
	w.text("url", m.URL)
	w.text("title", m.Title)
	w.text("text", m.Text)
	w.author(&m.Author)
	w.time("published", m.Published)
	w.time("edited", m.Edited)
	w.text("in_reply_to", m.InReplyTo)
	w.text("repost_of", m.RepostOf)
	w.list("links", m.Links)
	w.list("tags", m.Tags)
	w.list("names", m.Names)
	w.any("visibility", m.Visibility, m.Visibility != "")
	w.flag("to_us", m.ToUs)
	w.any("engagement", m.Engagement, m.Engagement != desk.Engagement{})
	w.text("lang", m.Lang)
	w.flag("late", m.Late)
	w.number("sentiment", m.Sentiment)
	if m.Mood != desk.Neutral {
		w.text("mood", m.Mood.String())
	}
	w.number("confidence", m.Confidence)
	w.any("corrected_by", m.CorrectedBy, m.CorrectedBy != "")
	w.any("read_by", m.ReadBy, m.ReadBy != "")
	w.list("cues", m.Cues)
	w.any("cue_words", m.Found, len(m.Found) > 0)
	w.ids("monitors", m.Monitors)
	w.id("fold", m.Fold)
	w.flag("own", m.Own)
	w.time("arrived", m.Arrived)
	w.time("deleted", m.Deleted)
	w.any("topics", m.Topics, len(m.Topics) > 0)
}

func (w *mentionWriter) author(a *desk.Author) {
	w.name("author")
	w.b = append(w.b, '{')
	w.text("native_id", a.NativeID)
	w.text("handle", a.Handle)
	w.text("name", a.Name)
	w.text("url", a.URL)
	if a.Followers != 0 {
		w.name("followers")
		w.b = strconv.AppendInt(w.b, int64(a.Followers), 10)
	}
	w.flag("media", a.Media)
	w.b = append(w.b, '}')
}

// name begins a member.
func (w *mentionWriter) name(name string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

func (w *mentionWriter) text(name, s string) {
	if s != "" {
		w.name(name)
		w.b = appendQuoted(w.b, s)
	}
}

// id writes a number that programs with 53 bits for a number could not read, so as a string.
func (w *mentionWriter) id(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.b = append(strconv.AppendInt(append(w.b, '"'), n, 10), '"')
	}
}

func (w *mentionWriter) ids(name string, ids desk.IDs) {
	if len(ids) > 0 {
		b, err := ids.MarshalJSON()
		w.err = errors.Join(w.err, err)
		w.name(name)
		w.b = append(w.b, b...)
	}
}

func (w *mentionWriter) flag(name string, on bool) {
	if on {
		w.name(name)
		w.b = append(w.b, "true"...)
	}
}

func (w *mentionWriter) number(name string, x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		w.err = errors.Join(w.err, errors.New(name+" is not a number"))
	} else if x != 0 {
		w.name(name)
		w.b = strconv.AppendFloat(w.b, x, 'g', -1, 64)
	}
}

func (w *mentionWriter) time(name string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.name(name)
	var err error
	if w.b, err = t.AppendText(append(w.b, '"')); err != nil {
		w.err = errors.Join(w.err, err)
	}
	w.b = append(w.b, '"')
}

func (w *mentionWriter) list(name string, list []string) { w.any(name, list, len(list) > 0) }

// any writes what is rare, or may be invalid, as encoding/json does.
func (w *mentionWriter) any(name string, v any, is bool) {
	if !is {
		return
	}
	b, err := json.Marshal(v)
	w.err = errors.Join(w.err, err)
	w.name(name)
	w.b = append(w.b, b...)
}

// appendQuoted appends a valid string in quotes.
func appendQuoted(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}
