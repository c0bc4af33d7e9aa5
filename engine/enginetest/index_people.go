package enginetest

import (
	"math"
	"math/rand/v2"

	"gabarit/engine"
)

// People draws synthetic templates that keep the statistics of dlib's, and shows nobody's face: perPerson templates for each
// of people persons, those of person p at p*perPerson and after. The same seed gives the same templates.
//
// Measured on 11,411 templates of 5,000 people (LFW), mean and standard deviation: norm 1.423 and .070, distance of
// two photos of a person .437 and .066, of strangers .819 and .089. Reproduced here with normal distributions whose
// variances fall off exponentially (time constants chosen so that the spread of the distances fits), around a common mean, in
// axes turned at random, since real templates are not aligned with theirs either.
func People(seed uint64, people, perPerson int) []engine.Template {
	c := newCrowd(seed)
	out := make([]engine.Template, 0, people*perPerson)
	for range people {
		person := gauss(c.rng, c.personal)
		for range perPerson {
			out = append(out, c.photo(&person, 1))
		}
	}
	return out
}

// Album draws what People draws, but as in a collection of photos: few people have many, up to 4,000, and most have one or two
// (Pareto distributed with exponent 0.9), some photos are worse than others (the spread within a person is log-normal), and they lie in
// random order. Half of the probes are further photos of photographed people, drawn by their number of photos, a quarter are
// in the index, and a quarter show people that are not.
func Album(seed uint64, n, probes int) (index, asked []engine.Template) {
	c := newCrowd(seed)
	index = make([]engine.Template, 0, n+probes)
	for len(index) < n+probes {
		person := gauss(c.rng, c.personal)
		size := min(int(math.Pow(1-c.rng.Float64(), -1/0.9)), 4000)
		for range min(size, n+probes-len(index)) {
			index = append(index, c.photo(&person, math.Exp(0.25*c.rng.NormFloat64()-0.03)))
		}
	}
	c.rng.Shuffle(len(index), func(i, j int) { index[i], index[j] = index[j], index[i] })
	for i := range probes {
		switch i % 4 {
		case 0:
			asked = append(asked, index[i])
		case 1:
			person := gauss(c.rng, c.personal)
			asked = append(asked, c.photo(&person, 1))
		default:
			asked = append(asked, index[n+i])
		}
	}
	return index[:n:n], asked
}

// The variances that People's templates have.
const (
	crowdMean    = 1.30  // norm of the common mean
	crowdBetween = 0.242 // total variance between people: (.819^2 + .089^2 - .437^2 - .066^2) / 2
	crowdWithin  = 0.098 // total variance between photos of a person: (.437^2 + .066^2) / 2
)

// crowd draws people and their photos.
type crowd struct {
	rng                 *rand.Rand
	turn                *turn
	centre              vector
	personal, momentary vector // standard deviations
}

func newCrowd(seed uint64) *crowd {
	c := &crowd{rng: rand.New(rand.NewPCG(seed, 0x6761626172697431))} //nolint:gosec // seeded on purpose: the same seed must give the same templates
	c.turn = newTurn(c.rng)
	c.centre = scaled(gauss(c.rng, spectrum(1e9, 1)), crowdMean)
	c.personal, c.momentary = spectrum(20, crowdBetween), spectrum(12, crowdWithin)
	return c
}

// photo draws a template of a person; scatter is how much farther than usual from the person's mean.
func (c *crowd) photo(person *vector, scatter float64) engine.Template {
	v := gauss(c.rng, c.momentary)
	for i := range v {
		v[i] = v[i]*scatter + c.centre[i] + person[i]
	}
	return c.turn.template(v)
}

type vector = [engine.TemplateSize]float64

// spectrum gives standard deviations whose variances decay with exp(-i/decay) and sum up to total.
func spectrum(decay, total float64) vector {
	var v vector
	sum := 0.0
	for i := range v {
		v[i] = math.Exp(-float64(i) / decay)
		sum += v[i]
	}
	for i := range v {
		v[i] = math.Sqrt(v[i] * total / sum)
	}
	return v
}

func gauss(rng *rand.Rand, deviations vector) vector {
	for i := range deviations {
		deviations[i] *= rng.NormFloat64()
	}
	return deviations
}

func scaled(v vector, norm float64) vector {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	for i := range v {
		v[i] *= norm / math.Sqrt(sum)
	}
	return v
}

// turn is a rotation made of reflections at random planes through the origin.
type turn struct{ normals [8]vector }

func newTurn(rng *rand.Rand) *turn {
	t := &turn{}
	for i := range t.normals {
		t.normals[i] = scaled(gauss(rng, spectrum(1e9, 1)), 1)
	}
	return t
}

func (t *turn) template(v vector) engine.Template {
	for _, n := range t.normals {
		dot := 0.0
		for i := range v {
			dot += v[i] * n[i]
		}
		for i := range v {
			v[i] -= 2 * dot * n[i]
		}
	}
	var out engine.Template
	for i := range v {
		out[i] = float32(v[i])
	}
	return out
}
