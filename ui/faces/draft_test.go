package faces_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/ui/faces"
)

func TestABoxStaysInThePhoto(t *testing.T) {
	d := faces.NewDraft(300, 200)
	steps := []struct {
		name string
		do   func()
		want engine.Box
	}{
		{"the first box", func() {}, engine.Box{X: 117, Y: 67, W: 66, H: 66}},
		{"a step to the right and down", func() { d.Move(1, 1) }, engine.Box{X: 123, Y: 73, W: 66, H: 66}},
		{"far beyond the edge", func() { d.Move(-100, 100) }, engine.Box{X: 0, Y: 134, W: 66, H: 66}},
		{"larger at the corner", func() { d.Grow(1) }, engine.Box{X: 0, Y: 128, W: 72, H: 72}},
		{"as large as the photo", func() { d.Grow(1000) }, engine.Box{X: 0, Y: 0, W: 300, H: 200}},
		{"as small as shows a face", func() { d.Grow(-1000) }, engine.Box{X: 146, Y: 96, W: 8, H: 8}},
		{"drawn with the pointer, partly outside", func() { d.Set(engine.Box{X: -20, Y: 150, W: 60, H: 90}) }, engine.Box{X: 0, Y: 150, W: 40, H: 50}},
		{"drawn outside", func() { d.Set(engine.Box{X: 400, Y: -90, W: 60, H: 80}) }, engine.Box{X: 300, Y: 0, W: 0, H: 0}},
	}
	for _, s := range steps {
		s.do()
		if got := d.Box; got != s.want {
			t.Errorf("%s: %+v, want %+v", s.name, got, s.want)
		}
	}
}
