package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gabarit/app/verdicts"
	"gabarit/engine"
	"gabarit/engine/entry"
)

// Search compares the chosen faces of a probe with the whole index. A search without a purpose is refused
// (CodeInvalid), and one that can't be recorded in the audit log gives no result.
func (a *App) Search(ctx context.Context, req engine.SearchRequest) (engine.SearchResult, error) {
	const op = "app.Search"
	var none engine.SearchResult
	s, ctx, done, err := a.enter(ctx, op)
	if err != nil {
		return none, err
	}
	defer done()
	if err := checkSearch(&req); err != nil {
		if strings.TrimSpace(req.Purpose) == "" { // who tries to search without one is to be seen
			err = cmp.Or(s.store.Record(ctx, entry.SearchRefused()), err)
			a.events.send(engine.EventAudit)
		}
		return none, err
	}
	finder, err := a.newFinder(ctx, s)
	if err != nil {
		return none, err
	}
	res := engine.SearchResult{Index: finder.totals}
	for _, n := range req.Faces {
		pm, searched, err := finder.face(ctx, req, n)
		if err != nil {
			return none, err
		}
		res.Searched, res.Probes = searched, append(res.Probes, pm)
	}
	if err := verdicts.Mark(ctx, a.vaultOf(s), req.Probe.SHA256, res.Probes); err != nil {
		return none, err
	}
	if err := s.store.RecordSearch(ctx, searchRecord(req, res)); err != nil {
		return none, err
	}
	return res, nil
}

// checkSearch refuses what makes no search and fills in the defaults.
func checkSearch(req *engine.SearchRequest) error {
	const op = "app.Search"
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, op, msg, nil) }
	switch {
	case strings.TrimSpace(req.Purpose) == "":
		return bad("a search needs a purpose")
	case utf8.RuneCountInString(req.Purpose) > engine.MaxPurpose:
		return bad("the purpose is too long")
	case req.Probe == nil:
		return bad("a search needs a photo")
	case len(req.Probe.Faces) == 0:
		return engine.E(engine.CodeNoFace, op, "no face was found in the photo", nil)
	case req.Max < 0 || req.Max > engine.MaxResults:
		return bad("the number of results is out of range")
	case !(req.Within >= 0 && req.Within <= engine.MaxDistance): // not the other way round: NaN
		return bad("the distance is out of range")
	}
	if req.Max == 0 {
		req.Max = engine.DefaultMax
	}
	if req.Within == 0 {
		req.Within = engine.MaxDistance
	}
	if len(req.Faces) == 0 {
		for n := range req.Probe.Faces {
			req.Faces = append(req.Faces, n)
		}
		return nil
	}
	req.Faces = slices.Compact(slices.Sorted(slices.Values(req.Faces)))
	if req.Faces[0] < 0 || req.Faces[len(req.Faces)-1] >= len(req.Probe.Faces) {
		return bad("the photo has no face of that number")
	}
	return nil
}

func searchRecord(req engine.SearchRequest, res engine.SearchResult) engine.SearchRecord {
	rec := engine.SearchRecord{
		Purpose: req.Purpose, ProbeHash: req.Probe.SHA256, ProbeFaces: len(res.Probes),
		Searched: res.Searched, Collections: req.Filter.Collections,
	}
	for _, p := range res.Probes {
		if p.Drawn {
			rec.Drawn++
		}
		rec.Matches += len(p.Matches)
		for _, m := range p.Matches {
			rec.Returned = append(rec.Returned, m.Face)
			if m.Band == engine.BandStrong {
				rec.Strong++
			}
		}
	}
	return rec
}

// finder turns neighbours into matches; it reads each photo once.
type finder struct {
	*session
	bands  engine.Calibration
	totals engine.Totals
	names  map[engine.CollectionID]string
	photos map[engine.PhotoID]engine.Photo
}

func (a *App) newFinder(ctx context.Context, s *session) (*finder, error) {
	totals, err := s.totals(ctx)
	if err != nil {
		return nil, err
	}
	infos, err := s.store.Collections(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[engine.CollectionID]string, len(infos))
	for _, c := range infos {
		names[c.ID] = c.Name
	}
	return &finder{session: s, bands: a.bands, totals: totals, names: names, photos: map[engine.PhotoID]engine.Photo{}}, nil
}

// searchTries is how often a search is made again because something left the store between the index and the store, and
// searchPause how long it waits before it is, times the number of tries.
const (
	searchTries = 5
	searchPause = 5 * time.Millisecond
)

// face searches for one face of the probe. What is erased leaves the index before the store: a search that met it in the
// one and no longer in the other is made again, and gives what it would have given after the erasure. So is one that met a face
// which was found anew in the store and not yet in the index.
func (f *finder) face(ctx context.Context, req engine.SearchRequest, n int) (engine.ProbeMatches, int, error) {
	for try := 1; ; try++ {
		out, searched, err := f.faceOnce(ctx, req, n)
		if engine.CodeOf(err) != engine.CodeNotFound || try == searchTries {
			return out, searched, err
		}
		clear(f.photos)
		select {
		case <-time.After(time.Duration(try) * searchPause):
		case <-ctx.Done():
			return out, 0, engine.E(engine.CodeCanceled, "app.Search", "stopped", ctx.Err())
		}
	}
}

func (f *finder) faceOnce(ctx context.Context, req engine.SearchRequest, n int) (engine.ProbeMatches, int, error) {
	d := req.Probe.Faces[n].Detection
	out := engine.ProbeMatches{Face: n, Box: d.Box, Quality: d.Quality, Drawn: d.Drawn}
	q := engine.Query{Model: d.Model, Template: d.Template, K: req.Max, Within: req.Within, Filter: req.Filter, Count: f.bands.Reach()}
	answers, err := f.index.SearchAll(ctx, []engine.Query{q})
	if err != nil {
		return out, 0, err
	}
	near, strangers := answers[0].Neighbours, f.bands.Strangers(&answers[0].Distances) // of the whole index, whatever the filter lets through
	out.Compared, out.Crowding = strangers.Faces, strangers.Crowding
	out.Matches = make([]engine.Match, 0, len(near))
	for _, nb := range near {
		m, err := f.match(ctx, nb, d.Quality, &strangers)
		if err != nil {
			return out, 0, err
		}
		out.Matches = append(out.Matches, m)
	}
	return out, answers[0].Searched, nil
}

// match looks a neighbour up and says what its distance means; quality is that of the probe's face.
func (f *finder) match(ctx context.Context, nb engine.Neighbour, quality float64, strangers *engine.Strangers) (engine.Match, error) {
	p, face, err := f.lookUp(ctx, nb.Face)
	if err != nil {
		return engine.Match{}, err
	}
	expected := strangers.Expected(nb.Distance)
	return engine.Match{
		Face: face.ID, Photo: p.ID, CollectionID: p.Collection, Collection: f.names[p.Collection],
		Distance: nb.Distance, Band: f.bands.Band(nb.Distance, expected, min(quality, face.Quality)), ExpectedFalse: expected,
		Box: face.Box, Quality: face.Quality, Seen: face.Seen, Source: p.Source, Also: p.Also, SHA256: p.SHA256,
		CollectedAt: p.CollectedAt, PhotoWidth: p.Width, PhotoHeight: p.Height,
	}, nil
}

func (f *finder) lookUp(ctx context.Context, id engine.FaceID) (engine.Photo, engine.Face, error) {
	pid, _, _ := id.Photo()
	p, ok := f.photos[pid]
	if !ok {
		read, err := f.store.Photo(ctx, pid)
		if err != nil {
			return p, engine.Face{}, err
		}
		p, f.photos[pid] = read, read
	}
	face, err := faceOf(p, id)
	return p, face, err
}

// faceOf gives the face of that ID, or the one that was found anew as it.
func faceOf(p engine.Photo, id engine.FaceID) (engine.Face, error) {
	i := slices.IndexFunc(p.Faces, func(f engine.Face) bool { return f.Is(id) })
	if i < 0 {
		return engine.Face{}, engine.E(engine.CodeNotFound, "app.face", "the vault holds no such face", errors.New(string(id)))
	}
	return p.Faces[i], nil
}

// Crop gives a face of the index as an upright JPEG; CodeNotFound.
func (a *App) Crop(ctx context.Context, id engine.FaceID) ([]byte, error) {
	return use(ctx, a, "app.Crop", func(ctx context.Context, s *session) ([]byte, error) { return s.crop(ctx, id) })
}

// crop gives a face, also by an ID that it had before it was found anew.
func (s *session) crop(ctx context.Context, id engine.FaceID) ([]byte, error) {
	crop, err := s.store.Crop(ctx, id)
	if engine.CodeOf(err) != engine.CodeNotFound {
		return crop, err
	}
	photo, _, _ := id.Photo()
	p, missing := s.store.Photo(ctx, photo)
	if missing != nil {
		return nil, err
	}
	f, missing := faceOf(p, id)
	if missing != nil || f.ID == id {
		return nil, err
	}
	return s.store.Crop(ctx, f.ID)
}

// Thumbnail gives a photo of the index, small, as a JPEG; CodeNotFound.
func (a *App) Thumbnail(ctx context.Context, id engine.PhotoID) ([]byte, error) {
	return use(ctx, a, "app.Thumbnail", func(ctx context.Context, s *session) ([]byte, error) { return s.store.Thumbnail(ctx, id) })
}
