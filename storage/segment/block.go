package segment

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"gabarit/engine"
	"gabarit/storage/vault"
)

const (
	magic       = "GABSEG1\n"
	domainHead  = "index head"
	domainPiece = "index piece"
	maxPieces   = 1 << 12
	maxPiece    = 16 << 20  // bytes, sealed
	maxRun      = 256 << 10 // bytes read at once, unless one piece is longer
	maxFiles    = 512       // that are kept open: a million faces have half as many
	fileMode    = 0o600
	dirMode     = 0o700
)

// block is a file of a block.
type block struct {
	ref  vault.KeyRef
	size int64 // of the file

	mu     sync.Mutex // held while what follows is made
	file   *os.File   // kept open; nil: it is opened for each reading
	sealer *vault.Sealer
	starts []int64 // of the pieces in the file, and its end
}

func (b *block) name() string {
	return fmt.Sprintf("%08x-%08x%s", b.ref.Slot, b.ref.Gen, blockEnding)
}

func (b *block) path(dir string) string { return filepath.Join(dir, b.name()) }

func compareRefs(a, b vault.KeyRef) int {
	return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Gen, b.Gen))
}

// damaged is the error of something that was saved and is not as it was.
func damaged(op string, cause error) error {
	return engine.E(engine.CodeCorrupt, op, "the saved index is damaged", cause)
}

// fileError translates an error of the file system; nil stays nil.
func fileError(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return engine.E(engine.CodeUnavailable, op, "the disk is full", err)
	}
	return engine.E(engine.CodeUnavailable, op, "the vault's folder can't be read or written", err)
}

// readError tells a file that is not as it was written from a disk that may do better next time.
func readError(op string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.EIO) {
		return damaged(op, err)
	}
	return fileError(op, err)
}

// Read implements engine.Segments.
func (s *Store) Read(block int, pieces []int, fn func(piece int, plain []byte) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.read(block, pieces, fn)
}

// read is Read; the lock is held.
func (s *Store) read(n int, pieces []int, fn func(piece int, plain []byte) error) error {
	const op = "segment.Read"
	if n < 0 || n >= len(s.blocks) {
		return damaged(op, fmt.Errorf("there is no block %d", n))
	}
	b := s.blocks[n]
	f, kept, err := b.open(s)
	if err != nil {
		return err
	}
	if !kept {
		defer f.Close()
	}
	sealed, plain := s.buffer(), s.buffer()
	defer s.putBack(sealed)
	defer s.putBack(plain)
	for len(pieces) > 0 {
		run, err := b.run(pieces)
		if err != nil {
			return err
		}
		from, to := b.starts[pieces[0]], b.starts[pieces[run-1]+1]
		read := sealed.room(int(to - from))
		if _, err := f.ReadAt(read, from); err != nil {
			return readError(op, err)
		}
		for _, p := range pieces[:run] {
			opened, err := s.openPiece(plain.bytes[:0], b, n, p, read[b.starts[p]-from:b.starts[p+1]-from])
			plain.keep(opened)
			if err == nil {
				err = fn(p, opened)
			}
			if err != nil {
				return err
			}
		}
		pieces = pieces[run:]
	}
	return nil
}

// run tells how many of the pieces follow one another in the file and are read at once.
func (b *block) run(pieces []int) (int, error) {
	n := 0
	for n < len(pieces) {
		p := pieces[n]
		if p < 0 || p+1 >= len(b.starts) {
			return 0, damaged("segment.Read", fmt.Errorf("there is no piece %d", p))
		}
		if n > 0 && (p != pieces[n-1]+1 || b.starts[p+1]-b.starts[pieces[0]] > maxRun) {
			break
		}
		n++
	}
	return n, nil
}

// open gives the file of the block. Some files are kept open: single pieces are read again and again. The lock is held.
func (b *block) open(s *Store) (f *os.File, kept bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file != nil {
		return b.file, true, nil
	}
	if f, err = os.Open(b.path(s.dir)); err != nil {
		return nil, false, readError("segment.Read", err)
	}
	if err := b.readLengths(s, f); err != nil {
		return nil, false, errors.Join(err, f.Close())
	}
	if s.files.Add(1) <= maxFiles {
		b.file = f
		return f, true, nil
	}
	s.files.Add(-1)
	return f, false, nil
}

// close closes the file if it was kept open. Nobody reads.
func (b *block) close(s *Store) {
	if b.file != nil {
		_ = b.file.Close() // nothing was written to it
		b.file = nil
		s.files.Add(-1)
	}
}

// readLengths reads where the pieces are, and the key, unless it did.
func (b *block) readLengths(s *Store, f *os.File) error {
	const op = "segment.Read"
	if b.sealer != nil {
		return nil
	}
	head := make([]byte, len(magic)+4+4*s.pieces)
	if _, err := f.ReadAt(head, 0); err != nil {
		return readError(op, err)
	}
	if string(head[:len(magic)]) != magic || int(binary.LittleEndian.Uint32(head[len(magic):])) != s.pieces {
		return damaged(op, errors.New("beginning of a block's file"))
	}
	starts := make([]int64, s.pieces+1)
	starts[0] = int64(len(head))
	for i := range s.pieces {
		n := binary.LittleEndian.Uint32(head[len(magic)+4+4*i:])
		if n > maxPiece {
			return damaged(op, errors.New("length of a piece"))
		}
		starts[i+1] = starts[i] + int64(n)
	}
	if starts[s.pieces] != b.size {
		return damaged(op, errors.New("length of a block's file"))
	}
	sealer, err := s.v.Sealer(b.ref)
	if engine.CodeOf(err) == engine.CodeNotFound || engine.CodeOf(err) == engine.CodeCorrupt {
		return damaged(op, err)
	}
	if err == nil {
		b.sealer, b.starts = sealer, starts
	}
	return err
}

func pieceID(block, piece int) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, uint32(block)), uint32(piece))
}

func (s *Store) openPiece(dst []byte, b *block, n, piece int, sealed []byte) ([]byte, error) {
	id := pieceID(n, piece)
	plain, err := b.sealer.Unseal(dst, domainPiece, id, sealed)
	if engine.CodeOf(err) == engine.CodeCorrupt {
		err = damaged("segment.Read", err)
	}
	if err != nil {
		return dst, err
	}
	return s.checked(plain, b.ref, id)
}

// summed appends what tells damage where no seal does.
func (s *Store) summed(plain []byte, ref vault.KeyRef, id []byte) []byte {
	if !s.v.Transparent() {
		return plain
	}
	return binary.LittleEndian.AppendUint32(plain, sum(plain, ref, id))
}

// checked takes off what summed appended.
func (s *Store) checked(plain []byte, ref vault.KeyRef, id []byte) ([]byte, error) {
	if !s.v.Transparent() {
		return plain, nil
	}
	n := len(plain) - crc32.Size
	if n < 0 || binary.LittleEndian.Uint32(plain[n:]) != sum(plain[:n], ref, id) {
		return plain, damaged("segment.Read", errors.New("checksum"))
	}
	return plain[:n], nil
}

func sum(plain []byte, ref vault.KeyRef, id []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	about := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, ref.Slot), ref.Gen)
	return crc32.Update(crc32.Checksum(append(about, id...), table), table, plain)
}

// buffer is memory for pieces, which is used again and overwritten in between.
type buffer struct {
	bytes []byte
	used  int // bytes from the start that something was written to
}

func (s *Store) buffer() *buffer { return s.buffers.Get().(*buffer) }

// putBack overwrites what was written to the buffer.
func (s *Store) putBack(b *buffer) {
	clear(b.bytes[:b.used])
	b.used = 0
	s.buffers.Put(b)
}

// room gives n bytes. What they hold is not to be looked at.
func (b *buffer) room(n int) []byte {
	if cap(b.bytes) < n {
		b.keep(make([]byte, n))
	}
	b.used = max(b.used, n)
	return b.bytes[:n]
}

// keep takes what was appended to the buffer's first bytes; where that needed other memory, the old one is overwritten.
func (b *buffer) keep(appended []byte) {
	if cap(appended) > cap(b.bytes) {
		clear(b.bytes[:b.used])
		b.used = 0
	}
	if cap(appended) >= cap(b.bytes) {
		b.bytes = appended[:cap(appended)]
	}
	b.used = max(b.used, len(appended))
}

// write writes the file of a block and makes it durable, but for its name.
func (b *block) write(s *Store, n int, in engine.SavedIndex) (err error) {
	const op = "segment.Replace"
	sealer, err := s.v.Sealer(b.ref)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(b.path(s.dir), os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return fileError(op, err)
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = fileError(op, cerr)
		}
	}()
	head := binary.LittleEndian.AppendUint32([]byte(magic), uint32(in.Pieces))
	head = append(head, make([]byte, 4*in.Pieces)...)
	if _, err := f.Seek(int64(len(head)), io.SeekStart); err != nil {
		return fileError(op, err)
	}
	w := bufio.NewWriterSize(f, maxRun)
	plain, sealed := s.buffer(), s.buffer()
	defer s.putBack(plain)
	defer s.putBack(sealed)
	b.size = int64(len(head))
	for p := range in.Pieces {
		id := pieceID(n, p)
		piece := s.summed(in.Piece(n, p, plain.bytes[:0]), b.ref, id)
		plain.keep(piece)
		closed, err := sealer.Seal(sealed.bytes[:0], domainPiece, id, piece)
		sealed.keep(closed)
		if err != nil {
			return err
		}
		if _, err := w.Write(closed); err != nil {
			return fileError(op, err)
		}
		binary.LittleEndian.PutUint32(head[len(magic)+4+4*p:], uint32(len(closed)))
		b.size += int64(len(closed))
	}
	if err := w.Flush(); err != nil {
		return fileError(op, err)
	}
	if _, err := f.WriteAt(head, 0); err != nil {
		return fileError(op, err)
	}
	return fileError(op, f.Sync())
}
