package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gabarit/app/cli/command"
	"gabarit/app/cli/document"
)

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// pngHeader is a PNG that says it is of this size and holds no pixels.
func pngHeader(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, 8, 2, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, head...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
}

// jpegOfSize is a small JPEG whose header says it is of this size.
func jpegOfSize(t testing.TB, width, height uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 32, 32)), nil); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	i := bytes.Index(data, []byte{0xff, 0xc0})
	if i < 0 {
		t.Fatal("no frame header")
	}
	binary.BigEndian.PutUint16(data[i+5:], height)
	binary.BigEndian.PutUint16(data[i+7:], width)
	return data
}

// TestBadPhotosAreListedAndNothingElseIsLost: each bad input has its own error, the good ones beside it are
// collected, and the program ends in order.
func TestBadPhotosAreListedAndNothingElseIsLost(t *testing.T) {
	w, photos := newWorld(t), realPhotos(t)
	album := filepath.Join(w.dir, "album")
	obama := read(t, filepath.Join(photos, "obama.jpg"))
	write(t, filepath.Join(album, "good.jpg"), obama)
	write(t, filepath.Join(album, "renamed-png.jpg"), read(t, filepath.Join(photos, "32bit.png")))
	write(t, filepath.Join(album, "renamed.txt"), read(t, filepath.Join(photos, "biden.jpg")))
	write(t, filepath.Join(album, "cmyk.jpg"), read(t, filepath.Join("..", "..", "engine", "photo", "testdata", "cmyk.jpg")))

	var onePixel bytes.Buffer
	if err := png.Encode(&onePixel, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	bad := map[string]struct {
		data   []byte
		reason string
	}{
		"bomb.jpg":      {jpegOfSize(t, 65500, 65500), "the picture has too many pixels"},
		"bomb.png":      {pngHeader(65500, 65500), "the picture has too many pixels"},
		"empty.jpg":     {nil, "the file is empty"},
		"one-pixel.png": {onePixel.Bytes(), "the picture is too small to show a face"},
		"text.jpg":      {[]byte("this is a letter, not a photo\n"), "the file is text, not a photo"},
		"truncated.jpg": {obama[:len(obama)/2], "the picture is cut off or damaged"},
		"zeros.jpg":     {make([]byte, 4096), "not a picture format this program reads"},
	}
	want := map[string]string{"pipe.jpg": "this is not a regular file", "unreadable.jpg": "the file may not be read"}
	for name, b := range bad {
		write(t, filepath.Join(album, name), b.data)
		want[name] = b.reason
	}
	if err := syscall.Mkfifo(filepath.Join(album, "pipe.jpg"), 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(album, "unreadable.jpg"), obama)
	if err := os.Chmod(filepath.Join(album, "unreadable.jpg"), 0); err != nil {
		t.Fatal(err)
	}

	w.open("v")
	var got document.Collect
	w.runAs(w.withoutPrivilege(w.command("v", "collect", "people", album, "--json")), command.StatusItemsFailed, &got)
	if got.Photos != 4 || got.Faces != 3 {
		t.Errorf("collected %+v; want 4 photos, 3 faces", got)
	}
	failed := map[string]string{}
	for _, f := range got.Failed {
		failed[filepath.Base(f.Item)] = f.Reason
	}
	if d := cmp.Diff(want, failed); d != "" {
		t.Errorf("reasons (-want +got): %s", d)
	}

	// The same files as probes.
	var files []string
	for name := range bad {
		files = append(files, filepath.Join(album, name))
	}
	var found document.Search
	args := append([]string{"search", "--json", "--purpose", "tests", filepath.Join(album, "good.jpg")}, files...)
	w.run("v", command.StatusItemsFailed, &found, args...)
	if len(found.Failed) != len(bad) || len(found.Probes) != 1 || len(found.Probes[0].Matches) == 0 {
		t.Errorf("search: %+v", found)
	}
}

// TestALargeFolderWithBrokenPhotos collects 10,000 photos with 50 broken ones among them.
func TestALargeFolderWithBrokenPhotos(t *testing.T) {
	const good, broken = 10_000, 50
	w := newWorld(t)
	album := filepath.Join(w.dir, "album")
	for i := range good {
		var b bytes.Buffer
		name := fmt.Sprintf("%05d.png", i)
		if err := drawPlain(&b, name); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		write(t, filepath.Join(album, name), data)
		if i%(good/broken) == 0 {
			write(t, filepath.Join(album, fmt.Sprintf("%05d-broken.png", i)), data[:len(data)/2])
		}
	}
	w.open("v")
	var got document.Collect
	w.run("v", command.StatusItemsFailed, &got, "collect", "people", album, "--json")
	if got.Photos != good || got.NoFace != good || got.Duplicates != 0 || len(got.Failed) != broken {
		t.Errorf("collected %d photos, %d without a face, %d duplicates, %d failed", got.Photos, got.NoFace, got.Duplicates, len(got.Failed))
	}
	t.Logf("%d entries in %.1f s", good+broken, got.Seconds)
}
