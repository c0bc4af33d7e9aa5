//go:build linux

package video_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/video"
)

// ffmpeg runs within its limits, in a group of its own, sees nothing of the environment, and ends with the context.
func TestFFmpegIsConfined(t *testing.T) {
	path := film(t, "a.mp4", x264("mandelbrot=s=640x480:r=25,trim=duration=20")...)
	written := path + ".log"
	t.Setenv("GABARIT_PASSPHRASE", "secret")
	t.Setenv("FFREPORT", "file="+written) // ffmpeg's own way to write a file
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pid, _, end, err := video.Playing(ctx, "mov", f)
	if err != nil {
		t.Fatal(err)
	}
	proc := fmt.Sprintf("/proc/%d/", pid)
	limits, err := os.ReadFile(proc + "limits")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Max address space": "3221225472", "Max cpu time": "21600", "Max file size": "0", "Max core file size": "0"} {
		m := regexp.MustCompile(regexp.QuoteMeta(name) + ` +(\S+) +(\S+)`).FindStringSubmatch(string(limits))
		if m == nil || m[1] != want || m[2] != want {
			t.Errorf("%s: %v, want %s", name, m, want)
		}
	}
	if group, err := syscall.Getpgid(pid); err != nil || group != pid {
		t.Errorf("group %d of process %d, %v", group, pid, err)
	}
	env, err := os.ReadFile(proc + "environ")
	if err != nil || strings.Contains(string(env), "secret") || strings.Contains(string(env), "FFREPORT") || strings.Contains(string(env), "HOME") {
		t.Errorf("environment %q, %v", env, err)
	}
	words, err := os.ReadFile(proc + "cmdline")
	if err != nil || strings.Contains(string(words), path) {
		t.Errorf("the path is told: %q, %v", words, err)
	}
	if dir, err := os.Readlink(proc + "cwd"); err != nil || dir != "/" {
		t.Errorf("works in %q, %v", dir, err)
	}
	cancel()
	if err := end(); engine.CodeOf(err) != engine.CodeCanceled {
		t.Errorf("ended with %v", err)
	}
	if err := syscall.Kill(-pid, 0); err == nil {
		t.Error("its group is still there")
	}
	if _, err := os.Stat(written); err == nil {
		t.Error("it wrote a file")
	}
}

// Nothing is waited for that stays silent for nobody: a paused collection does not end the process.
func TestAWaitingReaderDoesNotEndFFmpeg(t *testing.T) {
	path := film(t, "a.mp4", x264("mandelbrot=s=640x480:r=25,trim=duration=6")...)
	n := 0
	_, _, err := item(path).Frames(t.Context(), func(engine.Item) bool {
		n++
		time.Sleep(50 * time.Millisecond)
		return true
	})
	if n != 6 || err != nil {
		t.Errorf("%d frames, %v", n, err)
	}
}

func TestFFmpegMayOpenOneContainerAndOneFile(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	args := video.Arguments("mov", f)
	for _, want := range [][2]string{{"-protocol_whitelist", "file"}, {"-format_whitelist", "mov"}, {"-f", "mov"}, {"-i", "file:/dev/fd/3"}} {
		i := slices.Index(args, want[0])
		if i < 0 || args[i+1] != want[1] || i > slices.Index(args, "-i") {
			t.Errorf("%s is not %s before the input: %q", want[0], want[1], args)
		}
	}
}

func TestWhatFFmpegSaysIsBounded(t *testing.T) {
	var said video.Tail
	for range 100 {
		if n, err := io.WriteString(&said, "[h264 @ 0x55ee1b7c2900] error while\x00 decoding\xff MB 3 7"+strings.Repeat("x", 1000)+"\n"); n < 1000 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if got := len(said.String()); got != video.MaxSaid {
		t.Errorf("%d bytes are kept", got)
	}
	if got := said.First(); !strings.HasPrefix(got, "[h264] error while") || len(got) > 200 || strings.Contains(got, "0x") {
		t.Errorf("told %q", got)
	}
}
