package video

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"gabarit/engine"
)

// videoName names descriptor 3 of a process: opened anew, it can be sought in.
func videoName(*os.File) string { return "file:/dev/fd/3" }

// prepare makes a process the head of a group that is killed as one, and that dies with this program.
func prepare(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// confine limits a process that was just started: it has not opened its video yet, or only that, and limits hold for what it asks for from now on.
func confine(pid int) error {
	for what, value := range map[int]uint64{unix.RLIMIT_AS: maxMemory, unix.RLIMIT_CPU: uint64(maxCPU.Seconds()), unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0} {
		var now unix.Rlimit
		if err := unix.Prlimit(pid, what, nil, &now); err != nil {
			return fmt.Errorf("read limit %d: %w", what, err)
		}
		value = min(value, now.Max)
		if err := unix.Prlimit(pid, what, &unix.Rlimit{Cur: value, Max: value}, nil); err != nil {
			return fmt.Errorf("set limit %d: %w", what, err)
		}
	}
	return nil
}

// outOfTime tells that a process had used up its processor time.
func outOfTime(s *os.ProcessState) bool {
	status, ok := s.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && s.UserTime()+s.SystemTime() >= maxCPU
}

// hold copies a video into memory, where it has no name and no place on a disk. Close what it gives.
func hold(in io.Reader) (*os.File, error) {
	const op = "video.Hold"
	fd, err := unix.MemfdCreate("video", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, engine.E(engine.CodeUnavailable, op, "there is no memory for the video", err)
	}
	f := os.NewFile(uintptr(fd), "video")
	n, err := io.Copy(f, io.LimitReader(in, maxHeld+1))
	if err == nil && n > maxHeld {
		err = engine.E(engine.CodeLimit, op, "the video inside the archive is larger than the limit; take it out of the archive to read it", fmt.Errorf("limit %d bytes", int64(maxHeld)))
	}
	if err != nil {
		_ = f.Close() // it was never used
		return nil, err
	}
	return f, nil
}
