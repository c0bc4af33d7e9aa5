package search

import (
	"slices"

	"gabarit/engine"
	"gabarit/ui/faces"
)

// Detector is the way in which photos are searched for faces, for as long as the screen lives.
func (p *Presenter) Detector() engine.DetectorKind { return p.look().Detector }

func (p *Presenter) look() engine.Look {
	if p.detector == "" {
		return engine.Look{Detector: engine.DetectorFast}
	}
	return engine.Look{Detector: p.detector}
}

// SetDetector chooses the detector and reports whether the present photo is to be looked at again.
func (p *Presenter) SetDetector(kind engine.DetectorKind) (again bool) {
	if kind == p.Detector() {
		return false
	}
	p.detector = kind
	return p.probe != nil || p.stage == StageOpening
}

// Again forgets what was found in the photo, before it is looked at once more. Faces drawn by hand are kept.
func (p *Presenter) Again() {
	kept, of := p.kept, p.keptOf
	if p.probe != nil {
		kept, of = nil, p.probe.SHA256
		for _, f := range p.probe.Faces {
			if f.Drawn {
				kept = append(kept, f)
			}
		}
	}
	p.Opening()
	p.kept, p.keptOf = kept, of
}

// withKept adds the drawn faces that were kept to the photo that they were drawn in.
func (p *Presenter) withKept(probe *engine.Probe, err error) (*engine.Probe, error) {
	kept, of := p.kept, p.keptOf
	p.kept = nil
	if len(kept) == 0 || probe == nil || probe.SHA256 != of || (err != nil && engine.CodeOf(err) != engine.CodeNoFace) {
		return probe, err
	}
	return withFaces(probe, append(slices.Clone(probe.Faces), kept...)), nil
}

// withFaces gives the same photo with other faces. The former is left as it is: a search may be reading it.
func withFaces(probe *engine.Probe, list []engine.ProbeFace) *engine.Probe {
	fresh := *probe
	fresh.Faces = list
	return &fresh
}

// Draft is the box being drawn.
func (p *Presenter) Draft() *faces.Draft { return &p.draft }

// CanDraw reports whether there is a photo to draw in.
func (p *Presenter) CanDraw() bool { return p.probe != nil && p.stage != StageOpening }

// StartDrawing offers a box in the middle of the photo.
func (p *Presenter) StartDrawing() {
	if !p.CanDraw() {
		return
	}
	p.draft = faces.NewDraft(p.probe.Width, p.probe.Height)
}

// StopDrawing takes the box away.
func (p *Presenter) StopDrawing() { p.draft = faces.Draft{} }

// BeginDraw notes that the box is being made a face, and gives what that takes; ok is false where nothing is drawn.
func (p *Presenter) BeginDraw() (probe *engine.Probe, box engine.Box, ok bool) {
	if !p.draft.Begin() {
		return nil, box, false
	}
	return p.probe, p.draft.Box, true
}

// Drew takes the face made of a box, or why there is none. It is dropped if the photo or its faces have changed since, or drawing
// was left. The face is chosen; the former results are gone, as they do not hold it.
func (p *Presenter) Drew(probe *engine.Probe, face engine.ProbeFace, err error) {
	if probe != p.probe || !p.draft.Busy {
		return
	}
	p.draft.Busy = false
	if err != nil {
		p.draft.Err = err
		return
	}
	p.StopDrawing()
	p.setFaces(append(slices.Clone(probe.Faces), face), append(p.chosen, true))
}

// RemoveFace takes a drawn face away again; a found one stays.
func (p *Presenter) RemoveFace(n int) {
	if p.probe == nil || n < 0 || n >= len(p.probe.Faces) || !p.probe.Faces[n].Drawn {
		return
	}
	p.StopDrawing()
	p.setFaces(slices.Delete(slices.Clone(p.probe.Faces), n, n+1), slices.Delete(p.chosen, n, n+1))
}

// setFaces gives the photo other faces. Results of the former ones are forgotten.
func (p *Presenter) setFaces(list []engine.ProbeFace, chosen []bool) {
	p.probe, p.chosen = withFaces(p.probe, list), chosen
	p.clearResult()
	p.stage, p.err = StageReady, nil
	if len(list) == 0 {
		p.stage, p.err = StageFailed, engine.E(engine.CodeNoFace, "search.setFaces", "", nil)
	}
}

// QualityWords tells how good the pictures of a row's two faces are.
func (p *Presenter) QualityWords(r Row) string {
	if n := r.ID.Probe; p.probe != nil && n >= 0 && n < len(p.probe.Faces) {
		return faces.PairWords(p.probe.Faces[n], r.Match.Quality)
	}
	return ""
}
