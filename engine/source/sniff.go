package source

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"gabarit/engine"
	"gabarit/engine/source/video"
)

// kind tells what a single file is taken for.
type kind int

const (
	kindPhoto kind = iota // anything that is not a manifest: the decoder will say
	kindCSV
	kindJSONL
	kindPage  // HTML
	kindMHTML // a page with its parts in one file
	kindWARC
	kindZIP // WACZ or MAFF
	kindVideo
)

// sniff decides by content, and by name where the content is text: a photo named .csv is a photo, and a list
// named .txt is a manifest if it starts like one.
func sniff(path string) (kind, error) {
	return sniffFile(strings.ToLower(filepath.Ext(path)), at(path))
}

func sniffFile(ext string, open opener) (kind, error) {
	const op = "source.Open"
	f, err := open()
	if err != nil {
		return kindPhoto, openError(op, err)
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return kindPhoto, openError(op, err)
	}
	return kindOf(ext, head[:n])
}

func kindOf(ext string, head []byte) (kind, error) {
	const op = "source.Open"
	if k := container(ext, head); k != kindPhoto {
		return k, nil
	}
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

// container tells web archives, saved pages and videos, kindPhoto for everything else.
func container(ext string, head []byte) kind {
	switch {
	case bytes.HasPrefix(head, []byte("WARC/")):
		return kindWARC
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(bytes.NewReader(head))
		if err != nil {
			return kindPhoto
		}
		inside := make([]byte, 5)
		if _, err := io.ReadFull(z, inside); err == nil && string(inside) == "WARC/" {
			return kindWARC
		}
		return kindPhoto
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZIP
	case video.Kind(head) != "":
		return kindVideo
	}
	switch text := bytes.ToLower(head[:min(len(head), 4<<10)]); {
	case bytes.Contains(text, []byte("multipart/related")) && (bytes.Contains(text, []byte("mime-version:")) || ext == ".mhtml" || ext == ".mht"):
		return kindMHTML
	case isHTML(ext, head, text):
		return kindPage
	}
	return kindPhoto
}

// isHTML tells pages: by a tag that every page begins with, or by name where the content is text that begins with a tag. head is the file's
// beginning, lower the same in lower case.
func isHTML(ext string, head, lower []byte) bool {
	named := ext == ".html" || ext == ".htm" || ext == ".xhtml"
	if bytes.HasPrefix(head, []byte("\xFF\xFE")) || bytes.HasPrefix(head, []byte("\xFE\xFF")) { // UTF-16
		return named
	}
	text := bytes.TrimSpace(bytes.TrimPrefix(lower, []byte(byteOrderMark)))
	if !bytes.HasPrefix(text, []byte("<")) || bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	return named || bytes.Contains(text, []byte("<!doctype html")) || bytes.Contains(text, []byte("<html"))
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

// isFilm tells whether a file is to be read as a video: by its content, and by its name where the content is no picture, so that it is said that
// it is no video either.
func isFilm(name string, open opener) (bool, error) {
	f, err := open()
	if err != nil {
		return false, openError("source.Open", err)
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, openError("source.Open", err)
	}
	if head = head[:n]; video.Kind(head) != "" {
		return true, nil
	}
	return video.Named(name) && !strings.HasPrefix(mimetype.Detect(head).String(), "image/"), nil
}
