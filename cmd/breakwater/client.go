package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"breakwater/desk"
)

// client speaks to a desk's API for one command.
type client struct {
	remote
	streams
	ctx  context.Context
	http *http.Client
	lang string // that answers are asked for in; empty is English
}

// dial makes the client of a command. It connects nothing yet.
func dial(ctx context.Context, r *remote, s streams) (*client, error) {
	u, err := url.Parse(r.Server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, misuse("--server must be an address like https://desk.example.org, not %q", r.Server)
	}
	r.Server = strings.TrimRight(r.Server, "/")
	return &client{remote: *r, streams: s, ctx: ctx, http: &http.Client{}}, nil
}

// problem is what the API answers when it did not do what was asked (RFC 9457).
type problem struct {
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	Reference string `json:"reference"`
	Errors    []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
		At      *int   `json:"at"`
	} `json:"errors"`
	Warnings []struct {
		Check   string `json:"check"`
		Weight  string `json:"weight"`
		Message string `json:"message"`
		Fix     string `json:"fix"`
	} `json:"warnings"`
}

// Error is all that helps somebody at a terminal.
func (p *problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Title)
	if len(p.Errors)+len(p.Warnings) == 0 && p.Detail != "" {
		b.WriteString(" " + p.Detail)
	}
	for _, e := range p.Errors {
		fmt.Fprintf(&b, "\n  %s: %s", e.Field, e.Message)
		if e.At != nil {
			fmt.Fprintf(&b, " (at character %d)", *e.At+1)
		}
	}
	var past []string
	for _, w := range p.Warnings {
		fmt.Fprintf(&b, "\n  %s: %s", w.Check, strings.TrimSpace(w.Message+" "+w.Fix))
		if w.Weight == desk.FindingWarn {
			past = append(past, w.Check)
		}
	}
	if len(past) > 0 {
		b.WriteString("\n  Say it in other words, or send it all the same with --despite " + strings.Join(past, ","))
	}
	if p.Code == "sign_in" {
		b.WriteString("\n  Set BREAKWATER_TOKEN, or --token, to a token of this desk.")
	}
	if p.Reference != "" {
		b.WriteString("\n  Reference: " + p.Reference)
	}
	return b.String()
}

// request sends one request; the answer's body is the caller's to close. Anything but 2xx is an error.
func (c *client) request(method, path string, q url.Values, kind string, body io.Reader) (*http.Response, error) {
	address := c.Server + "/api/v1" + path
	if len(q) > 0 {
		address += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(c.ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if body != nil {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept-Language", cmp.Or(c.lang, "en"))
	req.Header.Set("User-Agent", "breakwater/"+version)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s does not answer: %w", c.Server, bare(err))
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	p := &problem{Title: resp.Status}
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil || json.Unmarshal(b, p) != nil {
		p = &problem{Title: fmt.Sprintf("%s answered %s. Is it a Breakwater desk?", c.Server, resp.Status)}
	}
	return nil, p
}

// bare is an error of the HTTP client without the address, which was said already.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// call sends in as JSON, when there is one, and reads the answer into out, when there is one.
func (c *client) call(method, path string, q url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	resp, err := c.request(method, path, q, "application/json", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	return nil
}

// list reads a list page by page until most are there or it ends; most 0 is all.
func list[T any](c *client, path string, q url.Values, most int, each func(json.RawMessage, T) error) error {
	if q == nil {
		q = url.Values{}
	}
	for n := 0; ; {
		size := 200
		if most > 0 {
			size = min(size, most-n)
		}
		q.Set("limit", strconv.Itoa(size))
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next"`
		}
		if err := c.call(http.MethodGet, path, q, nil, &page); err != nil {
			return err
		}
		for _, raw := range page.Items {
			var item T
			if err := json.Unmarshal(raw, &item); err != nil {
				return fmt.Errorf("read the answer of %s: %w", c.Server, err)
			}
			if err := each(raw, item); err != nil {
				return err
			}
			n++
		}
		if page.Next == "" || most > 0 && n >= most {
			return nil
		}
		q.Set("cursor", page.Next)
	}
}

// table prints a list: as JSON lines with --json, else in columns under head.
func table[T any](c *client, path string, q url.Values, most int, head string, row func(T) []string) error {
	if c.JSON {
		return list(c, path, q, most, func(raw json.RawMessage, _ T) error { return c.line(raw) })
	}
	w := tabwriter.NewWriter(c.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.ReplaceAll(head, " ", "\t"))
	n := 0
	err := list(c, path, q, most, func(_ json.RawMessage, item T) error {
		n++
		_, err := fmt.Fprintln(w, strings.Join(clean(row(item)), "\t"))
		return err
	})
	if err != nil || n == 0 {
		if err == nil {
			fmt.Fprintln(c.Err, "nothing")
		}
		return err
	}
	return w.Flush()
}

// line prints raw JSON on one line.
func (c *client) line(raw []byte) error {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := c.Out.Write(b.Bytes())
	return err
}

// show calls and prints the answer: as it came with --json, else as say puts it.
func show[T any](c *client, method, path string, in any, say func(io.Writer, T)) error {
	var raw json.RawMessage
	if err := c.call(method, path, nil, in, &raw); err != nil {
		return err
	}
	if c.JSON {
		return c.line(raw)
	}
	var out T
	if err := json.Unmarshal(raw, &out); err != nil {
		return fmt.Errorf("read the answer of %s: %w", c.Server, err)
	}
	say(calm{c.Out}, out)
	return nil
}

// done calls for something without an answer and says that it was done.
func (c *client) done(method, path string, in any, say string) error {
	if err := c.call(method, path, nil, in, nil); err != nil {
		return err
	}
	if c.JSON {
		return c.line([]byte(`{"done":true}`))
	}
	_, err := fmt.Fprintln(c.Out, say)
	return err
}

// clean keeps what strangers wrote from moving the cursor or breaking the columns.
func clean(cells []string) []string {
	for i, s := range cells {
		s = strings.Map(func(r rune) rune {
			if r < ' ' || steers(r) {
				return ' '
			}
			return r
		}, s)
		if s == "" {
			s = "-"
		}
		cells[i] = s
	}
	return cells
}

// steers reports whether a character does something to a terminal, or turns what follows it around.
func steers(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// calm is a terminal that words of strangers cannot steer. What is written to it at once is whole characters.
type calm struct{ io.Writer }

// Write writes what is words.
func (c calm) Write(b []byte) (int, error) {
	_, err := io.WriteString(c.Writer, strings.Map(func(r rune) rune {
		if steers(r) {
			return -1
		}
		return r
	}, string(b)))
	return len(b), err
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// when is a time as the tables show it, in the reader's zone.
func when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// query puts together a query string of what is set.
func query(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" && pairs[i+1] != "0" && pairs[i+1] != "false" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// print1 prints one thing as JSON on one line.
func print1(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

// said prints that something was done.
func said(r *remote, s streams, what string) error {
	if r.JSON {
		return print1(s.Out, map[string]any{"done": true, "what": what})
	}
	_, err := fmt.Fprintln(s.Out, what)
	return err
}
