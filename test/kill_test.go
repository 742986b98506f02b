package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"breakwater/desk"
	"breakwater/radar"
)

// How much the killed desk is sent, and how often it is killed meanwhile.
const (
	killDeliveries = 240
	killMentions   = 25 // in each delivery
	killTimes      = 4
)

// served is a desk on a data folder that can be killed and started again.
type served struct {
	demoDesk
	data  string
	flags []string // besides those that every desk needs
	cmd   *exec.Cmd
}

// start runs the desk and waits until it may be relied on.
func (s *served) start(t *testing.T) {
	t.Helper()
	s.cmd = exec.Command(program(t), append([]string{"serve", "--data", s.data, "--listen", strings.TrimPrefix(s.url, "http://")}, s.flags...)...)
	s.cmd.Stderr = t.Output() // shown when the test fails
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the desk to be ready", func() bool {
		res, err := http.Get(s.url + "/readyz")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

// kill ends the desk as a power cut would.
func (s *served) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // it was killed: that is its error
}

// newDesk makes a data folder with one admin and starts a desk on it.
func newDesk(t *testing.T, flags ...string) *served {
	t.Helper()
	s := &served{data: t.TempDir(), flags: flags, demoDesk: demoDesk{url: "http://" + freeAddress(t), email: "ana@example.org", password: "calm before the storm"}}
	s.start(t)
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			s.kill(t)
		}
	})
	add := exec.Command(program(t), "user", "add", s.email, "--data", s.data, "--name", "Ana", "--role", "admin")
	add.Stdin = strings.NewReader(s.password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	return s
}

// send posts JSON to the API and reads the answer.
func send[T any](t *testing.T, c *http.Client, address string, body any) (v T) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Post(address, "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode >= 300 {
		t.Fatalf("POST %s: %s %v\n%s", address, res.Status, err, answer)
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestKilled sends mentions to a desk that is killed -9 again and again. A sender that repeats what was not answered loses
// nothing, and nothing counts twice: not in the rows and not in the roll-ups.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := newDesk(t)
	c := s.client(t)
	brand := send[desk.Brand](t, c, s.url+"/api/v1/brands", map[string]any{"name": "Aurora", "zone": "UTC"})
	monitor := send[desk.Monitor](t, c, s.url+"/api/v1/monitors", map[string]any{"brand_id": fmt.Sprint(brand.ID), "kind": "brand", "name": "Aurora", "query": "aurora", "sensitivity": "balanced"})
	src := send[desk.Source](t, c, s.url+"/api/v1/sources", map[string]any{"kind": "webhook", "name": "Shop", "settings": map[string]string{}})
	signer, err := standardwebhooks.NewWebhook(src.Settings["secret"])
	if err != nil {
		t.Fatalf("the new source's secret %q: %v", src.Settings["secret"], err)
	}

	done := make(chan error, 1)
	go func() { done <- deliver(s.url, src.ID, signer) }()
	for range killTimes {
		time.Sleep(time.Duration(150+rand.IntN(500)) * time.Millisecond) // any moment is a good one to die at
		s.kill(t)
		s.start(t)
	}
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(patience):
		t.Fatalf("not everything was delivered within %s", patience)
	}

	seen := make(map[string]int)
	for cursor := ""; ; {
		page := read[struct {
			Items []desk.Mention
			Next  string
		}](t, c, s.url+"/api/v1/mentions?limit=200&cursor="+cursor)
		for _, m := range page.Items {
			seen[m.NativeID]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for i := range killDeliveries * killMentions {
		if n := seen[fmt.Sprint("m", i)]; n != 1 {
			t.Errorf("mention %d is there %d times", i, n)
		}
	}
	series := read[radar.Chart](t, c, fmt.Sprintf("%s/api/v1/radar/series?monitor=%d&from=%s", s.url, monitor.ID, time.Now().Add(-2*time.Hour).UTC().Format(time.RFC3339)))
	total := 0
	for _, p := range series.Points {
		total += p.Count
	}
	if want := killDeliveries * killMentions; total != want {
		t.Errorf("the roll-ups count %d mentions, want %d", total, want)
	}
	stopped := exec.Command(program(t), "check", "--data", s.data)
	s.kill(t)
	if out, err := stopped.CombinedOutput(); err != nil {
		t.Errorf("check after the last kill: %v\n%s", err, out)
	}
}

// deliver sends every delivery, each until it is answered.
func deliver(url string, source int64, signer *standardwebhooks.Webhook) error {
	client := &http.Client{Timeout: 10 * time.Second}
	until := time.Now().Add(patience)
	for d := 0; d < killDeliveries; {
		if time.Now().After(until) {
			return fmt.Errorf("delivery %d was not answered", d)
		}
		status, err := deliverOne(client, url, source, signer, d)
		switch {
		case err != nil, status >= 500, status == http.StatusTooManyRequests: // dead or starting: again
			time.Sleep(20 * time.Millisecond)
		case status == http.StatusAccepted:
			d++
		default:
			return fmt.Errorf("delivery %d: status %d", d, status)
		}
	}
	return nil
}

func deliverOne(client *http.Client, url string, source int64, signer *standardwebhooks.Webhook, d int) (int, error) {
	var list []map[string]any
	for i := range killMentions {
		n := d*killMentions + i
		list = append(list, map[string]any{
			"id": fmt.Sprint("m", n), "network": "shop", "text": fmt.Sprintf("Aurora review number %d, said in words of its own: %x", n, n*7919),
			"author": map[string]any{"handle": fmt.Sprint("u", n%97)}, "published": time.Now().Add(-time.Minute).UTC().Format(time.RFC3339Nano),
		})
	}
	body, err := json.Marshal(map[string]any{"mentions": list})
	if err != nil {
		return 0, err
	}
	id, now := fmt.Sprint("delivery-", d), time.Now()
	signature, err := signer.Sign(id, now, body)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/in/%d", url, source), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", fmt.Sprint(now.Unix()))
	req.Header.Set("webhook-signature", signature)
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	res.Body.Close()
	return res.StatusCode, nil
}
