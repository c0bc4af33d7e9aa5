package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// TestFaultsKilled kills the process at random instants of collect, erase, passwd and compact.
func TestFaultsKilled(t *testing.T) {
	w := newFaultWorld(t, seedOf(t, "GABARIT_FAULTS_SEED"))
	w.fill(60)
	for range rounds(60, 2) {
		w.killCollect()
	}
	for range rounds(80, 3) {
		if len(w.stored) < 20 {
			w.fill(30)
		}
		w.killErase()
	}
	for range rounds(40, 2) {
		w.killCompact()
	}
	a := w.mustOpen()
	must(t, a.ChangePassphrase(t.Context(), "", "p1"))
	w.pass = 1
	must(t, a.Close())
	for range rounds(40, 2) {
		w.killPasswd()
	}
	table(t, w.rows)
}

// killCollect: what was told as stored is there after the kill, the rest comes with the next run, nothing twice.
func (w *faultWorld) killCollect() {
	const n = 16
	dir := w.pictures(n)
	row := w.row("kill -9 in collect")
	row.times++
	acknowledged := 0
	for _, line := range w.killed("collect "+dir, 300*time.Millisecond) {
		if s, ok := strings.CutPrefix(line, "stored "); ok {
			acknowledged, _ = strconv.Atoi(s)
		}
	}
	a, ok := w.reopen(row)
	if !ok {
		return
	}
	info, err := a.CollectionByName(w.t.Context(), "people")
	must(w.t, err)
	before := map[engine.PhotoID]bool{}
	for f := range w.stored {
		p, _, _ := f.Photo()
		before[p] = true
	}
	if fresh := info.Photos - len(before); fresh < acknowledged {
		w.t.Errorf("%d photos are there of %d that were acknowledged", fresh, acknowledged)
		row.lost += acknowledged - fresh
	}
	report, err := a.Collect(w.t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{dir}, Resume: true}, nil)
	must(w.t, err)
	if report.Counts.Photos != n || report.Counts.Duplicates != 0 {
		w.t.Errorf("the continued run counts %+v", report.Counts)
		row.lost += max(n-report.Counts.Photos, 1)
	}
	w.compare(a, row, nil)
	w.read(a)
	must(w.t, a.Close())
}

// killErase: what was told as erased never comes back, what was not named stays.
func (w *faultWorld) killErase() {
	row := w.row("kill -9 in erase")
	row.times++
	begun := map[engine.FaceID]bool{}
	for _, line := range w.killed("erase", 500*time.Millisecond) {
		word, rest, _ := strings.Cut(line, " ")
		for _, f := range strings.Fields(rest) {
			switch word {
			case "erasing":
				begun[engine.FaceID(f)] = true
			case "erased":
				w.erased[engine.FaceID(f)] = true
			}
		}
	}
	a, ok := w.reopen(row)
	if !ok {
		return
	}
	w.compare(a, row, begun)
	w.recollect(a, row)
	w.read(a)
	must(w.t, a.Close())
}

func (w *faultWorld) killCompact() {
	row := w.row("kill -9 in compact")
	row.times++
	w.killed("compact", 300*time.Millisecond)
	if a, ok := w.reopen(row); ok {
		w.compare(a, row, nil)
		must(w.t, a.Close())
	}
}

// killPasswd: the vault opens with the last passphrase that was acknowledged, or the one that was being set.
func (w *faultWorld) killPasswd() {
	row := w.row("kill -9 in passwd")
	row.times++
	changing := w.pass
	for _, line := range w.killed("passwd "+w.passphrase(), 1500*time.Millisecond) {
		word, n, _ := strings.Cut(line, " ")
		switch word {
		case "changing":
			changing, _ = strconv.Atoi(n)
		case "changed":
			w.pass, _ = strconv.Atoi(n)
		}
	}
	w.settlePassphrase(changing)
	if a, ok := w.reopen(row); ok {
		w.compare(a, row, nil)
		must(w.t, a.Close())
	}
}

// settlePassphrase finds out whether the change that was under way was made.
func (w *faultWorld) settlePassphrase(changing int) {
	w.t.Helper()
	a := faultApp(w.dir)
	if err := a.Unlock(w.t.Context(), w.passphrase()); engine.CodeOf(err) == engine.CodeBadKey {
		w.pass = changing
	}
	must(w.t, a.Close())
}

// reopen opens the vault after a fault.
func (w *faultWorld) reopen(row *fault) (*app.App, bool) {
	w.t.Helper()
	a := faultApp(w.dir)
	if err := a.Unlock(w.t.Context(), w.passphrase()); err != nil {
		w.t.Errorf("%s: the vault does not open: %v", row.name, err)
		row.closed++
		must(w.t, a.Close())
		return nil, false
	}
	return a, true
}

// compare checks that the vault is whole and holds what it must; faces in maybe may be there or not.
func (w *faultWorld) compare(a *app.App, row *fault, maybe map[engine.FaceID]bool) {
	w.t.Helper()
	st, err := a.Status(w.t.Context())
	must(w.t, err)
	for _, warning := range st.Warnings {
		w.t.Errorf("%s: warning: %s (%s)", row.name, warning.Msg, warning.Detail)
		row.lost++
	}
	must(w.t, a.FinishErasures(w.t.Context()))
	check, err := a.CheckVault(w.t.Context())
	must(w.t, err)
	for _, d := range check.Damage {
		w.t.Errorf("%s: %s", row.name, d)
		row.lost++
	}
	if !check.Audit.Intact() {
		w.t.Errorf("%s: log: %+v", row.name, check.Audit.Problems)
		row.lost++
	}
	if !check.Erased.Clean() {
		w.t.Errorf("%s: erasures: %+v", row.name, check.Erased)
		row.returned++
	}
	lost, returned := w.difference(a, maybe)
	row.lost += lost
	row.returned += returned
	if lost+returned > 0 {
		w.t.Errorf("%s: %d faces lost, %d returned", row.name, lost, returned)
	}
}

// difference counts faces that must be in the vault and are not, and those that must not be and are: as records, crops
// and rows of the index.
func (w *faultWorld) difference(a *app.App, maybe map[engine.FaceID]bool) (lost, returned int) {
	w.t.Helper()
	faces, err := a.StoredFaces(w.t.Context())
	must(w.t, err)
	there := map[engine.FaceID]bool{}
	for _, f := range faces {
		there[f] = true
		if _, err := a.Crop(w.t.Context(), f); err != nil {
			w.t.Errorf("a face without its crop: %v", err)
			lost++
		}
	}
	for f := range w.stored {
		if !there[f] && !maybe[f] && !w.erased[f] {
			lost++
		}
	}
	indexed, err := a.IndexedFaces(w.t.Context())
	must(w.t, err)
	for f := range w.erased {
		if _, err := a.Crop(w.t.Context(), f); there[f] || indexed[f] || engine.CodeOf(err) != engine.CodeNotFound {
			returned++
		}
	}
	if len(indexed) != len(faces) {
		w.t.Errorf("the index holds %d faces, the records %d", len(indexed), len(faces))
	}
	return lost, returned
}

// recollect reads everything again: what was erased whole is refused.
func (w *faultWorld) recollect(a *app.App, row *fault) {
	w.t.Helper()
	if w.rng.IntN(8) != 0 {
		return
	}
	count := func() int {
		held, err := a.IndexedFaces(w.t.Context())
		must(w.t, err)
		return len(held)
	}
	before := count()
	report, err := a.Collect(w.t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{w.dir + "/photos"}, Resume: true}, nil)
	must(w.t, err)
	if after := count(); after != before || report.Counts.Suppressed == 0 && len(w.erased) > 6 {
		w.t.Errorf("collected again: %d faces before, %d after, %s", before, after, fmt.Sprintf("%+v", report.Counts))
		row.returned += max(after-before, 1)
	}
}
