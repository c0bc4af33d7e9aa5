// Package face finds faces and makes their templates: it implements engine.FaceDetector over worker processes that run engine/face/dlib. In the
// flow it stands between engine/photo, which gives it upright pixels, and the index.
//
// It must not read photo files, know where photos come from, or keep pixels after an answer.
//
// # Why worker processes
//
// dlib is C++ that can abort the whole process, and it can't be interrupted. So it
// runs in worker processes: this same program started again with a reserved first
// argument (see IsWorker). A crash, a runaway or a memory limit then costs
// one photo, which is reported with its reason and never as "no face". A worker sees only
// pixels that Go code decoded, never a foreign file; once its models are
// loaded it may open no file and no socket; and what it answers is
// treated as hostile: bounded, checked, or refused.
//
// # Working size
//
// Both of dlib's detectors find faces from 80 pixels, and their cost grows with the number of pixels. So the size at which a picture
// is searched follows from the smallest face wanted (engine.FaceSize), which by default is 40 pixels or 3.9 % of the side of a square as large as
// the photo, whichever is more: a photo of a megapixel is searched at twice its size, one of 12 megapixels at 0.6 of it, and the one costs
// little more than the other. What goes to the worker is never enlarged; the worker enlarges it.
//
// # Two detectors
//
//   - fast: gradients (HOG) at up to twice the size, which find small frontal faces, and the network on the picture brought to a fifth of a
//     megapixel, which finds large faces turned aside, tilted or covered.
//   - thorough: the same gradients, and the network at up to three times the size, in overlapping tiles where that is large; where nothing is
//     found, fast once more on the picture turned by 90, 180 and 270 degrees.
//
// Windows of the two are joined; where both have one, that of the gradients stays. A face that the network alone found is shown to it in four
// turns, and described in the one it likes best. "make accuracy" prints recall and precision by tag and size beside those of face_recognition.
//
// # Templates
//
// A face smaller than 160 pixels is cut out and doubled by a cubic before its landmarks are looked for. A template is made of one chip, or, when
// engine.Look asks for it, is the mean over twelve: moved, scaled and turned a little, and mirrored, the same each time. Means lie nearer to each
// other for the same person, and a little nearer for strangers: "make accuracy" prints pairs and ranks with and without.
package face
