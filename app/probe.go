package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"gabarit/engine"
	"gabarit/engine/photo"
)

// previewSize is the longest side of a probe's picture for the window.
const previewSize = 1600

// OpenProbe reads a photo and finds its faces; it needs no vault. Nothing of it is written anywhere. When it
// holds no face the error is CodeNoFace and the probe is returned all the same, so that it can be shown.
func (a *App) OpenProbe(ctx context.Context, path string) (*engine.Probe, error) {
	const op = "app.OpenProbe"
	ctx, done, err := a.begin(ctx, op)
	if err != nil {
		return nil, err
	}
	defer done()
	data, err := readPhoto(path, a.photos.MaxBytes())
	if err != nil {
		return nil, err
	}
	pic, err := a.photos.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	faces, err := a.detector(ctx)
	if err != nil {
		return nil, err
	}
	found, err := faces.Detect(ctx, pic, engine.Look{})
	if err != nil {
		return nil, err
	}
	probe := &engine.Probe{File: path, SHA256: pic.SHA256, Width: pic.Width, Height: pic.Height, Frames: pic.Frames, Preview: photo.Display(pic, previewSize)}
	if len(found) > engine.MaxProbeFaces {
		return nil, engine.E(engine.CodeLimit, op, "the photo holds too many faces for one search", fmt.Errorf("%d, at most %d", len(found), engine.MaxProbeFaces))
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

// readPhoto reads a regular file of at most limit bytes. Anything else is refused before it is opened: a pipe
// would block for ever.
func readPhoto(path string, limit int64) ([]byte, error) {
	const op = "app.OpenProbe"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, engine.E(engine.CodeNotFound, op, "there is no such file", nil)
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	case !info.Mode().IsRegular():
		return nil, engine.E(engine.CodeUnsupported, op, "this is not a file", nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, engine.E(engine.CodeUnavailable, op, "the file can't be read", err)
	case int64(len(data)) > limit:
		return nil, engine.E(engine.CodeLimit, op, "the file is too large", fmt.Errorf("at most %d bytes", limit))
	}
	return data, nil
}
