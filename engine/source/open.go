package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/archive"
	"gabarit/engine/source/page"
)

// Open looks at path and gives the source that reads it: a folder, a manifest (.csv, .tsv, .jsonl, .ndjson,
// or any text that starts like one), a web archive, a saved page, a video, or else a single photo file. path itself may be a symbolic
// link: it is what the user named. Errors: CodeInvalid (no path, a manifest whose first line is wrong),
// CodeNotFound, CodeUnsupported (a device, a web address, a manifest that is not UTF-8, a ZIP file that is no archive), CodeUnavailable.
//
// The source keeps no file open (but see package archive on files compressed as a whole); its sequences may be used side by side, each by one goroutine.
func Open(path string) (engine.Source, error) {
	const op = "source.Open"
	if strings.TrimSpace(path) == "" {
		return nil, engine.E(engine.CodeInvalid, op, "name a folder, a manifest or a photo", nil)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, openError(op, err)
	}
	info, err := os.Stat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist) && webAddress(path):
		return nil, engine.E(engine.CodeUnsupported, op, "this version does not collect from web addresses", nil)
	case err != nil:
		return nil, openError(op, err)
	case info.IsDir():
		return openFolder(abs)
	case !info.Mode().IsRegular():
		return nil, irregular(op, info.Mode())
	}
	return openFile(abs)
}

func webAddress(path string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(path), "://")
	return ok && (scheme == "http" || scheme == "https")
}

// openFolder checks that the folder can be read at all, so that a wrong choice is an error at once.
func openFolder(abs string) (engine.Source, error) {
	const op = "source.Open"
	f, err := os.Open(abs)
	if err != nil {
		return nil, folderError(op, err)
	}
	defer f.Close()
	return &folder{dir: abs}, nil
}

func openFile(abs string) (engine.Source, error) {
	kind, err := sniff(abs)
	if err != nil {
		return nil, err
	}
	if src, err := opened(kind, abs); src != nil || err != nil {
		return src, err
	}
	if kind == kindPhoto || kind == kindVideo {
		return single(abs), nil
	}
	m := &manifest{path: abs, dir: filepath.Dir(abs), kind: kind}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// opened gives the source of what holds photos, nil for other kinds.
func opened(kind kind, abs string) (engine.Source, error) {
	switch kind {
	case kindPage:
		return filming{page.Open(abs)}, nil
	case kindMHTML:
		return filming{page.OpenMHTML(abs)}, nil
	case kindWARC:
		return filming{archive.OpenWARC(abs)}, nil
	case kindZIP:
		src, err := archive.OpenZIP(abs)
		if err != nil {
			return nil, err
		}
		return filming{src}, nil
	}
	return nil, nil
}
