package photo

import (
	"bytes"
	"errors"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gabarit/engine"
)

// format names a picture format, as Picture.Format gives it.
type format string

const (
	formatJPEG format = "jpeg"
	formatPNG  format = "png"
	formatGIF  format = "gif"
	formatWebP format = "webp"
	formatTIFF format = "tiff"
	formatBMP  format = "bmp"
	formatHEIC format = "heic"
)

// sniff tells the format by content. What is not a picture gets an error that says what it is instead.
func sniff(data []byte) (format, error) {
	found := mimetype.Detect(data)
	for m := found; m != nil; m = m.Parent() {
		switch m.String() {
		case "image/jpeg":
			return formatJPEG, nil
		case "image/png": // parent of animated PNG, whose default image is read
			return formatPNG, nil
		case "image/gif":
			return formatGIF, nil
		case "image/webp":
			return formatWebP, nil
		case "image/tiff":
			return formatTIFF, nil
		case "image/bmp":
			return formatBMP, nil
		case "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence":
			return formatHEIC, nil
		case "image/avif":
			return "", errAVIF()
		}
	}
	return "", notAPicture(found.String(), data)
}

// notAPicture words the refusal of content that is none of our formats.
func notAPicture(mime string, data []byte) error {
	cause := errors.New(mime)
	switch {
	case strings.HasPrefix(mime, "video/"):
		return unsupported("the file is a video, not a photo", cause)
	case strings.HasPrefix(mime, "text/") && !bytes.ContainsRune(data, 0):
		return unsupported("the file is text, not a photo", cause)
	}
	return unsupported("not a picture format this program reads", cause)
}

// errAVIF refuses AVIF, which shares HEIC's container.
func errAVIF() error {
	return unsupported("AVIF pictures can't be read yet", nil)
}

// unsupported and corrupt shorten the two commonest refusals.
func unsupported(msg string, cause error) error {
	return engine.E(engine.CodeUnsupported, opDecode, msg, cause)
}

func corrupt(cause error) error {
	return engine.E(engine.CodeCorrupt, opDecode, "the picture is cut off or damaged", cause)
}
