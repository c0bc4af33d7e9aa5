// Package match answers which faces of the index are near a probe, and how much such a nearness means.
//
// Flat is the exact search behind engine.Index; Calibration turns a distance and the size of the index
// into an expected number of false matches and a band. In the flow it stands between the stored templates
// and the matches people see: index -> match -> case.
//
// It must not read or write files, name a person, call a score identity, or leave out a face that an
// exhaustive comparison would return. It starts no goroutine.
package match
