package source

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"unicode/utf8"

	"gabarit/engine"
)

// manifest is a source of the files that a CSV file or JSON lines name.
type manifest struct {
	path string // absolute, as named
	dir  string // relative paths stay below it
	kind kind
}

// rows gives the columns of one row after the other; errors as for csvRecords.next.
type rows interface {
	next() (columns, error)
	row() int // number of the last row
}

func (j *jsonRecords) row() int { return j.no }

type csvRows struct {
	*csvRecords
	header header
}

func (c csvRows) row() int { return c.no }

func (c csvRows) next() (columns, error) {
	cells, err := c.csvRecords.next()
	if err != nil {
		return columns{}, err
	}
	return c.header.columns(cells)
}

// rows starts at the first row.
func (m *manifest) rows(r io.Reader) (rows, error) {
	if m.kind == kindJSONL {
		return newJSONRecords(r), nil
	}
	records := newCSVRecords(r)
	h, err := readHeader(records)
	return csvRows{records, h}, err
}

// check reads the first line, so that a file that is no manifest is refused at once.
func (m *manifest) check() error {
	const op = "source.Open"
	f, err := at(m.path)()
	if err != nil {
		return openError(op, err)
	}
	defer f.Close()
	rs, err := m.rows(f)
	if err != nil {
		return wholeError(op, err)
	}
	if m.kind != kindJSONL {
		return nil
	}
	for range maxRowLines {
		cells, err := rs.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return engine.E(engine.CodeInvalid, op, "each line of the manifest must be a JSON object", err)
		}
		if !cells.empty() {
			return nil
		}
	}
	return engine.E(engine.CodeInvalid, op, "the manifest is empty", nil)
}

// wholeError is what makes the manifest as a whole unusable.
func wholeError(op string, err error) error {
	var e *engine.Error
	if errors.As(err, &e) {
		return err
	}
	return engine.E(engine.CodeUnavailable, op, "the manifest could not be read to its end", err)
}

// Items gives one item for every row.
func (m *manifest) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		f, err := at(m.path)()
		if err != nil {
			yield(failedItem(m.path, openError("source.Manifest", err)))
			return
		}
		defer f.Close()
		root, err := os.OpenRoot(m.dir)
		if err != nil {
			yield(failedItem(m.path, folderError("source.Manifest", err)))
			return
		}
		defer root.Close()
		rs, err := m.rows(f)
		if err != nil {
			yield(failedItem(m.path, wholeError("source.Manifest", err)))
			return
		}
		w := &rowWalk{manifest: m, root: root, seen: map[[sha256.Size]byte]int{}}
		for ctx.Err() == nil {
			it, ok := w.item(rs)
			if !ok || (it.Key != "" && !yield(it)) {
				return
			}
		}
	}
}

type rowWalk struct {
	*manifest
	root *os.Root
	seen map[[sha256.Size]byte]int // how often a key was given
	last bool                      // nothing can be read any more
}

// item gives the next item, with an empty key for an empty row; not ok at the end.
func (w *rowWalk) item(rs rows) (engine.Item, bool) {
	if w.last {
		return engine.Item{}, false
	}
	cells, err := rs.next()
	var rowError *engine.Error
	switch {
	case errors.Is(err, io.EOF):
		return engine.Item{}, false
	case rs.row() > maxRows:
		w.last = true
		return w.failed(rs.row(), engine.E(engine.CodeLimit, "source.Manifest", "the manifest has more rows than the limit", nil)), true
	case errors.As(err, &rowError):
		return w.failed(rs.row(), err), true
	case err != nil:
		w.last = true
		return failedItem(w.path, wholeError("source.Manifest", err)), true
	}
	if cells = cells.trimmed(); cells.empty() {
		return engine.Item{}, true
	}
	for _, cell := range cells {
		if !utf8.ValidString(cell) {
			return w.failed(rs.row(), notUTF8("source.Manifest")), true
		}
	}
	p, err := cells.provenance()
	if err != nil {
		return w.failed(rs.row(), err), true
	}
	return w.offer(cells, p), true
}

// failed is the item of a row that is wrong in itself.
func (w *rowWalk) failed(row int, err error) engine.Item {
	it := failedItem(w.path, err)
	it.Key = fmt.Sprintf("%s#row%d", it.Key, row)
	return it
}

// offer is the item of a proper row, whether its file is there or not.
func (w *rowWalk) offer(cells columns, p engine.Provenance) engine.Item {
	name := p.File
	abs, open := name, at(name)
	stat := func() (fs.FileInfo, error) { return os.Stat(name) }
	if !filepath.IsAbs(name) {
		abs, open = filepath.Join(w.dir, name), inside(w.dir, name)
		stat = func() (fs.FileInfo, error) { return w.root.Stat(name) }
	}
	info, err := stat()
	var it engine.Item
	switch {
	case err != nil:
		it = failedItem(abs, openError("source.Manifest", err))
	case !info.Mode().IsRegular():
		it = failedItem(abs, irregular("source.Manifest", info.Mode()))
	default:
		it = fileItem(abs, info, open)
		it.Version += cells.version()
	}
	p.File = it.Source.File
	it.Source = p
	it.Key = w.key(it.Key, p)
	return it
}

// key is stable when rows move, and different for rows that say the same.
func (w *rowWalk) key(file string, p engine.Provenance) string {
	key := file
	if p.URL != "" {
		key += " from " + p.URL
	}
	if p.PageURL != "" {
		key += " on " + p.PageURL
	}
	sum := sha256.Sum256([]byte(key))
	w.seen[sum]++
	if n := w.seen[sum]; n > 1 {
		key = fmt.Sprintf("%s #%d", key, n)
	}
	return key
}
