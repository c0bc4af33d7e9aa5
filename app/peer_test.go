//go:build linux

package app_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gabarit/engine"
)

// What both the measure of accuracy and that of speed are made of: a process of Python's face_recognition that
// is asked photo by photo, and the processor time of running processes.

// The forms of face_recognition, as .ci/peers makes them.
const (
	peerWheel  = "wheel"  // what a user gets
	peerStrong = "strong" // dlib compiled for AVX2 on OpenBLAS
)

// peer is a running face_recognition; see testdata/peer.py. One goroutine asks it at a time.
type peer struct {
	form string
	cmd  *exec.Cmd
	in   *json.Encoder
	pipe io.Closer
	out  *bufio.Reader
}

// seen is what was found in one photo; sizes and boxes are pixels of the upright picture.
type seen struct {
	width, height int
	faces         []engine.Detection
	parts         parts // of the peer's processor time; zero for Gabarit, whose parts overlap
}

// parts is where the processor time of a photo went, in seconds.
type parts struct{ Load, Detect, Templates float64 }

func (p parts) plus(q parts) parts {
	return parts{p.Load + q.Load, p.Detect + q.Detect, p.Templates + q.Templates}
}

// peerAnswer is one line of testdata/peer.py.
type peerAnswer struct {
	Width, Height int
	Faces         []struct {
		Box      [4]int
		Template engine.Template
	}
	Seconds parts
	Error   string
}

// peersHome is the folder that .ci/peers fills.
func peersHome(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(cache, "gabarit", "peers")
}

// openPeer starts a form of face_recognition, which ends with the test. It gives nil, and a clear line, where that form is not
// installed. A form that is installed and does not work fails the test.
func openPeer(t testing.TB, form string) *peer {
	t.Helper()
	dir := filepath.Join(peersHome(t), form)
	if _, err := os.Stat(filepath.Join(dir, "stamp")); err != nil {
		t.Logf("face_recognition (%s) is not compared to: it is not installed; .ci/peers %s does it", form, form)
		return nil
	}
	cmd := exec.Command(filepath.Join(dir, "bin", "python"), filepath.Join("testdata", "peer.py"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &peer{form: form, cmd: cmd, in: json.NewEncoder(in), pipe: in, out: bufio.NewReaderSize(out, 1<<20)}
	t.Cleanup(func() {
		_ = p.pipe.Close() // it ends with its input
		if err := cmd.Wait(); err != nil {
			t.Errorf("face_recognition (%s): %v", form, err)
		}
	})
	if _, err := p.out.ReadBytes('\n'); err != nil { // its first line: it is ready
		t.Fatalf("face_recognition (%s) does not start: %v", form, err)
	}
	return p
}

// peerVersions tells what a form is made of, as .ci/peers has written it down.
func peerVersions(t testing.TB, form string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(peersHome(t), form, "versions"))
	if err != nil {
		t.Fatal(err)
	}
	return form + ": " + strings.ReplaceAll(strings.TrimSpace(string(text)), "\n", "\n\t")
}

// look has a photo looked at, its templates made, and with templates also told.
func (p *peer) look(path string, templates bool) (seen, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return seen{}, err
	}
	if err := p.in.Encode(map[string]any{"path": path, "templates": templates}); err != nil {
		return seen{}, err
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return seen{}, fmt.Errorf("face_recognition ended: %w", err)
	}
	var a peerAnswer
	if err := json.Unmarshal(line, &a); err != nil {
		return seen{}, err
	}
	if a.Error != "" {
		return seen{}, errors.New(a.Error)
	}
	s := seen{width: a.Width, height: a.Height, parts: a.Seconds}
	for _, f := range a.Faces {
		s.faces = append(s.faces, engine.Detection{
			Box: engine.Box{X: f.Box[0], Y: f.Box[1], W: f.Box[2], H: f.Box[3]}, Template: f.Template,
		})
	}
	return s, nil
}

// processClock is the processor time that a running process has used, all its threads together, in nanoseconds: the
// clock of clock_getcpuclockid(3), which for process n is (^n << 3) | 2.
func processClock(pid int) (time.Duration, error) {
	const wholeProcess = 2
	var now unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|wholeProcess), &now); err != nil {
		return 0, fmt.Errorf("the processor time of process %d: %w", pid, err)
	}
	return time.Duration(now.Nano()), nil
}

// clockOf is the processor time of some running processes.
func clockOf(t testing.TB, pids ...int) (sum time.Duration) {
	t.Helper()
	for _, pid := range pids {
		used, err := processClock(pid)
		if err != nil {
			t.Fatal(err)
		}
		sum += used
	}
	return sum
}

// workerPids gives the face workers of this process that are running.
func workerPids(t testing.TB) []int {
	t.Helper()
	pids, err := workersNow()
	if err != nil {
		t.Fatal(err)
	}
	return pids
}

// workersNow gives the children of this process that run the same program, which are its face workers.
func workersNow() (pids []int, err error) {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || parentOf(pid) != os.Getpid() {
			continue
		}
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && exe == self {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}

// parentOf gives the parent of a process, 0 if there is none or the process is gone.
func parentOf(pid int) int {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// "pid (name) state parent ...", where the name may hold anything.
	_, rest, _ := strings.Cut(string(stat[max(0, strings.LastIndexByte(string(stat), ')')):]), " ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return 0
	}
	parent, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return parent
}

func TestTheProcessorTimeOfAnotherProcessIsTold(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "read line; while :; do :; done")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	if got := parentOf(cmd.Process.Pid); got != os.Getpid() {
		t.Errorf("parent %d, want %d", got, os.Getpid())
	}
	idle := clockOf(t, cmd.Process.Pid)
	if _, err := io.WriteString(in, "go\n"); err != nil {
		t.Fatal(err)
	}
	for clockOf(t, cmd.Process.Pid) < idle+20*time.Millisecond { // ends only if the clock advances with its work
		time.Sleep(time.Millisecond)
	}
	if _, err := processClock(1 << 22); err == nil {
		t.Error("a process that can't exist has a processor time")
	}
}

func TestAPeerThatIsNotInstalledIsLeftOut(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, form := range []string{peerWheel, peerStrong} {
		if openPeer(t, form) != nil {
			t.Errorf("%s is there in an empty folder", form)
		}
	}
	if _, ok := peerFinder(t, peerWheel, "photo.jpg"); ok {
		t.Error("it can be asked all the same")
	}
}
