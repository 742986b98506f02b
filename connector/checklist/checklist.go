// Package checklist speaks in places that no program reaches: the announcement of the phone line, an advertisement, the sign at
// the door. It asks a person, who ticks with a photo.
package checklist

import (
	"context"
	"errors"
	"strings"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/publish"
)

// Kind is the checklist.
var Kind = connector.Kind{Channel: newMouth, Spec: desk.Spec{
	Kind:  "checklist",
	Title: "By hand (phone line, ads, signs)",
	Help:  "Makes a task for a person in a place that no program reaches. It counts as published when somebody ticks it, with a photo.",
	Fields: []desk.Field{
		{Name: "where", Label: "What to do, and where", Kind: "lines", Required: true, Help: "For whoever does it at night: which system, which number, which door, whom to call."},
		{Name: "who", Label: "Who usually does it"},
		{Name: "photo", Label: "A photo is needed", Kind: "bool", Default: "true"},
	},
}}

// mouth asks people.
type mouth struct {
	asking  publish.Asking
	channel desk.Channel
	where   string
	who     string
	photo   bool
}

func newMouth(set desk.Settings, env connector.Env) (publish.Mouth, error) {
	m := &mouth{env.ByHand, env.Channel, strings.TrimSpace(set["where"]), strings.TrimSpace(set["who"]), set["photo"] != "false"}
	if m.where == "" {
		return nil, desk.Wrong("where", "Fill this in.")
	}
	return m, nil
}

// ask makes a task about a post.
func (m *mouth) ask(ctx context.Context, do string, p *desk.Post) (desk.ByHand, error) {
	return m.asking.Ask(ctx, desk.ByHand{
		BrandID: m.channel.BrandID, ChannelID: m.channel.ID, Channel: m.channel.Name, IncidentID: p.IncidentID, Key: p.Key, Do: do,
		Where: m.where, Who: m.who, Lang: p.Lang, Title: p.Title, Text: p.Text, Media: p.Media, NeedsPhoto: m.photo,
	})
}

// Send makes the task, once for the post's key.
func (m *mouth) Send(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	b, err := m.ask(ctx, desk.ByHandSay, &l.Post)
	return receipt(b), err
}

func receipt(b desk.ByHand) publish.Receipt {
	return publish.Receipt{NativeID: b.Key, At: b.Made}
}

// Find looks for the task of the post.
func (m *mouth) Find(ctx context.Context, p desk.Post) (publish.Receipt, error) {
	b, err := m.asked(ctx, desk.ByHandSay, &p)
	return receipt(b), err
}

// errOpen says that nobody has done it yet.
var errOpen = errors.New("nobody has ticked it yet")

func open(say string) error {
	return &desk.Retry{Err: &desk.Problem{Say: desk.Say(say), Err: errOpen}}
}

// Read gives the words once somebody ticked that they are there: the tick and its photo are the evidence. desk.ErrNotFound once
// somebody ticked that they are gone.
func (m *mouth) Read(ctx context.Context, p desk.Post) (publish.Live, error) {
	b, err := m.last(ctx, &p)
	if err != nil {
		return publish.Live{}, err
	}
	switch gone, err := m.asked(ctx, desk.ByHandRemove, &p); {
	case err == nil && gone.Done():
		return publish.Live{}, desk.ErrNotFound
	case err != nil && !errors.Is(err, desk.ErrNotFound):
		return publish.Live{}, err
	}
	if !b.Done() {
		return publish.Live{}, open("Nobody has ticked yet that the words are there.")
	}
	return publish.Live{Receipt: receipt(b), Title: b.Title, Text: b.Text, Media: len(b.Media)}, nil
}

// last is the newest task about the copy of a post: that it is put up, or changed to these words.
func (m *mouth) last(ctx context.Context, p *desk.Post) (desk.ByHand, error) {
	b, err := m.asked(ctx, desk.ByHandChange, p)
	if errors.Is(err, desk.ErrNotFound) {
		b, err = m.asked(ctx, desk.ByHandSay, p)
	}
	return b, err
}

// asked is the task about a post that asks for one thing. desk.ErrNotFound.
func (m *mouth) asked(ctx context.Context, do string, p *desk.Post) (desk.ByHand, error) {
	return m.asking.Asked(ctx, m.channel.ID, (&desk.ByHand{Do: do, Key: p.Key}).Name())
}

// Edit asks for the words to be changed.
func (m *mouth) Edit(ctx context.Context, l publish.Letter) (publish.Receipt, error) {
	b, err := m.ask(ctx, desk.ByHandChange, &l.Post)
	return receipt(b), err
}

// Retract asks for the words to be taken down, and is done when somebody ticked that.
func (m *mouth) Retract(ctx context.Context, p desk.Post) error {
	b, err := m.ask(ctx, desk.ByHandRemove, &p)
	if err == nil && !b.Done() {
		err = open("Nobody has ticked yet that the words are gone.")
	}
	return err
}

// Inspect has nothing to try: people answer when they are asked.
func (m *mouth) Inspect(context.Context) (publish.About, error) {
	return publish.About{Account: m.who}, nil
}
