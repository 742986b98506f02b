package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"breakwater/desk"
)

// openDesk builds and starts the real program, and publishes a page by its API.
func (b *centreBench) openDesk() error {
	program, data := filepath.Join(b.dir, "breakwater"), filepath.Join(b.dir, "data")
	if out, err := exec.Command("go", "build", "-o", program, "breakwater/cmd/breakwater").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	b.desk = "http://" + address
	serve := []string{"serve", "--listen", address, "--data", data}
	if b.crowd = b.desk; b.trust != nil {
		safe, err := freeAddress()
		if err != nil {
			return err
		}
		b.crowd = "https://" + safe
		serve = append(serve, "--tls-listen", safe, "--certs", b.dir)
	}
	if err := b.start(b.desk+"/readyz", exec.Command(program, serve...)); err != nil {
		return err
	}
	add := exec.Command(program, "user", "add", "--data", data, "--name", "Ana", "--role", "admin", "ana@example.org")
	add.Stdin = strings.NewReader("a password for a bench\n")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("add a person: %w: %s", err, out)
	}
	out, err := exec.Command(program, "user", "token", "--data", data, "bench").Output()
	if err != nil {
		return fmt.Errorf("make a token: %w", err)
	}
	for word := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(word, "bw_") {
			b.token = word
		}
	}
	return b.prepare(program)
}

// prepare makes brand, crisis centre and page, and exports it.
func (b *centreBench) prepare(program string) error {
	var brand, page struct {
		ID int64 `json:"id,string"`
	}
	err := b.call(http.MethodPost, "/brands", map[string]any{"name": "Aurora", "zone": "Europe/Warsaw"}, &brand)
	if err != nil {
		return err
	}
	brandID := fmt.Sprint(brand.ID)
	var channel, incident struct {
		ID int64 `json:"id,string"`
	}
	if err := b.call(http.MethodPost, "/channels", map[string]any{"brand_id": brandID, "kind": "centre", "name": "Crisis centre", "settings": map[string]string{"path": "aurora"}}, &channel); err != nil {
		return err
	}
	if err := b.call(http.MethodPost, "/incidents", map[string]any{"brand_id": brandID, "title": "Kettle", "level": desk.Watch}, &incident); err != nil {
		return err
	}
	if err := b.call(http.MethodPost, fmt.Sprintf("/incidents/%d/level", incident.ID), map[string]any{"level": desk.Normal, "why": "So that nobody has to sign."}, nil); err != nil {
		return err
	}
	if err := b.call(http.MethodPost, "/centre", map[string]any{"brand_id": brandID, "incident_id": fmt.Sprint(incident.ID), "name": "Kettle", "draft": []any{benchPage(0)}}, &page); err != nil {
		return err
	}
	b.id = page.ID
	if err := b.again(0); err != nil {
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_, err := b.fetch(true)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the page is not public: %w", err)
		}
	}
	if err := b.tell(incident.ID, channel.ID); err != nil {
		return err
	}
	export := exec.Command(program, "centre", "export", filepath.Join(b.dir, "www"), "--brand", brandID)
	export.Env = append(os.Environ(), "BREAKWATER_SERVER="+b.desk, "BREAKWATER_TOKEN="+b.token)
	if out, err := export.CombinedOutput(); err != nil {
		return fmt.Errorf("export: %w: %s", err, out)
	}
	return nil
}

// tell publishes the updates of a page, and waits until it shows the last one.
func (b *centreBench) tell(incident, channel int64) error {
	for i, text := range benchUpdates {
		var s struct {
			ID int64 `json:"id,string"`
		}
		words := map[string]any{"title": fmt.Sprintf("Update of day %d", 1+i/2), "kind": "update", "level": desk.Normal, "messages": []any{},
			"variants": []any{map[string]any{"id": "v1", "channel_id": fmt.Sprint(channel), "kind": "centre", "lang": "en", "title": fmt.Sprintf("Update of day %d", 1+i/2), "text": text}}}
		if err := b.call(http.MethodPost, "/statements", map[string]any{"incident_id": fmt.Sprint(incident), "words": words}, &s); err != nil {
			return err
		}
		for _, step := range []string{"submit", "publish"} {
			if err := b.call(http.MethodPost, fmt.Sprintf("/statements/%d/%s", s.ID, step), map[string]any{}, nil); err != nil {
				return err
			}
		}
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			p, err := b.fetch(false)
			if err != nil {
				return err
			}
			if bytes.Contains(p.body, fmt.Appendf(nil, `id="u%d"`, i+1)) {
				break
			}
			if time.Now().After(deadline) {
				return fmt.Errorf("update %d is not public", i+1)
			}
		}
	}
	return nil
}

// call asks the API.
func (b *centreBench) call(method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(method, b.desk+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+b.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
