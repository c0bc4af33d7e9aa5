package hidden

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
)

// version is that of the JSON of documents of kind engine.DocumentHidden.
const version = 1

// batch is how many photos are changed in one transaction.
const batch = 500

// Store is what a Set needs of the record of truth.
type Store interface {
	Photo(ctx context.Context, id engine.PhotoID) (engine.Photo, error)
	Documents(ctx context.Context, kind engine.DocumentKind, fn func(id string, data []byte) error) error
	ChangeDocuments(ctx context.Context, change func(engine.DocumentTx) error) error
}

// Index is the index of the open vault, see faceindex.Index.
type Index interface {
	Hide(ctx context.Context, faces []engine.FaceID) error
	Show(ctx context.Context, faces []engine.FaceID) error
	Kept(ctx context.Context) error
}

// Set is what is hidden in an open vault. Safe for concurrent use.
type Set struct {
	store    Store
	index    Index
	changing sync.Locker // held while the set changes, before mu

	mu     sync.RWMutex
	photos map[engine.PhotoID]*held
}

// held is what is kept of a photo with holds.
type held struct {
	holds []matter.Hold   // their faces are those that the photo has now
	faces []engine.FaceID // of the photo, that are kept out
	next  int             // faces with this number or a higher one were found since: they are kept out until Settle has looked which they are
}

// document is the JSON of the holds of a photo. Faces may be named by IDs that they had before they were found anew.
type document struct {
	Version int           `json:"version"`
	Holds   []matter.Hold `json:"holds"`
}

// Open reads what is hidden. CodeUnsupported: written by a newer version.
func Open(ctx context.Context, store Store) (*Set, error) {
	s := &Set{store: store, photos: map[engine.PhotoID]*held{}}
	err := store.Documents(ctx, engine.DocumentHidden, func(id string, data []byte) error {
		d, err := parse(data)
		if err != nil || len(d.Holds) == 0 {
			return err
		}
		p, err := store.Photo(ctx, engine.PhotoID(id))
		if err != nil {
			return err
		}
		s.photos[p.ID] = newHeld(p, d.Holds)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

func parse(data []byte) (d document, err error) {
	if err := json.Unmarshal(data, &d); err != nil {
		return d, engine.E(engine.CodeCorrupt, "hidden.Open", "a stored record is damaged", err)
	}
	if d.Version > version {
		return d, engine.E(engine.CodeUnsupported, "hidden.Open", "a record was written by a newer version of this program", nil)
	}
	return d, nil
}

// newHeld resolves holds of a photo.
func newHeld(p engine.Photo, holds []matter.Hold) *held {
	h := &held{}
	for _, hold := range holds {
		hold.Photo = p.ID
		if hold.Faces != nil {
			hold.Faces = present(p, hold.Faces)
		}
		h.holds = append(h.holds, hold)
	}
	for _, f := range p.Faces {
		_, number, _ := f.ID.Photo()
		h.next = max(h.next, number+1)
		if h.covers(f.ID) {
			h.faces = append(h.faces, f.ID)
		}
	}
	return h
}

func (h *held) covers(f engine.FaceID) bool {
	return slices.ContainsFunc(h.holds, func(o matter.Hold) bool { return o.Faces == nil || slices.Contains(o.Faces, f) })
}

// present gives faces by the IDs that they have in the photo now; none as an empty list, which is not nil. Where one was not found again when the
// photo's faces were found anew, it may be any of those that were not there before: they are given, too.
func present(p engine.Photo, faces []engine.FaceID) []engine.FaceID {
	now, last := []engine.FaceID{}, -1
	missing := 0
	for _, id := range faces {
		_, number, _ := id.Photo()
		last = max(last, number)
		if !slices.ContainsFunc(p.Faces, func(f engine.Face) bool { return f.Is(id) }) {
			missing++
		}
	}
	for _, f := range p.Faces {
		_, number, _ := f.ID.Photo()
		stranger := missing > 0 && !p.Cut && len(f.Was) == 0 && number > last // of a photo that was cut, the missing one was erased
		if stranger || slices.ContainsFunc(faces, f.Is) {
			now = append(now, f.ID)
		}
	}
	return now
}

// Follow gives the index that the set keeps faces out of, and the lock under which both change. It is called once, before all but Hides and Faces.
func (s *Set) Follow(index Index, changing sync.Locker) { s.index, s.changing = index, changing }

// Hides tells whether a face is kept out, also one that was found a moment ago.
func (s *Set) Hides(face engine.FaceID) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.photos) == 0 {
		return false
	}
	photo, number, _ := face.Photo()
	h := s.photos[photo]
	return h != nil && (number >= h.next || h.covers(face))
}

// Faces lists the faces that are kept out.
func (s *Set) Faces() (all []engine.FaceID) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.photos {
		all = append(all, h.faces...)
	}
	return all
}

// Len counts them.
func (s *Set) Len() (n int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.photos {
		n += len(h.faces)
	}
	return n
}

// List gives all holds, oldest first.
func (s *Set) List() (all []matter.Hold) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.photos {
		all = append(all, h.holds...)
	}
	slices.SortFunc(all, func(a, b matter.Hold) int {
		if n := a.Since.Compare(b.Since); n != 0 {
			return n
		}
		return strings.Compare(string(a.Photo)+string(a.Why)+a.Ref, string(b.Photo)+string(b.Why)+b.Ref)
	})
	return all
}

// Of gives the holds of a photo.
func (s *Set) Of(photo engine.PhotoID) []matter.Hold {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if h := s.photos[photo]; h != nil {
		return slices.Clone(h.holds)
	}
	return nil
}

// Hide keeps photos or faces out of every search from its return on, durably; the log tells it. A hold of the same photo, reason and
// reference is added to: its faces are joined, its beginning stays. Photos and faces that are not there are passed over. After an error some
// of it may be hidden; it can be tried again.
func (s *Set) Hide(ctx context.Context, holds ...matter.Hold) error {
	byPhoto := map[engine.PhotoID][]matter.Hold{}
	for _, h := range holds {
		byPhoto[h.Photo] = append(byPhoto[h.Photo], h)
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	for some := range slices.Chunk(slices.Sorted(maps.Keys(byPhoto)), batch) {
		err := s.change(ctx, some, func(p engine.Photo, d *document) (changed []matter.Hold) {
			for _, h := range byPhoto[p.ID] {
				if d.add(p, h) {
					changed = append(changed, h)
				}
			}
			return changed
		}, entry.Hidden)
		if err != nil {
			return err
		}
	}
	return nil
}

// add joins a hold to those of a document, and tells whether that changes anything. Since must be set.
func (d *document) add(p engine.Photo, h matter.Hold) bool {
	if h.Faces != nil {
		if h.Faces = present(p, h.Faces); len(h.Faces) == 0 {
			return false
		}
	}
	i := slices.IndexFunc(d.Holds, func(o matter.Hold) bool { return o.Why == h.Why && o.Ref == h.Ref })
	if i < 0 {
		d.Holds = append(d.Holds, h)
		return true
	}
	o := &d.Holds[i]
	before := len(o.Faces)
	switch {
	case o.Faces == nil:
		return false
	case h.Faces == nil:
		o.Faces = nil
		return true
	}
	o.Faces = slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(o.Faces), h.Faces...))))
	return len(o.Faces) > before
}

// Release takes the holds of a reason and reference away, of some photos or, where none is named, of all; the log tells it. Faces that no
// other hold keeps out are found again from its return on. It gives the number of photos that had such a hold.
func (s *Set) Release(ctx context.Context, why matter.HoldReason, ref string, photos ...engine.PhotoID) (released int, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	match := func(h matter.Hold) bool { return h.Why == why && h.Ref == ref }
	var of []engine.PhotoID
	for _, h := range s.List() {
		if match(h) && (len(photos) == 0 || slices.Contains(photos, h.Photo)) {
			of = append(of, h.Photo)
		}
	}
	for some := range slices.Chunk(of, batch) {
		err := s.change(ctx, some, func(_ engine.Photo, d *document) (changed []matter.Hold) {
			d.Holds = slices.DeleteFunc(d.Holds, func(h matter.Hold) bool {
				if match(h) {
					changed = append(changed, h)
					return true
				}
				return false
			})
			return changed
		}, entry.Shown)
		if err != nil {
			return released, err
		}
		released += len(some)
	}
	return released, nil
}

// Settle looks which faces of photos with holds were found anew, and shows those that no hold is about. It is called after a run that finds
// faces anew; until then all new faces of such photos are kept out.
func (s *Set) Settle(ctx context.Context) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	now := map[engine.PhotoID]*held{}
	for id, holds := range s.stored() {
		p, err := s.store.Photo(ctx, id)
		if err != nil && engine.CodeOf(err) != engine.CodeNotFound {
			return err
		}
		if err == nil {
			now[id] = newHeld(p, holds)
		}
	}
	return s.apply(ctx, now)
}

func (s *Set) stored() map[engine.PhotoID][]matter.Hold {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := map[engine.PhotoID][]matter.Hold{}
	for id, h := range s.photos {
		all[id] = h.holds
	}
	return all
}

// Erased brings photos up to date of which faces, or all, left the records with their documents. The lock given to Follow is held.
func (s *Set) Erased(ctx context.Context, photos ...engine.PhotoID) error {
	for _, id := range photos {
		holds := s.Of(id)
		if len(holds) == 0 {
			continue
		}
		p, err := s.store.Photo(ctx, id)
		if err != nil && engine.CodeOf(err) != engine.CodeNotFound {
			return err
		}
		s.mu.Lock()
		if s.photos[id] = newHeld(p, holds); err != nil {
			delete(s.photos, id)
		}
		s.mu.Unlock()
	}
	return nil
}
