package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"gabarit/app/desk"
	"gabarit/app/faceindex"
	"gabarit/engine"
	"gabarit/storage"
	"gabarit/storage/auditlog"
	"gabarit/storage/vault"
)

// hidden lists the faces that no search may find, as the vault's documents tell, by the IDs that they have now.
func (a *App) hidden(ctx context.Context, store engine.Store) ([]engine.FaceID, error) {
	named, err := desk.Frozen(ctx, store)
	if err != nil {
		return nil, err
	}
	out := make([]engine.FaceID, 0, len(named))
	for _, id := range named {
		pid, _, _ := id.Photo()
		p, err := store.Photo(ctx, pid)
		switch engine.CodeOf(err) {
		case "":
			if f, err := faceOf(p, id); err == nil {
				out = append(out, f.ID)
			}
		case engine.CodeNotFound:
		default:
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// withhold hides what the vault's documents say is to be hidden, and shows the rest.
func (a *App) withhold(ctx context.Context, s *session) error {
	faces, err := a.hidden(ctx, s.store)
	if err != nil {
		return err
	}
	if err := s.index.Withhold(ctx, faces); err != nil {
		return err
	}
	a.events.send(engine.EventIndex)
	return nil
}

// seen is the store without the faces that no search may find, for what groups them.
type seen struct {
	*storage.Store
	index *faceindex.Index
}

// Templates implements grouping.Store.
func (s seen) Templates(ctx context.Context, fn func(engine.IndexEntry) error) error {
	return s.Store.Templates(ctx, func(e engine.IndexEntry) error {
		if s.index.Withheld(e.Face) {
			return nil
		}
		return fn(e)
	})
}

// signer signs statements with the key of the vault's log.
type signer struct{ v *vault.Vault }

// Sign implements opened.Signer.
func (s signer) Sign(kind string, sum [sha256.Size]byte) (string, error) {
	by, err := auditlog.NewSigner(auditlog.Origin(s.v.ID()), s.v.LogKey(), s.v.SignLog)
	if err != nil {
		return "", err
	}
	return by.Statement(kind, sum)
}

// Key implements opened.Signer.
func (s signer) Key() (key, fingerprint string) {
	public := s.v.LogKey()
	if by, err := auditlog.NewSigner(auditlog.Origin(s.v.ID()), public, s.v.SignLog); err == nil {
		key = by.Key()
	}
	sum := sha256.Sum256(public)
	return key, hex.EncodeToString(sum[:])
}
