package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
	"unicode/utf8"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// speech is the settings of a channel in the sandbox.
func speech() desk.Spec {
	return desk.Spec{
		Kind: "sandbox", Title: "Sandbox (drills and demos)",
		Help: "Speaks on a network inside this program: what is said there is kept and can be read back, and never leaves the house.",
		Fields: []desk.Field{
			{Name: "limit", Label: "Characters of a post", Kind: "number", Default: "500", Help: "More are refused, as networks do."},
		},
	}
}

// usualLimit of a post, in characters.
const usualLimit = 500

// mouth speaks on the sandbox. What was said lies in lines: those of the store, so that it outlives this process, or those of
// the network's own memory.
type mouth struct {
	lines   publish.Lines
	channel int64
	limit   int
}

// Mouth speaks in the sandbox without a channel: it is what drills speak with.
func (n *Network) Mouth() publish.Mouth { return &mouth{lines: n.said, limit: usualLimit} }

func (n *Network) newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	m := &mouth{lines: env.Lines, channel: env.Channel.ID, limit: usualLimit}
	if m.lines == nil {
		m.lines = n.said
	}
	if s := set["limit"]; s != "" {
		limit, err := strconv.Atoi(s)
		if err != nil || limit < 1 {
			return nil, desk.Wrong("limit", "Enter a whole number.")
		}
		m.limit = limit
	}
	return m, nil
}

// States of a copy in the sandbox.
const (
	copyLive = "live"
	copyGone = "gone"
)

// said is a copy as it is kept.
type said struct {
	Title, Text string
	Media       int
	At, Edited  time.Time
}

const lineName = "copy"

// Send keeps the post under its key: sent twice, it is there once.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	if utf8.RuneCountInString(l.Text) > m.limit {
		return publish.Receipt{}, desk.Wrong("text", "This is longer than the {limit} characters that fit.", "limit", m.limit)
	}
	if known, state, err := m.kept(ctx, l.Key); err != nil || state != "" {
		return receipt(l.Key, known), err
	}
	s := said{Title: l.Title, Text: l.Text, Media: len(l.Media), At: time.Now().UTC()}
	return receipt(l.Key, s), m.keep(ctx, l.Key, s, copyLive)
}

func receipt(key string, s said) publish.Receipt {
	return publish.Receipt{NativeID: key, At: s.At}
}

// kept is what was said under a key; state is empty when nothing was.
func (m *mouth) kept(ctx context.Context, key string) (s said, state string, err error) {
	lines, err := m.lines.ChannelLines(ctx, m.channel, key)
	i := slices.IndexFunc(lines, func(l desk.Line) bool { return l.Name == lineName })
	if err != nil || i < 0 {
		return s, "", err
	}
	if err := json.Unmarshal([]byte(lines[i].Say.Say), &s); err != nil {
		return s, "", fmt.Errorf("read a copy of the sandbox: %w", err)
	}
	return s, lines[i].State, nil
}

func (m *mouth) keep(ctx context.Context, key string, s said, state string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return m.lines.KeepChannelLine(ctx, m.channel, key, desk.Line{Name: lineName, State: state, Say: desk.Text{Say: string(b)}, At: time.Now().UTC()})
}

// live is the copy of a post. desk.ErrNotFound when it is not there, or not any more.
func (m *mouth) live(ctx context.Context, key string) (said, error) {
	s, state, err := m.kept(ctx, key)
	if err == nil && state != copyLive {
		err = desk.ErrNotFound
	}
	return s, err
}

// Find looks for the post by its key.
func (m *mouth) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	s, err := m.live(ctx, p.Key)
	return receipt(p.Key, s), err
}

// Read gives the copy as it is kept.
func (m *mouth) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	s, err := m.live(ctx, keyOf(p))
	return publish.Live{Receipt: receipt(keyOf(p), s), Title: s.Title, Text: s.Text, Media: s.Media, Edited: s.Edited}, err
}

// Retract takes the copy away.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	s, state, err := m.kept(ctx, keyOf(p))
	if err != nil || state != copyLive {
		return err
	}
	return m.keep(ctx, keyOf(p), s, copyGone)
}

// Edit changes the copy of an earlier post in place.
func (m *mouth) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	s, err := m.live(ctx, keyOf(l.Post))
	if err != nil {
		return publish.Receipt{}, err
	}
	s.Title, s.Text, s.Media, s.Edited = l.Title, l.Text, len(l.Media), time.Now().UTC()
	return receipt(keyOf(l.Post), s), m.keep(ctx, keyOf(l.Post), s, copyLive)
}

// keyOf is the key that a post's copy lies under: that of the first post whose words it had.
func keyOf(p desk.Post) string {
	if p.NativeID != "" {
		return p.NativeID
	}
	return p.Key
}

// Inspect says what the sandbox takes.
func (m *mouth) Inspect(context.Context) (publish.About, error) {
	return publish.About{Account: "sandbox", Limits: desk.Limits{Text: m.limit}}, nil
}

// memory keeps lines as long as the process lives.
type memory struct {
	mu    sync.Mutex // guards lines
	lines map[string][]desk.Line
}

func (m *memory) ChannelLines(_ context.Context, channelID int64, key string) ([]desk.Line, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.lines[shelf(channelID, key)]), nil
}

func (m *memory) KeepChannelLine(_ context.Context, channelID int64, key string, l desk.Line) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := shelf(channelID, key)
	all := slices.DeleteFunc(m.lines[at], func(o desk.Line) bool { return o.Name == l.Name })
	m.lines[at] = append(all, l)
	return nil
}

func shelf(channelID int64, key string) string { return strconv.FormatInt(channelID, 10) + " " + key }
