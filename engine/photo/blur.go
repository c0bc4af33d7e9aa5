package photo

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"slices"

	"github.com/disintegration/imaging"

	"gabarit/engine"
)

// What BlurOthers leaves sharp and how little is left of the rest.
const (
	// faceWidth and faceHeight are the half axes of the ellipse, in sides of the crop. The box of a face is
	// 1/CropMargin = 0.625 of the side and reaches from brow to chin; a head is higher than wide.
	faceWidth  = 0.30
	faceHeight = 0.36
	// feather is the width of the soft edge, in sides of the crop.
	feather = 0.03
	// blurBlocks is the number of blocks each way that the surroundings are averaged into. 144 colours
	// are all that is left of them: sharpening can't bring back what is not there.
	blurBlocks = 12
	// maxSmallSide bounds what is taken for a crop or a thumbnail.
	maxSmallSide = 2048
)

// BlurOthers gives a crop made by Crop with everything outside an ellipse around its centred face blurred beyond
// recovery, so that other people in it can't be recognised, found by the detector or not.
// Errors: CodeInvalid for bytes that are not such a crop.
func BlurOthers(cropJPEG []byte) ([]byte, error) {
	const op = "photo.BlurOthers"
	img, err := decodeSmall(cropJPEG)
	if err != nil {
		return nil, engine.E(engine.CodeInvalid, op, "not a face crop", err)
	}
	out := boxRGBA(img, img.Bounds(), 1)
	overlay(out, coarse(img))
	return encode(op, out, cropQuality)
}

// coarse averages an image into blurBlocks x blurBlocks colours and spreads them smoothly over its size.
func coarse(img image.Image) *image.NRGBA {
	r := img.Bounds()
	blocks := imaging.Resize(img, blurBlocks, blurBlocks, imaging.Box)
	smooth := imaging.Resize(blocks, r.Dx(), r.Dy(), imaging.Linear)
	return imaging.Blur(smooth, float64(max(r.Dx(), r.Dy()))/(2*blurBlocks))
}

// overlay lays the blurred image over the sharp one, outside the ellipse.
func overlay(sharp *image.RGBA, blurred *image.NRGBA) {
	w, h := float64(sharp.Rect.Dx()), float64(sharp.Rect.Dy())
	ellipse{w / 2, h / 2, faceWidth * w, faceHeight * h}.each(sharp, math.Inf(1), func(px []uint8, x, y int, distance float64) {
		weight := max(0, min(1, (distance-1)*faceWidth/feather)) // 0 inside, 1 outside
		for i, b := range blurred.Pix[y*blurred.Stride+4*x:][:3] {
			px[i] = uint8(math.Round(float64(px[i])*(1-weight) + float64(b)*weight))
		}
	})
}

// What BlurFaces takes out.
const (
	// goneWidth and goneHeight are the half axes of the ellipse, in sides of the face's box: hair, ears and chin go too.
	goneWidth  = 0.75
	goneHeight = 0.95
	// goneEdge is the width of the soft edge around the ellipse, in its half axes.
	goneEdge = 0.1
	// goneLeast is the smallest half axis in pixels of the thumbnail: rounding must leave nothing of a tiny face.
	goneLeast = 4
)

// BlurFaces gives a thumbnail made by Thumbnail in which the faces at boxes are gone for good: an ellipse well around each is filled
// with its average colour, one colour being all that is left. What lies outside stays as it was, apart from being
// encoded again; that includes other people's faces, unless they touch. boxes are in pixels of the upright photo of
// width x height and may reach beyond it.
// Errors: CodeInvalid for bytes that are no such thumbnail, a photo without a size, or a box without area.
func BlurFaces(thumbJPEG []byte, boxes []engine.Box, width, height int) ([]byte, error) {
	const op = "photo.BlurFaces"
	img, err := decodeSmall(thumbJPEG)
	if err != nil || width < 1 || height < 1 {
		return nil, engine.E(engine.CodeInvalid, op, "not a thumbnail", err)
	}
	out := boxRGBA(img, img.Bounds(), 1)
	sx, sy := float64(out.Rect.Dx())/float64(width), float64(out.Rect.Dy())/float64(height)
	for _, b := range boxes {
		if b.W <= 0 || b.H <= 0 {
			return nil, engine.E(engine.CodeInvalid, op, "the face's box has no area", nil)
		}
		side := float64(max(b.W, b.H)) // a turned head is as high as it is wide
		ellipse{
			x: sx * (float64(b.X) + float64(b.W)/2), y: sy * (float64(b.Y) + float64(b.H)/2),
			rx: max(sx*side*goneWidth, goneLeast), ry: max(sy*side*goneHeight, goneLeast),
		}.fill(out)
	}
	return encode(op, out, thumbQuality)
}

// CropShows reports whether the crop of one face also shows something of another one: of an erased face nothing may stay in
// the crops of its neighbours either. Their crops then go through BlurOthers.
func CropShows(face, other engine.Box) bool {
	half := CropMargin * float64(max(face.W, face.H)) / math.Sqrt2 // of the diagonal: crops may be turned
	reach := float64(max(other.W, other.H)) * goneHeight
	dx := float64(face.X) + float64(face.W)/2 - float64(other.X) - float64(other.W)/2
	dy := float64(face.Y) + float64(face.H)/2 - float64(other.Y) - float64(other.H)/2
	return math.Hypot(dx, dy) < half+reach
}

// ellipse is a part of a picture, in its pixels.
type ellipse struct{ x, y, rx, ry float64 }

// fill makes the ellipse one colour, its average, with a soft edge outside of it.
func (e ellipse) fill(img *image.RGBA) {
	var sum [3]float64
	n := 0.0
	e.each(img, 1, func(px []uint8, _, _ int, _ float64) {
		for i := range sum {
			sum[i] += float64(px[i])
		}
		n++
	})
	if n == 0 {
		return // outside the picture
	}
	e.each(img, 1+goneEdge, func(px []uint8, _, _ int, distance float64) {
		keep := max(0, (distance-1)/goneEdge)
		for i := range sum {
			px[i] = uint8(math.Round(float64(px[i])*keep + sum[i]/n*(1-keep)))
		}
	})
}

// each calls fn with the pixels whose distance from the centre, in half axes, is less than reach.
func (e ellipse) each(img *image.RGBA, reach float64, fn func(px []uint8, x, y int, distance float64)) {
	for y := range img.Rect.Dy() {
		dy := (float64(y) + .5 - e.y) / e.ry
		if math.Abs(dy) >= reach {
			continue
		}
		for x := range img.Rect.Dx() {
			if d := math.Hypot((float64(x)+.5-e.x)/e.rx, dy); d < reach {
				fn(img.Pix[y*img.Stride+4*x:][:3], x, y, d)
			}
		}
	}
}

// decodeSmall decodes a JPEG of the kinds that this package makes.
func decodeSmall(data []byte) (image.Image, error) {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxSmallSide || cfg.Height > maxSmallSide {
		return nil, fmt.Errorf("%d x %d pixels", cfg.Width, cfg.Height)
	}
	return jpeg.Decode(bytes.NewReader(data))
}

// Without gives the pictures of a photo that stays when some of its faces are erased: its thumbnail, in which they can't be
// recognised any more (BlurFaces), and the crops of those other faces in which one of them shows (BlurOthers). thumbnail
// is the photo's, crop gives a face's. Errors: CodeInvalid for pictures that are none, and those of crop.
func Without(p engine.Photo, gone []engine.FaceID, thumbnail []byte, crop func(engine.FaceID) ([]byte, error)) ([]byte, map[engine.FaceID][]byte, error) {
	var boxes []engine.Box
	var stay []engine.Face
	for _, f := range p.Faces {
		if slices.Contains(gone, f.ID) {
			boxes = append(boxes, f.Box)
		} else {
			stay = append(stay, f)
		}
	}
	thumbnail, err := BlurFaces(thumbnail, boxes, p.Width, p.Height)
	if err != nil {
		return nil, nil, err
	}
	crops := map[engine.FaceID][]byte{}
	for _, f := range stay {
		if !slices.ContainsFunc(boxes, func(b engine.Box) bool { return CropShows(f.Box, b) }) {
			continue
		}
		picture, err := crop(f.ID)
		if err != nil {
			return nil, nil, err
		}
		if crops[f.ID], err = BlurOthers(picture); err != nil {
			return nil, nil, err
		}
	}
	return thumbnail, crops, nil
}
