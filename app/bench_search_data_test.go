//go:build linux

package app_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"gabarit/engine"
	"gabarit/engine/crowd"
)

// searchData is a made-up crowd with queries, in files that Python's peers and this process map into memory: four of five queries are
// further photos of people of the crowd, chosen by their number of photos, the others show strangers.
type searchData struct {
	crowd   *crowd.Crowd
	key     string // of the file names: it changes with the generator
	vectors []engine.Template
	queries []engine.Template
	files   [2]string // of the vectors and queries
}

// npyHeader is the number of bytes before the numbers of a .npy file.
const npyHeader = 128

// benchCache is the folder in which what is dear to make is kept from run to run.
func benchCache(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "gabarit", "bench")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// maxQueries is the number of queries in the files.
const maxQueries = 1000

// openSearchData gives the crowd of so many faces; its files are made if they are not there.
func openSearchData(t testing.TB, faces int) *searchData {
	t.Helper()
	d := &searchData{crowd: crowd.New(1, crowd.LongTailSizes(1, faces))}
	query := func(i int) engine.Template {
		if i%5 == 4 {
			return d.crowd.Stranger(i)
		}
		return d.crowd.Another((i*7919+13)%faces, i)
	}
	sum := sha256.New()
	for i := range 200 {
		tmpl := [2]engine.Template{d.crowd.Template(i * faces / 200), query(i)}
		if err := binary.Write(sum, binary.LittleEndian, tmpl[:]); err != nil {
			t.Fatal(err)
		}
	}
	d.key = fmt.Sprintf("%d-%x", faces, sum.Sum(nil)[:5])
	for i, part := range []struct {
		n  int
		at func(int) engine.Template
	}{{faces, d.crowd.Template}, {maxQueries, query}} {
		d.files[i] = filepath.Join(benchCache(t), []string{"faces-", "queries-"}[i]+d.key+".npy")
		if _, err := os.Stat(d.files[i]); err != nil {
			start := time.Now()
			writeTemplates(t, d.files[i], part.n, part.at)
			t.Logf("%s written in %.0f s", d.files[i], time.Since(start).Seconds())
		}
	}
	d.vectors, d.queries = mapTemplates(t, d.files[0]), mapTemplates(t, d.files[1])
	return d
}

// writeTemplates writes a file of format NumPy 1.0, which is complete once it has its name.
func writeTemplates(t testing.TB, path string, n int, at func(int) engine.Template) {
	t.Helper()
	f, err := os.Create(path + ".part")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	shape := fmt.Sprintf("{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d)}", n, engine.TemplateSize)
	fmt.Fprintf(w, "\x93NUMPY\x01\x00%c\x00%-*s\n", npyHeader-10, npyHeader-11, shape)
	for i := range n {
		tmpl := at(i)
		_, _ = w.Write(bytesOf(tmpl[:]))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		t.Fatal(err)
	}
}

// bytesOf gives the memory of numbers. Python's peers read it as little-endian, which every processor that they run on is.
func bytesOf(v []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), 4*len(v))
}

// mapTemplates maps a file of writeTemplates; the memory is read-only, and given back with the test.
func mapTemplates(t testing.TB, path string) []engine.Template {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(data) })
	const row = engine.TemplateSize * 4
	return unsafe.Slice((*engine.Template)(unsafe.Pointer(&data[npyHeader])), (int(size)-npyHeader)/row)
}

func TestTemplatesInAFileAreReadAsWritten(t *testing.T) {
	made := crowd.New(1, []int{3, 2})
	path := filepath.Join(t.TempDir(), "five.npy")
	writeTemplates(t, path, made.Len(), made.Template)
	for i, tmpl := range mapTemplates(t, path) {
		if tmpl != made.Template(i) {
			t.Errorf("template %d", i)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(text) != npyHeader+5*512 || text[npyHeader-1] != '\n' || int(text[8]) != npyHeader-10 {
		t.Errorf("%d bytes, header %q", len(text), text[:npyHeader])
	}
}
