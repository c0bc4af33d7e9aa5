// Package people groups the faces of the index by the person they probably show.
//
// Groups holds which faces are near each other and puts them together; Decisions holds what the user decided about groups, which
// no grouping breaks. In the flow this package stands beside the search: it asks an engine.Index for what is near each face, and
// gives back face IDs.
//
// It must not read or write files, hold a template, name a person or call a group an identity. It starts no goroutine.
package people
