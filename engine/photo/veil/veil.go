// Package veil hides what a small picture shows beside one person: what is sent to that person must not show others (GDPR art. 15(4)), and detectors miss
// people, so all is blurred that is not the person's own head. It works on the JPEGs that engine/photo makes; foreign bytes never come here.
package veil

import (
	"bytes"
	"errors"
	"image"
	"image/draw"
	"image/jpeg"
	"math"

	"github.com/disintegration/imaging"

	"gabarit/engine"
)

const (
	// headWidth and headHeight are the half axes of the ellipse that stays sharp, in sides of a face's box: hair, ears and chin belong to the person.
	headWidth, headHeight = 0.75, 0.95
	// edge is the width of the soft edge, inside of the ellipse, in its half axes: nothing beyond it is sharp.
	edge = 0.15
	// blocks is how many colours each way are left of the rest.
	blocks = 12
	// maxSide bounds what is taken for a thumbnail.
	maxSide = 2048
	quality = 88
)

// Others gives a thumbnail in which only the heads at keep are sharp; all else is averaged into 12 x 12 colours, which sharpening can't undo. keep is in
// pixels of the upright photo of width x height; without any, nothing stays sharp. hide lists faces of other people: what of them reaches into a head
// that stays is blurred too. CodeInvalid: thumb is no thumbnail, the photo has no size.
func Others(thumb []byte, keep, hide []engine.Box, width, height int) ([]byte, error) {
	const op = "veil.Others"
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(thumb))
	if err == nil && (cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxSide || cfg.Height > maxSide || width < 1 || height < 1) {
		err = errors.New("size")
	}
	var img image.Image
	if err == nil {
		img, err = jpeg.Decode(bytes.NewReader(thumb))
	}
	if err != nil {
		return nil, engine.E(engine.CodeInvalid, op, "not a thumbnail", err)
	}
	r := img.Bounds()
	coarse := imaging.Resize(imaging.Resize(img, blocks, blocks, imaging.Box), r.Dx(), r.Dy(), imaging.Linear)
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, img, r.Min, draw.Src)
	sx, sy := float64(r.Dx())/float64(width), float64(r.Dy())/float64(height)
	kept, hidden := ellipses(keep, sx, sy), ellipses(hide, sx, sy)
	for y := range r.Dy() {
		for x := range r.Dx() {
			sharp := sharpness(kept, x, y) * (1 - inside(hidden, kept, x, y))
			px, blurred := out.Pix[y*out.Stride+4*x:][:3], coarse.Pix[y*coarse.Stride+4*x:][:3]
			for i := range px {
				px[i] = uint8(math.Round(float64(px[i])*sharp + float64(blurred[i])*(1-sharp)))
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: quality}); err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the picture can't be encoded", err)
	}
	return b.Bytes(), nil
}

// ellipse is a head, in pixels of the thumbnail.
type ellipse struct{ x, y, rx, ry float64 }

func ellipses(boxes []engine.Box, sx, sy float64) (out []ellipse) {
	for _, b := range boxes {
		side := float64(max(b.W, b.H))
		out = append(out, ellipse{sx * (float64(b.X) + float64(b.W)/2), sy * (float64(b.Y) + float64(b.H)/2),
			max(sx*side*headWidth, 1), max(sy*side*headHeight, 1)})
	}
	return out
}

// at is the distance of a pixel from the centre, in half axes.
func (e ellipse) at(x, y int) float64 {
	return math.Hypot((float64(x)+.5-e.x)/e.rx, (float64(y)+.5-e.y)/e.ry)
}

// sharpness is 1 well inside one of the heads that stay, 0 outside of all.
func sharpness(kept []ellipse, x, y int) (most float64) {
	for _, e := range kept {
		most = max(most, min(1, (1-e.at(x, y))/edge))
	}
	return max(0, most)
}

// inside is 1 where a pixel belongs to another head rather than to one that stays.
func inside(hidden, kept []ellipse, x, y int) float64 {
	nearest := math.Inf(1)
	for _, e := range kept {
		nearest = min(nearest, e.at(x, y))
	}
	for _, e := range hidden {
		if d := e.at(x, y); d < 1 && d < nearest {
			return 1
		}
	}
	return 0
}
