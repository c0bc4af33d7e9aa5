package app_test

import (
	"image/color"
	"path/filepath"
	"slices"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// throng collects three photos of each of three people, of whom the drawn detector tells that they look alike, and one of a fourth.
func throng(t *testing.T) *app.App {
	t.Helper()
	a := openApp(t, &drawn{})
	dir := t.TempDir()
	for i, c := range []color.RGBA{red(), green(), blue(), {200, 200, 0, 255}} {
		for n := range 3 {
			draw(t, filepath.Join(dir, string(rune('a'+i))+string(rune('0'+n))+".png"), c, uint32(10*i+n))
			if i == 3 {
				break
			}
		}
	}
	collect(t, a, dir)
	return a
}

func grouped(t *testing.T, a *app.App, q engine.GroupQuery) engine.Grouping {
	t.Helper()
	out, err := a.People(t.Context(), q, nil)
	must(t, err)
	return out
}

func actions(t *testing.T, a *app.App, want engine.AuditAction) (all []engine.AuditEntry) {
	t.Helper()
	log, err := a.Audit(t.Context())
	must(t, err)
	for _, e := range log {
		if e.Action == want {
			all = append(all, e)
		}
	}
	return all
}

func TestPeopleAreGroupedAndThatIsRecorded(t *testing.T) {
	a := throng(t)
	got := grouped(t, a, engine.GroupQuery{Min: 2})
	if len(got.Groups) != 3 || got.Faces != 10 || got.Smaller != 1 || len(got.Groups[0].Faces) != 3 {
		t.Fatalf("%+v", got)
	}
	grouped(t, a, engine.GroupQuery{Min: 2})
	if log := actions(t, a, engine.ActionGrouped); len(log) != 1 || log[0].Counts["faces"] != 10 || log[0].Counts["groups"] != 4 || len(log[0].Objects) != 0 {
		t.Errorf("log: %+v", log)
	}
	infos, err := a.Collections(t.Context())
	must(t, err)
	grouped(t, a, engine.GroupQuery{Collection: infos[0].ID})
	if log := actions(t, a, engine.ActionGrouped); len(log) != 2 || !slices.Equal(log[1].Objects, []string{string(infos[0].ID)}) {
		t.Errorf("log of a collection: %+v", log)
	}
}

func TestFacesOfAGroupAreToldAndRecorded(t *testing.T) {
	a := throng(t)
	faces := grouped(t, a, engine.GroupQuery{}).Groups[0].Faces
	out, err := a.PeopleFaces(t.Context(), append([]engine.FaceID{"01ARZ3NDEKTSV4RRFFQ69G5FAV-0"}, faces...))
	must(t, err)
	if len(out) != 3 || out[0].Face != faces[0] || out[0].Collection != "people" || out[0].Source.File == "" || out[0].Box.W != 40 {
		t.Errorf("%+v", out)
	}
	if log := actions(t, a, engine.ActionViewed); len(log) != 1 || !slices.Equal(log[0].Returned, faces) {
		t.Errorf("log: %+v", log)
	}
	_, err = a.PeopleFaces(t.Context(), make([]engine.FaceID, engine.MaxGroupFaces+1))
	wantCode(t, err, engine.CodeInvalid)
}

func TestDecisionsAboutPeopleLastAndLeaveWithTheFace(t *testing.T) {
	a := throng(t)
	groups := grouped(t, a, engine.GroupQuery{Min: 2}).Groups
	must(t, a.MergePeople(t.Context(), groups[0].Cover, groups[1].Cover))
	must(t, a.SplitPeople(t.Context(), groups[0].Faces[0]))
	a = reopened(t, a, &drawn{})
	got := grouped(t, a, engine.GroupQuery{})
	if len(got.Groups) != 4 || len(got.Groups[0].Faces) != 5 || slices.Contains(got.Groups[0].Faces, groups[0].Faces[0]) {
		t.Fatalf("after opening it again: %+v", got)
	}
	plan, err := a.PlanErasure(t.Context(), engine.ErasureRequest{Faces: groups[0].Faces[1:2], Reason: engine.EraseRequest})
	must(t, err)
	_, err = a.Erase(t.Context(), plan, nil)
	must(t, err)
	got = grouped(t, a, engine.GroupQuery{})
	if len(got.Groups[0].Faces) != 4 || got.Faces != 9 {
		t.Errorf("after an erasure: %+v", got)
	}
	wantCode(t, a.MergePeople(t.Context(), groups[0].Faces[1], groups[1].Cover), engine.CodeNotFound)
	wantCode(t, a.SplitPeople(t.Context(), groups[1].Faces[0], groups[2].Faces[0]), engine.CodeInvalid)
	must(t, a.Lock())
	_, err = a.People(t.Context(), engine.GroupQuery{}, nil)
	wantCode(t, err, engine.CodeBadKey)
}
