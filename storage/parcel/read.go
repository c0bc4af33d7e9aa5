package parcel

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"filippo.io/age"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// ageMark begins an age file.
const ageMark = "age-encryption.org/"

// tree is a package as it is read: the folder that holds manifest.json, and how to let go of it.
type tree struct {
	fs.FS
	close func() error
}

// open finds a package: a folder, a ZIP, or a sealed ZIP. A sealed one is opened in memory, piece by piece; nothing of it is written anywhere.
func open(name string, key matter.PackageKey) (tree, error) {
	const op = "parcel.Check"
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tree{}, engine.E(engine.CodeNotFound, op, "there is no such file", nil)
	case err != nil:
		return tree{}, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	case info.IsDir():
		return rooted(os.DirFS(name), func() error { return nil })
	case !info.Mode().IsRegular():
		return tree{}, noPackage(errors.New("not a file"))
	}
	f, err := os.Open(name)
	if err != nil {
		return tree{}, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	}
	t, err := openFile(f, info.Size(), key)
	if err != nil {
		return tree{}, errors.Join(err, f.Close())
	}
	t.close = f.Close
	return t, nil
}

func noPackage(cause error) error {
	return engine.E(engine.CodeCorrupt, "parcel.Check", "this is no access package", cause)
}

func openFile(f io.ReaderAt, size int64, key matter.PackageKey) (tree, error) {
	head, _ := bufio.NewReader(io.NewSectionReader(f, 0, int64(len(ageMark)))).Peek(len(ageMark))
	var at = f
	if string(head) == ageMark {
		ids, err := identities(key)
		if err != nil {
			return tree{}, err
		}
		at, size, err = age.DecryptReaderAt(f, size, ids...)
		if wrong := new(age.NoIdentityMatchError); errors.As(err, &wrong) {
			return tree{}, engine.E(engine.CodeBadKey, "parcel.Check", "this passphrase or key does not open the package", nil)
		}
		if err != nil {
			return tree{}, noPackage(err)
		}
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return tree{}, noPackage(err)
	}
	if len(z.File) > maxFiles+2 {
		return tree{}, engine.E(engine.CodeLimit, "parcel.Check", "the package holds too many files", nil)
	}
	return rooted(z, nil)
}

// rooted finds the folder that holds the manifest: the root, or the one folder in it.
func rooted(from fs.FS, done func() error) (tree, error) {
	if _, err := fs.Stat(from, ManifestName); err == nil {
		return tree{from, done}, nil
	}
	top, err := fs.ReadDir(from, ".")
	if err != nil || len(top) != 1 || !top[0].IsDir() {
		return tree{}, noPackage(errors.New("no manifest"))
	}
	sub, err := fs.Sub(from, top[0].Name())
	if err != nil {
		return tree{}, noPackage(err)
	}
	if _, err := fs.Stat(sub, ManifestName); err != nil {
		return tree{}, noPackage(errors.New("no manifest"))
	}
	return tree{sub, done}, nil
}

// read reads one file of at most limit bytes.
func (t tree) read(name string, limit int64) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("%q is no name of a file", name)
	}
	f, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errors.New("too large")
	}
	return data, err
}

// walk lists the files, without the two that say what the others are.
func (t tree) walk(fn func(name string) error) error {
	n := 0
	return fs.WalkDir(t, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if n++; n > maxFiles+2 {
			return errors.New("too many files")
		}
		if name := path.Clean(p); name != ManifestName && name != SignatureName {
			return fn(strings.TrimPrefix(name, "./"))
		}
		return nil
	})
}
