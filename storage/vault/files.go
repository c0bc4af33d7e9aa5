package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gabarit/engine"
)

// Names of the files in a vault folder.
const (
	keyFileName    = "vault.json"
	keyTableName   = "keys.tbl"
	lockName       = "lock"
	recordsName    = "records"
	notesName      = "erased"
	indexName      = "index"
	checkpointName = "checkpoint" // written by package storage
	tempPattern    = ".new-*"
	fileMode       = 0o600
	dirMode        = 0o700
	maxKeyFileLen  = 64 << 10
)

// fileError translates an error of the file system.
func fileError(op string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return engine.E(engine.CodeUnavailable, op, "the disk is full", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the vault's folder can't be read or written", err)
}

// writeAtomic replaces dir/name: after a crash the file holds either the old or the new bytes.
func writeAtomic(dir, name string, data []byte) (err error) {
	f, err := os.CreateTemp(dir, tempPattern) // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is the one to report
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err = os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename or creation in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}

// isTemp reports whether a file is one that writeAtomic was making.
func isTemp(name string) bool { return strings.HasPrefix(name, strings.TrimSuffix(tempPattern, "*")) }

// removeTemps removes what an interrupted writeAtomic left in dir, if that is there: it may hold a key.
func removeTemps(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		if !isTemp(e.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// makeDirs makes dir and the folders above it that are missing, durably.
func makeDirs(dir string) error {
	if ok, err := exists(dir); ok || err != nil {
		return err
	}
	parent := filepath.Dir(dir)
	if err := makeDirs(parent); err != nil {
		return err
	}
	if err := os.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(parent)
}

// exists reports whether a file is there.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return false, nil
	}
	return err == nil, err
}

// takeLock locks the folder for this process. Closing the file (or the end of the process) frees it;
// the file stays, as removing it would let two processes lock two files of the same name.
func takeLock(dir string) (*os.File, error) {
	const op = "vault.takeLock"
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, fileError(op, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, engine.E(engine.CodeLocked, op, "another program has the vault open", err)
		}
		return nil, fileError(op, err)
	}
	return f, nil
}
