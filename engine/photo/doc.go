// Package photo turns hostile bytes into bounded, upright pixels, and pixels into the small JPEGs that people see: face crops and thumbnails.
//
// It stands between the sources and the face detector: source -> photo -> face. A photo's format is told by its content, never by its name. Every limit is
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
// Formats: formats.Pictures lists what is read and what is not, each refusal with its reason. HEIC and AVIF are
// decoded by libheif and libavif compiled to WebAssembly: their memory is walled off from the program's, but their work
// can't be interrupted. So the container is read first, and what would take long or much is refused.
//
// Of files that hold several pictures (animations, pages, bursts) one is read, and Picture.Frames tells how many there
// are. A photo whose colour profile is not sRGB is brought to sRGB (icc.go), unless the profile is made of tables.
package photo
