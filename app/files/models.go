package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gabarit/assets"
	"gabarit/engine"
)

// Models tells whether the model files in a folder are the ones this build was made for. A file that passed is
// not read again while its size and time stay the same. Safe for concurrent use.
type Models struct {
	Dir  string
	Want []assets.Model

	mu   sync.Mutex
	seen map[string]fileMark
}

// fileMark changes when a file was written to.
type fileMark struct {
	size int64
	time time.Time
}

// Check is an error of CodeNoModel where a file is missing or altered: its cause names the file and the folder, and its message tells
// what to do.
func (m *Models) Check(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seen == nil {
		m.seen = map[string]fileMark{}
	}
	for _, model := range m.Want {
		if err := m.file(ctx, model); err != nil {
			return err
		}
	}
	return nil
}

func (m *Models) file(ctx context.Context, model assets.Model) error {
	const op = "app.CheckModels"
	path := filepath.Join(m.Dir, model.Name)
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return engine.E(engine.CodeNoModel, op, "a face model is missing", fmt.Errorf("%s is not in %s", model.Name, m.Dir))
	case err != nil:
		return engine.E(engine.CodeNoModel, op, "a face model can't be read", err)
	case !info.Mode().IsRegular():
		return engine.E(engine.CodeNoModel, op, "a face model can't be read", fmt.Errorf("%s is not a file", path))
	}
	mark := fileMark{info.Size(), info.ModTime()}
	if m.seen[path] == mark {
		return nil
	}
	sum, err := hashFile(ctx, path)
	switch {
	case ctx.Err() != nil:
		return engine.E(engine.CodeCanceled, op, "stopped", ctx.Err())
	case err != nil:
		return engine.E(engine.CodeNoModel, op, "a face model can't be read", err)
	case info.Size() != model.Size || sum != model.SHA256:
		return engine.E(engine.CodeNoModel, op, "a face model is altered or damaged",
			fmt.Errorf("%s has SHA-256 %s instead of %s", path, sum, model.SHA256))
	}
	m.seen[path] = mark
	return nil
}

func hashFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	buf := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		n, err := f.Read(buf)
		h.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
