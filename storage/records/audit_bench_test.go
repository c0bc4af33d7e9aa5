package records_test

import (
	"path/filepath"
	"testing"

	"gabarit/engine"
	"gabarit/engine/entry"
	"gabarit/storage/records"
)

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
		if err := s.Record(b.Context(), entry.Viewed("x-1")); err != nil {
			b.Fatal(err)
		}
	}
}

// The check of a log of 10,000 entries.
func BenchmarkVerifyAudit10k(b *testing.B) {
	s := newBenchStore(b)
	entries := make([]engine.AuditEntry, 500)
	for i := range entries {
		entries[i] = entry.Viewed("01ARZ3NDEKTSV4RRFFQ69G5FAV-12")
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

func newBenchStore(b *testing.B) *records.DB {
	b.Helper()
	o := quick()
	o.StateDir = b.TempDir()
	v, err := o.Create(filepath.Join(b.TempDir(), "vault"), "")
	if err != nil {
		b.Fatal(err)
	}
	s, err := records.Open(b.Context(), v, records.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.Close()
		_ = v.Close()
	})
	return s
}
