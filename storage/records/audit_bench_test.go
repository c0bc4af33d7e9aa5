package records_test

import (
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
)

// One commit of a collection, 16 photos.
func BenchmarkCommitOf16(b *testing.B) {
	s := newBenchStore(b)
	c, err := s.AddCollection(b.Context(), enginetest.ValidCollection("c"))
	if err != nil {
		b.Fatal(err)
	}
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

// The two checkpoint files that each commit writes.
func BenchmarkCheckpointFiles(b *testing.B) {
	s := newBenchStore(b)
	report, err := s.VerifyAudit(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s.WritePoints(report.Checkpoint)
	}
}

// One entry alone: sealing, tree, signature, synced commit, files.
func BenchmarkRecord(b *testing.B) {
	s := newBenchStore(b)
	for b.Loop() {
		if err := s.Record(b.Context(), engine.EntryViewed("x-1")); err != nil {
			b.Fatal(err)
		}
	}
}

// The check of a log of 10,000 entries.
func BenchmarkVerifyAudit10k(b *testing.B) {
	s := newBenchStore(b)
	entries := make([]engine.AuditEntry, 500)
	for i := range entries {
		entries[i] = engine.EntryViewed("01ARZ3NDEKTSV4RRFFQ69G5FAV-12")
	}
	for range 20 {
		if err := s.RecordSeveral(b.Context(), nil, entries...); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if report, err := s.VerifyAudit(b.Context(), ""); err != nil || report.Entries < 10000 || !report.Intact() {
			b.Fatalf("%+v, %v", report, err)
		}
	}
}

func newBenchStore(b *testing.B) *storage.Store {
	b.Helper()
	o := quick()
	o.StateDir = b.TempDir()
	v, err := o.Create(filepath.Join(b.TempDir(), "vault"), "")
	if err != nil {
		b.Fatal(err)
	}
	s, err := storage.Open(b.Context(), v, storage.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.Close()
		_ = v.Close()
	})
	return s
}
