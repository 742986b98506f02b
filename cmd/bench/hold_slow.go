package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"
)

// slowness is a network between the desk and its networks that can be made slow and unreliable.
type slowness interface {
	// addresses stand for the channels.
	addresses() []string
	// trouble makes it slow and cut connections, or well again.
	trouble(on bool) error
	name() string
	close()
}

// The trouble: a delay in both directions, and the share of connections that are cut.
const (
	troubleDelay  = 60 * time.Millisecond
	troubleJitter = 55 * time.Millisecond
	troubleCut    = 0.04
)

// newSlowness takes toxiproxy when it is there, else a delaying proxy of our own.
func newSlowness(upstream string) (slowness, error) {
	if program := toxiproxy(); program != "" {
		return newToxic(program, upstream)
	}
	return newDelaying(upstream)
}

// toxiproxy is the path of toxiproxy's server, empty when it is not installed.
func toxiproxy() string {
	for _, name := range []string{"toxiproxy-server", filepath.Join(".bin", "toxiproxy-server")} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// toxic is a toxiproxy server with a proxy for each channel.
type toxic struct {
	cmd    *exec.Cmd
	api    string
	listen []string
}

func newToxic(program, upstream string) (*toxic, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(free.Addr().String())
	if err != nil {
		return nil, err
	}
	free.Close()
	t := &toxic{cmd: exec.Command(program, "-host", "127.0.0.1", "-port", port), api: "http://127.0.0.1:" + port}
	t.cmd.Env = append(os.Environ(), "LOG_LEVEL=error")
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	for i := range holdWays {
		var made struct{ Listen string }
		in := map[string]any{"name": fmt.Sprint("c", i), "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true}
		for try := 0; ; try++ {
			if err = t.call(http.MethodPost, "/proxies", in, &made); err == nil || try == 100 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err != nil {
			t.close()
			return nil, fmt.Errorf("toxiproxy: %w", err)
		}
		t.listen = append(t.listen, made.Listen)
	}
	return t, nil
}

func (t *toxic) call(method, path string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(context.Background(), method, t.api+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return fmt.Errorf("%s %s: %s %s", method, path, res.Status, text)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func (t *toxic) addresses() []string { return t.listen }
func (t *toxic) name() string        { return "toxiproxy" }

func (t *toxic) trouble(on bool) error {
	var all []error
	for i := range t.listen {
		at := fmt.Sprintf("/proxies/c%d/toxics", i)
		if !on {
			for _, name := range []string{"up", "down", "cut"} {
				all = append(all, t.call(http.MethodDelete, at+"/"+name, nil, nil))
			}
			continue
		}
		delay := map[string]any{"latency": troubleDelay.Milliseconds(), "jitter": troubleJitter.Milliseconds()}
		all = append(all,
			t.call(http.MethodPost, at, map[string]any{"name": "up", "type": "latency", "stream": "upstream", "toxicity": 1.0, "attributes": delay}, nil),
			t.call(http.MethodPost, at, map[string]any{"name": "down", "type": "latency", "stream": "downstream", "toxicity": 1.0, "attributes": delay}, nil),
			t.call(http.MethodPost, at, map[string]any{"name": "cut", "type": "reset_peer", "stream": "downstream", "toxicity": troubleCut, "attributes": map[string]any{"timeout": 150}}, nil))
	}
	return errors.Join(all...)
}

func (t *toxic) close() {
	_ = t.cmd.Process.Kill()
	_ = t.cmd.Wait() // it was killed
}

// delaying is a proxy of our own, for machines without toxiproxy: it delays each connection's bytes and cuts some connections.
type delaying struct {
	listeners []net.Listener
	on        atomic.Bool
}

func newDelaying(upstream string) (*delaying, error) {
	d := &delaying{}
	for range holdWays {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			d.close()
			return nil, err
		}
		d.listeners = append(d.listeners, ln)
		go func() {
			for {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				go d.carry(c, upstream)
			}
		}()
	}
	return d, nil
}

func (d *delaying) carry(c net.Conn, upstream string) {
	defer c.Close()
	u, err := net.Dial("tcp", upstream)
	if err != nil {
		return
	}
	defer u.Close()
	if d.on.Load() && rand.Float64() < troubleCut {
		time.AfterFunc(150*time.Millisecond, func() { c.Close() })
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{u, c}, {c, u}} {
		go func() {
			defer func() { done <- struct{}{} }()
			b := make([]byte, 32<<10)
			for {
				n, err := way[1].Read(b)
				if d.on.Load() && n > 0 {
					time.Sleep(troubleDelay + time.Duration(rand.Int64N(2*int64(troubleJitter))) - troubleJitter)
				}
				if _, werr := way[0].Write(b[:n]); err != nil || werr != nil {
					return
				}
			}
		}()
	}
	<-done
}

func (d *delaying) addresses() (all []string) {
	for _, ln := range d.listeners {
		all = append(all, ln.Addr().String())
	}
	return all
}

func (d *delaying) name() string          { return "a delaying proxy of our own (toxiproxy is not installed)" }
func (d *delaying) trouble(on bool) error { d.on.Store(on); return nil }

func (d *delaying) close() {
	for _, ln := range d.listeners {
		ln.Close()
	}
}
