package calibration_test

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gabarit/engine"
	"gabarit/engine/calibration"
	"gabarit/engine/match"
)

// set is templates with their people, as numbers.
type set struct {
	templates []engine.Template
	person    []int
	people    int
}

// part gives the rows of some people.
func (s *set) part(keep func(person int) bool) *set {
	out := &set{people: s.people}
	for i, p := range s.person {
		if keep(p) {
			out.templates, out.person = append(out.templates, s.templates[i]), append(out.person, p)
		}
	}
	return out
}

// count is the number of people.
func (s *set) count() int {
	seen := map[int]bool{}
	for _, p := range s.person {
		seen[p] = true
	}
	return len(seen)
}

// sameWithin is the distance below which two names are taken for one person: the twelve pairs of names nearer than that are spellings of
// one name, or so near that they can only be a photo under a wrong name.
const sameWithin = 0.33

// newSet numbers people; merge takes names of the same words, and names with templates nearer than sameWithin, for one.
func newSet(templates []engine.Template, names []string, merge bool) *set {
	s := &set{templates: templates}
	parent := []int{}
	root := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	numbers := map[string]int{}
	for _, name := range names {
		if merge {
			words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '_' || r == '-' })
			slices.Sort(words)
			name = strings.Join(words, " ")
		}
		if _, known := numbers[name]; !known {
			numbers[name] = len(parent)
			parent = append(parent, len(parent))
		}
		s.person = append(s.person, numbers[name])
	}
	if merge {
		for i := range templates {
			for j := range i {
				if match.Distance(&templates[i], &templates[j]) < sameWithin {
					parent[root(s.person[i])] = root(s.person[j])
				}
			}
		}
	}
	for i, p := range s.person {
		s.person[i] = root(p)
	}
	s.people = len(parent)
	return s
}

// fine is a histogram of distances in thousandths.
type fine [1400]uint16

func (f *fine) add(d float64) { f[min(int(d*1000), len(f)-1)]++ }

func (f *fine) total() (n float64) {
	for _, c := range f {
		n += float64(c)
	}
	return n
}

// quantile gives the distance within which a share lies.
func (f *fine) quantile(share, total float64) float64 {
	left := share * total
	for k, c := range f {
		if left <= float64(c) && c > 0 {
			return (float64(k) + left/float64(c)) / 1000
		}
		left -= float64(c)
	}
	return float64(len(f)) / 1000
}

// fit measures a set as the tables of the package were measured.
func fit(s *set) calibration.Measured {
	strangers := make([]fine, len(s.templates))
	same := make([][]float64, len(s.templates))
	for i := range s.templates {
		for j := range i {
			d := match.Distance(&s.templates[i], &s.templates[j])
			if s.person[i] == s.person[j] {
				same[i], same[j] = append(same[i], d), append(same[j], d)
			} else {
				strangers[i].add(d)
				strangers[j].add(d)
			}
		}
	}
	m := calibration.Measured{Source: "a test", Pooled: pooled(strangers), Typical: typical(strangers)}
	m.Median, m.MedianSpread, m.Pairs = pairs(same)
	return m
}

// curve reads the share within each distance off counts in thousandths; shares rise strictly.
func curve(counts []float64, from, to float64) (out []calibration.Rate) {
	total, sum, k := 0.0, 0.0, 0
	for _, c := range counts {
		total += c
	}
	for d := from; d < to+0.001; d += 0.02 {
		for ; k < int(math.Round(d*1000)); k++ {
			sum += counts[k]
		}
		if len(out) == 0 || sum/total > out[len(out)-1].Share {
			out = append(out, calibration.Rate{Distance: d, Share: max(sum/total, 1e-12)})
		}
	}
	return append(out, calibration.Rate{Distance: max(to, 1.4) + 0.02, Share: 1})
}

func pooled(strangers []fine) []calibration.Rate {
	counts := make([]float64, len(fine{}))
	for i := range strangers {
		for k, c := range strangers[i] {
			counts[k] += float64(c)
		}
	}
	out := curve(counts, 0.36, 1.3)
	for len(out) > 2 && out[0].Share < 1e-9 {
		out = out[1:]
	}
	return out
}

// typical averages the distances at each share. Where shares are too small for one probe's distances, the curve is that of all, each moved so that the
// thousandth parts agree. Below 0.42 it is continued.
func typical(strangers []fine) []calibration.Rate {
	shares := []float64{.0003, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .3, .5, .7, .9}
	const anchor = 2 // of shares
	means := make([]float64, len(shares))
	at := make([]float64, len(strangers))
	for i := range strangers {
		total := strangers[i].total()
		for k, share := range shares {
			q := strangers[i].quantile(share, total)
			means[k] += q / float64(len(strangers))
			if k == anchor {
				at[i] = q
			}
		}
	}
	moved := make([]float64, 2000)
	for i := range strangers {
		shift := int(math.Round((means[anchor] - at[i]) * 1000))
		for k, c := range strangers[i] {
			moved[min(max(k+shift, 0), len(moved)-1)] += float64(c)
		}
	}
	aligned := map[int]float64{}
	for _, r := range curve(moved, 0.30, 1.3) {
		aligned[int(math.Round(r.Distance*100))] = math.Log(r.Share)
	}
	var out []calibration.Rate
	for c := 42; c <= 92; c += 2 {
		if d := float64(c) / 100; d > means[0] {
			out = append(out, calibration.Rate{Distance: d, Share: math.Exp(between(means, shares, d))})
		}
	}
	first := out[0]
	for c := int(math.Round(first.Distance*100)) - 2; c >= 42; c -= 2 {
		share := first.Share * math.Exp(aligned[c]-aligned[int(math.Round(first.Distance*100))])
		out = slices.Insert(out, 0, calibration.Rate{Distance: float64(c) / 100, Share: share})
	}
	slope := math.Log(out[3].Share/out[0].Share) / 0.06
	return slices.Concat([]calibration.Rate{{Distance: 0.40, Share: out[0].Share * math.Exp(-0.02*slope)}}, out,
		[]calibration.Rate{{Distance: 1.0, Share: 0.98}, {Distance: 1.2, Share: 1}})
}

// between interpolates the logarithm of a share.
func between(distances, shares []float64, d float64) float64 {
	for k := 1; k < len(distances); k++ {
		if d <= distances[k] || k == len(distances)-1 {
			part := min((d-distances[k-1])/(distances[k]-distances[k-1]), 1.05)
			return math.Log(shares[k-1]) + part*math.Log(shares[k]/shares[k-1])
		}
	}
	return 0
}

// pairs measures distances between photos of one person, people weighing the same. Medians need enough other photos.
func pairs(same [][]float64) (median, spread float64, out []calibration.Rate) {
	const enough = 8
	type probe struct{ median, weight float64 }
	var probes []probe
	counts := make([]float64, 1000) // farther than the median by so many thousandths, less 500
	sum := 0.0
	for _, d := range same {
		if len(d) < enough {
			continue
		}
		slices.SortFunc(d, cmp.Compare)
		p := probe{median: (d[(len(d)-1)/2] + d[len(d)/2]) / 2, weight: 1 / float64(len(d)+1)}
		probes, sum = append(probes, p), sum+p.weight
		for _, v := range d {
			counts[min(max(int(math.Round((v-p.median)*1000))+500, 0), 999)] += p.weight / float64(len(d))
		}
	}
	for _, p := range probes {
		median += p.median * p.weight / sum
	}
	for _, p := range probes {
		spread += (p.median - median) * (p.median - median) * p.weight / sum
	}
	within, k := 0.0, 0
	for c := -24; c < 30; c += 2 {
		for ; k <= c*10+500; k++ {
			within += counts[k] / sum
		}
		if within > 0 && (len(out) == 0 || within > out[len(out)-1].Share) {
			out = append(out, calibration.Rate{Distance: float64(c) / 100, Share: within})
		}
	}
	return median, math.Sqrt(spread), append(out, calibration.Rate{Distance: 0.30, Share: 1.0001})
}
