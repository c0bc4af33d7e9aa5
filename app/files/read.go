package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gabarit/engine"
)

// Read reads a regular file of at most limit bytes. Anything else is refused before it is opened: a pipe
// would block for ever.
func Read(path string, limit int64) ([]byte, error) {
	const op = "files.Read"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, engine.E(engine.CodeNotFound, op, "there is no such file", nil)
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	case !info.Mode().IsRegular():
		return nil, engine.E(engine.CodeUnsupported, op, "this is not a file", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	case int64(len(data)) > limit:
		return nil, engine.E(engine.CodeLimit, op, "the file is too large", fmt.Errorf("at most %d bytes", limit))
	}
	return data, nil
}

// Open opens a file that people name; "-" is in.
func Open(name string, in io.Reader) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(in), nil
	}
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, engine.E(engine.CodeNotFound, "files.Open", "there is no such file", errors.New(name))
	} else if err != nil {
		return nil, engine.E(engine.CodeUnavailable, "files.Open", "the file can't be read", err)
	}
	return f, nil
}

// ReadStream reads all of what Open gives, which may be a pipe, unless that is more than limit bytes: CodeLimit. Without a name
// it reads nothing.
func ReadStream(name string, in io.Reader, limit int64) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	f, err := Open(name, in)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, "files.ReadStream", "the file can't be read", err)
	case int64(len(data)) > limit:
		return nil, engine.E(engine.CodeLimit, "files.ReadStream", "the file is too large", fmt.Errorf("%s: at most %d bytes", name, limit))
	}
	return data, nil
}

// Inside reports whether path is dir or lies in it.
func Inside(dir, path string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false
	}
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// FolderSize adds up the sizes of the files below dir; a folder that does not exist has none.
func FolderSize(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, engine.E(engine.CodeUnavailable, "files.FolderSize", "the vault's folder can't be read", err)
	}
	return total, nil
}
