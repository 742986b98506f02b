package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"

	"breakwater/app"
)

// deskFlags are what a desk needs to start. Everything else is changed in the console while it runs.
type deskFlags struct {
	Data         string   `help:"Data folder, made when missing." env:"BREAKWATER_DATA" default:"data" placeholder:"DIR"`
	Database     string   `help:"PostgreSQL address (postgres://…); empty is SQLite in the data folder." env:"BREAKWATER_DATABASE" placeholder:"URL"`
	LanguageTool string   `help:"LanguageTool server that reads texts for grammar before they go out; they are sent to it." env:"BREAKWATER_LANGUAGE_TOOL" placeholder:"URL"`
	AllowPrivate []string `help:"Private addresses or networks that sources and messages may reach." env:"BREAKWATER_ALLOW_PRIVATE" placeholder:"CIDR"`
	Model        string   `help:"Sentiment model: default, or open, learned only from openly licensed texts." env:"BREAKWATER_MODEL" enum:"default,open" default:"default"`
	LogLevel     string   `help:"Least level that is logged: debug, info, warn, error." env:"BREAKWATER_LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`
	LogFormat    string   `help:"Form of the log: text or json." env:"BREAKWATER_LOG_FORMAT" enum:"text,json" default:"text"`
}

func (f *deskFlags) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	opts := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

func (f *deskFlags) config(s streams) app.Config {
	return app.Config{Data: f.Data, DSN: f.Database, AllowPrivate: f.AllowPrivate, LanguageTool: f.LanguageTool, OpenModel: f.Model == "open", Version: version, Log: f.logger(s.Err), Out: s.Out}
}

type serveCmd struct {
	deskFlags  `embed:""`
	TrustProxy []string `help:"Proxies whose X-Forwarded-For is believed; this machine always is." env:"BREAKWATER_TRUST_PROXY" placeholder:"CIDR"`
	Metrics    []string `name:"metrics-from" help:"Addresses or networks that may read /metrics without a token." env:"BREAKWATER_METRICS_FROM" placeholder:"CIDR"`
	Listen     string   `help:"Address of the console and the API." env:"BREAKWATER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	TLSListen  string   `name:"tls-listen" help:"Address where console, API and crisis centre answer by TLS too." env:"BREAKWATER_TLS_LISTEN" placeholder:"HOST:PORT"`
	Certs      string   `help:"Folder with NAME.crt and NAME.key for each host name; renewed files are taken as they come." env:"BREAKWATER_CERTS" placeholder:"DIR"`
	ACME       string   `name:"acme" help:"Get certificates by ACME (Let's Encrypt) for our host names; the address is told to the authority." env:"BREAKWATER_ACME" placeholder:"MAIL"`
	Authority  string   `name:"acme-directory" help:"Another authority than Let's Encrypt: the address of its ACME directory." env:"BREAKWATER_ACME_DIRECTORY" placeholder:"URL"`
	PublicURL  string   `name:"public-url" help:"How people reach the console, for links in messages." env:"BREAKWATER_PUBLIC_URL" placeholder:"URL"`
}

// Run runs a desk until the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, s streams) error {
	conf := c.config(s)
	conf.TLSListen, conf.Certs, conf.ACME, conf.ACMEDirectory = c.TLSListen, c.Certs, c.ACME, c.Authority
	conf.Listen, conf.PublicURL, conf.TrustProxy, conf.MetricsFrom = c.Listen, c.PublicURL, c.TrustProxy, c.Metrics
	return app.Serve(ctx, conf)
}

type demoCmd struct {
	Listen    string  `help:"Address of the console and the API." env:"BREAKWATER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data      string  `help:"Data folder; without it a temporary one is made, and removed at the end." placeholder:"DIR"`
	Speed     float64 `help:"How fast the crisis unfolds; 1 is at its height within two minutes." default:"1"`
	Seed      int64   `help:"Of the crisis: the same seed makes the same one." default:"1"`
	Storm     string  `help:"Which crisis unfolds; drill list names them." placeholder:"NAME"`
	LogLevel  string  `help:"Least level that is logged." enum:"debug,info,warn,error" default:"warn"`
	LogFormat string  `help:"Form of the log: text or json." enum:"text,json" default:"text"`
}

// Run runs a desk with a throw-away brand until the process is told to stop.
func (c *demoCmd) Run(ctx context.Context, s streams) error {
	if c.Speed <= 0 {
		return misuse("--speed must be above 0, not %v", c.Speed)
	}
	if c.Storm != "" && !slices.ContainsFunc(app.Storms(), func(s app.StormInfo) bool { return s.Name == c.Storm }) {
		return misuse("there is no storm %q; breakwater drill list names them", c.Storm)
	}
	f := deskFlags{Data: c.Data, LogLevel: c.LogLevel, LogFormat: c.LogFormat}
	conf := f.config(s)
	conf.Listen = c.Listen
	return app.Demo(ctx, app.DemoConfig{Config: conf, Speed: c.Speed, Seed: c.Seed, Storm: c.Storm})
}

type storybookCmd struct {
	Listen string `help:"Address." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
}

// Run shows the pages until the process is told to stop.
func (c *storybookCmd) Run(ctx context.Context, s streams) error {
	return app.Storybook(ctx, app.Config{Listen: c.Listen, Out: s.Out})
}

type versionCmd struct {
	Remote bool `help:"Also ask the desk that --server names." name:"of-server"`
}

// Run prints this program's version, and the desk's.
func (v versionCmd) Run(ctx context.Context, r *remote, s streams) error {
	if !v.Remote {
		_, err := fmt.Fprintln(s.Out, "breakwater", version)
		return err
	}
	c, err := dial(ctx, r, s)
	if err != nil {
		return err
	}
	type out struct {
		Version string `json:"version"`
	}
	return show(c, http.MethodGet, "/version", nil, func(w io.Writer, o out) {
		fmt.Fprintf(w, "breakwater %s, the desk at %s %s\n", version, r.Server, o.Version)
	})
}
