package segment

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// Of tells what the index is made of that Replace saves next.
func (s *Store) Of(origin Origin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saving = origin
}

// Replace implements engine.Segments, see "Order of a change" in the package comment. After an error, what is held may be an old state
// or have keys that nothing needs: call Discard.
func (s *Store) Replace(ctx context.Context, in engine.SavedIndex) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := state{origin: s.saving, pieces: in.Pieces, index: slices.Clone(in.Head)}
	if s.pieces == in.Pieces {
		next.blocks = slices.Clone(s.blocks[:min(in.Blocks, len(s.blocks))])
	}
	for len(next.blocks) < in.Blocks {
		next.blocks = append(next.blocks, nil)
	}
	made, err := s.makeState(ctx, &next, in)
	if err != nil {
		return errors.Join(err, s.unmake(made))
	}
	s.closeFiles(next.blocks)
	s.state = next
	return s.sweep()
}

// makeState writes the new blocks and the head. made are the keys that came with it.
func (s *Store) makeState(ctx context.Context, next *state, in engine.SavedIndex) (made []vault.KeyRef, err error) {
	const op = "segment.Replace"
	err = os.MkdirAll(s.dir, dirMode)
	if err == nil {
		err = syncDir(filepath.Dir(s.dir))
	}
	if err != nil {
		return nil, fileError(op, err)
	}
	for _, n := range in.Changed {
		next.blocks[n] = &block{}
	}
	if slices.Contains(next.blocks, nil) {
		return nil, engine.E(engine.CodeInvalid, op, "a block of the index was neither saved nor is to be", nil)
	}
	for _, n := range append(slices.Clone(in.Changed), -1) {
		ref, err := s.v.NewIndexKey()
		if err != nil {
			return made, err
		}
		if made = append(made, ref); n < 0 {
			next.key = ref
		} else {
			next.blocks[n].ref = ref
		}
	}
	if err := s.v.SyncKeys(); err != nil {
		return made, err
	}
	for _, n := range in.Changed {
		if err := ctx.Err(); err != nil {
			return made, engine.E(engine.CodeCanceled, op, "stopped", err)
		}
		if err := next.blocks[n].write(s, n, in); err != nil {
			return made, err
		}
	}
	if err := syncDir(s.dir); err != nil {
		return made, fileError(op, err)
	}
	return made, s.writeHead(next)
}

func (s *Store) writeHead(next *state) error {
	plain := s.summed(next.appendHead(nil), next.key, []byte(headName))
	defer clear(plain)
	sealed, err := s.v.Seal(next.key, domainHead, []byte(headName), plain)
	if err != nil {
		return err
	}
	fresh := filepath.Join(s.dir, newHeadName)
	err = writeFile(fresh, sealed)
	if err == nil {
		err = os.Rename(fresh, filepath.Join(s.dir, headName))
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	return fileError("segment.Replace", err)
}

// unmake takes back what makeState did. Should the new head be in place after all, its key is destroyed with the others, and it counts for
// nothing.
func (s *Store) unmake(made []vault.KeyRef) error {
	err := s.v.DestroyKeys(made...)
	for _, ref := range made {
		rerr := os.Remove((&block{ref: ref}).path(s.dir))
		if rerr != nil && !errors.Is(rerr, fs.ErrNotExist) {
			err = errors.Join(err, fileError("segment.Replace", rerr))
		}
	}
	return err
}

func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// syncDir makes creations, renames and removals in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
