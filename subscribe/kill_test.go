package subscribe_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"breakwater/connector/email"
	"breakwater/desk"
	"breakwater/store"
	"breakwater/subscribe"
)

// As a child, the test program is a desk that sends until it is killed: PRESS is the folder of its store, OFFICE its mail server.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PRESS"); dir != "" {
		if err := press(dir, os.Getenv("OFFICE")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func press(dir, office string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Config{Path: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	if err := db.ReleaseLeases(ctx); err != nil {
		return err
	}
	host, port, _ := strings.Cut(office, ":")
	a := newAround(desk.Settings{"from": "news@aurora.example", "host": host, "port": port, "security": "none", "connections": "3"})
	d := subscribe.New(db, []byte(strings.Repeat("k", 32)), a, func(ctx context.Context, set desk.Settings) (subscribe.Conversation, error) {
		return email.Converse(ctx, set)
	}, slog.New(slog.DiscardHandler))
	d.Notes, d.Boot = filepath.Join(dir, "letters"), store.MachineClock().Boot
	d.Timing.Look = 5 * time.Millisecond
	return d.Run(ctx)
}

// A desk that is killed over and over while it writes to a slow server writes to everybody once; of those whom it was writing to when it
// died it says that it does not know, and nobody gets two.
func TestKilledWhileItSends(t *testing.T) {
	t.Parallel()
	const readers = 400
	o := office{delay: 2 * time.Millisecond}
	set := o.open(t)
	dir := t.TempDir()
	d, db, _ := deskIn(t, set, dir)
	crowd(t, d, readers, "en")
	order(t, d, db, first)
	kills, id := 0, int64(0)
	for done := false; !done; {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "PRESS="+dir, "OFFICE="+set["host"]+":"+set["port"])
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		had, _ := o.receivers()
		until(t, "some letters more, or the end", func() bool {
			all, err := db.Mailings(t.Context(), 1, 0, desk.Paging{})
			n, _ := o.receivers()
			if err == nil && len(all) > 0 {
				id, done = all[0].ID, all[0].State == desk.MailingDone
			}
			return done || n >= had+readers/6
		})
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if !done {
			kills++
		}
	}
	c, err := db.CountDeliveries(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	n, doubled := o.receivers()
	t.Logf("%d kills; the server has %d letters; noted %v", kills, n, c)
	if doubled != 0 || kills < 2 || c[desk.DeliverySent]+c[desk.DeliveryUnknown] != readers || n < c[desk.DeliverySent] || c[desk.DeliveryUnknown] > kills*3 {
		t.Errorf("after %d kills the server has %d letters, %d of them twice; noted %v of %d", kills, n, doubled, c, readers)
	}
}
