package photo_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gabarit/engine/photo"
)

// space is a colour space: the XYZ under D50 of its red, green and blue, and its curve.
type space struct {
	name    string
	xyz     [3][3]float64
	trc     []byte                  // as a tag
	light   func(v float64) float64 // what the tag says
	extreme bool                    // far from sRGB: colours are told apart more coarsely
}

func sRGBLight(v float64) float64 {
	if v <= .04045 {
		return v / 12.92
	}
	return math.Pow((v+.055)/1.055, 2.4)
}

func s15(v ...float64) (out []byte) {
	for _, x := range v {
		out = binary.BigEndian.AppendUint32(out, uint32(int32(math.Round(x*65536))))
	}
	return out
}

func parametricTag(kind byte, v ...float64) []byte {
	return append([]byte{'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, kind, 0, 0}, s15(v...)...)
}

// curveTag gives a curve as a gamma, or as a table of n values.
func gammaTag(gamma float64) []byte {
	return append([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), binary.BigEndian.AppendUint16(nil, uint16(math.Round(gamma*256)))...)
}

func tableTag(n int, light func(float64) float64) []byte {
	out := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(n))
	for i := range n {
		out = binary.BigEndian.AppendUint16(out, uint16(math.Round(65535*light(float64(i)/float64(n-1)))))
	}
	return out
}

// profileOf builds a profile of tags.
func profileOf(kind string, tags map[string][]byte) []byte {
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	for name, tag := range tags {
		table = append(table, name...)
		table = binary.BigEndian.AppendUint32(table, uint32(132+12*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(tag)))
		body = append(body, append(tag, make([]byte, -len(tag)&3)...)...)
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(128+len(table)+len(body)))
	copy(head[8:], "\x02\x40\x00\x00mntr"+kind+"XYZ ")
	copy(head[36:], "acsp")
	copy(head[68:], s15(.9642, 1, .8249))
	return bytes.Join([][]byte{head, table, body}, nil)
}

func (s space) profile() []byte {
	tags := map[string][]byte{
		"wtpt": append([]byte("XYZ \x00\x00\x00\x00"), s15(.9642, 1, .8249)...),
		"desc": append([]byte("desc\x00\x00\x00\x00\x00\x00\x00\x05test\x00"), make([]byte, 78)...),
		"cprt": []byte("text\x00\x00\x00\x00none\x00"),
	}
	for i, c := range []string{"r", "g", "b"} {
		tags[c+"XYZ"] = append([]byte("XYZ \x00\x00\x00\x00"), s15(s.xyz[i][:]...)...)
		tags[c+"TRC"] = s.trc
	}
	return profileOf("RGB ", tags)
}

func sRGB() space {
	return space{name: "sRGB", xyz: [3][3]float64{{.43607, .22249, .01392}, {.38515, .71687, .09708}, {.14307, .06061, .71410}},
		trc: parametricTag(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045), light: sRGBLight}
}

func p3() space {
	s := sRGB()
	s.name, s.xyz = "Display P3", [3][3]float64{{.51512, .24120, -.00105}, {.29198, .69225, .04189}, {.15710, .06657, .78407}}
	return s
}

func displayP3() []byte { return p3().profile() }

// spaces are those that photos come in, each with its curve written in another way.
func spaces() []space {
	power := func(g float64) func(float64) float64 { return func(v float64) float64 { return math.Pow(v, g) } }
	adobe := space{name: "Adobe RGB", xyz: [3][3]float64{{.60974, .31111, .01947}, {.20528, .62567, .06087}, {.14919, .06322, .74457}},
		trc: gammaTag(2.19921875), light: power(2.19921875)}
	pro := space{name: "ProPhoto RGB", xyz: [3][3]float64{{.79767, .28804, 0}, {.13519, .71187, 0}, {.03135, .00008, .82491}},
		trc: parametricTag(0, 1.8), light: power(1.8), extreme: true}
	table := p3()
	table.name, table.trc = "Display P3 with a table", tableTag(1024, sRGBLight)
	offset := adobe
	offset.name, offset.trc = "Adobe RGB with a longer formula", parametricTag(4, 2.19921875, 1, 0, 0, 0, 0, 0)
	return []space{p3(), adobe, pro, table, offset}
}

// encode gives an sRGB colour in the space, in floating point and by inverting its matrix: another way than the reader's.
func (s space) encode(c color.RGBA) color.RGBA {
	var xyz [3]float64
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		for k := range xyz {
			xyz[k] += sRGB().xyz[i][k] * sRGBLight(float64(v)/255)
		}
	}
	a, b, d := s.xyz[0], s.xyz[1], s.xyz[2]
	det := func(x, y, z [3]float64) float64 {
		return x[0]*(y[1]*z[2]-y[2]*z[1]) - y[0]*(x[1]*z[2]-x[2]*z[1]) + z[0]*(x[1]*y[2]-x[2]*y[1])
	}
	level := func(light float64) uint8 { // the level whose light is nearest
		low, high := 0.0, 1.0
		for range 30 {
			if mid := (low + high) / 2; s.light(mid) < light {
				low = mid
			} else {
				high = mid
			}
		}
		return uint8(math.Round(255 * low))
	}
	whole := det(a, b, d)
	return color.RGBA{level(det(xyz, b, d) / whole), level(det(a, xyz, d) / whole), level(det(a, b, xyz) / whole), 255}
}

// palette gives a picture of many colours in sRGB.
func palette() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 128, 128))
	for i := range 16 * 16 { // blocks of 8 x 8, as JPEG has them
		c := color.RGBA{uint8(40 + i%16*12), uint8(40 + i/16*12), uint8(220 - (i%16+i/16)*6), 255}
		for p := range 64 {
			img.SetRGBA(i%16*8+p%8, i/16*8+p/8, c)
		}
	}
	return img
}

func (s space) encoded(img *image.RGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.SetRGBA(x, y, s.encode(img.RGBAAt(x, y)))
		}
	}
	return out
}

func packed(t testing.TB, profile []byte) []byte {
	var b bytes.Buffer
	b.WriteString("name\x00\x00")
	z := zlib.NewWriter(&b)
	_, err := z.Write(profile)
	must(t, err)
	must(t, z.Close())
	return b.Bytes()
}

// withProfile puts a profile into a JPEG, in parts of 400 bytes.
func withProfile(data, profile []byte) []byte {
	const part = 400
	n := (len(profile) + part - 1) / part
	var segments [][]byte
	for i := range n {
		body := append([]byte("ICC_PROFILE\x00"), byte(i+1), byte(n))
		segments = append(segments, segment(0xE2, append(body, profile[i*part:min(len(profile), (i+1)*part)]...)))
	}
	return withSegments(data, segments...)
}

// withTIFFProfile adds a profile to a TIFF file, whose directory it writes anew at the end.
func withTIFFProfile(data, profile []byte) []byte {
	little := binary.LittleEndian
	first := little.Uint32(data[4:])
	n := little.Uint16(data[first:])
	entries := bytes.Clone(data[first+2:][:12*int(n)])
	out := append(bytes.Clone(data), profile...)
	little.PutUint32(out[4:], uint32(len(out)))
	out = append(little.AppendUint16(out, n+1), entries...)
	out = little.AppendUint16(little.AppendUint16(out, 0x8773), 7)
	out = little.AppendUint32(little.AppendUint32(out, uint32(len(profile))), uint32(len(data)))
	return little.AppendUint32(out, 0)
}

// apart gives the mean and the largest difference of a channel between two pictures, at every step-th pixel.
func apart(a, b image.Image, step int) (mean float64, worst int) {
	r := b.Bounds()
	sum, n := 0, 0
	for y := step / 2; y < r.Dy(); y += step {
		for x := step / 2; x < r.Dx(); x += step {
			p, q := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA), color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			for _, d := range [...]int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B)} {
				sum, n = sum+max(d, -d), n+1
				worst = max(worst, d, -d)
			}
		}
	}
	return float64(sum) / float64(n), worst
}

func TestAPhotoInAnotherColourSpaceLooksLikeItsOriginal(t *testing.T) {
	want := palette()
	for _, s := range spaces() {
		stored, profile := s.encoded(want), s.profile()
		var jpeg420 bytes.Buffer
		must(t, jpeg.Encode(&jpeg420, stored, &jpeg.Options{Quality: 98}))
		for name, f := range map[string]struct {
			data []byte
			mean float64
			most int
		}{
			"png":  {withChunk(asPNG(t, stored), "iCCP", packed(t, profile)), 1, 4},
			"tiff": {withTIFFProfile(asTIFF(t, stored, nil), profile), 1, 4},
			"jpeg": {withProfile(jpeg420.Bytes(), profile), 2.2, 14},
		} {
			mean, worst := apart(decode(t, f.data).Image, want, 8)
			t.Logf("%s as %s: %.2f apart on average, %d at worst", s.name, name, mean, worst)
			if s.extreme {
				f.most *= 3 // eight bits are few for so wide a space
			}
			if mean > f.mean || worst > f.most {
				t.Errorf("%s as %s: %.2f apart on average, %d at worst", s.name, name, mean, worst)
			}
		}
		if mean, _ := apart(decode(t, asPNG(t, stored)).Image, want, 8); mean < 4 {
			t.Errorf("%s: without its profile the picture is only %.2f apart: the test shows nothing", s.name, mean)
		}
	}
}

func TestPhotosOfAPhoneInDisplayP3AreReadInColour(t *testing.T) {
	for _, name := range []string{"p3.heic", "p3.avif", "p3.webp"} {
		data := testdata(t, name)
		p := decode(t, data)
		checkScene(t, p)
		i := bytes.Index(data, []byte("acsp"))
		data[i] = 'x' // no profile any more
		q := decode(t, data)
		scale := p.Width / sceneW
		red := func(img image.Image) color.RGBA {
			return color.RGBAModel.Convert(img.At(8*scale, 8*scale)).(color.RGBA)
		}
		if with, without := red(p.Image), red(q.Image); !near(with, color.RGBA{255, 0, 0, 255}, 8) || near(without, with, 20) {
			t.Errorf("%s: red is %v, without the profile %v", name, with, without)
		}
	}
}

func TestAGreyPhotoFollowsItsCurve(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 256, 16))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	profile := profileOf("GRAY", map[string][]byte{"kTRC": gammaTag(1)}) // linear light
	p := decode(t, withChunk(asPNG(t, img), "iCCP", packed(t, profile)))
	for _, v := range []int{0, 1, 20, 55, 128, 200, 255} {
		x := float64(v) / 255
		want := 12.92 * x
		if x > .0031308 {
			want = 1.055*math.Pow(x, 1/2.4) - .055
		}
		if got := p.Image.(*image.Gray).GrayAt(v, 3).Y; math.Abs(float64(got)-255*want) > 1 {
			t.Errorf("level %d became %d, want %.1f", v, got, 255*want)
		}
	}
}

func TestProfilesThatChangeNothingOrMakeNoSenseLeavePixelsAlone(t *testing.T) {
	img := palette()
	coloured := func(change func(map[string][]byte)) []byte {
		s, tags := p3(), map[string][]byte{}
		for i, c := range []string{"r", "g", "b"} {
			tags[c+"XYZ"], tags[c+"TRC"] = append([]byte("XYZ \x00\x00\x00\x00"), s15(s.xyz[i][:]...)...), s.trc
		}
		change(tags)
		return profileOf("RGB ", tags)
	}
	table := sRGB()
	table.trc = tableTag(1024, sRGBLight)
	lab, printing := displayP3(), displayP3()
	copy(lab[20:], "Lab ")
	copy(printing[16:], "CMYK")
	for name, profile := range map[string][]byte{
		"sRGB":                            sRGB().profile(),
		"sRGB with a table":               table.profile(),
		"nothing":                         {},
		"half a header":                   displayP3()[:100],
		"a cut-off profile":               displayP3()[:200],
		"one for printing":                printing,
		"one of tables":                   lab,
		"grey's, in colour, of sRGB":      profileOf("GRAY", map[string][]byte{"kTRC": sRGB().trc}),
		"no green curve":                  coloured(func(m map[string][]byte) { delete(m, "gTRC") }),
		"a white that is not D50":         coloured(func(m map[string][]byte) { m["rXYZ"] = m["bXYZ"] }),
		"a curve of four billion entries": coloured(func(m map[string][]byte) { m["rTRC"] = []byte("curv\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00") }),
		"a curve of a kind unknown":       coloured(func(m map[string][]byte) { m["rTRC"] = parametricTag(9, 1, 1, 1, 1, 1, 1, 1) }),
		"a curve that is no number":       coloured(func(m map[string][]byte) { m["rTRC"] = parametricTag(1, .5, -1, 0) }),
	} {
		p := decode(t, withChunk(asPNG(t, img), "iCCP", packed(t, profile)))
		if _, worst := apart(p.Image, img, 1); worst != 0 {
			t.Errorf("%s: colours moved by up to %d", name, worst)
		}
	}
	first := withSegments(asJPEG(t, img, 95), segment(0xE2, append([]byte("ICC_PROFILE\x00\x02\x02"), displayP3()...)))
	if _, worst := apart(decode(t, first).Image, decode(t, asJPEG(t, img, 95)).Image, 1); worst != 0 {
		t.Errorf("a profile without its first part moved colours by up to %d", worst)
	}
}

// TestColoursAgreeWithAColourEngine compares with Little CMS, which ImageMagick uses.
func TestColoursAgreeWithAColourEngine(t *testing.T) {
	tool, err := exec.LookPath("convert")
	if err != nil {
		t.Skip("skipped: needs ImageMagick's convert")
	}
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, data, 0o600))
		return p
	}
	img := image.NewRGBA(image.Rect(0, 0, 64, 64)) // colours at all distances from grey
	for i := range 64 * 64 {
		img.SetRGBA(i%64, i/64, color.RGBA{uint8(i * 37), uint8(i / 64 * 4), uint8(i * 11 / 3), 255})
	}
	srgb := file("srgb.icc", sRGB().profile())
	for _, s := range spaces() {
		in, out := file("in.png", asPNG(t, img)), filepath.Join(dir, "out.png")
		if said, err := exec.Command(tool, in, "-intent", "relative", "-profile", file("from.icc", s.profile()), "-profile", srgb, "PNG24:"+out).CombinedOutput(); err != nil {
			t.Fatalf("convert: %v %s", err, said)
		}
		data, err := os.ReadFile(out)
		must(t, err)
		want, err := png.Decode(bytes.NewReader(data))
		must(t, err)
		got := decode(t, withChunk(asPNG(t, img), "iCCP", packed(t, s.profile()))).Image
		mean, worst := apart(got, want, 1)
		t.Logf("%s: %.2f levels apart on average, %d at worst", s.name, mean, worst)
		if mean > .6 || worst > 3 {
			t.Errorf("%s: %.2f apart on average, %d at worst", s.name, mean, worst)
		}
	}
}

// FuzzProfile puts bytes where a colour profile is expected: the picture must be read whatever they are.
func FuzzProfile(f *testing.F) {
	for _, s := range append(spaces(), sRGB()) {
		f.Add(s.profile())
	}
	f.Add(profileOf("GRAY", map[string][]byte{"kTRC": gammaTag(1)}))
	r := photo.New(tight())
	colour, plain := asJPEG(f, scene(), 90), asPNG(f, grey(scene()))
	f.Fuzz(func(t *testing.T, profile []byte) {
		for _, data := range [][]byte{withProfile(colour, profile), withChunk(plain, "iCCP", packed(t, profile))} {
			p, err := r.Decode(t.Context(), data)
			checkResult(t, p, err)
			if err != nil {
				t.Fatalf("the photo is lost: %v", err)
			}
		}
	})
}
