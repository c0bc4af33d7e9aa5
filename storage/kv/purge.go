package kv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
)

// Stats tells what a purge or compaction took.
type Stats struct {
	Rewritten int64 // bytes of tables and of the value log that were written anew
	Freed     int64 // bytes of disk by which the folder shrank; 0 if it did not, as logs take room ahead
}

// maxPrefixes bounds what one step keeps in memory and how long others wait for it.
const maxPrefixes = 4096

// maxRounds bounds how often the collection of the value log is tried again.
const maxRounds = 5

// Purge takes what was deleted or overwritten under prefixes out of the files: afterwards no file of the
// folder holds the bytes of a deleted key that starts with one of them, of its values, or of older values of
// a key that is still there. Keys and values that are there stay, whatever the prefix. The cost is that of the
// tables and files of the value log that hold such bytes, see the package comment. After an error or a crash it is to
// be called again with the same prefixes; nothing that is there is lost meanwhile. Calls wait while files are
// rewritten; not to be called from inside. CodeCorrupt: a file that would be rewritten is damaged.
func (d *DB) Purge(ctx context.Context, prefixes [][]byte) (Stats, error) {
	if len(prefixes) == 0 {
		return Stats{}, nil
	}
	return d.maintain("kv.Purge", func() (written int64, err error) {
		var due garbage
		for chunk := range slices.Chunk(narrow(prefixes), maxPrefixes) {
			err := d.offline(ctx, func(t *tables) error {
				if due, err = t.garbage(); err != nil {
					return err
				}
				n, err := t.drop(ctx, chunk, due, d.CheckFree)
				written += n
				return err
			})
			if err != nil {
				return written, err
			}
		}
		moved, err := d.collect(ctx, due)
		return written + moved, err
	})
}

// Compact writes all tables anew, without what was deleted or overwritten, and collects all of the value log that
// nothing points to. Its cost grows with the database. Calls wait until the tables are written; not to be called
// from inside.
func (d *DB) Compact(ctx context.Context) (Stats, error) {
	return d.maintain("kv.Compact", func() (written int64, err error) {
		var due garbage
		err = d.offline(ctx, func(t *tables) error {
			written, due, err = t.merge(ctx, d.CheckFree)
			return err
		})
		if err != nil {
			return 0, err
		}
		moved, err := d.collect(ctx, due)
		return written + moved, err
	})
}

// maintain runs one Purge or Compact at a time and measures the folder.
func (d *DB) maintain(op string, run func() (written int64, err error)) (Stats, error) {
	d.upkeep.Lock()
	defer d.upkeep.Unlock()
	before, err := diskUsage(d.options.Dir)
	if err != nil {
		return Stats{}, Translate(op, err)
	}
	written, err := run()
	if err != nil {
		return Stats{}, Translate(op, err)
	}
	after, err := diskUsage(d.options.Dir)
	return Stats{Rewritten: written, Freed: max(0, before-after)}, Translate(op, err)
}

// offline closes Badger while nobody is inside, runs fn on its files and opens it again. Closing writes out
// what was in memory and ends the files of the logs; opening begins new ones. Whoever owns the folder
// keeps other processes away (the vault's lock), as Badger's own lock is free in between.
func (d *DB) offline(ctx context.Context, fn func(*tables) error) (err error) {
	if err := d.CheckFree(d.options.MemTableSize); err != nil {
		return err
	}
	if err := d.gate.enterAlone(ctx); err != nil {
		return err
	}
	var broken error
	defer func() { d.gate.leaveAlone(broken) }()
	if err = d.db.Close(); err == nil {
		err = d.withTables(fn)
	}
	db, failed := openBadger(d.options)
	if failed != nil {
		broken = engine.E(engine.CodeUnavailable, "kv.reopen", "the vault's records could not be opened again: lock the vault and open it", failed)
		return errors.Join(err, broken)
	}
	d.db = db
	return err
}

func (d *DB) withTables(fn func(*tables) error) error {
	if logs, err := filepath.Glob(filepath.Join(d.options.Dir, "*.mem")); err != nil || len(logs) > 0 {
		return errors.Join(err, errors.New("not all of the memory was written out"))
	}
	t, err := listTables(d.options)
	if err != nil {
		return err
	}
	defer t.close()
	return fn(t)
}

// collect has Badger collect the files of the value log in due: it writes what is live in them anew and deletes
// them. It gives the bytes that were written. Badger starts with the file that has most garbage, and stops if
// that is the one being written: what is left then is tried again after one more closing.
func (d *DB) collect(ctx context.Context, due garbage) (moved int64, err error) {
	files, err := logFiles(d.options.Dir)
	if err != nil {
		return 0, err
	}
	if due, err = due.existing(d.options.Dir); err != nil {
		return 0, err
	}
	for file, n := range due {
		moved += max(0, files[file]-logHeader-n)
	}
	checked := map[uint32]bool{}
	for round := 0; len(due) > 0; round++ {
		if round == maxRounds {
			return 0, fmt.Errorf("%d files of the value log are still there", len(due))
		}
		if round > 0 {
			if err := d.offline(ctx, func(*tables) error { return nil }); err != nil {
				return 0, err
			}
		}
		for err == nil {
			err = d.collectFile(ctx, checked)
		}
		if !errors.Is(err, badger.ErrNoRewrite) {
			return 0, err
		}
		if due, err = due.existing(d.options.Dir); err != nil {
			return 0, err
		}
	}
	return moved, nil
}

// collectFile collects one file; badger.ErrNoRewrite if there is none. Nobody is inside meanwhile: who had looked up
// a value but not read it yet would get an empty one. Badger chooses among the files it has notes of: those that are
// not checked yet are checked before.
func (d *DB) collectFile(ctx context.Context, checked map[uint32]bool) error {
	if err := d.gate.enterAlone(ctx); err != nil {
		return err
	}
	defer d.gate.leaveAlone(nil)
	if err := d.CheckFree(d.options.ValueLogFileSize); err != nil {
		return err
	}
	g, err := readDiscard(d.options.Dir)
	if err == nil {
		g, err = g.existing(d.options.Dir)
	}
	for file := range g {
		if err == nil && !checked[file] {
			err = errors.Join(ctx.Err(), checkValues(logPath(d.options.Dir, file)))
			checked[file] = true
		}
	}
	if err != nil {
		return err
	}
	failed := d.log.failures()
	if err := d.db.RunValueLogGC(1e-9); err != nil { // whatever has any garbage
		return err
	}
	return d.log.since(failed)
}

// diskUsage is what the files of dir take on the disk: Badger makes files larger than what is in them.
func diskUsage(dir string) (int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, e := range entries {
		var st syscall.Stat_t
		if err := syscall.Stat(filepath.Join(dir, e.Name()), &st); err == nil {
			total += st.Blocks * 512
		} else if !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
	}
	return total, nil
}
