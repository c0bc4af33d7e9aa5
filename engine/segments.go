package engine

import "context"

// Segments keeps an index as it was saved: a head and blocks, each of the same number of pieces that are read one by one. What is in
// them is the index's matter; that they are what was saved last, unaltered, is that of Segments. Read is safe for concurrent use,
// also while Replace runs, for blocks that it does not change; nothing else is called then.
type Segments interface {
	// Blocks is the number of blocks that are held.
	Blocks() int
	// Read calls fn with pieces of a block, which are given by their numbers, rising, and are passed in that order. fn may not keep
	// what it is given; its error ends the reading and is returned. CodeCorrupt: a piece is damaged, missing, or not the one
	// that was saved. CodeUnavailable: the disk.
	Read(block int, pieces []int, fn func(piece int, plain []byte) error) error
	// Replace saves a new state, durably and as a whole: after an error, or a crash at any moment, what is held is the old state, the
	// new one, or nothing. Nothing of the old state can be read any more once it returned nil, but for the blocks that are the same.
	Replace(ctx context.Context, s SavedIndex) error
}

// SavedIndex is a state of an index that is being saved.
type SavedIndex struct {
	Head    []byte
	Blocks  int   // numbered from 0
	Changed []int // blocks that differ from what is held, rising; those beyond what is held are among them
	Pieces  int   // of each block
	// Piece appends a piece to buf. It is called in order, by one goroutine.
	Piece func(block, piece int, buf []byte) []byte
}
