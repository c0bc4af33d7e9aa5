package rights

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"gabarit/engine"
)

// MaxErasureRef is the length of an erasure's reference in characters.
const MaxErasureRef = 100

// PlanErasure says what a request would erase, see ErasurePlanner. photos are those that the request names, by themselves or by
// a face, and all of its collection; cases are all of the vault's.
func PlanErasure(req engine.ErasureRequest, photos []engine.Photo, cases []engine.Case) (engine.ErasurePlan, error) {
	p, err := NewErasurePlanner(req)
	if err != nil {
		return engine.ErasurePlan{}, err
	}
	for _, photo := range photos {
		p.Add(photo)
	}
	return p.Plan(cases)
}

// ErasurePlanner makes a plan of photos that are shown to it one by one: it keeps their IDs and hashes only, as a collection
// may be large. Not safe for concurrent use.
//
// A photo goes whole where the request lists it, where it is in the collection, and where no face would be left on it. The
// plan's photos come sorted by ID, faces in the order of their photo, cases in the given order: the same vault gives the same plan.
type ErasurePlanner struct {
	plan   engine.ErasurePlan
	photos map[engine.PhotoID]bool // that the request names, and whether they were seen
	faces  map[engine.FaceID]bool
	seen   map[engine.PhotoID]bool
	urls   map[string]bool // that collecting would refuse, each counted once
	files  map[engine.SHA256]bool
	looks  map[uint64]bool
}

// NewErasurePlanner checks the request: CodeInvalid where it names nothing, has an unknown reason or a reference of more than
// MaxErasureRef characters or with control characters, and for Similar without Suppress.
func NewErasurePlanner(req engine.ErasureRequest) (*ErasurePlanner, error) {
	if err := checkErasure(req); err != nil {
		return nil, err
	}
	p := &ErasurePlanner{plan: engine.ErasurePlan{Request: req}, photos: map[engine.PhotoID]bool{}, faces: map[engine.FaceID]bool{},
		seen: map[engine.PhotoID]bool{}, urls: map[string]bool{}, files: map[engine.SHA256]bool{}, looks: map[uint64]bool{}}
	for _, id := range req.Photos {
		p.photos[id] = false
	}
	for _, id := range req.Faces {
		p.faces[id] = false
	}
	return p, nil
}

// Add takes one of the photos that the request names, by itself or by a face, or of its collection. Others may be among
// them, and one that comes twice counts once.
func (p *ErasurePlanner) Add(photo engine.Photo) {
	if p.seen[photo.ID] {
		return
	}
	p.seen[photo.ID] = true
	_, named := p.photos[photo.ID]
	if named {
		p.photos[photo.ID] = true
	}
	req := p.plan.Request
	e := p.erasureOf(photo, named || req.Collection != "" && photo.Collection == req.Collection)
	if len(e.Faces) > 0 || e.Whole {
		p.plan.Photos = append(p.plan.Photos, e)
		p.count(e, photo)
	}
}

// Plan gives the plan for the photos added. CodeNotFound: a photo or face that the request names is not among them.
func (p *ErasurePlanner) Plan(cases []engine.Case) (engine.ErasurePlan, error) {
	const op = "rights.ErasurePlanner.Plan"
	plan := p.plan
	for _, id := range plan.Request.Photos {
		if !p.photos[id] {
			return engine.ErasurePlan{}, engine.E(engine.CodeNotFound, op, "the vault holds no such photo", errors.New(string(id)))
		}
	}
	for _, id := range plan.Request.Faces {
		if !p.faces[id] {
			return engine.ErasurePlan{}, engine.E(engine.CodeNotFound, op, "the vault holds no such face", errors.New(string(id)))
		}
	}
	slices.SortFunc(plan.Photos, func(a, b engine.PhotoErasure) int { return strings.Compare(string(a.Photo), string(b.Photo)) })
	plan.Cases = mentions(plan, cases)
	p.countRest(&plan)
	return plan, nil
}

func checkErasure(req engine.ErasureRequest) error {
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, "rights.PlanErasure", msg, nil) }
	switch {
	case len(req.Photos) == 0 && len(req.Faces) == 0 && req.Collection == "":
		return bad("an erasure names photos, faces or a collection")
	case !slices.Contains(engine.EraseReasons(), req.Reason):
		return bad("an erasure needs one of the known reasons")
	case utf8.RuneCountInString(req.Ref) > MaxErasureRef || strings.ContainsFunc(req.Ref, func(r rune) bool { return !unicode.IsGraphic(r) }):
		return bad("the reference of an erasure is too long or holds control characters")
	case req.Similar && !req.Suppress:
		return bad("files that look alike are refused only together with the files themselves")
	}
	return nil
}

// erasureOf says what goes of one photo.
func (p *ErasurePlanner) erasureOf(photo engine.Photo, whole bool) engine.PhotoErasure {
	e := engine.PhotoErasure{Photo: photo.ID, Collection: photo.Collection, Finds: 1 + len(photo.Also)}
	for _, f := range photo.Faces {
		named := false
		for _, id := range append(slices.Clone(f.Was), f.ID) { // a request may name it as it was before it was found anew
			if _, is := p.faces[id]; is {
				p.faces[id], named = true, true
			}
		}
		if whole || named {
			e.Faces, e.Was = append(e.Faces, f.ID), append(e.Was, f.Was...)
		}
	}
	e.Whole = whole || len(e.Faces) > 0 && len(e.Faces) == len(photo.Faces)
	return e
}

// mentions finds the cases that list something the plan erases.
func mentions(plan engine.ErasurePlan, cases []engine.Case) []engine.CaseMention {
	var out []engine.CaseMention
	erased := plan.Takes()
	for _, c := range cases {
		m := engine.CaseMention{Case: c.ID, Ref: c.Ref, Kept: !plan.Request.Cases}
		for _, it := range c.Items {
			if erased(it) {
				m.Items++
			}
		}
		if m.Items > 0 {
			out = append(out, m)
		}
	}
	return out
}

// count adds what goes with one photo, see engine.ErasurePlan.
func (p *ErasurePlanner) count(e engine.PhotoErasure, photo engine.Photo) {
	c := &p.plan.Expected
	c.Add(engine.ErasureCounts{Thumbnails: 1, Keys: 1, Crops: len(e.Faces), Templates: len(e.Faces)})
	if e.Whole {
		c.Add(engine.ErasureCounts{Photos: 1, Finds: e.Finds, Items: e.Finds})
	} else {
		c.Partly++
	}
	p.files[photo.SHA256] = true
	for _, find := range append([]engine.Provenance{photo.Source}, photo.Also...) {
		if u := engine.CanonicalURL(find.URL); u != "" {
			p.urls[u] = true
		}
	}
	p.looks[photo.PHash] = true
}

// countRest adds what goes once.
func (p *ErasurePlanner) countRest(plan *engine.ErasurePlan) {
	c := &plan.Expected
	if plan.Request.Suppress {
		c.Suppressions += len(p.urls) + len(p.files)
	}
	if plan.Request.Similar {
		c.Suppressions += len(p.looks)
	}
	if plan.Request.Collection != "" {
		c.Collections++
	}
	if plan.Request.Cases {
		c.Keys += len(plan.Cases)
		for _, m := range plan.Cases {
			c.CaseItems += m.Items
		}
	}
}
