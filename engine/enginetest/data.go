package enginetest

import (
	"crypto/sha256"
	"fmt"
	"time"

	"gabarit/engine"
)

// ValidCollection is a collection that every store takes.
func ValidCollection(name string) engine.Collection {
	return engine.Collection{Name: name, Purpose: "showing exposure to the person themselves", Basis: "consent",
		Condition: "explicit-consent", Scope: "one folder", Retain: engine.DefaultRetain}
}

// NewIngest makes an item with a photo of n synthetic faces, as the pipeline would hand it over. The
// photo's bytes are those of seed: equal seeds make duplicates.
func NewIngest(s engine.Store, c engine.CollectionID, run engine.RunID, itemKey, seed string, n int) engine.Ingest {
	at := time.Date(2026, 3, 4, 5, 6, 7, 89, time.UTC)
	p := &engine.Photo{ID: s.NewPhotoID(), Collection: c, Width: 640, Height: 480, Format: "jpeg",
		Model: "synthetic", Look: engine.Look{Detector: engine.DetectorFast},
		SHA256: sha256.Sum256([]byte(seed)), PHash: 1 << 63, Description: "description of " + seed, CollectedAt: at,
		Source: engine.Provenance{File: itemKey, URL: "https://Img.Example.org:8080/" + seed, PageURL: "https://www.example.org/page/" + seed,
			PageTitle: "page " + seed, ImageTitle: "image " + seed, CapturedAt: at.AddDate(-1, 0, 0), Place: &engine.Place{Lat: 48.85, Lon: 2.35}}}
	in := engine.Ingest{Photo: p, Thumbnail: []byte("thumbnail of " + seed),
		Record: engine.ItemRecord{Key: itemKey, Version: "1:1", Run: run, Outcome: engine.OutcomePhoto, Photo: p.ID, Faces: n, At: at}}
	if n == 0 {
		in.Record.Outcome = engine.OutcomeNoFace
	}
	for i := range n {
		f := engine.Face{ID: engine.NewFaceID(p.ID, i), Box: engine.Box{X: -3, Y: 100 * i, W: 50, H: 60}, Quality: 0.5, Roll: -4.25, Model: "synthetic", Template: seeded(seed, i)}
		f.Seen = engine.Span{FromMS: int64(i), ToMS: 1000 * int64(i)}
		p.Faces = append(p.Faces, f)
		in.Crops = append(in.Crops, fmt.Appendf(nil, "crop %d of %s", i, seed))
	}
	return in
}

// NewFailure makes an item that could not be read.
func NewFailure(run engine.RunID, itemKey string) engine.Ingest {
	return engine.Ingest{Record: engine.ItemRecord{Key: itemKey, Version: "1:1", Run: run, Outcome: engine.OutcomeFailed,
		Code: engine.CodeCorrupt, Reason: "the picture is cut off", Detail: "unexpected EOF", At: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}}
}

// NewDuplicate makes an item whose bytes are those of a photo held already.
func NewDuplicate(run engine.RunID, itemKey string, photo engine.PhotoID, find engine.Provenance) engine.Ingest {
	return engine.Ingest{Find: &find, Record: engine.ItemRecord{Key: itemKey, Version: "1:1", Run: run,
		Outcome: engine.OutcomeDuplicate, Photo: photo, At: time.Date(2026, 3, 4, 5, 6, 8, 0, time.UTC)}}
}

// NewRenewal finds n faces anew, by another model, in the photo of an ingest. Face i lies where face i of the ingest does; its
// template, crop and the thumbnail tell of seed.
func NewRenewal(in engine.Ingest, run engine.RunID, seed string, n int) engine.Renewal {
	r := engine.Renewal{Record: in.Record, Model: "next", Look: engine.Look{Detector: engine.DetectorThorough}, Thumbnail: []byte("thumbnail of " + seed)}
	r.Record.Run, r.Record.Renewed, r.Record.Faces = run, true, n
	r.Record.Outcome = engine.OutcomeOf(n)
	for i := range n {
		f := engine.Face{Box: engine.Box{X: -3, Y: 100 * i, W: 52, H: 60}, Quality: 0.75, Model: r.Model}
		f.Template = seeded(seed, i)
		r.Faces = append(r.Faces, f)
		r.Crops = append(r.Crops, fmt.Appendf(nil, "crop %d of %s", i, seed))
	}
	return r
}

// seeded is a template that tells of a seed and a number.
func seeded(seed string, i int) (t engine.Template) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", seed, i))
	for d := range t {
		t[d] = float32(sum[d%32])/255 - 0.5
	}
	return t
}
