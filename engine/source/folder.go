package source

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/page"
	"gabarit/engine/source/video"
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
	if strings.Count(name, string(filepath.Separator)) >= maxFolders {
		return w.fail(name, engine.E(engine.CodeLimit, "source.Folder", "folders are nested deeper than the limit; this one was not read", nil))
	}
	entries, err := w.list(name)
	if len(entries) > maxListed {
		entries = entries[:maxListed]
		if !w.fail(name, engine.E(engine.CodeLimit, "source.Folder", "the folder holds more files than the limit; the others were not read", nil)) {
			return false
		}
	}
	if err != nil && !w.fail(name, folderError("source.Folder", err)) {
		return false
	}
	if optedOut(entries) {
		return w.fail(name, engine.E(engine.CodeRefused, "source.Folder",
			"the folder asks not to be read (.nomedia or .noimage)", nil))
	}
	beside, parts := newSidecars(entries), w.pageFolders(name, entries)
	slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(pageFirst(a), pageFirst(b)) })
	for _, e := range entries {
		if w.ctx.Err() != nil {
			return false
		}
		if hidden(e.Name()) || beside.are[e.Name()] || (e.IsDir() && parts[e.Name()]) {
			continue
		}
		if !w.entry(name, e.Name(), e.Type(), beside.of[e.Name()]) {
			return false
		}
	}
	return true
}

// pageFirst orders pages before what they may show: the photo then has the page's words.
func pageFirst(e fs.DirEntry) int {
	if namedPage(e.Name()) && !e.IsDir() {
		return 0
	}
	return 1
}

// namedPage tells the names of saved pages with files beside them.
func namedPage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return true
	}
	return false
}

// pageFolders gives the names of folders that hold the files of a saved page beside them: they are read with the page. A file that is named like a page
// and is none (empty, a note of what went wrong) takes no folder along.
func (w *walk) pageFolders(folder string, entries []fs.DirEntry) map[string]bool {
	folders := map[string]bool{}
	for _, e := range entries {
		folders[e.Name()] = e.IsDir()
	}
	out := map[string]bool{}
	for _, e := range entries {
		if !namedPage(e.Name()) || !e.Type().IsRegular() || hidden(e.Name()) {
			continue
		}
		for _, files := range page.FilesFolders(e.Name()) {
			if folders[files] && !out[files] && w.isPage(filepath.Join(folder, e.Name())) {
				out[files] = true
			}
		}
	}
	return out
}

func (w *walk) isPage(rel string) bool {
	kind, err := w.sniff(rel)
	return err == nil && kind == kindPage
}

func (w *walk) sniff(rel string) (kind, error) {
	return sniffFile(strings.ToLower(filepath.Ext(rel)), func() (*os.File, error) { return w.root.OpenFile(rel, readFlags, 0) })
}

// list reads one directory, sorted by name. What was read before an error is returned with it.
func (w *walk) list(name string) ([]fs.DirEntry, error) {
	d, err := w.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(maxListed + 1)
	if errors.Is(err, io.EOF) {
		err = nil // it is empty
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return entries, err
}

// entry offers one entry of a folder; sidecars are the files that describe it.
func (w *walk) entry(folder, name string, mode fs.FileMode, sidecars []string) bool {
	const op = "source.Folder"
	rel := filepath.Join(folder, name)
	switch {
	case mode.IsDir():
		return w.folder(rel)
	case !mode.IsRegular():
		return w.fail(rel, irregular(op, mode))
	}
	info, err := w.root.Lstat(rel)
	switch {
	case err != nil:
		return w.fail(rel, openError(op, err))
	case !info.Mode().IsRegular(): // changed since the directory was read
		return w.fail(rel, irregular(op, info.Mode()))
	}
	if holdsPhotos(name) {
		if src, err := w.inner(rel); err != nil {
			return w.fail(rel, err)
		} else if src != nil {
			return w.all(src)
		}
	}
	it := fileItem(filepath.Join(w.dir, rel), info, inside(w.dir, rel))
	it.Film = video.Named(name)
	if it.Film {
		if it.Film, err = isFilm(name, inside(w.dir, rel)); err != nil {
			return w.fail(rel, err)
		}
	}
	if !w.describe(&it, folder, sidecars) {
		return false
	}
	if it.Film {
		it = video.Item(it)
	}
	return w.yield(it)
}

// holdsPhotos tells the names of archives and saved pages. Files of other names, but for videos, are taken for photos without being opened.
func holdsPhotos(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".warc", ".gz", ".wacz", ".zip", ".maff", ".mhtml", ".mht", ".html", ".htm", ".xhtml":
		return true
	}
	return false
}

// inner gives the source of an archive or saved page in the folder, nil for a file that is neither.
func (w *walk) inner(rel string) (engine.Source, error) {
	kind, err := w.sniff(rel)
	if err != nil {
		return nil, err
	}
	if kind == kindPage {
		return filming{page.OpenBelow(w.dir, rel)}, nil
	}
	return opened(kind, filepath.Join(w.dir, rel))
}

func (w *walk) all(src engine.Source) bool {
	for it := range src.Items(w.ctx) {
		if !w.yield(it) {
			return false
		}
	}
	return w.ctx.Err() == nil
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
