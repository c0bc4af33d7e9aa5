// Package photo turns hostile bytes into bounded, upright pixels, and pixels
// into the small JPEGs that people see: face crops and thumbnails.
//
// It stands between the sources and the face detector: source -> photo -> face.
// A photo's format is told by its content, never by its name. Every limit is
// checked on the header, before a decoder sees the file; decoders run inside a
// recover and take their memory from one shared budget, so that several photos
// decoded at once need no more than the largest single one may.
//
// What it must not do: read or write files, use the network, start goroutines,
// look for faces, or pass on anything a file said about itself without bounding
// it first.
//
// Pictures of more than MaxWorkingPixels are reduced by a whole factor right
// after decoding. Picture.Width and Height always tell the size of the upright
// original, and boxes are in its pixels: the scale between the two is
// Width / Image.Bounds().Dx().
//
// Formats: JPEG (baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK with
// Adobe's marker), PNG, GIF (first frame), WebP (not animated), TIFF (first
// page), BMP and HEIC. The HEIC decoder is libheif compiled to WebAssembly: its
// memory is walled off from the program's, but its work can't be interrupted.
package photo
