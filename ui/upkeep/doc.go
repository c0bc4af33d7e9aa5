// Package upkeep shows how a collection is kept to its dates: when its sources were last asked and what came of it, what was erased, what goes
// when and why, and what is hidden from searches or can't be reached. It asks sources when the user says so.
package upkeep

import (
	"context"

	"gabarit/engine/matter"
)

// Service is what the dialog needs of the application. Methods may block; they are called in the background.
type Service interface {
	// UpkeepOf tells all there is to tell of a collection, by its name.
	UpkeepOf(ctx context.Context, collection string) (matter.UpkeepView, error)
	// AskSources asks the sources of a collection's photos that are due, or of all; progress is called from other goroutines. CodeInvalid: the
	// contact is missing or wrong. What was asked before ctx ends is kept.
	AskSources(ctx context.Context, collection, contact string, all bool, progress func(done, total int)) (matter.SourceCounts, error)
}
