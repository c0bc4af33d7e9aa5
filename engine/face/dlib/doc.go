// Package dlib finds faces and makes their templates with dlib's published models. It is the only package that uses cgo, and is
// used by the worker processes of engine/face alone: it reads pixels that Go decoded, never a file of a stranger.
//
// # What is dlib's and what is not
//
// dlib itself reads the models, finds the landmarks and cuts the chips. Its detectors and its networks are run by code of this package,
// on the same numbers, because they are nearly all of what a photo costs:
//
//   - Its histograms of gradients (HOG) are computed on grey pixels instead of the strongest of three colours, sixteen floats at a time. On a grey
//     picture the features are dlib's to the last bits; windows and scores differ where its pyramid rounds otherwise.
//   - Its two networks are taken apart into convolutions over maps with channels last, whose inner loop keeps twelve sums of eight floats
//     in registers (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008, without the copies: a row of a
//     kernel is one contiguous stretch of such a map). Templates differ from dlib's by some 1e-7.
//
// Tests hold each against go-face, which runs dlib's own code.
package dlib
