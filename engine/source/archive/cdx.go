package archive

import (
	"archive/zip"
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"gabarit/engine"
)

// lines gives the lines of a file, which may be compressed by gzip; nil for one that is too long. Only an error of ctx is returned.
func (w *wacz) lines(f *zip.File, give func(line []byte)) error {
	const op = "archive.WACZ"
	in, err := f.Open()
	if err != nil {
		w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "a file of the archive is damaged", err))
		return nil
	}
	defer in.Close()
	text := io.Reader(contextReader{w.ctx, in})
	if strings.HasSuffix(f.Name, ".gz") {
		z, err := gzip.NewReader(text)
		if err != nil {
			w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "a file of the archive is damaged", err))
			return nil
		}
		text = z
	}
	all := bufio.NewReaderSize(text, 64<<10)
	for n := 0; ; n++ {
		line, err := readLine(all)
		if n > maxLines {
			err = engine.E(engine.CodeLimit, op, "a list in the archive has more lines than the limit", nil)
		}
		switch {
		case w.ctx.Err() != nil:
			return w.ctx.Err()
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && engine.CodeOf(err) == engine.CodeLimit:
			w.fail(f.Name, err)
			return nil
		case err != nil:
			w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "a file of the archive is damaged", err))
			return nil
		default:
			give(line)
		}
	}
}

// readLine gives the next line, nothing of one that is too long.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long, some := false, false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		some = some || len(part) > 0
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && some {
			err = nil
		}
		return line, err
	}
}

// spot is a record that the index names.
type spot struct {
	file int32
	off  int64
}

// read goes to the records that the archive's index names as images, pages or ways to them. Files of which it names nothing at all are gone through.
func (w *wacz) read() error {
	var spots []spot
	named := make([]bool, len(w.index.files))
	for _, f := range w.z.File {
		if !isIndex(f.Name) || w.skips(f) {
			continue
		}
		var err error
		if spots, err = w.spots(f, spots, named); err != nil {
			return err
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.off, b.off)) })
	if err := w.visit(slices.Compact(spots)); err != nil {
		return err
	}
	return w.scan(named)
}

// spots adds the records that one index names, marks the files that it names, and tells what of it can't be used.
func (w *wacz) spots(f *zip.File, spots []spot, named []bool) ([]spot, error) {
	const op = "archive.WACZ"
	unknown, over, odd := 0, 0, 0
	err := w.lines(f, func(line []byte) {
		s, kind := w.spot(line)
		if s.file >= 0 {
			named[s.file] = true
		}
		switch {
		case kind == lineOdd:
			odd++
		case kind == lineUnknown:
			unknown++
		case kind == lineWanted && len(spots) < maxLines:
			spots = append(spots, s)
		case kind == lineWanted:
			over++
		}
	})
	if over > 0 {
		w.fail(f.Name, engine.E(engine.CodeLimit, op, "a list in the archive has more lines than the limit", fmt.Errorf("%d", over)))
	}
	if unknown > 0 {
		w.fail(f.Name, engine.E(engine.CodeNotFound, op, "the archive's index names records of files that are not in it, or not used", fmt.Errorf("%d", unknown)))
	}
	if odd > 0 {
		w.fail(f.Name, engine.E(engine.CodeCorrupt, op, "lines of the archive's index can't be understood; images that only they name may be missing", fmt.Errorf("%d", odd)))
	}
	return spots, err
}

// scan goes through the files of which no index names a record.
func (w *wacz) scan(named []bool) error {
	for i, f := range w.index.files[:len(named)] {
		if f.path == "" || named[i] {
			continue
		}
		if err := (&scanner{ctx: w.ctx, index: w.index, file: f, no: int32(i)}).all(); err != nil {
			return err
		}
	}
	return nil
}

// visit reads the records at spots, in the order of the files.
func (w *wacz) visit(spots []spot) error {
	for len(spots) > 0 {
		no := spots[0].file
		s := &scanner{ctx: w.ctx, index: w.index, file: w.index.files[no], no: no}
		for len(spots) > 0 && spots[0].file == no {
			at := place{off: spots[0].off}
			spots = spots[1:]
			err := s.visit(at)
			if w.ctx.Err() != nil {
				s.stop()
				return w.ctx.Err()
			}
			if err != nil {
				s.fail(at, "", damage(err))
				if over(err) {
					break
				}
			}
		}
		s.stop()
		for len(spots) > 0 && spots[0].file == no {
			spots = spots[1:]
		}
	}
	return nil
}

// visit reads one record.
func (s *scanner) visit(at place) error {
	if err := s.jump(at); err != nil {
		return err
	}
	r, err := readRecord(s.cur)
	if err != nil {
		return err
	}
	if err := s.note(at, r); err != nil {
		return err
	}
	return s.bounded()
}

// mayShow tells whether an answer of this status and type may be an image, a page, or lead to one.
func mayShow(status, mime string) bool {
	switch {
	case strings.HasPrefix(status, "3") && len(status) == 3 && status != "304", mime == "warc/revisit":
		return true
	case status != "" && status != "-" && status != "null" && status != "200" && status != "206":
		return false
	case strings.HasPrefix(mime, "image/"), strings.HasPrefix(mime, "video/"), strings.HasSuffix(mime, "octet-stream"), strings.Contains(mime, "unknown"):
		return true
	}
	return slices.Contains([]string{"text/html", "application/xhtml+xml", "", "-", "unk", "text/plain"}, mime)
}

// What a line of an index says.
const (
	lineOther   = iota // a record that is not looked for, or nothing
	lineWanted         // a record that may be an image, a page or a way to one
	lineUnknown        // the same, of which the place is not known
	lineOdd            // it can't be understood
)

// spot reads a line of an index (CDXJ: key, time, JSON). Its file is -1 where none that is used is named.
func (w *wacz) spot(line []byte) (s spot, kind int) {
	s.file = -1
	if line != nil && (strings.TrimSpace(string(line)) == "" || line[0] == '!' || strings.HasPrefix(string(line), " CDX")) { // a head, see pywb
		return s, lineOther
	}
	i := strings.IndexByte(string(line), '{')
	var e struct {
		MIME, Filename         string
		Status, Offset, Length json.RawMessage
	}
	if i < 0 || json.Unmarshal(line[i:], &e) != nil {
		return s, lineOdd
	}
	wanted := mayShow(strings.Trim(string(e.Status), `"`), strings.ToLower(e.MIME))
	no, known := w.files[path.Base(e.Filename)]
	if !known && wanted {
		return s, lineUnknown
	} else if !known {
		return s, lineOther
	}
	off, err := strconv.ParseInt(strings.Trim(string(e.Offset), `"`), 10, 64)
	s = spot{no, off}
	switch {
	case !wanted:
		return s, lineOther
	case err != nil || off < 0 || off >= w.index.files[no].size:
		return s, lineUnknown
	}
	return s, lineWanted
}
