// Command lint runs the linters that this house agreed on over packages, loading them once.
//
// Off by choice: staticcheck's checks that are not on by default (naming and comment forms, which house_test.go states its own
// way), and errcheck on what cannot be helped (excluded.txt says why).
// A line is excused by //nolint:NAME // reason.
package main

import (
	"log"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/polyfloyd/go-errorlint/errorlint"
	sqlclose "github.com/ryanrolds/sqlclosecheck/pkg/analyzer"
	"github.com/sonatard/noctx"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/multichecker"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
)

func main() {
	if err := errcheck.Analyzer.Flags.Set("exclude", "test/lint/excluded.txt"); err != nil {
		log.Fatal(err)
	}
	all := []*analysis.Analyzer{
		bodyclose.Analyzer,
		errcheck.Analyzer,
		errorlint.NewAnalyzer(),
		noctx.Analyzer,
		rowserr.NewAnalyzer("github.com/jackc/pgx/v5"),
		sqlclose.NewAnalyzer(),
	}
	for _, set := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers} {
		for _, a := range set {
			if !a.Doc.NonDefault {
				all = append(all, a.Analyzer)
			}
		}
	}
	for i := range all {
		all[i] = tempered(all[i])
	}
	multichecker.Main(all...)
}

// notInTests are linters that only have a say in what we ship: a test may drop an error or a context that it does not look at.
var notInTests = map[string]bool{"errcheck": true, "noctx": true, "bodyclose": true, "rowserrcheck": true}

// tests are the folders that only tests and measurements use.
var tests = []string{"/storetest/", "/connectortest/", "/internal/needs/", "/cmd/bench/"}

// ofTests reports whether a file is a test, or serves them alone.
func ofTests(name string) bool {
	return strings.HasSuffix(name, "_test.go") || slices.ContainsFunc(tests, func(t string) bool { return strings.Contains(filepath.ToSlash(name), t) })
}

// tempered is a linter that keeps quiet where a line says //nolint:NAME // and the reason, and in tests where it has no say.
func tempered(a *analysis.Analyzer) *analysis.Analyzer {
	calm := *a
	calm.Run = func(pass *analysis.Pass) (any, error) {
		quiet := *pass
		quiet.Report = func(d analysis.Diagnostic) {
			at := pass.Fset.Position(d.Pos)
			if ofTests(at.Filename) && notInTests[a.Name] || excused(pass, a.Name, at.Filename, at.Line) {
				return
			}
			d.Message += " (" + a.Name + ")"
			pass.Report(d)
		}
		return a.Run(&quiet)
	}
	return &calm
}

// excused reports whether the line has a comment that excuses it from the linter, with a reason.
func excused(pass *analysis.Pass, name, file string, line int) bool {
	for _, f := range pass.Files {
		if pass.Fset.Position(f.Pos()).Filename != file {
			continue
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				rest, ok := strings.CutPrefix(c.Text, "//nolint:"+name+" // ")
				if ok && rest != "" && pass.Fset.Position(c.Pos()).Line == line {
					return true
				}
			}
		}
	}
	return false
}
