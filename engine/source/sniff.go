package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"gabarit/engine"
)

// kind tells what a single file is taken for.
type kind int

const (
	kindPhoto kind = iota // anything that is not a manifest: the decoder will say
	kindCSV
	kindJSONL
)

// headSize is how much of a file decides what it is.
const headSize = 64 << 10

// sniff decides by content, and by name where the content is text: a photo named .csv is a photo, and a list
// named .txt is a manifest if it starts like one.
func sniff(path string) (kind, error) {
	const op = "source.Open"
	f, err := at(path)()
	if err != nil {
		return kindPhoto, openError(op, err)
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return kindPhoto, openError(op, err)
	}
	return kindOf(strings.ToLower(filepath.Ext(path)), head[:n])
}

func kindOf(ext string, head []byte) (kind, error) {
	const op = "source.Open"
	byName := namedKind(ext)
	if byName != kindPhoto && (bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF"))) {
		return kindPhoto, notUTF8(op)
	}
	if bytes.IndexByte(head, 0) >= 0 { // no text: pictures have a zero byte within their first few
		return kindPhoto, nil
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte(byteOrderMark)))
	object := bytes.HasPrefix(text, []byte("{"))
	switch {
	case byName != kindPhoto && object:
		return kindJSONL, nil
	case byName != kindPhoto:
		return byName, nil
	case ext == ".json" && bytes.HasPrefix(text, []byte("[")):
		return kindPhoto, engine.E(engine.CodeUnsupported, op, "a manifest in JSON has one object on each line, not a list", nil)
	case object:
		if first, _, _ := bytes.Cut(text, []byte("\n")); json.Valid(first) {
			return kindJSONL, nil
		}
	}
	if _, err := readHeader(newCSVRecords(bytes.NewReader(head))); err == nil {
		return kindCSV, nil
	}
	return kindPhoto, nil
}

// namedKind is what the name says, kindPhoto for anything but a manifest.
func namedKind(ext string) kind {
	switch ext {
	case ".csv", ".tsv":
		return kindCSV
	case ".jsonl", ".ndjson":
		return kindJSONL
	}
	return kindPhoto
}

func notUTF8(op string) error {
	return engine.E(engine.CodeUnsupported, op, "the manifest must be UTF-8 text", nil)
}
