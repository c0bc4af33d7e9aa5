// Package collect asks for what a collection must have before anything is read into it, one question after the other: what is read, what for, on what
// legal basis, from which sources, for how long. Form decides and checks (no Fyne), Wizard shows and starts the work. It is a package of its own because the
// library screen is large, and its steps may be asked from elsewhere.
package collect

import (
	"context"

	"gabarit/engine"
)

// Service is what the wizard needs of the application. Methods may block; they are called in the background.
type Service interface {
	AddCollection(ctx context.Context, c engine.Collection) (engine.Collection, error)
	StartCollect(req engine.CollectRequest) (engine.JobID, error)
}
