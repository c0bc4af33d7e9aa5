// Package search is the screen where a photo is dropped, its faces are shown and the index is searched.
//
// Presenter holds what the screen knows and decides, without a widget; View shows it and starts the work. A
// search never starts without a purpose, nothing found is told apart from nothing searched, and no match is called
// a person. What leads out of the screen (the library, a letter) is a function that the shell hands in.
package search

import (
	"context"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Service is what the screen needs of the application. Methods may block; they are called in the background.
type Service interface {
	kit.Eraser

	OpenProbe(ctx context.Context, path string, look engine.Look) (*engine.Probe, error)
	// DrawFace makes a face of a box drawn in the probe, in pixels of its photo. CodeConflict: the file holds another photo by now;
	// CodeInvalid: the box shows nothing of it; CodeLimit: the probe has its most faces.
	DrawFace(ctx context.Context, probe *engine.Probe, box engine.Box) (engine.ProbeFace, error)
	Search(ctx context.Context, req engine.SearchRequest) (engine.SearchResult, error)
	Collections(ctx context.Context) ([]engine.CollectionInfo, error)
	Crop(ctx context.Context, id engine.FaceID) ([]byte, error)
	Thumbnail(ctx context.Context, id engine.PhotoID) ([]byte, error)
	// Judge remembers what the user says of a match; a face that is not the person is not offered again for them.
	Judge(ctx context.Context, req engine.VerdictRequest) error
	// View records that a face was looked at closely.
	View(ctx context.Context, id engine.FaceID) error
}
