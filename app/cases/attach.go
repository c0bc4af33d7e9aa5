package cases

import (
	"context"
	"path/filepath"

	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
)

// RecordFiles is RecordEvent with the files at some paths; CodeLimit for one that is too large.
func (m *Matters) RecordFiles(ctx context.Context, id engine.CaseID, e matter.Event, paths []string) (matter.CaseView, error) {
	var attached []matter.NewFile
	for _, path := range paths {
		data, err := files.Read(path, MaxCaseFile)
		if err != nil {
			return matter.CaseView{}, err
		}
		attached = append(attached, matter.NewFile{Name: path, Data: data})
	}
	return m.RecordEvent(ctx, id, e, attached)
}

// SaveCaseFile writes a file that a case keeps into a folder, under the name it came with, and gives its path. CodeConflict: there is a file of that
// name.
func (m *Matters) SaveCaseFile(ctx context.Context, id engine.CaseID, file, dir string) (string, error) {
	f, err := m.CaseFile(ctx, id, file)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, filepath.Base(f.Name))
	return path, files.Write(path, f.Data)
}
