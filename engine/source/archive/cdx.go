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

// lines gives the lines of a file, which may be compressed by gzip. Only an error of ctx is returned.
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
		case len(line) > 0:
			give(line)
		}
	}
}

// readLine gives the next line, nothing of one that is too long.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; long {
			line = nil
		} else {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && len(part) > 0 {
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

// read goes to the records that the archive's index names as images, pages or ways to them; without an index it goes through all records.
func (w *wacz) read() error {
	var spots []spot
	found := false
	for _, f := range w.z.File {
		if !isIndex(f.Name) || w.skips(f) {
			continue
		}
		found = true
		unknown, over := 0, 0
		err := w.lines(f, func(line []byte) {
			if s, ok, wanted := w.spot(line); wanted && !ok {
				unknown++
			} else if wanted && len(spots) < maxLines {
				spots = append(spots, s)
			} else if wanted {
				over++
			}
		})
		if err != nil {
			return err
		}
		if over > 0 {
			w.fail(f.Name, engine.E(engine.CodeLimit, "archive.WACZ", "a list in the archive has more lines than the limit", fmt.Errorf("%d", over)))
		}
		if unknown > 0 {
			w.fail(f.Name, engine.E(engine.CodeNotFound, "archive.WACZ", "the archive's index names records of files that are not in it, or not used", fmt.Errorf("%d", unknown)))
		}
	}
	if !found {
		return w.scanAll()
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.off, b.off)) })
	return w.visit(slices.Compact(spots))
}

func (w *wacz) scanAll() error {
	for i, f := range w.index.files {
		if f.path == "" {
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

// spot reads a line of an index (CDXJ: key, time, JSON). wanted: it may be an image, a page or a way to one; ok: its place is known.
func (w *wacz) spot(line []byte) (s spot, ok, wanted bool) {
	i := strings.IndexByte(string(line), '{')
	var e struct {
		MIME, Filename         string
		Status, Offset, Length json.RawMessage
	}
	if i < 0 || json.Unmarshal(line[i:], &e) != nil {
		return s, false, false
	}
	wanted = mayShow(strings.Trim(string(e.Status), `"`), strings.ToLower(e.MIME))
	no, known := w.files[path.Base(e.Filename)]
	if !known {
		return s, false, wanted
	}
	off, err := strconv.ParseInt(strings.Trim(string(e.Offset), `"`), 10, 64)
	s = spot{no, off}
	return s, err == nil && off >= 0 && off < w.index.files[no].size, wanted
}
