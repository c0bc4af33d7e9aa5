package archive_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/photo"
	"gabarit/engine/source"
	"gabarit/engine/source/archive"
)

// How many images and how many each page shows; `make archives` has the large number.
const perPage = 100

func manyImages() int {
	if os.Getenv("GABARIT_ARCHIVE") != "" {
		return 50_000
	}
	return 2_000
}

// numbered is the nth picture: one drawing with its number behind it, so that all differ.
func numbered(base []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(bytes.Clone(base), uint32(n))
}

func numberedAddress(n int) string {
	return fmt.Sprintf("https://example.org/album/%d/%06d.png", n/perPage, n)
}

// generate writes an archive of n images record by record, or in one piece, each page before its images, and the same images as files in folders.
func generate(t *testing.T, name string, n int, onePiece bool) (warc, folder string) {
	t.Helper()
	dir := t.TempDir()
	warc, folder = filepath.Join(dir, name), filepath.Join(dir, "folder")
	f, err := os.Create(warc)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	z := gzip.NewWriter(out)
	put := func(i int, r rec) {
		_, _ = z.Write(r.bytes(i))
		if !onePiece {
			_ = z.Close()
			z.Reset(out)
		}
	}
	base := drawn(1)
	for i := range n {
		if i%perPage == 0 {
			var html strings.Builder
			fmt.Fprintf(&html, "<title>Album %d</title>", i/perPage)
			for k := i; k < i+perPage; k++ {
				fmt.Fprintf(&html, "<img src='%06d.png' alt='Picture %d'>", k, k)
			}
			put(i, response(fmt.Sprintf("https://example.org/album/%d/", i/perPage), "text/html", []byte(html.String())))
			if err := os.MkdirAll(filepath.Join(folder, strconv.Itoa(i/perPage)), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		data := numbered(base, i)
		r := response(numberedAddress(i), "image/png", data)
		r.extra = digestOf(data)
		put(i, r)
		if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(i/perPage), fmt.Sprintf("%06d.png", i)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if onePiece {
		_ = z.Close()
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return warc, folder
}

// spent is what reading a source took.
type spent struct {
	cpu, wall, first time.Duration
	heap             uint64 // the most that was in use at one of the looks
	items            int
}

func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// readAll reads every item, and decodes it if decode is not nil.
func readAll(t *testing.T, src engine.Source, decode *photo.Reader) spent {
	t.Helper()
	runtime.GC()
	var s spent
	cpu, begun := cpuTime(), time.Now()
	var looking time.Duration
	for it := range src.Items(t.Context()) {
		if s.items++; s.items == 1 {
			s.first = time.Since(begun)
		}
		data, err := read(it)
		if err == nil && decode != nil {
			_, err = decode.Decode(t.Context(), data)
		}
		if err != nil {
			t.Fatalf("%s: %v", it.Key, err)
		}
		if s.items%2000 == 0 {
			before := cpuTime()
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			s.heap = max(s.heap, m.HeapAlloc)
			looking += cpuTime() - before
		}
	}
	s.cpu, s.wall = cpuTime()-cpu-looking, time.Since(begun)
	return s
}

// TestAnArchiveOfManyImages measures an archive beside a folder of the same images.
func TestAnArchiveOfManyImages(t *testing.T) {
	n := manyImages()
	forms := map[string]bool{"record by record": false, "in one piece": true}
	for _, form := range []string{"record by record", "in one piece"} {
		warc, folder := generate(t, "many.warc.gz", n, forms[form])
		plain, err := source.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		for name, decode := range map[string]*photo.Reader{"read": nil, "read and decoded": photo.New(photo.DefaultLimits())} {
			a, b := readAll(t, plain, decode), readAll(t, archive.OpenWARC(warc), decode)
			if a.items != n || b.items != n {
				t.Fatalf("%d images in the folder, %d in the archive, want %d", a.items, b.items, n)
			}
			t.Logf("%s, %d images %s: CPU folder %.2f s, archive %.2f s (ratio %.2f); first image after %.2f s; heap at most folder %.1f MB, archive %.1f MB",
				form, n, name, a.cpu.Seconds(), b.cpu.Seconds(), b.cpu.Seconds()/a.cpu.Seconds(), b.first.Seconds(), float64(a.heap)/1e6, float64(b.heap)/1e6)
			if grown := int64(b.heap) - int64(a.heap); grown > int64(n)*400+32<<20 {
				t.Errorf("%s: the archive takes %d bytes more than the folder", form, grown)
			}
		}
	}
}

// TestAKilledReaderGoesOn: a process that reads an archive and notes what it has done is killed again and again; the next one goes on by keys
// and versions, reads nothing twice and leaves nothing out.
func TestAKilledReaderGoesOn(t *testing.T) {
	if os.Getenv("GABARIT_ARCHIVE_READER") != "" {
		readOn(t, os.Getenv("GABARIT_ARCHIVE_READER"), os.Getenv("GABARIT_ARCHIVE_NOTES"))
		return
	}
	n := manyImages()
	for _, onePiece := range []bool{false, true} {
		warc, _ := generate(t, "many.warc.gz", n, onePiece)
		notes := filepath.Join(t.TempDir(), "notes")
		seed := uint64(time.Now().UnixNano())
		rng := rand.New(rand.NewPCG(seed, 0))
		kills := 0
		for ended := false; !ended; {
			cmd := exec.Command(os.Args[0], "-test.run", "^TestAKilledReaderGoesOn$")
			cmd.Env = append(os.Environ(), "GABARIT_ARCHIVE_READER="+warc, "GABARIT_ARCHIVE_NOTES="+notes)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if at := len(readNotes(t, notes)) + 1 + rng.IntN(n/3); at < n && kills < 8 {
				for range 6000 {
					if info, err := os.Stat(notes); err == nil && info.Size() >= int64(at)*noteSize {
						break
					}
					time.Sleep(time.Millisecond)
				}
				_ = cmd.Process.Kill()
				kills++
			}
			ended = cmd.Wait() == nil
		}
		done := readNotes(t, notes)
		base := drawn(1)
		for i := range n {
			if done[sha256.Sum256(numbered(base, i))] != 1 {
				t.Fatalf("image %d was read %d times (seed %d)", i, done[sha256.Sum256(numbered(base, i))], seed)
			}
		}
		t.Logf("in one piece %v: %d images, killed %d times, each read once (seed %d)", onePiece, n, kills, seed)
		if kills < 2 || len(done) != n {
			t.Errorf("%d kills, %d images", kills, len(done))
		}
	}
}

// noteSize is the size of a note: the hash of an item's key and version, then of its bytes.
const noteSize = 2 * sha256.Size

// readNotes counts the images that were read; a note that was cut by a kill is taken off the file.
func readNotes(t *testing.T, path string) map[[sha256.Size]byte]int {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	out := map[[sha256.Size]byte]int{}
	for len(data) >= noteSize {
		out[[sha256.Size]byte(data[sha256.Size:noteSize])]++
		data = data[noteSize:]
	}
	return out
}

// readOn is the process that is killed.
func readOn(t *testing.T, warc, notes string) {
	f, err := os.OpenFile(notes, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	done := map[[sha256.Size]byte]bool{}
	note := make([]byte, noteSize)
	var size int64
	for in := bufio.NewReader(f); ; size += noteSize {
		if _, err := io.ReadFull(in, note); err != nil {
			break
		}
		done[[sha256.Size]byte(note)] = true
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(size, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	for it := range archive.OpenWARC(warc).Items(t.Context()) {
		name := sha256.Sum256([]byte(it.Key + "\x00" + it.Version))
		if done[name] {
			continue
		}
		data, err := read(it)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		if _, err := f.Write(append(name[:], sum[:]...)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManyMoreImagesThanTheLimit: two million images are offered, and what is behind them is said to be left.
func TestManyMoreImagesThanTheLimit(t *testing.T) {
	if os.Getenv("GABARIT_ARCHIVE") == "" {
		t.Skip("set GABARIT_ARCHIVE=1 (make archives)")
	}
	one := []byte("WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: image/png\r\nContent-Length: 1\r\n\r\nx\r\n\r\n")
	member := gzipped(bytes.Repeat(one, 1_000))
	n, last := 0, engine.Item{}
	for last = range archive.OpenWARC(write(t, "x.warc.gz", bytes.Repeat(member, 2_001))).Items(t.Context()) {
		n++
	}
	if n != 2_000_001 || engine.MessageOf(last.Err) != "the archive holds more images than the limit" {
		t.Errorf("%d items, the last %v", n, last.Err)
	}
}
