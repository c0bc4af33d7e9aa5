package archive

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// record is a record's header and where its block stands.
type record struct {
	head   map[string]string // names in lower case
	kind   string            // WARC-Type
	length int64             // of the block, in bytes
	target string            // WARC-Target-URI as it is written, without < and >
	date   time.Time
}

// readHead reads lines up to an empty one, which is not among them; leading empty lines are passed over.
func readHead(c *cursor, limit int) ([]byte, error) {
	var all []byte
	for {
		s, err := c.slice()
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) && len(all)+len(s) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if blank := len(s) <= 2 && strings.Trim(string(s), "\r\n") == ""; blank && len(all) > 0 {
			return all, nil
		} else if blank {
			if limit--; limit < 0 {
				return nil, headTooLarge()
			}
			continue
		}
		if all = append(all, s...); len(all) > limit {
			return nil, headTooLarge()
		}
	}
}

var errHead = errors.New("more bytes than the limit")

func headTooLarge() error {
	return engine.E(engine.CodeLimit, "archive.Record", "a header of the archive is larger than the limit", errHead)
}

// readRecord reads the header of the record at the cursor. io.EOF: there is none any more.
func readRecord(c *cursor) (record, error) {
	const op = "archive.Record"
	var r record
	nothing := engine.E(engine.CodeCorrupt, op, "no record of the archive begins where one should", nil)
	if b, _ := c.in.Peek(5); len(b) == 5 && b[0] != '\r' && b[0] != '\n' && string(b) != "WARC/" {
		return r, nothing
	}
	text, err := readHead(c, maxHeader)
	if err != nil {
		return r, err
	}
	version, _, _ := strings.Cut(string(text[:min(len(text), 32)]), "\n")
	switch version = strings.TrimSpace(version); {
	case !strings.HasPrefix(version, "WARC/"):
		return r, nothing
	case version != "WARC/1.0" && version != "WARC/1.1":
		return r, engine.E(engine.CodeUnsupported, op, "this version of WARC can't be read", errors.New(version))
	}
	r.head = page.Header(text)
	r.kind = strings.ToLower(r.head["warc-type"])
	r.target = strings.Trim(r.head["warc-target-uri"], "<>")
	r.length, err = strconv.ParseInt(r.head["content-length"], 10, 64)
	if err != nil || r.length < 0 {
		return r, engine.E(engine.CodeCorrupt, op, "a record of the archive does not tell its length", nil)
	}
	if t, err := time.Parse(time.RFC3339, r.head["warc-date"]); err == nil {
		r.date = t.UTC()
	}
	return r, nil
}

// address is the record's web address, or "" where it has another name.
func (r record) address() string { return page.Address(r.target) }

// shotOf is the page of which a record of a crawler is a picture (urn:thumbnail:https://example.org/), or "".
func (r record) shotOf() string {
	name, ok := strings.CutPrefix(strings.ToLower(r.target), "urn:")
	if !ok {
		return ""
	}
	if i := strings.Index(name, ":http"); i >= 0 {
		return page.Address(r.target[len("urn:")+i+1:])
	}
	return ""
}

// carries tells records whose block is what an address gave, and whether an HTTP header stands before it.
func (r record) carries() (ok, http bool) {
	switch r.kind {
	case "response", "revisit":
		media, _, _ := strings.Cut(strings.ToLower(r.head["content-type"]), ";")
		return true, strings.TrimSpace(media) == "application/http"
	case "resource", "conversion":
		return true, false
	}
	return false, false
}

// block is the block of a record, up to its end; reading stops with io.ErrUnexpectedEOF where the archive does.
type block struct {
	c    *cursor
	left int64
}

// Read reads the block.
func (b *block) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, io.EOF
	}
	n, err := b.c.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
		if b.left == 0 {
			err = nil
		}
	}
	return n, err
}

// answer is what came from an address: the HTTP header, or as much as a record without one tells.
type answer struct {
	status   int // 0: there was no HTTP
	head     map[string]string
	mime     string // in lower case, without parameters
	location string
}

// readAnswer reads the HTTP header of a record at the cursor behind the record's own header.
func readAnswer(c *cursor, r record, http bool) (answer, *block, error) {
	b := &block{c: c, left: r.length}
	var a answer
	if !http {
		a.head = map[string]string{}
		a.setMIME(r.head["content-type"])
		return a, b, nil
	}
	begun := c.at
	text, err := readHead(c, int(min(r.length, maxHeader)))
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return a, b, engine.E(engine.CodeCorrupt, "archive.Record", "the archive ends in the middle of a record", err)
	case err != nil && r.kind == "revisit":
		return a, b, nil // it need not have one
	case err != nil:
		return a, b, err
	}
	b.left -= (c.at.off - begun.off) + (c.at.in - begun.in)
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	if len(fields) < 2 || !strings.HasPrefix(fields[0], "HTTP/") {
		return a, b, engine.E(engine.CodeCorrupt, "archive.Record", "an answer in the archive has no proper HTTP header", nil)
	}
	a.status, _ = strconv.Atoi(fields[1]) // 0: no image
	a.head = page.Header(text[len(line):])
	a.setMIME(a.head["content-type"])
	a.location = a.head["location"]
	return a, b, nil
}

func (a *answer) setMIME(contentType string) {
	media, _, _ := strings.Cut(contentType, ";")
	a.mime = strings.ToLower(strings.TrimSpace(media))
}

func (a answer) html() bool {
	return (a.status == 0 || a.status == 200) && (a.mime == "text/html" || a.mime == "application/xhtml+xml")
}

// redirects tells answers that lead elsewhere.
func (a answer) redirects() bool {
	switch a.status {
	case 301, 302, 303, 307, 308:
		return a.location != ""
	}
	return false
}
