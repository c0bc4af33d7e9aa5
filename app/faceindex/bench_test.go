package faceindex_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gabarit/app/faceindex"
	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// cpu is the processor time that the process has used, in the program and in the system.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchVault is a sealed vault with so many faces, seven on a photo. GABARIT_BENCH_VAULT names a folder where it is kept for the next time.
func benchVault(b *testing.B, faces int) string {
	b.Helper()
	const perPhoto = 7
	dir := filepath.Join(b.TempDir(), "vault")
	if kept := os.Getenv("GABARIT_BENCH_VAULT"); kept != "" {
		dir = filepath.Join(kept, fmt.Sprint(faces))
	}
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	v, err := vault.Create(dir, "")
	must(b, err)
	s, err := storage.Open(b.Context(), v, storage.Options{})
	must(b, err)
	c, err := s.AddCollection(b.Context(), enginetest.ValidCollection("c"))
	must(b, err)
	templates := crowd.People(1, faces/10, 10)
	for n := 0; n < len(templates); {
		var batch []engine.Ingest
		for len(batch) < 250 && n < len(templates) {
			in := enginetest.NewIngest(s, c.ID, "run", "/a/"+strconv.Itoa(n), strconv.Itoa(n), min(perPhoto, len(templates)-n))
			for i := range in.Photo.Faces {
				in.Photo.Faces[i].Template = templates[n]
				n++
			}
			batch = append(batch, in)
		}
		must(b, s.Commit(b.Context(), c.ID, batch))
	}
	must(b, s.Close())
	must(b, v.Close())
	return dir
}

// BenchmarkOpen opens a vault's index to the first answer, as it was saved and by reading all templates from the records, in turn.
// Opening vault and records is in neither, and told apart. GABARIT_FACES is the number of faces.
func BenchmarkOpen(b *testing.B) {
	faces := 100_000
	if n, err := strconv.Atoi(os.Getenv("GABARIT_FACES")); err == nil {
		faces = n
	}
	dir := benchVault(b, faces)
	before, busy := time.Now(), cpu(b)
	v, err := vault.Open(dir, "")
	must(b, err)
	defer v.Close()
	s, err := storage.Open(b.Context(), v, storage.Options{})
	must(b, err)
	defer s.Close()
	opening, openingCPU := time.Since(before), cpu(b)-busy
	templates := crowd.People(1, 1000, 10)
	ctx := context.Background()
	var model engine.ModelID
	must(b, s.Templates(ctx, func(e engine.IndexEntry) error { model = e.Model; return nil }))
	open := func() *faceindex.Index {
		index, err := faceindex.Open(ctx, v, s, hidden{}, model, 0, func(err error) { b.Error(err) })
		must(b, err)
		return index
	}
	answer := func(index *faceindex.Index, i int) {
		if got, _, err := index.Search(ctx, engine.Query{Model: model, Template: templates[i*7919%len(templates)], K: 50}); err != nil || len(got) != 50 {
			b.Fatal(len(got), err)
		}
	}
	var spent, used [5]time.Duration
	step := func(k int, do func()) {
		before, busy := time.Now(), cpu(b)
		do()
		spent[k] += time.Since(before)
		used[k] += cpu(b) - busy
	}
	rounds := 0
	for ; b.Loop(); rounds++ {
		must(b, os.RemoveAll(v.IndexDir())) // what a vault from before has
		var index *faceindex.Index
		step(0, func() { index = open(); answer(index, rounds) })
		step(1, func() { must(b, index.Settle(ctx)) })
		if index.Len() != faces {
			b.Fatalf("%d faces", index.Len())
		}
		index.Clear()
		step(2, func() { index = open(); answer(index, rounds) })
		step(3, func() { must(b, index.Settle(ctx)) })
		step(4, func() { answer(index, rounds+1) })
		index.Clear()
	}
	for k, name := range []string{"records", "save", "saved", "then-rest", "next-search"} {
		b.ReportMetric(spent[k].Seconds()*1e3/float64(rounds), name+"-ms")
		b.ReportMetric(used[k].Seconds()*1e3/float64(rounds), name+"-cpu-ms")
	}
	b.ReportMetric(opening.Seconds()*1e3, "vault-ms")
	b.ReportMetric(openingCPU.Seconds()*1e3, "vault-cpu-ms")
	b.ReportMetric(float64(used[0])/float64(used[2]), "times-cpu")
	b.ReportMetric(float64(spent[0])/float64(spent[2]), "times-wall")
}

// BenchmarkChange tells what adding and erasing a face costs until it is durable in the saved index (the records apart).
func BenchmarkChange(b *testing.B) {
	faces := 100_000
	if n, err := strconv.Atoi(os.Getenv("GABARIT_FACES")); err == nil {
		faces = n
	}
	w := newWorld(b, faces, false)
	w.settle()
	var spent, used [2]time.Duration
	n := 0
	for ; b.Loop(); n++ {
		e := w.entries[n]
		e.Face = engine.NewFaceID("01HZZZZZZZZZZZZZZZZZZZZZZZ", n)
		before, busy := time.Now(), cpu(b)
		w.index.Begin()
		w.records.change(func(held map[engine.FaceID]engine.IndexEntry) { held[e.Face] = e })
		must(b, w.index.Add(e))
		must(b, w.index.End(b.Context(), true))
		middle, half := time.Now(), cpu(b)
		w.erase(face(n * 7919 % faces))
		spent[0], spent[1] = spent[0]+middle.Sub(before), spent[1]+time.Since(middle)
		used[0], used[1] = used[0]+half-busy, used[1]+cpu(b)-half
	}
	for k, name := range []string{"add", "erase"} {
		b.ReportMetric(spent[k].Seconds()*1e3/float64(n), name+"-ms")
		b.ReportMetric(used[k].Seconds()*1e3/float64(n), name+"-cpu-ms")
	}
}
