package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/face"
	"gabarit/engine/match"
)

// Bounds of what Searching asks for.
const (
	MinFaces   = 1_000
	MaxFaces   = 10_000_000
	MaxQueries = 10_000
)

// Searching says what Search measures.
type Searching struct {
	Faces   int // MinFaces to MaxFaces
	Queries int // 1 to MaxQueries
	Step    func(done, of int)
}

// Searched is what Search measured.
type Searched struct {
	Faces, Queries int
	Filled         Sides // processor time to build the index
	Questions      []Question
}

// Sides are figures of both: the search of the program, and each face compared one by one.
type Sides struct{ Gabarit, Scan time.Duration }

// Question is one kind of question, asked with each probe.
type Question struct {
	K       int     // nearest faces, 0: any number
	Within  float64 // distance, 0: any
	Answers int     // median
	CPU     Sides   // median
	Faster  Spread  // how many times, of the probes
	Differ  int     // probes whose two answers were not the same, faces and distances
}

// questions are those of the README.
func questions() []Question { return []Question{{K: 50}, {Within: 0.5}, {Within: 0.6}} }

// Search fills an index with made-up faces (see crowd.Crowd) and asks it and an exhaustive scan, which computes every distance, the same
// questions in turns with one thread each, in an order that changes. Answers are compared, faces and distances. Processor time is that of this
// process, so nothing else may be at work in it. Errors: CodeInvalid, CodeCanceled, CodeUnavailable where the system does not tell processor times.
func Search(ctx context.Context, s Searching) (Searched, error) {
	const op = "bench.Search"
	if s.Faces < MinFaces || s.Faces > MaxFaces || s.Queries < 1 || s.Queries > MaxQueries {
		return Searched{}, engine.E(engine.CodeInvalid, op, "the number of faces or probes is out of range", fmt.Errorf("%d-%d, 1-%d", MinFaces, MaxFaces, MaxQueries))
	}
	templates, probes := crowd.Album(1, s.Faces, s.Queries)
	m := searcher{indexes: [sides]engine.Index{match.NewCascade(1), match.NewFlat()}, probes: probes}
	out := Searched{Faces: s.Faces, Queries: s.Queries}
	for side := range m.indexes {
		took, err := m.fill(side, templates)
		if err != nil {
			return Searched{}, err
		}
		*[sides]*time.Duration{&out.Filled.Gabarit, &out.Filled.Scan}[side] = took
	}
	for n, q := range questions() {
		var err error
		if q, err = m.ask(ctx, q, func(done int) {
			if s.Step != nil {
				s.Step(n*s.Queries+done, len(questions())*s.Queries)
			}
		}); err != nil {
			return Searched{}, err
		}
		out.Questions = append(out.Questions, q)
	}
	return out, nil
}

// searcher asks the two indexes; the sides are those of meter.
type searcher struct {
	indexes [sides]engine.Index
	probes  []engine.Template
}

// model names the templates of the crowd.
const model engine.ModelID = "crowd"

// fill tells the processor time.
func (m *searcher) fill(side int, templates []engine.Template) (time.Duration, error) {
	const batch = 10_000
	start, err := face.ProcessTime()
	if err != nil {
		return 0, err
	}
	var entries []engine.IndexEntry
	for some := range slices.Chunk(templates, batch) {
		entries = entries[:0]
		for i := range some {
			id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("%026d", len(entries)+m.indexes[side].Len())), 0)
			entries = append(entries, engine.IndexEntry{Face: id, Model: model, Collection: "crowd", Template: some[i]})
		}
		if err := m.indexes[side].Add(entries...); err != nil {
			return 0, err
		}
	}
	end, err := face.ProcessTime()
	return end - start, err
}

func (m *searcher) ask(ctx context.Context, q Question, done func(int)) (Question, error) {
	var took [sides][]float64
	var answers []float64
	for i, probe := range m.probes {
		var got [sides][]engine.Neighbour
		for k := range sides {
			side := (k + i) % sides // in an order that changes
			start, err := face.ProcessTime()
			if err != nil {
				return q, err
			}
			if got[side], _, err = m.indexes[side].Search(ctx, engine.Query{Model: model, Template: probe, K: q.K, Within: q.Within}); err != nil {
				return q, err
			}
			end, err := face.ProcessTime()
			if err != nil {
				return q, err
			}
			took[side] = append(took[side], (end - start).Seconds())
		}
		if answers = append(answers, float64(len(got[0]))); !slices.Equal(got[0], got[1]) {
			q.Differ++
		}
		done(i + 1)
	}
	q.Answers = int(middle(answers))
	q.CPU = Sides{ofSeconds(middle(took[0])), ofSeconds(middle(took[1]))}
	q.Faster = spreadOf(ratios(took[1], took[0]))
	return q, nil
}
