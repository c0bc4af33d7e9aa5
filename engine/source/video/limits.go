package video

import "time"

// Limits of one video.
const (
	maxHeld    = 256 << 20 // bytes of one inside an archive, which is held in memory
	maxEdge    = 16_384    // pixels of a side
	maxPixels  = 36 << 20  // of a frame before it is reduced: 8K
	maxSide    = 3_840     // of a frame that is offered
	maxTime    = 12 * time.Hour
	maxFrames  = 20_000
	maxMemory  = 3 << 30       // address space of a process
	maxAlloc   = 1 << 30       // of one allocation in it
	maxCPU     = 6 * time.Hour // processor time of a process
	maxSilence = 2 * time.Minute
	maxFrame   = 32 << 20 // bytes of a frame
	maxSaid    = 16 << 10 // bytes of error output
	maxProbe   = 1 << 20  // bytes of ffprobe's answer
)

// Which frames are looked at, see the package comment.
const (
	cutScore = 0.3 // of 1
	interval = 1   // s
)
