package kit

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"

	"gabarit/engine"
)

// ChooseFolder asks for a folder. done gets its path, or an error; it is not called when nothing is chosen. Empty
// words stand for Fyne's.
func (e *Env) ChooseFolder(title, confirm string, done func(path string, err error)) {
	d := dialog.NewFolderOpen(func(folder fyne.ListableURI, err error) {
		e.Touch()
		if err != nil {
			done("", engine.E(engine.CodeUnavailable, "kit.ChooseFolder", "the folder could not be opened", err))
		} else if folder != nil {
			done(folder.Path(), nil)
		}
	}, e.Win)
	e.choose(d, title, confirm)
}

// ChooseFile asks for a file with one of some endings, as ".csv". done gets its path, or an error; it is not called when
// nothing is chosen.
func (e *Env) ChooseFile(endings []string, done func(path string, err error)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		e.Touch()
		if err != nil {
			done("", engine.E(engine.CodeUnavailable, "kit.ChooseFile", "the file could not be opened", err))
		} else if file != nil {
			path := file.URI().Path()
			_ = file.Close() // only its path is used
			done(path, nil)
		}
	}, e.Win)
	d.SetFilter(storage.NewExtensionFileFilter(endings))
	e.choose(d, "", "")
}

// HolderEndings are the endings of files that hold or list photos: manifests, web archives, saved pages.
func HolderEndings() []string {
	return []string{".csv", ".tsv", ".jsonl", ".ndjson", ".warc", ".gz", ".wacz", ".zip", ".maff", ".mhtml", ".mht", ".html", ".htm", ".xhtml"}
}

// HoldsPhotos tells by its name a file that holds or lists photos from one that is a photo.
func HoldsPhotos(path string) bool {
	return slices.Contains(HolderEndings(), strings.ToLower(filepath.Ext(path)))
}

// SaveText asks for a place and writes text there, in the background. done gets the path, or an error; it is not
// called when nothing is chosen.
func (e *Env) SaveText(name, text string, slot *Slot, done func(path string, err error)) {
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		e.Touch()
		if err != nil {
			done("", engine.E(engine.CodeUnavailable, "kit.SaveText", "the file could not be written", err))
			return
		}
		if file == nil {
			return
		}
		Run(slot, func(context.Context) (string, error) {
			_, err := io.WriteString(file, text)
			if err = errors.Join(err, file.Close()); err != nil {
				return "", engine.E(engine.CodeUnavailable, "kit.SaveText", "the file could not be written", err)
			}
			return file.URI().Path(), nil
		}, done)
	}, e.Win)
	d.SetFileName(name)
	e.choose(d, "", "")
}

func (e *Env) choose(d *dialog.FileDialog, title, confirm string) {
	if title != "" {
		d.SetTitleText(title)
	}
	if confirm != "" {
		d.SetConfirmText(confirm)
	}
	d.Resize(e.Win.Canvas().Size().SubtractWidthHeight(80, 80))
	d.Show()
}
