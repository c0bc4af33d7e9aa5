package ui

import (
	"context"
	"os"

	"gabarit/engine"
	"gabarit/engine/formats"
	"gabarit/ui/kit"
)

// dropKind tells what was dropped.
type dropKind int

const (
	dropNothing dropKind = iota
	dropPhoto            // one file that does not hold or list photos
	dropSources          // a folder, a file that holds or lists photos, or several files
)

// dropped is what became of dropped paths.
type dropped struct {
	kind  dropKind
	paths []string
}

// classify looks at dropped paths. It reads the disk, so it runs in the background.
func classify(ctx context.Context, paths []string) (dropped, error) {
	const op = "ui.classify"
	d := dropped{kind: dropSources}
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return d, err
		}
		info, err := os.Stat(p)
		if err != nil {
			return d, engine.E(engine.CodeNotFound, op, "what was dropped can't be read", err)
		}
		if !info.IsDir() && !info.Mode().IsRegular() {
			return d, engine.E(engine.CodeUnsupported, op, "only files and folders can be dropped", nil)
		}
		d.paths = append(d.paths, p)
		if len(paths) == 1 && !info.IsDir() && !formats.HoldsPhotos(p) {
			d.kind = dropPhoto
		}
	}
	if len(d.paths) == 0 {
		d.kind = dropNothing
	}
	return d, nil
}

// OnDropped takes files and folders dropped on the window and returns at once: a photo becomes the one to search
// with, unless the library is shown; everything else is offered to the library. The desk takes photos as portraits of a request.
func (s *Shell) OnDropped(paths ...string) {
	if !s.open || s.current == screenDesk && s.desk.Dropped(paths) {
		return
	}
	if s.env.Busy() {
		s.status.say(kit.T("Close the dialog first, then drop again."))
		return
	}
	kit.Run(s.drop, func(ctx context.Context) (dropped, error) { return classify(ctx, paths) },
		func(d dropped, err error) {
			switch {
			case err != nil:
				s.status.say(kit.Explain(err).What)
			case d.kind == dropNothing || s.env.Busy():
			case d.kind == dropPhoto && s.current != screenLibrary:
				s.goTo(screenSearch)
				s.search.OpenPhoto(d.paths[0])
			default:
				s.goTo(screenLibrary)
				s.library.Add(d.paths)
			}
		})
}
