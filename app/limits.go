package app

import (
	"os"
	"runtime/debug"
	"strconv"
)

// What the program may use while it collects, its face workers not included. The whole is to stay below
// 1.5 GB on a machine with two cores whatever the photo sizes.
const (
	workingMemory = 600 << 20 // photos being decoded, the store's tables and caches
	bytesPerFace  = 1 << 10   // of the index: 512 of them the template
)

// limitMemory sets the garbage collector's soft limit so that short-lived pixels are given back before the
// heap has doubled. The index counts on top: a limit below what lives would keep the collector busy for
// nothing. GOMEMLIMIT, when set, wins.
func limitMemory(faces int) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetMemoryLimit(workingMemory + int64(faces)*bytesPerFace)
}

// indexShare is the part of the machine's memory that templates of the index may take: one in so many.
const indexShare = 4

// indexRoom is how many bytes templates of the index may take in memory; 0: any number, where the size of the memory is not known.
func (a *App) indexRoom() int64 {
	if a.cfg.IndexMemory > 0 {
		return a.cfg.IndexMemory
	}
	if megabytes, err := strconv.ParseInt(os.Getenv(EnvIndexMemory), 10, 32); err == nil && megabytes > 0 {
		return megabytes << 20
	}
	return machineMemory() / indexShare
}
