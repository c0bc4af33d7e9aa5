package app

import (
	"context"
	"fmt"

	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/photo"
)

// previewSize is the longest side of a probe's picture for the window.
const previewSize = 1600

// OpenProbe reads a photo and finds its faces by look; it needs no vault. Nothing of it is written anywhere. The template of a probe is
// always the mean over several crops, whatever look says: it is made once and compared with all. When the photo
// holds no face the error is CodeNoFace and the probe is returned all the same, so that it can be shown, and a face drawn.
func (a *App) OpenProbe(ctx context.Context, path string, look engine.Look) (*engine.Probe, error) {
	const op = "app.OpenProbe"
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := look.Check(); err != nil {
		return nil, err
	}
	look.Averaged = true
	pic, err := a.readPicture(ctx, path)
	if err != nil {
		return nil, err
	}
	faces, err := a.detector(ctx)
	if err != nil {
		return nil, err
	}
	found, err := faces.Detect(ctx, pic, look)
	if err != nil {
		return nil, err
	}
	probe := &engine.Probe{File: path, SHA256: pic.SHA256, Width: pic.Width, Height: pic.Height, Frames: pic.Frames, Preview: photo.Display(pic, previewSize)}
	if len(found) > engine.MaxProbeFaces {
		return nil, tooManyFaces(op, len(found))
	}
	for _, d := range found {
		crop, err := a.photos.Crop(pic, d)
		if err != nil {
			return nil, err
		}
		probe.Faces = append(probe.Faces, engine.ProbeFace{Detection: d, Crop: crop})
	}
	if len(found) == 0 {
		return probe, engine.E(engine.CodeNoFace, op, "no face was found in the photo", nil)
	}
	return probe, nil
}

// DrawFace makes a face of a box that a person drew in a probe, in pixels of its photo, where no detector found one. It is marked as
// drawn, and left to the caller to add to the probe. The photo is read again from its file. CodeConflict: that holds another
// photo by now; CodeInvalid: the box is empty, larger than the photo or outside it; CodeLimit: the probe has its most faces.
func (a *App) DrawFace(ctx context.Context, probe *engine.Probe, box engine.Box) (engine.ProbeFace, error) {
	const op = "app.DrawFace"
	var none engine.ProbeFace
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return none, err
	}
	defer done()
	switch {
	case box.W <= 0 || box.H <= 0 || box.W > probe.Width || box.H > probe.Height,
		box.X >= probe.Width || box.Y >= probe.Height || box.X <= -box.W || box.Y <= -box.H:
		return none, engine.E(engine.CodeInvalid, op, "the box is empty, larger than the photo or outside it",
			fmt.Errorf("%+v in %d x %d pixels", box, probe.Width, probe.Height))
	case len(probe.Faces) >= engine.MaxProbeFaces:
		return none, tooManyFaces(op, len(probe.Faces)+1)
	}
	pic, err := a.readPicture(ctx, probe.File)
	if err != nil {
		return none, err
	}
	if pic.SHA256 != probe.SHA256 {
		return none, engine.E(engine.CodeConflict, op, "the photo's file has changed since it was opened: open it again", nil)
	}
	faces, err := a.detector(ctx)
	if err != nil {
		return none, err
	}
	d, err := faces.Describe(ctx, pic, box, engine.Look{Averaged: true})
	if err != nil {
		return none, err
	}
	d.Box, d.Drawn, d.Score = box, true, 0 // whatever the detector says
	crop, err := a.photos.Crop(pic, d)
	return engine.ProbeFace{Detection: d, Crop: crop}, err
}

func tooManyFaces(op string, n int) error {
	return engine.E(engine.CodeLimit, op, "the photo holds too many faces for one search", fmt.Errorf("%d, at most %d", n, engine.MaxProbeFaces))
}

func (a *App) readPicture(ctx context.Context, path string) (*engine.Picture, error) {
	data, err := files.Read(path, a.photos.MaxBytes())
	if err != nil {
		return nil, err
	}
	return a.photos.Decode(ctx, data)
}
