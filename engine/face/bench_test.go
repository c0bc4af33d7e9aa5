package face_test

import (
	"image"
	"math/rand/v2"
	"testing"

	"gabarit/engine"
	"gabarit/engine/face"
)

// BenchmarkPrepare is what the parent does for a picture: scaling.
func BenchmarkPrepare(b *testing.B) {
	for name, size := range map[string]image.Point{"1MP": {1000, 1000}, "12MP": {4000, 3000}} {
		m := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
		rng := rand.New(rand.NewPCG(1, 1))
		for i := range m.Y {
			m.Y[i] = uint8(i/64 + rng.IntN(12))
		}
		w, h, _ := face.CanvasSize(size.X, size.Y, face.SmallestFace(engine.DetectorFast))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if face.Prepare(m, w, h) != w*h {
					b.Fatal("another size")
				}
			}
		})
	}
}

// BenchmarkDetect is a whole detection, on a photo of one face.
func BenchmarkDetect(b *testing.B) {
	p := open(b, face.Config{Models: models(b), Workers: 1})
	pic := photo(b, "obama.jpg")
	for _, kind := range []engine.DetectorKind{engine.DetectorFast, engine.DetectorThorough} {
		b.Run(string(kind), func(b *testing.B) {
			for b.Loop() {
				only(b, detect(b, p, pic, engine.Look{Detector: kind}))
			}
		})
	}
}
