package app

import (
	"crypto/sha256"
	"encoding/hex"

	"gabarit/storage/auditlog"
	"gabarit/storage/vault"
)

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
