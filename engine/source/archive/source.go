package archive

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// warcSource is a source of the images of an archive. Its index is built when it is first needed, and shared by all its sequences.
type warcSource struct {
	path  string
	build func(ctx context.Context) (*index, error)
	mark  string // tells the state of the file on disk

	mu    sync.Mutex
	index *index
}

// OpenWARC gives the source of the images of a WARC file, absolute path.
func OpenWARC(path string) engine.Source {
	s := &warcSource{path: path}
	s.build = s.scan
	return s
}

// scan builds the index of a single WARC file.
func (s *warcSource) scan(ctx context.Context) (*index, error) {
	f, info, err := openFile(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s.mark = mark(info.Size(), info.ModTime().UnixNano())
	x := newIndex()
	x.files = []*file{{path: s.path, size: info.Size()}}
	sc := &scanner{ctx: ctx, index: x, file: x.files[0]}
	if err := sc.all(); err != nil {
		return nil, err
	}
	x.finish()
	return x, nil
}

func mark(size, at int64) string { return fmt.Sprintf("%d:%d", size, at) }

// finish lets go of what only building needs.
func (x *index) finish() {
	x.images = nil
	const op = "archive.Scan"
	var last []error
	if x.refs.full {
		last = append(last, engine.E(engine.CodeLimit, op, "the archive's pages show more images than the limit; some are without their page", nil))
	}
	if x.ruined {
		last = append(last, engine.E(engine.CodeLimit, op, "the archive is damaged at more places than the limit; what is behind them was not read", nil))
	}
	if x.unsaid > 0 {
		last = append(last, engine.E(engine.CodeLimit, op, "more of the archive can't be read than is listed", fmt.Errorf("%d", x.unsaid)))
	}
	for _, err := range last { // of the archive as a whole
		x.entries = append(x.entries, entry{kind: entryWhole, n: int32(len(x.failures))})
		x.failures = append(x.failures, failure{"", err})
	}
}

func (s *warcSource) indexed(ctx context.Context) (*index, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		x, err := s.build(ctx)
		if err != nil {
			return nil, err
		}
		s.index = x
	}
	return s.index, nil
}

// Items gives the images in the order of their records.
func (s *warcSource) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		x, err := s.indexed(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			yield(page.Failed(s.path, "", err))
			return
		}
		for _, e := range x.entries {
			if ctx.Err() != nil || !s.give(ctx, x, e, yield) {
				return
			}
		}
	}
}

// give offers what an entry stands for, and tells whether the walk goes on.
func (s *warcSource) give(ctx context.Context, x *index, e entry, yield func(engine.Item) bool) bool {
	if e.kind == entryWhole {
		return yield(page.Failed(s.path, fmt.Sprintf("limit%d", e.n), x.failures[e.n].err))
	}
	if e.kind == entryFailed {
		return yield(s.failed(x, e, x.failures[e.n].address, x.failures[e.n].err))
	}
	f := x.files[e.file]
	c, r, a, b, err := f.open(e.place)
	if err != nil {
		return yield(s.failed(x, e, "", err))
	}
	if e.kind == entryPage {
		defer f.release(c, e.in > 0)
		return s.inline(ctx, x, e, r, a, b, yield)
	}
	f.release(c, e.in > 0)
	return yield(s.image(x, e, r, a, b))
}

// open reads the headers of the record at a place. The caller releases the cursor, unless there is an error.
func (f *file) open(p place) (c *cursor, r record, a answer, b *block, err error) {
	if c, err = f.seek(p); err != nil {
		return nil, r, a, nil, damage(err)
	}
	r, err = readRecord(c)
	if err == nil {
		_, http := r.carries()
		a, b, err = readAnswer(c, r, http)
	}
	if err != nil {
		f.release(c, false)
		return nil, r, a, nil, damage(err)
	}
	return c, r, a, b, nil
}

// part is where an entry stands, as keys and provenance have it.
func (x *index) part(e entry) string {
	if int(e.file) < len(x.files) && x.files[e.file].name != "" {
		return x.files[e.file].name + ":" + e.String()
	}
	return e.String()
}

func (s *warcSource) failed(x *index, e entry, address string, err error) engine.Item {
	it := page.Failed(s.path, x.part(e), err)
	it.Source.URL = address
	if address != "" {
		it.Key += " " + address
	}
	if x.refs != nil && address != "" {
		x.refs.about(&it.Source, "")
	}
	return it
}

// image is the item of an image.
func (s *warcSource) image(x *index, e entry, r record, a answer, b *block) engine.Item {
	p := engine.Provenance{File: s.path, Part: x.part(e), URL: r.address(), ArchivedAt: r.date}
	if shot := r.shotOf(); shot != "" {
		x.refs.of(&p, shot)
	} else {
		x.refs.about(&p, r.head["warc-page-id"])
	}
	key := s.path + "#" + p.Part
	if r.target != "" && len(r.target) <= page.MaxAddress {
		key += " " + r.target
	}
	from, digest := e, r.head["warc-payload-digest"]
	size := int64(-1)
	if e.kind == entryAgain {
		from = x.entries[e.n]
	} else if a.head["content-encoding"] == "" && a.head["transfer-encoding"] == "" {
		size = b.left
	}
	base := r.head["warc-record-id"] + " " + digest
	if digest == "" {
		base = s.mark
	}
	return engine.Item{Key: key, Version: page.Version(base, p), Source: p, Size: size, Open: x.files[from.file].opener(from.place), Film: from.kind == entryFilm}
}

// opener reads the image of the record at a place.
func (f *file) opener(p place) func(context.Context) (io.ReadCloser, error) {
	return func(ctx context.Context) (io.ReadCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, r, a, b, err := f.open(p)
		if err != nil {
			return nil, err
		}
		body := newPayload(ctx, b, a, r.head["warc-payload-digest"])
		body.close = func() { f.release(c, p.in > 0) }
		return body, nil
	}
}

// inline offers the images that stand in a page itself. They are read again, as their bytes were not kept.
func (s *warcSource) inline(ctx context.Context, x *index, e entry, r record, a answer, b *block, yield func(engine.Item) bool) bool {
	doc, err := page.Extract(contextReader{ctx, uncoded(unchunked(b, a), a)}, r.address(), a.head["content-type"])
	if err != nil && ctx.Err() != nil {
		return false
	}
	p := engine.Provenance{File: s.path, ArchivedAt: r.date}
	x.refs.set(&p, e.n)
	part := x.part(e)
	key := strings.TrimSpace(s.path + "#" + part + " " + r.address())
	for n, ref := range doc.Refs {
		if it, ok := page.Inline(ref, p, key, part, n+1); ok && !yield(it) {
			return false
		}
	}
	return true
}

// contextReader ends a long read when ctx ends.
type contextReader struct {
	ctx context.Context // of one reading
	io.Reader
}

// Read reads unless ctx has ended.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
