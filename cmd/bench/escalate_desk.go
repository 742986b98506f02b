package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"breakwater/desk"
	"breakwater/oncall"
	"breakwater/store"
)

// serveEscalateDesk is a desk of which only the escalations are there. A line on its input sets its clock: seconds by which it is
// wrong.
func serveEscalateDesk(data, receiver string, offset time.Duration) error {
	ctx := context.Background()
	var wrong atomic.Int64
	wrong.Store(int64(offset))
	clock := store.MachineClock()
	clock.Wall = func() time.Time { return time.Now().Round(0).Add(time.Duration(wrong.Load())) }
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, store.Config{Path: data, Clock: &clock, Log: quiet})
	if err != nil {
		return err
	}
	if err := db.ReleaseLeases(ctx); err != nil {
		return err
	}
	escalator := oncall.NewEscalator(db, oncall.Links{Key: []byte("bench")}, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	postman := oncall.NewPostman(db, escalator, escalator.Log)
	postman.Log = quiet
	postman.Carry = carryTo(receiver)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return escalator.Run(ctx) })
	group.Go(func() error { return postman.Run(ctx) })
	fmt.Println("open")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		seconds, err := strconv.ParseInt(strings.TrimSpace(in.Text()), 10, 64)
		if err != nil {
			return err
		}
		wrong.Store(int64(time.Duration(seconds) * time.Second))
	}
	return group.Wait()
}

// carryTo brings letters to the bench's receivers.
func carryTo(base string) func(context.Context, desk.Letter, []desk.Escalation) (string, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	return func(ctx context.Context, l desk.Letter, _ []desk.Escalation) (string, error) {
		body, err := escalateNote{Key: oncall.Key(l), Way: l.WayID, Calls: l.Calls, Made: l.Asked.UnixMicro()}.body()
		if err != nil {
			return "", err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/"+strconv.FormatInt(l.WayID, 10), bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		req.GetBody = nil // no second try that nobody asked for
		resp, err := client.Do(req)
		if err != nil {
			return "", &desk.Retry{Err: err}
		}
		defer resp.Body.Close()
		switch {
		case resp.StatusCode < 300:
			return "ok", nil
		case resp.StatusCode == http.StatusTooManyRequests:
			seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
			return "", &desk.Retry{After: time.Duration(seconds) * time.Second, Limited: true, Err: errors.New(resp.Status)}
		}
		return "", &desk.Retry{Err: errors.New(resp.Status)}
	}
}
