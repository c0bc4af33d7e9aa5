package match

import (
	"context"

	"gabarit/engine"
)

// NewCascadeFrom gives an index that keeps codes from the given number of faces on.
func NewCascadeFrom(least int) *Cascade { return newCascade(least) }

// OpenFrom is Open for an index that keeps codes from the given number of faces on.
func OpenFrom(ctx context.Context, head []byte, from engine.Segments, least int) (*Cascade, error) {
	return openCascade(ctx, head, from, least)
}

// PieceCount is the number of pieces of a saved block.
const PieceCount = pieceCount
