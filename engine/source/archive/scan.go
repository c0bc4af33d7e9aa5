package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"gabarit/engine"
)

// entryKind tells what becomes of an entry.
type entryKind uint8

const (
	entryImage  entryKind = iota
	entryAgain            // a revisit: the image is that of entry n
	entryPage             // a page that holds images itself; n is its index
	entryFailed           // failures[n]
	entryFilm             // a video
	entryWhole            // failures[n], which are of no place
)

// entry is one thing that an archive offers, in the order of the records. It is all that is kept of an image: the record tells the rest.
type entry struct {
	place
	file int32 // index of the file
	n    int32
	kind entryKind
}

// failure is what can't be offered.
type failure struct {
	address string
	err     error
}

// index is what an archive holds: built once, then only read.
type index struct {
	files    []*file
	entries  []entry
	failures []failure
	refs     *refs
	images   map[uint64]int32 // entry of an image by its digest and by its address, for revisits
	unsaid   int              // failures beyond those listed
	ruined   bool             // more damages than the limit
	named    int              // bytes of their addresses
	unpacked int64            // bytes unpacked by readers that were given back, and of pages
	worn     int64            // bytes of the files read for that
}

func newIndex() *index { return &index{refs: newRefs(), images: map[uint64]int32{}} }

// scanner goes through the records of one file.
type scanner struct {
	ctx   context.Context // of the building of the index
	index *index
	file  *file
	no    int32
	cur   *cursor
	start int64 // where the cursor's counting began
	hurt  int   // damages met
	tries int   // places looked at behind them
}

func (s *scanner) fail(p place, address string, err error) {
	s.index.fail(entry{place: p, file: s.no}, address, err)
}

// fail notes what can't be offered; beyond a number it is only counted.
func (x *index) fail(e entry, address string, err error) {
	if len(x.failures) >= maxFailures {
		x.unsaid++
		return
	}
	if x.named += len(address); x.named > maxText/8 {
		address = ""
	}
	e.kind, e.n = entryFailed, int32(len(x.failures))
	x.entries = append(x.entries, e)
	x.failures = append(x.failures, failure{address, err})
}

func (s *scanner) stop() {
	if s.cur != nil {
		s.index.unpacked += s.cur.at.in
		s.index.worn += s.cur.consumed()
		s.file.release(s.cur, false)
		s.cur = nil
	}
}

// jump goes to a place; with an error there is nothing to read there.
func (s *scanner) jump(p place) error {
	s.stop()
	c, err := s.file.seek(p)
	if err == nil {
		s.cur, s.start = c, p.off
	}
	return err
}

// all reads the file from its start to its end. An error is that of ctx; what is wrong with the file becomes failures.
func (s *scanner) all() error {
	defer s.stop()
	if err := s.jump(place{}); err != nil {
		s.fail(place{}, "", damage(err))
		return nil
	}
	for s.ctx.Err() == nil {
		at, more, err := s.next()
		if err == nil && !more {
			return nil
		}
		if err == nil {
			err = s.record(at)
		}
		switch {
		case s.ctx.Err() != nil:
		case err != nil:
			s.fail(at, "", damage(err))
			if over(err) || !s.resume(at) {
				return nil
			}
		}
	}
	return s.ctx.Err()
}

// next finds where the next record begins, behind empty lines and in the next gzip member if need be.
func (s *scanner) next() (at place, more bool, err error) {
	for blank := 0; s.ctx.Err() == nil; {
		b, err := s.cur.in.Peek(1)
		switch {
		case errors.Is(err, io.EOF) && s.cur.z != nil:
			s.index.unpacked += s.cur.at.in
			if err := s.cur.begin(s.start + s.cur.consumed()); errors.Is(err, io.EOF) {
				return s.cur.at, false, nil
			} else if err != nil {
				return s.cur.at, false, err
			}
		case errors.Is(err, io.EOF):
			return s.cur.at, false, nil
		case err != nil:
			return s.cur.at, false, err
		case b[0] == '\r' || b[0] == '\n':
			if _, err := s.cur.in.Discard(1); err != nil {
				return s.cur.at, false, err
			}
			s.cur.moved(1)
			if blank++; blank > maxBlank {
				return s.cur.at, false, engine.E(engine.CodeCorrupt, "archive.Scan", "no record of the archive begins where one should", nil)
			}
		default:
			return s.cur.at, true, nil
		}
	}
	return at, false, s.ctx.Err()
}

var errFull = errors.New("more images than the limit")

// over tells errors after which nothing more of a file is read. A header that is too large is not among them: behind it reading goes on.
func over(err error) bool {
	return errors.Is(err, errFull) || engine.CodeOf(err) == engine.CodeLimit && !errors.Is(err, errHead)
}

// damage says in plain words what is wrong with the file.
func damage(err error) error {
	const op = "archive.Scan"
	switch {
	case engine.MessageOf(err) != "":
		return err
	case errors.Is(err, errFull):
		return engine.E(engine.CodeLimit, op, "the archive holds more images than the limit", err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return engine.E(engine.CodeCorrupt, op, "the archive ends in the middle of a record", err)
	}
	return engine.E(engine.CodeCorrupt, op, "a record of the archive is damaged", err)
}

// resume goes to the next thing behind a damaged record that looks like one, and tells whether there is any.
func (s *scanner) resume(at place) bool {
	if s.hurt++; s.hurt > maxDamages {
		return s.giveUp()
	}
	gz := s.cur == nil || s.cur.z != nil
	s.stop()
	off := at.off + 1
	disk, _, err := openFile(s.file.path)
	if err != nil {
		return false
	}
	defer disk.Close()
	const step, tail = 1 << 20, 16
	buf := make([]byte, step+tail)
	mark := []byte("WARC/1.")
	if gz {
		mark = []byte{0x1f, 0x8b, 0x08}
	}
	for s.ctx.Err() == nil && off < s.file.size {
		n, err := io.NewSectionReader(disk, s.file.base, s.file.size).ReadAt(buf, off)
		for from := 0; ; {
			i := bytes.Index(buf[from:n], mark)
			if i < 0 || from+i >= step {
				break
			}
			from += i
			if s.begins(place{off: off + int64(from)}) {
				return true
			}
			if s.tries++; s.tries > maxTries {
				return s.giveUp()
			}
			from++
		}
		if err != nil {
			return false
		}
		off += step
	}
	return false
}

// giveUp tells that what is behind a damage is not looked at.
func (s *scanner) giveUp() bool {
	s.index.ruined = true
	return false
}

// begins tries whether a record begins at p, and stays there if so.
func (s *scanner) begins(p place) bool {
	if s.jump(p) != nil {
		return false
	}
	b, _ := s.cur.in.Peek(len("WARC/"))
	return string(b) == "WARC/"
}

// record reads the record that begins at a place, where the cursor is, notes what it offers and goes to its end.
func (s *scanner) record(at place) error {
	r, err := readRecord(s.cur)
	if err != nil {
		return err
	}
	begun := s.cur.at
	if err := s.note(at, r); err != nil {
		return err
	}
	if err := s.bounded(); err != nil {
		return err
	}
	used := (s.cur.at.off - begun.off) + (s.cur.at.in - begun.in)
	rest := r.length - used
	if s.cur.z == nil && (rest < 0 || rest > seekInstead) {
		to := begun.off + r.length
		if to > s.file.size {
			return io.ErrUnexpectedEOF
		}
		if err := s.jump(place{off: to}); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if s.cur == nil { // the file ends there
			s.cur, err = s.file.end()
			s.start = s.file.size
		}
		return err
	}
	if rest < 0 { // a header without an end was read beyond the record
		return s.jump(place{begun.off, begun.in + r.length})
	}
	return s.skip(rest)
}

// skip passes over bytes, unless the file unpacks to too much.
func (s *scanner) skip(n int64) error {
	for n > 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if err := s.bounded(); err != nil {
			return err
		}
		m, err := io.CopyN(io.Discard, s.cur, min(n, 4<<20))
		n -= m
		if err != nil {
			return io.ErrUnexpectedEOF
		}
	}
	return nil
}

func (s *scanner) bounded() error {
	unpacked, read := s.index.unpacked+s.cur.at.in, s.index.worn+s.cur.consumed()
	if unpacked > freeUnpack && unpacked > maxRatio*read {
		return engine.E(engine.CodeLimit, "archive.Scan", "the archive unpacks to more than the limit", fmt.Errorf("%d bytes of %d", unpacked, read))
	}
	return nil
}
