package app_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// exported writes the log of a vault in use to a file and gives its path and the report.
func exported(t *testing.T, a *app.App) (string, engine.AuditReport) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.jsonl")
	report, err := a.ExportAudit(t.Context(), path)
	must(t, err)
	return path, report
}

// verifyFile checks an exported log without any vault.
func verifyFile(t *testing.T, data []byte, key, checkpoint string) engine.AuditReport {
	t.Helper()
	report, err := app.VerifyAuditFile(bytes.NewReader(data), key, checkpoint)
	must(t, err)
	return report
}

func TestTheLogIsProvedInTheVaultAndOutsideIt(t *testing.T) {
	a, _ := meet(t, secret)
	find(t, a, bob())
	early, err := a.VerifyAudit(t.Context(), "")
	must(t, err)
	erase(t, a, facesOf(t, a, alice()))
	late, err := a.VerifyAudit(t.Context(), early.Checkpoint)
	must(t, err)
	if !early.Intact() || !late.Intact() || late.Entries <= early.Entries || late.Key != early.Key {
		t.Fatalf("reports %+v and %+v", early, late)
	}
	path, report := exported(t, a)
	if !report.Intact() || report.Entries != late.Entries {
		t.Errorf("exported %+v", report)
	}
	if e := lastEntry(t, a); e.Action != engine.ActionAuditExported || e.Actor == "" || e.Software == "" {
		t.Errorf("entry %+v", e)
	}
	data, err := os.ReadFile(path)
	must(t, err)
	if got := verifyFile(t, data, early.Key, early.Checkpoint); !got.Intact() || got.Entries != report.Entries {
		t.Errorf("the exported log, checked: %+v", got)
	}
	for _, word := range []string{"alice", "bob", ".png", t.TempDir()} {
		if bytes.Contains(data, []byte(word)) {
			t.Errorf("the log holds %q", word)
		}
	}
	_, err = a.VerifyAudit(t.Context(), "no checkpoint")
	wantCode(t, err, engine.CodeInvalid)
}

func TestAnExportedLogThatWasTouchedIsFoundOut(t *testing.T) {
	a, _ := meet(t, "")
	find(t, a, bob())
	path, report := exported(t, a)
	data, err := os.ReadFile(path)
	must(t, err)
	lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n") // the first is the header
	touched := map[engine.AuditDamage]string{
		engine.AuditAltered:   strings.Replace(string(data), `"action":"collect_started"`, `"action":"collect_finished"`, 1),
		engine.AuditMissing:   strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), ""),
		engine.AuditReordered: strings.Join(append(append([]string{}, lines[:3]...), append([]string{lines[4], lines[3]}, lines[5:]...)...), ""),
		engine.AuditCutOff:    strings.Join(lines[:len(lines)-1], ""),
	}
	for want, text := range touched {
		got := verifyFile(t, []byte(text), report.Key, "")
		if len(got.Problems) == 0 || got.Problems[0].Damage != want || got.Problems[0].Seq == 0 {
			t.Errorf("%s: %+v", want, got.Problems)
		}
	}
	_, err = app.VerifyAuditFile(strings.NewReader("{}"), "", "")
	wantCode(t, err, engine.CodeInvalid)
}

func TestAnExportOverwritesNothing(t *testing.T) {
	a, _ := meet(t, "")
	path, _ := exported(t, a)
	before, err := os.ReadFile(path)
	must(t, err)
	_, err = a.ExportAudit(t.Context(), path)
	wantCode(t, err, engine.CodeConflict)
	after, err := os.ReadFile(path)
	must(t, err)
	if !bytes.Equal(before, after) {
		t.Error("a file was overwritten")
	}
	_, err = a.ExportAudit(t.Context(), filepath.Join(t.TempDir(), "missing", "log"))
	wantCode(t, err, engine.CodeUnavailable)
	left := filepath.Join(t.TempDir(), "log")
	must(t, a.Close())
	_, err = a.ExportAudit(t.Context(), left)
	wantCode(t, err, engine.CodeCanceled)
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("an export that failed left a file: %v", err)
	}
}

func TestCompactKeepsEverything(t *testing.T) {
	a, _ := meet(t, "")
	before := find(t, a, bob())
	_, err := a.Compact(t.Context())
	must(t, err)
	if e := lastEntry(t, a); e.Action != engine.ActionCompacted {
		t.Errorf("entry %+v", e)
	}
	likeBefore(t, before, find(t, a, bob()))
	wantSound(t, a)
}
