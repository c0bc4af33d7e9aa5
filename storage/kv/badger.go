package kv

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"gabarit/engine"
)

// badgerOptions: small tables and value log files, so that an erasure rewrites little; caches far
// below the program's memory bound; see the package comment for the rest.
func badgerOptions(dir string, encryption []byte, log badger.Logger) badger.Options {
	return badger.DefaultOptions(dir).
		WithLogger(log).
		WithEncryptionKey(encryption).
		WithBlockCacheSize(16 << 20). // encryption needs one
		WithIndexCacheSize(16 << 20).
		WithCompression(options.None). // sealed bytes don't compress
		WithNumVersionsToKeep(1).
		WithMemTableSize(8 << 20). // a transaction may have 15 % of it, value log not counted
		WithNumMemtables(2).
		WithBaseTableSize(2 << 20).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(6).
		WithNumCompactors(2).
		WithValueThreshold(4 << 10).
		WithValueLogFileSize(16 << 20).
		WithSyncWrites(true).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.OnBlockRead). // at opening preflight reads all tables
		WithDetectConflicts(false).                        // one writer
		WithMetricsEnabled(false)
}

// watch is Badger's log: it prints nothing (paths don't belong in logs) and keeps failed syncs, because
// Badger reports one of the value log there and nowhere else.
type watch struct {
	mu     sync.Mutex
	count  int // of failed syncs
	failed string
}

var _ badger.Logger = (*watch)(nil)

// Errorf implements badger.Logger.
func (w *watch) Errorf(format string, args ...any) {
	if !strings.Contains(format, "sync") {
		return // compactions and the like, which are tried again
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.count++
	w.failed = strings.TrimSpace(fmt.Sprintf(format, args...))
}

// Warningf implements badger.Logger.
func (w *watch) Warningf(string, ...any) {}

// Infof implements badger.Logger.
func (w *watch) Infof(string, ...any) {}

// Debugf implements badger.Logger.
func (w *watch) Debugf(string, ...any) {}

func (w *watch) failures() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

// since tells the last failure if there were others than the first n.
func (w *watch) since(n int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.count == n {
		return nil
	}
	return errors.New(w.failed)
}

// Translate makes an engine.Error of whatever Badger, the vault, a context or a callback gave.
func Translate(op string, err error) error {
	var e *engine.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return engine.E(engine.CodeCanceled, op, "stopped", err)
	case errors.Is(err, badger.ErrTxnTooBig):
		return engine.E(engine.CodeInvalid, op, "too much for one write", err)
	case errors.Is(err, badger.ErrDBClosed), errors.Is(err, badger.ErrBlockedWrites):
		return engine.E(engine.CodeUnavailable, op, "the vault is closed", err)
	case isFull(err):
		return engine.E(engine.CodeUnavailable, op, "the disk is full", err)
	case strings.Contains(err.Error(), "checksum mismatch"): // Badger formats the sentinel away in places
		return engine.E(engine.CodeCorrupt, op, "the vault's records are damaged", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the vault's records can't be read or written", err)
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) ||
		strings.Contains(err.Error(), syscall.ENOSPC.Error()) // wrapped as text by Badger
}

// OpenError tells why Badger did not open: what is neither permission, lock nor space is damage.
func OpenError(err error) error {
	const op = "kv.Open"
	switch {
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return engine.E(engine.CodeLocked, op, "another program has the vault open", err)
	case isFull(err):
		return engine.E(engine.CodeUnavailable, op, "the disk is full", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return engine.E(engine.CodeUnavailable, op, "the vault's records can't be read or written", err)
	}
	return engine.E(engine.CodeCorrupt, op, "the vault's records are damaged", err)
}

// openBadger turns a panic of Badger, which it uses for some kinds of damage, into an error; so is a page of a mapped
// file that the disk has no room for.
func openBadger(o badger.Options) (db *badger.DB, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("badger: %v", p)
		}
	}()
	return badger.Open(o)
}
