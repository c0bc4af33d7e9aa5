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

// PlanErasure says what a request would erase. photos are those that the request names, by themselves or by a face, and all of
// its collection; others may be among them, and a photo given twice counts once. cases are all of the vault's.
//
// A photo goes whole where the request lists it, where it is in the collection, and where no face would be left on it. The
// plan's photos come sorted by ID, faces in the order of their photo, cases in the given order: the same vault gives the same plan.
//
// Errors: CodeInvalid for a request that names nothing, an unknown reason, a reference of more than MaxErasureRef characters or
// with control characters, and Similar without Suppress; CodeNotFound for a photo or face that is not among photos.
func PlanErasure(req engine.ErasureRequest, photos []engine.Photo, cases []engine.Case) (engine.ErasurePlan, error) {
	if err := checkErasure(req); err != nil {
		return engine.ErasurePlan{}, err
	}
	given := make(map[engine.PhotoID]engine.Photo, len(photos))
	for _, p := range photos {
		given[p.ID] = p
	}
	whole, faces, err := named(req, given)
	if err != nil {
		return engine.ErasurePlan{}, err
	}
	plan := engine.ErasurePlan{Request: req}
	for id, p := range given {
		if e := erasureOf(p, whole[id], faces); len(e.Faces) > 0 || e.Whole {
			plan.Photos = append(plan.Photos, e)
		}
	}
	slices.SortFunc(plan.Photos, func(a, b engine.PhotoErasure) int { return strings.Compare(string(a.Photo), string(b.Photo)) })
	plan.Cases = mentions(plan, cases)
	plan.Expected = expected(plan, given)
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

// named gives the photos that the request takes whole, whatever faces they show, and the faces it takes.
func named(req engine.ErasureRequest, given map[engine.PhotoID]engine.Photo) (whole map[engine.PhotoID]bool, faces map[engine.FaceID]bool, err error) {
	const op = "rights.PlanErasure"
	whole, faces = map[engine.PhotoID]bool{}, map[engine.FaceID]bool{}
	for id, p := range given {
		if req.Collection != "" && p.Collection == req.Collection {
			whole[id] = true
		}
	}
	for _, id := range req.Photos {
		if _, ok := given[id]; !ok {
			return nil, nil, engine.E(engine.CodeNotFound, op, "the vault holds no such photo", errors.New(string(id)))
		}
		whole[id] = true
	}
	for _, id := range req.Faces {
		photo, _, _ := id.Photo()
		if !slices.ContainsFunc(given[photo].Faces, func(f engine.Face) bool { return f.ID == id }) {
			return nil, nil, engine.E(engine.CodeNotFound, op, "the vault holds no such face", errors.New(string(id)))
		}
		faces[id] = true
	}
	return whole, faces, nil
}

// erasureOf says what goes of one photo.
func erasureOf(p engine.Photo, whole bool, faces map[engine.FaceID]bool) engine.PhotoErasure {
	e := engine.PhotoErasure{Photo: p.ID, Collection: p.Collection, Finds: 1 + len(p.Also), Whole: whole}
	for _, f := range p.Faces {
		if whole || faces[f.ID] {
			e.Faces = append(e.Faces, f.ID)
		}
	}
	e.Whole = whole || len(e.Faces) > 0 && len(e.Faces) == len(p.Faces)
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

// expected counts what the plan says, see engine.ErasurePlan.
func expected(plan engine.ErasurePlan, given map[engine.PhotoID]engine.Photo) engine.ErasureCounts {
	var c engine.ErasureCounts
	urls, files, looks := map[string]bool{}, map[engine.SHA256]bool{}, map[uint64]bool{}
	for _, e := range plan.Photos {
		p := given[e.Photo]
		c.Thumbnails++
		c.Keys++
		c.Crops += len(e.Faces)
		c.Templates += len(e.Faces)
		if e.Whole {
			c.Photos++
			c.Finds += e.Finds
			c.Items += e.Finds
		} else {
			c.Partly++
		}
		files[p.SHA256] = true
		for _, find := range append([]engine.Provenance{p.Source}, p.Also...) {
			if u := engine.CanonicalURL(find.URL); u != "" {
				urls[u] = true
			}
		}
		looks[p.PHash] = true
	}
	if plan.Request.Suppress {
		c.Suppressions = len(urls) + len(files)
	}
	if plan.Request.Similar {
		c.Suppressions += len(looks)
	}
	if plan.Request.Collection != "" {
		c.Collections = 1
	}
	if plan.Request.Cases {
		c.Keys += len(plan.Cases)
		for _, m := range plan.Cases {
			c.CaseItems += m.Items
		}
	}
	return c
}
