//go:build !linux

package face

import (
	"errors"
	"time"

	"gabarit/engine"
)

// clock can't be read here.
func clock(int) (time.Duration, error) { return 0, noClock() }

// ended can't be read here.
func ProcessTime() (time.Duration, error) { return 0, noClock() }

func noClock() error {
	return engine.E(engine.CodeUnavailable, "face.clock", "the processor time of the face detector can't be read", errors.ErrUnsupported)
}
