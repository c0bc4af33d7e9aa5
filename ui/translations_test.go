package ui_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gabarit/assets"
	"gabarit/engine"
	"gabarit/ui/kit"
)

// usedKeys collects the sentences given to T and N in the window's sources. A key that is not a literal can't be
// checked: only kit's explanation of errors may have one, whose messages the engine's packages define.
func usedKeys(t *testing.T) (single, plural map[string]string) {
	t.Helper()
	single, plural = map[string]string{}, map[string]string{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name := calledName(call.Fun, strings.HasPrefix(path, "kit"+string(filepath.Separator)))
			if name == "" {
				return true
			}
			at := fset.Position(call.Pos()).String()
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok {
				if !strings.HasSuffix(path, filepath.Join("kit", "explain.go")) {
					t.Errorf("%s: the sentence is not a literal", at)
				}
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Errorf("%s: %v", at, err)
			}
			if name == "T" {
				single[key] = at
			} else {
				plural[key] = at
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(single) < 100 || len(plural) < 10 {
		t.Fatalf("only %d sentences and %d plurals found: the walk is broken", len(single), len(plural))
	}
	return single, plural
}

// calledName gives "T" or "N" for kit.T, kit.N and, inside kit, T and N.
func calledName(fun ast.Expr, inKit bool) string {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && x.Name == "kit" && (f.Sel.Name == "T" || f.Sel.Name == "N") {
			return f.Sel.Name
		}
	case *ast.Ident:
		if inKit && (f.Name == "T" || f.Name == "N") {
			return f.Name
		}
	}
	return ""
}

// readTranslations reads the files of a pattern, as "ui*.fr.json".
func readTranslations(t *testing.T, pattern string) map[string]any {
	t.Helper()
	files, err := fs.Glob(assets.FS(), "translations/"+pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v %v", pattern, files, err)
	}
	out := map[string]any{}
	for _, name := range files {
		data, err := fs.ReadFile(assets.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return out
}

func TestFrenchIsComplete(t *testing.T) {
	french := readTranslations(t, "*.fr.json") // some sentences are shared with the batch program and the papers
	single, plural := usedKeys(t)
	for key, at := range single {
		if text, _ := french[key].(string); strings.TrimSpace(text) == "" {
			t.Errorf("%s: no French for %q", at, key)
		}
	}
	for key, at := range plural {
		forms, _ := french[key].(map[string]any)
		for _, form := range []string{"one", "many", "other"} {
			if text, _ := forms[form].(string); strings.TrimSpace(text) == "" {
				t.Errorf("%s: no French form %q for %q", at, form, key)
			}
		}
	}
	for _, g := range grounds() { // shown by their sentence, which is no literal
		single[g.Sentence] = "engine/scope.go"
	}
	for key := range readTranslations(t, "ui*.fr.json") {
		if _, s := single[key]; s {
			continue
		}
		if _, p := plural[key]; !p && key != "language code" {
			t.Errorf("ui*.fr.json: %q is not used", key)
		}
	}
}

func grounds() []engine.Ground { return append(engine.Bases(), engine.ConditionGrounds()...) }

// The window and the batch program share the sentences of the grounds, whichever of their files holds the French.
func TestEveryGroundHasItsFrench(t *testing.T) {
	french := readTranslations(t, "cli.fr.json")
	maps.Copy(french, readTranslations(t, "ui*.fr.json"))
	for _, g := range grounds() {
		if text, _ := french[g.Sentence].(string); text == "" || text == g.Sentence {
			t.Errorf("no French for %q", g.Sentence)
		}
	}
}

func TestEnglishHasEveryPlural(t *testing.T) {
	english := readTranslations(t, "ui*.en.json")
	_, plural := usedKeys(t)
	for key, at := range plural {
		forms, _ := english[key].(map[string]any)
		if forms["other"] != key || forms["one"] == nil {
			t.Errorf("%s: ui.en.json lacks the forms one and other of %q", at, key)
		}
	}
}

func TestTranslationsKeepTheirGaps(t *testing.T) {
	for key, value := range readTranslations(t, "ui*.fr.json") {
		texts := []string{}
		switch v := value.(type) {
		case string:
			texts = append(texts, v)
		case map[string]any:
			for _, form := range v {
				texts = append(texts, form.(string))
			}
		}
		for _, gap := range []string{"{{.V}}", "{{.N}}", "{{.Faces}}", "{{.Photos}}", "{{.Some}}", "{{.I}}", "{{.Of}}", "{{.K}}", "{{.Shown}}", "{{.All}}", "{{.Keys}}", "{{.Records}}"} {
			for _, text := range texts {
				if strings.Contains(key, gap) != strings.Contains(text, gap) && gap != "{{.N}}" {
					t.Errorf("%q: the gap %s differs in %q", key, gap, text)
				}
			}
		}
	}
}

func TestMain(m *testing.M) {
	for name, value := range map[string]string{"LANGUAGE": "en", "LC_ALL": "en_GB.UTF-8", "GABARIT_LANG": "", "GABARIT_THEME": ""} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	if err := kit.LoadTranslations(assets.FS()); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
