package kv

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"

	"gabarit/engine"
)

// preflight checks Badger's files before Badger sees them. On damage Badger ends the process (a panic
// in a goroutine of its own, log.Fatal), loses the rest of a damaged table in a compaction, cuts logs off,
// and without its list of tables deletes them all. Reading every table costs what Badger's own check would.
func preflight(ctx context.Context, o badger.Options) ([]engine.Warning, error) {
	const op = "kv.Open"
	found, err := checkFiles(ctx, o)
	if err == nil {
		err = markCrash(o.Dir)
	}
	var e *engine.Error
	switch {
	case err == nil:
		return found, nil
	case errors.As(err, &e):
		return nil, err
	case ctx.Err() != nil:
		return nil, Translate(op, ctx.Err())
	case errors.Is(err, os.ErrPermission), isFull(err):
		return nil, Translate(op, err)
	}
	return nil, engine.E(engine.CodeCorrupt, op, "the vault's records are damaged", err)
}

func checkFiles(ctx context.Context, o badger.Options) ([]engine.Warning, error) {
	if _, err := os.Stat(filepath.Join(o.Dir, badger.ManifestFilename)); errors.Is(err, os.ErrNotExist) {
		return nil, checkNew(o.Dir)
	}
	t, err := listTables(o)
	if err != nil {
		return nil, err
	}
	defer t.close()
	for _, id := range t.inReadOrder() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := t.check(id); err != nil {
			return nil, err
		}
	}
	if err := removeEmpty(o.Dir); err != nil {
		return nil, err
	}
	if err := checkWritable(filepath.Join(o.Dir, discardFile)); err != nil {
		return nil, err
	}
	return t.checkLogs()
}

// checkWritable opens a file, if there is one, as Badger will: it ends the process where it can't.
func checkWritable(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// removeEmpty deletes logs of no length, with which Badger does not open: a process that ends while Badger makes or
// deletes one leaves it so.
func removeEmpty(dir string) error {
	for _, pattern := range []string{"*.vlog", "*.mem"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, name := range names {
			info, err := os.Stat(name)
			if err == nil && info.Size() == 0 {
				err = os.Remove(name)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNew accepts a folder that Badger has not been in: its list of tables is the first file it makes.
func checkNew(dir string) error {
	for _, pattern := range []string{"*.sst", "*.vlog", "*.mem"} {
		if names, err := filepath.Glob(filepath.Join(dir, pattern)); err != nil || len(names) > 0 {
			return errors.Join(err, errors.New("the list of tables is missing"))
		}
	}
	return nil
}

// checkFooter checks a table's index, on whose damage Badger ends the process. A table ends with its
// index, u32(length of the index), its checksum and u32(length of the checksum), big-endian.
func checkFooter(b []byte) error {
	take := func(n uint64) ([]byte, error) {
		if n > uint64(len(b)) {
			return nil, errors.New("table is cut off")
		}
		tail := b[uint64(len(b))-n:]
		b = b[:uint64(len(b))-n]
		return tail, nil
	}
	sized := func() ([]byte, error) {
		n, err := take(4)
		if err != nil {
			return nil, err
		}
		return take(uint64(binary.BigEndian.Uint32(n)))
	}
	sum, err := sized()
	if err != nil {
		return err
	}
	index, err := sized()
	if err != nil {
		return err
	}
	var checksum pb.Checksum
	if err := proto.Unmarshal(sum, &checksum); err != nil {
		return err
	}
	return y.VerifyChecksum(index, &checksum)
}
