// Package formats lists the kinds of files that are read, those that are not and why, and the endings that their names usually have.
package formats

import (
	"path/filepath"
	"slices"
	"strings"
)

// Format is one kind of picture file, or a part of one.
type Format struct {
	Name string   `json:"name"`
	Read bool     `json:"read"`
	Note string   `json:"note"` // what of it is read; where nothing is, the reason: the message of the error that such a file gets
	Type []string `json:"-"`    // its MIME types; none on a line that tells of a part of the format before
}

// MsgPictureFeature is said of files that use a part of their format that no decoder here knows; the detail names it.
const MsgPictureFeature = "the picture uses a feature of its format that can't be read"

// MsgOnePicture is said of photos whose file holds more pictures; the detail tells how many, as "1/12".
const MsgOnePicture = "only one of the pictures in the file was looked at"

// Pictures lists which picture files are read and which are not. Files are told by their content, never by
// their name; what is on no line is refused, too. A test of engine/photo makes a file for every line.
func Pictures() []Format {
	return []Format{
		{"JPEG", true, "baseline and progressive; grey, colour, and CMYK as Adobe writes it", []string{"image/jpeg"}},
		{"JPEG, 12 bits", false, "JPEG pictures of more than 8 bits a colour can't be read", nil},
		{"JPEG, lossless or arithmetic", false, MsgPictureFeature, nil},
		{"PNG", true, "1 to 16 bits; grey, colour, palette; transparent, interlaced; of an animation the picture for those who can't play it", []string{"image/png"}},
		{"GIF", true, "of an animation the first frame", []string{"image/gif"}},
		{"WebP", true, "lossy, lossless, transparent; of an animation the first frame", []string{"image/webp"}},
		{"TIFF", true, "the first page; grey, palette and RGB of 8 or 16 bits, black and white; LZW, Deflate, PackBits, fax or no compression", []string{"image/tiff"}},
		{"TIFF, CMYK", false, MsgPictureFeature, nil},
		{"TIFF with JPEG inside", false, MsgPictureFeature, nil},
		{"BMP", true, "8, 24 or 32 bits without compression", []string{"image/bmp"}},
		{"BMP, compressed", false, MsgPictureFeature, nil},
		{"HEIC", true, "of several pictures the main one; 8 or 10 bits, in one piece or in tiles; up to 26 megapixels in tiles",
			[]string{"image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence"}},
		{"AVIF", true, "of several pictures the main one; 8 to 12 bits, transparent; up to 8 megapixels", []string{"image/avif"}},
		{"JPEG XL", false, "JPEG XL pictures can't be read", []string{"image/jxl"}},
		{"JPEG 2000", false, "JPEG 2000 pictures can't be read", []string{"image/jp2", "image/jpx", "image/jpm"}},
		{"Camera raw", false, "camera raw files can't be read", []string{"image/x-raw"}},
		{"Photoshop", false, "Photoshop files can't be read", []string{"image/vnd.adobe.photoshop"}},
		{"SVG", false, "SVG drawings can't be read", []string{"image/svg+xml"}},
		{"PDF", false, "PDF documents can't be read", []string{"application/pdf"}},
	}
}

// Videos lists which kinds of video files are read; ffmpeg does it, and must be installed. Files are told by their content.
func Videos() []Format {
	const note = "frames, where ffmpeg is installed"
	return []Format{
		{Name: "MP4, M4V, MOV, 3GP", Read: true, Note: note},
		{Name: "Matroska, WebM", Read: true, Note: note},
		{Name: "AVI", Read: true, Note: note},
		{Name: "MPEG-TS, MPEG-PS", Read: true, Note: note},
		{Name: "Flash Video, ASF, WMV, Ogg", Read: true, Note: note},
		{Name: "HLS, DASH and other playlists", Read: false, Note: "they name files elsewhere, and are never followed"},
	}
}

// VideoEndings are the usual endings of files that Videos lists.
func VideoEndings() []string {
	return strings.Fields(".mp4 .m4v .mov .qt .3gp .3g2 .mkv .webm .avi .divx .mpg .mpeg .vob .ts .m2ts .mts .flv .wmv .asf .ogv .ogg")
}

// HolderEndings are the endings of files that hold or list photos: manifests, web archives, saved pages, videos.
func HolderEndings() []string {
	return append(strings.Fields(".csv .tsv .jsonl .ndjson .warc .gz .wacz .zip .maff .mhtml .mht .html .htm .xhtml"), VideoEndings()...)
}

// HoldsPhotos tells by its name a file that holds or lists photos from one that is a photo.
func HoldsPhotos(path string) bool {
	return slices.Contains(HolderEndings(), strings.ToLower(filepath.Ext(path)))
}
