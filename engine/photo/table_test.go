package photo_test

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"

	"golang.org/x/image/tiff"

	"gabarit/engine"
	"gabarit/engine/formats"
)

// patched gives a copy of data with other bytes at a place.
func patched(data []byte, at int, b ...byte) []byte {
	out := bytes.Clone(data)
	copy(out[at:], b)
	return out
}

// paletted gives the scene in a few colours.
func paletted(n int) *image.Paletted {
	c := cornerColours()
	pal := color.Palette{c[0], c[1], c[2], c[3], color.Gray{127}}
	for len(pal) < n {
		pal = append(pal, color.Gray{uint8(len(pal))})
	}
	img := image.NewPaletted(image.Rect(0, 0, sceneW, sceneH), pal)
	copyTo(img.Set, scene())
	return img
}

// interlacedGIF writes the rows of a GIF picture of 8 bits in the four passes of the format.
func interlacedGIF(t testing.TB, img *image.Paletted) []byte {
	data := asGIF(t, img)
	at := 13 + 3<<(data[10]&7+1)
	if data[10]&0x80 == 0 || data[at] != 0x2C {
		t.Fatal("the encoder writes GIF in another way")
	}
	at += 10
	var packed bytes.Buffer
	z := lzw.NewWriter(&packed, lzw.LSB, 8)
	for _, pass := range [][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}} {
		for y := pass[0]; y < sceneH; y += pass[1] {
			_, err := z.Write(img.Pix[y*img.Stride:][:sceneW])
			must(t, err)
		}
	}
	must(t, z.Close())
	out := append(patched(data[:at], at-1, data[at-1]|0x40), 8)
	for part := range slices.Chunk(packed.Bytes(), 255) {
		out = append(append(out, byte(len(part))), part...)
	}
	return append(out, 0, 0x3B)
}

// tableFiles gives files for every line of formats.Pictures: what is read must show the scene.
func tableFiles(t testing.TB) map[string]map[string][]byte {
	colour, grey16 := asTIFF(t, scene(), nil), image.NewGray16(image.Rect(0, 0, sceneW, sceneH))
	draw.Draw(grey16, grey16.Rect, scene(), image.Point{}, draw.Src)
	clear := image.NewNRGBA(scene().Rect)
	copyTo(clear.Set, scene())
	clear.SetNRGBA(48, 32, color.NRGBA{})
	dir := binary.LittleEndian.Uint32(colour[4:])
	dng := patched(colour, int(dir)+2, 0x12, 0xC6)
	return map[string]map[string][]byte{
		"JPEG": {"baseline": asJPEG(t, scene(), 90), "progressive": testdata(t, "progressive.jpg"), "grey, no colour": asJPEG(t, grey(scene()), 90),
			"cmyk": testdata(t, "cmyk.jpg"), "4:1:1": testdata(t, "ratio411.jpg"), "4:2:2": testdata(t, "ratio422.jpg")},
		"JPEG, 12 bits":                {"extended": patched(jpegBomb(t, 0xC1, sceneW, sceneH), bytes.Index(jpegBomb(t, 0xC1, sceneW, sceneH), []byte{0xFF, 0xC1})+4, 12)},
		"JPEG, lossless or arithmetic": {"lossless": jpegBomb(t, 0xC3, sceneW, sceneH), "arithmetic": jpegBomb(t, 0xC9, sceneW, sceneH)},
		"PNG": {"8 bits": asPNG(t, scene()), "16 bits": asPNG(t, wide(scene())), "grey": asPNG(t, grey(scene())), "grey, 16 bits": asPNG(t, grey16),
			"palette of 16": asPNG(t, paletted(5)), "palette of 256": asPNG(t, paletted(200)), "transparent": asPNG(t, clear), "interlaced": testdata(t, "interlaced.png"),
			"animated": withChunk(asPNG(t, scene()), "acTL", make([]byte, 8))},
		"GIF":                   {"still": asGIF(t, paletted(5)), "interlaced": interlacedGIF(t, paletted(256))},
		"WebP":                  {"lossy": testdata(t, "lossy.webp"), "lossless": testdata(t, "lossless.webp"), "transparent": testdata(t, "alpha.webp"), "animated": webpAnimation(t, sceneW+2, sceneH+4, testdata(t, "lossless.webp"))},
		"TIFF":                  {"colour": colour, "deflate": asTIFF(t, scene(), &tiff.Options{Compression: tiff.Deflate, Predictor: true}), "lzw": testdata(t, "lzw.tif"), "16 bits": asTIFF(t, wide(scene()), nil), "grey": asTIFF(t, grey(scene()), nil), "grey, 16 bits": asTIFF(t, grey16, nil), "palette": asTIFF(t, paletted(5), nil), "black and white, fax": testdata(t, "fax.tif"), "three pages": pages(colour, 3)},
		"TIFF, CMYK":            {"lzw": testdata(t, "cmyk.tif")},
		"TIFF with JPEG inside": {"rgb": testdata(t, "jpeg.tif")},
		"BMP":                   {"24 bits": asBMP(t, scene()), "grey": asBMP(t, grey(scene())), "palette": asBMP(t, paletted(200))},
		"BMP, compressed":       {"run lengths": testdata(t, "rle.bmp")},
		"HEIC": {"8 bits": testdata(t, "plain.heic"), "10 bits": testdata(t, "deep.heic"), "grey": testdata(t, "grey.heic"), "tiles": testdata(t, "tiles.heic"),
			"two pictures": testdata(t, "several.heic"), "turned": testdata(t, "turned.heic")},
		"AVIF":      {"8 bits": testdata(t, "picture.avif"), "10 bits": testdata(t, "deep.avif"), "transparent": testdata(t, "alpha.avif"), "sequence": testdata(t, "sequence.avif")},
		"JPEG XL":   {"container or not": testdata(t, "picture.jxl")},
		"JPEG 2000": {"jp2": testdata(t, "picture.jp2")},
		"Camera raw": {"dng": dng, "preview": patched(colour, int(dir)+2, 0xFE, 0, 4, 0, 1, 0, 0, 0, 1), "cr2": append([]byte("II*\x00\x10\x00\x00\x00CR\x02\x00\x00\x00\x00\x00"), make([]byte, 64)...),
			"cr3": append([]byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom"), make([]byte, 64)...), "raf": append([]byte("FUJIFILMCCD-RAW 0201"), make([]byte, 64)...),
			"orf": append([]byte("IIRO\x08\x00\x00\x00"), make([]byte, 64)...), "rw2": append([]byte("IIU\x00\x18\x00\x00\x00"), make([]byte, 64)...)},
		"Photoshop": {"psd": testdata(t, "picture.psd")},
		"SVG":       {"with a header": []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="96" height="64"></svg>`)},
		"PDF":       {"an empty one": []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n")},
	}
}

func TestEveryFormatOfTheListIsReadOrRefusedAsItSays(t *testing.T) {
	files := tableFiles(t)
	for _, f := range formats.Pictures() {
		if len(files[f.Name]) == 0 {
			t.Errorf("%s: no file", f.Name)
		}
		for name, data := range files[f.Name] {
			t.Run(f.Name+": "+name, func(t *testing.T) {
				p, err := newReader().Decode(t.Context(), data)
				switch {
				case !f.Read:
					wantError(t, err, engine.CodeUnsupported, f.Note)
				case err != nil:
					t.Error(err)
				case name == "black and white, fax": // the corners are light or dark
					for i, at := range [4]image.Point{{8, 8}, {88, 8}, {8, 56}, {88, 56}} {
						want := []uint8{0, 255, 0, 255}[i]
						if got := color.GrayModel.Convert(p.Image.At(at.X, at.Y)).(color.Gray).Y; got != want {
							t.Errorf("corner %d is %d, want %d", i, got, want)
						}
					}
				case bytes.HasPrefix([]byte(name), []byte("grey")):
					checkGrey(t, p)
				case name == "animated" && f.Name == "WebP": // lies at 2, 4 on a larger canvas
					if got := color.RGBAModel.Convert(p.Image.At(10, 12)).(color.RGBA); !near(got, cornerColours()[0], 2) {
						t.Errorf("the corner is %v", got)
					}
				default:
					checkScene(t, p)
				}
			})
		}
		delete(files, f.Name)
	}
	for name := range files {
		t.Errorf("%s is not on the list", name)
	}
}

// A picture of 16 bits a colour keeps its light: each level is within one of the nearest of 256.
func TestSixteenBitsBecomeEightWithoutASlip(t *testing.T) {
	grey16, colour := image.NewGray16(image.Rect(0, 0, 256, 256)), image.NewNRGBA64(image.Rect(0, 0, 256, 256))
	for i := range 1 << 16 {
		grey16.SetGray16(i%256, i/256, color.Gray16{uint16(i)})
		colour.SetNRGBA64(i%256, i/256, color.NRGBA64{uint16(i), uint16(65535 - i), uint16(i / 2), 65535})
	}
	for name, data := range map[string][]byte{
		"png, grey": asPNG(t, grey16), "png": asPNG(t, colour), "tiff, grey": asTIFF(t, grey16, nil), "tiff": asTIFF(t, colour, nil),
	} {
		img := decode(t, data).Image
		for i := 0; i < 1<<16; i += 7 {
			got := color.RGBAModel.Convert(img.At(i%256, i/256)).(color.RGBA)
			want := color.RGBA{uint8((i + 128) / 257), uint8((65535 - i + 128) / 257), uint8((i/2 + 128) / 257), 255}
			if bytes.HasSuffix([]byte(name), []byte("grey")) {
				want.G, want.B = want.R, want.R
			}
			if !near(got, want, 1) {
				t.Fatalf("%s: level %d became %v, want about %v", name, i, got, want)
			}
		}
	}
}
