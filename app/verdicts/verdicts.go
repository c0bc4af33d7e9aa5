// Package verdicts remembers what the user said of matches: yes, no, unsure. It is about a person, not about one search: the person is known by the
// very photos that were searched with (their keyed hashes; no portrait is kept) and by the faces of the vault that the user confirmed. So a face that was
// refused is refused in a search with another portrait as well, as soon as that search finds one of the confirmed faces near.
package verdicts

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/engine/matter"
)

// maxFaces bounds what is remembered of one person.
const maxFaces = 20_000

// Verdicts are those of the open vault. Safe for concurrent use.
type Verdicts struct{ door opened.Door }

// New gives the verdicts behind a door.
func New(door opened.Door) *Verdicts { return &Verdicts{door} }

// person is what is remembered of one.
type person struct {
	id string
	matter.Judgements
}

// Judge remembers a verdict, and records that one was given. CodeInvalid: there is no such verdict; CodeNotFound: the vault holds no such face; CodeLimit.
func (v *Verdicts) Judge(ctx context.Context, req engine.VerdictRequest) error {
	const op = "verdicts.Judge"
	vault, ctx, done, err := v.door.Enter(ctx, op)
	if err != nil {
		return err
	}
	defer done()
	if !slices.Contains([]engine.Verdict{engine.VerdictNone, engine.VerdictYes, engine.VerdictNo, engine.VerdictUnsure}, req.Verdict) {
		return engine.E(engine.CodeInvalid, op, "there is no such answer", errors.New(string(req.Verdict)))
	}
	held := newHeld(vault.Store)
	if ok, err := held.has(ctx, req.Face); err != nil || !ok {
		if err == nil {
			err = engine.E(engine.CodeNotFound, op, "the vault holds no such face", errors.New(string(req.Face)))
		}
		return err
	}
	people, err := read(ctx, vault.Store)
	if err != nil {
		return err
	}
	one, joined := told(people, probeKey(vault, req.ProbeSHA256, req.ProbeBox), req)
	for id := range one.Said { // what was erased since is forgotten
		if ok, err := held.has(ctx, id); err != nil {
			return err
		} else if !ok {
			delete(one.Said, id)
		}
	}
	if len(one.Said) > maxFaces {
		return engine.E(engine.CodeLimit, op, "too many answers about one person", errors.New(fmt.Sprint(maxFaces)))
	}
	if err := write(ctx, vault.Store, one, joined, req.Verdict); err != nil {
		return err
	}
	v.door.Tell(engine.EventAudit)
	return nil
}

// told gives what is known of the person with a new answer, and the documents that turn out to be about them.
func told(people []person, key string, req engine.VerdictRequest) (one person, joined []string) {
	one = person{Judgements: matter.Judgements{Said: map[engine.FaceID]engine.Verdict{}}}
	for _, p := range people {
		if slices.Contains(p.Probes, key) || req.Verdict == engine.VerdictYes && p.Said[req.Face] == engine.VerdictYes {
			one.join(p)
			joined = append(joined, p.id)
		}
	}
	if !slices.Contains(one.Probes, key) {
		one.Probes = append(one.Probes, key)
	}
	if one.Said[req.Face] = req.Verdict; req.Verdict == engine.VerdictNone {
		delete(one.Said, req.Face)
	}
	return one, joined
}

// join takes over what is known of the same person; of two answers about one face the more careful one.
func (p *person) join(o person) {
	for _, k := range o.Probes {
		if !slices.Contains(p.Probes, k) {
			p.Probes = append(p.Probes, k)
		}
	}
	for face, said := range o.Said {
		if was := p.Said[face]; was != "" && was != said {
			said = engine.VerdictUnsure
		}
		p.Said[face] = said
	}
}

func write(ctx context.Context, store engine.Store, one person, joined []string, said engine.Verdict) error {
	data, err := json.Marshal(one.Judgements)
	if err != nil {
		return engine.E(engine.CodeInternal, "verdicts.write", "an answer can't be stored", err)
	}
	return store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		id := ""
		for i, old := range joined {
			if i == 0 {
				id = old
			} else if err := x.Delete(engine.DocumentPerson, old); err != nil {
				return err
			}
		}
		if id == "" {
			id = x.NewID()
		}
		return errors.Join(x.Put(engine.DocumentPerson, id, data), x.Log(entry.Judged(said)))
	})
}

// Forget takes faces that the vault holds no more out of what was said: after an erasure. What was said of a person goes whole with the last face that was
// said to show them, so that nothing is left that held the erased faces together. Their bytes leave the files with the next purge.
func Forget(ctx context.Context, store engine.Store) error {
	people, err := read(ctx, store)
	if err != nil {
		return err
	}
	held := newHeld(store)
	for _, p := range people {
		confirmed, gone := p.Confirms(), 0
		for id := range p.Said {
			ok, err := held.has(ctx, id)
			if err != nil {
				return err
			}
			if !ok {
				delete(p.Said, id)
				gone++
			}
		}
		if gone == 0 {
			continue
		}
		drop := len(p.Said) == 0 || confirmed && !p.Confirms()
		if err := rewrite(ctx, store, p, drop, gone); err != nil {
			return err
		}
	}
	return nil
}

// rewrite stores what is left of a person, or nothing.
func rewrite(ctx context.Context, store engine.Store, p person, drop bool, gone int) error {
	data, err := json.Marshal(p.Judgements)
	if err != nil {
		return engine.E(engine.CodeInternal, "verdicts.Forget", "an answer can't be stored", err)
	}
	return store.ChangeDocuments(ctx, func(x engine.DocumentTx) error {
		if drop {
			return errors.Join(x.Delete(engine.DocumentPerson, p.id), x.Log(entry.JudgementsForgotten(gone)))
		}
		return errors.Join(x.Put(engine.DocumentPerson, p.id, data), x.Log(entry.JudgementsForgotten(gone)))
	})
}

func read(ctx context.Context, store engine.Store) (all []person, err error) {
	err = store.Documents(ctx, engine.DocumentPerson, func(id string, data []byte) error {
		p := person{id: id}
		if err := json.Unmarshal(data, &p.Judgements); err != nil {
			return engine.E(engine.CodeCorrupt, "verdicts.read", "a stored record is damaged", err)
		}
		all = append(all, p)
		return nil
	})
	return all, err
}

// Mark sets what was said before of the matches of a search.
func Mark(ctx context.Context, vault opened.Vault, sum engine.SHA256, found []engine.ProbeMatches) error {
	people, err := read(ctx, vault.Store)
	if err != nil || len(people) == 0 {
		return err
	}
	held := newHeld(vault.Store)
	for i := range found {
		key := probeKey(vault, sum, found[i].Box)
		for _, p := range people {
			said := map[int]engine.Verdict{}
			about := slices.Contains(p.Probes, key)
			for face, verdict := range p.Said {
				k, err := held.among(ctx, found[i].Matches, face)
				if err != nil {
					return err
				}
				if k < 0 {
					continue
				}
				said[k] = verdict
				near := found[i].Matches[k].Band == engine.BandStrong || found[i].Matches[k].Band == engine.BandLikely
				about = about || near && verdict == engine.VerdictYes
			}
			if !about {
				continue
			}
			for k, verdict := range said {
				found[i].Matches[k].Verdict = verdict
			}
		}
	}
	return nil
}

// probeKey names a face of a photo that is not kept.
func probeKey(vault opened.Vault, sum engine.SHA256, box engine.Box) string {
	h := vault.Hash("verdict", fmt.Appendf(sum[:], "|%d,%d,%d,%d", box.X, box.Y, box.W, box.H))
	return hex.EncodeToString(h[:])
}

// held looks faces up, each photo once. Faces found anew are known by the IDs they had as well.
type held struct {
	store  engine.Store
	photos map[engine.PhotoID]*engine.Photo // nil: gone
}

func newHeld(store engine.Store) *held {
	return &held{store, map[engine.PhotoID]*engine.Photo{}}
}

func (h *held) photo(ctx context.Context, id engine.PhotoID) (*engine.Photo, error) {
	p, ok := h.photos[id]
	if ok {
		return p, nil
	}
	read, err := h.store.Photo(ctx, id)
	switch engine.CodeOf(err) {
	case "":
		p = &read
	case engine.CodeNotFound:
	default:
		return nil, err
	}
	h.photos[id] = p
	return p, nil
}

func (h *held) has(ctx context.Context, id engine.FaceID) (bool, error) {
	photo, _, ok := id.Photo()
	if !ok {
		return false, nil
	}
	p, err := h.photo(ctx, photo)
	return p != nil && slices.ContainsFunc(p.Faces, func(f engine.Face) bool { return f.Is(id) }), err
}

// among finds a face among matches; -1: it is not there.
func (h *held) among(ctx context.Context, matches []engine.Match, id engine.FaceID) (int, error) {
	if i := slices.IndexFunc(matches, func(m engine.Match) bool { return m.Face == id }); i >= 0 {
		return i, nil
	}
	photo, _, ok := id.Photo()
	if !ok || !slices.ContainsFunc(matches, func(m engine.Match) bool { return m.Photo == photo }) {
		return -1, nil
	}
	p, err := h.photo(ctx, photo)
	if err != nil || p == nil {
		return -1, err
	}
	i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return f.Is(id) })
	if i < 0 {
		return -1, nil
	}
	return slices.IndexFunc(matches, func(m engine.Match) bool { return m.Face == p.Faces[i].ID }), nil
}
