package kv

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"
)

// version is the newest version of a key and the table a read finds it in.
type version struct {
	number  uint64
	table   uint64
	deleted bool
}

// entry is one version of a key in one table.
type entry struct {
	key    string
	number uint64
}

// narrow sorts prefixes and leaves out those that start with another.
func narrow(prefixes [][]byte) [][]byte {
	sorted := slices.SortedFunc(slices.Values(prefixes), bytes.Compare)
	return slices.CompactFunc(sorted, func(a, b []byte) bool { return bytes.HasPrefix(b, a) })
}

// look finds the newest version of all keys that start with one of prefixes, and which of their versions
// each table holds.
func (t *tables) look(ctx context.Context, prefixes [][]byte) (map[string]version, map[uint64][]entry, error) {
	newest, held := map[string]version{}, map[uint64][]entry{}
	for _, id := range t.inReadOrder() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		err := t.use(id, func(open *table.Table) error {
			return eachUnder(open, prefixes, func(internal []byte, v y.ValueStruct) {
				e := entry{string(y.ParseKey(internal)), y.ParseTs(internal)}
				held[id] = append(held[id], e)
				if n, ok := newest[e.key]; !ok || e.number > n.number {
					newest[e.key] = version{e.number, id, v.Meta&flagDeleted != 0}
				}
			})
		})
		if err != nil {
			return nil, nil, err
		}
	}
	return newest, held, nil
}

// keeps tells whether a version found in a table stays: the newest one of a key that was not deleted.
func (v version) keeps(number, table uint64) bool {
	return !v.deleted && v.number == number && v.table == table
}

// toRewrite lists the tables that hold what goes, in the order they were made. A later table of level 0
// counts as newer by its number: those after the first to be rewritten are rewritten, too.
func (t *tables) toRewrite(newest map[string]version, held map[uint64][]entry) []uint64 {
	var ids []uint64
	late := false
	for _, id := range slices.Sorted(maps.Keys(t.list)) {
		goes := slices.ContainsFunc(held[id], func(e entry) bool { return !newest[e.key].keeps(e.number, id) })
		if level0 := t.list[id].Level == 0; goes || level0 && late {
			ids = append(ids, id)
			late = late || level0
		}
	}
	return ids
}

// drop rewrites the tables that hold deleted keys under prefixes, or older versions of keys that are there,
// without them. The new tables take effect in one step, by a new list; Badger removes tables that are on no
// list when it opens, so that a crash leaves all of the old or all of the new ones. Values in the value log
// that are dropped are added to g; note puts g on disk before the step.
func (t *tables) drop(ctx context.Context, prefixes [][]byte, g garbage, free func(int64) error) (written int64, err error) {
	newest, held, err := t.look(ctx, prefixes)
	if err != nil {
		return 0, err
	}
	list := maps.Clone(t.list)
	next := uint64(1)
	for id := range list {
		next = max(next, id+1)
	}
	for _, id := range t.toRewrite(newest, held) {
		if err := free(t.size(id)); err != nil {
			return 0, err
		}
		size, err := t.copyTable(ctx, id, next, func(internal []byte, v y.ValueStruct) bool {
			n, ours := newest[string(y.ParseKey(internal))]
			if !ours || n.keeps(y.ParseTs(internal), id) {
				return true
			}
			if file, length, ok := pointer(v); ok {
				g[file] += int64(length)
			}
			return false
		})
		if err != nil {
			return 0, err
		}
		delete(list, id)
		if size > 0 {
			list[next] = t.list[id]
			next++
		}
		written += size
	}
	if err := t.note(g); err != nil || maps.Equal(list, t.list) {
		return 0, err
	}
	return written, writeManifest(t.o, list)
}
