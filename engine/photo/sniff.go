package photo

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gabarit/engine"
	"gabarit/engine/formats"
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
	formatHEIC format = "heic" // HEVC in a HEIF container
	formatAVIF format = "avif" // AV1 in one
)

// sniff tells the format by content. What is not read gets an error that says what it is instead.
func sniff(data []byte) (format, error) {
	found, types := mimetype.Detect(data), []string(nil)
	for m := found; m != nil; m = m.Parent() { // animated PNG has PNG for its parent
		types = append(types, m.String())
	}
	if isRaw(data) {
		types = []string{"image/x-raw"}
	}
	known := formats.Pictures()
	for _, t := range types {
		i := slices.IndexFunc(known, func(f formats.Format) bool { return slices.Contains(f.Type, t) })
		switch {
		case i < 0:
		case known[i].Read:
			return format(strings.ToLower(known[i].Name)), nil
		default:
			return "", unsupported(known[i].Note, nil)
		}
	}
	return "", notAPicture(found.String(), data)
}

// isRaw knows camera raw files that are no TIFF files.
func isRaw(data []byte) bool {
	for _, mark := range [...]string{"II\x1a\x00\x00\x00HEAPCCDR", "FUJIFILMCCD-RAW", "\x00MRM", "IIRO", "IIRS", "MMOR", "IIU\x00", "FOVb"} {
		if bytes.HasPrefix(data, []byte(mark)) {
			return true
		}
	}
	return len(data) > 12 && string(data[4:12]) == "ftypcrx "
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

func unsupported(msg string, cause error) error {
	return engine.E(engine.CodeUnsupported, opDecode, msg, cause)
}

func corrupt(cause error) error {
	return engine.E(engine.CodeCorrupt, opDecode, "the picture is cut off or damaged", cause)
}
