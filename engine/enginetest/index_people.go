package enginetest

import "gabarit/engine"

// People draws synthetic templates as a Crowd does, but perPerson of each of people persons; those of person p are at p*perPerson and after. The same
// seed gives the same templates.
func People(seed uint64, people, perPerson int) []engine.Template {
	c := NewCrowd(seed, make([]int, people))
	out := make([]engine.Template, 0, people*perPerson)
	for person := range people {
		for range perPerson {
			out = append(out, c.draw(person, c.rng(2, uint64(len(out)))))
		}
	}
	return out
}
