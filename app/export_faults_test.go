package app

import (
	"context"

	"gabarit/engine"
)

// StoredFaces lists the faces that the open vault's records hold, in the order of the records.
func (a *App) StoredFaces(ctx context.Context) ([]engine.FaceID, error) {
	s, ctx, done, err := a.enter(ctx, "app.StoredFaces")
	if err != nil {
		return nil, err
	}
	defer done()
	var faces []engine.FaceID
	err = s.store.Templates(ctx, func(e engine.IndexEntry) error {
		faces = append(faces, e.Face)
		return nil
	})
	return faces, err
}

// IndexedFaces gives the faces that a search would compare.
func (a *App) IndexedFaces(ctx context.Context) (map[engine.FaceID]bool, error) {
	s, ctx, done, err := a.enter(ctx, "app.IndexedFaces")
	if err != nil {
		return nil, err
	}
	defer done()
	near, _, err := s.index.Search(ctx, engine.Query{Model: a.model()})
	held := make(map[engine.FaceID]bool, len(near))
	for _, n := range near {
		held[n.Face] = true
	}
	return held, err
}

// FinishErasures removes the bytes of what was erased before a crash; App does it in the background.
func (a *App) FinishErasures(ctx context.Context) error {
	s, ctx, done, err := a.enter(ctx, "app.FinishErasures")
	if err != nil {
		return err
	}
	defer done()
	_, _, err = s.store.Purge(ctx)
	return err
}
