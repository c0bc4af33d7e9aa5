package photo_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"gabarit/engine"
	"gabarit/engine/pipeline"
)

// samples gives the scene in every format that is read.
func samples(t testing.TB) map[string][]byte {
	paletted := image.NewPaletted(image.Rect(0, 0, sceneW, sceneH), color.Palette{
		color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}, color.RGBA{0, 0, 255, 255}, color.White, color.Gray{127}})
	copyTo(paletted.Set, scene())
	m := map[string][]byte{
		"jpeg: colour":     asJPEG(t, scene(), 90),
		"jpeg: grey":       asJPEG(t, grey(scene()), 90),
		"png: colour":      asPNG(t, scene()),
		"png: grey":        asPNG(t, grey(scene())),
		"png: 16 bit":      asPNG(t, wide(scene())),
		"png: palette":     asPNG(t, paletted),
		"gif: palette":     asGIF(t, paletted),
		"tiff: colour":     asTIFF(t, scene(), nil),
		"tiff: deflate":    asTIFF(t, scene(), &tiff.Options{Compression: tiff.Deflate, Predictor: true}),
		"tiff: 16 bit":     asTIFF(t, wide(scene()), nil),
		"tiff: palette":    asTIFF(t, paletted, nil),
		"tiff: lzw":        testdata(t, "lzw.tif"),
		"tiff: three":      pages(asTIFF(t, scene(), nil), 3),
		"bmp: colour":      asBMP(t, scene()),
		"bmp: grey":        asBMP(t, grey(scene())),
		"jpeg: grey file":  testdata(t, "grey.jpg"),
		"jpeg: cmyk":       testdata(t, "cmyk.jpg"),
		"jpeg: 4:1:1":      testdata(t, "ratio411.jpg"),
		"jpeg: 4:2:2":      testdata(t, "ratio422.jpg"),
		"jpeg: in stages":  testdata(t, "progressive.jpg"),
		"webp: lossy":      testdata(t, "lossy.webp"),
		"webp: lossless":   testdata(t, "lossless.webp"),
		"webp: with alpha": testdata(t, "alpha.webp"),
		"heic: colour":     testdata(t, "plain.heic"),
		"heic: grey":       testdata(t, "grey.heic"),
		"heic: 10 bit":     testdata(t, "deep.heic"),
		"heic: turned":     testdata(t, "turned.heic"),
		"heic: in tiles":   testdata(t, "tiles.heic"),
		"heic: several":    testdata(t, "several.heic"),
		"avif: colour":     testdata(t, "picture.avif"),
		"avif: 10 bit":     testdata(t, "deep.avif"),
		"avif: sequence":   testdata(t, "sequence.avif"),
	}
	if len(m) != 32 {
		t.Fatalf("%d samples", len(m))
	}
	return m
}

func TestEveryFormatIsReadByItsContent(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			p := decode(t, data)
			if strings.Contains(name, "grey") {
				checkGrey(t, p)
			} else {
				checkScene(t, p)
			}
			want, _, _ := bytes.Cut([]byte(name), []byte(":"))
			if p.Format != string(want) {
				t.Errorf("format %q", p.Format)
			}
			if p.SHA256 != engine.SHA256(sha256.Sum256(data)) {
				t.Error("the hash is not that of the bytes")
			}
		})
	}
}

func TestPicturesHaveOneOfThreeOpaqueKinds(t *testing.T) {
	for name, data := range samples(t) {
		img := decode(t, data).Image
		switch m := img.(type) {
		case *image.YCbCr, *image.Gray:
		case *image.RGBA:
			if !m.Opaque() {
				t.Errorf("%s is not opaque", name)
			}
		default:
			t.Errorf("%s is a %T", name, img)
		}
	}
}

func TestBytesAfterTheEndAreIgnored(t *testing.T) {
	checkScene(t, decode(t, append(asJPEG(t, scene(), 90), "trailing bytes"...)))
	checkScene(t, decode(t, append(testdata(t, "plain.heic"), "SEFT of a phone"...)))
}

func TestTransparentPartsAreWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, sceneW, sceneH))
	copyTo(img.Set, scene())
	img.SetNRGBA(48, 32, color.NRGBA{10, 20, 30, 0})
	for name, data := range map[string][]byte{"png": asPNG(t, img), "tiff": asTIFF(t, img, nil)} {
		p := decode(t, data)
		checkScene(t, p)
		if got := color.RGBAModel.Convert(p.Image.At(48, 32)); got != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("%s: hidden colour %v shows", name, got)
		}
	}
}

func TestFirstFrameOfAnAnimationIsPlacedOnItsCanvas(t *testing.T) {
	pal := color.Palette{color.Black, color.White}
	first := image.NewPaletted(image.Rect(20, 10, 40, 30), pal) // black, smaller than the canvas
	second := image.NewPaletted(image.Rect(0, 0, sceneW, sceneH), pal)
	var b bytes.Buffer
	must(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{1, 1},
		Config: image.Config{ColorModel: pal, Width: sceneW, Height: sceneH}}))
	p := decode(t, b.Bytes())
	if p.Width != sceneW || p.Height != sceneH {
		t.Fatalf("size %d x %d", p.Width, p.Height)
	}
	if !near(color.RGBAModel.Convert(p.Image.At(30, 20)).(color.RGBA), color.RGBA{0, 0, 0, 255}, 0) {
		t.Error("the frame is not at its place")
	}
	if !near(color.RGBAModel.Convert(p.Image.At(5, 5)).(color.RGBA), color.RGBA{255, 255, 255, 255}, 0) {
		t.Error("the rest of the canvas is not white")
	}
}

func TestAllOrientationsBecomeUprightOnce(t *testing.T) {
	upright := decode(t, asPNG(t, scene()))
	for o := 1; o <= 8; o++ {
		stored := lay(scene(), o)
		tests := map[string][]byte{
			"jpeg":          withSegments(asJPEG(t, stored, 95), exifSegment(oriented(o))),
			"grey jpeg":     withSegments(asJPEG(t, grey(stored), 95), exifSegment(oriented(o))),
			"little-endian": withSegments(asJPEG(t, stored, 95), exifSegment(exif(binary.LittleEndian, ifd{{0x0112, o}}))),
			"png":           withChunk(asPNG(t, stored), "eXIf", oriented(o)),
		}
		for name, data := range tests {
			p := decode(t, data)
			if strings.Contains(name, "grey") {
				checkGrey(t, p)
			} else {
				checkScene(t, p)
			}
			if d := hashDistance(pipeline.PerceptualHash(p.Image), pipeline.PerceptualHash(upright.Image)); d > 4 {
				t.Errorf("orientation %d, %s: hash differs in %d bits", o, name, d)
			}
		}
	}
}

func TestChromaTurnsWithThePicture(t *testing.T) {
	for _, name := range []string{"ratio411.jpg", "ratio422.jpg", "progressive.jpg"} {
		p := decode(t, withSegments(testdata(t, name), exifSegment(oriented(6))))
		if p.Width != sceneH || p.Height != sceneW {
			t.Fatalf("%s: size %d x %d", name, p.Width, p.Height)
		}
		// A quarter turn clockwise: the upper left corner comes to the upper right.
		for i, at := range [4]image.Point{{56, 8}, {56, 88}, {8, 8}, {8, 88}} {
			got := color.RGBAModel.Convert(p.Image.At(at.X, at.Y)).(color.RGBA)
			if want := cornerColours()[i]; !near(got, want, 40) {
				t.Errorf("%s: corner %d is %v, want %v", name, i, got, want)
			}
		}
	}
}

func TestOrientationsThatDoNotExistCountAsUpright(t *testing.T) {
	for _, o := range []int{0, 9, 65535} {
		checkScene(t, decode(t, withSegments(asJPEG(t, scene(), 95), exifSegment(oriented(o)))))
	}
}

// lay gives the pixels as a camera stores them that writes orientation o: it undoes what uprighting does,
// following the table of the EXIF standard (0th row and 0th column of the stored picture).
func lay(img *image.RGBA, o int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	sw, sh := w, h
	if o >= 5 {
		sw, sh = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, sw, sh))
	for row := range sh {
		for col := range sw {
			var x, y int
			switch o {
			case 1: // row 0 is the top, column 0 the left side
				x, y = col, row
			case 2: // top, right
				x, y = w-1-col, row
			case 3: // bottom, right
				x, y = w-1-col, h-1-row
			case 4: // bottom, left
				x, y = col, h-1-row
			case 5: // left, top
				x, y = row, col
			case 6: // right, top
				x, y = w-1-row, col
			case 7: // right, bottom
				x, y = w-1-row, h-1-col
			case 8: // left, bottom
				x, y = row, h-1-col
			}
			out.SetRGBA(col, row, img.RGBAAt(x, y))
		}
	}
	return out
}

func TestRealPhotosOfEveryOrientationLookLikeTheirUprightOriginal(t *testing.T) {
	for turned, original := range map[string]string{
		"exif/CompreFace_000_5_exif3.jpg": "group/CompreFace_000_5.jpg",
		"exif/CompreFace_000_5_exif6.jpg": "group/CompreFace_000_5.jpg",
		"exif/CompreFace_000_5_exif8.jpg": "group/CompreFace_000_5.jpg",
		"exif/dlib_2008_001322_exif5.jpg": "group/dlib_2008_001322.jpg",
		"exif/cognitive_faces_exif6.jpg":  "group/cognitive_faces.jpg",
	} {
		p, q := decode(t, shared(t, turned)), decode(t, shared(t, original))
		if p.Width != q.Width || p.Height != q.Height {
			t.Errorf("%s: %d x %d, original %d x %d", turned, p.Width, p.Height, q.Width, q.Height)
		}
		if d := hashDistance(pipeline.PerceptualHash(p.Image), pipeline.PerceptualHash(q.Image)); d > 4 {
			t.Errorf("%s: hash differs in %d bits", turned, d)
		}
	}
}
