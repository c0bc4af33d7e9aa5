package match

import (
	"fmt"
	"testing"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// Nothing outside the package can see the memory that removal must overwrite.
func TestRemoveLeavesNothingOfATemplateInMemory(t *testing.T) {
	f := NewFlat()
	const n = 2*blockRows + 10
	id := func(i int) engine.FaceID { return engine.FaceID(fmt.Sprintf("P%d-0", i)) }
	for i := range n {
		var tmpl engine.Template
		for d := range tmpl {
			tmpl[d] = float32(i + 1)
		}
		if err := f.Add(engine.IndexEntry{Face: id(i), Template: tmpl, Hosts: []string{"example.org"}}); err != nil {
			t.Fatal(err)
		}
	}
	blocks := append([]*kernel.Templates(nil), f.blocks...)
	for i := range n {
		if i%2 == 0 || i > 100 {
			f.Remove(id(i))
		}
	}
	held := map[float32]bool{}
	for _, b := range blocks {
		for _, tmpl := range b {
			for _, v := range tmpl {
				held[v] = true
			}
		}
	}
	for i := range n {
		want := i%2 == 1 && i <= 100
		if held[float32(i+1)] != want {
			t.Errorf("template %d in memory: %v, want %v", i, !want, want)
		}
	}
	if got := len(f.blocks); got != 2 {
		t.Errorf("%d blocks kept for %d faces, want 2: the used one and a spare", got, f.Len())
	}
}

func TestClearLeavesNothingOfATemplateInMemory(t *testing.T) {
	f := NewFlat()
	const n = blockRows + 10
	for i := range n {
		tmpl := engine.Template{float32(i + 1)}
		if err := f.Add(engine.IndexEntry{Face: engine.NewFaceID("P", i), Template: tmpl, Hosts: []string{"example.org"}}); err != nil {
			t.Fatal(err)
		}
	}
	blocks := append([]*kernel.Templates(nil), f.blocks...)
	f.Clear()
	for _, b := range blocks {
		if *b != (kernel.Templates{}) {
			t.Error("a template is still in memory")
		}
	}
	if len(f.blocks) != 0 || f.Len() != 0 {
		t.Errorf("%d blocks and %d faces are kept", len(f.blocks), f.Len())
	}
}
