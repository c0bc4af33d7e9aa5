package faceindex

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/match"
	"gabarit/storage/segment"
)

// mendTries is how often at most something is done again because what was saved of the index turned out to be damaged: once, as it
// is made of the records then and nothing is read of what was saved.
const mendTries = 2

// mending does something with the index. Where what was saved is found to be damaged, the index is made of the records, and it is done
// again. Changing is not held.
func (x *Index) mending(ctx context.Context, do func() error) error {
	for try := 1; ; try++ {
		made, err := x.with(do)
		if engine.CodeOf(err) != engine.CodeCorrupt || try == mendTries {
			return err
		}
		x.Changing.Lock()
		err = x.mend(ctx, made, err)
		x.Changing.Unlock()
		if err != nil {
			return err
		}
	}
}

// with does something while the index is not exchanged for another, and tells which it was.
func (x *Index) with(do func() error) (made int, err error) {
	x.turn.RLock()
	defer x.turn.RUnlock()
	if x.broken != nil {
		return x.made, engine.E(engine.CodeCorrupt, "faceindex.with", "the index could not be made of the records", x.broken)
	}
	return x.made, do()
}

// mend makes the index of the records, unless another call did. Changing is held: faces that are being erased must not come back.
func (x *Index) mend(ctx context.Context, made int, cause error) error {
	x.turn.Lock()
	defer x.turn.Unlock()
	if x.made != made {
		return nil
	}
	if x.broken == nil {
		x.warnDamage(cause)
	}
	return x.make(ctx)
}

// load brings the whole index into memory, whatever that takes. Changing is held.
func (x *Index) load(ctx context.Context) error {
	for try := 1; ; try++ {
		made, err := x.with(func() error { return x.index.Load(ctx) })
		if engine.CodeOf(err) != engine.CodeCorrupt || try == mendTries {
			return err
		}
		if err := x.mend(ctx, made, err); err != nil {
			return err
		}
	}
}

// Settle brings all of the index into memory and saves it if it is not. It is for the time after the first answer; what is
// saved already makes it cheap. Loading ends with ctx, saving does not.
func (x *Index) Settle(ctx context.Context) error {
	if err := x.mending(ctx, func() error { return x.index.Load(ctx) }); err != nil {
		return err
	}
	x.Changing.Lock()
	defer x.Changing.Unlock()
	if x.runs > 0 { // End saves
		return nil
	}
	return x.save(context.WithoutCancel(ctx), true)
}

// Begin tells that a run begins which writes to the records first and to the index then. The index is not saved until End.
func (x *Index) Begin() {
	x.Changing.Lock()
	defer x.Changing.Unlock()
	x.runs++
}

// End tells that the run has ended, and saves the index. sure tells that index and records agree: else what is saved
// is thrown away, and made anew when the vault is opened.
func (x *Index) End(ctx context.Context, sure bool) error {
	x.Changing.Lock()
	defer x.Changing.Unlock()
	x.runs--
	x.doubt = x.doubt || !sure
	if x.runs > 0 {
		return nil
	}
	return x.save(context.WithoutCancel(ctx), true)
}

// Erased brings what is saved up to date after faces left the records: from then on none of its files holds them. sure as for End. It does not
// end with ctx. Changing is held.
func (x *Index) Erased(ctx context.Context, sure bool) error {
	x.doubt = x.doubt || !sure
	return x.save(context.WithoutCancel(ctx), false)
}

// hiddenMark stands before a face that was hidden when the index was saved, in segment.Origin.Others.
const hiddenMark = "!"

// Kept brings what is saved up to date after faces were hidden or shown again. Changing is held. Where a run is under way, End does it.
func (x *Index) Kept(ctx context.Context) error {
	if x.runs > 0 {
		return nil
	}
	return x.save(ctx, false)
}

// save saves the index if that is not done: also for the first time, or only if something is saved already. What is saved and can't be
// brought up to date is thrown away. Changing is held.
func (x *Index) save(ctx context.Context, first bool) error {
	_, of, saved := x.disk.Head()
	if x.doubt || x.runs > 0 {
		return x.discard(ctx)
	}
	now, err := x.origin(ctx)
	if err == nil && (saved && of == now || !saved && !first) {
		return nil
	}
	if err == nil {
		err = x.load(ctx)
	}
	if err == nil {
		_, _, saved = x.disk.Head() // loading may have found damage
		x.disk.Of(now)
		_, err = x.with(func() error { return x.index.Save(ctx, x.disk, !saved) })
	}
	if err != nil {
		return errors.Join(err, x.discard(ctx))
	}
	return nil
}

// discard throws away what is saved. What the index left on disk comes into memory before; should that fail, the next search finds out, and the index
// is made of the records.
func (x *Index) discard(ctx context.Context) error {
	_, _ = x.with(func() error { return x.index.Detach(ctx) })
	return x.disk.Discard()
}

// origin tells what the index is made of.
func (x *Index) origin(ctx context.Context) (segment.Origin, error) {
	stamp, err := x.store.Stamp(ctx)
	x.mu.Lock()
	defer x.mu.Unlock()
	others := make([]string, 0, len(x.others))
	for _, f := range slices.Sorted(maps.Keys(x.others)) {
		others = append(others, string(f))
	}
	for _, f := range slices.Sorted(slices.Values(x.held.Faces())) {
		others = append(others, hiddenMark+string(f))
	}
	return segment.Origin{Model: x.model, Stamp: stamp, Others: strings.Join(others, "\n")}, err
}

// Left counts what of the faces, nil: of all that the records don't hold, a search would still compare or the saved index still
// holds; files and keys of an older saved index count too. Of nothing that was erased anything is left, so that it is 0.
func (x *Index) Left(ctx context.Context, faces []engine.FaceID) (int, error) {
	x.Changing.Lock()
	defer x.Changing.Unlock()
	if err := x.load(ctx); err != nil {
		return 0, err
	}
	held := map[engine.FaceID]int{}
	count := func(f engine.FaceID) { held[f]++ }
	_, err := x.with(func() error { return x.index.Faces(count) })
	if err == nil && x.runs == 0 {
		err = x.savedFaces(ctx, count)
	}
	left := 0
	if err == nil {
		left, err = x.disk.Leftover()
	}
	if err != nil {
		return 0, err
	}
	if faces != nil {
		for _, f := range faces {
			left += held[f]
		}
		return left, nil
	}
	err = x.store.Templates(ctx, func(e engine.IndexEntry) error {
		delete(held, e.Face)
		return nil
	})
	for _, n := range held {
		left += n
	}
	return left, err
}

// savedFaces reads the faces that the saved index holds. One that is damaged is thrown away.
func (x *Index) savedFaces(ctx context.Context, fn func(engine.FaceID)) error {
	head, _, ok := x.disk.Head()
	if !ok {
		return nil
	}
	saved, err := match.Open(ctx, head, x.disk, 0)
	if err == nil {
		defer saved.Clear()
		err = saved.Faces(fn)
	}
	if engine.CodeOf(err) == engine.CodeCorrupt {
		x.warnDamage(err)
		return x.discard(ctx)
	}
	return err
}

// Check reads all that is saved and tells what is damaged; that is thrown away then.
func (x *Index) Check(ctx context.Context) (damage []string, err error) {
	x.Changing.Lock()
	defer x.Changing.Unlock()
	if err := x.load(ctx); err != nil {
		return nil, err
	}
	damage, err = x.disk.Check(ctx)
	if len(damage) > 0 && err == nil {
		err = x.discard(ctx)
	}
	return damage, err
}
