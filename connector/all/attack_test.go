package all_test

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sync/errgroup"

	"breakwater/alert"
	"breakwater/connector"
	"breakwater/connector/all"
	"breakwater/connector/push"
	"breakwater/connector/sandbox"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/publish"
)

// inside is a DNS server for which every name is this machine.
func inside(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type}, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// device is a browser that takes pushes.
func device(t *testing.T) (p256dh, auth string) {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, 16)
	rand.Read(secret)
	return base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), base64.RawURLEncoding.EncodeToString(secret)
}

// filled are settings that a connector takes, as far as its Spec tells.
func filled(t *testing.T, spec desk.Spec) desk.Settings {
	t.Helper()
	p256dh, auth := device(t)
	known := desk.Settings{
		"p256dh": p256dh, "auth": auth, "secret": "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 24)), "mapping": "", "zone": "UTC", "from": "desk@example.org", "to": "ana@example.org",
		"list": "ana@example.org", "room": "!room:example.org", "identifier": "brand.bsky.social", "account": "AC0123", "query": "harbour", "topic": "harbour", "chat": "1", "key": strings.Repeat("a", 32),
	}
	set := make(desk.Settings)
	for _, f := range spec.Fields {
		switch {
		case known[f.Name] != "":
			set[f.Name] = known[f.Name]
		case f.Default != "":
			set[f.Name] = f.Default
		case len(f.Choices) > 0:
			set[f.Name] = f.Choices[0]
		case f.Kind == "number":
			set[f.Name] = ""
		case f.Required:
			set[f.Name] = "x"
		}
	}
	switch spec.Kind {
	case "sms", "voice":
		set["from"], set["to"], set["account"] = "+48123456789", "+48123456789", "AC"+strings.Repeat("0", 32)
	case "telegram":
		set["token"] = "123456:AbCdEfGhIjKlMnOpQrStUvWxYz012345678"
	}
	return set
}

type nothing struct{}

func (nothing) ChannelLines(context.Context, int64, string) ([]desk.Line, error) { return nil, nil }

func (nothing) KeepChannelLine(context.Context, int64, string, desk.Line) error { return nil }

func (nothing) Ask(_ context.Context, b desk.ByHand) (desk.ByHand, error) { return b, nil }

func (nothing) Asked(context.Context, int64, string) (desk.ByHand, error) {
	return desk.ByHand{}, desk.ErrNotFound
}

func envOf(c *fetch.Client) connector.Env {
	return connector.Env{Fetch: c, Log: slog.New(slog.DiscardHandler), SourceID: 1, Vapid: push.Private([]byte(strings.Repeat("k", 32))), Owner: "https://desk.example", Channel: desk.Channel{ID: 1},
		Lines: nothing{}, ByHand: nothing{}, Says: func(context.Context, string, int64) (bool, error) { return false, nil }}
}

// exercise does with settings all that a connector can.
func exercise(ctx context.Context, k connector.Kind, set desk.Settings, env connector.Env, m alert.Message) {
	if k.Check != nil {
		_, _ = k.Check(ctx, set, env)
	}
	if k.Exists != nil {
		_, _ = k.Exists(ctx, set, env, "somebody")
	}
	if k.Source != nil {
		if s, err := k.Source(set, env); err == nil {
			_, _ = s.Pull(ctx, "")
			if c, ok := s.(interface{ Close() error }); ok {
				_ = c.Close()
			}
		}
	}
	if k.Sender != nil {
		if s, err := k.Sender(set, env); err == nil {
			_, _ = s.Send(ctx, m)
		}
	}
	if k.Channel != nil {
		if c, err := k.Channel(set, env); err == nil {
			_, _ = c.Send(ctx, publish.Letter{Post: desk.Post{ID: 1, Key: "k", Text: m.Text, Title: m.Subject}, Body: func(context.Context, desk.Media) ([]byte, error) { return nil, desk.ErrNotFound }})
		}
	}
}

// No setting of any connector makes the desk call inside: whatever address is written into whatever field, and whatever the
// connector does with it. New connectors and new fields are covered by being there.
func TestAttackConnectorsReachInside(t *testing.T) {
	t.Parallel()
	var came atomic.Int32
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			came.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	env := envOf(fetch.New(fetch.Config{Resolver: inside(t), Connect: time.Second, Total: 3 * time.Second}))
	hostile := []string{
		"http://127.0.0.1:" + port + "/x", "https://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://[64:ff9b::7f00:1]:" + port, "http://2130706433:" + port, "http://0x7f.1:" + port,
		"http://inside.example:" + port + "/hook", "https://user:word@127.0.0.1:" + port, "http://169.254.169.254/latest", "wss://127.0.0.1:" + port, "file:///etc/passwd", "gopher://127.0.0.1:" + port, "127.0.0.1:" + port,
	}
	m := alert.Message{Key: "k", Subject: "x", Text: "x", Link: "http://127.0.0.1:" + port, Open: "Open"}
	var group errgroup.Group
	group.SetLimit(8)
	tried := 0
	for _, k := range all.Kinds(sandbox.New()) {
		specs := []desk.Spec{k.Spec}
		if k.ChannelSpec.Kind != "" {
			specs = append(specs, k.ChannelSpec)
		}
		for _, spec := range specs {
			for _, f := range spec.Fields {
				if f.Kind == "choice" || f.Kind == "number" || f.Kind == "bool" || f.Name == "mapping" || k.Spec.Kind == "email" {
					continue // mail servers are the exception that docs/running.md tells: they stand inside, and only an admin names them
				}
				for _, address := range hostile {
					set := filled(t, spec)
					set[f.Name] = address
					tried++
					group.Go(func() error {
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
						defer cancel()
						before := came.Load()
						exercise(ctx, k, set, env, m)
						if came.Load() != before {
							t.Errorf("%s called inside, maybe by %s = %s", spec.Kind, f.Name, address)
						}
						return nil
					})
				}
			}
		}
	}
	if err := group.Wait(); err != nil || tried < 500 {
		t.Fatalf("only %d settings were tried: %v", tried, err)
	}
}

// heard is what a service was sent.
type heard struct {
	mu   sync.Mutex // guards all
	all  []string   // header and body
	head []http.Header
}

// What strangers wrote does in a chat what words do: it calls nobody, links nowhere that looks otherwise, is no markup, and is no
// header of a request.
func TestAttackChatMarkup(t *testing.T) {
	t.Parallel()
	var h heard
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		h.all, h.head = append(h.all, string(b)), append(h.head, r.Header.Clone())
		h.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"ok":true,"event_id":"$1","id":1,"status":"success","sid":"x","result":{"message_id":1}}`)
	}))
	t.Cleanup(srv.Close)
	env := envOf(fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()}))
	const evil = "@everyone @here @channel @all @room <!channel> <!here> <@U012345> <@&1> <script>alert(1)</script> <img src=x onerror=alert(1)> <a href='javascript:alert(1)'>x</a> [Sign in](https://evil.example) ![x](https://evil.example/p) </b> ]]> \u202egnp.exe"
	m := alert.Message{Key: "k-1", Subject: evil + "\r\nX-Injected: yes\r\n\r\nGET /x", Text: evil + "\r\n.\r\nX-Injected: yes", Link: "https://desk.example/alerts/1", Open: "Open", Alert: desk.Alert{ID: 1, Level: desk.Crisis},
		To: desk.Way{Name: evil}}
	sent := 0
	for _, k := range all.Kinds(sandbox.New()) {
		if k.Sender == nil || k.Spec.Kind == "email" {
			continue
		}
		set := filled(t, k.Spec)
		for _, name := range []string{"url", "endpoint"} {
			if slices.ContainsFunc(k.Spec.Fields, func(f desk.Field) bool { return f.Name == name }) {
				set[name] = srv.URL + "/hook"
			}
		}
		h.mu.Lock()
		h.all, h.head = nil, nil
		h.mu.Unlock()
		s, err := k.Sender(set, env)
		if err != nil {
			t.Errorf("%s takes no settings made of its Spec: %v", k.Spec.Kind, err)
			continue
		}
		if _, err := s.Send(t.Context(), m); err != nil {
			t.Logf("%s: %v", k.Spec.Kind, err)
		}
		h.mu.Lock()
		for i, body := range h.all {
			sent++
			if h.head[i].Get("X-Injected") != "" {
				t.Errorf("%s: words became a header", k.Spec.Kind)
			}
			for _, values := range h.head[i] {
				if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
					t.Errorf("%s: a header holds a line end", k.Spec.Kind)
				}
			}
			checkMarkup(t, k.Spec.Kind, body)
		}
		if len(h.all) == 0 {
			t.Errorf("%s sent nothing, so this proves nothing", k.Spec.Kind)
		}
		h.mu.Unlock()
	}
	if sent < 10 {
		t.Errorf("only %d messages were looked at", sent)
	}
}

// live are words that do something in a service, by the service. Where markup is off, or shown as it is, nothing is live.
var live = map[string][]string{
	"slack":      {"<!channel>", "<!here>", "<@U012345>", "<script>"},
	"mattermost": {"@channel", "@all", "@here", "[Sign in](https://evil.example)", "![x]("},
	"matrix":     {"<script", "<img", "<a href='javascript"},
	"telegram":   {"<script", "<a href"},
	"teams":      {"[Sign in](https://evil.example)", "![x]("},
	"discord":    {"[Sign in](https://evil.example)"},
	"voice":      {"<script", "<img"},
}

// checkMarkup looks at all strings of a JSON body that the service reads as markup.
func checkMarkup(t *testing.T, kind, body string) {
	t.Helper()
	var v any
	if json.Unmarshal([]byte(body), &v) != nil {
		o := map[string]any{"body": body}
		if form, err := url.ParseQuery(body); err == nil {
			for name := range form {
				o[name] = form.Get(name)
			}
		}
		v = o
	}
	marked := map[string]func(map[string]any) bool{
		"slack":    func(o map[string]any) bool { return o["type"] != "plain_text" && o["type"] != "header" },
		"teams":    func(o map[string]any) bool { return o["type"] != "TextRun" },
		"telegram": func(o map[string]any) bool { return o["parse_mode"] != nil },
	}[kind]
	var walk func(v any, name string, on bool)
	walk = func(v any, name string, on bool) {
		switch v := v.(type) {
		case map[string]any:
			if marked != nil {
				on = marked(v)
			}
			for name, one := range v {
				walk(one, name, on)
			}
		case []any:
			for _, one := range v {
				walk(one, name, on)
			}
		case string:
			if kind == "matrix" && name == "body" { // plain by definition; what is marked up is formatted_body
				v = strings.NewReplacer("<script", "", "<img", "", "<a href='javascript", "").Replace(v)
			}
			for _, word := range live[kind] {
				if on && strings.Contains(v, word) {
					t.Errorf("%s: %q is live in %s: %.300q", kind, word, name, v)
				}
			}
		}
	}
	walk(v, "body", true)
	if o, ok := v.(map[string]any); ok && kind == "discord" {
		allowed, _ := o["allowed_mentions"].(map[string]any)
		if parse, ok := allowed["parse"].([]any); !ok || len(parse) != 0 {
			t.Errorf("discord: allowed_mentions is %v: a stranger's @everyone calls everybody", o["allowed_mentions"])
		}
	}
}
