package vault

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"golang.org/x/crypto/chacha20poly1305"

	"gabarit/engine"
)

// KeyRef names a record key: its slot in the key table and which of the keys that used the slot.
// It is no secret. The zero value names none.
type KeyRef struct {
	Slot uint32
	Gen  uint32 // from 1
}

// Layout of keys.tbl, see the package comment.
const (
	tableMagic   = "GABKEYS\x00"
	tableVersion = 1
	slotLen      = 128
	sumAt        = slotLen - crc32.Size
	nonceAt      = 8
	sealedAt     = nonceAt + chacha20poly1305.NonceSizeX
	sealedEnd    = sealedAt + keyLen + chacha20poly1305.Overhead
	slotEmpty    = 0
	slotLive     = 1
	slotGone     = 2
	slotIndex    = 3 // live, of the saved index
)

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func tableHeader(id []byte) []byte {
	b := make([]byte, 0, slotLen)
	b = append(b, tableMagic...)
	b = binary.LittleEndian.AppendUint32(b, tableVersion)
	b = binary.LittleEndian.AppendUint32(b, slotLen)
	b = append(b, id...)
	return sumUp(b)
}

// sumUp pads b to a slot and adds its checksum.
func sumUp(b []byte) []byte {
	b = append(b, make([]byte, sumAt-len(b))...)
	return binary.LittleEndian.AppendUint32(b, checksum(b))
}

func sumOK(b []byte) bool { return checksum(b[:sumAt]) == binary.LittleEndian.Uint32(b[sumAt:]) }

// tableScan is what opening a key table learns from it.
type tableScan struct {
	slots uint32            // whole slots, empty ones at the end left out
	free  []KeyRef          // the next key of each slot whose last one was destroyed or never used
	index map[uint32]uint32 // generations of the keys of state slotIndex, by slot
}

// scanTable checks a key table and finds its free slots. A damaged slot is passed over: only the
// records under its key are lost.
func scanTable(r io.Reader, id []byte) (tableScan, error) {
	scan := tableScan{index: map[uint32]uint32{}}
	b := make([]byte, slotLen)
	if _, err := io.ReadFull(r, b); err != nil {
		return scan, fmt.Errorf("header: %w", err)
	}
	if !bytes.Equal(b, tableHeader(id)) {
		return scan, errors.New("header is not that of this vault")
	}
	var empty []KeyRef
	for slot := uint32(0); slot < math.MaxUint32; slot++ {
		_, err := io.ReadFull(r, b)
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return scan, nil
		}
		if err != nil {
			return scan, err
		}
		if len(bytes.Trim(b, "\x00")) == 0 {
			empty = append(empty, KeyRef{slot, 1})
			continue
		}
		scan.free, empty = append(scan.free, empty...), nil
		scan.slots = slot + 1
		if sumOK(b) && b[0] == slotIndex {
			scan.index[slot] = slotGen(b)
		}
		if gen := slotGen(b); sumOK(b) && b[0] == slotGone && gen < math.MaxUint32 {
			scan.free = append(scan.free, KeyRef{slot, gen + 1})
		}
	}
	return scan, errors.New("too many slots")
}

func slotGen(b []byte) uint32 { return binary.LittleEndian.Uint32(b[4:]) }

// keyTable is keys.tbl. Its caller locks: read may run beside read only.
type keyTable struct {
	f     *os.File
	aead  cipher.AEAD // under "slots"
	rand  io.Reader
	slots uint32
	free  []KeyRef
	index map[uint32]uint32 // as in tableScan
}

// openTable takes ownership of key.
func openTable(path string, id, key []byte, random io.Reader) (*keyTable, error) {
	const op = "vault.openTable"
	defer clear(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, op, "the vault can't be opened", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, fileMode)
	if errors.Is(err, os.ErrNotExist) {
		return nil, engine.E(engine.CodeCorrupt, op, "the vault's key table is missing", err)
	}
	if err != nil {
		return nil, fileError(op, err)
	}
	scan, err := scanTable(newSlotReader(f), id)
	if err != nil {
		_ = f.Close() // nothing was written
		return nil, engine.E(engine.CodeCorrupt, op, "the vault's key table is damaged", err)
	}
	return &keyTable{f: f, aead: aead, rand: random, slots: scan.slots, free: scan.free, index: scan.index}, nil
}

func slotOffset(slot uint32) int64 { return slotLen * (1 + int64(slot)) }

func slotData(ref KeyRef) []byte {
	b := []byte("gabarit slot v1\x00")
	b = binary.LittleEndian.AppendUint32(b, ref.Slot)
	return binary.LittleEndian.AppendUint32(b, ref.Gen)
}

// add makes a record key, in a free slot or behind the last.
func (t *keyTable) add(state byte) (KeyRef, error) {
	ref := KeyRef{t.slots, 1}
	if len(t.free) > 0 {
		ref = t.free[len(t.free)-1]
	}
	if ref.Slot == math.MaxUint32 {
		return KeyRef{}, errors.New("the key table is full")
	}
	secret := make([]byte, chacha20poly1305.NonceSizeX+keyLen)
	defer clear(secret)
	if _, err := io.ReadFull(t.rand, secret); err != nil {
		return KeyRef{}, err
	}
	nonce, key := secret[:chacha20poly1305.NonceSizeX], secret[chacha20poly1305.NonceSizeX:]
	if err := t.write(state, ref, t.aead.Seal(bytes.Clone(nonce), nonce, key, slotData(ref))); err != nil {
		return KeyRef{}, err
	}
	if state == slotIndex {
		t.index[ref.Slot] = ref.Gen
	}
	if len(t.free) > 0 {
		t.free = t.free[:len(t.free)-1]
	} else {
		t.slots++
	}
	return ref, nil
}

func (t *keyTable) write(state byte, ref KeyRef, content []byte) error {
	b := []byte{state, 0, 0, 0}
	b = binary.LittleEndian.AppendUint32(b, ref.Gen)
	_, err := t.f.WriteAt(sumUp(append(b, content...)), slotOffset(ref.Slot))
	return err
}

// key reads a record key. The error is an engine.Error: CodeNotFound once the key was destroyed,
// CodeCorrupt where the table does not hold what it should.
func (t *keyTable) key(ref KeyRef) ([]byte, error) {
	const op = "vault.key"
	b := make([]byte, slotLen)
	if _, err := t.f.ReadAt(b, slotOffset(ref.Slot)); err != nil && !errors.Is(err, io.EOF) {
		return nil, fileError(op, err)
	} else if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "the vault's key table is cut off", nil)
	}
	gen := slotGen(b)
	switch {
	case !sumOK(b) || gen < ref.Gen || b[0] == slotEmpty:
		return nil, engine.E(engine.CodeCorrupt, op, "the key of a record is damaged", nil)
	case gen > ref.Gen || b[0] == slotGone:
		return nil, engine.E(engine.CodeNotFound, op, "the key of a record was destroyed", nil)
	}
	key, err := t.aead.Open(nil, b[nonceAt:sealedAt], b[sealedAt:sealedEnd], slotData(ref))
	if err != nil {
		return nil, engine.E(engine.CodeCorrupt, op, "the key of a record is damaged", nil)
	}
	return key, nil
}

// live lists the record keys that are there.
func (t *keyTable) live() ([]KeyRef, error) {
	var live []KeyRef
	r := newSlotReader(io.NewSectionReader(t.f, slotOffset(0), slotLen*int64(t.slots)))
	b := make([]byte, slotLen)
	for slot := range t.slots {
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		if sumOK(b) && b[0] == slotLive {
			live = append(live, KeyRef{slot, slotGen(b)})
		}
	}
	return live, nil
}

// destroy overwrites a key with random bytes. One that is gone already stays so; a damaged slot is
// overwritten too, as what can't be read may still be secret.
func (t *keyTable) destroy(ref KeyRef) error {
	if ref.Slot >= t.slots {
		return engine.E(engine.CodeNotFound, "vault.DestroyKeys", "there is no such key", nil)
	}
	b := make([]byte, slotLen)
	if _, err := t.f.ReadAt(b, slotOffset(ref.Slot)); err != nil {
		return err
	}
	if sumOK(b) && (b[0] == slotGone || slotGen(b) > ref.Gen) {
		return nil
	}
	noise := make([]byte, sealedEnd-nonceAt)
	if _, err := io.ReadFull(t.rand, noise); err != nil {
		return err
	}
	if err := t.write(slotGone, ref, noise); err != nil {
		return err
	}
	delete(t.index, ref.Slot)
	if ref.Gen < math.MaxUint32 {
		t.free = append(t.free, KeyRef{ref.Slot, ref.Gen + 1})
	}
	return nil
}

// close also lets go of the cipher: Go offers no way to wipe the key inside it.
func (t *keyTable) close() error {
	t.aead = nil
	return t.f.Close()
}
