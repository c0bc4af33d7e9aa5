//go:build unix

package photo_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/pipeline"
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

// groupPhotos reads the JPEGs with several people, of .1 to 1.8 megapixels.
func groupPhotos(b *testing.B) [][]byte {
	dir := filepath.Join("..", "..", "..", "shared", "testdata", "group")
	names, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
	must(b, err)
	if len(names) == 0 {
		b.Skip("skipped: needs the real photos of ../shared/testdata/group")
	}
	var all [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		must(b, err)
		if bytes.HasPrefix(data, []byte{0xFF, 0xD8}) {
			all = append(all, data)
		}
	}
	return all
}

// cpuTime is the processor time that the process has used, user and system.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchmarkPhotos reports the processor time that fn takes for a photo.
func benchmarkPhotos(b *testing.B, photos [][]byte, fn func([]byte) error) {
	n, from := 0, cpuTime(b)
	for b.Loop() {
		for _, data := range photos {
			if err := fn(data); err != nil {
				b.Fatal(err)
			}
			n++
		}
	}
	b.ReportMetric(float64((cpuTime(b)-from).Microseconds())/1000/float64(n), "cpu-ms/photo")
}

func BenchmarkDecode(b *testing.B) {
	r := newReader()
	whole := func(data []byte) error {
		p, err := r.Decode(b.Context(), data)
		if err == nil {
			pipeline.PerceptualHash(p.Image)
		}
		return err
	}
	alone := func(data []byte) error {
		_, err := jpeg.Decode(bytes.NewReader(data))
		return err
	}
	b.Run("group photos", func(b *testing.B) { benchmarkPhotos(b, groupPhotos(b), whole) })
	b.Run("group photos, image/jpeg alone", func(b *testing.B) { benchmarkPhotos(b, groupPhotos(b), alone) })
	b.Run("12 megapixels", func(b *testing.B) { benchmarkPhotos(b, [][]byte{phonePhoto(b)}, whole) })
	b.Run("12 megapixels in sRGB", func(b *testing.B) { benchmarkPhotos(b, [][]byte{withProfile(phonePhoto(b), sRGB().profile())}, whole) })
	b.Run("12 megapixels in Display P3", func(b *testing.B) { benchmarkPhotos(b, [][]byte{withProfile(phonePhoto(b), displayP3())}, whole) })
	b.Run("12 megapixels, image/jpeg alone", func(b *testing.B) { benchmarkPhotos(b, [][]byte{phonePhoto(b)}, alone) })
}

func BenchmarkThumbnail(b *testing.B) {
	r := newReader()
	run := func(photos [][]byte) func(*testing.B) {
		return func(b *testing.B) {
			var pictures []*engine.Picture
			for _, data := range photos {
				p, err := r.Decode(b.Context(), data)
				must(b, err)
				pictures = append(pictures, p)
			}
			n, from := 0, cpuTime(b)
			for b.Loop() {
				for _, p := range pictures {
					_, err := r.Thumbnail(p)
					must(b, err)
					n++
				}
			}
			b.ReportMetric(float64((cpuTime(b)-from).Microseconds())/1000/float64(n), "cpu-ms/photo")
		}
	}
	b.Run("group photos", func(b *testing.B) { run(groupPhotos(b))(b) })
	b.Run("12 megapixels", func(b *testing.B) { run([][]byte{phonePhoto(b)})(b) })
}

func BenchmarkCrop(b *testing.B) {
	r := newReader()
	p, err := r.Decode(b.Context(), phonePhoto(b))
	must(b, err)
	for b.Loop() {
		if _, err := r.Crop(p, engine.Detection{Box: engine.Box{X: 1500, Y: 1000, W: 600, H: 600}, Roll: 8}); err != nil {
			b.Fatal(err)
		}
	}
}
