package vault

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"gabarit/engine"
)

// Sealer seals and opens many pieces under one record key, which it read once. It goes on after the key was destroyed in
// the table: whoever destroys a key drops its Sealer. Safe for concurrent use.
type Sealer struct {
	v    *Vault
	head []byte // of all that it seals
	aead cipher.AEAD
}

// Sealer gives the Sealer of a record key. CodeNotFound: the key was destroyed.
func (v *Vault) Sealer(ref KeyRef) (*Sealer, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, closedError("vault.Sealer")
	}
	aead, err := v.recordCipher(ref)
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte{v.head(sealedRecord, plainRecord)}, ref.Slot)
	return &Sealer{v: v, head: binary.LittleEndian.AppendUint32(head, ref.Gen), aead: aead}, nil
}

// Seal appends to dst what Vault.Seal gives.
func (s *Sealer) Seal(dst []byte, domain string, id, plain []byte) ([]byte, error) {
	s.v.mu.RLock()
	defer s.v.mu.RUnlock()
	if s.v.closed {
		return nil, closedError("vault.Sealer.Seal")
	}
	return s.v.seal(dst, s.aead, s.head, domain, id, plain)
}

// Unseal appends to dst what Seal or Vault.Seal was given for this domain and id. CodeCorrupt as Vault.Unseal, also for what is
// sealed under another key.
func (s *Sealer) Unseal(dst []byte, domain string, id, sealed []byte) ([]byte, error) {
	const op = "vault.Sealer.Unseal"
	damaged := func() error { return engine.E(engine.CodeCorrupt, op, "a stored record is damaged", nil) }
	s.v.mu.RLock()
	defer s.v.mu.RUnlock()
	if s.v.closed {
		return nil, closedError(op)
	}
	body, ours := bytes.CutPrefix(sealed, s.head)
	switch {
	case !ours:
		return nil, damaged()
	case s.v.transparent:
		return append(dst, body...), nil
	case len(body) < sealOverhead:
		return nil, damaged()
	}
	plain, err := s.aead.Open(dst, body[:chacha20poly1305.NonceSizeX], body[chacha20poly1305.NonceSizeX:], sealedData(s.head, domain, id))
	if err != nil {
		return nil, damaged()
	}
	return plain, nil
}

// Overhead is by how many bytes what is sealed is longer.
func (s *Sealer) Overhead() int {
	if s.v.transparent {
		return len(s.head)
	}
	return len(s.head) + sealOverhead
}
