package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"gabarit/engine"
)

func logEntries() []engine.AuditEntry {
	day := func(d int) time.Time { return time.Date(2026, 11, d, 23, 30, 0, 0, time.Local) }
	return []engine.AuditEntry{
		{Seq: 1, At: day(1), Action: engine.ActionVaultCreated},
		{Seq: 2, At: day(2), Action: engine.ActionSearch, Purpose: "Find Photos of Ada", Counts: map[string]int{"matches": 3}, Returned: []engine.FaceID{"P1#0"}},
		{Seq: 3, At: day(3), Action: engine.ActionErased, Objects: []string{"E77"}, Detail: map[string]string{"reason": "request", "ref": "R-12"}},
		{Seq: 4, At: day(4), Action: engine.ActionSearch, Purpose: "another"},
	}
}

func TestTheLogIsFiltered(t *testing.T) {
	day := func(text string) time.Time {
		d, ok := filterDay(text)
		if !ok {
			t.Fatal(text)
		}
		return d
	}
	for name, tt := range map[string]struct {
		f    logFilter
		want []uint64
	}{
		"nothing asked shows all, newest first": {logFilter{}, []uint64{4, 3, 2, 1}},
		"a kind":                                {logFilter{action: engine.ActionSearch}, []uint64{4, 2}},
		"a word of the purpose":                 {logFilter{text: " photos OF "}, []uint64{2}},
		"a face that was shown":                 {logFilter{text: "p1#0"}, []uint64{2}},
		"the number of an erasure":              {logFilter{text: "e77"}, []uint64{3}},
		"a reference":                           {logFilter{text: "r-12"}, []uint64{3}},
		"days, both included":                   {logFilter{from: day("2026-11-02"), to: day("2026-11-03")}, []uint64{3, 2}},
		"a kind on a day without it":            {logFilter{action: engine.ActionErased, to: day("2026-11-02")}, nil},
	} {
		got, err := tt.f.apply(t.Context(), logEntries())
		if err != nil {
			t.Fatal(err)
		}
		var seqs []uint64
		for _, e := range got {
			seqs = append(seqs, e.Seq)
		}
		if fmt.Sprint(seqs) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v, want %v", name, seqs, tt.want)
		}
	}
	for _, text := range []string{"2026-02-30", "yesterday", "2026"} {
		if _, ok := filterDay(text); ok {
			t.Errorf("%q passed as a day", text)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (logFilter{}).apply(ended, make([]engine.AuditEntry, 5000)); err == nil {
		t.Error("a filter that nobody waits for goes on")
	}
}

func logRig(t *testing.T, svc *fakeService) *rig {
	t.Helper()
	r := openRig(t, svc)
	r.ctrl(fyne.Key5)
	r.until("the entries", func() bool {
		return r.has("2 of 2 shown") || r.has("4 of 4 shown") || r.has("50,000 of 50,000 shown")
	})
	return r
}

func TestAnEntryTellsItsDetails(t *testing.T) {
	r := logRig(t, &fakeService{fakeVault: fakeVault{log: logEntries()}})
	if !r.has("A person asked for it (art. 17) · R-12") {
		t.Errorf("the row does not say why: %v", r.words())
	}
	r.shell.log.list.Select(1)
	for _, want := range []string{"No.: 3", "What: Erased", "About: E77", "Details: A person asked for it (art. 17) · R-12"} {
		if !strings.Contains(r.shell.log.detail.Text, want) {
			t.Errorf("the details do not say %q: %s", want, r.shell.log.detail.Text)
		}
	}
	r.shell.env.Focus(r.shell.log.text)
	for _, c := range "ada" {
		r.typed(c)
	}
	r.until("the filter", func() bool { return r.has("1 of 4 shown") })
	if r.shell.log.foot.Visible() {
		t.Error("the details of an entry that is filtered out stay")
	}
	r.shell.log.from.SetText("soon")
	if !r.has("Write dates as 2026-12-31.") {
		t.Errorf("a wrong date is not told: %v", r.words())
	}
}

func TestALargeLogIsShown(t *testing.T) {
	log := make([]engine.AuditEntry, 50_000)
	for i := range log {
		log[i] = engine.AuditEntry{Seq: uint64(i + 1), Action: engine.ActionIngest, Counts: map[string]int{"photos": i}}
	}
	r := logRig(t, &fakeService{fakeVault: fakeVault{log: log}})
	if !r.has("50,000") || r.has("49,000") {
		t.Error("the list does not show just what fits")
	}
	if n := strings.Count(entryWords(engine.AuditEntry{Returned: make([]engine.FaceID, 500)}), ", "); n != maxListed {
		t.Errorf("an entry lists %d numbers", n)
	}
}

func TestVerifyTellsTheStateOfTheLog(t *testing.T) {
	r := logRig(t, &fakeService{fakeVault: fakeVault{report: engine.AuditReport{Entries: 1234, Root: "ab12", Key: "k+1", Checkpoint: "gabarit/x\n1234\nq80=\n\n— sig\n"}}})
	test.Tap(r.button("Verify"))
	r.until("the result", func() bool { return r.has("The log is intact: no entry was altered, dropped or put elsewhere.") })
	if !r.has("Entries: 1,234\nRoot: ab12\nPublic key: k+1") || !r.has("gabarit/x\n1234\nq80=\n\n— sig") {
		t.Errorf("the numbers are missing: %v", r.words())
	}
	test.Tap(r.button("Copy"))
	if got := r.shell.app.Clipboard().Content(); got != "gabarit/x\n1234\nq80=\n\n— sig\n" {
		t.Errorf("copied %q", got)
	}
	svc := r.svc
	unlock := svc.lock()
	svc.report.Problems = []engine.AuditProblem{{Seq: 17, Damage: engine.AuditAltered}, {Seq: 900, Damage: engine.AuditCutOff}}
	unlock()
	for _, c := range "kept" {
		r.shell.env.Focus(verifyField(r))
		r.typed(c)
	}
	test.Tap(r.button("Check against it"))
	r.until("the damage", func() bool {
		return r.has("The log was damaged or changed:\nEntry 17 is not what it was when it was written.\nFrom entry 900 on, entries at the end are gone.")
	})
	if len(svc.known) != 2 || svc.known[0] != "" || svc.known[1] != "kept\n" {
		t.Errorf("checked against %q", svc.known)
	}
}

// verifyField is the field of the open dialog.
func verifyField(r *rig) fyne.Focusable {
	var found fyne.Focusable
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if e, ok := o.(fyne.Focusable); ok {
			if _, entry := o.(interface{ SetPlaceHolder(string) }); entry {
				found = e
			}
		}
		switch w := o.(type) {
		case *fyne.Container:
			for _, child := range w.Objects {
				walk(child)
			}
		case fyne.Widget:
			for _, child := range test.WidgetRenderer(w).Objects() {
				walk(child)
			}
		}
	}
	walk(r.shell.win.Canvas().Overlays().Top())
	return found
}

func TestTheLogIsExportedUnderANewName(t *testing.T) {
	r := logRig(t, &fakeService{fakeVault: fakeVault{report: engine.AuditReport{Entries: 2}}})
	r.shell.log.exportTo("/out", time.Date(2026, 11, 23, 15, 4, 5, 0, time.Local))
	r.until("the result", func() bool {
		return r.has("2 entries written to a file: gabarit-log-2026-11-23-150405.jsonl\n“gabarit-cli audit verify” checks it on any computer, without the vault.")
	})
	if len(r.svc.exported) != 1 || r.svc.exported[0] != "/out/gabarit-log-2026-11-23-150405.jsonl" {
		t.Errorf("written to %q", r.svc.exported)
	}
}

func TestEveryKindOfEntryHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range logActions() {
		words := actionWords(a)
		if words == string(a) || seen[words] {
			t.Errorf("%s: %q", a, words)
		}
		seen[words] = true
	}
	for _, d := range []engine.AuditDamage{engine.AuditAltered, engine.AuditMissing, engine.AuditReordered, engine.AuditCutOff, engine.AuditReplaced,
		engine.AuditSignature, engine.AuditUnread} {
		if words := damageWords(engine.AuditProblem{Seq: 5, Damage: d}); words == string(d) || seen[words] {
			t.Errorf("%s: %q", d, words)
		} else {
			seen[words] = true
		}
	}
}
