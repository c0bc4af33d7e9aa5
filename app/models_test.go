package app_test

import (
	"context"
	"errors"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// reopened gives an App on the same vault whose detector makes templates of another model.
func reopened(t testing.TB, a *app.App, d engine.FaceDetector) *app.App {
	t.Helper()
	st, err := a.Status(t.Context())
	must(t, err)
	must(t, a.Close())
	b := app.New(app.Config{VaultDir: st.Dir, ModelsDir: t.TempDir(), Detector: d, Now: clock})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	must(t, b.Unlock(t.Context(), ""))
	return b
}

func totals(t testing.TB, a *app.App) engine.Totals {
	t.Helper()
	st, err := a.Status(t.Context())
	must(t, err)
	return st.Totals
}

func TestTemplatesOfAnotherModelAreCountedAndNeverCompared(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	a = reopened(t, a, &drawn{model: "next"})

	if got := totals(t, a); got != (engine.Totals{Faces: 3, Photos: 4, Collections: 1, OtherModel: 3}) || got.Searchable() != 0 {
		t.Errorf("totals: %+v", got)
	}
	res := search(t, a, filepath.Join(dir, "green.png")) // the very template is in the vault
	if res.Searched != 0 || res.Index.OtherModel != 3 || len(res.Probes[0].Matches) != 0 {
		t.Errorf("nothing is of the model in use: %+v", res)
	}

	more := t.TempDir()
	draw(t, filepath.Join(more, "yellow.png"), color.RGBA{200, 200, 0, 255}, 1)
	draw(t, filepath.Join(more, "green.png"), green(), 2)
	collect(t, a, more)
	if got := totals(t, a); got != (engine.Totals{Faces: 5, Photos: 6, Collections: 1, OtherModel: 3}) {
		t.Errorf("totals after collecting with the other model: %+v", got)
	}
	res = search(t, a, filepath.Join(dir, "green.png"))
	if ms := res.Probes[0].Matches; res.Searched != 2 || len(ms) != 1 || ms[0].Source.File != filepath.Join(more, "green.png") {
		t.Errorf("searched %d: %+v", res.Searched, res.Probes)
	}
	if check, err := a.CheckErased(t.Context()); err != nil || check.Indexed != 0 {
		t.Errorf("check: %+v, %v", check, err)
	}

	infos, err := a.Collections(t.Context())
	must(t, err)
	plan, err := a.PlanErasure(t.Context(), engine.ErasureRequest{Collection: infos[0].ID, Reason: engine.EraseOwn})
	must(t, err)
	_, err = a.Erase(t.Context(), plan, nil)
	must(t, err)
	if got := totals(t, a); got != (engine.Totals{}) {
		t.Errorf("totals after all was erased: %+v", got)
	}
}

func TestAProbeOfAnotherModelIsRefused(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "red.png"))
	p.Faces[0].Model = "next"
	_, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	wantCode(t, err, engine.CodeInvalid)
}

// liar says that it is of one model and makes templates of another.
type liar struct{ *drawn }

func (liar) Model() engine.ModelID { return "said" }

func (l liar) Detect(ctx context.Context, p *engine.Picture, look engine.Look) ([]engine.Detection, error) {
	return l.drawn.Detect(ctx, p, look)
}

func TestATemplateOfAnotherModelThanTheDetectorsIsNotStored(t *testing.T) {
	a := openApp(t, liar{&drawn{}})
	report, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{album(t)}}, nil)
	must(t, err)
	if report.Counts.Faces != 0 || report.Counts.Failed != 5 { // three people, one twice, and the broken one
		t.Errorf("counts: %+v", report.Counts)
	}
}

func retemplate(t testing.TB, a *app.App, sources ...string) engine.CollectReport {
	t.Helper()
	report, err := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: sources, Retemplate: true}, nil)
	must(t, err)
	return report
}

func TestAVaultIsMovedToAnotherModel(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := album(t)
	collect(t, a, dir)
	found := search(t, a, filepath.Join(dir, "red.png")).Probes[0].Matches[0].Face
	items, err := a.CaseItems(t.Context(), []engine.FaceID{found}, clock())
	must(t, err)
	cases, err := a.OpenCases(t.Context(), items)
	must(t, err)
	must(t, os.Remove(filepath.Join(dir, "green.png")))
	a = reopened(t, a, &drawn{model: "next"})

	report := retemplate(t, a, dir)
	if c := report.Counts; c.Renewed != 3 || c.NewFaces != 2 || c.Photos != 0 || c.Failed != 1 || len(report.Left) != 1 || report.Left[0].Source.File != filepath.Join(dir, "green.png") {
		t.Errorf("counts %+v, left %+v", report.Counts, report.Left)
	}
	if got := totals(t, a); got != (engine.Totals{Faces: 3, Photos: 4, Collections: 1, OtherModel: 1}) {
		t.Errorf("totals %+v", got)
	}
	res := search(t, a, filepath.Join(dir, "red.png"))
	if ms := res.Probes[0].Matches; res.Searched != 2 || len(ms) != 1 || ms[0].Face == found {
		t.Errorf("searched %d: %+v", res.Searched, res.Probes)
	}
	check, err := a.CheckVault(t.Context())
	must(t, err)
	if len(check.Damage) > 0 || !check.Audit.Intact() || !check.Erased.Clean() || check.Erased.Erasures != 0 {
		t.Errorf("check %+v", check)
	}

	// What names the face as it was still finds it: the crop, a letter, another case, a plan to erase it.
	if crop, err := a.Crop(t.Context(), found); err != nil || len(crop) == 0 {
		t.Errorf("crop: %d bytes, %v", len(crop), err)
	}
	now := res.Probes[0].Matches[0].Face
	if again, err := a.CaseItems(t.Context(), []engine.FaceID{found}, clock()); err != nil || again[0].Face != now {
		t.Errorf("case items %+v, %v", again, err)
	}
	must(t, a.View(t.Context(), found))
	plan, err := a.PlanErasure(t.Context(), engine.ErasureRequest{Faces: []engine.FaceID{found}, Reason: engine.EraseOwn, Cases: true})
	must(t, err)
	if len(plan.Photos) != 1 || plan.Photos[0].Faces[0] != now || len(plan.Cases) != 1 || plan.Cases[0].Case != cases[0].ID {
		t.Errorf("plan %+v", plan)
	}
	rep, err := a.Erase(t.Context(), plan, nil)
	must(t, err)
	if rep.Counts.CaseItems != 2 || rep.Counts.Photos != 1 { // it was found at two places
		t.Errorf("counts %+v", rep.Counts)
	}
	_, err = a.Crop(t.Context(), found)
	wantCode(t, err, engine.CodeNotFound)
}

func TestAThoroughLookTakesThePlaceOfAFastOne(t *testing.T) {
	d := &drawn{}
	a := openApp(t, d)
	dir := album(t)
	collect(t, a, dir)
	if c := retemplate(t, a, dir).Counts; c.Renewed != 0 || c.Unchanged != 5 {
		t.Errorf("by the same look: %+v", c)
	}
	req := engine.CollectRequest{Collection: "people", Sources: []string{dir}, Retemplate: true, Look: engine.Look{Detector: engine.DetectorThorough}}
	report, err := a.Collect(t.Context(), req, nil)
	must(t, err)
	if c := report.Counts; c.Renewed != 4 || c.NewFaces != 3 {
		t.Errorf("by another look: %+v", c)
	}
	if d.look.Detector != engine.DetectorThorough || d.look.Averaged {
		t.Errorf("look %+v", d.look)
	}
	if res := search(t, a, filepath.Join(dir, "red.png")); res.Searched != 3 || len(res.Probes[0].Matches) != 1 {
		t.Errorf("result %+v", res)
	}
}

func TestSearchesGoOnWhileFacesAreFoundAnew(t *testing.T) {
	a := openApp(t, &drawn{})
	dir := t.TempDir()
	for i := range 60 {
		draw(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), color.RGBA{200, 0, 0, 255}, uint32(i))
	}
	collect(t, a, dir)
	p := probe(t, a, filepath.Join(dir, "0.png"))
	done := make(chan error, 1)
	go func() {
		var err error
		for _, kind := range []engine.DetectorKind{engine.DetectorThorough, engine.DetectorFast, engine.DetectorThorough} {
			_, e := a.Collect(t.Context(), engine.CollectRequest{Collection: "people", Sources: []string{dir}, Retemplate: true, Look: engine.Look{Detector: kind}}, nil)
			err = errors.Join(err, e)
		}
		done <- err
	}()
	searches := 0
	for {
		res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p, Max: 100})
		must(t, err)
		photos := map[engine.PhotoID]bool{}
		for _, m := range res.Probes[0].Matches {
			photos[m.Photo] = true
		}
		if len(res.Probes[0].Matches) != 60 || len(photos) != 60 || res.Searched != 60 {
			t.Fatalf("searched %d, %d matches in %d photos", res.Searched, len(res.Probes[0].Matches), len(photos))
		}
		searches++
		select {
		case err := <-done:
			must(t, err)
			if res := search(t, a, filepath.Join(dir, "0.png")); res.Searched != 60 {
				t.Errorf("searched %d", res.Searched)
			}
			t.Logf("%d searches", searches)
			return
		default:
		}
	}
}
