package s3

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"breakwater/connector"
	"breakwater/desk"
	"breakwater/internal/fetch"
	"breakwater/internal/needs"
	"breakwater/mirror"
)

func always() error { return nil }

// A bucket of real storage that checks signatures gets objects, new ones in the place of old ones, and loses what is gone; what goes wrong
// is told so that people can act.
func TestBucketOfRealStorage(t *testing.T) {
	t.Parallel()
	s := needs.S3(t)
	if err := os.Mkdir(filepath.Join(s.Folder, "help"), 0o755); err != nil {
		t.Fatal(err)
	}
	door := fetch.New(fetch.Config{AllowPrivate: fetch.Loopback()})
	good := desk.Settings{"endpoint": s.URL, "region": "us-east-1", "bucket": "help", "prefix": "aurora/site", "access_key": s.Access, "secret_key": s.Secret, "address": "path"}
	open := func(with desk.Settings) mirror.Place {
		set := maps.Clone(good)
		maps.Copy(set, with)
		p, err := Kind.Place(set, connector.Env{Fetch: door})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := open(nil)
	if err := p.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := mirror.File{Type: "text/html; charset=utf-8", Cache: "public, max-age=15", Body: []byte("<p>one</p>")}
	n, err := p.Push(t.Context(), mirror.Change{Steps: []mirror.Step{{Name: "kettle/he.html", File: page}, {Name: "index.html", File: page}, {Name: "never.html", Gone: true}}}, always)
	if n != 3 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	at := func(name string) string { return filepath.Join(s.Folder, "help", "aurora", "site", name) }
	if b, err := os.ReadFile(at("kettle/he.html")); err != nil || string(b) != "<p>one</p>" {
		t.Errorf("the object is %q, %v", b, err)
	}
	page.Body = []byte("<p>two</p>")
	if _, err := p.Push(t.Context(), mirror.Change{Steps: []mirror.Step{{Name: "index.html", File: page}, {Name: "kettle/he.html", Gone: true}}}, always); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(at("index.html")); string(b) != "<p>two</p>" {
		t.Errorf("the object is %q", b)
	}
	if _, err := os.Stat(at("kettle/he.html")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what is gone is there: %v", err)
	}
	held := errors.New("held")
	if n, err := p.Push(t.Context(), mirror.Change{Steps: []mirror.Step{{Name: "x"}}}, func() error { return held }); n != 0 || !errors.Is(err, held) {
		t.Errorf("under a hold: %d, %v", n, err)
	}
	for name, tt := range map[string]struct {
		with desk.Settings
		want error
	}{
		"a wrong secret":     {desk.Settings{"secret_key": "x"}, desk.ErrDenied},
		"no such bucket":     {desk.Settings{"bucket": "none"}, desk.ErrBroken},
		"nobody at the door": {desk.Settings{"endpoint": "http://127.0.0.1:1"}, nil},
	} {
		err := open(tt.with).Test(t.Context())
		var retry *desk.Retry
		if tt.want == nil && !errors.As(err, &retry) || tt.want != nil && !errors.Is(err, tt.want) || desk.ProblemOf(err).IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is served is written where its name says, and settings that lead elsewhere are refused.
func TestAddressOfObjects(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		set  desk.Settings
		want string
	}{
		"path":         {desk.Settings{"endpoint": "https://s3.example.org", "bucket": "help"}, "https://s3.example.org/help/"},
		"host":         {desk.Settings{"endpoint": "https://s3.example.org/", "bucket": "help", "address": "host name", "prefix": "/a/b/"}, "https://help.s3.example.org/a/b/"},
		"dots":         {desk.Settings{"endpoint": "https://s3.example.org", "bucket": "help", "prefix": "../x"}, ""},
		"not a name":   {desk.Settings{"endpoint": "https://s3.example.org", "bucket": "help/x"}, ""},
		"with a query": {desk.Settings{"endpoint": "https://s3.example.org/?x=y", "bucket": "help"}, ""},
	} {
		p, err := newBucket(tt.set, connector.Env{})
		var wrong *desk.Invalid
		switch {
		case tt.want == "" && !errors.As(err, &wrong):
			t.Errorf("%s: %v", name, err)
		case tt.want != "" && (err != nil || p.(*bucket).base.String() != tt.want):
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}
