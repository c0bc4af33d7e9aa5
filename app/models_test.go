package app_test

import (
	"context"
	"image/color"
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
