// Package crowd draws made-up templates that are spread as real ones are: what searches cost and find depends on how templates lie to each
// other, and those of real people can't be handed out to measure with.
package crowd

import (
	_ "embed" // for crowd.json
	"encoding/json"
	"math"
	"math/rand/v2"

	"gabarit/engine"
)

// crowdAxes is the number of dimensions that dlib's templates spread over: the variance in the other 48 is below a millionth of the whole.
const crowdAxes = 80

// crowdJSON is what fit_crowd.py made of 11,411 templates of 5,000 people: statistics, in axes that are not told.
//
//go:embed crowd.json
var crowdJSON []byte

// crowdFit are the parameters of a Crowd. Lists are by axis, the axis of the greatest variance first.
type crowdFit struct {
	Mean   [crowdAxes]float64 // of people
	Aside  float64            // how far the mean lies outside the axes
	Photo  [crowdAxes]float64 // standard deviations of a photo around its person
	Radius float64            // root mean square of people's distances from the mean
	Power  float64            // that distances from the mean are raised to: they vary less than those of normal distributions do
	Scale  float64            // that gives people their variance back after that
	// Quality is how much photos scatter: standard deviations of the logarithm, by person and by photo; a share Tail scatters Factor times as much.
	Quality struct{ Person, Photo, Tail, Factor float64 }
	Sizes   [][2]int // photos of a person, people
	Kinds   []struct {
		Share    float64
		Mean, SD [crowdAxes]float64
	}
}

// Crowd draws synthetic templates of many people, which show nobody's face. Their statistics are fitted to 11,411 of dlib's templates, of 5,000
// people (LFW): a mixture of 32 normal distributions for people, pulled towards a shell around the common mean; one normal distribution around a person for
// photos, times a factor that varies by person and by photo and is now and then large. How near that comes is measured by its test. Axes are turned at random,
// as real templates are not aligned with theirs. The same seed gives the same templates, and each is computed when asked for, so a
// crowd needs 4 bytes a face.
//
// Safe for concurrent use.
type Crowd struct {
	seed   uint64
	fit    crowdFit
	people int
	shown  []int32                      // by face: its person
	turn   [crowdAxes]engine.Template   // what one axis adds to a template
	centre [engine.TemplateSize]float64 // common mean
}

// New gives a crowd with so many faces of each person, in an order drawn at random.
func New(seed uint64, sizes []int) *Crowd {
	c := &Crowd{seed: seed, fit: readCrowdFit(), people: len(sizes)}
	for person, n := range sizes {
		for range n {
			c.shown = append(c.shown, int32(person))
		}
	}
	rng := c.rng(0, 0)
	axes := randomAxes(rng)
	rng.Shuffle(len(c.shown), func(i, j int) { c.shown[i], c.shown[j] = c.shown[j], c.shown[i] })
	for a := range c.turn {
		for d, v := range axes[a] {
			c.turn[a][d] = float32(v)
			c.centre[d] += c.fit.Mean[a] * v
		}
	}
	for d, v := range axes[crowdAxes] {
		c.centre[d] += c.fit.Aside * v
	}
	return c
}

func readCrowdFit() (f crowdFit) {
	if err := json.Unmarshal(crowdJSON, &f); err != nil {
		panic(err)
	}
	return f
}

// LFWSizes gives the numbers of photos that the people of the fitted set have: 11,411 of 5,000 people, one each of 3,670.
func LFWSizes() (sizes []int) {
	for _, s := range readCrowdFit().Sizes {
		for range s[1] {
			sizes = append(sizes, s[0])
		}
	}
	return sizes
}

// LongTailSizes draws the numbers of photos of people as collections of private photos may have them: few people on very many. They follow a Pareto
// distribution with exponent 0.9, at most 4,000 (and at most a fiftieth of all), and sum up to faces.
func LongTailSizes(seed uint64, faces int) (sizes []int) {
	rng := rand.New(rand.NewPCG(seed, 0x73697a6573)) //nolint:gosec // seeded on purpose
	most := float64(max(1, min(4000, faces/50)))
	for left := faces; left > 0; {
		n := min(int(min(math.Pow(1-rng.Float64(), -1/0.9), most)), left)
		sizes = append(sizes, n)
		left -= n
	}
	return sizes
}

// Len is the number of faces.
func (c *Crowd) Len() int { return len(c.shown) }

// Person is the number of the person that a face shows.
func (c *Crowd) Person(face int) int { return int(c.shown[face]) }

// Template draws a face.
func (c *Crowd) Template(face int) engine.Template {
	return c.draw(c.Person(face), c.rng(2, uint64(face)))
}

// Another draws a further photo of the person that a face shows: not one of the crowd. The same n gives the same photo.
func (c *Crowd) Another(face, n int) engine.Template {
	return c.draw(c.Person(face), c.rng(3, uint64(n)))
}

// Stranger draws a photo of a person who is not in the crowd.
func (c *Crowd) Stranger(n int) engine.Template {
	return c.draw(c.people+n, c.rng(4, uint64(n)))
}

// rng gives the random numbers of one thing: kind tells of what sort it is.
func (c *Crowd) rng(kind, n uint64) *rand.Rand {
	return rand.New(rand.NewPCG(mixed(c.seed), mixed(n<<3|kind))) //nolint:gosec // seeded on purpose: the same seed must give the same templates
}

// mixed is the finalizer of SplitMix64 [Steele, Lea, Flood, Fast splittable pseudorandom number generators, OOPSLA 2014], so that
// seeds that differ by little give numbers that have nothing in common.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw makes one photo of a person.
func (c *Crowd) draw(person int, photo *rand.Rand) engine.Template {
	axes, scatter := c.place(person)
	q := &c.fit.Quality
	scatter *= math.Exp(q.Photo * photo.NormFloat64())
	if photo.Float64() < q.Tail {
		scatter *= q.Factor
	}
	for a := range axes {
		axes[a] += scatter * c.fit.Photo[a] * photo.NormFloat64()
	}
	return c.turned(&axes)
}

// place is where a person lies from the mean, and how much the person's photos scatter.
func (c *Crowd) place(person int) (at [crowdAxes]float64, scatter float64) {
	rng := c.rng(1, uint64(person))
	kind, left := &c.fit.Kinds[len(c.fit.Kinds)-1], rng.Float64()
	for k := range c.fit.Kinds {
		if left -= c.fit.Kinds[k].Share; left < 0 {
			kind = &c.fit.Kinds[k]
			break
		}
	}
	sum := 0.0
	for a := range at {
		at[a] = kind.Mean[a] + kind.SD[a]*rng.NormFloat64()
		sum += at[a] * at[a]
	}
	pull := c.fit.Scale * math.Pow(math.Sqrt(sum)/c.fit.Radius, c.fit.Power-1)
	for a := range at {
		at[a] *= pull
	}
	return at, math.Exp(c.fit.Quality.Person * rng.NormFloat64())
}

// turned gives the template of a place in the axes.
func (c *Crowd) turned(axes *[crowdAxes]float64) (out engine.Template) {
	for d := range out {
		out[d] = float32(c.centre[d])
	}
	for a := 0; a < crowdAxes; a += 4 {
		v0, v1, v2, v3 := float32(axes[a]), float32(axes[a+1]), float32(axes[a+2]), float32(axes[a+3])
		t0, t1, t2, t3 := &c.turn[a], &c.turn[a+1], &c.turn[a+2], &c.turn[a+3]
		for d := range out {
			out[d] += v0*t0[d] + v1*t1[d] + v2*t2[d] + v3*t3[d]
		}
	}
	return out
}

// randomAxes gives orthogonal directions, drawn at random: Gram and Schmidt, twice for precision.
func randomAxes(rng *rand.Rand) (axes [][engine.TemplateSize]float64) {
	for range crowdAxes + 1 {
		var v [engine.TemplateSize]float64
		for d := range v {
			v[d] = rng.NormFloat64()
		}
		for range 2 {
			for _, other := range axes {
				along := 0.0
				for d := range v {
					along += v[d] * other[d]
				}
				for d := range v {
					v[d] -= along * other[d]
				}
			}
		}
		sum := 0.0
		for _, x := range v {
			sum += x * x
		}
		for d := range v {
			v[d] /= math.Sqrt(sum)
		}
		axes = append(axes, v)
	}
	return axes
}
