package breakwater_test

import (
	"go/ast"
	"regexp"
	"strings"
	"testing"
)

// The list of attacks names tests that exist, and leaves none out.
func TestSecurityListIsTrue(t *testing.T) {
	t.Parallel()
	there := make(map[string]bool)
	for _, p := range packages(t) {
		for _, f := range p.tests {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "TestAttack") {
					there["`"+p.dir+"` "+fn.Name.Name] = true
				}
			}
		}
	}
	listed := regexp.MustCompile("`[a-z./]+` TestAttack[A-Za-z0-9]+").FindAllString(string(read(t, "docs/security.md")), -1)
	for _, name := range listed {
		if !there[name] {
			t.Errorf("docs/security.md names %s, which is not there: the attack is not tested", name)
		}
		delete(there, name)
	}
	for name := range there {
		t.Errorf("docs/security.md does not name %s", name)
	}
}
