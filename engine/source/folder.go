package source

import (
	"cmp"
	"context"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"gabarit/engine"
)

// folder is a source of every file below dir. Paths are opened through os.Root, so that a folder
// swapped for a link during the walk can't lead elsewhere.
type folder struct {
	dir string // absolute, as named
}

// Items walks the folder. Only the names of the directories between dir and the current file are in memory.
func (f *folder) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		root, err := os.OpenRoot(f.dir)
		if err != nil {
			yield(failedItem(f.dir, folderError("source.Folder", err)))
			return
		}
		defer root.Close()
		w := &walk{ctx: ctx, dir: f.dir, root: root, yield: yield}
		w.folder(".")
	}
}

type walk struct {
	ctx   context.Context // of this one call of Items
	dir   string
	root  *os.Root
	yield func(engine.Item) bool
}

// folder offers what is below name, and reports whether the walk goes on.
func (w *walk) folder(name string) bool {
	entries, err := w.list(name)
	if err != nil && !w.fail(name, folderError("source.Folder", err)) {
		return false
	}
	if optedOut(entries) {
		return w.fail(name, engine.E(engine.CodeUnsupported, "source.Folder",
			"the folder asks not to be read (.nomedia or .noimage)", nil))
	}
	for _, e := range entries {
		if w.ctx.Err() != nil {
			return false
		}
		if hidden(e.Name()) {
			continue
		}
		if !w.entry(filepath.Join(name, e.Name()), e.Type()) {
			return false
		}
	}
	return true
}

// list reads one directory, sorted by name. What was read before an error is returned with it.
func (w *walk) list(name string) ([]fs.DirEntry, error) {
	d, err := w.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (w *walk) entry(name string, mode fs.FileMode) bool {
	const op = "source.Folder"
	switch {
	case mode.IsDir():
		return w.folder(name)
	case !mode.IsRegular():
		return w.fail(name, irregular(op, mode))
	}
	info, err := w.root.Lstat(name)
	switch {
	case err != nil:
		return w.fail(name, openError(op, err))
	case !info.Mode().IsRegular(): // changed since the directory was read
		return w.fail(name, irregular(op, info.Mode()))
	}
	return w.yield(fileItem(filepath.Join(w.dir, name), info, inside(w.dir, name)))
}

func (w *walk) fail(name string, err error) bool {
	return w.yield(failedItem(filepath.Join(w.dir, name), err))
}

// optedOut tells whether a directory holds the mark that asks programs not to read its pictures.
func optedOut(entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return e.Name() == ".nomedia" || e.Name() == ".noimage"
	})
}
