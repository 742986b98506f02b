package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"breakwater/connector/email"
	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// The page of the main update, and the one of the letter before it, which goes only to those who want everything of the brand.
const (
	subscribersPage   = 7
	subscribersBefore = 8
)

// lettersAround is the desk around the subscribers of the bench: one brand with a crisis centre of two pages.
type lettersAround struct{ set desk.Settings }

func (lettersAround) home() subscribe.Home {
	return subscribe.Home{BrandID: 1, ChannelID: 5, Brand: "Aurora", URL: "https://desk.example/c/aurora", Site: "https://help.example", Lang: "en"}
}

func (a lettersAround) HomeOf(context.Context, int64) (subscribe.Home, error)  { return a.home(), nil }
func (a lettersAround) HomeAt(context.Context, string) (subscribe.Home, error) { return a.home(), nil }

func (lettersAround) TopicOf(_ context.Context, id int64, _ string) (subscribe.Topic, error) {
	return subscribe.Topic{CentreID: id, BrandID: 1, Title: "Kettle recall", Slug: "kettle"}, nil
}

func (lettersAround) TopicAt(context.Context, int64, string, string) (subscribe.Topic, error) {
	return subscribe.Topic{}, desk.ErrNotFound
}

func (a lettersAround) Server(context.Context, int64) (desk.Settings, error) { return a.set, nil }
func (lettersAround) Held(*desk.Mailing, []desk.Hold) bool                   { return false }
func (lettersAround) Alarm(context.Context, int64, string, desk.Text)        {}

func (lettersAround) Words(_ context.Context, o subscribe.Order) ([]desk.MailingText, error) {
	return []desk.MailingText{{Lang: "en", Title: lettersSubject(o.CentreID), Link: "https://help.example/kettle/update-1.html",
		Text: "Please stop using the kettle K2 today and keep it away from children.\n\nBring it back to any shop. You get your money at once and need no receipt.\n\nWe write again at 18:00."}}, nil
}

func lettersSubject(page int64) string { return fmt.Sprintf("Update of page %d", page) }

// lettersDesk is the product's own desk of subscribers on a store, with the mail server of the bench.
func lettersDesk(db *store.DB, server string, connections int) *subscribe.Desk {
	host, port, _ := strings.Cut(server, ":")
	set := desk.Settings{"from": "news@aurora.example", "host": host, "port": port, "security": "none", "bounces": "bounces@aurora.example", "connections": fmt.Sprint(connections)}
	d := subscribe.New(db, []byte(strings.Repeat("k", 32)), lettersAround{set}, func(ctx context.Context, set desk.Settings) (subscribe.Conversation, error) {
		return email.Converse(ctx, set)
	}, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	// A letter that was put off waits for minutes in a desk, and for seconds in a bench.
	d.Timing.Look, d.Timing.Redo = 50*time.Millisecond, time.Second
	d.Timing.Again = []time.Duration{3 * time.Second, 6 * time.Second, 12 * time.Second}
	return d
}

// lettersState is what the desk says of a mailing.
type lettersState struct {
	State string
	Count desk.MailingCount
}

// serveLettersDesk sends until it is killed. It prints its own address: people leave there, and the bench asks how far it is.
func serveLettersDesk(at store.Config, server string, connections int) error {
	ctx := context.Background()
	at.Log = slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, at)
	if err != nil {
		return err
	}
	if err := db.ReleaseLeases(ctx); err != nil { // there is no other
		return err
	}
	d := lettersDesk(db, server, connections)
	d.Notes, d.Boot = filepath.Join(at.Path, "letters"), store.MachineClock().Boot
	mux := http.NewServeMux()
	mux.Handle("/c/", &subscribe.Door{Desk: d, PathOf: func(r *http.Request) (home, rest string, ok bool) {
		p, ok := strings.CutPrefix(r.URL.Path, "/c/")
		home, rest, _ = strings.Cut(p, "/")
		return home, rest, ok
	}})
	mux.HandleFunc("GET /state", func(w http.ResponseWriter, r *http.Request) {
		s, err := stateOfLetters(r.Context(), db, r.FormValue("key"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(s) // nobody to tell
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	ended := make(chan error, 2)
	go func() { ended <- http.Serve(l, mux) }()
	go func() { ended <- d.Run(ctx) }()
	return <-ended
}

// stateOfLetters is how far a mailing is; one that is not made yet is on its way.
func stateOfLetters(ctx context.Context, db *store.DB, key string) (s lettersState, err error) {
	m, err := db.MailingOf(ctx, key)
	if errors.Is(err, desk.ErrNotFound) {
		return lettersState{State: desk.MailingSending}, nil
	}
	if err != nil {
		return s, err
	}
	s.State = m.State
	s.Count, err = db.CountDeliveries(ctx, m.ID)
	return s, err
}
