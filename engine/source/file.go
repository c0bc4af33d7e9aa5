package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"gabarit/engine"
	"gabarit/engine/source/video"
)

// opener opens one file for reading.
type opener func() (*os.File, error)

// Pipes would block at open until somebody writes; with this flag they don't, and are then refused as not
// regular. It changes nothing for regular files.
const readFlags = os.O_RDONLY | syscall.O_NONBLOCK

// inside opens name below dir and never outside it, whatever links were put there since it was listed.
func inside(dir, name string) opener {
	return func() (*os.File, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		return root.OpenFile(name, readFlags, 0)
	}
}

// at opens an absolute path as the user wrote it.
func at(path string) opener {
	return func() (*os.File, error) { return os.OpenFile(path, readFlags, 0) }
}

// fileItem offers a regular file.
func fileItem(path string, info fs.FileInfo, open opener) engine.Item {
	name := printable(path)
	return engine.Item{
		Key:     name,
		Version: fmt.Sprintf("%d:%d", info.Size(), info.ModTime().UnixNano()),
		Source:  engine.Provenance{File: name},
		Size:    info.Size(),
		Open:    regular(open),
	}
}

// failedItem tells of something that can't be offered.
func failedItem(path string, err error) engine.Item {
	name := printable(path)
	return engine.Item{Key: name, Source: engine.Provenance{File: name}, Size: -1, Err: err}
}

// regular wraps an opener for an Item: what is opened must still be a regular file.
func regular(open opener) func(context.Context) (io.ReadCloser, error) {
	const op = "source.Item.Open"
	return func(ctx context.Context) (io.ReadCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, err := open()
		if err != nil {
			return nil, openError(op, err)
		}
		info, err := f.Stat()
		if err == nil && info.Mode().IsRegular() {
			return f, nil
		}
		_ = f.Close() // it was not read
		if err != nil {
			return nil, openError(op, err)
		}
		return nil, irregular(op, info.Mode())
	}
}

// single is a source of one photo or video.
type single string

// Items gives the one file.
func (s single) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		if ctx.Err() != nil {
			return
		}
		path := string(s)
		info, err := os.Stat(path)
		if err != nil {
			yield(failedItem(path, openError("source.File", err)))
			return
		}
		it := fileItem(path, info, at(path))
		if film, err := isFilm(path, at(path)); err == nil && film { // an error is met again where the item is opened
			it = video.Item(it)
		}
		yield(it)
	}
}

// filming is a source of an archive or page: of the videos that it holds the frames are offered.
type filming struct{ engine.Source }

// Items gives what the archive holds.
func (f filming) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		for it := range f.Source.Items(ctx) {
			if it.Film && it.Err == nil {
				it = video.Item(it)
			}
			if !yield(it) {
				return
			}
		}
	}
}

// openError says in plain words why a file can't be opened. Errors of the system name what they
// concern; the remaining ones are those of os.Root about names that lead outside.
func openError(op string, err error) error {
	var errno syscall.Errno
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return engine.E(engine.CodeNotFound, op, "the file does not exist", err)
	case errors.Is(err, fs.ErrPermission):
		return engine.E(engine.CodeUnavailable, op, "the file may not be read", err)
	case errors.As(err, &errno):
		return engine.E(engine.CodeUnavailable, op, "the file could not be opened", err)
	}
	return engine.E(engine.CodeInvalid, op, "the path leads outside the folder", err)
}

// folderError is openError for folders.
func folderError(op string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return engine.E(engine.CodeNotFound, op, "the folder does not exist", err)
	case errors.Is(err, fs.ErrPermission):
		return engine.E(engine.CodeUnavailable, op, "the folder may not be read", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the folder could not be read", err)
}

// irregular says what stands where a regular file is expected.
func irregular(op string, mode fs.FileMode) error {
	switch {
	case mode.IsDir():
		return engine.E(engine.CodeUnsupported, op, "a folder stands where a file is expected", nil)
	case mode&fs.ModeSymlink != 0:
		return engine.E(engine.CodeUnsupported, op, "symbolic links are not followed", nil)
	}
	return engine.E(engine.CodeUnsupported, op, "this is not a regular file", fmt.Errorf("mode %s", mode))
}

// printable writes bytes that are not UTF-8 as \xHH, so that two different names stay different wherever they are stored.
func printable(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	var b strings.Builder
	for i := 0; i < len(path); {
		r, n := utf8.DecodeRuneInString(path[i:])
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02X`, path[i])
		} else {
			b.WriteString(path[i : i+n])
		}
		i += n
	}
	return b.String()
}

// hidden tells the names that a folder's walk leaves out.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.EqualFold(name, "Thumbs.db") || strings.EqualFold(name, "desktop.ini")
}
