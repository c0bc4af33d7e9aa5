package photo

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"

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
	// maxCropSide bounds what is taken for a crop.
	maxCropSide = 2048
)

// BlurOthers gives a crop made by Crop with everything outside an ellipse around its centred face blurred beyond
// recovery, so that other people in it can't be recognised, found by the detector or not.
// Errors: CodeInvalid for bytes that are not such a crop.
func BlurOthers(cropJPEG []byte) ([]byte, error) {
	const op = "photo.BlurOthers"
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(cropJPEG))
	if err != nil || cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxCropSide || cfg.Height > maxCropSide {
		return nil, engine.E(engine.CodeInvalid, op, "not a face crop", err)
	}
	img, err := jpeg.Decode(bytes.NewReader(cropJPEG))
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
	w, h := sharp.Rect.Dx(), sharp.Rect.Dy()
	for y := range h {
		for x := range w {
			weight := outside(x, y, w, h)
			s, b := sharp.Pix[y*sharp.Stride+4*x:][:3], blurred.Pix[y*blurred.Stride+4*x:][:3]
			for i := range s {
				s[i] = uint8(math.Round(float64(s[i])*(1-weight) + float64(b[i])*weight))
			}
		}
	}
}

// outside is 0 inside the ellipse, 1 outside it, and between the two on its soft edge.
func outside(x, y, w, h int) float64 {
	dx := ((float64(x)+.5)/float64(w) - .5) / faceWidth
	dy := ((float64(y)+.5)/float64(h) - .5) / faceHeight
	return math.Max(0, math.Min(1, (math.Hypot(dx, dy)-1)*faceWidth/feather))
}
