package feed

import (
	"context"
	"errors"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
)

// check reads the feed once and says what is in it; for a web page, which feeds it offers.
func check(ctx context.Context, set desk.Settings, env connector.Env) (desk.Text, error) {
	f, err := open(set, env)
	if err != nil {
		return desk.Text{}, err
	}
	a, err := f.ask(ctx, f.address, cursor{})
	if err != nil {
		return desk.Text{}, failure(err)
	}
	parsed, err := decode(a.Body, a.Header.Get("Content-Type"))
	if errors.Is(err, errPage) {
		return desk.Text{}, offers(ctx, env.Fetch, f.address.String(), err)
	}
	if err != nil {
		return desk.Text{}, err
	}
	d := newDocument(parsed, a.URL, time.Now())
	return desk.Say("This works: {title} with {n} articles.", "title", orElse(line(parsed.Title), d.home), "n", len(parsed.Items)), nil
}

func offers(ctx context.Context, c *fetch.Client, address string, page error) error {
	found, err := Discover(ctx, c, address)
	if err != nil || len(found) == 0 {
		return page
	}
	return desk.Wrong("url", "This is a web page, not a feed. It offers this feed: {address}", "address", found[0].URL)
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
