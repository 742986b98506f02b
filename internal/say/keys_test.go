package say_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"
)

// house is where the repository begins, seen from here.
const house = "../.."

// keys are all sentences that people may see, each with the place where it stands: in Go code by desk.Say, desk.Wrong, T and
// the Specs of connectors, in templates by {{t}}.
func keys(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for _, dir := range packages(t) {
		goKeys(t, dir, found)
	}
	for _, name := range templates(t) {
		for _, k := range templateKeys(t, name) {
			found[k] = name
		}
	}
	for _, level := range []string{"Normal", "Watch", "Issue", "Crisis", "Severe"} {
		found[level] = "desk/monitor.go"
	}
	for k := range found {
		if !speaks(k) {
			delete(found, k)
		}
	}
	return found
}

// speaks reports whether there is anything to translate: a letter outside of the placeholders.
func speaks(sentence string) bool {
	for {
		from := strings.IndexByte(sentence, '{')
		if from < 0 {
			break
		}
		n := strings.IndexByte(sentence[from:], '}')
		if n < 0 {
			break
		}
		sentence = sentence[:from] + sentence[from+n+1:]
	}
	return strings.ContainsFunc(sentence, unicode.IsLetter)
}

// packages are the folders with Go code of ours that people may hear from.
func packages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(house, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != house && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "testdata", "storetest", "test", "cmd", "docs"}, d.Name())) {
			return fs.SkipDir
		}
		if d.IsDir() {
			dirs = append(dirs, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// goKeys finds the sentences in the code of one package.
func goKeys(t *testing.T, dir string, found map[string]string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	s := &sentences{fset: fset, found: found, carry: make(map[string][]int)}
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") || base == "teller.go" || strings.HasPrefix(base, "stories_") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
	}
	for before := -1; before != s.carried; { // a function that hands a sentence on may be called by another that does
		before = s.carried
		for _, f := range s.files {
			s.read(f)
		}
	}
}

// sentences gathers what one package says.
type sentences struct {
	fset    *token.FileSet
	files   []*ast.File
	found   map[string]string
	carried int              // arguments in carry
	carry   map[string][]int // functions that hand sentences on, and which of their arguments they are
}

func (s *sentences) read(f *ast.File) {
	for _, d := range f.Decls {
		fn, _ := d.(*ast.FuncDecl)
		ast.Inspect(d, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				for _, i := range s.speaker(n) {
					if i < len(n.Args) {
						s.argument(f, fn, n.Args[i])
					}
				}
			case *ast.CompositeLit:
				s.literal(f, n)
			}
			return true
		})
	}
}

// speaker tells which arguments of a call are sentences.
func (s *sentences) speaker(call *ast.CallExpr) []int {
	name, of := "", ast.Expr(nil)
	switch fun := call.Fun.(type) {
	case *ast.SelectorExpr:
		name, of = fun.Sel.Name, fun.X
	case *ast.Ident:
		name = fun.Name
	}
	ours := isName(of, "desk") || of == nil && s.files[0].Name.Name == "desk"
	switch {
	case name == "Say" && ours, name == "T" && of != nil:
		return []int{0}
	case name == "Wrong" && ours:
		return []int{1}
	}
	return s.carry[name]
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// argument takes a sentence that is written out. One that comes in through the function's own parameter is looked for at
// its callers; one that comes from anywhere else may be any sentence of the file.
func (s *sentences) argument(f *ast.File, fn *ast.FuncDecl, e ast.Expr) {
	if k, ok := text(e); ok {
		s.add(k, e)
		return
	}
	if id, ok := e.(*ast.Ident); ok && fn != nil {
		i := 0
		for _, p := range fn.Type.Params.List {
			for _, name := range p.Names {
				if name.Name == id.Name {
					if !slices.Contains(s.carry[fn.Name.Name], i) {
						s.carry[fn.Name.Name] = append(s.carry[fn.Name.Name], i)
						s.carried++
					}
					return
				}
				i++
			}
		}
	}
	if _, made := e.(*ast.CallExpr); made || s.files[0].Name.Name == "desk" || s.files[0].Name.Name == "say" {
		return // they hand on what others wrote
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			if k, ok := text(lit); ok && reads(k) {
				s.add(k, lit)
			}
		}
		return true
	})
}

// reads reports whether a string looks like something for people: it begins with a capital or a placeholder.
func reads(k string) bool {
	r := []rune(k)
	if len(r) < 4 {
		return false
	}
	return unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) && !strings.ContainsAny(k, "%/_") || r[0] == '{' && strings.Contains(k, " ")
}

// shown are the fields of Specs and Texts that people read.
var shown = map[string][]string{"Spec": {"Title", "Help"}, "Field": {"Label", "Help"}, "Text": {"Say"}}

func (s *sentences) literal(f *ast.File, lit *ast.CompositeLit) {
	name := typeName(lit.Type)
	if name == "" && len(lit.Elts) > 0 { // an element of []desk.Field{{Label: …}}
		if _, ok := lit.Elts[0].(*ast.KeyValueExpr); ok {
			for _, e := range lit.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && isName(kv.Key, "Label") {
					name = "Field"
				}
			}
		}
	}
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		key, ok := kv.Key.(*ast.Ident)
		if !ok || !slices.Contains(shown[name], key.Name) {
			continue
		}
		if k, ok := text(kv.Value); ok {
			s.add(k, kv)
		}
	}
}

func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func (s *sentences) add(k string, n ast.Node) {
	if _, ok := s.found[k]; !ok {
		at := s.fset.Position(n.Pos())
		s.found[k] = strings.TrimPrefix(at.Filename, house+"/") + ":" + strconv.Itoa(at.Line)
	}
}

// text is a string that is written out, also in pieces joined by +.
func text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			k, err := strconv.Unquote(e.Value)
			return k, err == nil
		}
	case *ast.BinaryExpr:
		a, ok := text(e.X)
		b, also := text(e.Y)
		return a + b, ok && also && e.Op == token.ADD
	case *ast.ParenExpr:
		return text(e.X)
	}
	return "", false
}

func templates(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(house, "web", "pages", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob(filepath.Join(house, "web", "pages", "*", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, public := range []string{"centre", "subscribe"} {
		pages, err := filepath.Glob(filepath.Join(house, public, "pages", "*.html"))
		if err != nil {
			t.Fatal(err)
		}
		more = append(more, pages...)
	}
	return append(names, more...)
}

// trees are the parsed blocks of a template file.
func trees(t *testing.T, name string) map[string]*parse.Tree {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]*parse.Tree)
	top := parse.New(name)
	top.Mode = parse.SkipFuncCheck
	if _, err := top.Parse(string(b), "{{", "}}", all); err != nil {
		t.Fatal(err)
	}
	return all
}

// templateKeys are the strings that a template hands to t, and to facet and choose as their labels.
func templateKeys(t *testing.T, name string) []string {
	t.Helper()
	var found []string
	for _, tree := range trees(t, name) {
		walk(tree.Root, func(n parse.Node) {
			call, ok := n.(*parse.CommandNode)
			if !ok || len(call.Args) < 2 {
				return
			}
			fun, ok := call.Args[0].(*parse.IdentifierNode)
			if !ok {
				return
			}
			at := map[string]int{"t": 1, "facet": 2, "choose": 2}[fun.Ident]
			if at == 0 || at >= len(call.Args) {
				return
			}
			if s, ok := call.Args[at].(*parse.StringNode); ok {
				found = append(found, s.Text)
			}
		})
	}
	return found
}

// walk visits every node of a template.
func walk(n parse.Node, visit func(parse.Node)) {
	if n == nil {
		return
	}
	visit(n)
	list := func(l *parse.ListNode) {
		if l != nil {
			walk(l, visit)
		}
	}
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		list(b.List)
		list(b.ElseList)
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *parse.CommandNode:
		for _, a := range n.Args {
			walk(a, visit)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	}
}
