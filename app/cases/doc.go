// Package cases is the person's side of the program: cases made of finds, their letters, and what became of them.
package cases

import "gabarit/app/opened"

// Matters are the cases of the open vault. Safe for concurrent use.
type Matters struct{ door opened.Door }

// New gives the cases behind a door.
func New(door opened.Door) *Matters { return &Matters{door} }
