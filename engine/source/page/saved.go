package page

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"gabarit/engine"
)

// Files gives the files among which a saved page stands, and what closes them. It may be called often, side by side.
type Files func() (fs.FS, io.Closer, error)

// saved is a source of the images that were saved with a page.
type saved struct {
	path  string // absolute, of the page or of the archive that holds it
	dir   string // absolute, of the folder whose files it may refer to; "" where inner
	inner bool   // it is an archive: names are parts of it
	files Files
	name  string // of the page among the files
	from  string // address it was saved from, if told beside it
	at    time.Time
}

// Open gives the source of the images of an HTML file, absolute path, and of the files that it refers to in its folder.
func Open(path string) engine.Source { return OpenBelow(filepath.Dir(path), filepath.Base(path)) }

// OpenBelow is Open for the page rel in the folder dir, absolute path: it may refer to all that lies below dir, as pages of a mirrored site do.
func OpenBelow(dir, rel string) engine.Source {
	return &saved{path: filepath.Join(dir, rel), dir: dir, name: filepath.ToSlash(rel), files: func() (fs.FS, io.Closer, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, err
		}
		return root.FS(), root, nil
	}}
}

// OpenIn is Open for the page name in an archive at path. address and at tell from where and when it was saved, as far as the archive tells.
func OpenIn(path, name, address string, at time.Time, files Files) engine.Source {
	return &saved{path: path, inner: true, name: name, from: address, at: at, files: files}
}

// Items gives the images in the order in which the page refers to them, each once.
func (s *saved) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		fsys, closer, err := s.files()
		if err != nil {
			yield(Failed(s.path, s.part(s.name), openError("page.Saved", err)))
			return
		}
		defer closer.Close()
		p, err := s.extract(ctx, fsys)
		if ctx.Err() != nil {
			return
		}
		if err != nil && !yield(Failed(s.path, s.part(s.name), openError("page.Saved", err))) {
			return // else what was saved with it is offered all the same
		}
		w := &savedWalk{saved: s, fsys: fsys, page: p, seen: map[string]bool{}, yield: yield}
		w.about = engine.Provenance{PageURL: p.URL, PageTitle: p.Title, Author: p.Author, PublishedAt: p.Published, ArchivedAt: s.at}
		if w.about.ArchivedAt.IsZero() {
			w.about.ArchivedAt = p.Saved
		}
		w.refs(ctx)
	}
}

func (s *saved) extract(ctx context.Context, fsys fs.FS) (Page, error) {
	f, _, err := openRegular("page.Saved", fsys, s.name)
	if err != nil {
		return Page{}, err
	}
	defer f.Close()
	return Extract(contextReader{ctx, f}, s.from, "")
}

// part is the name of something inside of an archive, "" for a file of its own.
func (s *saved) part(name string) string {
	if s.inner {
		return name
	}
	return ""
}

type savedWalk struct {
	*saved
	fsys  fs.FS
	page  Page
	about engine.Provenance
	seen  map[string]bool
	yield func(engine.Item) bool
	given int // items
	away  int // references to images that were not saved
}

func (w *savedWalk) refs(ctx context.Context) {
	for i, ref := range slices.Concat(w.page.Refs, w.page.Films) {
		if ctx.Err() != nil {
			return
		}
		it, ok := w.item(ref, i+1)
		if !ok {
			continue
		}
		it.Film = i >= len(w.page.Refs)
		w.given++
		if !w.yield(it) {
			return
		}
	}
	if !w.rest(ctx) {
		return
	}
	if w.page.Cut && !w.yield(cutItem(w.path, w.part(w.name))) {
		return
	}
	if w.given == 0 && w.away > 0 {
		w.yield(Failed(w.path, w.part(w.name), engine.E(engine.CodeNotFound, "page.Saved", "none of the page's images was saved with it", fmt.Errorf("%d", w.away))))
	}
}

// FilesFolders gives the names of the folders in which browsers put the files of a page that they save under a name.
func FilesFolders(name string) []string {
	stem := strings.TrimSuffix(name, path.Ext(name))
	var out []string
	for _, end := range [...]string{"_files", ".files", "_fichiers", "-fichiers", "-Dateien", "_bestanden", "_archivos", "_pliki"} {
		out = append(out, stem+end)
	}
	return out
}

// rest offers the pictures and videos in the page's folder that no tag refers to: those of style sheets and scripts. It tells whether the walk goes on.
func (w *savedWalk) rest(ctx context.Context) bool {
	looked := 0
	for _, folder := range FilesFolders(path.Base(w.name)) {
		err := fs.WalkDir(w.fsys, path.Join(path.Dir(w.name), folder), func(name string, d fs.DirEntry, err error) error {
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return w.tell(Failed(w.file(name), w.part(name), openError("page.Saved", err)))
			case looked == maxBeside, strings.Count(name, "/") > maxDepth:
				err := engine.E(engine.CodeLimit, "page.Saved", "the page's folder holds more than the limit; the rest of it was not looked at", nil)
				return cmp.Or(w.tell(Failed(w.file(name), w.part(name), err)), fs.SkipAll)
			}
			looked++
			return w.beside(name, d.Type())
		})
		if err != nil {
			return false
		}
	}
	return true
}

// beside offers one file of the page's folder, if it is a picture or a video.
func (w *savedWalk) beside(name string, mode fs.FileMode) error {
	const op = "page.Saved"
	switch {
	case mode.IsDir(), w.seen[name]:
		return nil
	case mode&fs.ModeSymlink != 0:
		return w.tell(Failed(w.file(name), w.part(name), engine.E(engine.CodeUnsupported, op, "symbolic links are not followed", nil)))
	case !mode.IsRegular():
		return w.tell(Failed(w.file(name), w.part(name), engine.E(engine.CodeUnsupported, op, "this is not a regular file", fmt.Errorf("mode %s", mode))))
	}
	shown, film := w.shows(name)
	if !shown {
		return nil
	}
	it, _ := w.local(Ref{Main: true}, name)
	it.Film = film
	return w.tell(it)
}

var errStopped = errors.New("stopped")

func (w *savedWalk) tell(it engine.Item) error {
	w.given++
	if !w.yield(it) {
		return errStopped
	}
	return nil
}

// shows tells a file that begins like a picture or a video.
func (w *savedWalk) shows(name string) (shown, film bool) {
	f, _, err := openRegular("page.Saved", w.fsys, name)
	if err != nil {
		return true, false // opening its item says why
	}
	defer f.Close()
	head := make([]byte, sniffed)
	n, _ := io.ReadFull(f, head) // a short file is looked at as far as it goes
	return looksLike(head[:n])
}

// looksLike tells by its first bytes what is a picture, or a video.
func looksLike(head []byte) (shown, film bool) {
	kind := mimetype.Detect(head).String()
	film = strings.HasPrefix(kind, "video/")
	return film || strings.HasPrefix(kind, "image/"), film
}

// item is that of one reference; not ok for what was offered before, or is not saved with the page.
func (w *savedWalk) item(ref Ref, n int) (engine.Item, bool) {
	if isData(ref.Raw) {
		p := w.about
		p.File = w.path
		return Inline(ref, p, w.key(w.name), w.part(w.name), n)
	}
	name, ok := localName(path.Dir(w.name), ref.Raw)
	if !ok {
		w.away++
		return engine.Item{}, false
	}
	if w.seen[name] {
		return engine.Item{}, false
	}
	return w.local(ref, name)
}

// local is the item of a file that was saved with the page.
func (w *savedWalk) local(ref Ref, name string) (engine.Item, bool) {
	p := w.about
	p.ImageTitle = ref.Title
	p.File, p.Part = w.file(name), w.part(name)
	failed := func(err error) (engine.Item, bool) {
		if !ref.Main { // one of several sizes: which of them are saved is the browser's choice
			w.away++
			return engine.Item{}, false
		}
		w.seen[name] = true
		return engine.Item{Key: w.key(name), Source: p, Size: -1, Err: err}, true
	}
	if !fs.ValidPath(name) {
		return failed(engine.E(engine.CodeInvalid, "page.Saved", "the path leads outside the folder", errors.New(name)))
	}
	info, err := fs.Stat(w.fsys, name)
	switch {
	case err != nil:
		return failed(w.statError(err))
	case !info.Mode().IsRegular():
		return failed(engine.E(engine.CodeUnsupported, "page.Saved", "this is not a regular file", fmt.Errorf("mode %s", info.Mode())))
	}
	w.seen[name] = true
	return engine.Item{Key: w.key(name), Source: p, Size: info.Size(), Open: w.opener(name),
		Version: Version(fmt.Sprintf("%d:%d", info.Size(), info.ModTime().UnixNano()), p)}, true
}

// statError tells a file that is not there from one that os.Root keeps out, whose errors have no number of the system's.
func (w *savedWalk) statError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return engine.E(engine.CodeNotFound, "page.Saved", "the image was not saved with the page", err)
	}
	if strings.Contains(err.Error(), "escapes") {
		return engine.E(engine.CodeInvalid, "page.Saved", "the path leads outside the folder", err)
	}
	return openError("page.Saved", err)
}

func (s *saved) file(name string) string {
	if s.inner {
		return s.path
	}
	return filepath.Join(s.dir, filepath.FromSlash(name))
}

// key names a file together with its page: the same picture may be shown by two pages of one folder.
func (s *saved) key(name string) string {
	switch {
	case s.inner:
		return s.path + "#" + name
	case name == s.name:
		return s.path
	}
	return s.file(name) + " on " + s.path
}

func (s *saved) opener(name string) func(context.Context) (io.ReadCloser, error) {
	const op = "page.Item.Open"
	return func(ctx context.Context) (io.ReadCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		fsys, closer, err := s.files()
		if err != nil {
			return nil, openError(op, err)
		}
		f, _, err := openRegular(op, fsys, name)
		if err != nil {
			_ = closer.Close() // nothing was read
			return nil, err
		}
		if disk, ok := f.(*os.File); ok { // in which a video can be sought
			_ = closer.Close() // it is only a way to the file
			return disk, nil
		}
		return both{f, closer}, nil
	}
}

// both closes a file and the files it stands among.
type both struct {
	fs.File
	files io.Closer
}

// Close closes both.
func (b both) Close() error { return errors.Join(b.File.Close(), b.files.Close()) }

// localName gives the slash-separated name among the files that a reference of a page in dir means; not ok for addresses elsewhere.
// The name may lead outside of the files, and is then no fs.ValidPath.
func localName(dir, ref string) (string, bool) {
	ref, _, _ = strings.Cut(ref, "#")
	ref, _, _ = strings.Cut(ref, "?")
	u, err := url.Parse(ref)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Path == "" || len(ref) > MaxAddress {
		return "", false
	}
	if strings.HasPrefix(u.Path, "/") || strings.ContainsAny(u.Path, "\\\x00") {
		return "", false
	}
	return path.Join(dir, u.Path), true
}
