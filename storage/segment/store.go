package segment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"gabarit/engine"
	"gabarit/storage/vault"
)

const (
	headName    = "head"
	newHeadName = "head.new"
	blockEnding = ".seg"
	headVersion = 1
	maxHead     = 1 << 30 // bytes
)

// Origin tells what a saved index was made of.
type Origin struct {
	Model  engine.ModelID
	Stamp  string // of the records, see storage.Store.Stamp
	Others string // the caller's
}

// Store is what is saved of the index of an open vault. Safe for concurrent use as engine.Segments tells.
type Store struct {
	v       *vault.Vault
	dir     string
	buffers sync.Pool    // of *buffer
	files   atomic.Int64 // kept open

	mu sync.RWMutex // held for writing by what changes the following
	state
	saving Origin // see Of
}

// state is what a head says.
type state struct {
	key    vault.KeyRef // of the head; zero: nothing is saved
	origin Origin
	pieces int
	blocks []*block
	index  []byte // head of the index
}

var _ engine.Segments = (*Store)(nil)

// Open finds what is saved in a vault and removes what a crash left over. damage tells that something was saved and can't be used: it is
// thrown away then, as what another version saved is. The caller keeps v open. CodeUnavailable: the disk.
func Open(v *vault.Vault) (s *Store, damage, err error) {
	s = &Store{v: v, dir: v.IndexDir()}
	s.buffers.New = func() any { return new(buffer) }
	found, err := s.readHead()
	switch engine.CodeOf(err) {
	case "":
		if damage = s.complete(found); damage == nil {
			s.state = found
		}
	case engine.CodeNotFound, engine.CodeUnsupported:
	case engine.CodeCorrupt:
		damage = err
	default:
		return nil, nil, err
	}
	return s, damage, s.sweep()
}

// readHead reads head as it is on disk; CodeNotFound: there is none, or it was thrown away.
func (s *Store) readHead() (state, error) {
	const op = "segment.Open"
	var none state
	sealed, err := readFile(filepath.Join(s.dir, headName), maxHead)
	if errors.Is(err, fs.ErrNotExist) {
		return none, engine.E(engine.CodeNotFound, op, "no index is saved", nil)
	}
	if err != nil {
		return none, fileError(op, err)
	}
	ref, ok := vault.RefOf(sealed)
	if !ok {
		return none, damaged(op, errors.New("head"))
	}
	plain, err := s.v.Unseal(domainHead, []byte(headName), sealed)
	if engine.CodeOf(err) == engine.CodeNotFound {
		return none, err
	}
	if err == nil {
		plain, err = s.checked(plain, ref, []byte(headName))
	}
	if err != nil {
		return none, damaged(op, err)
	}
	st, err := parseHead(plain)
	st.key = ref
	return st, err
}

// complete tells what is missing of what a head names.
func (s *Store) complete(st state) error {
	const op = "segment.Open"
	keys := s.v.IndexKeys()
	for i, b := range st.blocks {
		if _, held := slices.BinarySearchFunc(keys, b.ref, compareRefs); !held {
			return damaged(op, fmt.Errorf("key of block %d", i))
		}
		if info, err := os.Stat(b.path(s.dir)); err != nil || info.Size() != b.size {
			return damaged(op, fmt.Errorf("file of block %d", i))
		}
	}
	return nil
}

// sweep destroys keys and removes files that the state does not name. The lock is held, or nobody else has the store yet.
func (s *Store) sweep() error {
	const op = "segment.sweep"
	files, keys, err := s.leftover()
	if err != nil {
		return err
	}
	if err := s.v.DestroyKeys(keys...); err != nil { // first: a file may be hard to remove
		return err
	}
	for _, name := range files {
		if err := os.Remove(filepath.Join(s.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(op, err)
		}
	}
	if len(files) == 0 {
		return nil
	}
	return fileError(op, syncDir(s.dir))
}

// leftover lists files and keys that the state does not name.
func (s *Store) leftover() (files []string, keys []vault.KeyRef, err error) {
	named := map[string]bool{headName: s.key != vault.KeyRef{}}
	refs := map[vault.KeyRef]bool{s.key: true}
	for _, b := range s.blocks {
		named[b.name()], refs[b.ref] = true, true
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fileError("segment.leftover", err)
	}
	for _, e := range entries {
		if ours := e.Name() == headName || e.Name() == newHeadName || strings.HasSuffix(e.Name(), blockEnding); ours && !named[e.Name()] {
			files = append(files, e.Name())
		}
	}
	keys = slices.DeleteFunc(s.v.IndexKeys(), func(k vault.KeyRef) bool { return refs[k] })
	return files, keys, nil
}

// Head gives the head of the index and what it was made of; ok is false where nothing is saved.
func (s *Store) Head() (head []byte, of Origin, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index, s.origin, s.key != vault.KeyRef{}
}

// Blocks implements engine.Segments.
func (s *Store) Blocks() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.blocks)
}

// Discard throws away all that is saved, so that nothing of it can be opened any more. It does nothing where nothing is.
func (s *Store) Discard() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeFiles(nil)
	s.state = state{}
	return s.sweep()
}

// Rest closes the files that were kept open for reading. They are opened again where that is needed.
func (s *Store) Rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeFiles(nil)
}

// closeFiles closes the files of blocks that are not among those given. The lock is held for writing.
func (s *Store) closeFiles(but []*block) {
	for _, b := range s.blocks {
		if !slices.Contains(but, b) {
			b.close(s)
		}
	}
}

// Leftover counts files and keys that nothing names: of an older state, of which nothing must be left.
func (s *Store) Leftover() (int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	files, keys, err := s.leftover()
	return len(files) + len(keys), err
}

// Check reads all that is saved, as it is on disk, and tells what is damaged, and what is there although nothing names it.
func (s *Store) Check(ctx context.Context) (damage []string, err error) {
	s.Rest() // a file that was removed could still be read
	s.mu.RLock()
	defer s.mu.RUnlock()
	files, keys, err := s.leftover()
	if err != nil {
		return nil, err
	}
	if left := len(files) + len(keys); left > 0 {
		damage = append(damage, fmt.Sprintf("saved index: %d files and keys that nothing needs", left))
	}
	if s.key == (vault.KeyRef{}) {
		return damage, nil
	}
	if now, err := s.readHead(); err != nil || now.key != s.key {
		damage = append(damage, "saved index: head")
	}
	all := make([]int, s.pieces)
	for i := range all {
		all[i] = i
	}
	for i := range s.blocks {
		if err := ctx.Err(); err != nil {
			return damage, engine.E(engine.CodeCanceled, "segment.Check", "stopped", err)
		}
		err := s.read(i, all, func(int, []byte) error { return nil })
		if engine.CodeOf(err) == engine.CodeCorrupt {
			damage = append(damage, fmt.Sprintf("saved index: block %d", i))
		} else if err != nil {
			return damage, err
		}
	}
	return damage, nil
}

// appendHead appends what head says.
func (st *state) appendHead(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, headVersion)
	for _, text := range []string{string(st.origin.Model), st.origin.Stamp, st.origin.Others} {
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(st.pieces))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(st.blocks)))
	for _, k := range st.blocks {
		b = binary.LittleEndian.AppendUint32(b, k.ref.Slot)
		b = binary.LittleEndian.AppendUint32(b, k.ref.Gen)
		b = binary.LittleEndian.AppendUint64(b, uint64(k.size))
	}
	return append(b, st.index...)
}

// parseHead is the reverse of appendHead.
func parseHead(b []byte) (st state, err error) {
	const op = "segment.Open"
	short := damaged(op, errors.New("head is too short"))
	number := func(n int) (v uint64) {
		if len(b) < n {
			b, err = nil, short
			return 0
		}
		for i := range n {
			v |= uint64(b[i]) << (8 * i)
		}
		b = b[n:]
		return v
	}
	if version := number(4); err == nil && version != headVersion {
		return st, engine.E(engine.CodeUnsupported, op, "the saved index is of another version", nil)
	}
	var texts [3]string
	for i := range texts {
		n := number(4)
		if n > uint64(len(b)) {
			return st, short
		}
		texts[i], b = string(b[:n]), b[n:]
	}
	st.origin = Origin{Model: engine.ModelID(texts[0]), Stamp: texts[1], Others: texts[2]}
	st.pieces = int(number(4))
	blocks := number(4)
	if err != nil || blocks > uint64(len(b))/16 || st.pieces > maxPieces {
		return state{}, short
	}
	for range blocks {
		ref := vault.KeyRef{Slot: uint32(number(4)), Gen: uint32(number(4))}
		st.blocks = append(st.blocks, &block{ref: ref, size: int64(number(8))})
	}
	st.index = slices.Clone(b)
	return st, nil
}
