package cases

import (
	"bytes"
	"context"
	"image/jpeg"
	"path/filepath"
	"strings"

	"gabarit/app/files"
	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/photo"
)

// Limits of what goes with a letter.
const (
	maxProof     = 8 << 20 // bytes; mail servers take about twice that
	portraitSide = 1200    // pixels, longer side: enough to find a face
	portraitName = "portrait.jpg"
)

// readEnclosures reads what goes with a letter. A portrait is drawn anew, so that no place, camera or date leaves with it.
func readEnclosures(ctx context.Context, named matter.LetterFiles) ([]matter.LetterFile, error) {
	var out []matter.LetterFile
	if named.Portrait != "" {
		data, err := portrait(ctx, named.Portrait)
		if err != nil {
			return nil, err
		}
		out = append(out, matter.LetterFile{Name: portraitName, Type: "image/jpeg", Data: data})
	}
	if named.Proof != "" {
		data, err := files.Read(named.Proof, maxProof)
		if err != nil {
			return nil, err
		}
		out = append(out, matter.LetterFile{Name: filepath.Base(named.Proof), Type: mediaType(named.Proof), Data: data})
	}
	return out, nil
}

func portrait(ctx context.Context, path string) ([]byte, error) {
	reader := photo.New(photo.Limits{})
	data, err := files.Read(path, reader.MaxBytes())
	if err != nil {
		return nil, err
	}
	p, err := reader.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, photo.Display(p, portraitSide), &jpeg.Options{Quality: 90}); err != nil {
		return nil, engine.E(engine.CodeInternal, "cases.portrait", "the portrait could not be drawn", err)
	}
	return b.Bytes(), nil
}

// mediaType tells the type of a file by its ending, of those that a proof is likely to have.
func mediaType(name string) string {
	types := map[string]string{".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".txt": "text/plain"}
	if t := types[strings.ToLower(filepath.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}
