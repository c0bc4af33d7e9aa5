// Package cases is the person's side of the program: cases made of finds, their letters, the controllers they go to, and what
// became of them.
package cases

import (
	"sync"

	"gabarit/app/opened"
	"gabarit/assets"
	"gabarit/engine/rights"
)

// Matters are the cases of the open vault. Safe for concurrent use.
type Matters struct {
	door    opened.Door
	letters func() (*rights.Letters, error) // the templates, read once
}

// New gives the cases behind a door.
func New(door opened.Door) *Matters {
	return &Matters{door, sync.OnceValues(templates)}
}

func templates() (*rights.Letters, error) { return rights.NewLetters(assets.FS()) }
