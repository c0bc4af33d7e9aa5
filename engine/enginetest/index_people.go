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
	const (
		mean    = 1.30  // norm of the common mean
		between = 0.242 // total variance between people: (.819^2 + .089^2 - .437^2 - .066^2) / 2
		within  = 0.098 // total variance between photos of a person: (.437^2 + .066^2) / 2
	)
	rng := rand.New(rand.NewPCG(seed, 0x6761626172697431)) //nolint:gosec // seeded on purpose: the same seed must give the same templates
	turn := newTurn(rng)
	centre := scaled(gauss(rng, spectrum(1e9, 1)), mean)
	personal, momentary := spectrum(20, between), spectrum(12, within)

	out := make([]engine.Template, 0, people*perPerson)
	for range people {
		person := gauss(rng, personal)
		for range perPerson {
			v := gauss(rng, momentary)
			for i := range v {
				v[i] += centre[i] + person[i]
			}
			out = append(out, turn.template(v))
		}
	}
	return out
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
