package match

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

const (
	sampleRows = 16384 // templates that a basis is fitted to, at most
	largest    = 127   // code
	finest     = 22    // steps of a dimension are at most so many units: 80 squares of 2*127*22 stay below 2^32
	headroom   = 1.25  // codes reach so much farther than the sample does
)

// basis says how templates become codes: they are centred, turned so that their spread lies in the first
// dimensions (principal components), and rounded to whole steps. Any basis gives right answers: what it does to distances is
// measured on the basis as it is, not taken from how it was made. One that no longer fits the templates is only slower.
type basis struct {
	mean     engine.Template
	columns  [engine.TemplateSize]engine.Template // of the matrix: what one dimension of a centred template adds to the turned one
	stretch  float64                              // the turned distance is at most stretch times the distance
	rounding float64                              // a turned template is off by at most rounding times its length, once centred
	unit     float64
	steps    [kernel.CodeDims]int16                                       // in units
	inverse  [kernel.CodeDims]float64                                     // of the steps, in the scale of templates
	cellOf   [kernel.HeadDims][2 * (largest + 1)]uint8                    // by code + 128
	edges    [kernel.HeadDims][kernel.CellCount]struct{ low, high int32 } // codes of each cell
}

// code is a template as a basis sees it: its first dimensions, which for templates of one model hold nearly all of the spread. What the others
// add to a distance is left out, so that it bounds the distance from below as well as if they were there and the same.
type code struct {
	steps       [kernel.CodeDims]int8
	clipped     bool    // it lies outside what codes can say
	head, whole float64 // how far the steps lie from the turned template, at most: over the first kernel.HeadDims dimensions, over kernel.CodeDims
}

// fit makes a basis for n templates from a sample of them.
func fit(n int, at func(int) *engine.Template) *basis {
	b := &basis{}
	step := (n + sampleRows - 1) / sampleRows
	sample := func(do func(*engine.Template)) {
		for i := 0; i < n; i += step {
			do(at(i))
		}
	}
	b.centre(sample)
	b.align(sample)
	b.measure()
	b.scale(sample)
	b.divide(sample)
	return b
}

// centre sets the mean.
func (b *basis) centre(sample func(func(*engine.Template))) {
	var sum [engine.TemplateSize]float64
	n := 0.0
	sample(func(t *engine.Template) {
		n++
		for i, v := range t {
			sum[i] += float64(v)
		}
	})
	for i := range sum {
		b.mean[i] = float32(sum[i] / n)
	}
}

// align sets the matrix: the principal components of the sample, the widest first.
func (b *basis) align(sample func(func(*engine.Template))) {
	const size = engine.TemplateSize
	covariance := make([]float64, size*size)
	sample(func(t *engine.Template) {
		var c [size]float64
		for i := range c {
			c[i] = float64(t[i]) - float64(b.mean[i])
		}
		for i, v := range c {
			row := covariance[i*size : i*size+size]
			for j := i; j < size; j++ {
				row[j] += v * c[j]
			}
		}
	})
	var eigen mat.EigenSym
	var vectors mat.Dense
	if eigen.Factorize(mat.NewSymDense(size, covariance), true) {
		eigen.VectorsTo(&vectors)
	} else { // numbers beyond its reach: the axes as they are
		vectors.CloneFrom(mat.NewDiagDense(size, ones(size)))
	}
	for i := range b.columns {
		for o := range b.columns[i] {
			b.columns[i][o] = float32(vectors.At(i, size-1-o))
		}
	}
}

func ones(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// measure bounds what the matrix P, as it is stored, does to lengths. |P|^2 is the largest eigenvalue of P P^T, at most
// the largest sum of absolute values in a row of it. The factor covers the rounding of the sums in float64.
func (b *basis) measure() {
	const size = engine.TemplateSize
	const slack = 1 + 1e-9
	frobenius, widest := 0.0, 0.0
	for o := range size {
		sum := 0.0
		for p := range size {
			dot := 0.0
			for i := range size {
				dot += float64(b.columns[i][o]) * float64(b.columns[i][p])
			}
			sum += math.Abs(dot)
			if o == p {
				frobenius += dot
			}
		}
		widest = max(widest, sum)
	}
	const u, n = 1.0 / (1 << 24), size + 1
	b.stretch = math.Sqrt(widest) * slack
	b.rounding = n * u / (1 - n*u) * math.Sqrt(frobenius) * slack
}

// turn gives the turned template and how far it may be off. Numbers too large for float32 become infinite or NaN.
func (b *basis) turn(t *engine.Template) (turned engine.Template, off float64) {
	var centred engine.Template
	sum := 0.0
	for i := range t {
		centred[i] = t[i] - b.mean[i]
		d := float64(t[i]) - float64(b.mean[i])
		sum += d * d
	}
	kernel.Turn(&b.columns, &centred, &turned)
	return turned, b.rounding*math.Sqrt(sum)*(1+1e-9) + 1e-40
}

// scale sets the steps so that the sample, and a little more, can be said in codes.
func (b *basis) scale(sample func(func(*engine.Template))) {
	var spread [kernel.CodeDims]float64
	sample(func(t *engine.Template) {
		turned, _ := b.turn(t)
		for d, v := range turned[:kernel.CodeDims] {
			if a := math.Abs(float64(v)); a > spread[d] {
				spread[d] = a
			}
		}
	})
	widest := 0.0
	for _, s := range spread {
		widest = max(widest, s)
	}
	b.unit = min(max(widest*headroom/largest/finest, 1e-18), 1e18)
	for d, s := range spread {
		steps := min(max(math.Ceil(s*headroom/largest/b.unit), 1), finest)
		b.steps[d] = int16(steps)
		b.inverse[d] = 1 / (steps * b.unit)
	}
}

// divide sets the cells of the first dimensions.
func (b *basis) divide(sample func(func(*engine.Template))) {
	counts := make([][2 * (largest + 1)]float64, kernel.HeadDims)
	sample(func(t *engine.Template) {
		if c := b.encode(t); !c.clipped {
			for d := range counts {
				counts[d][int(c.steps[d])+largest+1]++
			}
		}
	})
	for d := range counts {
		b.divideOne(d, &counts[d])
	}
}

// divideOne gives each cell the same share of the sum of the square roots of the counts. For the least mean square of the
// widths it would be cube roots (Panter and Dite, Quantization distortion in pulse-count modulation with nonuniform spacing of
// levels, 1951); but what counts is how many rows are ruled out, and that takes narrower cells where the rows are.
func (b *basis) divideOne(d int, counts *[2 * (largest + 1)]float64) {
	total := 0.0
	for i := range counts {
		counts[i] = math.Sqrt(counts[i])
		total += counts[i]
	}
	sum := 0.0
	for i := 1; i < len(counts); i++ {
		cell := 0
		if total > 0 {
			cell = min(int((sum+counts[i]/2)/total*kernel.CellCount), kernel.CellCount-1)
		}
		sum += counts[i]
		b.cellOf[d][i] = uint8(cell)
	}
	b.bound(d)
}

// bound tells which codes the cells of a dimension hold.
func (b *basis) bound(d int) {
	edges := &b.edges[d]
	for i := range edges {
		edges[i].low, edges[i].high = largest+1, -largest-1
	}
	for i, cell := range b.cellOf[d][1:] {
		code := int32(i - largest)
		edges[cell].low = min(edges[cell].low, code)
		edges[cell].high = max(edges[cell].high, code)
	}
}

// encode gives the code of a template.
func (b *basis) encode(t *engine.Template) (c code) {
	turned, off := b.turn(t)
	sum := 0.0
	for d, v := range turned[:kernel.CodeDims] {
		s := float64(v) * b.inverse[d]
		if !(s > -largest-0.49 && s < largest+0.49) { // also NaN
			return code{clipped: true}
		}
		k := int(s+(largest+1.5)) - (largest + 1)
		c.steps[d] = int8(k)
		rest := float64(v) - float64(k)*(float64(b.steps[d])*b.unit)
		sum += rest * rest
		if d == kernel.HeadDims-1 {
			c.head = math.Sqrt(sum)*(1+1e-9) + off
		}
	}
	c.whole = math.Sqrt(sum)*(1+1e-9) + off
	c.clipped = math.IsNaN(c.whole) || math.IsInf(c.whole, 0)
	return c
}

// cells gives the cells of a code.
func (b *basis) cells(c *code) (cells [kernel.HeadDims]uint8) {
	for d := range cells {
		cells[d] = b.cellOf[d][int(c.steps[d])+largest+1]
	}
	return cells
}
