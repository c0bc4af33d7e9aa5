package video

import (
	"context"
	"io"
	"os"
)

// Playing gives the ID of the ffmpeg process that decodes a video until ctx ends, the rest of what it writes, and its end.
func Playing(ctx context.Context, kind string, f *os.File) (pid int, out io.Reader, end func() error, err error) {
	film, err := play(ctx, kind, f)
	if err != nil {
		return 0, nil, nil, err
	}
	return film.p.cmd.Process.Pid, film.jpegs, func() error { defer film.close(); return film.p.end() }, nil
}

// Arguments are those of ffmpeg.
func Arguments(kind string, f *os.File) []string { return arguments(kind, f) }

// Tail keeps what a process says.
type Tail = tail

// First is what of it is told.
func (t *Tail) First() string { return t.first() }

// MaxSaid bounds it.
const MaxSaid = maxSaid
