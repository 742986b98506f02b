// Package git keeps a copy of the public pages on a branch of a git repository, for hosts that serve such a branch as a website. It speaks
// git's own protocol for pushing, so that no git has to be installed and no clone is kept: docs/decisions/0004-copies-on-other-servers.md.
package git

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/shell"
	"breakwater/mirror"
)

// Kind is a copy on a branch.
var Kind = connector.Kind{Place: newBranch, PlaceFresh: fresh, PlacePublic: connector.PublicKey, Spec: desk.Spec{
	Kind:  "git",
	Title: "Branch of a git repository",
	Help:  "A branch that GitHub, GitLab, Forgejo, Cloudflare and others serve as a website. The branch is the copy's own: what else lies on it goes.",
	Fields: append([]desk.Field{
		{Name: "remote", Label: "Address of the repository", Required: true, Help: "https://git.example.org/aurora/help.git or ssh://git@git.example.org/aurora/help.git."},
		{Name: "branch", Label: "Branch", Default: "pages"},
		{Name: "domain", Label: "Own host name", Help: "Written into the file CNAME, by which some hosts know it. Empty: none."},
		{Name: "user", Label: "User name", Help: "For https. Many hosts take any name beside a token."},
		{Name: "password", Label: "Password or token", Kind: "secret", Help: "For https."},
	}, connector.KeyFields...),
}}

// fresh makes a key where the repository is reached by SSH.
func fresh(set desk.Settings) error {
	if r, err := parse(set["remote"]); err != nil || r.web {
		return nil
	}
	set["password"] = ""
	return connector.FreshKey(set)
}

// remote is where a repository is reached.
type remote struct {
	web           bool   // by http or https, else by SSH
	url           string // of the web
	host, address string // of SSH: address is host:port
	user, path    string
}

// parse reads an address as git has it: of the web, ssh://, or user@host:path.
func parse(address string) (r remote, err error) {
	wrong := desk.Wrong("remote", "Enter an address that begins with https:// or ssh://.")
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		who, path, ok := strings.Cut(address, ":")
		user, host, has := strings.Cut(who, "@")
		if !ok || !has || strings.ContainsAny(host, "/ ") || host == "" || path == "" {
			return r, wrong
		}
		return remote{host: host, address: net.JoinHostPort(host, "22"), user: user, path: path}, nil
	}
	switch {
	case u.Host == "" || u.RawQuery != "" || u.Fragment != "":
		return r, wrong
	case u.Scheme == "https" || u.Scheme == "http" && here(u.Hostname()):
		u.User = nil
		return remote{web: true, host: u.Hostname(), url: strings.TrimSuffix(u.String(), "/")}, nil
	case u.Scheme != "ssh" || u.Path == "":
		return r, wrong
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	user := u.User.Username()
	if user == "" {
		user = "git"
	}
	return remote{host: u.Hostname(), address: net.JoinHostPort(u.Hostname(), port), user: user, path: u.Path}, nil
}

// here reports whether a host is this machine: to any other a token would go for everybody on the way to read.
func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// branch is where a copy lies.
type branch struct {
	remote
	set desk.Settings
	env connector.Env
}

func newBranch(set desk.Settings, env connector.Env) (mirror.Place, error) {
	r, err := parse(set["remote"])
	if err != nil {
		return nil, err
	}
	if name := set["branch"]; name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_./") != "" || strings.Contains(name, "..") ||
		strings.Contains(name, "//") || strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.HasSuffix(name, ".lock") {
		return nil, desk.Wrong("branch", "A branch takes letters, digits, hyphens and slashes: pages.")
	}
	if strings.ContainsAny(set["domain"], "/:@ \n") {
		return nil, desk.Wrong("domain", "Enter a host name alone, like help.example.org.")
	}
	if set["key"] != "" {
		if _, err := shell.Parse(set["key"]); err != nil {
			return nil, desk.Wrong("key", "This is no private key that can be read. It must have no passphrase.")
		}
	}
	return &branch{r, set, env}, nil
}

// ref is the full name of the branch.
func (b *branch) ref() string { return "refs/heads/" + b.set["branch"] }

// Push implements mirror.Place: one commit with everything, after what the branch was. It is there as a whole or not at all.
func (b *branch) Push(ctx context.Context, change mirror.Change, may func() error) (done int, err error) {
	files := make(map[string][]byte, len(change.Files)+2)
	for name, f := range change.Files {
		files[name] = f.Body
	}
	files[".nojekyll"] = nil // GitHub serves what begins with an underscore, and makes nothing else of our files
	if d := b.set["domain"]; d != "" {
		files["CNAME"] = []byte(d + "\n")
	}
	say := fmt.Sprintf("Crisis centre: %d of %d files changed", len(change.Steps), len(change.Files))
	err = b.talk(ctx, func(have refs, send func(command, pack []byte) ([]byte, error)) error {
		old, ok := have.at[b.ref()]
		p := newPack()
		made, err := p.commit(files, old, say, time.Now())
		if err != nil {
			return err
		}
		if !ok {
			old = none
		}
		if err := may(); err != nil {
			return err
		}
		answer, err := send(line(old+" "+made+" "+b.ref()+"\x00 report-status agent=breakwater"), p.bytes())
		if err != nil {
			return err
		}
		return accepted(answer, b.ref())
	})
	if err != nil {
		return 0, b.failure(ctx, err)
	}
	return len(change.Steps), nil
}

// Test implements mirror.Place: who may ask what the branches are in order to push may push, but for rules of single branches.
func (b *branch) Test(ctx context.Context) error {
	return b.failure(ctx, b.talk(ctx, func(refs, func(command, pack []byte) ([]byte, error)) error { return nil }))
}

// talk asks what the repository has, and lets then send one command.
func (b *branch) talk(ctx context.Context, then func(have refs, send func(command, pack []byte) ([]byte, error)) error) error {
	if b.web {
		return b.byWeb(ctx, then)
	}
	return b.byShell(ctx, then)
}

// pushTime is how long a server may take to take everything in.
const pushTime = 90 * time.Second

func (b *branch) byWeb(ctx context.Context, then func(refs, func(command, pack []byte) ([]byte, error)) error) error {
	head := http.Header{}
	if b.set["password"] != "" {
		who := b.set["user"]
		if who == "" {
			who = "git"
		}
		head.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(who+":"+b.set["password"])))
	}
	a, err := b.env.Fetch.Do(ctx, fetch.Request{URL: b.url + "/info/refs?service=git-receive-pack", Header: head})
	if err != nil {
		return err
	}
	have, err := advertised(a.Body)
	if err != nil {
		return err
	}
	return then(have, func(command, pack []byte) ([]byte, error) {
		head.Set("Content-Type", "application/x-git-receive-pack-request")
		body := append(append(command, flush...), pack...)
		a, err := b.env.Fetch.Do(ctx, fetch.Request{Method: http.MethodPost, URL: b.url + "/git-receive-pack", Header: head, Body: body, Total: pushTime})
		return a.Body, err
	})
}

func (b *branch) byShell(ctx context.Context, then func(refs, func(command, pack []byte) ([]byte, error)) error) error {
	conn, err := shell.Dial(ctx, b.env.Fetch, shell.Account{Address: b.address, User: b.user, Key: b.set["key"], HostKey: b.set[mirror.HostKey]})
	if err != nil {
		return connector.ShellFailure(b.host, err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	return overShell(conn, b.path, then)
}

// failure says what an error means.
func (b *branch) failure(ctx context.Context, err error) error {
	var status *fetch.Status
	switch {
	case err == nil, ctx.Err() != nil:
		return err
	case errors.Is(err, errNotTaken):
		return &desk.Problem{Say: desk.Say("{host} did not move the branch {branch}. It may be protected, or checked out there.", "host", b.host, "branch", b.set["branch"]), Err: fmt.Errorf("%w: %w", desk.ErrDenied, err)}
	case errors.Is(err, errNoGit), errors.As(err, &status) && status.Code == http.StatusNotFound:
		return &desk.Problem{Say: desk.Say("There is no repository at this address of {host}, or we may not write there.", "host", b.host), Err: fmt.Errorf("%w: %w", desk.ErrBroken, err)}
	}
	return connector.Failure(err)
}
