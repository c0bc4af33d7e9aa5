package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"gabarit/engine"
)

func TestAProbeIsSearchedByTheLookAskedForAndAveraged(t *testing.T) {
	d := &drawn{}
	a := newApp(t, d)
	path := filepath.Join(album(t), "red.png")
	look := engine.Look{Detector: engine.DetectorThorough, Smallest: engine.FaceSize{Pixels: 30}}
	_, err := a.OpenProbe(t.Context(), path, look)
	must(t, err)
	look.Averaged = true
	if d.look != look {
		t.Errorf("look %+v, want %+v", d.look, look)
	}
	_, err = a.OpenProbe(t.Context(), path, engine.Look{Detector: "slow"})
	wantCode(t, err, engine.CodeInvalid)
}

func TestAFaceIsDrawnWhereNoneWasFound(t *testing.T) {
	d := &drawn{}
	a := openApp(t, d)
	dir := album(t)
	collect(t, a, dir)
	dark := filepath.Join(dir, "black.png")
	p, err := a.OpenProbe(t.Context(), dark, engine.Look{})
	wantCode(t, err, engine.CodeNoFace)
	box := engine.Box{X: -4, Y: 50, W: 20, H: 30} // partly outside, as a face at the edge is
	face, err := a.DrawFace(t.Context(), p, box)
	must(t, err)
	if !face.Drawn || face.Box != box || face.Score != 0 || len(face.Crop) == 0 || !d.look.Averaged || len(p.Faces) != 0 {
		t.Errorf("face %+v, look %+v", face.Detection, d.look)
	}

	p.Faces = append(p.Faces, face)
	res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p})
	must(t, err)
	if pm := res.Probes[0]; !pm.Drawn || pm.Box != box || res.Searched != 3 {
		t.Errorf("result %+v", res)
	}
	log, err := a.Audit(t.Context())
	must(t, err)
	if e := log[len(log)-1]; e.Action != engine.ActionSearch || e.Counts["drawn"] != 1 || e.Counts["probe_faces"] != 1 {
		t.Errorf("entry %+v", e)
	}
	search(t, a, filepath.Join(dir, "red.png"))
	log, err = a.Audit(t.Context())
	must(t, err)
	if _, drawn := log[len(log)-1].Counts["drawn"]; drawn {
		t.Errorf("entry %+v, where nothing was drawn", log[len(log)-1])
	}
}

func TestAFaceCanNotBeDrawn(t *testing.T) {
	a := newApp(t, &drawn{})
	dir := t.TempDir()
	path := filepath.Join(dir, "a.png")
	draw(t, path, red(), 1)
	p := probe(t, a, path)
	for _, box := range []engine.Box{{}, {X: 1, Y: 1, W: 0, H: 5}, {X: 1, Y: 1, W: 5, H: -5}, {X: 64, Y: 0, W: 5, H: 5}, {X: 0, Y: 64, W: 5, H: 5},
		{X: -5, Y: 0, W: 5, H: 5}, {X: 0, Y: -5, W: 5, H: 5}, {X: 0, Y: 0, W: 65, H: 5}, {X: 1 << 62, Y: 1 << 62, W: 1 << 62, H: 1 << 62}} {
		if _, err := a.DrawFace(t.Context(), p, box); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("box %+v: %v", box, err)
		}
	}
	box := engine.Box{X: 5, Y: 5, W: 20, H: 20}
	full := *p
	full.Faces = make([]engine.ProbeFace, engine.MaxProbeFaces)
	_, err := a.DrawFace(t.Context(), &full, box)
	wantCode(t, err, engine.CodeLimit)
	draw(t, path, green(), 1)
	_, err = a.DrawFace(t.Context(), p, box)
	wantCode(t, err, engine.CodeConflict)
	must(t, os.Remove(path))
	_, err = a.DrawFace(t.Context(), p, box)
	wantCode(t, err, engine.CodeNotFound)
}
