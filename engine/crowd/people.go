package crowd

import "gabarit/engine"

// People draws synthetic templates as a Crowd does, but perPerson of each of people persons; those of person p are at p*perPerson and after. The same
// seed gives the same templates.
func People(seed uint64, people, perPerson int) []engine.Template {
	c := New(seed, make([]int, people))
	out := make([]engine.Template, 0, people*perPerson)
	for person := range people {
		for range perPerson {
			out = append(out, c.draw(person, c.rng(2, uint64(len(out)))))
		}
	}
	return out
}

// Album draws a crowd of n faces, of people with a long tail of photos, and probes: half are further photos of photographed people,
// drawn by their number of photos, a quarter are in the index, and a quarter show people that are not.
func Album(seed uint64, n, probes int) (index, asked []engine.Template) {
	c := New(seed, LongTailSizes(seed, n))
	index = make([]engine.Template, n)
	for i := range index {
		index[i] = c.Template(i)
	}
	for i := range probes {
		switch face := int(mixed(uint64(i)) % uint64(n)); i % 4 {
		case 0:
			asked = append(asked, index[face])
		case 1:
			asked = append(asked, c.Stranger(i))
		default:
			asked = append(asked, c.Another(face, i))
		}
	}
	return index, asked
}
