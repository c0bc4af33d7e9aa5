// Package library is the screen of the collections: what they are for, what they hold, what is being
// collected and what could not be read; and of the people in them: faces grouped by the person they probably show.
//
// Nothing is collected without purpose, legal basis, condition, scope and retention: the form asks for them and the domain
// refuses a collection without them (package ui/collect). Presenter decides, View shows and starts the work.
package library

import (
	"context"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// Service is what the screen needs of the application. Methods may block; they are called in the background.
type Service interface {
	kit.Eraser
	Upkept

	Collections(ctx context.Context) ([]engine.CollectionInfo, error)
	AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error)
	Failures(ctx context.Context, id engine.CollectionID) ([]engine.FailedItem, error)
	StartCollect(req engine.CollectRequest) (engine.JobID, error)
	Jobs() []engine.Job
	Unfinished(ctx context.Context) ([]engine.CollectRequest, error) // broken off before this program run, newest first
	PauseJob(id engine.JobID)
	ResumeJob(id engine.JobID)
	StopJob(id engine.JobID)

	// People gives faces grouped by person; progress is called from another goroutine with how many are grouped, of how many. A call that is
	// stopped has lost nothing. PeopleFaces tells where faces of a group come from, at most engine.MaxGroupFaces at once, and records that
	// they were looked at; those that are gone are left out. MergePeople and SplitPeople decide about groups, named by their faces.
	People(ctx context.Context, q engine.GroupQuery, progress func(done, total int)) (engine.Grouping, error)
	PeopleFaces(ctx context.Context, faces []engine.FaceID) ([]engine.GroupFace, error)
	MergePeople(ctx context.Context, faces ...engine.FaceID) error
	SplitPeople(ctx context.Context, faces ...engine.FaceID) error
	Crop(ctx context.Context, id engine.FaceID) ([]byte, error) // as JPEG
}
