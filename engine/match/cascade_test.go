package match_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
	"gabarit/engine/match"
)

func TestCascadeConformsToTheIndexPort(t *testing.T) {
	t.Run("as the application uses it", func(t *testing.T) { testIndex(t, func() engine.Index { return match.NewCascade(2) }) })
	t.Run("with codes from the first face on", func(t *testing.T) {
		testIndex(t, func() engine.Index { return match.NewCascadeFrom(1) })
	})
	t.Run("with codes from twenty faces on", func(t *testing.T) {
		testIndex(t, func() engine.Index { return match.NewCascadeFrom(20) })
	})
}

// both is a Cascade and a Flat that are told the same.
type both struct {
	t       *testing.T
	rng     *rand.Rand
	cascade *match.Cascade
	flat    *match.Flat
	next    int
	faces   []engine.FaceID
	asked   int
}

func newBoth(t *testing.T, seed uint64, least int) *both {
	return &both{t: t, rng: rand.New(rand.NewPCG(seed, 2)), cascade: match.NewCascadeFrom(least), flat: match.NewFlat()}
}

// add puts templates in under new IDs, with labels drawn at random.
func (b *both) add(templates ...engine.Template) {
	b.t.Helper()
	entries := make([]engine.IndexEntry, len(templates))
	for i, tmpl := range templates {
		id := engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%06d", b.next*7919%1_000_003)), b.next%3) // not in the order of rows
		b.next++
		b.faces = append(b.faces, id)
		entries[i] = b.entry(id, tmpl)
	}
	b.put(entries)
}

func (b *both) entry(id engine.FaceID, tmpl engine.Template) engine.IndexEntry {
	e := engine.IndexEntry{Face: id, Template: tmpl, Collection: engine.CollectionID(fmt.Sprint("c", b.rng.IntN(5)))}
	for range b.rng.IntN(3) {
		e.Hosts = append(e.Hosts, fmt.Sprintf("h%d.example.org", b.rng.IntN(200)))
	}
	if b.rng.IntN(4) > 0 {
		e.When = indexEpoch().AddDate(0, 0, b.rng.IntN(1000))
	}
	if b.rng.IntN(3) > 0 {
		e.Place = &engine.Place{Lat: b.rng.Float64()*180 - 90, Lon: b.rng.Float64()*360 - 180}
	}
	return e
}

func (b *both) put(entries []engine.IndexEntry) {
	b.t.Helper()
	if err := b.cascade.Add(entries...); err != nil {
		b.t.Fatal(err)
	}
	if err := b.flat.Add(entries...); err != nil {
		b.t.Fatal(err)
	}
}

// removeSome takes a share of the faces out and puts part of them back with other templates.
func (b *both) removeSome(share float64, templates []engine.Template) {
	b.t.Helper()
	b.rng.Shuffle(len(b.faces), func(i, j int) { b.faces[i], b.faces[j] = b.faces[j], b.faces[i] })
	n := int(share * float64(len(b.faces)))
	b.cascade.Remove(b.faces[:n]...)
	b.flat.Remove(b.faces[:n]...)
	var again []engine.IndexEntry
	for _, id := range b.faces[:n/2] {
		again = append(again, b.entry(id, templates[b.rng.IntN(len(templates))]))
	}
	for _, id := range b.faces[n : n+min(20, len(b.faces)-n)] { // replaced where they are
		again = append(again, b.entry(id, templates[b.rng.IntN(len(templates))]))
	}
	b.faces = slices.Delete(b.faces, n/2, n)
	b.put(again)
}

// ask compares answers to random questions about the probes.
func (b *both) ask(times int, probes []engine.Template) {
	b.t.Helper()
	for range times {
		q := engine.Query{Template: probes[b.rng.IntN(len(probes))], Filter: b.filter()}
		q.K = []int{0, 1, 2, 7, 50, 50, 50, 1000}[b.rng.IntN(8)]
		q.Within = []float64{0, 0, 0.3, 0.5, 0.6, 0.6, 0.7, 1, 3, math.Inf(1)}[b.rng.IntN(10)]
		if q.K == 0 && (q.Within == 0 || q.Within > 0.7) && b.rng.IntN(8) > 0 {
			q.K = 10 // all faces are a long answer: asked for seldom
		}
		got, searched, err := b.cascade.Search(context.Background(), q)
		if err != nil {
			b.t.Fatal(err)
		}
		want, passed, err := b.flat.Search(context.Background(), q)
		if err != nil || searched != passed || !slices.Equal(got, want) {
			b.t.Fatalf("%d faces, K %d, within %v, filter %+v: %d answers of %d, want %d of %d (error %v)",
				b.flat.Len(), q.K, q.Within, q.Filter, len(got), searched, len(want), passed, err)
		}
		b.asked++
	}
	if b.cascade.Len() != b.flat.Len() {
		b.t.Fatalf("Len is %d, want %d", b.cascade.Len(), b.flat.Len())
	}
}

func (b *both) filter() engine.Filter {
	switch b.rng.IntN(7) {
	case 0:
		return engine.Filter{Collections: []engine.CollectionID{engine.CollectionID(fmt.Sprint("c", b.rng.IntN(6)))}}
	case 1:
		return engine.Filter{Host: fmt.Sprintf("h%d.example.org", b.rng.IntN(210))} // few faces, often fewer than K
	case 2:
		return engine.Filter{Since: indexEpoch().AddDate(0, 0, b.rng.IntN(1000)), Collections: []engine.CollectionID{"c1", "c3"}}
	case 3:
		return engine.Filter{Until: indexEpoch().AddDate(0, 0, b.rng.IntN(1000)), Host: "example.org"}
	case 4:
		return engine.Filter{Area: &engine.Area{Centre: engine.Place{Lat: b.rng.Float64()*180 - 90, Lon: b.rng.Float64()*360 - 180}, Radius: 1e6 + b.rng.Float64()*1e7}}
	}
	return engine.Filter{}
}

func TestCascadeAnswersAsFlatDoesAtAnySize(t *testing.T) {
	templates := crowd.People(5, 1500, 6)
	for _, n := range []int{1, 2, 31, 32, 33, 63, 100, 1000, 4095, 4096, 4097, 4129, 9000} {
		b := newBoth(t, uint64(n), 1)
		b.add(templates[:n]...)
		b.ask(40, templates)
		b.add(templates[:min(n, 100)]...) // the same again: ties
		b.ask(40, templates)
		b.removeSome(0.4, templates)
		b.ask(40, templates)
	}
}

func TestCascadeAnswersAsFlatDoesWhileItGrowsAndShrinks(t *testing.T) {
	templates := crowd.People(6, 2500, 8)
	b := newBoth(t, 1, 4096)
	for start := 0; start < len(templates); start += 1250 { // first compared face by face, then fitted, then fitted anew
		b.add(templates[start : start+1250]...)
		b.ask(25, templates)
	}
	for b.flat.Len() > 100 {
		b.removeSome(0.6, templates)
		b.ask(40, templates)
	}
	b.add(templates[:9000]...)
	b.ask(40, templates)
	t.Logf("%d questions", b.asked)
}

func TestCascadeAnswersAsFlatDoesWhenTheTemplatesDrift(t *testing.T) {
	b := newBoth(t, 2, 1000)
	first := crowd.People(8, 700, 3)
	b.add(first...)
	later := crowd.People(9, 700, 3) // other axes, another mean
	for start := 0; start < len(later); start += 100 {
		b.add(later[start : start+100]...)
		b.ask(25, append(first[:200:200], later...))
	}
}

// Far templates lie outside what codes can say; numbers whose squares leave float32 are among them.
func TestCascadeAnswersAsFlatDoesAboutOutliers(t *testing.T) {
	b := newBoth(t, 3, 1000)
	templates := crowd.People(10, 700, 3)
	b.add(templates...)
	var far []engine.Template
	for _, scale := range []float32{1.5, 2, 3, 10, 1e4, 1e15, 1e18, 1e20, 1e30} {
		for i := range 5 {
			tmpl := templates[i]
			for d := range tmpl {
				tmpl[d] *= scale
			}
			far = append(far, tmpl)
		}
	}
	for d := range 40 { // far in one dimension
		tmpl := templates[d]
		tmpl[d] += 0.7
		far = append(far, tmpl)
	}
	b.add(far...)
	b.ask(300, append(templates[:100:100], far...))
	b.removeSome(0.3, append(far, templates...))
	b.ask(300, append(templates[:100:100], far...))
}

func TestCascadeAnswersAsFlatDoesAboutTemplatesWithoutSpread(t *testing.T) {
	b := newBoth(t, 4, 100)
	b.add(make([]engine.Template, 150)...)
	b.ask(20, crowd.People(11, 5, 1))
	b.add(crowd.People(11, 20, 3)...)
	b.ask(100, crowd.People(11, 20, 3))
}

func TestCascadeAnswersAsFlatDoesOnRealTemplates(t *testing.T) {
	templates, _ := enginetest.LFW(t, 1)
	b := newBoth(t, 5, 4096)
	b.add(templates...)
	b.ask(600, templates)
	b.removeSome(0.3, templates)
	b.ask(300, templates)
	t.Logf("%d questions about %d templates", b.asked, len(templates))
}

func TestCascadeIsSearchedWhileItIsFittedAnew(t *testing.T) {
	templates := crowd.People(12, 1000, 5)
	index := match.NewCascadeFrom(64)
	var work sync.WaitGroup
	entries := func(i int) []engine.IndexEntry {
		var out []engine.IndexEntry
		for k := i; k < i+50; k++ {
			out = append(out, engine.IndexEntry{Face: engine.NewFaceID(engine.PhotoID(fmt.Sprintf("P%05d", k)), 0), Template: templates[k],
				Hosts: []string{fmt.Sprintf("h%d.example.org", k%9)}})
		}
		return out
	}
	work.Go(func() {
		for i := 0; i < len(templates); i += 50 {
			if err := index.Add(entries(i)...); err != nil {
				t.Error(err)
			}
			if i%200 == 150 {
				for _, e := range entries(i) {
					index.Remove(e.Face)
				}
			}
		}
	})
	for w := range 2 {
		work.Go(func() {
			for i := range 60 {
				q := engine.Query{Template: templates[i*41%len(templates)], K: 5 * w, Within: 0.6}
				if i%3 == 0 {
					q.Filter.Host = "h3.example.org"
				}
				if _, _, err := index.Search(context.Background(), q); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	if want := len(templates) * 3 / 4; index.Len() != want {
		t.Errorf("%d faces, want %d", index.Len(), want)
	}
}
