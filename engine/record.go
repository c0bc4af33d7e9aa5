package engine

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Check reports the first thing that keeps an ingest from being stored into collection c, as a
// CodeInvalid error. Every store applies it before it writes anything.
func (in Ingest) Check(c CollectionID) error {
	bad := func(msg string) error { return E(CodeInvalid, "engine.Ingest.Check", msg, nil) }
	r := in.Record
	if r.Key == "" || r.Run == "" {
		return bad("an item record needs a key and a run")
	}
	switch r.Outcome {
	case OutcomePhoto, OutcomeNoFace:
		return in.checkPhoto(c)
	case OutcomeDuplicate:
		if r.Photo == "" || in.Photo != nil {
			return bad("a duplicate names the photo held already and brings none")
		}
	case OutcomeFailed:
		if in.bringsPhoto() {
			return bad("a failed item brings no photo")
		}
	case OutcomeVideo, OutcomeLeftOut, OutcomeAbsent:
		if in.bringsPhoto() {
			return bad("a video, a frame that is left out, or what is not there any more brings no photo")
		}
	case OutcomeSuppressed:
		if in.bringsPhoto() || in.Suppression == "" {
			return bad("a suppressed item brings no photo and names what refused it")
		}
	default:
		return bad("the outcome of an item is unknown")
	}
	return nil
}

func (in Ingest) bringsPhoto() bool {
	return in.Record.Photo != "" || in.Photo != nil || in.Find != nil
}

func (in Ingest) checkPhoto(c CollectionID) error {
	bad := func(msg string) error { return E(CodeInvalid, "engine.Ingest.Check", msg, nil) }
	p, r := in.Photo, in.Record
	switch {
	case p == nil || p.ID == "" || r.Photo != p.ID:
		return bad("a collected item needs its photo")
	case p.Collection != c:
		return bad("the photo belongs to another collection")
	case len(p.Faces) != r.Faces || len(in.Crops) != len(p.Faces):
		return bad("faces, crops and the item record disagree in number")
	case (r.Outcome == OutcomeNoFace) != (len(p.Faces) == 0):
		return bad("the outcome and the number of faces disagree")
	case len(p.Also) != 0 || in.Find != nil:
		return bad("a new photo has one find, its source")
	case p.CollectedAt.IsZero():
		return bad("a photo needs the time it was collected")
	}
	for i, f := range p.Faces {
		if f.ID != NewFaceID(p.ID, i) {
			return bad("faces are numbered from 0 in their photo")
		}
	}
	return checkModels(p.Model, p.Faces)
}

// checkModels refuses faces of a photo that are not all of one model, or of none that has a name.
func checkModels(m ModelID, faces []Face) error {
	const op = "engine.Ingest.Check"
	if m == "" {
		return E(CodeInvalid, op, "a photo needs the name of the model that looked for its faces", nil)
	}
	for _, f := range faces {
		if f.Model != m {
			return E(CodeInvalid, op, "the templates of a photo are of several models", nil)
		}
	}
	return nil
}

// Entries gives what an index keeps of the photo's faces. Hosts are shared between them.
func (p Photo) Entries() []IndexEntry {
	hosts, when := p.Hosts(), p.When()
	entries := make([]IndexEntry, 0, len(p.Faces))
	for _, f := range p.Faces {
		entries = append(entries, IndexEntry{Face: f.ID, Model: f.Model, Collection: p.Collection, Hosts: hosts, When: when, Place: p.Source.Place, Template: f.Template})
	}
	return entries
}

// Hosts lists the hosts a photo was found on: those of page and image addresses of its
// source and its other finds, lower case, without port, sorted, each once.
func (p Photo) Hosts() []string {
	var hosts []string
	add := func(s Provenance) {
		for _, raw := range []string{s.PageURL, s.URL} {
			if u, err := url.Parse(raw); err == nil && u.Hostname() != "" {
				hosts = append(hosts, strings.TrimSuffix(strings.ToLower(u.Hostname()), "."))
			}
		}
	}
	add(p.Source)
	for _, s := range p.Also {
		add(s)
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// When is the time a filter by date looks at: when the photo was taken, else when it was collected.
func (p Photo) When() time.Time {
	if !p.Source.CapturedAt.IsZero() {
		return p.Source.CapturedAt
	}
	return p.CollectedAt
}

// FoundAs reports whether the photo holds this find already, as its source or among its others.
func (p Photo) FoundAs(find Provenance) bool {
	return p.Source.SameFind(find) || slices.ContainsFunc(p.Also, find.SameFind)
}

// SameWork reports whether two runs read the same sources, named in any order, into the same
// collection with the same look, so that one may continue the other.
func (r Run) SameWork(o Run) bool {
	sources := func(s []string) []string {
		s = slices.Clone(s)
		slices.Sort(s)
		return slices.Compact(s)
	}
	return r.Collection == o.Collection && r.Look == o.Look && r.Retemplate == o.Retemplate &&
		slices.Equal(sources(r.Sources), sources(o.Sources))
}

// Check refuses a search without a purpose, as a CodeInvalid error.
func (s SearchRecord) Check() error {
	if strings.TrimSpace(s.Purpose) == "" {
		return E(CodeInvalid, "engine.SearchRecord.Check", "a search needs a purpose", nil)
	}
	return nil
}

// Check refuses a case without items, as a CodeInvalid error.
func (c Case) Check() error {
	if len(c.Items) == 0 {
		return E(CodeInvalid, "engine.Case.Check", "a case needs at least one item", nil)
	}
	return nil
}

// Check refuses a run without a collection or sources, as a CodeInvalid error.
func (r Run) Check() error {
	if r.Collection == "" || len(r.Sources) == 0 {
		return E(CodeInvalid, "engine.Run.Check", "a run needs a collection and at least one source", nil)
	}
	return nil
}
