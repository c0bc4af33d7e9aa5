package vault

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"golang.org/x/crypto/chacha20poly1305"

	"gabarit/engine"
)

// Heads of sealed bytes, see the package comment.
const (
	sealedMain     = 0x01
	sealedRecord   = 0x02
	plainMain      = 0x03 // of a transparent vault
	plainRecord    = 0x04
	recordHeadLen  = 1 + 4 + 4
	sealOverhead   = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
	scanBufferSize = 1 << 20
)

func newSlotReader(r io.Reader) io.Reader { return bufio.NewReaderSize(r, scanBufferSize) }

var errClosed = errors.New("vault is closed")

func closedError(op string) error {
	return engine.E(engine.CodeUnavailable, op, "the vault is closed", errClosed)
}

// NewKey makes a record key. Call SyncKeys before a record that refers to it is made durable: a
// record must never outlive its key. A key that was made and never used costs one slot.
func (v *Vault) NewKey() (KeyRef, error) { return v.newKey("vault.NewKey", slotLive) }

// NewIndexKey makes a key for a part of the saved index. It is used as a record key, but is none: LiveKeys does not list
// it, IndexKeys does.
func (v *Vault) NewIndexKey() (KeyRef, error) { return v.newKey("vault.NewIndexKey", slotIndex) }

func (v *Vault) newKey(op string, state byte) (KeyRef, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return KeyRef{}, closedError(op)
	}
	ref, err := v.table.add(state)
	if err != nil {
		return KeyRef{}, fileError(op, err)
	}
	return ref, nil
}

// SyncKeys makes the keys made so far durable.
func (v *Vault) SyncKeys() error {
	const op = "vault.SyncKeys"
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return closedError(op)
	}
	if err := v.table.f.Sync(); err != nil {
		return fileError(op, err)
	}
	return nil
}

// Slots is the number of slots the key table has, free ones included. Where it is smaller than
// what records refer to, the table was cut off or is an old copy.
func (v *Vault) Slots() uint32 {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.table.slots
}

// DestroyKeys overwrites record keys in place, durably: nothing sealed under them opens again. Keys
// destroyed before are passed over. After an error some of them may be destroyed.
func (v *Vault) DestroyKeys(refs ...KeyRef) error {
	const op = "vault.DestroyKeys"
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return closedError(op)
	}
	for _, ref := range refs {
		if err := v.table.destroy(ref); engine.CodeOf(err) == engine.CodeNotFound {
			return err
		} else if err != nil {
			return fileError(op, err)
		}
	}
	if err := v.table.f.Sync(); err != nil {
		return fileError(op, err)
	}
	return nil
}

// LiveKeys lists the slots that hold a key, in order, also keys that no record has come to refer to.
// Damaged slots are left out: nothing opens with them.
func (v *Vault) LiveKeys() ([]KeyRef, error) {
	const op = "vault.LiveKeys"
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, closedError(op)
	}
	live, err := v.table.live()
	if err != nil {
		return nil, fileError(op, err)
	}
	return live, nil
}

// IndexKeys lists the slots that hold a key of a part of the saved index, in order.
func (v *Vault) IndexKeys() []KeyRef {
	v.mu.RLock()
	defer v.mu.RUnlock()
	keys := make([]KeyRef, 0, len(v.table.index))
	for slot, gen := range v.table.index {
		keys = append(keys, KeyRef{slot, gen})
	}
	slices.SortFunc(keys, func(a, b KeyRef) int { return cmp.Compare(a.Slot, b.Slot) })
	return keys
}

// RefOf tells which record key sealed bytes need; ok is false for bytes sealed with SealMain or
// not sealed at all.
func RefOf(sealed []byte) (ref KeyRef, ok bool) {
	switch {
	case len(sealed) >= recordHeadLen+sealOverhead && sealed[0] == sealedRecord:
	case len(sealed) >= recordHeadLen && sealed[0] == plainRecord:
	default:
		return KeyRef{}, false
	}
	return KeyRef{binary.LittleEndian.Uint32(sealed[1:]), binary.LittleEndian.Uint32(sealed[5:])}, true
}

// Seal seals plain under a record key, bound to domain and id: what it is and where it is stored.
// CodeNotFound: the key was destroyed.
func (v *Vault) Seal(ref KeyRef, domain string, id, plain []byte) ([]byte, error) {
	const op = "vault.Seal"
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, closedError(op)
	}
	aead, err := v.recordCipher(ref)
	if err != nil {
		return nil, err
	}
	head := binary.LittleEndian.AppendUint32([]byte{v.head(sealedRecord, plainRecord)}, ref.Slot)
	head = binary.LittleEndian.AppendUint32(head, ref.Gen)
	return v.seal(nil, aead, head, domain, id, plain)
}

// SealMain seals plain, which belongs to no photo or case, bound to domain and id.
func (v *Vault) SealMain(domain string, id, plain []byte) ([]byte, error) {
	const op = "vault.SealMain"
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, closedError(op)
	}
	aead, err := chacha20poly1305.NewX(v.main)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "sealing failed", err)
	}
	return v.seal(nil, aead, []byte{v.head(sealedMain, plainMain)}, domain, id, plain)
}

func (v *Vault) head(sealed, plain byte) byte {
	if v.transparent {
		return plain
	}
	return sealed
}

// recordCipher reads a record key; callers hold mu.
func (v *Vault) recordCipher(ref KeyRef) (cipher.AEAD, error) {
	key, err := v.table.key(ref)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, "vault.recordCipher", "sealing failed", err)
	}
	return aead, nil
}

// seal appends the sealed bytes to dst.
func (v *Vault) seal(dst []byte, aead cipher.AEAD, head []byte, domain string, id, plain []byte) ([]byte, error) {
	if v.transparent {
		return append(append(dst, head...), plain...), nil
	}
	dst = slices.Grow(dst, len(head)+sealOverhead+len(plain))
	dst = append(dst, head...)
	dst = append(dst, make([]byte, chacha20poly1305.NonceSizeX)...)
	nonce := dst[len(dst)-chacha20poly1305.NonceSizeX:]
	if _, err := io.ReadFull(v.opts.Rand, nonce); err != nil {
		return nil, engine.E(engine.CodeInternal, "vault.seal", "no random numbers", err)
	}
	return aead.Seal(dst, nonce, plain, sealedData(head, domain, id)), nil
}

func sealedData(head []byte, domain string, id []byte) []byte {
	b := append([]byte("gabarit sealed v1\x00"), head...)
	b = appendLP(b, []byte(domain))
	return appendLP(b, id)
}

// Unseal opens what Seal or SealMain made for this domain and id. CodeNotFound: its key was
// destroyed. CodeCorrupt: the bytes are damaged, or were sealed for another place or vault.
func (v *Vault) Unseal(domain string, id, sealed []byte) ([]byte, error) {
	const op = "vault.Unseal"
	damaged := engine.E(engine.CodeCorrupt, op, "a stored record is damaged", nil)
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return nil, closedError(op)
	}
	headLen, overhead := 1, sealOverhead
	if v.transparent {
		overhead = 0
	}
	var aead cipher.AEAD
	var err error
	ref, ok := RefOf(sealed)
	switch {
	case ok && sealed[0] == v.head(sealedRecord, plainRecord):
		headLen = recordHeadLen
		aead, err = v.recordCipher(ref)
	case len(sealed) >= headLen+overhead && sealed[0] == v.head(sealedMain, plainMain):
		aead, err = chacha20poly1305.NewX(v.main)
	default:
		return nil, damaged
	}
	if err != nil {
		return nil, err
	}
	head, body := sealed[:headLen], sealed[headLen:]
	if v.transparent {
		return bytes.Clone(body), nil
	}
	nonce, body := body[:chacha20poly1305.NonceSizeX], body[chacha20poly1305.NonceSizeX:]
	plain, err := aead.Open(nil, nonce, body, sealedData(head, domain, id))
	if err != nil {
		return nil, damaged
	}
	return plain, nil
}
