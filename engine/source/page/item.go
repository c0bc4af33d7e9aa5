package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"gabarit/engine"
)

// Version tells one state of an item: base tells that of its bytes, and what is known of it is added.
func Version(base string, p engine.Provenance) string {
	p.File, p.Part = "", ""
	text, err := json.Marshal(p)
	if err != nil {
		return "" // never the same
	}
	sum := sha256.Sum256(text)
	return base + ":" + hex.EncodeToString(sum[:8])
}

// Failed is an item that tells of something that can't be offered. Its key is the path with, if not empty, part behind a #.
func Failed(path, part string, err error) engine.Item {
	key := path
	if part != "" {
		key += "#" + part
	}
	return engine.Item{Key: key, Source: engine.Provenance{File: path, Part: part}, Size: -1, Err: err}
}

// Inline is the item of an image that stands in a page itself, the nth reference of it; ok is false for what is none, or is smaller than
// MinInline. p tells of the page; key and part are those of the file that holds it.
func Inline(ref Ref, p engine.Provenance, key, part string, n int) (it engine.Item, ok bool) {
	if !isData(ref.Raw) || len(ref.Raw) < MinInline {
		return it, false
	}
	data, mime, valid := decodeData(ref.Raw)
	if !strings.HasPrefix(mime, "image/") || (valid && len(data) < MinInline) {
		return it, false
	}
	p.URL, p.ImageTitle = "", ref.Title
	p.Part = strings.TrimSpace(fmt.Sprintf("%s image %d", part, n))
	it = engine.Item{Key: fmt.Sprintf("%s#image%d", key, n), Source: p, Size: int64(len(data))}
	if !valid {
		it.Size, it.Err = -1, engine.E(engine.CodeCorrupt, "page.Inline", "the image inside the page is damaged", nil)
		return it, true
	}
	sum := sha256.Sum256(data)
	it.Version = Version(hex.EncodeToString(sum[:16]), p)
	it.Open = func(ctx context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), ctx.Err()
	}
	return it, true
}

// cutItem tells that a page was not read to its end.
func cutItem(path, part string) engine.Item {
	return Failed(path, strings.TrimSpace(part+" end"), CutError())
}

// CutError is said of a page that was not read to its end.
func CutError() error {
	return engine.E(engine.CodeLimit, "page.Extract", "the page is larger than the limit; what stands behind it was not looked at", nil)
}

// openError says why a file of a page can't be opened.
func openError(op string, err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), engine.MessageOf(err) != "":
		return err
	case errors.Is(err, fs.ErrNotExist):
		return engine.E(engine.CodeNotFound, op, "the file does not exist", err)
	case errors.Is(err, fs.ErrPermission):
		return engine.E(engine.CodeUnavailable, op, "the file may not be read", err)
	case errors.As(err, new(*os.PathError)), errors.Is(err, fs.ErrInvalid):
		return engine.E(engine.CodeUnavailable, op, "the file could not be opened", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the file could not be read", err)
}

// openRegular opens a file of fsys that must be a regular one.
func openRegular(op string, fsys fs.FS, name string) (fs.File, fs.FileInfo, error) {
	info, err := fs.Stat(fsys, name) // before opening: a pipe would block
	if err == nil && !info.Mode().IsRegular() {
		return nil, nil, engine.E(engine.CodeUnsupported, op, "this is not a regular file", fmt.Errorf("mode %s", info.Mode()))
	}
	if err != nil {
		return nil, nil, openError(op, err)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, openError(op, err)
	}
	return f, info, nil
}

// contextReader ends a long read when ctx ends.
type contextReader struct {
	ctx context.Context // of one reading
	io.Reader
}

// Read reads unless ctx has ended.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
