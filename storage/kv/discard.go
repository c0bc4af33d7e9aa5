package kv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// Badger notes in DISCARD how many bytes of each file of the value log nothing points to any more, and
// collects files by it. The file is a row of u64(file), u64(bytes), big-endian, sorted, ended by file 0.
// Badger maps it and syncs it only when it closes: after a crash of the system notes may be missing.
const (
	discardFile = "DISCARD"
	discardSize = 1 << 20 // as Badger makes it; it grows by doubling
)

// recountFile marks a database that was not closed properly: its notes are not to be relied on until the
// next purge has counted for itself.
const recountFile = "RECOUNT"

// markCrash marks a database whose last use did not end properly: closing leaves no memtable's log.
func markCrash(dir string) error {
	logs, err := filepath.Glob(filepath.Join(dir, "*.mem"))
	if err != nil || len(logs) == 0 {
		return err
	}
	if err := writeSynced(filepath.Join(dir, recountFile), nil); err != nil {
		return err
	}
	return syncDir(dir)
}

// logHeader is the length of the header of a file of the value log or of a memtable's log.
const logHeader = 20

// garbage is the bytes of each file of the value log nothing points to.
type garbage map[uint32]int64

func readDiscard(dir string) (garbage, error) {
	b, err := os.ReadFile(filepath.Join(dir, discardFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	g := garbage{}
	for ; len(b) >= 16; b = b[16:] {
		file := binary.BigEndian.Uint64(b)
		if file == 0 {
			break
		}
		if n := int64(binary.BigEndian.Uint64(b[8:])); n > 0 {
			g[uint32(file)] += n
		}
	}
	return g, nil
}

// writeDiscard replaces the notes of a closed database.
func writeDiscard(dir string, g garbage) error {
	size := discardSize
	for 16*(len(g)+1) > size {
		size *= 2
	}
	b := make([]byte, 0, size)
	for _, file := range slices.Sorted(maps.Keys(g)) {
		b = binary.BigEndian.AppendUint64(b, uint64(file))
		b = binary.BigEndian.AppendUint64(b, uint64(g[file]))
	}
	next := filepath.Join(dir, discardFile+"-REWRITE")
	if err := writeSynced(next, b[:size]); err != nil {
		return err
	}
	if err := os.Rename(next, filepath.Join(dir, discardFile)); err != nil {
		return err
	}
	return syncDir(dir)
}

func logPath(dir string, file uint32) string {
	return filepath.Join(dir, fmt.Sprintf("%06d.vlog", file))
}

// logFiles lists the files of the value log with their sizes.
func logFiles(dir string) (map[uint32]int64, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := map[uint32]int64{}
	for _, e := range entries {
		number, isLog := strings.CutSuffix(e.Name(), ".vlog")
		if !isLog {
			continue
		}
		file, err := strconv.ParseUint(number, 10, 32)
		if err != nil {
			return nil, err
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) { // collected meanwhile
			continue
		}
		if err != nil {
			return nil, err
		}
		files[uint32(file)] = info.Size()
	}
	return files, nil
}

// garbage is what the notes say, or what is counted where they can't be relied on.
func (t *tables) garbage() (garbage, error) {
	if _, err := os.Stat(filepath.Join(t.o.Dir, recountFile)); err == nil {
		return t.recount()
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return readDiscard(t.o.Dir)
}

// note puts g on disk; from then on the notes can be relied on.
func (t *tables) note(g garbage) error {
	if err := writeDiscard(t.o.Dir, g); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(t.o.Dir, recountFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return syncDir(t.o.Dir)
}

// existing drops what is noted of files that are gone.
func (g garbage) existing(dir string) (garbage, error) {
	files, err := logFiles(dir)
	if err != nil {
		return nil, fmt.Errorf("list the value log: %w", err)
	}
	left := garbage{}
	for file, n := range g {
		if _, ok := files[file]; ok {
			left[file] = n
		}
	}
	return left, nil
}

// recount reads all tables of a closed database and counts anew what nothing points to.
func (t *tables) recount() (garbage, error) {
	files, err := logFiles(t.o.Dir)
	if err != nil {
		return nil, err
	}
	live := garbage{}
	for id := range t.list {
		err := t.use(id, func(open *table.Table) error {
			return each(open, func(_ []byte, v y.ValueStruct) error {
				if file, n, ok := pointer(v); ok {
					live[file] += int64(n)
				}
				return nil
			})
		})
		if err != nil {
			return nil, err
		}
	}
	g := garbage{}
	for file, size := range files {
		if n := size - logHeader - live[file]; n > 0 {
			g[file] = n
		}
	}
	return g, nil
}
