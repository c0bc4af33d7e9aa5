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
	named := ext == ".csv" || ext == ".tsv" || ext == ".jsonl" || ext == ".ndjson"
	if named && (bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF"))) {
		return kindPhoto, notUTF8(op)
	}
	if bytes.IndexByte(head, 0) >= 0 { // no text: pictures have a zero byte within their first few
		return kindPhoto, nil
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(head, []byte(byteOrderMark)))
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case bytes.HasPrefix(text, []byte("{")) && (named || json.Valid(bytes.TrimSpace(first))):
		return kindJSONL, nil
	case ext == ".jsonl" || ext == ".ndjson":
		return kindJSONL, nil
	case ext == ".json" && bytes.HasPrefix(text, []byte("[")):
		return kindPhoto, engine.E(engine.CodeUnsupported, op, "a manifest in JSON has one object on each line, not a list", nil)
	case named:
		return kindCSV, nil
	}
	if _, err := readHeader(newCSVRecords(bytes.NewReader(head))); err == nil {
		return kindCSV, nil
	}
	return kindPhoto, nil
}

func notUTF8(op string) error {
	return engine.E(engine.CodeUnsupported, op, "the manifest must be UTF-8 text", nil)
}
