package face_test

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"testing"

	"gabarit/engine"
	"gabarit/engine/face"
	photos "gabarit/engine/photo"
)

// A face taken out of a thumbnail is not found in it again; its neighbour still is, as the same person.
func TestAnErasedFaceIsNotFoundInWhatStays(t *testing.T) {
	a, b := portrait(t), scaled(t, photo(t, "biden.jpg"), 0.4)
	group := image.NewRGBA(image.Rect(0, 0, a.Width+b.Width, max(a.Height, b.Height)))
	draw.Draw(group, group.Rect, a.Image, a.Image.Bounds().Min, draw.Src)
	draw.Draw(group, image.Rect(a.Width, 0, group.Rect.Dx(), group.Rect.Dy()), b.Image, b.Image.Bounds().Min, draw.Src)
	p := open(t, face.Config{Workers: 1, Models: models(t)})
	pic, reader := picture(group), photos.New(photos.DefaultLimits())
	two := detect(t, p, pic, engine.Look{Detector: engine.DetectorThorough})
	if len(two) != 2 {
		t.Fatalf("found %d faces, want 2: %v", len(two), boxes(two))
	}
	thumb, err := reader.Thumbnail(pic)
	if err != nil {
		t.Fatal(err)
	}
	for gone := range two {
		stays := two[1-gone]
		data, err := photos.BlurFaces(thumb, []engine.Box{two[gone].Box}, pic.Width, pic.Height)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []engine.DetectorKind{engine.DetectorFast, engine.DetectorThorough} {
			left := only(t, detect(t, p, picture(decoded(t, data)), engine.Look{Detector: kind}))
			if d := distance(left.Template, stays.Template); d > 0.5 {
				t.Errorf("%s: the face that stays is %.2f away from what it was", kind, d)
			}
			if d := distance(left.Template, two[gone].Template); d < 0.6 {
				t.Errorf("%s: the face that is left is only %.2f away from the erased one", kind, d)
			}
		}
	}
}

func decoded(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}
