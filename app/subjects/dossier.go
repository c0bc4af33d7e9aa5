package subjects

import (
	"context"
	"encoding/json"
	"slices"

	"gabarit/app/opened"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/subject"
)

// possibleWithin is the farthest distance that a search calls possible, see package calibration.
const possibleWithin = 0.6

func near(r matter.Request) subject.Nearness {
	n := subject.Nearness{Search: engine.MaxDistance, Possible: possibleWithin, Review: matter.DefaultReviewDistance}
	if r.Search != nil {
		n.Review = r.Search.Distance
	}
	return n
}

// gather looks up all that is held about the person of a request, record by record, beginning at what the reviewers confirmed.
func (q *Requests) gather(ctx context.Context, v opened.Vault, r matter.Request) (subject.Dossier, error) {
	d := subject.Dossier{Request: r, At: q.counter.Door.Now(), Software: q.counter.Software, Faces: map[engine.FaceID]bool{}, Templates: map[engine.FaceID]engine.Template{},
		Frozen: map[engine.FaceID]bool{}, Near: near(r)}
	for _, c := range r.Candidates {
		if c.Verdict() == matter.VerdictUnsure {
			d.Unsure++
		}
	}
	var err error
	if d.Answering, err = q.counter.Answering(ctx, v.Store); err != nil {
		return d, err
	}
	confirmed := r.ConfirmedFaces()
	for _, id := range r.ConfirmedPhotos() {
		p, err := v.Store.Photo(ctx, id)
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue // erased since
		}
		if err != nil {
			return d, err
		}
		d.Photos = append(d.Photos, p)
		for _, f := range p.Faces {
			if slices.ContainsFunc(confirmed, f.Is) {
				d.Faces[f.ID] = true
			}
		}
	}
	for _, f := range r.Frozen {
		d.Frozen[f] = true
	}
	for _, step := range []func(context.Context, opened.Vault, *subject.Dossier) error{collections, templates, groupLinks, decisions, judgements, caseUses, checks, requestUses, logUses, suppressions} {
		if err := step(ctx, v, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

func collections(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	infos, err := v.Store.Collections(ctx)
	for _, c := range infos {
		if slices.ContainsFunc(d.Photos, func(p engine.Photo) bool { return p.Collection == c.ID }) {
			d.Collections = append(d.Collections, c)
		}
	}
	return err
}

func templates(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	return v.Store.Templates(ctx, func(e engine.IndexEntry) error {
		if d.Faces[e.Face] {
			d.Templates[e.Face] = e.Template
		}
		return nil
	})
}

func groupLinks(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	if len(d.Faces) == 0 {
		return nil
	}
	var own []engine.FaceID
	for f := range d.Faces {
		own = append(own, f)
	}
	slices.Sort(own)
	found, err := v.Groups(ctx, own)
	if err != nil {
		return err
	}
	d.Groups = links(found, d.Faces)
	return nil
}

// links tells which of the faces are in a group with others.
func links(groups []engine.Group, own map[engine.FaceID]bool) (out []subject.GroupLink) {
	for _, g := range groups {
		if len(g.Faces) < 2 {
			continue
		}
		for _, f := range g.Faces {
			if !own[f] {
				continue
			}
			l := subject.GroupLink{Face: f, Size: len(g.Faces), Own: []engine.FaceID{}}
			for _, o := range g.Faces {
				switch {
				case o == f:
				case own[o]:
					l.Own = append(l.Own, o)
				default:
					l.Others++
				}
			}
			out = append(out, l)
		}
	}
	return out
}

func decisions(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	all, err := v.Store.GroupDecisions(ctx)
	for _, x := range all {
		if slices.ContainsFunc(slices.Concat(x.Same, x.Out, x.Rest), func(f engine.FaceID) bool { return d.Faces[f] }) {
			d.Decisions = append(d.Decisions, x)
		}
	}
	return err
}

// judgements lists what users said of a confirmed face, by any ID that it had.
func judgements(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	names := subject.OldNames(d.Photos, d.Faces)
	return v.Store.Documents(ctx, engine.DocumentPerson, func(_ string, data []byte) error {
		var j matter.Judgements
		if err := json.Unmarshal(data, &j); err != nil {
			return engine.E(engine.CodeCorrupt, "subjects.judgements", "a stored record is damaged", err)
		}
		var own []engine.FaceID
		for f := range j.Said {
			if names[f] {
				own = append(own, f)
			}
		}
		slices.Sort(own)
		for _, f := range own {
			d.Judgements = append(d.Judgements, subject.Judgement{Face: f, Said: j.Said[f], With: len(own) - 1, Probes: len(j.Probes)})
		}
		return nil
	})
}

func caseUses(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	cases, err := v.Store.Cases(ctx)
	names := subject.OldNames(d.Photos, d.Faces)
	for _, c := range cases {
		for _, it := range c.Items {
			if names[it.Face] {
				d.Cases = append(d.Cases, subject.CaseUse{Ref: c.Ref, Item: it, State: c.State})
			}
		}
	}
	return err
}

func checks(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	for _, p := range d.Photos {
		data, err := v.Store.Document(ctx, engine.DocumentCheck, string(p.ID))
		if engine.CodeOf(err) == engine.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		c := subject.Check{Photo: p.ID, Data: json.RawMessage(data)}
		if !json.Valid(data) {
			c.Data = data
		}
		d.Checks = append(d.Checks, c)
	}
	return nil
}

// requestUses lists this request and those that confirmed one of the same faces.
func requestUses(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	requests, err := all(ctx, v.Store)
	names := subject.OldNames(d.Photos, d.Faces)
	for _, r := range requests {
		if r.ID != d.Request.ID && !slices.ContainsFunc(r.ConfirmedFaces(), func(f engine.FaceID) bool { return names[f] }) {
			continue
		}
		use := subject.RequestUse{Ref: r.Ref, Received: r.Received, Stage: string(r.Stage())}
		for _, x := range r.Rights {
			use.Rights = append(use.Rights, string(x))
		}
		d.Requests = append(d.Requests, use)
	}
	return err
}

func logUses(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	names := subject.OldNames(d.Photos, d.Faces)
	return v.Store.AuditLog(ctx, func(e engine.AuditEntry) error {
		if subject.Returns(e, names) {
			d.Log = append(d.Log, e)
		}
		return nil
	})
}

// suppressions counts the entries that stand for an address or file of the photos.
func suppressions(ctx context.Context, v opened.Vault, d *subject.Dossier) error {
	known := map[engine.SuppressionID]bool{}
	for _, p := range d.Photos {
		suspects := []engine.Suspect{{SHA256: p.SHA256}, {PHash: p.PHash, Decoded: p.PHash != 0}}
		for _, s := range append([]engine.Provenance{p.Source}, p.Also...) {
			suspects = append(suspects, engine.Suspect{URL: s.URL})
		}
		for _, s := range suspects {
			id, found, err := v.Store.Suppressed(ctx, s)
			if err != nil {
				return err
			}
			if found {
				known[id] = true
			}
		}
	}
	d.Suppressed = len(known)
	return nil
}

// scan goes through every store from one end to the other and counts what is about the person, without asking gather: the number of records in a package
// must be the number found so (B-02). fresh counts faces near a portrait, and photos at an address that was named, that nobody has reviewed.
func (q *Requests) scan(ctx context.Context, v opened.Vault, r matter.Request) (counts matter.StoreCounts, fresh int, err error) {
	counts = matter.StoreCounts{}
	for _, s := range matter.Stores() {
		counts[s] = 0
	}
	confirmed := map[engine.FaceID]bool{}
	for _, f := range r.ConfirmedFaces() {
		confirmed[f] = true
	}
	photos := map[engine.PhotoID]bool{}
	for _, p := range r.ConfirmedPhotos() {
		photos[p] = true
	}
	s := scanner{ctx: ctx, v: v, counts: counts, confirmed: confirmed, photos: photos, names: map[engine.FaceID]bool{}, held: map[engine.FaceID]bool{}, looked: map[engine.PhotoID]engine.Photo{}}
	for f := range confirmed {
		s.names[f] = true
	}
	if err := s.run(r.ID); err != nil {
		return counts, 0, err
	}
	if r.Search == nil || len(r.Portraits)+len(r.URLs) == 0 {
		return counts, 0, nil
	}
	found, _, err := q.sweep(ctx, v, r, r.Search.Distance, nil)
	for _, c := range found {
		if len(c.Reviews) == 0 {
			fresh++
		}
	}
	return counts, fresh, err
}
