package enginetest

import (
	"bytes"
	"context"
	"math/bits"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/entry"
)

// suppression is an entry of the list. Values are kept as they are: this store lives in memory and in tests only.
type suppression struct {
	id      engine.SuppressionID
	kind    engine.SuppressionKind
	suspect engine.Suspect // the one field of kind
	until   time.Time
	hits    int
}

// memoryErasure notes what an erasure took and whether Purge has run since.
type memoryErasure struct {
	id     engine.ErasureID
	keys   int
	purged bool
}

// Erase implements engine.Store: all of the plan or, after an error, nothing of it.
func (s *Store) Erase(ctx context.Context, p engine.ErasurePlan) (engine.ErasureID, engine.ErasureCounts, error) {
	var counts engine.ErasureCounts
	unlock, err := s.start(ctx)
	if err != nil {
		return "", counts, err
	}
	defer unlock()
	var todo []engine.PhotoErasure
	for _, e := range p.Photos {
		there, err := s.fits(e)
		if err != nil {
			return "", counts, err
		}
		if there {
			todo = append(todo, e)
		}
	}
	if err := s.complete(p); err != nil {
		return "", counts, err
	}
	var ids []engine.PhotoID
	for _, e := range todo {
		ids = append(ids, e.Photo)
		s.suppress(p.Request, s.photos[e.Photo].photo, &counts)
		if e.Whole {
			s.eraseWhole(e.Photo, &counts)
		} else {
			s.erasePart(e, &counts)
		}
	}
	s.eraseCollection(p.Request.Collection, &counts)
	if p.Request.Cases {
		s.eraseItems(p, &counts)
	}
	id := engine.ErasureID(s.newID())
	s.erasures = append(s.erasures, memoryErasure{id: id, keys: counts.Keys})
	s.record(entry.Erased(id, p.Request, ids, counts))
	return id, counts, nil
}

func misfit(why string) error {
	return engine.E(engine.CodeConflict, "enginetest.Store", why, nil)
}

// fits checks a photo of a plan; there tells whether something is left to erase.
func (s *Store) fits(e engine.PhotoErasure) (there bool, err error) {
	held, anew := 0, 0
	p, ok := s.photos[e.Photo]
	for _, f := range e.Faces {
		if _, ok := p.crops[f]; ok {
			held++
		} else if _, n, _ := f.Photo(); n < p.first {
			anew++
		}
	}
	switch {
	case ok && anew > 0:
		return false, misfit("a face of the plan is not there")
	case !ok || !e.Whole && held == 0:
		return false, nil
	case held < len(e.Faces):
		return false, misfit("a face of the plan is not there")
	case !e.Whole && len(e.Thumbnail) == 0:
		return false, misfit("a photo that stays needs a new thumbnail")
	}
	return true, nil
}

// complete checks that a plan for a collection lists all of its photos.
func (s *Store) complete(p engine.ErasurePlan) error {
	if p.Request.Collection == "" {
		return nil
	}
	listed := map[engine.PhotoID]bool{}
	for _, e := range p.Photos {
		listed[e.Photo] = e.Whole
	}
	for id, held := range s.photos {
		if held.photo.Collection == p.Request.Collection && !listed[id] {
			return misfit("the collection holds a photo that the plan does not list")
		}
	}
	return nil
}

func (s *Store) eraseWhole(id engine.PhotoID, counts *engine.ErasureCounts) {
	p := s.photos[id]
	n := len(p.photo.Faces)
	counts.Add(engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: n, Templates: n, Finds: 1 + len(p.photo.Also), Keys: 1})
	delete(s.photos, id)
	for _, kind := range []engine.DocumentKind{engine.DocumentCheck, engine.DocumentHidden} {
		k := documentKey{kind, string(id)}
		if _, held := s.documents[k]; held {
			counts.Keys++
			delete(s.documents, k)
		}
	}
	delete(s.hashes, bytesOf{p.photo.Collection, p.photo.SHA256})
	s.order = slices.DeleteFunc(s.order, func(o engine.PhotoID) bool { return o == id })
	for key, r := range s.items[p.photo.Collection] {
		if r.Photo == id {
			delete(s.items[p.photo.Collection], key)
			counts.Items++
		}
	}
}

func (s *Store) erasePart(e engine.PhotoErasure, counts *engine.ErasureCounts) {
	n := len(e.Faces)
	counts.Add(engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: n, Templates: n, Keys: 1})
	p := s.photos[e.Photo]
	p.photo, p.thumbnail = clonePhoto(p.photo), bytes.Clone(e.Thumbnail)
	for _, f := range p.photo.Faces {
		_, number, _ := f.ID.Photo()
		p.used = max(p.used, number+1)
	}
	p.photo.Cut = true
	p.photo.Faces = slices.DeleteFunc(p.photo.Faces, func(f engine.Face) bool { return slices.Contains(e.Faces, f.ID) })
	crops := map[engine.FaceID][]byte{}
	for _, f := range p.photo.Faces {
		crops[f.ID] = p.crops[f.ID]
		if crop, ok := e.Crops[f.ID]; ok {
			crops[f.ID] = bytes.Clone(crop)
		}
	}
	p.crops = crops
	s.photos[e.Photo] = p
	for key, r := range s.items[p.photo.Collection] {
		if r.Photo == e.Photo && r.Outcome == engine.OutcomePhoto {
			r.Faces = len(p.photo.Faces)
			s.items[p.photo.Collection][key] = r
		}
	}
}

// eraseCollection takes away what is left of a collection without its photos.
func (s *Store) eraseCollection(id engine.CollectionID, counts *engine.ErasureCounts) {
	if _, ok := s.collections[id]; !ok {
		return
	}
	runs := len(s.runs)
	s.runs = slices.DeleteFunc(s.runs, func(r engine.Run) bool { return r.Collection == id })
	counts.Add(engine.ErasureCounts{Collections: 1, Runs: runs - len(s.runs), Items: len(s.items[id])})
	delete(s.collections, id)
	delete(s.items, id)
}

// eraseItems takes erased finds out of the cases that the plan mentions.
func (s *Store) eraseItems(p engine.ErasurePlan, counts *engine.ErasureCounts) {
	for i, c := range s.cases {
		if !slices.ContainsFunc(p.Cases, func(m engine.CaseMention) bool { return m.Case == c.ID }) {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(c.Items), p.Takes())
		if gone := len(c.Items) - len(left); gone > 0 {
			counts.Add(engine.ErasureCounts{CaseItems: gone, Keys: 1})
			s.cases[i].Items = left
		}
	}
}

// suppress adds or renews the entries for a photo.
func (s *Store) suppress(r engine.ErasureRequest, p engine.Photo, counts *engine.ErasureCounts) {
	if !r.Suppress {
		return
	}
	add := func(kind engine.SuppressionKind, what engine.Suspect) {
		i := slices.IndexFunc(s.suppressed, func(u suppression) bool { return u.kind == kind && u.suspect == what })
		if i < 0 {
			i = len(s.suppressed)
			s.suppressed = append(s.suppressed, suppression{id: engine.SuppressionID(s.newID()), kind: kind, suspect: what})
			counts.Suppressions++
		}
		s.suppressed[i].until = s.Now().Add(engine.SuppressFor)
	}
	for _, find := range append([]engine.Provenance{p.Source}, p.Also...) {
		if url := engine.CanonicalURL(find.URL); url != "" {
			add(engine.SuppressURL, engine.Suspect{URL: url})
		}
	}
	add(engine.SuppressFile, engine.Suspect{SHA256: p.SHA256})
	if r.Similar {
		add(engine.SuppressLooks, engine.Suspect{PHash: p.PHash, Decoded: true})
	}
}

// Suppressed implements engine.Store.
func (s *Store) Suppressed(ctx context.Context, what engine.Suspect) (engine.SuppressionID, bool, error) {
	unlock, err := s.start(ctx)
	if err != nil {
		return "", false, err
	}
	defer unlock()
	for _, u := range s.suppressed {
		if u.until.After(s.Now()) && u.knows(what) {
			return u.id, true, nil
		}
	}
	return "", false, nil
}

func (u suppression) knows(what engine.Suspect) bool {
	switch u.kind {
	case engine.SuppressURL:
		return engine.CanonicalURL(what.URL) == u.suspect.URL
	case engine.SuppressFile:
		return what.SHA256 == u.suspect.SHA256
	default:
		return what.Decoded && bits.OnesCount64(what.PHash^u.suspect.PHash) <= engine.LookAlike
	}
}

// Suppressions implements engine.Store.
func (s *Store) Suppressions(ctx context.Context) (engine.SuppressionCounts, error) {
	return locked(ctx, s, func() (engine.SuppressionCounts, error) {
		var c engine.SuppressionCounts
		for _, u := range s.suppressed {
			c.Hits += u.hits
			switch u.kind {
			case engine.SuppressURL:
				c.URLs++
			case engine.SuppressFile:
				c.Files++
			default:
				c.Looks++
			}
		}
		return c, nil
	})
}

// Purge implements engine.Store. There are no files here: it only notes that it ran.
func (s *Store) Purge(ctx context.Context) (engine.PurgeStats, engine.ErasedCheck, error) {
	unlock, err := s.start(ctx)
	if err != nil {
		return engine.PurgeStats{}, engine.ErasedCheck{}, err
	}
	defer unlock()
	ids := slices.Compact(s.retemplated)
	s.retemplated = nil
	for i, e := range s.erasures {
		if s.erasures[i].purged = true; !e.purged {
			ids = append(ids, e.id)
		}
	}
	check := s.check()
	if len(ids) > 0 {
		s.record(entry.ErasureChecked(ids, check))
	}
	return engine.PurgeStats{}, check, nil
}

// CheckErased implements engine.Store.
func (s *Store) CheckErased(ctx context.Context) (engine.ErasedCheck, error) {
	return locked(ctx, s, func() (engine.ErasedCheck, error) {
		return s.check(), nil
	})
}

// check counts; callers hold mu.
func (s *Store) check() engine.ErasedCheck {
	c := engine.ErasedCheck{Erasures: len(s.erasures), Records: len(s.photos)}
	for _, e := range s.erasures {
		c.Keys += e.keys
		if !e.purged {
			c.Pending++
		}
	}
	c.Pending += len(slices.Compact(slices.Clone(s.retemplated)))
	return c
}

// Record implements engine.Store.
func (s *Store) Record(ctx context.Context, e engine.AuditEntry) error {
	return s.locked(ctx, func() error {
		s.record(e)
		return nil
	})
}
