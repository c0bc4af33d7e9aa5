package kv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/table"
	"github.com/dgraph-io/badger/v4/y"

	"gabarit/engine"
)

// Badger's logs, those of the values (*.vlog) and those of what is in memory only (*.mem), begin with
// u64(data key) and 12 bytes that encryption starts from; entries follow: flags, user's flags, uvarints of the
// lengths of key and value and of the time of expiry, key and value (encrypted together), u32(CRC-32C of all
// before). What comes first is what was written first; zeros follow.
//
// Badger reads a memory's log, and the last file of the values, up to the first entry that does not
// check, and cuts off the rest without a word. That is right for what a crash left unfinished: one transaction,
// never acknowledged. Where more follows, entries were damaged later.
type logFile struct {
	b   []byte
	key *pb.DataKey // nil: not encrypted
}

type logEntry struct {
	at, next   int
	flags      byte
	key, value []byte
}

func (t *tables) readLog(path string) (*logFile, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	l := &logFile{b: b}
	if len(b) >= logHeader {
		l.key, err = t.keys.DataKey(binary.BigEndian.Uint64(b))
	}
	return l, err
}

// entry reads what is at an offset; ok is false for what does not check. The records of storage have neither
// flags of their own nor an expiry.
func (l *logFile) entry(at int) (e logEntry, ok bool) {
	b := l.b[min(at, len(l.b)):]
	if len(b) < 9 || b[1] != 0 {
		return e, false
	}
	n := 2
	var lengths [3]uint64
	for i := range lengths {
		v, size := binary.Uvarint(b[n:])
		if size <= 0 {
			return e, false
		}
		lengths[i], n = v, n+size
	}
	room := uint64(len(b) - n)
	if lengths[0] == 0 || lengths[0] > 1<<16 || lengths[1] > room || lengths[2] != 0 || lengths[0]+lengths[1]+crc32.Size > room {
		return e, false
	}
	key, end := int(lengths[0]), n+int(lengths[0]+lengths[1])
	if crc32.Checksum(b[:end], y.CastagnoliCrcTable) != binary.BigEndian.Uint32(b[end:]) {
		return e, false
	}
	content := b[n:end]
	if l.key != nil {
		iv := binary.BigEndian.AppendUint32(slices.Clone(l.b[8:logHeader]), uint32(at))
		plain, err := y.XORBlockAllocate(content, l.key.Data, iv)
		if err != nil {
			return e, false
		}
		content = plain
	}
	return logEntry{at, at + end + crc32.Size, b[0], content[:key], content[key:]}, true
}

// run gives the entries from an offset up to the first that does not check.
func (l *logFile) run(at int) iter.Seq[logEntry] {
	return func(yield func(logEntry) bool) {
		for e, ok := l.entry(at); ok && yield(e); e, ok = l.entry(e.next) {
			continue
		}
	}
}

// search gives all entries that check from an offset on, whatever lies between them.
func (l *logFile) search(at int) iter.Seq[logEntry] {
	return func(yield func(logEntry) bool) {
		for used := len(bytes.TrimRight(l.b, "\x00")); at < used; {
			e, ok := l.entry(at)
			if !ok {
				at++
				continue
			}
			if !yield(e) {
				return
			}
			at = e.next
		}
	}
}

// replay gives what Badger takes over from a memory's log, and where it stops.
func (l *logFile) replay() (taken []logEntry, end int) {
	var pending []logEntry // of a transaction
	var number uint64
	end = logHeader
	for e := range l.run(logHeader) {
		switch {
		case e.flags&flagTxn != 0:
			if len(pending) == 0 {
				number = y.ParseTs(e.key)
			}
			if y.ParseTs(e.key) != number {
				return taken, end
			}
			pending = append(pending, e)
		case e.flags&flagTxnEnd != 0:
			if n, err := strconv.ParseUint(string(e.value), 10, 64); err != nil || len(pending) == 0 || n != number {
				return taken, end
			}
			taken, pending, end = append(taken, pending...), nil, e.next
		default:
			if len(pending) > 0 {
				return taken, end
			}
			taken, end = append(taken, e), e.next
		}
	}
	return taken, end
}

// lost counts transactions that Badger would cut off although they had been acknowledged: behind its end there
// is more than one. Moved values belong to none.
func (l *logFile) lost(end int) int {
	numbers := map[uint64]bool{}
	for e := range l.search(end) {
		number := uint64(0)
		if e.flags&(flagTxn|flagTxnEnd) != 0 {
			number = y.ParseTs(e.key)
		}
		numbers[number] = true
	}
	if len(numbers) < 2 {
		return 0
	}
	return len(numbers)
}

// checkLogs tells what Badger would cut off in silence, and keeps it from doing so to values.
func (t *tables) checkLogs() (found []engine.Warning, err error) {
	names, err := filepath.Glob(filepath.Join(t.o.Dir, "*.mem"))
	if err != nil {
		return nil, err
	}
	used := map[uint32]uint32{} // by file of the value log: the last offset pointed to
	lost := 0
	for _, name := range names {
		l, err := t.readLog(name)
		if err != nil {
			return nil, err
		}
		taken, end := l.replay()
		for _, e := range taken {
			note(used, y.ValueStruct{Meta: e.flags, Value: e.value})
		}
		lost += l.lost(end)
	}
	if lost > 0 {
		found = append(found, engine.Warning{Msg: "the last changes were damaged on the disk and are lost", Detail: strconv.Itoa(lost)})
	}
	damaged, err := t.protectValues(used)
	if damaged {
		found = append(found, engine.Warning{Msg: "pictures were damaged on the disk: check the vault"})
	}
	return found, err
}

func note(used map[uint32]uint32, v y.ValueStruct) {
	if file, _, ok := pointer(v); ok {
		used[file] = max(used[file], binary.NativeEndian.Uint32(v.Value[8:]))
	}
}

// protectValues looks at the last file of the value log. If it is damaged before values that are in use it makes
// one more file, so that Badger leaves the damaged one as it is and only what was damaged is lost.
func (t *tables) protectValues(used map[uint32]uint32) (damaged bool, err error) {
	files, err := logFiles(t.o.Dir)
	if err != nil || len(files) == 0 {
		return false, err
	}
	last := slices.Max(slices.Collect(maps.Keys(files)))
	l, err := t.readLog(logPath(t.o.Dir, last))
	if err != nil {
		return false, err
	}
	end := l.end()
	intact := false
	for range l.search(end) {
		intact = true
		break
	}
	if !intact {
		return false, nil
	}
	for id := range t.list {
		err := t.use(id, func(open *table.Table) error {
			return each(open, func(_ []byte, v y.ValueStruct) error {
				note(used, v)
				return nil
			})
		})
		if err != nil {
			return false, err
		}
	}
	if int(used[last]) < end {
		return false, nil // left by a crash
	}
	return true, errors.Join(writeSynced(logPath(t.o.Dir, last+1), make([]byte, logHeader)), syncDir(t.o.Dir))
}

// end is where the entries that check end.
func (l *logFile) end() int {
	end := logHeader
	for e := range l.run(logHeader) {
		end = e.next
	}
	return end
}

// checkValues refuses a file of the value log that is damaged. Badger, collecting it, would take what it can read,
// up to the damage, and delete the file.
func checkValues(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	l := &logFile{b: b}
	if rest := b[min(l.end(), len(b)):]; len(bytes.Trim(rest, "\x00")) > 0 {
		return fmt.Errorf("%s: %w", filepath.Base(path), y.ErrChecksumMismatch)
	}
	return nil
}
