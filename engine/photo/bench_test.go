package photo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"testing"

	"gabarit/engine"
)

// phonePhoto gives a JPEG of 12 megapixels.
func phonePhoto(b *testing.B) []byte {
	small := landscape(3, 1008, 756)
	img := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	for y := range 3024 {
		for x := range 4032 {
			v := small.Pix[(y/4)*small.Stride+(x/4)*4]
			img.Y[y*img.YStride+x] = v ^ uint8((x*y)&3)
			img.Cb[y/2*img.CStride+x/2], img.Cr[y/2*img.CStride+x/2] = 255-v, v
		}
	}
	var out bytes.Buffer
	must(b, jpeg.Encode(&out, img, &jpeg.Options{Quality: 90}))
	return out.Bytes()
}

func BenchmarkDecodePhonePhoto(b *testing.B) {
	data, r := phonePhoto(b), newReader()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := r.Decode(b.Context(), data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJPEGAlone is the part of BenchmarkDecodePhonePhoto that the standard library takes.
func BenchmarkJPEGAlone(b *testing.B) {
	data := phonePhoto(b)
	for b.Loop() {
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkThumbnailAndCrop(b *testing.B) {
	r := newReader()
	p, err := r.Decode(b.Context(), phonePhoto(b))
	must(b, err)
	for b.Loop() {
		if _, err := r.Thumbnail(p); err != nil {
			b.Fatal(err)
		}
		if _, err := r.Crop(p, engine.Detection{Box: engine.Box{X: 1500, Y: 1000, W: 600, H: 600}, Roll: 8}); err != nil {
			b.Fatal(err)
		}
	}
}
