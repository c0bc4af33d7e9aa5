package search

import (
	"context"

	"fyne.io/fyne/v2"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/kit"
)

// setDetector is the choice between the detectors; the photo on the screen is looked at again.
func (v *View) setDetector(kind engine.DetectorKind) {
	if v.p.SetDetector(kind) {
		v.open(v.path, v.p.Again)
	}
}

// lookThoroughly is what a photo without a face offers.
func (v *View) lookThoroughly() {
	v.setDetector(engine.DetectorThorough)
	faces.ShowDetector(v.detector, v.p.Detector())
}

// ToggleDrawing begins to draw a face on the photo, or leaves it.
func (v *View) ToggleDrawing() {
	if v.p.Draft().On {
		v.stopDrawing()
		return
	}
	if !v.p.CanDraw() {
		return
	}
	v.CloseCompare()
	v.p.StartDrawing()
	v.refresh()
	v.env.Focus(v.results.pen)
}

func (v *View) stopDrawing() {
	v.drawing.Stop()
	v.p.StopDrawing()
	v.refresh()
	v.FocusResults()
}

// setDraft is called while the pointer draws.
func (v *View) setDraft(b engine.Box) {
	v.p.Draft().Set(b)
	v.refresh()
}

// drawKey is the keyboard of drawing.
func (v *View) drawKey(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyReturn, fyne.KeyEnter:
		v.takeDraft()
	case fyne.KeyEscape:
		v.stopDrawing()
	default:
		if !v.p.Draft().Key(key) {
			return false
		}
		v.refresh()
	}
	return true
}

// takeDraft makes a face of the box.
func (v *View) takeDraft() {
	probe, box, ok := v.p.BeginDraw()
	if !ok {
		return
	}
	v.refresh()
	kit.Run(v.drawing, func(ctx context.Context) (engine.ProbeFace, error) { return v.svc.DrawFace(ctx, probe, box) },
		func(face engine.ProbeFace, err error) {
			v.p.Drew(probe, face, err)
			if err == nil {
				v.searching.Stop()
			}
			v.facesChanged()
		})
}

// removeFace takes a drawn face away.
func (v *View) removeFace(n int) {
	v.searching.Stop()
	v.p.RemoveFace(n)
	v.facesChanged()
}

// facesChanged shows other faces of the same photo, and leads to what a search still lacks.
func (v *View) facesChanged() {
	v.results.fillHosts()
	v.refreshAll()
	switch {
	case v.p.Draft().On:
		v.env.Focus(v.results.pen)
	case v.p.Missing() == MissingPurpose:
		v.env.Focus(v.purpose)
	case v.p.Missing() == MissingNothing:
		v.env.Focus(v.probe.search)
	}
}

// Detector is the choice between the detectors.
func (v *View) Detector() *kit.Select { return v.detector }
