//go:build !linux

package video

import (
	"io"
	"os"
	"os/exec"

	"gabarit/engine"
)

// videoName is the path of the file: a descriptor can't be sought in here.
func videoName(f *os.File) string { return "file:" + f.Name() }

// prepare has nothing to set here.
func prepare(*exec.Cmd) {}

// confine can't limit another process here. Time and the size of what it gives stay limited, and ffmpeg's own limits hold.
func confine(int) error { return nil }

func outOfTime(*os.ProcessState) bool { return false }

// hold refuses: there is no file without a name here.
func hold(io.Reader) (*os.File, error) {
	return nil, engine.E(engine.CodeUnsupported, "video.Hold", "this video can't be read from inside an archive on this system; take it out of the archive to read it", nil)
}
