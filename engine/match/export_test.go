package match

// NewCascadeFrom gives an index that keeps codes from the given number of faces on.
func NewCascadeFrom(least int) *Cascade { return newCascade(least) }
