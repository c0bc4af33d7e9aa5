package sources

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"gabarit/engine"
)

// Sealer is what this package needs of the open vault.
type Sealer interface {
	SealMain(domain string, id, plain []byte) ([]byte, error)
	Unseal(domain string, id, sealed []byte) ([]byte, error)
	Erasures() (erasures, keys int, err error)
}

const (
	folder = "sites" // in the vault's
	domain = "site"  // of what is sealed
)

// state is a web.State in files, one a record: sites/COLLECTION/ERASURES/KEY. Records made before the last erasure are never read. They
// are renamed into place and not synced: after a loss of power some may be missing, and their pages are asked for again.
type state struct {
	root  string // of the collection
	vault Sealer
	id    engine.CollectionID
}

func newState(vaultDir string, v Sealer, id engine.CollectionID) *state {
	return &state{root: filepath.Join(vaultDir, folder, string(id)), vault: v, id: id}
}

// path is where a record lies now.
func (s *state) path(key string) (string, error) {
	n, _, err := s.vault.Erasures()
	if err != nil {
		return "", err
	}
	return filepath.Join(s.root, strconv.Itoa(n), filepath.Base(key)), nil
}

// name binds a record to its collection and key.
func (s *state) name(key string) []byte { return []byte(string(s.id) + "\x00" + key) }

// Load implements web.State. A record that can't be opened is none.
func (s *state) Load(ctx context.Context, key string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := s.path(key)
	if err != nil {
		return nil, err
	}
	sealed, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, stateError(err)
	}
	plain, err := s.vault.Unseal(domain, s.name(key), sealed)
	if engine.CodeOf(err) == engine.CodeCorrupt {
		return nil, nil
	}
	return plain, err
}

// Save implements web.State.
func (s *state) Save(ctx context.Context, key string, value []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	path, err := s.path(key)
	if err != nil {
		return err
	}
	sealed, err := s.vault.SealMain(domain, s.name(key), value)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return stateError(err)
	}
	if err := os.WriteFile(path+".new", sealed, 0o600); err != nil {
		return stateError(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return stateError(err)
	}
	return nil
}

func stateError(err error) error {
	return engine.E(engine.CodeUnavailable, "sources.State", "what was seen of a site can't be kept in the vault's folder", err)
}

// Forget takes away all that is kept of walks: an erasure needs it before it is carried out. Walks that were broken off begin anew.
func Forget(vaultDir string) error {
	if err := os.RemoveAll(filepath.Join(vaultDir, folder)); err != nil {
		return stateError(err)
	}
	return nil
}

// Tidy takes away what was kept before the last erasure, as an old copy of a vault may hold it.
func Tidy(vaultDir string, v Sealer) error {
	n, _, err := v.Erasures()
	if err != nil {
		return err
	}
	all, err := filepath.Glob(filepath.Join(vaultDir, folder, "*", "*"))
	if err != nil {
		return stateError(err)
	}
	for _, dir := range all {
		if filepath.Base(dir) == strconv.Itoa(n) {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return stateError(err)
		}
	}
	return nil
}
