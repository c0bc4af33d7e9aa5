package crowd_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gonum.org/v1/gonum/mat"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
)

// TestACrowdIsLikeRealTemplates draws as many faces of as many people as the real templates that Crowd was fitted to, and compares what
// searches and bands depend on. `-v` prints the table.
func TestACrowdIsLikeRealTemplates(t *testing.T) {
	real, people := enginetest.LFW(t, 1)
	made := crowd.New(1, crowd.LFWSizes())
	if made.Len() != len(real) {
		t.Fatalf("%d faces drawn, %d are real", made.Len(), len(real))
	}
	drawn, shown := make([]engine.Template, made.Len()), make([]string, made.Len())
	for i := range drawn {
		drawn[i], shown[i] = made.Template(i), fmt.Sprint(made.Person(i))
	}
	of, like := measure(t, real, people), measure(t, drawn, shown)
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i, row := range of {
		for k, side := range []measured{row, like[i]} {
			fmt.Fprintf(w, "%s, %s\t", row.name, []string{"real", "drawn"}[k])
			for j, v := range side.values {
				if fmt.Fprintf(w, "%s %.3f\t", row.labels[j], v); math.Abs(v-row.values[j]) > row.off {
					t.Errorf("%s, %s: %.3f, of real ones %.3f", row.name, row.labels[j], v, row.values[j])
				}
			}
			fmt.Fprintln(w)
		}
	}
	_ = w.Flush()
	t.Logf("%d templates of 5,000 people and as many drawn\n%s", len(real), &table)
}

// measured is one line of the comparison; drawn values may be off by so much.
type measured struct {
	name   string
	labels []string
	values []float64
	off    float64
}

func measure(t *testing.T, templates []engine.Template, people []string) (out []measured) {
	t.Helper()
	var norms, same, strangers, nearest, nearestOfOne []float64
	var first []int
	met := map[string]int{}
	for i, tmpl := range templates {
		norms = append(norms, distance(tmpl, engine.Template{}))
		if met[people[i]]++; met[people[i]] == 1 {
			first = append(first, i)
		}
	}
	seconds := map[string]int{}
	for i := range templates {
		if j, known := seconds[people[i]]; known && j >= 0 {
			same = append(same, distance(templates[i], templates[j]))
			seconds[people[i]] = -1 // a pair of each person, so that the few with hundreds of photos are not all that counts
		} else if !known {
			seconds[people[i]] = i
		}
	}
	const step = 25 // of the probes
	var within5, within6 []float64
	for i := 0; i < len(templates); i += step {
		least, fives, sixes := math.Inf(1), 0.0, 0.0
		for j := range templates {
			if people[i] != people[j] {
				d := near(&templates[i], &templates[j])
				strangers, least = append(strangers, d), min(least, d)
				if d < .6 {
					sixes++
				}
				if d < .5 {
					fives++
				}
			}
		}
		nearest, within5, within6 = append(nearest, least), append(within5, fives), append(within6, sixes)
	}
	for k := 0; k < len(first); k += step / 2 {
		least := math.Inf(1)
		for _, j := range first {
			if j != first[k] {
				least = min(least, near(&templates[first[k]], &templates[j]))
			}
		}
		nearestOfOne = append(nearestOfOne, least)
	}
	return append(out,
		quantiles("norm", norms, .02, .01, .05, .5, .95, .99),
		quantiles("two photos of a person", same, .06, // LFW has pairs from one shoot, nearer than others; a Crowd has none
			.01, .05, .25, .5, .75, .95, .99),
		quantiles("strangers", strangers, .03, .0001, .001, .01, .05, .25, .5, .75, .95),
		quantiles("nearest stranger of 11,411 photos", nearest, .04, .05, .25, .5, .75, .95),
		quantiles("nearest stranger, a photo each", nearestOfOne, .04, .05, .25, .5, .75, .95),
		quantiles("strangers within .5 of a photo", within5, 60, .5, .75, .9, .95, .99),
		quantiles("strangers within .6 of a photo", within6, 150, .5, .75, .9, .95, .99),
		energy(t, templates))
}

func quantiles(name string, values []float64, off float64, at ...float64) measured {
	slices.Sort(values)
	m := measured{name: name, off: off}
	for _, q := range at {
		m.labels, m.values = append(m.labels, fmt.Sprintf("%g%%", 100*q)), append(m.values, values[int(q*float64(len(values)-1))])
	}
	return m
}

// energy tells the share of the variance that the first principal components hold.
func energy(t *testing.T, templates []engine.Template) measured {
	t.Helper()
	const size = engine.TemplateSize
	var mean [size]float64
	for _, tmpl := range templates {
		for d, v := range tmpl {
			mean[d] += float64(v) / float64(len(templates))
		}
	}
	sums := mat.NewSymDense(size, nil)
	for _, tmpl := range templates {
		var c [size]float64
		for d := range c {
			c[d] = float64(tmpl[d]) - mean[d]
		}
		sums.SymRankOne(sums, 1, mat.NewVecDense(size, c[:]))
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(sums, false) {
		t.Fatal("the covariance has no eigenvalues")
	}
	values := eigen.Values(nil)
	slices.Reverse(values)
	m, sum, total := measured{name: "variance in principal components", off: .02}, 0.0, mat.Trace(sums)
	for i, v := range values {
		if sum += v; (i+1)%16 == 0 && i < 80 {
			m.labels, m.values = append(m.labels, fmt.Sprint(i+1)), append(m.values, sum/total)
		}
	}
	return m
}

// near is distance in float32: it is asked for millions of pairs.
func near(a, b *engine.Template) float64 {
	var s0, s1, s2, s3 float32
	for i := 0; i < len(a); i += 4 {
		d0, d1, d2, d3 := a[i]-b[i], a[i+1]-b[i+1], a[i+2]-b[i+2], a[i+3]-b[i+3]
		s0, s1, s2, s3 = s0+d0*d0, s1+d1*d1, s2+d2*d2, s3+d3*d3
	}
	return math.Sqrt(float64(s0 + s1 + s2 + s3))
}

func TestACrowdIsTheSameForTheSameSeedOnly(t *testing.T) {
	sizes := crowd.LongTailSizes(3, 500)
	a, b, c := crowd.New(5, sizes), crowd.New(5, sizes), crowd.New(6, sizes)
	for i := range a.Len() {
		if a.Template(i) != b.Template(i) || a.Person(i) != b.Person(i) {
			t.Fatalf("face %d differs between two crowds of one seed", i)
		}
		if a.Template(i) == c.Template(i) {
			t.Fatalf("face %d is the same with another seed", i)
		}
	}
	if a.Another(3, 1) != b.Another(3, 1) || a.Stranger(1) != b.Stranger(1) {
		t.Error("further photos differ between two crowds of one seed")
	}
}

func TestPhotosOfACrowdAreNearTheirPersonAndFarFromStrangers(t *testing.T) {
	made := crowd.New(7, crowd.LongTailSizes(7, 2000))
	var mine, others stats
	for i := range 300 {
		mine.add(distance(made.Template(i), made.Another(i, i)))
		others.add(distance(made.Template(i), made.Stranger(i)))
	}
	same, _ := mine.values()
	strangers, _ := others.values()
	if math.Abs(same-.44) > .03 || math.Abs(strangers-.82) > .03 {
		t.Errorf("mean distances %.3f and %.3f, want about .44 and .82", same, strangers)
	}
}

func TestSizesOfALongTailSumUpAndAreUnequal(t *testing.T) {
	sizes := crowd.LongTailSizes(1, 100_000)
	sum, one := 0, 0
	for _, n := range sizes {
		if sum += n; n == 1 {
			one++
		}
	}
	t.Logf("%d people, %d on one photo, most on %d", len(sizes), one, slices.Max(sizes))
	if sum != 100_000 || slices.Max(sizes) < 1000 || slices.Max(sizes) > 2000 || one < len(sizes)/3 {
		t.Errorf("%d faces of %d people, %d of them with one, at most %d", sum, len(sizes), one, slices.Max(sizes))
	}
}

func TestProbesOfAnAlbumShowItsPeopleAndOthers(t *testing.T) {
	index, asked := crowd.Album(1, 3000, 200)
	if len(index) != 3000 || len(asked) != 200 {
		t.Fatalf("%d faces and %d probes", len(index), len(asked))
	}
	var nearest [4]stats
	for i, probe := range asked {
		least := math.Inf(1)
		for _, tmpl := range index {
			least = min(least, distance(probe, tmpl))
		}
		nearest[i%4].add(least)
	}
	for kind, want := range [4][2]float64{{0, 0}, {.45, .65}, {.25, .5}, {.25, .5}} {
		if mean, _ := nearest[kind].values(); mean < want[0] || mean > want[1] {
			t.Errorf("probes %d, 4 on, ...: the nearest face is %.3f away on average, want %v", kind, mean, want)
		}
	}
}
