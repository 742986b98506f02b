package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// benchCentre measures the crisis page as the public gets it: the real program beside nginx, which serves the folder that the program
// exported, on the same machine in alternating rounds; then a thousand visitors at a steady pace. Once a second the page is published
// anew through the desk, and every body is read whole and compared with its ETag and length.
//
// References: 0.8 of nginx's requests per second; p99 under 10 ms at 1,000 connections; no half-made page.
func benchCentre(args []string) error {
	fs := flag.NewFlagSet("centre", flag.ContinueOnError)
	rounds := fs.Int("rounds", 3, "of each server, plain and compressed each")
	span := fs.Duration("for", 2*time.Second, "how long a round takes")
	conns := fs.Int("conns", 64, "connections that ask as fast as they are answered")
	many := fs.Int("many", 1000, "connections of the visitors")
	rate := fs.Float64("rate", 2000, "requests a second that the visitors ask together")
	pace := fs.Duration("pace", 10*time.Second, "how long they ask")
	nginx := fs.String("nginx", "nginx", "program to compare with")
	if err := fs.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "breakwater-centre-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &centreBench{dir: dir}
	defer b.close()
	if err := b.openDesk(); err != nil {
		return err
	}
	if err := b.openNginx(*nginx); err != nil {
		return err
	}
	page, err := fetch(b.desk+"/c/aurora/kettle/", false)
	if err != nil {
		return err
	}
	fmt.Printf("page %d bytes, compressed %d; %d connections, a publish a second\n\n%-22s %12s %12s %8s\n", len(page.body), b.packed, *conns, "", "breakwater/s", "nginx/s", "ratio")
	stop := b.publish()
	var ours, theirs []float64
	var half int
	for _, gzip := range []bool{false, true} {
		var o, n []float64
		for range *rounds {
			for _, one := range []struct {
				base string
				into *[]float64
			}{{b.desk + "/c/aurora", &o}, {b.nginx, &n}} {
				r := rush(one.base+"/kettle/", gzip, *conns, *span)
				if r.err != nil {
					return errors.Join(r.err, stop())
				}
				*one.into = append(*one.into, r.perSecond)
				half += r.half
			}
		}
		fmt.Printf("%-22s %12.0f %12.0f %8.2f\n", map[bool]string{false: "plain", true: "gzip"}[gzip], middle(o), middle(n), middle(o)/middle(n))
		ours, theirs = append(ours, middle(o)), append(theirs, middle(n))
	}
	fmt.Printf("\n%d connections, %.0f requests a second, from the moment that each was due\n%-22s %8s %8s %8s %8s %s\n", *many, *rate, "", "p50 ms", "p99 ms", "max ms", "asked", "half-made")
	var p99 float64
	for _, one := range []struct{ name, base string }{{"nginx", b.nginx}, {"breakwater", b.desk + "/c/aurora"}} {
		v := visit(one.base+"/kettle/", *many, *rate, *pace)
		if v.err != nil {
			return errors.Join(v.err, stop())
		}
		half += v.half
		p99 = v.at(0.99)
		fmt.Printf("%-22s %8.2f %8.2f %8.2f %8d %d\n", one.name, v.at(0.5), p99, v.at(1), len(v.took), v.half)
	}
	if err := stop(); err != nil {
		return err
	}
	ratio := min(ours[0]/theirs[0], ours[1]/theirs[1]) // the worse of the two counts
	fmt.Printf("\n%d pages published meanwhile\n", b.published.Load())
	fmt.Printf("requests_per_second=%.0f ratio_to_nginx=%.2f p99_ms=%.2f half_made=%d\n", min(ours[0], ours[1]), ratio, p99, half)
	return nil
}

func middle(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// centreBench is a desk and an nginx beside it.
type centreBench struct {
	dir, desk, nginx string
	token            string
	page             int64
	packed           int // bytes of the compressed page
	running          []*exec.Cmd
	published        atomic.Int64
}

func (b *centreBench) close() {
	for _, cmd := range b.running {
		_ = cmd.Process.Signal(syscall.SIGTERM) // Wait tells whether it ended
		_ = cmd.Wait()
	}
}

// start runs a program until the bench ends, and waits until it answers at base.
func (b *centreBench) start(base string, cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	b.running = append(b.running, cmd)
	for deadline := time.Now().Add(30 * time.Second); ; {
		res, err := http.Get(base)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer at %s: %s", cmd.Path, base, said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freeAddress() (string, error) {
	ln, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

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
	if err := b.start(b.desk+"/readyz", exec.Command(program, "serve", "--listen", address, "--data", data)); err != nil {
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
	if err := b.call(http.MethodPost, "/channels", map[string]any{"brand_id": brandID, "kind": "centre", "name": "Crisis centre", "settings": map[string]string{"path": "aurora"}}, nil); err != nil {
		return err
	}
	if err := b.call(http.MethodPost, "/centre", map[string]any{"brand_id": brandID, "name": "Kettle", "draft": []any{benchPage(0)}}, &page); err != nil {
		return err
	}
	b.page = page.ID
	if err := b.again(0); err != nil {
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		p, err := fetch(b.desk+"/c/aurora/kettle/", true)
		if err == nil {
			b.packed = len(p.body)
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the page is not public: %w", err)
		}
	}
	export := exec.Command(program, "centre", "export", filepath.Join(b.dir, "www"), "--brand", brandID)
	export.Env = append(os.Environ(), "BREAKWATER_SERVER="+b.desk, "BREAKWATER_TOKEN="+b.token)
	if out, err := export.CombinedOutput(); err != nil {
		return fmt.Errorf("export: %w: %s", err, out)
	}
	return nil
}

// benchPage is what the page says the n-th time.
func benchPage(n int) map[string]any {
	var asked []any
	for i := range 12 {
		asked = append(asked, map[string]any{"id": fmt.Sprintf("q%d", i+1), "question": fmt.Sprintf("What about the kettles of series %d?", 20+i),
			"answer": "They are tested by an independent laboratory. Whoever has one gets a new one, with or without a receipt. Call +48 800 555 012, day and night."})
	}
	return map[string]any{"lang": "en", "title": "Aurora kettle 1.7 l: please stop using it", "about": fmt.Sprintf("In three kettles the handle came off while water was boiling. We have stopped selling it. Kettles tested so far: %d.", 1000+n),
		"do": []string{"Stop using the kettle, even if it looks fine.", "Look at the number on its base.", "Call us: +48 800 555 012"}, "help": []string{"Day and night: +48 800 555 012", "help@aurora.example"}, "questions": asked}
}

// again has the page signed and published with other words. At the level of ordinary times nobody has to sign.
func (b *centreBench) again(n int) error {
	path := fmt.Sprintf("/centre/%d", b.page)
	if n > 0 {
		if err := b.call(http.MethodPut, path, map[string]any{"name": "Kettle", "slug": "kettle", "draft": []any{benchPage(n)}}, nil); err != nil {
			return err
		}
	}
	if err := b.call(http.MethodPost, path+"/ask", map[string]any{"level": 0}, nil); err != nil {
		return err
	}
	return b.call(http.MethodPost, path+"/publish", map[string]any{}, nil)
}

// publish publishes the page once a second until the function that it gives is called, which tells what went wrong.
func (b *centreBench) publish() (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for n := 1; ; n++ {
			select {
			case <-ctx.Done():
				done <- nil
				return
			case <-tick.C:
				if err := b.again(n); err != nil {
					done <- fmt.Errorf("publish: %w", err)
					return
				}
				b.published.Add(1)
			}
		}
	}()
	return sync.OnceValue(func() error { cancel(); return <-done })
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

// benchNginx is nginx as one who knows it would set it up for this: everything in its caches, nothing logged, files compressed beforehand.
const benchNginx = `
worker_processes auto;
daemon off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log warn;
events { worker_connections 8192; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 100000000;
	open_file_cache max=1000;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	types { text/html html; application/json json; application/xml xml; }
	gzip_static on;
	server {
		listen %[2]s;
		root %[1]s/www;
		add_header Cache-Control "public, max-age=15";
	}
}
`

func (b *centreBench) openNginx(program string) error {
	path, err := exec.LookPath(program)
	if err != nil {
		if path = "/usr/sbin/nginx"; !filepath.IsAbs(program) {
			_, err = os.Stat(path)
		}
		if err != nil {
			return fmt.Errorf("nginx is needed to compare with (test/install/servers.sh installs it): %w", err)
		}
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	b.nginx = "http://" + address
	conf := filepath.Join(b.dir, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, benchNginx, b.dir, address), 0o644); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil { // its workers are somebody else when root starts it
		return err
	}
	return b.start(b.nginx+"/kettle/", exec.Command(path, "-p", b.dir, "-e", filepath.Join(b.dir, "error.log"), "-c", conf))
}
