package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// note decides what a record is: an image, a page, a way to one of them, or nothing that is looked for. Only errors of the record as a whole are returned.
func (s *scanner) note(at place, r record) error {
	if r.kind == "request" {
		s.request(r)
		return nil
	}
	carries, http := r.carries()
	if !carries {
		return nil
	}
	a, b, err := readAnswer(s.cur, r, http)
	if err != nil {
		s.fail(at, r.address(), damage(err))
		return nil
	}
	switch {
	case r.kind == "revisit":
		s.revisit(at, r, a)
	case a.redirects():
		s.index.refs.leads(r.address(), a.location)
	case a.html():
		s.page(at, r, a, b)
	case strings.HasPrefix(a.mime, "video/") && answered(a):
		return s.offer(at, r, a, entryFilm)
	case s.image(r, a, b):
		return s.offer(at, r, a, entryImage)
	}
	return nil
}

// image tells answers that are images: by their type, else, where that tells nothing, by their first bytes.
func (s *scanner) image(_ record, a answer, b *block) bool {
	if !answered(a) {
		return false
	}
	switch a.mime {
	case "", "application/octet-stream", "binary/octet-stream", "text/plain", "unknown/unknown", "application/unknown":
		head := make([]byte, sniffed)
		n, _ := io.ReadFull(uncoded(unchunked(b, a), a), head) // what is too short or damaged is no picture
		return picture(head[:n])
	}
	return strings.HasPrefix(a.mime, "image/")
}

// answered tells answers that brought something.
func answered(a answer) bool { return a.status == 0 || a.status == 200 || a.status == 206 }

// offer notes an image or a video. Players ask for a video in pieces, of which the first may be all of it.
func (s *scanner) offer(at place, r record, a answer, kind entryKind) error {
	const op = "archive.Scan"
	whole := kind == entryFilm && isWhole(a.head["content-range"]) && r.head["warc-truncated"] == ""
	switch {
	case kind == entryFilm && a.status == 206 && !whole:
		s.fail(at, r.address(), engine.E(engine.CodeCorrupt, op, "the archive holds only a part of the video", errors.New(a.head["content-range"])))
		return nil
	case r.head["warc-segment-number"] != "":
		s.fail(at, r.address(), engine.E(engine.CodeUnsupported, op, "the image is in several segments, which can't be read", nil))
		return nil
	case a.status == 206 && !whole, r.head["warc-truncated"] != "":
		s.fail(at, r.address(), engine.E(engine.CodeCorrupt, op, "the archive holds only a part of the image", nil))
		return nil
	case len(s.index.entries) >= maxImages:
		return errFull
	}
	i := int32(len(s.index.entries))
	s.index.entries = append(s.index.entries, entry{place: at, file: s.no, kind: kind})
	for _, key := range [...]string{digestKey(r), addressKey(r.address())} {
		if key != "" {
			s.index.images[s.index.refs.hash(key)] = i
		}
	}
	return nil
}

// isWhole tells a Content-Range of all there is: "bytes 0-99/100" (RFC 9110, section 14.4).
func isWhole(header string) bool {
	var first, last, all int64
	n, err := fmt.Sscanf(strings.ToLower(header), "bytes %d-%d/%d", &first, &last, &all)
	return n == 3 && err == nil && first == 0 && all > 0 && last == all-1
}

func digestKey(r record) string {
	if d := r.head["warc-payload-digest"]; d != "" {
		return "digest " + strings.ToLower(d)
	}
	return ""
}

func addressKey(address string) string {
	if address != "" {
		return "address " + address
	}
	return ""
}

// revisit notes an image that was met again: its bytes are in the record of the first time.
func (s *scanner) revisit(at place, r record, a answer) {
	keys := []string{digestKey(r), addressKey(page.Address(strings.Trim(r.head["warc-refers-to-target-uri"], "<>")))}
	if strings.Contains(r.head["warc-profile"], "not-modified") {
		keys = append(keys, addressKey(r.address()))
	}
	for _, key := range keys {
		if first, ok := s.index.images[s.index.refs.hash(key)]; ok && key != "" {
			s.index.entries = append(s.index.entries, entry{place: at, file: s.no, kind: entryAgain, n: first})
			return
		}
	}
	if strings.HasPrefix(a.mime, "image/") {
		s.fail(at, r.address(), engine.E(engine.CodeNotFound, "archive.Scan", "the archive only refers to this image; it is in another one", nil))
	}
}

// page reads a page and notes which images it shows.
func (s *scanner) page(at place, r record, a answer, b *block) {
	if r.head["warc-segment-number"] != "" {
		s.fail(at, r.address(), engine.E(engine.CodeUnsupported, "archive.Scan", "the page is in several segments, which can't be read", nil))
		return
	}
	text := &counter{r: contextReader{s.ctx, uncoded(unchunked(b, a), a)}}
	p, err := page.Extract(text, r.address(), a.head["content-type"])
	s.index.unpacked += text.n
	if s.ctx.Err() != nil {
		return
	}
	i, inline := s.index.refs.add(p)
	if inline && i >= 0 {
		s.index.entries = append(s.index.entries, entry{place: at, file: s.no, kind: entryPage, n: i})
	}
	switch {
	case err != nil:
		s.fail(at, r.address(), engine.E(engine.CodeCorrupt, "archive.Scan", "a page in the archive is damaged; images it shows may be without a page", err))
	case p.Cut:
		s.fail(at, r.address(), page.CutError())
	}
}

// request notes from which page an address was asked for.
func (s *scanner) request(r record) {
	_, rest, _ := bytes.Cut(s.requestHead(r), []byte("\n"))
	referer := page.Address(page.Header(rest)["referer"])
	if address := r.address(); address != "" && referer != "" {
		s.index.refs.link(s.index.refs.referer, address, referer)
	}
}

func (s *scanner) requestHead(r record) []byte {
	head, err := readHead(s.cur, int(min(r.length, maxHeader)))
	if err != nil {
		return nil
	}
	return head
}
