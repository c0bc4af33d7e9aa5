package kv

import (
	"bytes"
	"context"
	"errors"
	"maps"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// merge replaces all tables by new ones of the last level, with the newest version of each key that was not
// deleted, and counts what of the value log nothing points to. See drop for how it survives a crash.
func (t *tables) merge(ctx context.Context, free func(int64) error) (written int64, g garbage, err error) {
	if g, err = logFiles(t.o.Dir); err != nil {
		return 0, nil, err
	}
	for file := range g {
		g[file] -= logHeader
	}
	m := merged{t: t, list: map[uint64]badger.TableManifest{}, next: 1}
	total := int64(0)
	for id, entry := range t.list {
		if err := errors.Join(ctx.Err(), t.check(id)); err != nil { // what is merged does not tell damage
			return 0, nil, err
		}
		total += t.size(id)
		m.next, m.entry.KeyID = max(m.next, id+1), max(m.entry.KeyID, entry.KeyID)
	}
	m.entry.Level, m.entry.Compression = uint8(t.o.MaxLevels-1), t.o.Compression
	if err := free(total); err != nil {
		return 0, nil, err
	}
	err = t.eachNewest(t.inReadOrder(), nil, func(internal []byte, v y.ValueStruct) error {
		if file, length, ok := pointer(v); ok {
			g[file] -= int64(length)
		}
		return errors.Join(ctx.Err(), m.add(internal, v))
	})
	if err = errors.Join(err, m.finish()); err != nil {
		return 0, nil, err
	}
	maps.DeleteFunc(g, func(_ uint32, n int64) bool { return n <= 0 })
	if err := t.note(g); err != nil {
		return 0, nil, err
	}
	return m.written, g, writeManifest(t.o, m.list)
}

// eachNewest opens tables one within the other and calls fn with the newest version of all keys, in their
// order; deleted keys are left out.
func (t *tables) eachNewest(ids []uint64, iters []y.Iterator, fn func(internal []byte, v y.ValueStruct) error) error {
	if len(ids) > 0 {
		return t.use(ids[0], func(open *table.Table) error {
			return t.eachNewest(ids[1:], append(iters, open.NewIterator(table.NOCACHE)), fn)
		})
	}
	if len(iters) == 0 {
		return nil
	}
	all := table.NewMergeIterator(iters, false)
	defer all.Close()
	var last []byte
	for all.Rewind(); all.Valid(); all.Next() {
		if key := y.ParseKey(all.Key()); last == nil || !bytes.Equal(key, last) {
			last = append(last[:0], key...)
			if v := all.Value(); v.Meta&flagDeleted == 0 {
				if err := fn(all.Key(), v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// merged writes tables one after the other.
type merged struct {
	t       *tables
	list    map[uint64]badger.TableManifest
	entry   badger.TableManifest // of each new table
	next    uint64
	written int64

	b    *table.Builder
	kept uint32
}

func (m *merged) add(internal []byte, v y.ValueStruct) error {
	if m.b != nil && m.b.ReachedCapacity() {
		if err := m.finish(); err != nil {
			return err
		}
	}
	if m.b == nil {
		o, err := m.t.options(m.entry, options.NoVerification)
		if err != nil {
			return err
		}
		o.TableSize = uint64(m.t.o.BaseTableSize)
		m.b = table.NewTableBuilder(o)
	}
	_, length, _ := pointer(v)
	m.b.Add(internal, v, length)
	m.kept++
	return nil
}

// finish writes the table that was begun, if any.
func (m *merged) finish() error {
	if m.b == nil {
		return nil
	}
	content, o, kept := m.b.Finish(), *m.b.Opts(), m.kept
	m.b.Close()
	m.b, m.kept = nil, 0
	if err := m.t.write(m.next, content, kept, o); err != nil {
		return err
	}
	m.list[m.next] = m.entry
	m.next++
	m.written += int64(len(content))
	return nil
}
