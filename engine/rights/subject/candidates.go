package subject

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Wanted is what a request is searched by.
type Wanted struct {
	Model     engine.ModelID // that made Templates
	Templates []engine.Template
	URLs      []string // of pages or images
	Files     []engine.SHA256
	Looks     []uint64 // perceptual hashes; 0 says nothing
	Within    float64  // distance to a template, at most
}

// Matcher finds the candidates of a request. All photos are shown to it (Photo), then all faces (Face), then, if there are groups, those that are in one
// with a candidate (Group), and those faces once more. It keeps nothing of what is no candidate. Not safe for concurrent use.
type Matcher struct {
	want    Wanted
	urls    map[string]bool
	files   map[engine.SHA256]bool
	looks   []uint64
	found   map[string]*matter.SubjectCandidate
	nearest float64
	counts  matter.SubjectSearch
}

// NewMatcher begins a search. CodeInvalid: there is nothing to search by, or the distance is out of range.
func NewMatcher(w Wanted) (*Matcher, error) {
	bad := func(msg string) error { return engine.E(engine.CodeInvalid, "subject.NewMatcher", msg, nil) }
	switch {
	case len(w.Templates)+len(w.URLs)+len(w.Files) == 0:
		return nil, bad("there is nothing to search by: a portrait or an address is needed")
	case !(w.Within > 0 && w.Within <= matter.MaxReviewDistance): // not the other way round: NaN
		return nil, bad("the distance is out of range")
	}
	m := &Matcher{want: w, urls: map[string]bool{}, files: map[engine.SHA256]bool{}, found: map[string]*matter.SubjectCandidate{}, nearest: math.Inf(1)}
	for _, u := range w.URLs {
		if c := engine.CanonicalURL(u); c != "" {
			m.urls[c] = true
		}
	}
	m.Alike(w.Files, w.Looks)
	m.counts = matter.SubjectSearch{Distance: w.Within, Model: w.Model, Faces: len(w.Templates), URLs: len(w.URLs), Hashes: len(w.Files), LookAlike: engine.LookAlike}
	return m, nil
}

// Alike adds files to look for, and what they look like: for copies of photos that are known to show the person.
func (m *Matcher) Alike(files []engine.SHA256, looks []uint64) {
	for _, f := range files {
		m.files[f] = true
	}
	for _, l := range looks {
		if l != 0 && !slices.Contains(m.looks, l) {
			m.looks = append(m.looks, l)
		}
	}
}

// Photo takes one photo held. All its faces are candidates where it was found at an address or is a file that was named, and so is the photo itself: the
// detector may have missed the person.
func (m *Matcher) Photo(p engine.Photo) {
	m.counts.Photos++
	m.counts.Held += len(p.Faces)
	m.match(p)
}

// Copy takes a photo a second time, after Alike: nothing is counted. Where one of its faces is a candidate already, that is the person: the others, and the photo
// as a whole, don't become candidates because it is a copy of a photo, or one itself, that shows the person.
func (m *Matcher) Copy(p engine.Photo) {
	known := false
	for _, f := range p.Faces {
		if c := m.found[string(f.ID)]; c != nil {
			known = true
			for _, by := range m.reasons(p) {
				m.add(*c, by)
			}
		}
	}
	if !known && m.found[string(p.ID)] == nil {
		m.match(p)
	}
}

func (m *Matcher) match(p engine.Photo) {
	for _, by := range m.reasons(p) {
		m.add(matter.SubjectCandidate{Photo: p.ID}, by)
		for _, f := range p.Faces {
			m.add(matter.SubjectCandidate{Face: f.ID, Photo: p.ID}, by)
		}
	}
}

func (m *Matcher) reasons(p engine.Photo) (out []matter.FoundBy) {
	at := func(s engine.Provenance) bool {
		return m.urls[engine.CanonicalURL(s.URL)] || m.urls[engine.CanonicalURL(s.PageURL)]
	}
	if at(p.Source) || slices.ContainsFunc(p.Also, at) {
		out = append(out, matter.FoundURL)
	}
	if m.files[p.SHA256] {
		out = append(out, matter.FoundFile)
	}
	near := func(l uint64) bool { return bits.OnesCount64(l^p.PHash) <= engine.LookAlike }
	if p.PHash != 0 && slices.ContainsFunc(m.looks, near) {
		out = append(out, matter.FoundLooks)
	}
	return out
}

// Face takes one face held, whether a search may find it or not.
func (m *Matcher) Face(e engine.IndexEntry) {
	if e.Model != m.want.Model {
		m.counts.OtherModel++
		return
	}
	m.counts.Compared++
	m.compare(e)
}

// Again takes a face a second time, after Group: nothing is counted.
func (m *Matcher) Again(e engine.IndexEntry) {
	if c := m.found[string(e.Face)]; c != nil && !c.Compared && e.Model == m.want.Model {
		m.compare(e)
	}
}

// Uncompared reports whether a candidate's distance is not known yet: Again would find it, unless another model made its template.
func (m *Matcher) Uncompared() bool {
	for _, c := range m.found {
		if c.Face != "" && !c.Compared {
			return true
		}
	}
	return false
}

func (m *Matcher) compare(e engine.IndexEntry) {
	if len(m.want.Templates) == 0 {
		return
	}
	d := math.Inf(1)
	for i := range m.want.Templates {
		d = min(d, distance(&m.want.Templates[i], &e.Template))
	}
	m.nearest = min(m.nearest, d)
	if d <= m.want.Within {
		photo, _, _ := e.Face.Photo()
		m.add(matter.SubjectCandidate{Face: e.Face, Photo: photo}, matter.FoundPortrait)
	}
	if c := m.found[string(e.Face)]; c != nil {
		c.Compared, c.Distance = true, d
	}
}

// distance is L2 [Euclid], summed in double precision as the index does.
func distance(a, b *engine.Template) float64 {
	var sum float64
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum)
}

// Group takes faces that are in one group with a candidate.
func (m *Matcher) Group(faces []engine.FaceID) {
	m.counts.Grouped = true
	for _, f := range faces {
		if photo, _, ok := f.Photo(); ok {
			m.add(matter.SubjectCandidate{Face: f, Photo: photo}, matter.FoundGroup)
		}
	}
}

func (m *Matcher) add(c matter.SubjectCandidate, by matter.FoundBy) {
	k := c.Key()
	if m.found[k] == nil {
		m.found[k] = &c
	}
	if held := m.found[k]; !held.Found(by) {
		held.By = append(held.By, by)
	}
}

// Named lists the photos found at an address that was named, or by their file or look.
func (m *Matcher) Named() (out []engine.PhotoID) {
	for _, c := range m.found {
		if c.Face == "" {
			out = append(out, c.Photo)
		}
	}
	return out
}

// Near lists the faces found so far that are near a portrait, at an address, or in a file: those whose groups are worth looking at.
func (m *Matcher) Near(within float64) (out []engine.FaceID) {
	for _, c := range m.found {
		if c.Face != "" && c.Compared && c.Distance <= within {
			out = append(out, c.Face)
		}
	}
	slices.Sort(out)
	return out
}

// Result gives the candidates, nearest first, then those that were not compared, and what was searched. Decisions made before about the same candidates
// (was) are kept; candidates that have reviews and are not found any more stay, unless they are gone from the vault (held tells).
func (m *Matcher) Result(was []matter.SubjectCandidate, held func(matter.SubjectCandidate) bool) ([]matter.SubjectCandidate, matter.SubjectSearch) {
	for _, old := range was {
		c := m.found[old.Key()]
		if c == nil {
			if len(old.Reviews) == 0 || !held(old) {
				continue
			}
			c = &matter.SubjectCandidate{Face: old.Face, Photo: old.Photo, By: old.By, Distance: old.Distance, Compared: old.Compared}
			m.found[old.Key()] = c
		}
		c.Reviews = old.Reviews
	}
	s := m.counts
	s.Found = map[matter.FoundBy]int{}
	for _, by := range []matter.FoundBy{matter.FoundPortrait, matter.FoundURL, matter.FoundFile, matter.FoundLooks, matter.FoundGroup} {
		s.Found[by] = 0
	}
	out := make([]matter.SubjectCandidate, 0, len(m.found))
	for _, c := range m.found {
		slices.Sort(c.By)
		for _, by := range c.By {
			s.Found[by]++
		}
		out = append(out, *c)
	}
	if !math.IsInf(m.nearest, 1) {
		s.Nearest = m.nearest
	}
	slices.SortFunc(out, func(a, b matter.SubjectCandidate) int {
		if a.Compared != b.Compared {
			if a.Compared {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), strings.Compare(a.Key(), b.Key()))
	})
	return out, s
}
