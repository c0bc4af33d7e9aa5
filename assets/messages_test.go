package assets_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gabarit/assets"
)

// Every message of an engine.Error is shown to people, so it needs its French.
func TestEveryErrorMessageIsInFrench(t *testing.T) {
	french := map[string]string{}
	names, err := fs.Glob(assets.FS(), "translations/*.fr.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(assets.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for k, v := range texts {
			if s, ok := v.(string); ok {
				french[k] = s
			}
		}
	}
	messages := errorMessages(t)
	if len(messages) < 100 {
		t.Fatalf("only %d messages found: the search is broken", len(messages))
	}
	for msg, where := range messages {
		if french[msg] == "" {
			t.Errorf("%s: %q has no French", where, msg)
		}
	}
}

// errorMessages finds the messages given to engine.E, directly or through a function that hands one of its
// parameters on as the message, and where they are.
func errorMessages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	fset := token.NewFileSet()
	packages := map[string][]*ast.File{}
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "build" || d.Name() == "enginetest"):
			return fs.SkipDir
		case path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go"):
			return nil
		}
		src, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(fset, p, src, 0)
		packages[path.Dir(p)] = append(packages[path.Dir(p)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range packages {
		makers := messageMakers(files)
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if i, ok := makers[calleeName(call)]; ok && i < len(call.Args) {
					if lit, ok := call.Args[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						if s, err := strconv.Unquote(lit.Value); err == nil && s != "" {
							out[s] = fset.Position(lit.Pos()).String()
						}
					}
				}
				return true
			})
		}
	}
	return out
}

// messageMakers maps the names of functions that make an engine.Error to the position of the message among
// their arguments. It repeats until it finds no more, for functions that call such functions.
func messageMakers(files []*ast.File) map[string]int {
	makers := map[string]int{"E": 2}
	for range 3 {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					addMaker(makers, n.Name.Name, n.Type, n.Body)
				case *ast.AssignStmt:
					for i, v := range n.Rhs {
						if fn, ok := v.(*ast.FuncLit); ok && i < len(n.Lhs) {
							if name, ok := n.Lhs[i].(*ast.Ident); ok {
								addMaker(makers, name.Name, fn.Type, fn.Body)
							}
						}
					}
				}
				return true
			})
		}
	}
	return makers
}

func addMaker(makers map[string]int, name string, typ *ast.FuncType, body *ast.BlockStmt) {
	if body == nil {
		return
	}
	var params []string
	for _, field := range typ.Params.List {
		for _, n := range field.Names {
			params = append(params, n.Name)
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if i, ok := makers[calleeName(call)]; ok && i < len(call.Args) {
			if id, ok := call.Args[i].(*ast.Ident); ok {
				if at := slices.Index(params, id.Name); at >= 0 {
					makers[name] = at
				}
			}
		}
		return true
	})
}

func calleeName(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
