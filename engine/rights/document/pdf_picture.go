package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"fmt"

	"github.com/go-pdf/fpdf"

	"gabarit/engine/matter"
)

// pictureName names a face picture by its content, so that the same picture is stored once.
func pictureName(it matter.LetterItem) string {
	return fmt.Sprintf("%x", sha256.Sum256(it.Thumbnail))
}

// picture registers the face picture of an item and gives its size in millimetres; zero without one.
func (s *sheet) picture(it matter.LetterItem) (width, height float64) {
	if len(it.Thumbnail) == 0 {
		return 0, 0
	}
	name := pictureName(it)
	info := s.pdf.GetImageInfo(name)
	if info == nil {
		info = s.pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(it.Thumbnail))
		if s.pdf.Err() {
			return 0, 0
		}
		if err := rank(info, it.No); err != nil {
			s.pdf.SetError(err)
			return 0, 0
		}
	}
	scale := thumbSide / max(info.Width(), info.Height())
	return info.Width() * scale, info.Height() * scale
}

// maxPictures bounds the numbers of pictures: a find has one, and the annex 2,000 finds of two results.
const maxPictures = 5000

// rank gives a picture its place in the file. fpdf writes pictures in the order of their widths, and those of one width in
// random order, so the width gets a fraction by the picture's number; only its whole part is ever printed. Gob is the way that
// fpdf offers to set a picture's properties: the fields of its GobEncode, in that order.
func rank(info *fpdf.ImageInfoType, number int) error {
	var (
		data, mask, palette []byte
		object, bits        int
		width, height       float64
		space, filter, parm string
		transparent         []int
		scale, dpi          float64
	)
	fields := []any{&data, &mask, &object, &width, &height, &space, &palette, &bits, &filter, &parm, &transparent, &scale, &dpi}
	encoded, err := info.GobEncode()
	if err != nil {
		return err
	}
	decoder := gob.NewDecoder(bytes.NewReader(encoded))
	for _, f := range fields {
		if err := decoder.Decode(f); err != nil {
			return err
		}
	}
	width += float64(number) / (2 * maxPictures)
	var out bytes.Buffer
	encoder := gob.NewEncoder(&out)
	for _, f := range fields {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return info.GobDecode(out.Bytes())
}
