// Package breakwater_test checks the house itself: who may import whom, that every package says what it is for, that every
// dependency has a reason, that documents name things that exist. Each failure says why the rule is there.
package breakwater_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "breakwater"

// stages are the steps of the work and what stands beside them. They meet only in nouns.
var stages = []string{
	"source", "match", "enrich", "detect", "alert", "incident", "plan", "approve", "publish", "reply", "centre", "review",
	"people", "access", "preflight", "brief", "staff", "drill", "journal", "radar", "occasion", "oncall", "topic", "assess", "subscribe", "mirror",
}

// imports says for each folder which of our own folders its code may import (tests may import more).
// A folder stands for itself and everything beneath it.
func mayImport(dir string) (allowed []string, because string) {
	top, _, _ := strings.Cut(dir, "/")
	switch {
	case top == "desk":
		return nil, "everything may depend on desk, so desk depends on the standard library alone"
	case top == "internal":
		return []string{"internal"}, "plumbing knows no nouns"
	case slices.Contains(stages, top):
		return []string{"desk", "internal", top}, "stages meet only in nouns; app hands things on"
	case top == "connector":
		return []string{"connector", "desk", "internal", "source", "publish", "alert", "mirror"}, "a connector names the things it can be, nothing else"
	case top == "store":
		return []string{"store", "desk", "internal"}, "the store keeps nouns; rules live above it"
	case top == "web", top == "api":
		return append([]string{top, "desk", "internal"}, stages...), "an edge calls stages, never a store or a connector"
	case dir == "cmd/breakwater":
		return []string{"app", "desk", "internal"}, "a command is flags and exit codes; app does the wiring"
	}
	return nil, "" // app, the benches and test programs put together what they like
}

// dependencies are the modules that our code imports, each with the reason why it is not written here.
var dependencies = map[string]string{
	"code.dny.dev/ssrf":                                        "refuses private addresses at dial time, kept in step with the IANA registries",
	"github.com/PuerkitoBio/goquery":                           "finds feeds in pages and text in markup",
	"github.com/SherClockHolmes/webpush-go":                    "Web Push: encryption for the device (RFC 8291) and the signed token (RFC 8292)",
	"github.com/alecthomas/kong":                               "command line from struct tags, with the environment",
	"github.com/andybalholm/cascadia":                          "CSS selectors, so that page tests assert by selector",
	"github.com/cenkalti/backoff/v5":                           "back-off with jitter",
	"github.com/chromedp/cdproto":                              "tests: the browser's own pretended device for passkeys",
	"github.com/chromedp/chromedp":                             "tests: drives a real Chromium",
	"github.com/coder/websocket":                               "websockets that take a context and limit what they read",
	"github.com/coreos/go-oidc/v3":                             "sign-in by OpenID providers: keys, signatures and the claims of tokens are no place for own code",
	"github.com/danielgtaylor/huma/v2":                         "one description per API operation gives routing, validation and OpenAPI 3.1",
	"github.com/go-webauthn/webauthn":                          "passkeys: parsing and checking what devices sign is no place for own code",
	"github.com/aws/aws-sdk-go-v2":                             "signatures of S3's requests, by who defines them; only that package of it (0.1 MB)",
	"github.com/pkg/sftp":                                      "SFTP, with OpenSSH's rename onto an existing file (0.1 MB)",
	"github.com/pquerna/otp":                                   "one-time codes as all apps know them (RFC 6238)",
	"rsc.io/qr":                                                "the picture that an app for one-time codes reads; small, no dependencies",
	"github.com/emersion/go-sasl":                              "tests: sign-in of the SMTP server for faults",
	"github.com/emersion/go-imap/v2":                           "tests: people read their mail by IMAP; no other client is kept up",
	"github.com/emersion/go-smtp":                              "tests: an SMTP server that fails on demand",
	"github.com/google/go-cmp":                                 "tests: readable differences",
	"github.com/jackc/pgx/v5":                                  "PostgreSQL driver with batches and arrays",
	"github.com/jba/templatecheck":                             "tests: type-checks templates against their data",
	"github.com/klauspost/compress":                            "compressed answers, and feeds that come compressed",
	"github.com/mmcdole/gofeed":                                "reads the feeds that exist rather than those that are correct",
	"github.com/nicksnyder/go-i18n/v2":                         "plural rules of CLDR",
	"github.com/petar-dambovaliev/aho-corasick":                "bench: the library that our matcher is measured against",
	"github.com/pressly/goose/v3":                              "migrations, numbered and in transactions, on both engines",
	"github.com/prometheus/client_golang":                      "metrics in the format that everybody scrapes",
	"github.com/rivo/uniseg":                                   "graphemes, which Bluesky and Mastodon count",
	"github.com/rogpeppe/go-internal":                          "tests: stories of the real binary (testscript)",
	"github.com/schollz/progressbar/v3":                        "progress of an import on a terminal",
	"github.com/standard-webhooks/standard-webhooks/libraries": "signatures of webhooks, the standard's own code",
	"github.com/wneessen/go-mail":                              "mail with TLS, sign-in and encodings done right",
	"go.yaml.in/yaml/v3":                                       "lists of cues that people keep in files",
	"golang.org/x/crypto":                                      "argon2id; certificates by ACME",
	"golang.org/x/net":                                         "HTML parsing, public suffixes, IDNA",
	"golang.org/x/sync":                                        "groups of goroutines that fail together",
	"golang.org/x/term":                                        "asks for a password without showing it",
	"golang.org/x/oauth2":                                      "the exchange of codes with OpenID providers, with PKCE",
	"golang.org/x/time":                                        "rates of sending: so many a second, and no more to one domain",
	"golang.org/x/text":                                        "normalisation, case folding, languages, plurals",
	"modernc.org/sqlite":                                       "SQLite without cgo, so that the binary is one static file",
}

// pkg is one package as it lies in its folder: its files without their tests, and the tests.
type pkg struct {
	dir   string
	files map[string]*ast.File // by path
	tests map[string]*ast.File
}

func TestHouseImports(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		allowed, because := mayImport(p.dir)
		if because == "" {
			continue
		}
		for file, f := range p.files {
			for _, imp := range importsOf(f) {
				own, ok := strings.CutPrefix(imp, module+"/")
				if !ok {
					if p.dir == "desk" && strings.Contains(imp, ".") {
						t.Errorf("%s imports %s: %s", file, imp, because)
					}
					continue
				}
				if !slices.ContainsFunc(allowed, func(a string) bool { return own == a || strings.HasPrefix(own, a+"/") }) {
					t.Errorf("%s imports %s, but may import only %v: %s", file, own, allowed, because)
				}
			}
		}
	}
}

func TestHousePackagesSayWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.files) == 0 {
			continue
		}
		said := false
		for _, f := range p.files {
			said = said || f.Doc != nil
		}
		if !said {
			t.Errorf("%s has no package comment: one or two sentences that tell a newcomer what it is for", p.dir)
		}
	}
}

func TestHouseExportedNamesAreDescribed(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for file, f := range p.files {
			for _, name := range undescribed(f) {
				t.Errorf("%s: exported %s has no comment: say what it means, its units and range, which errors", file, name)
			}
		}
	}
}

func TestHouseNoHiddenState(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		vars := packageVars(p)
		for file, f := range p.files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s has an init function: what runs before main cannot be ordered, passed a context or tested", file)
				}
			}
			for _, name := range assigned(f, vars) {
				t.Errorf("%s changes the package variable %s: state belongs to a value that somebody made and passed on", file, name)
			}
		}
	}
}

func TestHouseDependenciesHaveReasons(t *testing.T) {
	t.Parallel()
	required := requiredModules(t)
	used := map[string]bool{}
	for _, p := range packages(t) {
		for _, files := range []map[string]*ast.File{p.files, p.tests} {
			for file, f := range files {
				for _, imp := range importsOf(f) {
					first, _, _ := strings.Cut(imp, "/")
					if !strings.Contains(first, ".") {
						continue
					}
					m := moduleOf(imp, required)
					used[m] = true
					if dependencies[m] == "" {
						t.Errorf("%s imports %s (module %q), which has no line in house_test.go that says why we do not write it ourselves", file, imp, m)
					}
				}
			}
		}
	}
	for m, why := range dependencies {
		if !slices.Contains(required, m) || !used[m] {
			t.Errorf("house_test.go gives a reason for %s (%s), but nothing imports it, or go.mod does not require it", m, why)
		}
	}
}

func TestHouseEveryConnectorIsListed(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("connector/all/all.go")
	if err != nil {
		t.Fatalf("connector/all/all.go is the list of connectors: %v", err)
	}
	for _, p := range packages(t) {
		name, ok := strings.CutPrefix(p.dir, "connector/")
		if !ok || strings.Contains(name, "/") || name == "all" || name == "connectortest" {
			continue
		}
		if !bytes.Contains(src, []byte(`"`+module+"/connector/"+name+`"`)) {
			t.Errorf("connector/all/all.go does not list %s: nobody could choose it", name)
		}
	}
}

func TestHouseFilesAreFormatted(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t, ".go") {
		src := read(t, name)
		want, err := format.Source(src)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(src, want) {
			t.Errorf("%s is not formatted: run make fmt", name)
		}
	}
}

func TestHouseDocumentsAreThere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", ".ci/run",
		"docs/flow.md", "docs/states.md", "docs/running.md", "docs/queries.md",
	} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("%s is missing: README.md sends people there", name)
		}
	}
}

// A path in a document: `desk/mention.go`, `connector/*`, [text](docs/flow.md).
var (
	quotedPath = regexp.MustCompile("`([A-Za-z0-9_.*-]+(?:/[A-Za-z0-9_.*-]+)*/?)`")
	linkedPath = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	docsPath   = regexp.MustCompile(`docs/[a-z0-9/_-]+\.md`)
)

func TestHousePathsInDocumentsExist(t *testing.T) {
	t.Parallel()
	top := map[string]bool{}
	for _, p := range packages(t) {
		first, _, _ := strings.Cut(p.dir, "/")
		top[first] = true
	}
	top["docs"], top["test"] = true, true

	for _, name := range tracked(t, ".md") {
		text := string(read(t, name))
		for _, m := range linkedPath.FindAllStringSubmatch(text, -1) {
			mustMatch(t, name, path.Join(path.Dir(name), m[1]))
		}
		for _, m := range quotedPath.FindAllStringSubmatch(text, -1) {
			first, _, deeper := strings.Cut(m[1], "/")
			if deeper && top[first] {
				mustMatch(t, name, m[1])
			}
		}
	}
	for _, name := range tracked(t, ".go") {
		for _, m := range docsPath.FindAllString(string(read(t, name)), -1) {
			mustMatch(t, name, m)
		}
	}
}

// forbidden are words that must not be in any file of ours, with the reason. They are put together here so that this file may
// hold them.
var forbidden = []struct {
	re  *regexp.Regexp
	why string
}{
	{regexp.MustCompile(`\b(` + "TO" + "DO" + `|` + "FIX" + "ME" + `)\b`), "an open end is an issue, not a comment"},
	{regexp.MustCompile(`registry` + `\.npmjs\.org|proxy` + `\.golang\.org|sum` + `\.golang\.org|deb` + `\.debian\.org`), "where packages come from is the machine's setting"},
	{regexp.MustCompile(`(^|[^\w./-])/` + `work/`), "a path of one machine"},
	{regexp.MustCompile(`\bt\.` + `Skip(f|Now)?\(`), "nothing skips silently: ask internal/needs for what the test needs"},
}

func TestHouseForbiddenWords(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t, "") {
		if strings.HasPrefix(name, "internal/needs/") {
			continue
		}
		src := read(t, name)
		if bytes.IndexByte(src, 0) >= 0 {
			continue
		}
		for _, f := range forbidden {
			if loc := f.re.FindIndex(src); loc != nil {
				t.Errorf("%s:%d holds %q: %s", name, 1+bytes.Count(src[:loc[0]], []byte("\n")), src[loc[0]:loc[1]], f.why)
			}
		}
	}
}

// packages parses every package of the module.
func packages(t *testing.T) []*pkg {
	t.Helper()
	byDir := map[string]*pkg{}
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && notOurs(name, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(name))
		p := byDir[dir]
		if p == nil {
			p = &pkg{dir: dir, files: map[string]*ast.File{}, tests: map[string]*ast.File{}}
			byDir[dir] = p
		}
		if strings.HasSuffix(name, "_test.go") {
			p.tests[name] = f
		} else {
			p.files[name] = f
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []*pkg
	for _, p := range byDir {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *pkg) int { return strings.Compare(a.dir, b.dir) })
	return all
}

// notOurs reports whether a folder holds no package of this module: fetched, hidden, test data, or a module of its own.
func notOurs(dir, base string) bool {
	if base == "node_modules" || base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// tracked lists our files with that ending: those that git knows or would add.
func tracked(t *testing.T, ending string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{".git", ".bin", "node_modules", "testdata", "web/static/vendor", "test/shots", "test/servers", "data"}, name) ||
				d.Name() == "node_modules" || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || name == module || name == ".git" || strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".prof") {
			return nil
		}
		if strings.HasSuffix(name, ending) {
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustMatch(t *testing.T, in, pattern string) {
	t.Helper()
	if found, err := filepath.Glob(pattern); err != nil || len(found) == 0 {
		t.Errorf("%s names %s, which does not exist", in, pattern)
	}
}

func importsOf(f *ast.File) []string {
	var all []string
	for _, s := range f.Imports {
		all = append(all, strings.Trim(s.Path.Value, `"`))
	}
	return all
}

// undescribed are the exported functions, methods of exported types and types without a comment. A group of constants or
// variables is described by the comment above it.
func undescribed(f *ast.File) []string {
	if f.Name.Name == "main" {
		return nil
	}
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && receiverExported(d) && !wellKnown(d) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				ts, ok := s.(*ast.TypeSpec)
				if ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil && ts.Comment == nil {
					names = append(names, ts.Name.Name)
				}
			}
		}
	}
	return names
}

// wellKnown reports whether a method's meaning is fixed by the standard library.
func wellKnown(d *ast.FuncDecl) bool {
	return d.Recv != nil && slices.Contains([]string{
		"Error", "Unwrap", "String", "Len", "Less", "Swap", "ServeHTTP", "Write", "Read", "Close", "Is", "As", "Scan", "Value",
		"MarshalJSON", "UnmarshalJSON", "MarshalText", "UnmarshalText", "RoundTrip",
	}, d.Name.Name)
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	x := d.Recv.List[0].Type
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.Ident:
			return y.IsExported()
		default:
			return true
		}
	}
}

// packageVars are the names of a package's variables.
func packageVars(p *pkg) map[string]bool {
	vars := map[string]bool{}
	for _, f := range p.files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				for _, n := range s.(*ast.ValueSpec).Names {
					vars[n.Name] = true
				}
			}
		}
	}
	return vars
}

// assigned are the package variables that a file's functions set, or set an element of.
func assigned(f *ast.File, vars map[string]bool) []string {
	unresolved := map[*ast.Ident]bool{}
	for _, id := range f.Unresolved {
		unresolved[id] = true
	}
	var names []string
	check := func(x ast.Expr) {
		for {
			switch y := x.(type) {
			case *ast.IndexExpr:
				x = y.X
			case *ast.SelectorExpr:
				x = y.X
			case *ast.Ident:
				global := unresolved[y] || y.Obj != nil && f.Scope.Lookup(y.Name) == y.Obj
				if global && vars[y.Name] {
					names = append(names, y.Name)
				}
				return
			default:
				return
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, x := range n.Lhs {
					check(x)
				}
			}
		case *ast.IncDecStmt:
			check(n.X)
		}
		return true
	})
	return names
}

// requiredModules are the modules that go.mod requires.
func requiredModules(t *testing.T) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(string(read(t, "go.mod"))) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") && strings.Contains(fields[0], ".") {
			all = append(all, fields[0])
		}
	}
	if len(all) == 0 {
		t.Fatal("go.mod requires nothing: is it read right?")
	}
	return all
}

// moduleOf is the required module that holds a package.
func moduleOf(imp string, required []string) string {
	best := ""
	for _, m := range required {
		if (imp == m || strings.HasPrefix(imp, m+"/")) && len(m) > len(best) {
			best = m
		}
	}
	if best == "" {
		return fmt.Sprintf("none in go.mod for %s", imp)
	}
	return best
}
