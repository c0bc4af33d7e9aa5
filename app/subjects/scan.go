package subjects

import (
	"context"
	"encoding/json"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// scanner counts, store by store, what is about the confirmed faces and photos of a request.
type scanner struct {
	ctx       context.Context //nolint:containedctx // lives as long as the call
	v         opened.Vault
	counts    matter.StoreCounts
	confirmed map[engine.FaceID]bool
	photos    map[engine.PhotoID]bool
	names     map[engine.FaceID]bool // confirmed, and the IDs that the faces had before
	held      map[engine.FaceID]bool // by the IDs they have now
	looked    map[engine.PhotoID]engine.Photo
}

func (s *scanner) run(request matter.RequestID) error {
	w := walker{ctx: s.ctx, store: s.v.Store}
	var failed error
	err := w.photos(func(p engine.Photo) {
		if failed == nil {
			failed = s.photo(p)
		}
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	for _, step := range []func() error{s.templates, s.log, s.cases, s.checks, s.decisions, s.judgements, s.groups, s.suppressions, func() error { return s.requests(request) }} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// photo counts a photo of a collection, with all that hangs on it.
func (s *scanner) photo(p engine.Photo) error {
	own := 0
	for _, f := range p.Faces {
		if !slices.ContainsFunc(append(slices.Clone(f.Was), f.ID), func(id engine.FaceID) bool { return s.confirmed[id] }) {
			continue
		}
		own++
		s.held[f.ID], s.names[f.ID] = true, true
		for _, was := range f.Was {
			s.names[was] = true
		}
		s.counts[matter.StoreFaces]++
		crop, err := s.v.Store.Crop(s.ctx, f.ID)
		if err != nil && engine.CodeOf(err) != engine.CodeNotFound {
			return err
		}
		if len(crop) > 0 {
			s.counts[matter.StoreCrops]++
		}
	}
	if own == 0 && !s.photos[p.ID] {
		return nil
	}
	s.looked[p.ID] = p
	s.counts[matter.StorePhotos]++
	s.counts[matter.StoreFinds] += 1 + len(p.Also)
	small, err := s.v.Store.Thumbnail(s.ctx, p.ID)
	if err != nil && engine.CodeOf(err) != engine.CodeNotFound {
		return err
	}
	if len(small) > 0 {
		s.counts[matter.StoreThumbnails]++
	}
	return nil
}

func (s *scanner) templates() error {
	return s.v.Store.Templates(s.ctx, func(e engine.IndexEntry) error {
		if s.held[e.Face] {
			s.counts[matter.StoreTemplates]++
		}
		return nil
	})
}

func (s *scanner) log() error {
	return s.v.Store.AuditLog(s.ctx, func(e engine.AuditEntry) error {
		if slices.ContainsFunc(e.Returned, func(f engine.FaceID) bool { return s.names[f] }) {
			s.counts[matter.StoreLog]++
		}
		return nil
	})
}

func (s *scanner) cases() error {
	cases, err := s.v.Store.Cases(s.ctx)
	for _, c := range cases {
		for _, it := range c.Items {
			if s.names[it.Face] {
				s.counts[matter.StoreCases]++
			}
		}
	}
	return err
}

func (s *scanner) checks() error {
	return s.v.Store.Documents(s.ctx, engine.DocumentCheck, func(id string, _ []byte) error {
		if _, own := s.looked[engine.PhotoID(id)]; own {
			s.counts[matter.StoreChecks]++
		}
		return nil
	})
}

func (s *scanner) decisions() error {
	all, err := s.v.Store.GroupDecisions(s.ctx)
	for _, d := range all {
		for _, f := range slices.Concat(d.Same, d.Out, d.Rest) {
			if s.held[f] {
				s.counts[matter.StoreDecisions]++
				break
			}
		}
	}
	return err
}

func (s *scanner) judgements() error {
	return s.v.Store.Documents(s.ctx, engine.DocumentPerson, func(_ string, data []byte) error {
		var j matter.Judgements
		if err := json.Unmarshal(data, &j); err != nil {
			return engine.E(engine.CodeCorrupt, "subjects.scanner", "a stored record is damaged", err)
		}
		for f := range j.Said {
			if s.names[f] {
				s.counts[matter.StoreDecisions]++
			}
		}
		return nil
	})
}

func (s *scanner) groups() error {
	if len(s.held) == 0 {
		return nil
	}
	var own []engine.FaceID
	for f := range s.held {
		own = append(own, f)
	}
	found, err := s.v.Groups(s.ctx, own)
	for _, g := range found {
		if len(g.Faces) < 2 {
			continue
		}
		for _, f := range g.Faces {
			if s.held[f] {
				s.counts[matter.StoreGroups]++
			}
		}
	}
	return err
}

func (s *scanner) requests(own matter.RequestID) error {
	return s.v.Store.Documents(s.ctx, engine.DocumentRequest, func(_ string, data []byte) error {
		r, err := decode(data)
		if err != nil {
			return err
		}
		if r.ID == own || slices.ContainsFunc(r.ConfirmedFaces(), func(f engine.FaceID) bool { return s.names[f] }) {
			s.counts[matter.StoreRequests]++
		}
		return nil
	})
}

// suppressions asks for each photo whether it would be refused, as collecting does.
func (s *scanner) suppressions() error {
	known := map[engine.SuppressionID]bool{}
	ask := func(what engine.Suspect) error {
		id, found, err := s.v.Store.Suppressed(s.ctx, what)
		if found {
			known[id] = true
		}
		return err
	}
	for _, p := range s.looked {
		err := ask(engine.Suspect{SHA256: p.SHA256})
		if err == nil && p.PHash != 0 {
			err = ask(engine.Suspect{PHash: p.PHash, Decoded: true})
		}
		for _, f := range append([]engine.Provenance{p.Source}, p.Also...) {
			if err == nil {
				err = ask(engine.Suspect{URL: f.URL})
			}
		}
		if err != nil {
			return err
		}
	}
	s.counts[matter.StoreSuppressions] = len(known)
	return nil
}
