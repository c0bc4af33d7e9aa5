package assets_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"gabarit/assets"
)

// The set-up script checks models with sha256sum against models.sha256, the program against Models.
func TestModelsAgreeWithTheSetUp(t *testing.T) {
	f, err := os.Open("models.sha256")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := map[string]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		sum, name, ok := strings.Cut(s.Text(), "  ")
		if !ok {
			t.Fatalf("malformed line %q", s.Text())
		}
		want[name] = sum
	}
	if len(want) != len(assets.Models()) || len(want) == 0 {
		t.Fatalf("%d models in the file, %d in the program", len(want), len(assets.Models()))
	}
	for _, m := range assets.Models() {
		if want[m.Name] != m.SHA256 {
			t.Errorf("%s: %s in the program, %s in the file", m.Name, m.SHA256, want[m.Name])
		}
	}
}

func TestTranslationsAreWellFormed(t *testing.T) {
	names, err := fs.Glob(assets.FS(), "translations/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no translations: %v", err)
	}
	seen := map[string]any{}
	for _, name := range names {
		data, err := fs.ReadFile(assets.FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		lang := strings.TrimPrefix(path.Ext(strings.TrimSuffix(name, ".json")), ".")
		for key, text := range texts {
			if s, ok := text.(string); ok && strings.TrimSpace(s) == "" {
				t.Errorf("%s: %q has an empty translation", name, key)
			}
			at := lang + "\x00" + key
			if other, dup := seen[at]; dup && fmt.Sprint(text) != fmt.Sprint(other) {
				t.Errorf("%s: %q is translated as %v and elsewhere as %v", name, key, text, other)
			}
			seen[at] = text
		}
	}
}
