package face

import (
	"time"

	"golang.org/x/sys/unix"

	"gabarit/engine"
)

// clock is the processor time that a running process has used: the clock of a whole process by its ID, see clock_getcpuclockid(3).
func clock(pid int) (time.Duration, error) {
	const wholeProcess = 2
	var now unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|wholeProcess), &now); err != nil {
		return 0, engine.E(engine.CodeUnavailable, "face.clock", "the processor time of the face detector can't be read", err)
	}
	return time.Duration(now.Nano()), nil
}

// ProcessTime is the processor time of this process and of its children that were waited for.
func ProcessTime() (sum time.Duration, err error) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if err := unix.Getrusage(who, &u); err != nil {
			return 0, engine.E(engine.CodeUnavailable, "face.clock", "the processor time of the face detector can't be read", err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum, nil
}
