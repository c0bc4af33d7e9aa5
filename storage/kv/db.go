package kv

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/dgraph-io/badger/v4"

	"gabarit/engine"
)

// DefaultMinFree is left free on the disk: room for Badger's compactions and for closing.
const DefaultMinFree = 64 << 20

// openRoom is what must be free to open at all: less than for writing, as room may be made only by erasing.
const openRoom = 24 << 20

// Options of a database.
type Options struct {
	Key     []byte // Badger's encryption; nil: none, for tests that look at raw files
	MinFree int64  // bytes to leave free on the disk; 0: DefaultMinFree
}

// DB is Badger in one folder. Safe for concurrent use. Whoever uses a transaction is inside, see Enter.
type DB struct {
	options  badger.Options
	minFree  int64
	log      *watch
	warnings []engine.Warning
	touched  atomic.Int64 // bytes of the value log, see Used

	gate   gate
	db     *badger.DB // replaced only while nobody is inside
	upkeep sync.Mutex // held by Purge and Compact
}

// Open checks the files in dir and opens them, or makes a new database in an empty folder. CodeCorrupt:
// damaged; CodeLocked: another process has it open; CodeUnavailable: the disk.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	d := &DB{minFree: o.MinFree, log: &watch{}, gate: newGate()}
	if d.minFree == 0 {
		d.minFree = DefaultMinFree
	}
	d.options = badgerOptions(dir, o.Key, d.log)
	var err error
	if d.warnings, err = preflight(ctx, d.options); err != nil {
		return nil, err
	}
	// Badger maps the files it makes at opening: without room for them the system would end the process.
	if err := checkRoom(dir, min(d.minFree, openRoom)); err != nil {
		return nil, Translate("kv.Open", err)
	}
	if d.db, err = openBadger(d.options); err != nil {
		return nil, OpenError(err)
	}
	return d, nil
}

// Warnings tells what was found damaged when the database was opened and yet let it open.
func (d *DB) Warnings() []engine.Warning { return d.warnings }

// NewTransaction begins a transaction, to be discarded before Leave.
func (d *DB) NewTransaction(update bool) *badger.Txn { return d.db.NewTransaction(update) }

// Commit commits txn: it is on disk when Commit returns nil. Only one commit at a time.
func (d *DB) Commit(txn *badger.Txn) error {
	failed := d.log.failures()
	if err := txn.Commit(); err != nil {
		return err
	}
	return d.log.since(failed)
}

// CheckFree refuses a write of size bytes that would leave too little free on the disk.
func (d *DB) CheckFree(size int64) error { return checkRoom(d.options.Dir, d.minFree+size) }

func checkRoom(dir string, needed int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return err
	}
	if free := int64(st.Bavail) * st.Bsize; free < needed {
		return engine.E(engine.CodeUnavailable, "kv.CheckFree", "the disk is full",
			fmt.Errorf("%d bytes free, %d needed", free, needed))
	}
	return nil
}

// Close waits for whoever is inside and closes the database. Enter then gives CodeUnavailable. A second Close
// does nothing. Not to be called from inside.
func (d *DB) Close() error {
	if !d.gate.shut() {
		return nil
	}
	return Translate("kv.Close", d.db.Close())
}
