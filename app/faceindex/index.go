// Package faceindex keeps the index of the open vault in step with the records and with what is saved of it on disk. App owns one
// for each time a vault is open, and searches, collects and erases through it. Templates of two models can't be compared, so it
// holds only those of the model in use.
//
// The records are the truth. What is saved is used only if it was made of these very records (their stamp) for this model; else, and
// where a part of it turns out to be damaged, it is thrown away and made anew, and a search that met the damage is made again. No
// answer is ever given without a part that could not be read.
package faceindex

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"gabarit/engine"
	"gabarit/engine/match"
	"gabarit/storage/segment"
	"gabarit/storage/vault"
)

// Store is what an Index needs of the records.
type Store interface {
	Templates(ctx context.Context, fn func(engine.IndexEntry) error) error
	Stamp(ctx context.Context) (string, error)
}

// Hidden tells which faces are held by the store and kept out of the index, see hidden.Set. It is asked under the index's locks.
type Hidden interface {
	Hides(f engine.FaceID) bool
	Faces() []engine.FaceID
}

// Index is the index of an open vault. Safe for concurrent use.
type Index struct {
	// Changing is held while rows leave the index and their records the store, so that whoever compares the two sees
	// both before or both after; also while the index is saved or made anew.
	Changing sync.Mutex

	model engine.ModelID
	store Store
	held  Hidden
	disk  *segment.Store
	room  int64 // see match.Cascade.Room
	warn  func(error)

	follower Follower // nil: nobody follows

	runs  int  // that write to store and index one after the other; under Changing
	doubt bool // index and store may differ: it is not saved; under Changing

	turn   sync.RWMutex // held for writing by Exchange and by what makes the index anew
	index  *match.Cascade
	made   int   // how often it was made of the records; under turn
	broken error // it could not be made; under turn

	mu     sync.Mutex
	others map[engine.FaceID]struct{} // faces of other models: counted, kept out
}

var _ engine.Index = (*Index)(nil)

// Open gives the index of a vault: as it was saved, if that can be used, else made of the records, which Settle then saves. warn is
// called with what people must be told. What held hides is kept out. Where templates need more than room bytes, they are left on disk once they are
// saved, and read where a search compares them; 0: never. The caller keeps v and store open until after Clear.
func Open(ctx context.Context, v *vault.Vault, store Store, held Hidden, model engine.ModelID, room int64, warn func(error)) (*Index, error) {
	disk, damage, err := segment.Open(v)
	if err != nil {
		return nil, err
	}
	x := &Index{model: model, store: store, held: held, disk: disk, room: room, warn: warn, index: match.NewCascade(runtime.GOMAXPROCS(0)), others: map[engine.FaceID]struct{}{}}
	x.index.Room(room)
	opened := false
	if damage == nil {
		opened, err = x.openSaved(ctx)
		if engine.CodeOf(err) == engine.CodeCorrupt {
			damage, err = err, nil
		}
	}
	if err != nil || opened {
		return x, err
	}
	if damage != nil {
		x.warnDamage(damage)
	}
	return x, x.make(ctx)
}

// Follower is told what has come into the index and what has left it. It may keep what it is given.
type Follower interface {
	Added(entries []engine.IndexEntry)
	Removed(faces []engine.FaceID)
	Cleared()
}

// Follow names who follows. Nobody else has the index yet.
func (x *Index) Follow(f Follower) { x.follower = f }

// Model names the model whose templates are compared.
func (x *Index) Model() engine.ModelID { return x.model }

func (x *Index) warnDamage(cause error) {
	x.warn(engine.E(engine.CodeCorrupt, "faceindex.Open", "the saved index was damaged and has been made anew", cause))
}

// openSaved opens what is saved if it was made of the present records.
func (x *Index) openSaved(ctx context.Context) (bool, error) {
	head, of, ok := x.disk.Head()
	stamp, err := x.store.Stamp(ctx)
	if err != nil || !ok || of.Model != x.model || of.Stamp != stamp {
		return false, err
	}
	index, err := match.Open(ctx, head, x.disk, x.room)
	if engine.CodeOf(err) == engine.CodeUnsupported {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	hidden := map[engine.FaceID]bool{}
	for _, word := range strings.Fields(of.Others) {
		if f, is := strings.CutPrefix(word, hiddenMark); is {
			hidden[engine.FaceID(f)] = true
		} else {
			x.others[engine.FaceID(word)] = struct{}{}
		}
	}
	x.index = index
	return true, x.rehide(ctx, hidden)
}

// rehide brings an index that was saved while other faces were hidden up to date with those that are now.
func (x *Index) rehide(ctx context.Context, saved map[engine.FaceID]bool) error {
	var hide []engine.FaceID
	for _, f := range x.held.Faces() {
		if !saved[f] {
			hide = append(hide, f)
		}
		delete(saved, f)
	}
	if len(hide) > 0 {
		if err := x.index.Load(ctx); err != nil {
			return err
		}
		x.remove(hide) //nolint:contextcheck // all is in memory: there is nothing to wait for
	}
	if len(saved) == 0 {
		return nil
	}
	return x.fill(ctx, func(f engine.FaceID) bool { return saved[f] })
}

// make throws away what is saved and reads the records. The turn is held for writing, or nobody else has the index yet.
func (x *Index) make(ctx context.Context) error {
	x.made++
	x.index.Clear()
	x.mu.Lock()
	clear(x.others)
	x.mu.Unlock()
	err := x.disk.Discard()
	if err == nil {
		err = x.fill(ctx, nil)
	}
	if x.broken = err; err != nil {
		x.index.Clear()
	}
	return err
}

// loadBatch is the number of templates handed to the index at a time.
const loadBatch = 4096

// fill puts the faces of the store that are wanted into the index; nil: all.
func (x *Index) fill(ctx context.Context, wanted func(engine.FaceID) bool) error {
	batch := make([]engine.IndexEntry, 0, loadBatch)
	defer clear(batch[:cap(batch)])
	//nolint:contextcheck // all of the index is in memory: adding waits for nothing
	err := x.store.Templates(ctx, func(e engine.IndexEntry) error {
		if wanted != nil && !wanted(e.Face) {
			return nil
		}
		batch = append(batch, e)
		if len(batch) < loadBatch {
			return nil
		}
		err := x.add(batch)
		batch = batch[:0]
		return err
	})
	if err != nil {
		return err
	}
	return x.add(batch) //nolint:contextcheck // as above
}

// add puts entries of the model in use into the index, and notes the others.
func (x *Index) add(entries []engine.IndexEntry) error {
	foreign := func(e engine.IndexEntry) bool { return e.Model != x.model }
	if !slices.ContainsFunc(entries, func(e engine.IndexEntry) bool { return foreign(e) || x.held.Hides(e.Face) }) {
		return x.addOurs(entries)
	}
	ours := make([]engine.IndexEntry, 0, len(entries))
	defer clear(ours[:cap(ours)])
	x.mu.Lock()
	for _, e := range entries {
		switch {
		case x.held.Hides(e.Face):
		case foreign(e):
			x.others[e.Face] = struct{}{}
		default:
			ours = append(ours, e)
		}
	}
	x.mu.Unlock()
	return x.addOurs(ours)
}

func (x *Index) addOurs(entries []engine.IndexEntry) error {
	err := x.index.Add(entries...)
	if err == nil && x.follower != nil {
		x.follower.Added(entries)
	}
	return err
}

func (x *Index) remove(faces []engine.FaceID) {
	x.mu.Lock()
	for _, f := range faces {
		delete(x.others, f)
	}
	x.mu.Unlock()
	x.index.Remove(faces...)
	if x.follower != nil {
		x.follower.Removed(faces)
	}
}

// Add implements engine.Index. What is added is in the records already.
func (x *Index) Add(entries ...engine.IndexEntry) error {
	return x.mending(context.Background(), func() error { return x.add(entries) }) // not to be stopped: the records have them
}

// Remove implements engine.Index for faces that left the records; for those that are about to, see Hide.
func (x *Index) Remove(faces ...engine.FaceID) {
	x.turn.RLock()
	defer x.turn.RUnlock()
	x.remove(faces)
}

// Hide takes faces out that are still in the records and are going to leave them. Changing is held. After an error all are there.
func (x *Index) Hide(ctx context.Context, faces []engine.FaceID) error {
	if err := x.load(ctx); err != nil {
		return err
	}
	x.Remove(faces...) //nolint:contextcheck // all is in memory: there is nothing to wait for
	return nil
}

// Show puts faces back that Hide took out and the records still have. Changing is held.
func (x *Index) Show(ctx context.Context, faces []engine.FaceID) error {
	hidden := make(map[engine.FaceID]bool, len(faces))
	for _, f := range faces {
		hidden[f] = true
	}
	x.turn.RLock()
	defer x.turn.RUnlock()
	return x.fill(ctx, func(f engine.FaceID) bool { return hidden[f] })
}

// Exchange takes faces out and puts others in; a search sees both or neither. It waits for searches that have begun. Changing
// is held.
func (x *Index) Exchange(gone []engine.FaceID, entries []engine.IndexEntry) error {
	if err := x.load(context.Background()); err != nil { // not to be stopped: the records have changed
		return err
	}
	x.turn.Lock()
	defer x.turn.Unlock()
	x.remove(gone)
	return x.add(entries)
}

// Clear implements engine.Index: it wipes what is in memory, and leaves what is saved.
func (x *Index) Clear() {
	x.turn.RLock()
	defer x.turn.RUnlock()
	x.mu.Lock()
	clear(x.others)
	x.mu.Unlock()
	x.index.Clear()
	x.disk.Rest()
	if x.follower != nil {
		x.follower.Cleared()
	}
}

// Search implements engine.Index. CodeInvalid: another model made the probe's template.
func (x *Index) Search(ctx context.Context, q engine.Query) ([]engine.Neighbour, int, error) {
	a, err := x.SearchAll(ctx, []engine.Query{q})
	if err != nil {
		return nil, 0, err
	}
	return a[0].Neighbours, a[0].Searched, nil
}

// SearchAll implements engine.Index. CodeInvalid: another model made the template of a probe.
func (x *Index) SearchAll(ctx context.Context, queries []engine.Query) (answers []engine.Answer, err error) {
	for i := range queries {
		if m := queries[i].Model; m != x.model {
			return nil, engine.E(engine.CodeInvalid, "app.Search", "the probe was made by another model than the index: open the photo again", errors.New(string(m)))
		}
	}
	err = x.mending(ctx, func() (err error) {
		answers, err = x.index.SearchAll(ctx, queries)
		return err
	})
	return answers, err
}

// Len implements engine.Index.
func (x *Index) Len() int {
	x.turn.RLock()
	defer x.turn.RUnlock()
	return x.index.Len()
}

// OtherModel counts the faces that were kept out.
func (x *Index) OtherModel() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.others)
}
