// Package face finds faces and makes their templates: it implements
// engine.FaceDetector with dlib, through go-face. In the flow it stands between
// engine/photo, which gives it upright pixels, and the index.
//
// It must not read photo files, know where photos come from, or keep pixels
// after an answer. It is the only package that uses cgo.
//
// # Why worker processes
//
// dlib is C++ that can abort the whole process, and it can't be interrupted. So it
// runs in worker processes: this same program started again with a reserved first
// argument (see IsWorker). A crash, a runaway or a memory limit then costs
// one photo, which is reported with its reason and never as "no face". A worker sees only
// pixels that Go code decoded and encoded again, never a foreign file; once its models are
// loaded it may open no file and no socket; and what it answers is
// treated as hostile: bounded, checked, or refused.
//
// # Working size
//
// dlib's detector finds faces from about 80 pixels, and its cost grows with the number of
// pixels. Every picture is therefore scaled to one canvas before it is looked at: at most
// doubled, so that faces from 40 pixels are found, and never beyond
// DefaultCanvas pixels, so that a phone photo of 12 megapixels costs little more than
// one of 1 megapixel. The price: in a photo of 12 megapixels
// the smallest face found by the fast detector is about 135 pixels wide.
//
// # Measured
//
// On 335 queries against 555 enrolled faces the fast detector's templates give rank-1 99.1 %. Sixteen queries
// are decided by a difference of distance under 0.05 or missed, so equally good configurations differ by two or three of them. On 224
// faces of group photos (0.3 s of processor time a photo):
//
//	fast      recall .853  precision .985  1 x the time
//	thorough  recall .862  precision .985  4.5 x the time; also faces that lie on their side, and from 20 pixels
//
// "make accuracy" repeats this on real photos, and compares the cost of 12 megapixels with that of 1.
package face
