// Package codes says how templates become short codes that bound distances from below: turned so that their spread lies in the first dimensions, and
// rounded to whole steps. It belongs to engine/match, which derives from what is told here why a search by codes leaves nothing out, and is a package
// of its own so that both stay small. It compares nothing and holds no template.
package codes

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

const (
	sampleRows = 16384 // templates that a basis is fitted to, at most
	Largest    = 127   // code
	finest     = 22    // steps of a dimension are at most so many units: 80 squares of 2*127*22 stay below 2^32
	widestUnit = 1e18
	headroom   = 1.25 // codes reach so much farther than the sample does
)

// Basis says how templates become codes: they are centred, turned so that their spread lies in the first
// dimensions (principal components), and rounded to whole steps. Any basis gives right answers: what it does to distances is
// measured on the basis as it is, not taken from how it was made. One that no longer fits the templates is only slower.
type Basis struct {
	mean     engine.Template
	columns  [engine.TemplateSize]engine.Template // of the matrix: what one dimension of a centred template adds to the turned one
	Stretch  float64                              // the turned distance is at most Stretch times the distance
	rounding float64                              // a turned template is off by at most rounding times its length, once centred
	Unit     float64
	Steps    [kernel.CodeDims]int16                                       // in units
	inverse  [kernel.CodeDims]float64                                     // of the steps, in the scale of templates
	cellOf   [kernel.HeadDims][2 * (Largest + 1)]uint8                    // by code + 128
	Edges    [kernel.HeadDims][kernel.CellCount]struct{ Low, High int32 } // codes of each cell
}

// Code is a template as a basis sees it: its first dimensions, which for templates of one model hold nearly all of the spread. What the others
// add to a distance is left out, so that it bounds the distance from below as well as if they were there and the same.
type Code struct {
	Steps       [kernel.CodeDims]int8
	Clipped     bool    // it lies outside what codes can say
	Head, Whole float64 // how far the steps lie from the turned template, at most: over the first kernel.HeadDims dimensions, over kernel.CodeDims
}

// Fit makes a basis for n templates from a sample of them.
func Fit(n int, at func(int) *engine.Template) *Basis {
	b := &Basis{}
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
func (b *Basis) centre(sample func(func(*engine.Template))) {
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
func (b *Basis) align(sample func(func(*engine.Template))) {
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
// the Largest sum of absolute values in a row of it. The factor covers the rounding of the sums in float64.
func (b *Basis) measure() {
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
	b.Stretch = math.Sqrt(widest) * slack
	b.rounding = n * u / (1 - n*u) * math.Sqrt(frobenius) * slack
}

// Turn gives the turned template and how far it may be off. Numbers too large for float32 become infinite or NaN.
func (b *Basis) Turn(t *engine.Template) (turned engine.Template, off float64) {
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
func (b *Basis) scale(sample func(func(*engine.Template))) {
	var spread [kernel.CodeDims]float64
	sample(func(t *engine.Template) {
		turned, _ := b.Turn(t)
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
	b.Unit = min(max(widest*headroom/Largest/finest, 1e-18), widestUnit)
	for d, s := range spread {
		steps := min(max(math.Ceil(s*headroom/Largest/b.Unit), 1), finest)
		b.Steps[d] = int16(steps)
		b.inverse[d] = 1 / (steps * b.Unit)
	}
}

// divide sets the cells of the first dimensions.
func (b *Basis) divide(sample func(func(*engine.Template))) {
	counts := make([][2 * (Largest + 1)]float64, kernel.HeadDims)
	sample(func(t *engine.Template) {
		if c := b.Encode(t); !c.Clipped {
			for d := range counts {
				counts[d][int(c.Steps[d])+Largest+1]++
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
func (b *Basis) divideOne(d int, counts *[2 * (Largest + 1)]float64) {
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
func (b *Basis) bound(d int) {
	edges := &b.Edges[d]
	for i := range edges {
		edges[i].Low, edges[i].High = Largest+1, -Largest-1
	}
	for i, cell := range b.cellOf[d][1:] {
		code := int32(i - Largest)
		edges[cell].Low = min(edges[cell].Low, code)
		edges[cell].High = max(edges[cell].High, code)
	}
}

// Encode gives the code of a template.
func (b *Basis) Encode(t *engine.Template) (c Code) {
	turned, off := b.Turn(t)
	sum := 0.0
	for d, v := range turned[:kernel.CodeDims] {
		s := float64(v) * b.inverse[d]
		if !(s > -Largest-0.49 && s < Largest+0.49) { // also NaN
			return Code{Clipped: true}
		}
		k := int(s+(Largest+1.5)) - (Largest + 1)
		c.Steps[d] = int8(k)
		rest := float64(v) - float64(k)*(float64(b.Steps[d])*b.Unit)
		sum += rest * rest
		if d == kernel.HeadDims-1 {
			c.Head = math.Sqrt(sum)*(1+1e-9) + off
		}
	}
	c.Whole = math.Sqrt(sum)*(1+1e-9) + off
	c.Clipped = math.IsNaN(c.Whole) || math.IsInf(c.Whole, 0)
	return c
}

// Cells gives the cells of a code.
func (b *Basis) Cells(c *Code) (cells [kernel.HeadDims]uint8) {
	for d := range cells {
		cells[d] = b.cellOf[d][int(c.Steps[d])+Largest+1]
	}
	return cells
}
