package preflight

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/posttext"
)

const (
	maxLinks    = 10 // that are called for one text
	linkPatient = 4 * time.Second
)

// target is a link of the text with what it says about itself.
type target struct {
	from, to int
	url      string
	says     string // the words that are linked, where the channel has such links
}

// markdown is a link with words of its own.
var markdown = regexp.MustCompile(`\[([^\]\n]{1,200})\]\((https?://[^\s()]+)\)`)

// targets are the links of the text, each address once.
func (j *job) targets() (all []target) {
	seen := map[string]bool{}
	for _, m := range markdown.FindAllStringSubmatchIndex(j.Variant.Text, 100) {
		t := target{m[0], m[1], j.Variant.Text[m[4]:m[5]], j.Variant.Text[m[2]:m[3]]}
		seen[t.url] = true
		all = append(all, t)
	}
	for _, l := range posttext.Read("other", posttext.Limits{}, j.Variant.Text).Links {
		if !seen[l.Name] {
			seen[l.Name] = true
			all = append(all, target{from: l.Bytes[0], to: l.Bytes[1], url: l.Name})
		}
	}
	// What no network would link, because it is no public host, was still meant as a link.
	for _, m := range written.FindAllStringIndex(j.Variant.Text, maxWritten) {
		address := strings.TrimRight(j.Variant.Text[m[0]:m[1]], ".,;:!?)]}'\"")
		inside := func(t target) bool { return m[0] >= t.from && m[0] < t.to }
		if !seen[address] && !slices.ContainsFunc(all, inside) {
			seen[address] = true
			all = append(all, target{from: m[0], to: m[0] + len(address), url: address})
		}
	}
	return all
}

// written is whatever begins like an address.
var written = regexp.MustCompile(`https?://[^\s<>"]+`)

// maxWritten bounds how many of these are compared with the links.
const maxWritten = 200

// links calls every link, and says where it leads.
func links(ctx context.Context, j *job) (all []desk.Finding, _ error) {
	list := j.targets()
	if len(list) > maxLinks {
		all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("Not checked: {n} more links; the first {limit} were.", "n", len(list)-maxLinks, "limit", maxLinks), Fix: desk.Say("Look at them yourself, or leave some out.")})
		list = list[:maxLinks]
	}
	if len(list) == 0 {
		return all, nil
	}
	found := make([][]desk.Finding, len(list))
	var wg sync.WaitGroup
	for i, t := range list {
		wg.Go(func() {
			for _, f := range j.link(ctx, t) {
				f.From, f.To = t.from, t.to
				found[i] = append(found[i], f)
			}
		})
	}
	wg.Wait()
	for _, f := range found {
		all = append(all, f...)
	}
	return all, nil
}

func (j *job) link(ctx context.Context, t target) (all []desk.Finding) {
	u, err := url.Parse(t.url)
	if err != nil || u.Host == "" {
		return []desk.Finding{{Weight: desk.FindingBlock, Say: desk.Say("{link} is no address that can be opened.", "link", short(t.url)), Fix: desk.Say("Write the whole address.")}}
	}
	all = append(all, looks(u, t)...)
	if j.Fetch == nil {
		return append(all, unchecked("links", desk.FindingWarn, desk.Say("where {link} leads", "link", short(t.url))))
	}
	last, err := j.leads.get(t.url, func() (string, error) { return follow(ctx, j.Fetch, t.url) })
	if err != nil {
		return append(all, dead(t, u, err))
	}
	if to, err := url.Parse(last); err == nil && site(to.Host) != site(u.Host) {
		all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{link} leads on to {target}.", "link", short(t.url), "target", short(last)),
			Fix: desk.Say("If that is meant, link there at once."), Put: last})
	}
	return all
}

// looks is what can be told of an address without calling it.
func looks(u *url.URL, t target) (all []desk.Finding) {
	if u.User != nil {
		all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{link} holds a name or password before the host.", "link", u.Host), Fix: desk.Say("Take it out.")})
	}
	if u.Scheme == "http" {
		all = append(all, desk.Finding{Weight: desk.FindingHint, Say: desk.Say("{link} is not encrypted.", "link", short(t.url)), Fix: desk.Say("Use https, if the site has it."), Put: "https" + strings.TrimPrefix(t.url, "http")})
	}
	if ascii, err := idna.ToASCII(u.Hostname()); err == nil && ascii != strings.ToLower(u.Hostname()) && mixed(u.Hostname()) {
		all = append(all, desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("The host of {link} mixes alphabets: it may look like another.", "link", short(t.url)), Fix: desk.Say("Check every letter of it.")})
	}
	if said := posttext.Read("other", posttext.Limits{}, t.says).Links; len(said) > 0 {
		if s, err := url.Parse(said[0].Name); err == nil && site(s.Host) != site(u.Host) {
			all = append(all, desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("The text says {said}, and the link leads to {target}.", "said", s.Host, "target", u.Host), Fix: desk.Say("Make them the same.")})
		}
	}
	return all
}

// mixed reports whether a part of a host has Latin letters beside letters of Cyrillic or Greek, which look alike.
func mixed(host string) bool {
	for label := range strings.SplitSeq(host, ".") {
		latin, other := false, false
		for _, r := range label {
			latin = latin || r < 0x80 && (r|0x20) >= 'a' && (r|0x20) <= 'z'
			other = other || r >= 0x370 && r < 0x530
		}
		if latin && other {
			return true
		}
	}
	return false
}

// follow gives the address that answers at last. HEAD first; servers that do not like it are asked properly.
func follow(ctx context.Context, f *fetch.Client, address string) (string, error) {
	a, err := f.Do(ctx, fetch.Request{Method: http.MethodHead, URL: address, Total: linkPatient})
	var status *fetch.Status
	if err == nil {
		return a.URL, nil
	}
	if !errors.As(err, &status) {
		return "", err
	}
	a, err = f.Do(ctx, fetch.Request{URL: address, Total: linkPatient, MaxBody: 1 << 20})
	var large *fetch.TooLarge
	if errors.As(err, &large) {
		return address, nil // it is there, and large
	}
	return a.URL, err
}

// dead is the finding about a link that did not answer as it should.
func dead(t target, u *url.URL, err error) desk.Finding {
	var (
		status  *fetch.Status
		private *fetch.Private
		astray  *fetch.Astray
		gone    *fetch.Unreachable
	)
	link := short(t.url)
	check := desk.Say("Check the address.")
	switch {
	case errors.As(err, &private):
		return desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{link} lies inside a private network: nobody outside can open it.", "link", link), Fix: check}
	case errors.As(err, &status) && status.Gone():
		return desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{link} does not exist (error {code}).", "link", link, "code", status.Code), Fix: check}
	case errors.As(err, &status) && (status.Denied() || status.Limited()):
		return desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{link} does not let us in (error {code}).", "link", link, "code", status.Code), Fix: desk.Say("Open it in a window where you are signed in nowhere.")}
	case errors.As(err, &status):
		return desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("{link} answers with an error ({code}).", "link", link, "code", status.Code), Fix: desk.Say("Ask whoever runs the site: many may come.")}
	case errors.As(err, &astray):
		return desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("{link} leads in circles, or to no web page.", "link", link), Fix: check}
	case errors.As(err, &gone) && strings.Contains(gone.Error(), "no such host"):
		return desk.Finding{Weight: desk.FindingBlock, Say: desk.Say("The host of {link} does not exist.", "link", link), Fix: check}
	case errors.As(err, &gone) && strings.Contains(gone.Error(), "certificate"):
		return desk.Finding{Weight: desk.FindingWarn, Say: desk.Say("The certificate of {host} is not valid: browsers will warn.", "host", u.Host), Fix: desk.Say("Ask whoever runs the site.")}
	}
	return unchecked("links", desk.FindingWarn, desk.Say("where {link} leads", "link", link))
}

// site is the name under which a host's owner registered it.
func site(host string) string {
	host = strings.ToLower(host)
	if h, _, ok := strings.Cut(host, ":"); ok {
		host = h
	}
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return s
	}
	return host
}

// short is an address as a sentence can hold it.
func short(address string) string {
	address = strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	if r := []rune(address); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return strings.TrimSuffix(address, "/")
}
