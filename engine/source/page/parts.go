package page

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"mime"
	"net/mail"
	"strings"

	"gabarit/engine"
)

// partScanner finds the parts of a message and where they stand.
type partScanner struct {
	in  *bufio.Reader
	pos int64 // of the next byte
}

// line gives the next line, cut to the buffer's size, with where it began and how long its end is (CR LF, LF or none).
func (s *partScanner) line() (text []byte, at int64, end int, err error) {
	at = s.pos
	text, err = s.in.ReadSlice('\n')
	s.pos += int64(len(text))
	switch {
	case bytes.HasSuffix(text, []byte("\r\n")):
		end = 2
	case bytes.HasSuffix(text, []byte("\n")):
		end = 1
	}
	if errors.Is(err, bufio.ErrBufferFull) || (errors.Is(err, io.EOF) && len(text) > 0) {
		err = nil
	}
	return text, at, end, err
}

// header reads a header up to its empty line: names in lower case, the first of a name counts.
func (s *partScanner) header() (map[string]string, error) {
	var all []byte
	for {
		text, _, _, err := s.line()
		if err != nil {
			return nil, err
		}
		if len(bytes.TrimSpace(text)) == 0 {
			return Header(all), nil
		}
		if all = append(all, text...); len(all) > maxHeader {
			return nil, engine.E(engine.CodeLimit, "page.MHTML", "a header of the file is larger than the limit", nil)
		}
	}
}

// Header reads lines of the form "Name: value" with continuation lines, as MIME, WARC and HTTP have them: names in lower case, of a name
// given twice the first value; lines of another form are passed over.
func Header(text []byte) map[string]string {
	out := map[string]string{}
	var last string
	for line := range bytes.Lines(text) {
		s := strings.TrimRight(string(line), "\r\n")
		if s != "" && (s[0] == ' ' || s[0] == '\t') {
			if last != "" {
				out[last] += " " + strings.TrimSpace(s)
			}
			continue
		}
		name, value, ok := strings.Cut(s, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if _, again := out[name]; !ok || again || name == "" {
			last = ""
			continue
		}
		last = name
		out[name] = strings.TrimSpace(value)
	}
	return out
}

// scanParts lists the parts of a message. With an error come the parts found before it.
func scanParts(r io.Reader) ([]part, error) {
	const op = "page.MHTML"
	s := &partScanner{in: bufio.NewReaderSize(r, 64<<10)}
	header, err := s.header()
	if err != nil {
		return nil, noMessage(err)
	}
	media, params, _ := mime.ParseMediaType(header["content-type"])
	boundary := params["boundary"]
	if !strings.HasPrefix(media, "multipart/") || boundary == "" || len(boundary) > 200 {
		return nil, noMessage(nil)
	}
	parts, closed, err := s.parts([]byte("--" + boundary))
	if len(parts) > 0 {
		first := &parts[0]
		first.snapshot = header["snapshot-content-location"]
		if t, err := mail.ParseDate(header["date"]); err == nil {
			first.date = t.UTC()
		}
		if subject, err := new(mime.WordDecoder).DecodeHeader(header["subject"]); err == nil {
			first.subject = subject
		}
		if !closed && err == nil {
			last := &parts[len(parts)-1]
			last.err = cmp.Or(last.err, engine.E(engine.CodeCorrupt, op, "the file ends in the middle of this part", nil))
		}
	}
	return parts, err
}

func noMessage(err error) error {
	if engine.MessageOf(err) != "" {
		return err
	}
	return engine.E(engine.CodeCorrupt, "page.MHTML", "the file is not a saved page of several parts", err)
}

// parts reads up to the closing boundary.
func (s *partScanner) parts(boundary []byte) (parts []part, closed bool, err error) {
	var open bool // a part was begun
	var before int
	whole := true // the last line was read to its end
	for {
		text, at, end, err := s.line()
		if errors.Is(err, io.EOF) {
			if open {
				parts[len(parts)-1].end = s.pos
			}
			return parts, false, nil
		}
		if err != nil {
			return parts, false, err
		}
		rest, found := bytes.CutPrefix(text, boundary)
		rest = bytes.TrimSpace(rest)
		started := whole
		whole = end > 0
		if last := bytes.Equal(rest, []byte("--")); !found || !started || (len(rest) > 0 && !last) {
			before = end
			continue
		} else if open {
			p := &parts[len(parts)-1]
			p.end = max(p.off, at-int64(before))
			if last {
				return parts, true, nil
			}
		} else if last {
			return parts, true, nil
		}
		if len(parts) == maxParts {
			return parts, true, engine.E(engine.CodeLimit, "page.MHTML", "the saved page has more parts than the limit", nil)
		}
		p, err := s.part()
		if err != nil {
			return parts, false, noMessage(err)
		}
		parts, open, before, whole = append(parts, p), true, 0, true
	}
}

// part reads the header of a part.
func (s *partScanner) part() (part, error) {
	var p part
	header, err := s.header()
	switch {
	case engine.CodeOf(err) == engine.CodeLimit:
		p.err = err // the next part begins at the next boundary
	case err != nil:
		return part{}, err
	}
	p.about(header)
	p.off = s.pos
	p.end = s.pos
	if strings.HasPrefix(p.mime, "multipart/") {
		p.err = engine.E(engine.CodeUnsupported, "page.MHTML", "a part of the saved page has parts of its own", nil)
	}
	return p, nil
}
