package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"gabarit/app/cli/command"
	"gabarit/assets"
	"gabarit/engine"
	"gabarit/engine/formats"
)

// french reads translations: all of them, or one file's.
func french(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := fs.Glob(assets.FS(), "translations/"+pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	m := map[string]string{}
	for _, f := range files {
		data, err := fs.ReadFile(assets.FS(), f)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for en, fr := range texts {
			if s, ok := fr.(string); ok { // else one with a plural, which the batch program does not use
				m[en] = s
			}
		}
	}
	return m
}

// said lists the sentences that the program's own code says: first arguments of text, usage, line, all of row, and the
// message of engine.E, and what advice and the labels of bands and states return.
func said(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	var names []string
	for _, pattern := range []string{"*.go", "command/*.go", "operator/*.go", "rights/*.go", "upkeep/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v %v", pattern, found, err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, arg := range sentences(call) {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, err := strconv.Unquote(lit.Value); err == nil {
						found[s] = true
					}
				}
			}
			return true
		})
	}
	for _, code := range []engine.Code{engine.CodeNoVault, engine.CodeLocked, engine.CodeBadKey, engine.CodeNoModel, engine.CodeNotFound,
		engine.CodeConflict, engine.CodeCanceled, engine.CodeUnavailable, engine.CodeInternal} {
		found[command.Advice(code)] = true
	}
	for _, s := range damages() {
		found[s] = true
	}
	for _, s := range steps() {
		found[s] = true
	}
	for _, b := range []engine.Band{engine.BandStrong, engine.BandLikely, engine.BandPossible, engine.BandNone} {
		found[string(b)] = true
	}
	for _, g := range append(engine.Bases(), engine.ConditionGrounds()...) {
		found[g.Sentence] = true
	}
	for _, f := range append(formats.Pictures(), formats.Videos()...) {
		found[f.Note] = true
		if strings.ContainsAny(f.Name, " ,") && !strings.HasPrefix(f.Name, "JPEG 2") && f.Name != "JPEG XL" {
			found[f.Name] = true
		}
	}
	found[string(engine.CaseDraft)], found[string(engine.CaseExported)] = true, true
	return slices.Sorted(maps.Keys(found))
}

func sentences(call *ast.CallExpr) []ast.Expr {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	switch name {
	case "text", "Text", "Usage", "line":
		if len(call.Args) == 0 {
			return nil
		}
		return call.Args[:1]
	case "Row", "row":
		return call.Args
	case "ask", "confirm", "E", "showVault":
		return call.Args[1:]
	}
	return nil
}

func TestEverySentenceIsTranslated(t *testing.T) {
	fr := french(t, "*.fr.json")
	all := said(t)
	if len(all) < 80 {
		t.Fatalf("only %d sentences found: the search is broken", len(all))
	}
	for _, s := range all {
		if fr[s] == "" && !strings.HasPrefix(s, "cli.") {
			t.Errorf("no French for %q", s)
		}
	}
	for s := range french(t, "cli.fr.json") {
		if !slices.Contains(all, s) && s != "something unforeseen happened" {
			t.Errorf("French for %q, which is never said", s)
		}
	}
}

// A file that the library refuses (a key such as "id" or "other" is reserved) would leave everything English.
func TestTranslationsCanBeLoaded(t *testing.T) {
	files, err := fs.Glob(assets.FS(), "translations/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	for _, f := range files {
		if _, err := i18n.NewBundle(language.English).LoadMessageFileFS(assets.FS(), f); err != nil {
			t.Errorf("%s: %v", f, err)
		}
	}
	if got := command.NewPhrases(env("LANG", "fr_FR.UTF-8")).Text("No case."); got != "Aucun dossier." {
		t.Errorf("in French: %q", got)
	}
}

func TestTranslationsKeepThePlaces(t *testing.T) {
	place := regexp.MustCompile(`{{\.\w+}}`)
	for en, fr := range french(t, "cli.fr.json") {
		a, b := place.FindAllString(en, -1), place.FindAllString(fr, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("%q has %v, %q has %v", en, a, fr, b)
		}
	}
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

func TestTheLanguageFollowsTheEnvironment(t *testing.T) {
	for want, vars := range map[string][]string{
		"en": {},
		"fr": {"LANG", "fr_FR.UTF-8"},
		"de": {"LC_ALL", "de-DE", "LANG", "fr"},
		"c":  {"LC_MESSAGES", "C.UTF-8", "LANG", "fr"},
		"it": {"GABARIT_LANG", "it", "LC_ALL", "fr"},
	} {
		if got := assets.Language(env(vars...)); got != want {
			t.Errorf("%v gives %q, want %q", vars, got, want)
		}
	}
	for _, lang := range []string{"C", "de", "", "not a language"} {
		if got := command.NewPhrases(env("LANG", lang)).Text("No case."); got != "No case." {
			t.Errorf("LANG=%q gives %q", lang, got)
		}
	}
}

func TestForeignTextCanNotDriveTheTerminal(t *testing.T) {
	got := command.Plain("a\x1b[2Jb\nc\u202ed\x07é")
	if want := "a\ufffd[2Jb c\ufffdd\ufffdé"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
