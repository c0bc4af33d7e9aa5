package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gabarit/engine"
)

// New is a file to be written: what its name ends with, without the dot, and its content.
type New struct {
	Ext  string
	Data []byte
}

// maxCopies is how many letters of one name a folder may hold.
const maxCopies = 1000

// WriteNew writes files of one base name into dir, all with the same number: none for the first, then
// -2, -3... Names are reserved before content is written, so that nothing is ever overwritten, and content
// is renamed into place, so that a half-written letter never carries a letter's name.
func WriteNew(dir, base string, files []New) ([]string, error) {
	const op = "app.ExportLetter"
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, engine.E(engine.CodeNotFound, op, "the folder for the letter does not exist", err)
	}
	for n := 1; n <= maxCopies; n++ {
		paths, err := reserve(dir, base, n, files)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err == nil {
			err = fill(paths, files)
		}
		if err != nil {
			return nil, engine.E(engine.CodeUnavailable, op, "the letter can't be written to the folder", errors.Join(err, RemoveAll(paths)))
		}
		return paths, nil
	}
	return nil, engine.E(engine.CodeLimit, op, "the folder holds too many letters of this case", nil)
}

// reserve creates empty files that did not exist; on error it leaves none of them.
func reserve(dir, base string, n int, files []New) ([]string, error) {
	if n > 1 {
		base = fmt.Sprintf("%s-%d", base, n)
	}
	var paths []string
	for _, f := range files {
		p := filepath.Join(dir, base+"."+f.Ext)
		h, err := os.OpenFile(p, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			paths = append(paths, p)
			err = h.Close()
		}
		if err != nil {
			return nil, errors.Join(err, RemoveAll(paths))
		}
	}
	return paths, nil
}

func fill(paths []string, files []New) error {
	for i, p := range paths {
		if err := replace(p, files[i].Data); err != nil {
			return err
		}
	}
	return nil
}

// replace puts a file with this content in the place of path.
func replace(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".letter-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return nil
}

// RemoveAll takes written files back.
func RemoveAll(paths []string) error {
	var errs []error
	for _, p := range paths {
		errs = append(errs, os.Remove(p))
	}
	return errors.Join(errs...)
}

// Write writes a new file that only its owner can read; a file of that name is never overwritten: CodeConflict.
func Write(path string, data []byte) error {
	const op = "files.Write"
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return engine.E(engine.CodeConflict, op, "there is a file of this name already", nil)
	case errors.Is(err, os.ErrNotExist):
		return engine.E(engine.CodeNotFound, op, "the folder for the file does not exist", err)
	case err != nil:
		return engine.E(engine.CodeUnavailable, op, "the file can't be written", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil { // half a file must not pass for one
		return engine.E(engine.CodeUnavailable, op, "the file can't be written", errors.Join(err, os.Remove(path)))
	}
	return nil
}
