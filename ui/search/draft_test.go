package search_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"gabarit/engine"
	"gabarit/ui/faces"
	"gabarit/ui/search"
)

// treeless is a presenter that shows a photo of 300 x 200 pixels without a face.
func treeless() *search.Presenter {
	p := search.NewPresenter(now)
	p.SetPurpose("mine")
	p.Opened(&engine.Probe{File: "/tmp/tree.jpg", SHA256: engine.SHA256{7}, Width: 300, Height: 200}, engine.E(engine.CodeNoFace, "x", "", nil))
	return p
}

func drawnFace(box engine.Box) engine.ProbeFace {
	return engine.ProbeFace{Detection: engine.Detection{Box: box, Drawn: true}}
}

// drawFace takes the present box.
func drawFace(t *testing.T, p *search.Presenter) {
	t.Helper()
	p.StartDrawing()
	probe, box, ok := p.BeginDraw()
	if !ok {
		t.Fatal("no box is drawn")
	}
	p.Drew(probe, drawnFace(box), nil)
}

func TestADrawnFaceIsAddedChosenAndSearched(t *testing.T) {
	p := treeless()
	before := p.Probe()
	drawFace(t, p)
	if p.Draft().On || p.Stage() != search.StageReady || faces.Drawn(p.Probe()) != 1 || !p.Chosen(0) || p.Missing() != search.MissingNothing {
		t.Fatalf("stage %v, faces %+v, missing %v", p.Stage(), p.Probe().Faces, p.Missing())
	}
	if p.Probe() == before || len(before.Faces) != 0 {
		t.Error("the former photo was changed, which a search may be reading")
	}
	if req := p.Begin(); req.Probe != p.Probe() || !cmp.Equal(req.Faces, []int{0}) || !req.Probe.Faces[0].Drawn {
		t.Errorf("request %+v", req)
	}
}

func TestADrawnFaceCanBeRemoved(t *testing.T) {
	p := treeless()
	p.Opened(probe(2), nil)
	p.Toggle(1)
	drawFace(t, p)
	p.Found(p.Begin(), result(match(1, .3, engine.BandStrong)), nil)
	p.RemoveFace(0)
	if len(p.Probe().Faces) != 3 || p.Stage() != search.StageResults {
		t.Error("a face that was found can be removed")
	}
	p.RemoveFace(2)
	if len(p.Probe().Faces) != 2 || !cmp.Equal(p.ChosenFaces(), []int{1}) || p.Stage() != search.StageReady || len(p.Rows()) != 0 {
		t.Errorf("faces %d, chosen %v, stage %v, rows %d", len(p.Probe().Faces), p.ChosenFaces(), p.Stage(), len(p.Rows()))
	}
	p = treeless()
	drawFace(t, p)
	p.RemoveFace(0)
	if p.Stage() != search.StageFailed || engine.CodeOf(p.Err()) != engine.CodeNoFace || p.Missing() != search.MissingPhoto {
		t.Errorf("without its only face: stage %v, %v", p.Stage(), p.Err())
	}
}

func TestABoxThatMakesNoFaceIsKeptWithItsError(t *testing.T) {
	p := treeless()
	p.StartDrawing()
	probe, box, _ := p.BeginDraw()
	if _, _, again := p.BeginDraw(); again {
		t.Error("a box is taken twice at once")
	}
	p.Drew(probe, engine.ProbeFace{}, engine.E(engine.CodeConflict, "x", "", nil))
	d := p.Draft()
	if !d.On || d.Busy || d.Box != box || engine.CodeOf(d.Err) != engine.CodeConflict || len(p.Probe().Faces) != 0 {
		t.Errorf("draft %+v", d)
	}
	if p.Draft().Move(1, 0); p.Draft().Err != nil {
		t.Error("the error of another box stays")
	}
}

func TestAFaceDrawnTooLateIsDropped(t *testing.T) {
	for name, leave := range map[string]func(p *search.Presenter){
		"another photo": func(p *search.Presenter) { p.Opening(); p.Opened(probe(1), nil) },
		"drawing left":  func(p *search.Presenter) { p.StopDrawing() },
		"a new box":     func(p *search.Presenter) { p.StopDrawing(); p.StartDrawing() },
	} {
		p := treeless()
		p.StartDrawing()
		of, box, _ := p.BeginDraw()
		leave(p)
		p.Drew(of, drawnFace(box), nil)
		if faces.Drawn(p.Probe()) != 0 {
			t.Errorf("%s: the face was added", name)
		}
	}
	p := search.NewPresenter(now)
	if p.StartDrawing(); p.Draft().On || p.CanDraw() {
		t.Error("drawing without a photo")
	}
}

func TestAnswersForFormerFacesAreDropped(t *testing.T) {
	p := treeless()
	p.Opened(probe(1), nil)
	req := p.Begin()
	drawFace(t, p)
	p.Found(req, result(match(1, .3, engine.BandStrong)), nil)
	if p.Stage() != search.StageReady || len(p.Rows()) != 0 {
		t.Errorf("stage %v with %d rows", p.Stage(), len(p.Rows()))
	}
}

func TestAnotherDetectorLooksAgainAndKeepsWhatWasDrawn(t *testing.T) {
	p := search.NewPresenter(now)
	if p.Detector() != engine.DetectorFast || p.SetDetector(engine.DetectorFast) || p.SetDetector(engine.DetectorThorough) {
		t.Error("without a photo there is nothing to look at again")
	}
	p = treeless()
	drawFace(t, p)
	if !p.SetDetector(engine.DetectorThorough) || p.Detector() != engine.DetectorThorough {
		t.Error("the photo is not looked at again")
	}
	p.Again()
	if p.Stage() != search.StageOpening || p.Probe() != nil {
		t.Errorf("stage %v", p.Stage())
	}
	p.Again() // a third choice before the answer came
	same := func(faces int) *engine.Probe {
		q := probe(faces)
		q.SHA256 = engine.SHA256{7}
		return q
	}
	p.Opened(same(1), nil)
	if n := len(p.Probe().Faces); n != 2 || !p.Probe().Faces[1].Drawn || len(p.ChosenFaces()) != 0 {
		t.Errorf("%d faces, chosen %v", n, p.ChosenFaces())
	}
	p.Again()
	p.Opened(same(0), engine.E(engine.CodeNoFace, "x", "", nil))
	if p.Stage() != search.StageReady || faces.Drawn(p.Probe()) != 1 || !p.Chosen(0) {
		t.Errorf("the drawn face is gone: stage %v", p.Stage())
	}
	p.Again()
	p.Opened(probe(1), nil) // the file holds another photo by now
	if faces.Drawn(p.Probe()) != 0 {
		t.Error("a face drawn in another photo was added")
	}
	p.Opening()
	p.Opened(same(1), nil)
	if faces.Drawn(p.Probe()) != 0 || p.Detector() != engine.DetectorThorough {
		t.Error("opening anew keeps the faces, or forgets the detector")
	}
}

func TestTheQualityOfARowNamesBothFaces(t *testing.T) {
	test.NewTempApp(t)
	m := match(1, .3, engine.BandStrong)
	m.Quality = .7
	p := searched(t, result(m))
	if got, want := p.QualityWords(p.Rows()[0]), "Quality of the faces: yours poor, the match good."; !strings.HasPrefix(got, want) || strings.Contains(got, "by hand") {
		t.Errorf("words %q", got)
	}
	if got := p.QualityWords(search.Row{ID: search.RowID{Probe: 5}}); got != "" {
		t.Errorf("a face that is not there: %q", got)
	}
}
