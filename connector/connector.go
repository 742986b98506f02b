// Package connector says what a connector is: a value that names the things it can be. A nil constructor means that it cannot.
package connector

import (
	"context"
	"io"
	"log/slog"

	"breakwater/alert"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/mirror"
	"breakwater/publish"
	"breakwater/source"
)

// Env is what a connector may use of the house.
type Env struct {
	Fetch    *fetch.Client // all outbound HTTP and websocket dials: refuses private addresses unless the operator allows them
	Log      *slog.Logger
	SourceID int64
	Vapid    desk.Secret         // the desk's key for Web Push: 32 bytes, base64url; empty: there is none
	Owner    string              // whom a push service may ask about the desk: an https address or a mail address
	Lang     string              // of the way that is opened
	Answers  string              // where services bring what people answered to the way that is opened: a whole address; empty: nowhere
	Channel  desk.Channel        // that is opened; zero elsewhere
	Lines    publish.Lines       // what channels keep of their own; nil where nothing is spoken
	Board    publish.Noticeboard // the house's own public page; nil where nothing is spoken
	ByHand   publish.Asking      // tasks for people in places that no program reaches; nil where nothing is spoken
	// Says reports whether another of our posts than the one named is known at its network by that id; nil where nothing is spoken.
	Says func(ctx context.Context, nativeID string, but int64) (bool, error)
}

// Kind is one connector.
type Kind struct {
	Spec   desk.Spec
	Source func(set desk.Settings, env Env) (source.Source, error) // hears; checks the settings, connects nothing
	Sender func(set desk.Settings, env Env) (alert.Sender, error)  // carries alerts
	Each   bool                                                    // a program reads what Sender carries: it gets every alert by itself, also in a storm
	// Channel speaks: posts go out by it. Its settings may be others than those of the source: ChannelSpec, or Spec without one.
	Channel     func(set desk.Settings, env Env) (publish.Mouth, error)
	ChannelSpec desk.Spec
	// Place holds a copy of the public pages. PlaceFresh and PlacePublic are mirror.Kind's Fresh and Public.
	Place       func(set desk.Settings, env Env) (mirror.Place, error)
	PlaceFresh  func(set desk.Settings) error
	PlacePublic func(set desk.Settings) string
	// Mute channels say nothing for us: they are other systems that a hold stops.
	Mute bool
	// Service channels say nothing either: customer service takes conversations over by them.
	Service bool
	// Exists tells whether the network knows an account of that name, as people write it behind an @. Nil: it cannot be asked.
	Exists func(ctx context.Context, set desk.Settings, env Env, name string) (bool, error)
	// Address is an answer in the way in which the network tells the person that it is for them: "@ana@example.social …". Nil: its thread
	// says so.
	Address func(handle, text string) string
	// Check tries the settings of a source for real (one cheap call) and says in plain words what it found. May be nil.
	Check func(ctx context.Context, set desk.Settings, env Env) (desk.Text, error)
	// Import keeps what a file says, as source.Kind has it.
	Import func(ctx context.Context, k source.Keeper, s desk.Source, r io.Reader, each func(source.Report)) (source.Report, error)
}

// ChannelOf is the kind as a place to speak in; ok is false when it is none.
func (k Kind) ChannelOf(env func(desk.Channel) Env) (c publish.Kind, ok bool) {
	c = publish.Kind{Spec: k.ChannelSpec, Mute: k.Mute || k.Service, Service: k.Service}
	if c.Spec.Kind == "" {
		c.Spec = k.Spec
	}
	c.Open = func(ch desk.Channel) (publish.Mouth, error) { return k.Channel(ch.Settings, env(ch)) }
	return c, k.Channel != nil
}
