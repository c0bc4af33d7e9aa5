package records

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/kv"
	"gabarit/storage/vault"
)

// formatVersion is the version of the layout in the package comment.
const formatVersion = 4

// logVersion is the first version of the layout in which the log has a tree and checkpoints.
const logVersion = 2

// Options of a database.
type Options struct {
	Now     func() time.Time // nil: time.Now
	MinFree int64            // bytes to leave free on the disk; 0: kv.DefaultMinFree

	// For the audit log: the system's name of the user, of which a keyed hash is kept, and the program's version. "" leaves
	// either out.
	Actor, Software string
}

// DB is the records of a vault. Safe for concurrent use; writes follow one another.
type DB struct {
	Vault *vault.Vault     // what seals
	KV    *kv.DB           // what keeps; records are read and written by View, Walk and Update
	Now   func() time.Time // none of the three is to be changed

	write  sync.Mutex // held by the one transaction that writes
	signed string     // checkpoint made by it; under write

	log      logIdentity
	state    string  // folder for the vault's state outside of it; "": none
	restored *logGap // an older copy of the vault was opened: until the log tells of it; only while opening

	warnMu   sync.Mutex
	warnings []engine.Warning

	idMu    sync.Mutex
	entropy *ulid.MonotonicEntropy
	lastID  uint64 // milliseconds: IDs keep rising when the clock is set back
}

// Open opens the records of v, or makes them in a new vault. The caller keeps v open until after
// Close, and calls RecordRestored when it is done with opening. CodeCorrupt: damaged, or their key table is;
// CodeUnsupported: made by a newer version; CodeUnavailable: the disk.
func Open(ctx context.Context, v *vault.Vault, o Options) (d *DB, err error) {
	const op = "storage.Open"
	if err := ctx.Err(); err != nil {
		return nil, kv.Translate(op, err)
	}
	dir := v.RecordsDir()
	if err := checkFolder(v, dir); err != nil {
		return nil, err
	}
	d = &DB{Vault: v, Now: o.Now, state: v.StateDir(), entropy: ulid.Monotonic(rand.Reader, 0)}
	if d.Now == nil {
		d.Now = time.Now
	}
	if err := d.identify(o); err != nil {
		return nil, err
	}
	if d.KV, err = kv.Open(ctx, dir, kv.Options{Key: v.BadgerKey(), MinFree: o.MinFree}); err != nil {
		return nil, err
	}
	for _, w := range d.KV.Warnings() {
		d.Warn(w.Msg, w.Detail)
	}
	if err = d.prepare(ctx); err != nil {
		return nil, errors.Join(err, d.KV.Close())
	}
	return d, nil
}

// checkFolder refuses to start afresh where records existed.
func checkFolder(v *vault.Vault, dir string) error {
	const op = "storage.Open"
	_, err := os.Stat(dir)
	if err == nil {
		return nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return kv.OpenError(err)
	}
	if v.Slots() > 0 {
		return engine.E(engine.CodeCorrupt, op, "the vault's records are missing", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return kv.Translate(op, err)
	}
	return nil
}

// prepare writes the format of a new store or checks that of an old one.
func (d *DB) prepare(ctx context.Context) error {
	const op = "storage.Open"
	var meta metaRecord
	var slots uint32
	fresh := false
	kept := d.kept()
	err := d.View(ctx, op, func(x Tx) error {
		found, err := x.Get(MetaKey("format"), &meta)
		if err != nil {
			return err
		}
		if !found {
			fresh = x.empty() && d.Vault.Slots() == 0 // keys without any record: the records were lost
			return nil
		}
		_, err = x.Get(MetaKey("keys"), &slots)
		return err
	})
	switch {
	case err != nil:
		return err
	case fresh:
		err := d.Update(ctx, op, 0, func(x Tx) error {
			if err := x.Put(MetaKey("format"), metaRecord{formatVersion, d.Now()}); err != nil {
				return err
			}
			return x.Append(entry.VaultCreated())
		})
		if err != nil {
			return err
		}
	case meta.Version == 0:
		return engine.E(engine.CodeCorrupt, op, "the vault's records are damaged", errors.New("no format record"))
	case meta.Version > formatVersion:
		return engine.E(engine.CodeUnsupported, op, "the vault was made by a newer version of this program",
			fmt.Errorf("format %d", meta.Version))
	case d.Vault.Slots() < slots:
		return engine.E(engine.CodeCorrupt, op, "the vault's key table is cut off",
			fmt.Errorf("%d slots, records need %d", d.Vault.Slots(), slots))
	}
	if err := d.openLog(ctx, meta, kept); err != nil || fresh || meta.Version == formatVersion {
		return err
	}
	return d.Update(ctx, op, 0, func(x Tx) error {
		return x.Put(MetaKey("format"), metaRecord{formatVersion, meta.Created})
	})
}

// Close waits for calls under way and closes the store, not the vault. Calls that start later get
// CodeUnavailable. A second Close does nothing. Not to be called from a callback of the store.
func (d *DB) Close() error { return d.KV.Close() }

// NewID gives a fresh ULID, greater than those before.
func (d *DB) NewID() string {
	d.idMu.Lock()
	defer d.idMu.Unlock()
	d.lastID = max(d.lastID, ulid.Timestamp(d.Now()))
	return ulid.MustNew(d.lastID, d.entropy).String()
}

// Ledger is what a store hands on as it is: the log, the state of the templates, and what checks find.
type Ledger interface {
	AuditLog(ctx context.Context, fn func(engine.AuditEntry) error) error
	Record(ctx context.Context, e engine.AuditEntry) error
	VerifyAudit(ctx context.Context, known string) (engine.AuditReport, error)
	ExportAudit(ctx context.Context, w io.Writer) (engine.AuditReport, error)
	Stamp(ctx context.Context) (string, error)
	Warnings() []engine.Warning
	Verify(ctx context.Context) error
	Check(ctx context.Context) (records int, damage []string, err error)
}
