package engine_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rules of ARCHITECTURE.md, "Where things live", kept for every Go file of the project.

const module = "gabarit"

// maxPackages is the number of packages the project may have, test-only ones apart: a new one needs a different permission or reader.
const maxPackages = 69

// Sizes above which a file, function or package is to be split by noun.
const (
	maxFileLines    = 400
	maxFuncLines    = 60
	maxPackageLines = 2500
)

type sourceFile struct {
	path string // slash-separated, from the project's root
	pkg  string // folder, "." for the root
	test bool
	src  []byte
	file *ast.File
	fset *token.FileSet
}

func (f sourceFile) imports() []string {
	var out []string
	for _, spec := range f.file.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

func readProject(t *testing.T) []sourceFile {
	t.Helper()
	root := os.DirFS("..")
	var files []sourceFile
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "build" || d.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(p) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, p, src, parser.ParseComments)
		if err != nil {
			return err
		}
		files = append(files, sourceFile{p, path.Dir(p), strings.HasSuffix(p, "_test.go"), src, file, fset})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Fatalf("only %d Go files found: the walk is broken", len(files))
	}
	return files
}

// mayImport tells whether a package of the project may import another one of it.
func mayImport(from, to string) bool {
	if isTestOnly(to) {
		return false
	}
	if to == "engine/formats" { // a list that everybody who reads files or tells of them knows
		return from != "engine" && !strings.HasPrefix(from, "storage")
	}
	switch {
	case from == ".":
		return to == "app" || to == "ui"
	case from == "app/cli":
		return to == "app" || to == "app/files" || to == "app/cli/document" || to == "app/cli/command" || to == "app/cli/operator" || to == "app/cli/rights" || to == "app/cli/upkeep" || to == "app/bench" || to == "engine" || to == "assets"
	case from == "app/cli/command":
		return to == "app" || to == "engine" || to == "assets"
	case from == "app/cli/rights", from == "app/cli/operator":
		return to == "app" || to == "app/cases" || to == "app/desk" || to == "app/subjects" || to == "app/files" || to == "app/cli/document" || to == "app/cli/command" || to == "engine" || to == "engine/matter" || to == "assets"
	case from == "app/cli/upkeep":
		return to == "app" || to == "app/retention" || to == "app/cli/document" || to == "app/cli/command" || to == "engine" || to == "engine/matter" || to == "engine/retention"
	case from == "app/cli/document":
		return to == "engine" || to == "engine/matter"
	case from == "app/opened":
		return to == "engine" || to == "app/hidden"
	case from == "app/hidden":
		return to == "engine" || to == "engine/matter" || to == "engine/entry"
	case from == "app/cases", from == "app/verdicts", from == "app/desk", from == "app/subjects", from == "app/retention": // services of an open vault; they know rules of the engine
		return to == "app/opened" || to == "app/hidden" || to == "app/files" || to == "assets" || to == "engine" || strings.HasPrefix(to, "engine/") || to == "storage/parcel"
	case from == "app/bench":
		return to == "app/files" || to == "assets" || to == "engine" || to == "engine/crowd" || to == "engine/face" || to == "engine/match" || to == "engine/photo" || to == "engine/source"
	case from == "app/faceindex":
		return to == "engine" || to == "engine/match" || to == "storage/segment" || to == "storage/vault"
	case from == "app/grouping":
		return to == "engine" || to == "engine/people"
	case from == "app/sources":
		return to == "app/files" || to == "engine" || to == "engine/source" || to == "engine/source/web"
	case from == "app/files":
		return to == "engine" || to == "assets"
	case from == "app":
		return to != "." && !isUI(to)
	case from == "ui":
		return to == "engine" || to == "engine/matter" || to == "assets" || isUI(to)
	case isUI(from):
		return to == "engine" || to == "engine/matter" || to == "ui/kit" || (to == "ui/faces" && from != "ui/kit") || (to == "ui/collect" && from == "ui/library")
	case from == "engine", from == "assets":
		return false
	case from == "storage":
		return to == "engine" || to == "engine/entry" || to == "storage/matters" || to == "storage/records" || to == "storage/vault" || to == "storage/kv"
	case from == "storage/records":
		return to == "engine" || to == "engine/entry" || to == "storage/vault" || to == "storage/kv" || to == "storage/auditlog"
	case from == "storage/matters":
		return to == "engine" || to == "engine/entry" || to == "storage/records" || to == "storage/vault"
	case from == "storage/parcel": // a package is signed by the key of the log
		return to == "engine" || to == "engine/matter" || to == "storage/auditlog"
	case from == "storage/segment":
		return to == "engine" || to == "storage/vault"
	case from == "engine/match/rows", from == "engine/match/codes":
		return to == "engine" || to == "engine/match/kernel"
	case from == "engine/match":
		return to == "engine" || to == "engine/match/rows" || to == "engine/match/codes" || to == "engine/match/kernel"
	case from == "engine/face":
		return to == "engine" || to == "engine/photo" || to == "engine/face/dlib"
	case from == "engine/source/web":
		return to == "engine" || to == "engine/source/web/rules" || to == "engine/source/page"
	case from == "engine/entry", from == "engine/rights", strings.HasPrefix(from, "engine/rights/"): // matters are what they are about
		return to == "engine" || to == "engine/matter"
	case from == "engine/face/dlib":
		return false
	case from == "engine/source": // what a person names may be an archive, a saved page or a video
		return to == "engine" || to == "engine/source/archive" || to == "engine/source/page" || to == "engine/source/video"
	case from == "engine/source/archive": // an archive holds pages, and they tell of its images
		return to == "engine" || to == "engine/source/page"
	default: // engine/*, storage/*
		return to == "engine"
	}
}

// isTestOnly tells the packages that only tests import: no program holds anything of them, so they are not counted.
func isTestOnly(pkg string) bool {
	return pkg == "engine/enginetest" || strings.HasPrefix(pkg, "engine/enginetest/")
}

// testMayImport tells what packages for tests may import.
func testMayImport(from, to string) bool {
	if from == "engine/enginetest/lettertest" {
		return to == "assets" || to == "engine" || to == "engine/matter" || to == "engine/rights"
	}
	return to == "engine" || to == "engine/entry" || to == "engine/crowd" || to == "engine/enginetest"
}

func isUI(pkg string) bool { return pkg == "ui" || strings.HasPrefix(pkg, "ui/") }

func TestImportsKeepTheRules(t *testing.T) {
	for _, f := range readProject(t) {
		for _, imp := range f.imports() {
			to, inside := strings.CutPrefix(imp, module+"/")
			switch {
			case inside && !f.test && !isTestOnly(f.pkg) && !mayImport(f.pkg, to):
				t.Errorf("%s imports %s: not allowed, see ARCHITECTURE.md", f.path, to)
			case inside && !f.test && isTestOnly(f.pkg) && !testMayImport(f.pkg, to):
				t.Errorf("%s imports %s: enginetest imports engine, engine/entry and engine/crowd only, lettertest what letters are made of", f.path, to)
			case !inside && f.pkg == "engine" && !f.test && strings.Contains(strings.Split(imp, "/")[0], "."):
				t.Errorf("%s imports %s: engine uses the standard library only", f.path, imp)
			}
		}
	}
}

// permissions lists what an import allows and who has it.
func permissions() map[string][]string {
	return map[string][]string{
		"C":                              {"engine/face/dlib"},
		"os/exec":                        {"engine/source/video", "engine/face", "engine/enginetest/killtest"},
		"archive/zip":                    {"engine/source/archive", "engine/rights/document", "engine/rights/directory", "storage/parcel"},
		"filippo.io/age":                 {"storage/parcel"},
		"golang.org/x/net/html":          {"engine/source/page"},
		"net/http":                       {"engine/source/web"},
		"github.com/dgraph-io/badger/v4": {"storage/records", "storage/kv"},
		"github.com/Kagami/go-face":      {"engine/face"},
		"crypto/cipher":                  {"storage/vault"},
		"crypto/aes":                     {"storage/vault"},
		"crypto/hmac":                    {"storage/vault"},
		"github.com/zalando/go-keyring":  {"storage/vault"},
	}
}

func TestImportsArePermissions(t *testing.T) {
	allowed := permissions()
	for _, f := range readProject(t) {
		if f.test {
			continue
		}
		for _, imp := range f.imports() {
			if who, ok := allowed[imp]; ok && !slices.Contains(who, f.pkg) {
				t.Errorf("%s imports %s, which is for %v", f.path, imp, who)
			}
			if strings.HasPrefix(imp, "golang.org/x/crypto/") && f.pkg != "storage/vault" {
				t.Errorf("%s imports %s, which is for storage/vault", f.path, imp)
			}
			if strings.HasPrefix(imp, "fyne.io/fyne/") && f.pkg != "." && !isUI(f.pkg) {
				t.Errorf("%s imports %s, which is for main.go and ui", f.path, imp)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	lines := map[string]int{}
	for _, f := range readProject(t) {
		n := bytes.Count(f.src, []byte("\n"))
		if n > maxFileLines && !f.test {
			t.Errorf("%s has %d lines, at most %d", f.path, n, maxFileLines)
		}
		if !f.test {
			lines[f.pkg] += n
		}
		for _, d := range f.file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.test {
				continue
			}
			if n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1; n > maxFuncLines {
				t.Errorf("%s: %s has %d lines, at most %d", f.path, fn.Name.Name, n, maxFuncLines)
			}
		}
	}
	for pkg, n := range lines {
		if n > maxPackageLines {
			t.Errorf("package %s has %d lines, at most %d", pkg, n, maxPackageLines)
		}
	}
	maps.DeleteFunc(lines, func(pkg string, _ int) bool { return isTestOnly(pkg) })
	if len(lines) > maxPackages {
		t.Errorf("%d packages, at most %d", len(lines), maxPackages)
	}
}

// TestTheMapNamesEveryPackage holds the table of ARCHITECTURE.md against the tree, both ways.
func TestTheMapNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n## Where things live\n")
	table, _, _ = strings.Cut(table, "\n## ")
	named := map[string]bool{}
	for row := range strings.SplitSeq(table, "\n") {
		if cells := strings.Split(row, "|"); len(cells) > 1 {
			for i, name := range strings.Split(cells[1], "`") {
				if i%2 == 1 && name != "main.go" {
					named[name] = true
				}
			}
		}
	}
	there := map[string]bool{}
	for _, f := range readProject(t) {
		if !f.test && f.pkg != "." {
			there[f.pkg] = true
		}
	}
	for pkg := range there {
		if !named[pkg] {
			t.Errorf("package %s is not on the map", pkg)
		}
	}
	for name := range named {
		if !there[name] {
			t.Errorf("%s is on the map and not in the tree", name)
		}
	}
	if want := "At most " + strconv.Itoa(maxPackages) + " packages"; !strings.Contains(string(text), want) {
		t.Errorf("rule 6 does not say %q", want)
	}
}

func TestNoInitAndPackageComments(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range readProject(t) {
		if f.test {
			continue
		}
		documented[f.pkg] = documented[f.pkg] || f.file.Doc != nil
		for _, d := range f.file.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
	}
	for pkg, ok := range documented {
		if !ok {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

// No photo of a person, template or model may ever be committed. Drawn pictures are small and stand in testdata folders;
// this looks at the tree as it stands on disk outside build/.
func TestNoModelOrPhotoInTheTree(t *testing.T) {
	const drawnPicture = 16 << 10 // bytes: a drawing compresses to less, a photo of a face worth the name does not
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "build") {
			return fs.SkipDir
		}
		switch strings.ToLower(filepath.Ext(p)) {
		case ".dat", ".npy", ".npz":
			t.Errorf("%s: models and templates don't belong in the tree", p)
		case ".jpg", ".jpeg", ".heic", ".webp", ".tif", ".tiff", ".gif", ".bmp":
			info, err := d.Info()
			if err != nil {
				return err
			}
			if filepath.Base(filepath.Dir(p)) != "testdata" || info.Size() > drawnPicture {
				t.Errorf("%s (%d bytes): only small drawn pictures, in testdata folders", p, info.Size())
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
