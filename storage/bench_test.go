package storage_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// BenchmarkCommit stores photos with two faces and pictures of usual size, 16 in a batch.
func BenchmarkCommit(b *testing.B) {
	s, c := benchStore(b)
	b.ResetTimer()
	fill(b, s, c, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "photos/s")
}

// BenchmarkTemplates walks 20,000 faces, as opening the vault does to load the index.
func BenchmarkTemplates(b *testing.B) {
	const photos, faces = 10_000, 20_000
	s, c := benchStore(b)
	fill(b, s, c, photos)
	for b.Loop() {
		n := 0
		err := s.Templates(b.Context(), func(engine.IndexEntry) error { n++; return nil })
		if err != nil || n != faces {
			b.Fatalf("%d faces, %v", n, err)
		}
	}
	b.ReportMetric(faces*float64(b.N)/b.Elapsed().Seconds(), "faces/s")
}

// BenchmarkReopen closes and opens the same store: tables are checked, the key table is read.
func BenchmarkReopen(b *testing.B) {
	v, err := quick().Create(b.TempDir()+"/vault", "")
	if err != nil {
		b.Fatal(err)
	}
	defer v.Close()
	s, err := storage.Open(b.Context(), v, storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := s.AddCollection(b.Context(), enginetest.ValidCollection("c"))
	if err != nil {
		b.Fatal(err)
	}
	fill(b, s, c, 10_000)
	for b.Loop() {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		if s, err = storage.Open(b.Context(), v, storage.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkTotals is what the status bar asks for.
func BenchmarkTotals(b *testing.B) {
	s, c := benchStore(b)
	fill(b, s, c, 1_000)
	for b.Loop() {
		if _, err := s.Totals(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// One commit of a collection, 16 photos, with the checkpoint kept in two folders.
func BenchmarkCommitOf16(b *testing.B) {
	o := quick()
	o.StateDir = b.TempDir()
	s, c := benchStoreOf(b, o)
	n := 0
	for b.Loop() {
		var batch []engine.Ingest
		for range 16 {
			n++
			name := filepath.Join("/a", string(s.NewPhotoID()))
			in := enginetest.NewIngest(s, c.ID, "run", name, name, 2)
			in.Thumbnail = make([]byte, 20<<10)
			batch = append(batch, in)
		}
		if err := s.Commit(b.Context(), c.ID, batch); err != nil {
			b.Fatal(err)
		}
	}
}

func benchStore(b *testing.B) (*storage.Store, engine.Collection) {
	b.Helper()
	return benchStoreOf(b, quick())
}

func benchStoreOf(b *testing.B, o vault.Options) (*storage.Store, engine.Collection) {
	b.Helper()
	v, err := o.Create(b.TempDir()+"/vault", "")
	if err != nil {
		b.Fatal(err)
	}
	s, err := storage.Open(b.Context(), v, storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := errors.Join(s.Close(), v.Close()); err != nil {
			b.Error(err)
		}
	})
	c, err := s.AddCollection(b.Context(), enginetest.ValidCollection("c"))
	if err != nil {
		b.Fatal(err)
	}
	return s, c
}

func fill(b *testing.B, s *storage.Store, c engine.Collection, photos int) {
	b.Helper()
	var batch []engine.Ingest
	for i := range photos {
		name := fmt.Sprint("/a/", i)
		in := enginetest.NewIngest(s, c.ID, "run", name, name, 2)
		in.Thumbnail, in.Crops = make([]byte, 20_000), [][]byte{make([]byte, 8_000), make([]byte, 8_000)}
		if batch = append(batch, in); len(batch) == 16 || i == photos-1 {
			if err := s.Commit(b.Context(), c.ID, batch); err != nil {
				b.Fatal(err)
			}
			batch = nil
		}
	}
}
