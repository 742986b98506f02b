package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime"

	"breakwater/app"
	"breakwater/desk"
)

// queryPeople signs in to look at the screens. The desk is the bench's own.
const queryEmail, queryPassword = "ana@example.org", "calm before the storm"

// screens serves the filled store and gives the p95 of the whole radar, explorer and room, in milliseconds.
func (q *querying) screens(ctx context.Context, dir, dsn string) (worst []float64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := app.Config{Data: dir, DSN: dsn, Log: slog.New(slog.DiscardHandler)}
	var wrong *desk.Invalid
	if _, err := app.AddUser(ctx, c, desk.User{Email: queryEmail, Name: "Ana", Role: desk.Admin}, queryPassword); err != nil && !errors.As(err, &wrong) {
		return nil, err // there already: of an earlier run
	}
	d, err := startDesk(ctx, dir, dsn)
	if err != nil {
		return nil, err
	}
	defer func() {
		stop()
		<-d.ended
	}()
	browser, err := signedIn(d.url, queryEmail, queryPassword)
	if err != nil {
		return nil, err
	}
	room, err := d.anyRoom(q)
	if err != nil {
		return nil, err
	}
	page := func(name string, path func(i int) string) named {
		i := 0
		return named{name, func(ctx context.Context) (int, error) {
			i++
			return d.page(ctx, browser, path(i))
		}}
	}
	brand := fmt.Sprint("?brand=", q.brand)
	spans := []string{"24h", "7d", "28d"}
	t := newTimes("screen, whole, by HTTP (rows: bytes)")
	for _, group := range [][]named{
		{
			page("radar: 24 hours", func(int) string { return "/" + brand }),
			page("radar: each span in turn", func(i int) string { return "/" + brand + "&span=" + spans[i%len(spans)] }),
		},
		{
			page("explorer: newest", func(int) string { return "/mentions" + brand }),
			page("explorer: common word", func(int) string { return "/mentions" + brand + "&q=" + url.QueryEscape(q.word("en", 0, 20)) }),
			page("explorer: rare word", func(int) string { return "/mentions" + brand + "&q=" + url.QueryEscape(q.word("en", 5000, 30000)) }),
			page("explorer: Hebrew word", func(int) string { return "/mentions" + brand + "&q=" + url.QueryEscape(q.word("he", 0, 3000)) }),
			page("explorer: Chinese, two characters", func(int) string { return "/mentions" + brand + "&q=" + url.QueryEscape(q.pair()) }),
			page("explorer: phrase", func(int) string {
				return "/mentions" + brand + "&q=" + url.QueryEscape(fmt.Sprintf("%q", q.word("sv", 50, 500)+" "+q.word("sv", 50, 500)))
			}),
		},
		{page("room", func(int) string { return room })},
	} {
		most := 0.0
		for _, one := range group {
			p95, err := t.time(ctx, one)
			if err != nil {
				return nil, err
			}
			most = max(most, p95)
		}
		worst = append(worst, most)
	}
	if err := t.tw.Flush(); err != nil {
		return nil, err
	}
	fmt.Printf("\n%d days, %d monitors, %d runs of each, %d processors\n", queryDays, len(q.monitors), queryRuns, runtime.NumCPU())
	return worst, nil
}

// anyRoom is the path of an open room over the brand's two largest monitors; it is opened unless there is one.
func (d *latencyDesk) anyRoom(q *querying) (string, error) {
	var rooms struct{ Items []desk.Incident }
	if err := d.call(http.MethodGet, "/incidents", nil, &rooms); err != nil {
		return "", err
	}
	for _, one := range rooms.Items {
		return fmt.Sprint("/incidents/", one.ID), nil
	}
	var made desk.Incident
	err := d.call(http.MethodPost, "/incidents", map[string]any{"brand_id": fmt.Sprint(q.brand), "title": "The kettle", "level": 3, "began": q.end.Add(-3 * 3600e9),
		"monitors": []string{fmt.Sprint(q.monitors[0]), fmt.Sprint(q.monitors[1])}}, &made)
	return fmt.Sprint("/incidents/", made.ID), err
}

// page reads a page as a browser does, to its end, and gives its length in bytes.
func (d *latencyDesk) page(ctx context.Context, browser *http.Client, path string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+path, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := browser.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s gives %s", path, res.Status)
	}
	return int(n), err
}
