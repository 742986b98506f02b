package hook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// speech is the settings of a program of the customer's that publishes for us.
var speech = desk.Spec{
	Kind:  "hook",
	Title: "Webhook",
	Help:  "Hands posts as signed JSON to a program of yours, which puts them where it likes: an app, an intranet, a screen in the shop.",
	Fields: []desk.Field{
		{Name: "url", Label: "Address", Kind: "url", Required: true},
		{Name: "secret", Label: "Signing secret", Kind: "secret", Required: true, Help: "Begins with whsec_. Your program checks with it that a message is ours (Standard Webhooks)."},
		{Name: "once", Label: "It takes the same webhook-id once", Kind: "bool", Default: "true", Help: "So that a post whose answer was lost may be handed over again. Without it a person is asked to look."},
		{Name: "reads", Label: "It answers what is live", Kind: "bool", Default: "false", Help: "It answers post.read with title, text and the number of media, and 404 when there is nothing."},
	},
}

// Stop is a system of the customer's that stops sending when it is told: an ad server, a newsletter tool.
var Stop = connector.Kind{Channel: newStopper, Mute: true, Spec: desk.Spec{
	Kind:  "stop",
	Title: "Stop webhook (ads, newsletters, other tools)",
	Help:  "Tells a system of yours to stop when Hold is pressed, and to go on after it. It says nothing for us.",
	Fields: []desk.Field{
		{Name: "url", Label: "Address", Kind: "url", Required: true},
		{Name: "secret", Label: "Signing secret", Kind: "secret", Required: true, Help: "Begins with whsec_. Your program checks with it that a message is ours (Standard Webhooks)."},
	},
}}

// keepsKeys is how long a receiver that takes an id once is trusted to remember it.
const keepsKeys = 24 * time.Hour

// said is what is sent about a post: the envelope of Standard Webhooks around it.
type said struct {
	Type      string    `json:"type"` // post.publish, post.edit, post.retract, post.read; hold.start, hold.end, hold.test
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// letter is a post as the receiver gets it.
type letter struct {
	Key     string  `json:"key"`          // the same for every try
	ID      string  `json:"id,omitempty"` // as the receiver called it when it took the post
	Lang    string  `json:"lang,omitempty"`
	Title   string  `json:"title,omitempty"`
	Text    string  `json:"text,omitempty"`
	ReplyTo string  `json:"reply_to,omitempty"`
	Hash    string  `json:"hash,omitempty"` // of the approved words
	Media   []media `json:"media,omitempty"`
}

type media struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Alt     string `json:"alt"`
	Hash    string `json:"sha256"`
	Content []byte `json:"content"` // base64
}

// mouth hands posts to a receiver.
type mouth struct {
	*sender
	once bool
}

// reading is a mouth whose receiver tells what is live.
type reading struct{ *mouth }

// newMouth makes the mouth that the receiver is good for.
func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	s, err := signed(set, env)
	if err != nil {
		return nil, err
	}
	m := &mouth{s, set["once"] != "false"}
	if set["reads"] == "true" {
		return reading{m}, nil
	}
	return m, nil
}

// signed is a sender that must have a secret: what publishes or stops must know that it is us.
func signed(set desk.Settings, env connector.Env) (*sender, error) {
	if strings.TrimSpace(set["secret"]) == "" {
		return nil, desk.Wrong("secret", "Fill this in.")
	}
	s, err := newSender(set, env)
	if err != nil {
		return nil, err
	}
	return s.(*sender), nil
}

// tell posts one message and reads the answer, which may be empty.
func (s *sender) tell(ctx context.Context, kind, key string, data any) (fetch.Answer, error) {
	now := time.Now().UTC()
	body, err := json.Marshal(said{kind, now, data})
	if err != nil {
		return fetch.Answer{}, fmt.Errorf("write a webhook: %w", err)
	}
	header, err := s.header(messageID(kind+" "+key), now, body)
	if err != nil {
		return fetch.Answer{}, fmt.Errorf("sign a webhook: %w", err)
	}
	return s.fetch.Do(ctx, fetch.Request{Method: http.MethodPost, URL: s.url, Header: header, Body: body, MaxBody: 1 << 20, Total: timeout})
}

// KeepsKeys is how long the receiver takes a post's id once.
func (m *mouth) KeepsKeys(desk.Post) time.Duration {
	if !m.once {
		return 0
	}
	return keepsKeys
}

// Send hands the post over. The receipt is what the receiver answers, {"id": …, "url": …}, or the id of the message.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	return m.hand(ctx, "post.publish", l)
}

// Edit asks the receiver to change a post that it took.
func (m *mouth) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	return m.hand(ctx, "post.edit", l)
}

func (m *mouth) hand(ctx context.Context, kind string, l publish.Letter) (publish.Receipt, error) {
	out := letter{Key: l.Key, ID: l.NativeID, Lang: l.Lang, Title: l.Title, Text: l.Text, ReplyTo: l.ReplyTo, Hash: l.Hash}
	for _, one := range l.Media {
		body, err := l.Body(ctx, one)
		if err != nil {
			return publish.Receipt{}, fmt.Errorf("read media %s: %w", one.Hash, err)
		}
		out.Media = append(out.Media, media{one.Name, one.Type, one.Alt, one.Hash, body})
	}
	a, err := m.tell(ctx, kind, l.Key, out)
	if err != nil {
		return publish.Receipt{}, connector.SendFailure(err)
	}
	var got struct{ ID, URL string }
	if json.Unmarshal(a.Body, &got) != nil || got.ID == "" { // a receiver need not say anything
		got.ID = messageID(kind + " " + l.Key)
		if l.NativeID != "" {
			got.ID = l.NativeID
		}
	}
	if !strings.HasPrefix(got.URL, "https://") && !strings.HasPrefix(got.URL, "http://") {
		got.URL = ""
	}
	return publish.Receipt{NativeID: got.ID, Link: got.URL, At: time.Now().UTC()}, nil
}

// Retract asks the receiver to take a post back.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	_, err := m.tell(ctx, "post.retract", p.Key, letter{Key: p.Key, ID: p.NativeID})
	var status *fetch.Status
	if errors.As(err, &status) && status.Gone() {
		return nil
	}
	return connector.Failure(err)
}

// Read asks the receiver what is live.
func (r reading) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	a, err := r.tell(ctx, "post.read", p.Key, letter{Key: p.Key, ID: p.NativeID})
	var status *fetch.Status
	if errors.As(err, &status) && status.Gone() {
		return publish.Live{}, desk.ErrNotFound
	}
	if err != nil {
		return publish.Live{}, connector.Failure(err)
	}
	var got struct {
		ID, URL     string
		Title, Text string
		Media       int
	}
	if err := json.Unmarshal(a.Body, &got); err != nil {
		return publish.Live{}, connector.Failure(&fetch.Garbled{Host: a.URL, Err: err})
	}
	return publish.Live{Receipt: publish.Receipt{NativeID: got.ID, Link: got.URL}, Title: got.Title, Text: got.Text, Media: got.Media}, nil
}

// Find asks the receiver whether it has the post.
func (r reading) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	live, err := r.Read(ctx, p)
	if live.NativeID == "" {
		live.NativeID = messageID("post.publish " + p.Key)
	}
	return live.Receipt, err
}

// stopper is another system that stops when it is told.
type stopper struct{ *sender }

func newStopper(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	s, err := signed(set, env)
	if err != nil {
		return nil, err
	}
	return stopper{s}, nil
}

// Send never sends: the system is only told to stop.
func (stopper) Send(context.Context, publish.Letter) (publish.Receipt, error) {
	return publish.Receipt{}, desk.Wrong("channel", "Nothing is published here: it is only told to stop.")
}

// order is what a system is told about a hold.
type order struct {
	Hold     string    `json:"hold"`
	Brand    string    `json:"brand,omitempty"` // id; empty: all
	Campaign string    `json:"campaign,omitempty"`
	Words    []string  `json:"words,omitempty"` // only what says one of them
	Why      string    `json:"why,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// Stop tells the system, which knows the hold by its id when it is asked again. It acknowledges with {"held": true, "stopped": 3}, the
// number of posts that it holds back, or with {"held": false} when it goes on; any other
// answer is no acknowledgement, because a stop that was not understood must not look like one that was.
func (s stopper) Stop(ctx context.Context, h desk.Hold, stop bool) (int, error) {
	kind := "hold.end"
	if stop {
		kind = "hold.start"
	}
	o := order{Hold: fmt.Sprint(h.ID), Campaign: h.Campaign, Words: h.Words, Why: h.Why, At: h.At}
	if h.BrandID != 0 {
		o.Brand = fmt.Sprint(h.BrandID)
	}
	return s.order(ctx, kind, o, stop)
}

func (s stopper) order(ctx context.Context, kind string, o order, want bool) (int, error) {
	// Asked again each minute: a message of its own, so that a receiver which takes each message once answers anew.
	a, err := s.tell(ctx, kind, o.Hold+" "+time.Now().UTC().Truncate(time.Minute).Format(time.RFC3339), o)
	if err != nil {
		return 0, connector.Failure(err)
	}
	var got struct {
		Held    *bool `json:"held"`
		Stopped int   `json:"stopped"`
	}
	if err := json.Unmarshal(a.Body, &got); err != nil || got.Held == nil || *got.Held != want {
		say := desk.Say(`It answered, but did not acknowledge: it should answer {"held": true} or {"held": false}.`)
		return 0, &desk.Problem{Say: say, Err: fmt.Errorf("%w: no acknowledgement of %s", desk.ErrBroken, kind)}
	}
	return max(got.Stopped, 0), nil
}

// Inspect rehearses: the system is told hold.test, which it acknowledges with {"held": false} and does nothing.
func (s stopper) Inspect(ctx context.Context) (publish.About, error) {
	_, err := s.order(ctx, "hold.test", order{Hold: "test"}, false)
	return publish.About{}, err
}
