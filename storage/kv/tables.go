package kv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/fb"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
	"github.com/dgraph-io/ristretto/v2"
	"github.com/dgraph-io/ristretto/v2/z"
)

// Flags of an entry, as Badger stores them.
const (
	flagDeleted = 1 << 0
	flagPointer = 1 << 1 // the value is in the value log
	flagTxn     = 1 << 6 // in a memtable's log: part of a transaction
	flagTxnEnd  = 1 << 7
)

// tables are those of a database that Badger does not have open.
type tables struct {
	o     badger.Options
	list  map[uint64]badger.TableManifest
	keys  *badger.KeyRegistry
	cache *ristretto.Cache[uint64, *fb.TableIndex]
}

// listTables reads Badger's list of tables.
func listTables(o badger.Options) (*tables, error) {
	list, err := readManifest(filepath.Join(o.Dir, badger.ManifestFilename), o)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, badger.KeyRegistryFileName)); err != nil && len(list) > 0 {
		return nil, err
	}
	keys, err := openKeys(badger.KeyRegistryOptions{Dir: o.Dir, ReadOnly: true, EncryptionKey: o.EncryptionKey})
	if err != nil {
		return nil, err
	}
	cache, err := ristretto.NewCache(&ristretto.Config[uint64, *fb.TableIndex]{NumCounters: 1000, MaxCost: o.IndexCacheSize, BufferItems: 64})
	if err != nil {
		return nil, err
	}
	return &tables{o: o, list: list, keys: keys, cache: cache}, nil
}

func (t *tables) close() { t.cache.Close() }

// inReadOrder lists the tables as a read looks through them, what it finds first being the newest of
// entries of the same key and version (the value log's collection makes such): level 0 from the last
// made, then level by level.
func (t *tables) inReadOrder() []uint64 {
	ids := slices.Collect(maps.Keys(t.list))
	slices.SortFunc(ids, func(a, b uint64) int {
		if d := int(t.list[a].Level) - int(t.list[b].Level); d != 0 {
			return d
		}
		return int(b) - int(a)
	})
	return ids
}

// options of a table.
func (t *tables) options(m badger.TableManifest, check options.ChecksumVerificationMode) (table.Options, error) {
	key, err := t.keys.DataKey(m.KeyID)
	return table.Options{ReadOnly: true, ChkMode: check, Compression: m.Compression, DataKey: key, IndexCache: t.cache,
		BlockSize: t.o.BlockSize, BloomFalsePositive: t.o.BloomFalsePositive}, err
}

// size of a table's file; 0 if it can't be told.
func (t *tables) size(id uint64) int64 {
	info, err := os.Stat(table.NewFilename(id, t.o.Dir))
	if err != nil {
		return 0
	}
	return info.Size()
}

// check reads a table whole and checks all its checksums.
func (t *tables) check(id uint64) error {
	o, err := t.options(t.list[id], options.OnTableRead)
	if err != nil {
		return err
	}
	return useTable(table.NewFilename(id, t.o.Dir), o, func(*table.Table) error { return nil })
}

// use opens a table for fn; what fn reads is checked.
func (t *tables) use(id uint64, fn func(*table.Table) error) error {
	o, err := t.options(t.list[id], options.OnBlockRead)
	if err != nil {
		return err
	}
	return useTable(table.NewFilename(id, t.o.Dir), o, func(open *table.Table) error {
		t.cache.Wait() // for its index, which would else be decrypted at each step
		return fn(open)
	})
}

// useTable runs fn on the table at path. Damage is an error, whatever Badger makes of it.
func useTable(path string, o table.Options, fn func(*table.Table) error) (err error) {
	f, err := z.OpenMmapFile(path, os.O_RDONLY, 0)
	if err != nil {
		return err
	}
	closing := func() error { return f.Close(-1) }
	defer func() {
		if p := recover(); p != nil { // how Badger answers some damage inside a block
			err = fmt.Errorf("%w: panic: %.80v", errDamaged(), p)
		}
		if err = errors.Join(err, closing()); err != nil {
			err = fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}()
	if err := checkFooter(f.Data); err != nil {
		return err
	}
	open, err := table.OpenTable(f, o)
	if err != nil {
		closing = func() error { return nil } // OpenTable closed it, or it stays mapped until the program ends
		return err
	}
	return fn(open)
}

// errDamaged is told of a block that can't be read. Badger's iterator ends there as at the end of the table.
func errDamaged() error { return y.ErrChecksumMismatch }

// each calls fn for all entries; internal keys end with their version.
func each(t *table.Table, fn func(internal []byte, v y.ValueStruct) error) (err error) {
	it := t.NewIterator(table.NOCACHE)
	defer func() { err = errors.Join(err, it.Close()) }()
	n := uint32(0)
	for it.Rewind(); it.Valid(); it.Next() {
		if err := fn(it.Key(), it.Value()); err != nil {
			return err
		}
		n++
	}
	if n != t.KeyCount() {
		return errDamaged()
	}
	return nil
}

// eachUnder calls fn for the entries whose keys start with one of prefixes, which are sorted and none of
// which starts with another.
func eachUnder(t *table.Table, prefixes [][]byte, fn func(internal []byte, v y.ValueStruct)) (err error) {
	first, last := y.ParseKey(t.Smallest()), y.ParseKey(t.Biggest())
	it := t.NewIterator(table.NOCACHE)
	defer func() { err = errors.Join(err, it.Close()) }()
	from, _ := slices.BinarySearchFunc(prefixes, first, bytes.Compare)
	if from > 0 && bytes.HasPrefix(first, prefixes[from-1]) {
		from--
	}
	for _, p := range prefixes[from:] {
		if bytes.Compare(p, last) > 0 {
			break
		}
		atEnd := false
		for it.Seek(y.KeyWithTs(p, ^uint64(0))); it.Valid() && bytes.HasPrefix(y.ParseKey(it.Key()), p); it.Next() {
			fn(it.Key(), it.Value())
			atEnd = bytes.Equal(it.Key(), t.Biggest())
		}
		if !it.Valid() && !atEnd {
			return errDamaged()
		}
	}
	return nil
}

// pointer gives the file of the value log that holds the value, and the length of its entry there. Badger
// stores three numbers of the machine's byte order: file, length, offset.
func pointer(v y.ValueStruct) (file, length uint32, ok bool) {
	if v.Meta&flagPointer == 0 || len(v.Value) < 12 {
		return 0, 0, false
	}
	return binary.NativeEndian.Uint32(v.Value), binary.NativeEndian.Uint32(v.Value[4:]), true
}

// copyTable writes the entries of a table that keep accepts to a new table, synced and checked, and
// gives its size; 0 and no table if none is kept.
func (t *tables) copyTable(ctx context.Context, id, to uint64, keep func(internal []byte, v y.ValueStruct) bool) (int64, error) {
	o, err := t.options(t.list[id], options.NoVerification)
	if err != nil {
		return 0, err
	}
	kept := uint32(0)
	var content []byte
	err = t.use(id, func(old *table.Table) error {
		o.TableSize = uint64(old.Size())
		b := table.NewTableBuilder(o)
		defer b.Close()
		err := each(old, func(internal []byte, v y.ValueStruct) error {
			if !keep(internal, v) {
				return ctx.Err()
			}
			kept++
			_, length, _ := pointer(v)
			if v.Meta&flagDeleted != 0 {
				b.AddStaleKey(internal, v, length)
			} else {
				b.Add(internal, v, length)
			}
			return nil
		})
		content = b.Finish() // always: it ends what the builder started
		return err
	})
	if err != nil || kept == 0 {
		return 0, err
	}
	return int64(len(content)), t.write(to, content, kept, o)
}

// write makes the file of a table, synced, and checks that it has as many entries as it should.
func (t *tables) write(id uint64, content []byte, entries uint32, o table.Options) error {
	path := table.NewFilename(id, t.o.Dir)
	if err := writeSynced(path, content); err != nil {
		return err
	}
	o.ChkMode = options.OnTableRead
	return useTable(path, o, func(made *table.Table) error {
		if made.KeyCount() != entries {
			return fmt.Errorf("%d entries written, %d wanted", made.KeyCount(), entries)
		}
		return nil
	})
}

// writeSynced makes a new file, on disk when it returns.
func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// openKeys opens Badger's list of keys, on whose damage Badger may panic.
func openKeys(o badger.KeyRegistryOptions) (keys *badger.KeyRegistry, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("list of keys: %.80v", p)
		}
	}()
	return badger.OpenKeyRegistry(o)
}
