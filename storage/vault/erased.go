package vault

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gabarit/engine"
)

// NotedErasure is an erasure and some of the keys it noted.
type NotedErasure struct {
	Erasure string
	Keys    []ErasedKey
}

// NoteErasure notes the keys that an erasure is about to destroy, durably, in the vault and in StateDir.
// It must come before DestroyKeys, while the keys can still be told from others; those that are gone already come with their
// fingerprint. Called again for the same
// erasure it adds the keys that are not noted yet. Where only the copy in StateDir fails there is no error:
// StateProblem tells it. CodeInvalid: erasure or a record's ID can't be noted.
func (v *Vault) NoteErasure(erasure string, keys []ErasedKey) error {
	const op = "vault.NoteErasure"
	if !validErasure(erasure) || slices.ContainsFunc(keys, func(k ErasedKey) bool { return len(k.Record) > maxRecordLen }) {
		return engine.E(engine.CodeInvalid, op, "this erasure can't be noted", nil)
	}
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	noted, next := map[KeyRef]fingerprint{}, 1
	for n, err := range v.notes(erasure) {
		if err != nil {
			return err
		}
		next = n.part + 1
		for _, k := range n.keys {
			noted[k.Ref] = k.mark
		}
	}
	var missing []notedKey
	for _, k := range keys {
		mark, ok, err := v.fingerprintOf(k.Ref)
		if err != nil {
			return err
		}
		if k.Mark != (Fingerprint{}) {
			mark, ok, k.Mark = k.Mark, true, Fingerprint{}
		}
		if before, done := noted[k.Ref]; done && (!ok || before == mark) {
			continue
		}
		noted[k.Ref] = mark
		missing = append(missing, notedKey{k, mark})
	}
	for ; len(missing) > 0 || next == 1; next++ { // one without keys is noted too: it counts
		n := min(len(missing), maxNoteKeys)
		if err := v.writeNote(note{erasure, next, missing[:n]}); err != nil {
			return err
		}
		missing = missing[n:]
	}
	return nil
}

// LiveErased lists the noted keys that are in the table again, each with its erasure: a copy of the
// vault from before the erasure was restored, or the program ended before DestroyKeys. Another key that took
// the slot is never listed. CodeCorrupt, naming the file: a note is damaged, and so is its copy, if any. Like Erasures and NotedKeys it
// first copies what only one of the vault and StateDir holds to the other.
func (v *Vault) LiveErased() ([]NotedErasure, error) {
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	var all []NotedErasure
	for n, err := range v.notes("") {
		if err != nil {
			return nil, err
		}
		for _, k := range n.keys {
			now, ok, err := v.fingerprintOf(k.Ref)
			if err != nil {
				return nil, err
			}
			if !ok || now != k.mark {
				continue
			}
			if len(all) == 0 || all[len(all)-1].Erasure != n.erasure {
				all = append(all, NotedErasure{Erasure: n.erasure})
			}
			last := &all[len(all)-1]
			last.Keys = append(last.Keys, k.ErasedKey)
		}
	}
	return all, nil
}

// Erasures counts the erasures noted so far and their keys.
func (v *Vault) Erasures() (erasures, keys int, err error) {
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	last := ""
	for n, err := range v.notes("") {
		if err != nil {
			return 0, 0, err
		}
		if n.erasure != last {
			erasures++
		}
		last = n.erasure
		keys += len(n.keys)
	}
	return erasures, keys, nil
}

// NotedKeys lists the keys of all erasures noted so far: no record may need one of them. Left out are
// those whose slot and generation name another key by now, which happens in a restored copy only.
func (v *Vault) NotedKeys() ([]ErasedKey, error) {
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	var all []ErasedKey
	for n, err := range v.notes("") {
		if err != nil {
			return nil, err
		}
		for _, k := range n.keys {
			now, ok, err := v.fingerprintOf(k.Ref)
			if err != nil {
				return nil, err
			}
			if !ok || now == k.mark {
				all = append(all, k.ErasedKey)
			}
		}
	}
	return all, nil
}

// StateDir is this vault's own folder in Options.StateDir, made if need be; "" where there is none or it
// can't be made, which StateProblem tells.
func (v *Vault) StateDir() string {
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	if v.state == "" {
		return ""
	}
	if err := makeDirs(v.state); err != nil {
		v.problem = stateError(err)
		return ""
	}
	return v.state
}

// StateProblem tells why the notes in StateDir are not as complete as the vault's own, nil if they are or
// if there is no StateDir. The vault works without them, but a copy of it that is restored from an old backup
// would bring erased records back. It is found anew each time the notes are read. A note that was damaged and
// written anew from its copy is told here, too.
func (v *Vault) StateProblem() error {
	v.notesMu.Lock()
	defer v.notesMu.Unlock()
	if v.problem == nil {
		return v.mended
	}
	return v.problem
}

func stateError(cause error) error {
	return engine.E(engine.CodeUnavailable, "vault.StateDir", "the notes of erasures outside the vault can't be read or written", cause)
}

// notes reads the parts of an erasure's note ("": of all) in order, one in memory at a time, and makes
// the vault's folder and StateDir alike. Callers hold notesMu.
func (v *Vault) notes(erasure string) iter.Seq2[note, error] {
	return func(yield func(note, error) bool) {
		mine, err := noteNames(v.notesDir())
		if err != nil {
			yield(note{}, err)
			return
		}
		if erasure == "" {
			v.problem = nil
		}
		var copies map[string]note
		if v.state != "" {
			if copies, err = noteNames(v.stateNotes()); engine.CodeOf(err) == engine.CodeCorrupt {
				v.problem = err
			} else if err != nil {
				v.problem = stateError(err)
			}
		}
		all := maps.Clone(mine)
		maps.Copy(all, copies)
		for _, n := range slices.SortedFunc(maps.Values(all), note.compare) {
			if erasure != "" && n.erasure != erasure {
				continue
			}
			_, inVault := mine[n.name()]
			_, inState := copies[n.name()]
			n.keys, err = v.readNote(n.name(), inVault, inState)
			if !yield(n, err) || err != nil {
				return
			}
		}
	}
}

func (v *Vault) notesDir() string   { return filepath.Join(v.dir, notesName) }
func (v *Vault) stateNotes() string { return filepath.Join(v.state, notesName) }

// noteNames finds the notes in a folder, by file name. What is neither a note nor a file that was being
// written is CodeCorrupt, beside the notes found: a note under a wrong name must not be passed over.
func noteNames(dir string) (map[string]note, error) {
	found := map[string]note{}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, fileError("vault.notes", err)
	}
	var strange error
	for _, e := range entries {
		n, err := parseNoteName(e.Name())
		switch {
		case isTemp(e.Name()):
		case err != nil || !e.Type().IsRegular():
			strange = noteError(filepath.Join(dir, e.Name()), errors.New("not a note"))
		default:
			found[e.Name()] = n
		}
	}
	return found, strange
}

// readNote reads a note from where it is and copies it to where it is not. The vault's own file counts;
// that of StateDir stands in for one that is missing or damaged.
func (v *Vault) readNote(name string, inVault, inState bool) ([]notedKey, error) {
	var copied []byte
	var err error
	if inState {
		if copied, err = readFile(filepath.Join(v.stateNotes(), name)); err != nil && inVault {
			v.problem = stateError(err)
		}
	}
	if !inVault {
		if err != nil {
			return nil, stateError(err)
		}
		keys, err := v.openNote(filepath.Join(v.stateNotes(), name), copied)
		if err == nil {
			err = putFile(v.notesDir(), name, copied)
		}
		return keys, err
	}
	path := filepath.Join(v.notesDir(), name)
	data, err := readFile(path)
	if err != nil {
		return nil, fileError("vault.notes", err)
	}
	keys, err := v.openNote(path, data)
	switch {
	case engine.CodeOf(err) == engine.CodeCorrupt && inState:
		return v.mendNote(name, copied, err)
	case err != nil:
		return nil, err
	case !inState:
		v.copyNote(name, data)
	case !bytes.Equal(data, copied):
		v.problem = noteError(filepath.Join(v.stateNotes(), name), errors.New("differs from the vault's"))
	}
	return keys, nil
}

// mendNote writes a damaged note of the vault anew from its copy in StateDir, if that one is whole. damage is
// given back where it is not, and told by StateProblem where it is.
func (v *Vault) mendNote(name string, copied []byte, damage error) ([]notedKey, error) {
	keys, err := v.openNote(filepath.Join(v.stateNotes(), name), copied)
	if err != nil {
		return nil, damage
	}
	if err := putFile(v.notesDir(), name, copied); err != nil {
		return nil, err
	}
	v.mended = engine.E(engine.CodeCorrupt, "vault.notes", "a damaged note of an erasure was written anew from its copy", damage)
	return keys, nil
}

// writeNote makes a new note file, and its copy.
func (v *Vault) writeNote(n note) error {
	data, err := v.SealMain(noteDomain, []byte(n.name()), encodeNote(n.keys))
	if err != nil {
		return err
	}
	if err := putFile(v.notesDir(), n.name(), data); err != nil {
		return err
	}
	v.copyNote(n.name(), data)
	return nil
}

func (v *Vault) copyNote(name string, data []byte) {
	if v.state == "" {
		return
	}
	if err := putFile(v.stateNotes(), name, data); err != nil {
		v.problem = stateError(err)
	}
}

// putFile writes dir/name durably, dir too.
func putFile(dir, name string, data []byte) error {
	err := makeDirs(dir)
	if err == nil {
		err = writeAtomic(dir, name, data)
	}
	if err != nil {
		return fileError("vault.notes", err)
	}
	return nil
}

// readFile reads a note file, of which it takes no more than a note can be long.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(maxNoteLen)+1))
}
