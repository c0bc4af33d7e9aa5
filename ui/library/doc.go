// Package library is the screen of the collections: what they are for, what they hold, what is being
// collected and what could not be read.
//
// Nothing is collected without purpose, legal basis, condition, scope and retention: the form asks for them and the domain
// refuses a collection without them. Presenter decides, View shows and starts the work.
package library

import (
	"context"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Service is what the screen needs of the application. Methods may block; they are called in the background.
type Service interface {
	kit.Eraser

	Collections(ctx context.Context) ([]engine.CollectionInfo, error)
	AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error)
	Failures(ctx context.Context, id engine.CollectionID) ([]engine.FailedItem, error)
	StartCollect(req engine.CollectRequest) (engine.JobID, error)
	Jobs() []engine.Job
	PauseJob(id engine.JobID)
	ResumeJob(id engine.JobID)
	StopJob(id engine.JobID)
}
