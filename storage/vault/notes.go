package vault

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gabarit/engine"
)

// ErasedKey is a record key that an erasure destroys, and what was sealed with it.
type ErasedKey struct {
	Ref    KeyRef
	Record string // ID of the photo or case, at most 255 bytes
	// Mark is the key's fingerprint, taken by Fingerprint before the key was destroyed; zero: the key is still there. It is not given
	// back by those that list what was noted.
	Mark Fingerprint
}

// Fingerprint tells a record key from any other that has, had or will have its slot and generation: a
// keyed hash of the key itself. Zero: there was no key to take it of.
type Fingerprint [32]byte

// MarshalText implements encoding.TextMarshaler: hex.
func (f Fingerprint) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, f[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Fingerprint) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err == nil && len(b) != len(f) {
		err = errors.New("not the length of a fingerprint")
	}
	copy(f[:], b)
	return err
}

// Fingerprint gives that of the key that ref names now; zero where there is none.
func (v *Vault) Fingerprint(ref KeyRef) (Fingerprint, error) {
	mark, _, err := v.fingerprintOf(ref)
	return mark, err
}

type fingerprint = Fingerprint

type notedKey struct {
	ErasedKey
	mark fingerprint
}

// note is a part of what is noted of an erasure, and a file. Parts count from 1.
type note struct {
	erasure string
	part    int
	keys    []notedKey
}

// Limits of notes. A note file is read whole: its size bounds the memory that reading them takes.
const (
	noteVersion    = 1
	noteDomain     = "erasure note"
	markPurpose    = "erased keys"
	maxNoteKeys    = 1 << 14
	maxRecordLen   = math.MaxUint8
	noteHeadLen    = 4 + 4
	noteEntryLen   = 4 + 4 + len(fingerprint{}) + 1 // and the record's ID
	maxNoteLen     = 1 + sealOverhead + noteHeadLen + maxNoteKeys*(noteEntryLen+maxRecordLen)
	maxErasureName = 64
)

func (n note) name() string { return n.erasure + "-" + strconv.Itoa(n.part) }

func (n note) compare(o note) int {
	return cmp.Or(strings.Compare(n.erasure, o.erasure), cmp.Compare(n.part, o.part))
}

// parseNoteName is the inverse of name.
func parseNoteName(name string) (note, error) {
	i := max(strings.LastIndexByte(name, '-'), 0)
	part, err := strconv.Atoi(strings.TrimPrefix(name[i:], "-"))
	n := note{erasure: name[:i], part: part}
	if err != nil || part < 1 || !validErasure(n.erasure) || n.name() != name {
		return note{}, errors.New("not the name of a note")
	}
	return n, nil
}

// validErasure reports whether an erasure's ID can be the name of a file.
func validErasure(id string) bool {
	return id != "" && len(id) <= maxErasureName && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_'
	})
}

// encodeNote gives the bytes that a note file seals, see the package comment.
func encodeNote(keys []notedKey) []byte {
	b := binary.LittleEndian.AppendUint32(nil, noteVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(keys)))
	for _, k := range keys {
		b = binary.LittleEndian.AppendUint32(b, k.Ref.Slot)
		b = binary.LittleEndian.AppendUint32(b, k.Ref.Gen)
		b = append(b, k.mark[:]...)
		b = append(b, byte(len(k.Record)))
		b = append(b, k.Record...)
	}
	return b
}

// decodeNote reads what encodeNote made.
func decodeNote(b []byte) ([]notedKey, error) {
	if len(b) < noteHeadLen {
		return nil, errors.New("too short")
	}
	version, n := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
	if version != noteVersion || n > maxNoteKeys {
		return nil, fmt.Errorf("version %d with %d keys", version, n)
	}
	b = b[noteHeadLen:]
	keys := make([]notedKey, n)
	for i := range keys {
		if len(b) < noteEntryLen || len(b) < noteEntryLen+int(b[noteEntryLen-1]) {
			return nil, fmt.Errorf("cut off at key %d of %d", i, n)
		}
		end := noteEntryLen + int(b[noteEntryLen-1])
		keys[i].Ref = KeyRef{binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])}
		keys[i].mark = fingerprint(b[8:])
		keys[i].Record = string(b[noteEntryLen:end])
		b = b[end:]
	}
	if len(b) > 0 {
		return nil, fmt.Errorf("%d bytes too many", len(b))
	}
	return keys, nil
}

// openNote reads the content of a note file. CodeCorrupt, naming it: it is damaged, or is another note, or
// that of another vault.
func (v *Vault) openNote(path string, data []byte) ([]notedKey, error) {
	plain, err := v.Unseal(noteDomain, []byte(filepath.Base(path)), data)
	var keys []notedKey
	if err == nil {
		if keys, err = decodeNote(plain); err != nil {
			return nil, noteError(path, err)
		}
	} else if engine.CodeOf(err) == engine.CodeCorrupt {
		return nil, noteError(path, err)
	}
	return keys, err
}

func noteError(path string, cause error) error {
	return engine.E(engine.CodeCorrupt, "vault.notes", "a note of an erasure is damaged", fmt.Errorf("%s: %w", path, cause))
}

// fingerprintOf takes the fingerprint of the key that ref names now. ok is false where there is none: it was
// destroyed, never made or damaged, or another generation took the slot.
func (v *Vault) fingerprintOf(ref KeyRef) (mark fingerprint, ok bool, err error) {
	const op = "vault.notes"
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.closed {
		return fingerprint{}, false, closedError(op)
	}
	key, err := v.table.key(ref)
	if code := engine.CodeOf(err); code == engine.CodeNotFound || code == engine.CodeCorrupt {
		return fingerprint{}, false, nil
	}
	if err != nil {
		return fingerprint{}, false, err
	}
	defer clear(key)
	under := v.purposeKey(markPurpose)
	defer clear(under)
	return keyedHash(under, key), true, nil
}
