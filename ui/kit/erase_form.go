package kit

import (
	"slices"

	"gabarit/engine"
)

// EraseForm is what a person chooses before something is erased. All methods are for one goroutine.
type EraseForm struct {
	Faces      []engine.FaceID // to erase, or
	Collection engine.CollectionID

	Whole    bool // the photos of Faces go whole, whoever else is in them
	Reason   engine.EraseReason
	Ref      string
	Suppress bool
	Similar  bool
	Cases    bool

	shared bool // some photo shows other people too
}

// NewEraseForm gives the form for faces: only they go where others are in the photo, and they are refused when they are
// collected again.
func NewEraseForm(faces []engine.FaceID) *EraseForm {
	return &EraseForm{Faces: slices.Clone(faces), Reason: engine.EraseRequest, Suppress: true}
}

// NewRemovalForm gives the form for a collection, which may be collected again.
func NewRemovalForm(id engine.CollectionID) *EraseForm {
	return &EraseForm{Collection: id, Reason: engine.EraseCollection}
}

// SetSuppress refuses, or no longer refuses, what is collected again; look-alikes go with it.
func (f *EraseForm) SetSuppress(on bool) {
	f.Suppress = on
	f.Similar = f.Similar && on
}

// Planned takes what a plan tells about the photos.
func (f *EraseForm) Planned(p engine.ErasurePlan) {
	f.shared = f.shared || slices.ContainsFunc(p.Photos, func(ph engine.PhotoErasure) bool { return !ph.Whole })
}

// Shared reports whether there is a choice between a face and the whole photo.
func (f *EraseForm) Shared() bool { return f.shared }

// Request is what to plan.
func (f *EraseForm) Request() engine.ErasureRequest {
	req := engine.ErasureRequest{Collection: f.Collection, Reason: f.Reason, Ref: f.Ref, Suppress: f.Suppress, Similar: f.Similar, Cases: f.Cases}
	if !f.Whole {
		req.Faces = slices.Clone(f.Faces)
		return req
	}
	for _, face := range f.Faces {
		if id, _, ok := face.Photo(); ok && !slices.Contains(req.Photos, id) {
			req.Photos = append(req.Photos, id)
		}
	}
	return req
}
