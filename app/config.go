// Package app puts the desk together: what is made from what, what starts and what stops. flow.go is the order of work.
package app

import (
	"context"
	"crypto/x509"
	"io"
	"log/slog"

	"breakwater/centre"
	"breakwater/desk"
	"breakwater/drill"
	"breakwater/internal/seal"
	"breakwater/journal"
)

// Config is what a desk needs to start. Everything that changes while it runs lives in the store.
type Config struct {
	Listen        string       // host:port of the console and the API
	Data          string       // data folder; made when missing
	TLSListen     string       // host:port where all of it answers by TLS too; empty: nowhere
	Certs         string       // folder with NAME.crt and NAME.key for each host name
	ACME          string       // mail address to get certificates by ACME with, for the console's name and those of crisis centres; empty: none are got
	ACMEDirectory string       // of another authority than Let's Encrypt; empty: that
	DSN           string       // postgres://… ; empty is SQLite in the data folder
	PublicURL     string       // how people reach the console, for links in messages; empty: http://Listen
	AllowPrivate  []string     // networks (CIDR) or addresses that sources and messages may reach although private
	TrustProxy    []string     // networks (CIDR) or addresses of proxies that say who asked; this machine always is one
	MetricsFrom   []string     // networks (CIDR) or addresses that may read /metrics without a token; this machine may while PublicURL is one of its own
	LanguageTool  string       // address of a LanguageTool server that reads texts before they go out; empty: none does
	OpenModel     bool         // read sentiment by the model that was learned from openly licensed texts alone (docs/model.md)
	Version       string       // of the program, as the API tells it
	Log           *slog.Logger // never nil
	Out           io.Writer    // where the first-run token is printed; nil: standard output

	box        *seal.Box      // seals secrets
	linkKey    []byte         // signs the links to approve with
	pushKey    desk.Secret    // of Web Push; empty: no pushes
	lettersKey []byte         // signs the links in letters to subscribers, and hides their mailboxes
	callKey    []byte         // signs the links to take a matter up with, and the addresses of calendars
	heads      *journal.Heads // what is kept of the journal outside of the database
	acmeDoor   *x509.CertPool // vouches for the authority's own address; nil: the system's
	certs      *certificates  // of the host names; nil: nobody comes by TLS
	site       *centre.Site   // the public pages, up before anything else; nil: they are made anew
}

// DemoConfig is a desk with a seeded brand and a storm that unfolds by itself.
type DemoConfig struct {
	Config
	Speed float64 // 1: the crisis is at its height within two minutes
	Seed  int64   // of the storm; the same seed makes the same storm
	Storm string  // name of one of Storms; empty: the first
}

// StormInfo is a storm that a demo or a drill can play.
type StormInfo struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Brand string `json:"brand"`
}

// Storms are all of them, the demo's first.
func Storms() []StormInfo {
	var all []StormInfo
	for _, c := range drill.Cases() {
		all = append(all, StormInfo{c.Name, c.Title, c.Brand().Name})
	}
	return all
}

// Serve runs a desk until ctx ends, then stops it in good order.
func Serve(ctx context.Context, c Config) error { return serve(ctx, c) }

// Demo runs a desk with a throw-away brand until ctx ends.
func Demo(ctx context.Context, c DemoConfig) error { return demo(ctx, c) }
