package match_test

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gabarit/engine"
)

// indexReference is the plainest possible index: a map, an exhaustive comparison in float64, a sort. Every
// engine.Index must answer exactly as it does, distances to the last bit. Not safe for concurrent use.
// Host names in entries and filters are taken as they are: lower case ASCII. So are places: whole degrees.
type indexReference map[engine.FaceID]engine.IndexEntry

// Add adds or replaces entries.
func (r indexReference) Add(entries ...engine.IndexEntry) {
	for _, e := range entries {
		r[e.Face] = e
	}
}

// Remove removes faces.
func (r indexReference) Remove(faces ...engine.FaceID) {
	for _, id := range faces {
		delete(r, id)
	}
}

// Search answers q.
func (r indexReference) Search(q engine.Query) (found []engine.Neighbour, searched int) {
	for id, e := range r {
		if !indexPasses(e, q.Filter) {
			continue
		}
		searched++
		d := referenceDistance(e.Template, q.Template)
		if q.Within <= 0 || d <= q.Within {
			found = append(found, engine.Neighbour{Face: id, Distance: d})
		}
	}
	slices.SortFunc(found, func(a, b engine.Neighbour) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Face, b.Face))
	})
	if q.K > 0 && len(found) > q.K {
		found = found[:q.K]
	}
	return found, searched
}

// Answer answers q with the counts it asks for.
func (r indexReference) Answer(q engine.Query) (a engine.Answer) {
	a.Neighbours, a.Searched = r.Search(q)
	if q.Count <= 0 {
		return a
	}
	for _, e := range r {
		a.Distances.Add(referenceDistance(e.Template, q.Template))
	}
	reach := q.Count
	if n := len(a.Neighbours); n > 0 {
		reach = max(reach, a.Neighbours[n-1].Distance)
	}
	a.Distances.Keep(engine.BinsFor(reach))
	return a
}

// referenceDistance is the definition of the distance: squares summed in float64 in the order of the dimensions,
// each product rounded before it is added.
func referenceDistance(a, b engine.Template) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += float64(d * d)
	}
	return math.Sqrt(sum)
}

func indexPasses(e engine.IndexEntry, f engine.Filter) bool {
	if len(f.Collections) > 0 && !slices.Contains(f.Collections, e.Collection) {
		return false
	}
	if f.Host != "" && !slices.ContainsFunc(e.Hosts, func(h string) bool {
		return h == f.Host || strings.HasSuffix(h, "."+f.Host)
	}) {
		return false
	}
	if f.Area != nil && (e.Place == nil || !f.Area.Holds(*e.Place)) {
		return false
	}
	if (!f.Since.IsZero() || !f.Until.IsZero()) && e.When.IsZero() {
		return false
	}
	if !f.Since.IsZero() && e.When.Before(f.Since) {
		return false
	}
	return f.Until.IsZero() || e.When.Before(f.Until)
}
