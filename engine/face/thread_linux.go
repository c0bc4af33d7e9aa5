package face

import (
	"os"
	"slices"
	"strings"
	"syscall"

	"gabarit/engine"
)

// OneThread sees to it that dlib's matrix library starts no threads in this process, as it starts none in a worker: with them a Reference is
// not comparable. The library reads its setting when a program starts, so the program may be started anew, once, in its place: with the same arguments and
// process ID, from the beginning. Call it before anything is open.
func OneThread() error {
	const setting = "OPENBLAS_NUM_THREADS="
	environ := os.Environ()
	if slices.Contains(environ, setting+"1") {
		return nil
	}
	environ = slices.DeleteFunc(environ, func(e string) bool { return strings.HasPrefix(e, setting) })
	exe, err := selfExe()
	if err == nil {
		err = syscall.Exec(exe, os.Args, append(environ, setting+"1")) //nolint:gosec // this program itself
	}
	return engine.E(engine.CodeUnavailable, "face.OneThread", "this program can't start the face detector", err)
}
