package breakwater_test

import (
	"go/ast"
	"regexp"
	"slices"
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
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
					there["`"+p.dir+"` "+fn.Name.Name] = true
				}
			}
		}
	}
	listed := regexp.MustCompile("`[a-z/]+` Test[A-Za-z0-9]+").FindAllString(string(read(t, "docs/security.md")), -1)
	for _, name := range listed {
		if !there[name] {
			t.Errorf("docs/security.md names %s, which is not there: the attack is not tested", name)
		}
		delete(there, name)
	}
	for name := range there {
		if strings.Contains(name, " TestAttack") {
			t.Errorf("docs/security.md does not name %s", name)
		}
	}
}

// callers are the only folders whose code calls other machines by itself; everything else goes through internal/fetch, which looks
// at where each address leads.
var callers = map[string]string{
	"internal/fetch":  "is the door",
	"connector/email": "speaks SMTP with the mail server that an admin names, which usually stands inside",
	"cmd/breakwater":  "calls the desk that the person at the keyboard names",
	"cmd/bench":       "measures a desk of its own",
	"internal/needs":  "starts servers for tests",
}

// dials are what calls other machines, by package.
var dials = map[string][]string{
	"http":      {"Client", "Transport", "DefaultClient", "DefaultTransport", "Get", "Head", "Post", "PostForm"},
	"net":       {"Dialer", "Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix"},
	"tls":       {"Dialer", "Dial", "DialWithDialer"},
	"smtp":      {"Dial", "SendMail", "NewClient"},
	"websocket": {"Dial"},
}

func TestHouseCallsGoThroughTheDoor(t *testing.T) {
	t.Parallel()
	used := make(map[string]bool)
	for _, p := range packages(t) {
		for file, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				if _, star := n.(*ast.StarExpr); star {
					return false // a pointer to one is handed on, not made
				}
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				pkg, ok := s.X.(*ast.Ident)
				if !ok || pkg.Obj != nil || !slices.Contains(dials[pkg.Name], s.Sel.Name) {
					return true
				}
				used[p.dir] = true
				if callers[p.dir] == "" {
					t.Errorf("%s uses %s.%s: what calls other machines goes through internal/fetch, which looks at where an address leads", file, pkg.Name, s.Sel.Name)
				}
				return true
			})
		}
	}
	for dir, why := range callers {
		if why != "" && !used[dir] {
			t.Errorf("%s may call other machines (%s), and does not", dir, why)
		}
	}
}
