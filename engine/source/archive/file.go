package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/klauspost/compress/gzip"

	"gabarit/engine"
)

// place is where a record begins: a byte of the file and, inside a gzip member that begins there, the byte of what it unpacks to.
type place struct{ off, in int64 }

// String is the place as keys and provenance have it.
func (p place) String() string {
	if p.in > 0 {
		return fmt.Sprintf("byte%d+%d", p.off, p.in)
	}
	return fmt.Sprintf("byte%d", p.off)
}

// file is one WARC file, alone or stored in a ZIP file. Safe for concurrent use.
type file struct {
	path string // absolute, of the file on disk
	name string // inside of the ZIP file, else ""
	base int64  // where it begins in the file on disk
	size int64

	mu    sync.Mutex
	idle  []*cursor // in gzip members that hold several records, so that the next one need not be searched from the member's start
	spare []*cursor // without a file: their buffers and tables serve the next one
}

// cursor reads a file from some place on. It belongs to one goroutine.
type cursor struct {
	f   *os.File
	raw *bufio.Reader // bytes of the file
	src *counter
	z   *gzip.Reader // nil where the bytes are not compressed
	in  *bufio.Reader
	at  place // of the next byte
}

// counter counts what was read.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func openFile(path string) (*os.File, os.FileInfo, error) {
	const op = "archive.Open"
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, openError(op, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = engine.E(engine.CodeUnsupported, op, "this is not a regular file", nil)
	}
	if err != nil {
		_ = f.Close() // nothing was read
		return nil, nil, openError(op, err)
	}
	return f, info, nil
}

func openError(op string, err error) error {
	switch {
	case engine.MessageOf(err) != "":
		return err
	case errors.Is(err, fs.ErrNotExist):
		return engine.E(engine.CodeNotFound, op, "the file does not exist", err)
	case errors.Is(err, fs.ErrPermission):
		return engine.E(engine.CodeUnavailable, op, "the file may not be read", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the file could not be opened", err)
}

// seek gives a cursor at a place: one that is idle a little before it in the same gzip member, else a new one.
func (f *file) seek(p place) (*cursor, error) {
	if c := f.take(p); c != nil {
		if err := c.skipTo(p.in); err != nil {
			_ = c.f.Close() // it was only read
			return nil, err
		}
		return c, nil
	}
	disk, _, err := openFile(f.path)
	if err != nil {
		return nil, err
	}
	c := f.fresh(disk, p.off)
	if err = c.begin(p.off); err == nil {
		err = c.skipTo(p.in)
	}
	if err == nil {
		return c, nil
	}
	_ = disk.Close() // it was only read
	return nil, err
}

// fresh gives a cursor on an open file.
func (f *file) fresh(disk *os.File, off int64) *cursor {
	f.mu.Lock()
	var c *cursor
	if n := len(f.spare); n > 0 {
		c, f.spare = f.spare[n-1], f.spare[:n-1]
	}
	f.mu.Unlock()
	src := &counter{r: io.NewSectionReader(disk, f.base+off, f.size-off)}
	if c == nil {
		return &cursor{f: disk, src: src, raw: bufio.NewReaderSize(src, 16<<10)}
	}
	c.f, c.src = disk, src
	c.raw.Reset(src)
	return c
}

// begin starts at the next byte of the file, which is off: with a gzip member or a record.
func (c *cursor) begin(off int64) error {
	c.at = place{off: off}
	head, err := c.raw.Peek(2)
	if err != nil {
		return err
	}
	if head[0] != 0x1f || head[1] != 0x8b {
		c.z, c.in = nil, c.raw
		return nil
	}
	if c.z == nil {
		c.z, err = gzip.NewReader(c.raw)
	} else {
		err = c.z.Reset(c.raw)
	}
	if err != nil {
		return err
	}
	c.z.Multistream(false)
	if c.in == nil || c.in == c.raw {
		c.in = bufio.NewReaderSize(c.z, 16<<10)
	} else {
		c.in.Reset(c.z)
	}
	return nil
}

// consumed is how many bytes of the file were read since the cursor was made, those in its buffer not counted.
func (c *cursor) consumed() int64 { return c.src.n - int64(c.raw.Buffered()) }

// moved counts bytes that were read.
func (c *cursor) moved(n int) {
	if c.z != nil {
		c.at.in += int64(n)
	} else {
		c.at.off += int64(n)
	}
}

// Read reads on, up to the end of the gzip member or of the file.
func (c *cursor) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.moved(n)
	return n, err
}

// slice gives the next bytes up to a line's end, at most a buffer of them.
func (c *cursor) slice() ([]byte, error) {
	s, err := c.in.ReadSlice('\n')
	c.moved(len(s))
	return s, err
}

func (c *cursor) skipTo(in int64) error {
	if n := in - c.at.in; n > 0 && c.z != nil {
		_, err := io.CopyN(io.Discard, c, n)
		return err
	}
	return nil
}

func (f *file) take(p place) *cursor {
	if p.in == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	best := -1
	for i, c := range f.idle {
		if c.at.off == p.off && c.at.in <= p.in && (best < 0 || c.at.in > f.idle[best].at.in) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	c := f.idle[best]
	f.idle = append(f.idle[:best], f.idle[best+1:]...)
	return c
}

// release gives a cursor back. It is kept only inside of a gzip member of several records; of those kept the one furthest back goes. Those
// still kept when the source is dropped are closed with it by the garbage collector.
func (f *file) release(c *cursor, shared bool) {
	if c == nil {
		return
	}
	if !shared || c.z == nil {
		_ = c.f.Close() // it was only read
		c.f = nil
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.spare) < maxIdle {
			f.spare = append(f.spare, c)
		}
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = append(f.idle, c)
	if len(f.idle) <= maxIdle {
		return
	}
	last := 0
	for i, c := range f.idle {
		if c.at.in < f.idle[last].at.in {
			last = i
		}
	}
	_ = f.idle[last].f.Close() // it was only read
	f.idle = append(f.idle[:last], f.idle[last+1:]...)
}

// end gives a cursor at the end of the file.
func (f *file) end() (*cursor, error) {
	disk, _, err := openFile(f.path)
	if err != nil {
		return nil, err
	}
	c := &cursor{f: disk, src: &counter{r: io.NewSectionReader(disk, f.base+f.size, 0)}, at: place{off: f.size}}
	c.raw = bufio.NewReaderSize(c.src, 16)
	c.in = c.raw
	return c, nil
}
