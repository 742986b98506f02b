// Command lint runs the linters that this house agreed on over packages, loading them once.
//
// Off by choice: staticcheck's checks that are not on by default (naming and comment forms, which house_test.go states its own
// way), and errcheck on what cannot be helped (excluded.txt says why).
package main

import (
	"log"

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
	multichecker.Main(all...)
}
