package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"

	"gabarit/engine"
)

// Sizes and qualities of what is rendered.
const (
	CropSide      = 224  // pixels of a face crop, each way
	CropMargin    = 1.6  // side of a crop, in sides of the face's box
	ThumbnailSide = 1024 // longest side of a thumbnail
	cropQuality   = 90
	thumbQuality  = 85
)

// Crop renders the face of d as a JPEG of CropSide x CropSide: centred, d.Roll taken out, the longer side of its
// box 1/CropMargin of the side. What lies outside the photo is grey. Only the part of the picture that shows
// is sampled. Errors: CodeInvalid for a box without area or outside the photo.
func (r *Reader) Crop(p *engine.Picture, d engine.Detection) ([]byte, error) {
	const op = "photo.Crop"
	if d.Box.W <= 0 || d.Box.H <= 0 {
		return nil, engine.E(engine.CodeInvalid, op, "the face's box has no area", fmt.Errorf("%v", d.Box))
	}
	c := cropFrame(p, d)
	part := c.region(p.Image.Bounds())
	if part.Empty() {
		return nil, engine.E(engine.CodeInvalid, op, "the face's box lies outside the photo", fmt.Errorf("%v", d.Box))
	}
	// A large face is first averaged down to between one and two times the crop: the last step looks at
	// four pixels only.
	k := max(1, int(c.side/CropSide))
	small := boxRGBA(p.Image, part, k)
	dst := image.NewRGBA(image.Rect(0, 0, CropSide, CropSide))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.Gray{Y: 128}), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Transform(dst, c.matrix(part.Min, k), small, small.Rect, draw.Src, nil)
	return encode(op, dst, cropQuality)
}

// frame is a turned square in the pixels of Picture.Image.
type frame struct {
	x, y     float64 // centre
	side     float64
	sin, cos float64 // of the roll
}

// cropFrame places the square of a crop, from pixels of the original to those of the image.
func cropFrame(p *engine.Picture, d engine.Detection) frame {
	scale := 1.0
	if w := p.Image.Bounds().Dx(); w > 0 && p.Width > 0 {
		scale = float64(w) / float64(p.Width)
	}
	roll := d.Roll
	if math.IsNaN(roll) || math.IsInf(roll, 0) {
		roll = 0
	}
	sin, cos := math.Sincos(roll * math.Pi / 180)
	at := p.Image.Bounds().Min
	return frame{
		x:    float64(at.X) + scale*(float64(d.Box.X)+float64(d.Box.W)/2),
		y:    float64(at.Y) + scale*(float64(d.Box.Y)+float64(d.Box.H)/2),
		side: scale * CropMargin * float64(max(d.Box.W, d.Box.H)),
		sin:  sin, cos: cos,
	}
}

// region is the part of bounds that the square touches, with two pixels for the filter.
func (f frame) region(bounds image.Rectangle) image.Rectangle {
	half := f.side/2*(math.Abs(f.sin)+math.Abs(f.cos)) + 2
	within := func(v float64, lo, hi int) int { return int(math.Max(float64(lo), math.Min(float64(hi), v))) }
	return image.Rect(
		within(math.Floor(f.x-half), bounds.Min.X, bounds.Max.X), within(math.Floor(f.y-half), bounds.Min.Y, bounds.Max.Y),
		within(math.Ceil(f.x+half), bounds.Min.X, bounds.Max.X), within(math.Ceil(f.y+half), bounds.Min.Y, bounds.Max.Y))
}

// matrix maps pixels of the part that begins at origin, reduced by k, to pixels of the crop. With y downwards, a
// clockwise roll turns (1,0) to (cos,sin); its inverse brings the line between the eyes back to level.
func (f frame) matrix(origin image.Point, k int) f64.Aff3 {
	s := CropSide / f.side
	x, y := float64(origin.X)-f.x, float64(origin.Y)-f.y
	step := s * float64(k)
	return f64.Aff3{
		step * f.cos, step * f.sin, CropSide/2 + s*(f.cos*x+f.sin*y),
		-step * f.sin, step * f.cos, CropSide/2 + s*(-f.sin*x+f.cos*y),
	}
}

// Thumbnail renders the whole photo as a JPEG whose longest side is at most ThumbnailSide. It never enlarges.
func (r *Reader) Thumbnail(p *engine.Picture) ([]byte, error) {
	const op = "photo.Thumbnail"
	if p.Image.Bounds().Empty() {
		return nil, engine.E(engine.CodeInvalid, op, "the picture has no pixels", nil)
	}
	img := p.Image
	if _, ready := img.(*image.YCbCr); !ready || max(img.Bounds().Dx(), img.Bounds().Dy()) > ThumbnailSide {
		img = fit(img, ThumbnailSide)
	}
	return encode(op, img, thumbQuality)
}

// Display gives an upright copy of the picture whose longest side is at most longest pixels, for the window. It
// never enlarges and never shares pixels with the picture.
func Display(p *engine.Picture, longest int) image.Image {
	return fit(p.Image, max(1, longest))
}

// fit scales an image down to a longest side, in two steps: it averages by a whole factor down to between one
// and two times the size, then interpolates.
func fit(img image.Image, longest int) *image.RGBA {
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	long := max(w, h)
	small := reduceRGBA(img, max(1, long/longest))
	if max(small.Rect.Dx(), small.Rect.Dy()) <= longest {
		return small
	}
	scale := float64(longest) / float64(long)
	side := func(n int) int { return max(1, int(math.Round(scale*float64(n)))) }
	dst := image.NewRGBA(image.Rect(0, 0, side(w), side(h)))
	draw.ApproxBiLinear.Scale(dst, dst.Rect, small, small.Rect, draw.Src, nil)
	return dst
}

// encode writes a JPEG. Rendered images are small, so only a defect can make it fail.
func encode(op string, img image.Image, quality int) ([]byte, error) {
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the picture could not be written", err)
	}
	return buf.Bytes(), nil
}
