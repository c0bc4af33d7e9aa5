package storage_test

import (
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
)

func TestWhatIsStoredIsLoggedOnceAndWhatIsRefusedIsNot(t *testing.T) {
	s := openStore(t, newVault(t))
	check := func(entries uint64) {
		t.Helper()
		report, err := s.VerifyAudit(t.Context(), "")
		if err != nil || !report.Intact() || report.Entries != entries {
			t.Errorf("%+v, %v; want %d entries", report, err, entries)
		}
	}
	check(1)
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	check(2)
	if _, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c")); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("%v", err)
	}
	check(2)
	must(t, s.Commit(t.Context(), c.ID, []engine.Ingest{enginetest.NewIngest(s, c.ID, "run", "/a", "a", 1)}))
	check(3)
}
