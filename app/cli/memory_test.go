package main

import (
	"bufio"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// memoryLimit is what the program and its workers may use together while they collect.
const memoryLimit = 1_500_000_000

// TestMemoryWhileCollectingLargePhotos collects photos of up to 100 megapixels and watches the resident
// memory of the program and its workers.
func TestMemoryWhileCollectingLargePhotos(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("memory is read from /proc")
	}
	if raceDetector {
		t.Skip("the race detector takes several times the memory")
	}
	w := newWorld(t)
	album := filepath.Join(w.dir, "album")
	large(t, filepath.Join(album, "a-100.jpg"), 12_500, 8_000)
	large(t, filepath.Join(album, "b-50.jpg"), 8_000, 6_250)
	large(t, filepath.Join(album, "c-50.png"), 6_250, 8_000)
	large(t, filepath.Join(album, "d-100.jpg"), 8_000, 12_500)
	large(t, filepath.Join(album, "e-64.jpg"), 8_000, 8_000)
	large(t, filepath.Join(album, "f-60.png"), 10_000, 6_000)
	w.open("v")
	cmd := w.command("v", "collect", "people", "--json", album)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(out)
		ended <- all
	}()
	peak, tick := int64(0), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	var result []byte
	for result == nil {
		select {
		case result = <-ended:
		case <-tick.C:
			peak = max(peak, treeRSS(cmd.Process.Pid))
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, result)
	}
	if !strings.Contains(string(result), `"photos":6,`) {
		t.Errorf("not all photos were read: %s", result)
	}
	t.Logf("peak of the program and its workers: %d MB", peak/1_000_000)
	if peak == 0 || peak >= memoryLimit {
		t.Errorf("peak %d bytes, limit %d", peak, memoryLimit)
	}
}

// large writes a picture of so many pixels, busy enough that it does not shrink to nothing.
func large(t testing.TB, path string, width, height int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	if strings.HasSuffix(path, ".png") {
		img := image.NewNRGBA(image.Rect(0, 0, width, height))
		for i := range img.Pix {
			img.Pix[i] = byte(i>>10) | 3
		}
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img)
	} else {
		img := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
		for i := 0; i < len(img.Y); i += 64 {
			v := byte(rng.Uint32())
			for j := i; j < min(i+64, len(img.Y)); j++ {
				img.Y[j] = v
			}
		}
		err = jpeg.Encode(f, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// treeRSS sums the resident memory of a process and its descendants. Pages that they share count for each.
func treeRSS(pid int) int64 {
	total := rss(pid)
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		data, _ := os.ReadFile(t)
		for _, child := range strings.Fields(string(data)) {
			if n, err := strconv.Atoi(child); err == nil {
				total += treeRSS(n)
			}
		}
	}
	return total
}

func rss(pid int) int64 {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb * 1024
		}
	}
	return 0
}
