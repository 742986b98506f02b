package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// benchCentre measures the crisis page as the public gets it: the real program beside nginx, which serves the folder that the program
// exported, on the same machine in alternating rounds; then a thousand visitors at a steady pace, again in alternating rounds. Once a
// second the page is published anew through the desk; a reader beside them tells which publishes were really to be seen. Every body is
// read whole and compared with its ETag and length. nginx's folder stays as it is: what publishing costs, it does not pay for.
//
// A thousand connections that ask as fast as they are answered would measure only themselves: by Little's law each waits for all others. So
// visitors ask at times that are set beforehand, whether or not the answer before has come, and the time of an answer counts from when
// its request was due to its last byte. How late the asking itself began, because the machine had other things to do, is printed beside.
//
// References: 0.8 of nginx's requests per second; p99 under 10 ms at 1,000 connections; no half-made page, none older than one the
// same visitor had; a publish a second; under 50 KB. What is missed is printed; only a page that is half-made or older fails the run.
func benchCentre(args []string) error {
	fs := flag.NewFlagSet("centre", flag.ContinueOnError)
	rounds := fs.Int("rounds", 3, "of each server, plain and compressed each")
	span := fs.Duration("for", 2*time.Second, "how long a round takes")
	conns := fs.Int("conns", 64, "connections that ask as fast as they are answered")
	many := fs.Int("many", 1000, "connections of the visitors")
	rate := fs.Float64("rate", 5000, "requests a second that the visitors ask together")
	pace := fs.Duration("pace", 10*time.Second, "how long they ask each server, in six rounds")
	safe := fs.Bool("tls", false, "all of it by TLS")
	nginx := fs.String("nginx", "nginx", "program to compare with")
	if err := fs.Parse(args); err != nil {
		return err
	}
	b := new(centreBench)
	defer b.close()
	if err := b.open(*safe, *nginx); err != nil {
		return err
	}
	page, err := b.fetch(false)
	if err != nil {
		return err
	}
	packed, err := b.fetch(true)
	if err != nil {
		return err
	}
	by := "HTTP/1.1 without TLS"
	if *safe {
		by = "HTTP/1.1 by TLS 1.3"
	}
	fmt.Printf("page %d bytes, compressed %d; %s; %d connections, a publish a second\n\n%-22s %12s %12s %8s\n", len(page.body), len(packed.body), by, *conns, "", "breakwater/s", "nginx/s", "ratio")
	p := b.publish()
	seen, err := b.crowds(*rounds, *conns, *span)
	if err == nil {
		err = b.visits(*many, *rate, *pace, &seen)
	}
	told, wrong := p.stop()
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	fmt.Printf("\n%d publishes in %.1f s; a reader saw %d of them, the slowest %.0f ms after it was asked for\n", told.asked, told.took.Seconds(), told.seen, told.slowest.Seconds()*1000)
	for _, miss := range seen.misses(len(page.body), len(packed.body), told) {
		fmt.Println("missed:", miss)
	}
	fmt.Printf("requests_per_second=%.0f ratio_to_nginx=%.2f p99_ms=%.2f nginx_p99_ms=%.2f half_made=%d went_back=%d publishes_per_second=%.2f page_bytes=%d page_gzip_bytes=%d\n",
		seen.perSecond, seen.ratio, seen.p99, seen.nginxP99, seen.half, seen.back, told.perSecond(), len(page.body), len(packed.body))
	if seen.half+seen.back > 0 {
		return fmt.Errorf("%d answers were half of a page, %d older than the one before", seen.half, seen.back)
	}
	return nil
}

// The references. A page comes by one answer, over any telephone.
const (
	leastRatio    = 0.8
	mostP99       = 10.0   // ms
	mostPageBytes = 50_000 // also compressed
)

// misses are the references that were missed, for people. They may be the machine's fault; half a page never is.
func (c *crowded) misses(page, packed int, told pressed) (all []string) {
	if c.ratio < leastRatio {
		all = append(all, fmt.Sprintf("%.2f of nginx's requests a second, reference at least %.2f", c.ratio, leastRatio))
	}
	if c.p99 >= mostP99 {
		all = append(all, fmt.Sprintf("p99 %.2f ms (nginx's: %.2f), reference under %.0f", c.p99, c.nginxP99, mostP99))
	}
	if told.seen < int(told.took.Seconds())-1 { // the last one may be on its way
		all = append(all, fmt.Sprintf("%d publishes were to be seen in %.0f seconds, reference one a second", told.seen, told.took.Seconds()))
	}
	if page >= mostPageBytes || packed >= mostPageBytes {
		all = append(all, fmt.Sprintf("the page has %d bytes, compressed %d, reference under %d", page, packed, mostPageBytes))
	}
	return all
}

// crowded is what the measure came to.
type crowded struct {
	perSecond, ratio float64 // the worse of plain and compressed
	p99, nginxP99    float64 // ms
	half, back       int
}

// crowds has both servers asked as fast as they answer.
func (b *centreBench) crowds(rounds, conns int, span time.Duration) (c crowded, err error) {
	for _, zip := range []bool{false, true} {
		var ours, theirs []float64
		type server struct {
			address string
			into    *[]float64
		}
		both := []server{{b.page(), &ours}, {b.nginx + "/kettle/", &theirs}}
		for range rounds {
			slices.Reverse(both) // whoever asks second finds the machine warmer
			for _, one := range both {
				r := rush(target{one.address, zip, b.trust}, conns, span)
				if r.err != nil {
					return c, r.err
				}
				*one.into = append(*one.into, r.perSecond)
				c.half, c.back = c.half+r.half, c.back+r.back
			}
		}
		ratio := middle(ours) / middle(theirs)
		fmt.Printf("%-22s %12.0f %12.0f %8.2f\n", map[bool]string{false: "plain", true: "gzip"}[zip], middle(ours), middle(theirs), ratio)
		if !zip || ratio < c.ratio {
			c.ratio = ratio
		}
		if !zip || middle(ours) < c.perSecond {
			c.perSecond = middle(ours)
		}
	}
	return c, nil
}

// visits has visitors ask both servers at a steady pace.
func (b *centreBench) visits(many int, rate float64, pace time.Duration, c *crowded) error {
	const turns = 6
	all := make([]*visitors, 2)
	for i, address := range []string{b.nginx + "/kettle/", b.page()} {
		v, err := gather(address, b.trust, many)
		if err != nil {
			return err
		}
		defer v.leave()
		all[i] = v
	}
	for turn := range turns {
		for i := range all {
			v := all[(i+turn)%2] // each is first as often as the other
			if err := v.visit(rate, pace/turns); err != nil {
				return err
			}
		}
	}
	fmt.Printf("\n%d connections, %.0f requests a second, from the moment that each was due\n%-22s %8s %8s %8s %8s %14s %8s %s\n", many, rate, "", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "late, p99 ms", "asked", "half-made")
	for i, name := range []string{"nginx", "breakwater"} {
		v := all[i]
		half, back := v.faults()
		c.half, c.back = c.half+half, c.back+back
		slices.Sort(v.took)
		slices.Sort(v.late)
		fmt.Printf("%-22s %8.2f %8.2f %8.2f %8.2f %14.2f %8d %d\n", name, at(v.took, 0.5), at(v.took, 0.99), at(v.took, 0.999), at(v.took, 1), at(v.late, 0.99), len(v.took), half)
	}
	c.nginxP99, c.p99 = at(all[0].took, 0.99), at(all[1].took, 0.99)
	return nil
}

func middle(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// centreBench is a desk and an nginx beside it.
type centreBench struct {
	dir     string
	desk    string      // where the desk answers its team
	crowd   string      // where it answers the public
	nginx   string      // where nginx does
	trust   *tls.Config // of those who ask; nil: no TLS
	token   string
	id      int64 // of the page
	running []*exec.Cmd
}

// page is the address of the crisis page.
func (b *centreBench) page() string { return b.crowd + "/c/aurora/kettle/" }

// fetch asks for the crisis page once.
func (b *centreBench) fetch(zip bool) (answer, error) { return fetch(target{b.page(), zip, b.trust}) }

// open starts both servers.
func (b *centreBench) open(safe bool, nginx string) (err error) {
	if b.dir, err = os.MkdirTemp("", "breakwater-centre-"); err != nil {
		return err
	}
	if safe {
		if b.trust, err = certify(b.dir); err != nil {
			return err
		}
	}
	if err := b.openDesk(); err != nil {
		return err
	}
	return b.openNginx(nginx)
}

func (b *centreBench) close() {
	for _, cmd := range b.running {
		_ = cmd.Process.Signal(syscall.SIGTERM) // Wait tells whether it ended
		_ = cmd.Wait()
	}
	_ = os.RemoveAll(b.dir)
}

// start runs a program until the bench ends, and waits until it answers at an address.
func (b *centreBench) start(address string, cmd *exec.Cmd) error {
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return err
	}
	b.running = append(b.running, cmd)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: b.trust}}
	defer client.CloseIdleConnections()
	for deadline := time.Now().Add(30 * time.Second); ; {
		res, err := client.Get(address)
		if err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s does not answer at %s: %s", cmd.Path, address, said.String())
		}
		time.Sleep(20 * time.Millisecond)
	}
}
