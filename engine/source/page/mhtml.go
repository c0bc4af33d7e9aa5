package page

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"iter"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
)

// mhtml is a source of the images in a page that was saved as one message of many parts (RFC 2557).
type mhtml struct{ path string }

// OpenMHTML gives the source of the images of the MHTML file at path (absolute).
func OpenMHTML(path string) engine.Source { return mhtml{path} }

// Items gives the images in the order of their parts, then those inside of its pages.
func (m mhtml) Items(ctx context.Context) iter.Seq[engine.Item] {
	return func(yield func(engine.Item) bool) {
		f, info, err := openFile(m.path)
		if err != nil {
			yield(Failed(m.path, "", openError("page.MHTML", err)))
			return
		}
		defer f.Close()
		parts, err := scanParts(contextReader{ctx, f})
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			if !yield(Failed(m.path, "", openError("page.MHTML", err))) {
				return
			}
		}
		w := &mhtmlWalk{mhtml: m, file: f, parts: parts, shown: map[string]mention{}, yield: yield}
		w.base = fmt.Sprintf("%d:%d", info.Size(), info.ModTime().UnixNano())
		w.read(ctx)
	}
}

func openFile(path string) (*os.File, os.FileInfo, error) {
	f, info, err := openRegular("page.MHTML", os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return nil, nil, err
	}
	return f.(*os.File), info, nil
}

// mention is where an image is shown.
type mention struct {
	page  int // index of the part
	title string
}

type mhtmlWalk struct {
	mhtml
	file   *os.File
	base   string // tells the state of the file
	parts  []part
	pages  map[int]engine.Provenance // what pages say of themselves, by index of their part
	main   engine.Provenance         // of the first page
	shown  map[string]mention        // by address or cid:
	cut    []int                     // pages that were not read to their end
	frames int                       // pages beyond the limit
	yield  func(engine.Item) bool
}

func (w *mhtmlWalk) read(ctx context.Context) {
	w.pages = map[int]engine.Provenance{}
	var order []int
	for i, p := range w.parts {
		switch {
		case !p.html():
		case len(order) < maxFrames:
			order = append(order, i)
			w.page(ctx, i)
		default:
			w.frames++
		}
	}
	for i := range w.parts {
		if ctx.Err() != nil {
			return
		}
		if it, ok := w.item(i); ok && !w.yield(it) {
			return
		}
	}
	for _, i := range order {
		if !w.inline(ctx, i) {
			return
		}
	}
	if w.frames > 0 && !w.yield(Failed(w.path, "frames", engine.E(engine.CodeLimit, "page.MHTML", "the saved page has more pages and frames than the limit", fmt.Errorf("%d", w.frames)))) {
		return
	}
	for _, i := range w.cut {
		if !w.yield(cutItem(w.path, partName(i))) {
			return
		}
	}
}

func partName(i int) string { return fmt.Sprintf("part%d", i+1) }

func (w *mhtmlWalk) extract(ctx context.Context, i int) Page {
	p := w.parts[i]
	page, err := Extract(contextReader{ctx, p.body(w.file)}, p.location, p.contentType)
	page.Cut = page.Cut || err != nil && ctx.Err() == nil
	return page
}

// page reads one page of the file.
func (w *mhtmlWalk) page(ctx context.Context, i int) {
	page := w.extract(ctx, i)
	about := engine.Provenance{PageURL: page.URL, PageTitle: page.Title, Author: page.Author, PublishedAt: page.Published, ArchivedAt: w.parts[0].date}
	if len(w.pages) == 0 {
		about.PageURL = firstText(Address(w.parts[0].snapshot), about.PageURL)
		about.PageTitle = Line(about.PageTitle, w.parts[0].subject)
		w.main = about
	}
	if about.PageURL == "" { // a frame without an address of its own
		about.PageURL = w.main.PageURL
		about.PageTitle = Line(about.PageTitle, w.main.PageTitle)
	}
	w.pages[i] = about
	defer func() {
		if page.Cut {
			w.cut = append(w.cut, i)
		}
	}()
	for _, ref := range slices.Concat(page.Refs, page.Films) {
		key := ref.URL
		if cid, ok := strings.CutPrefix(ref.Raw, "cid:"); ok {
			key = "cid:" + cid
		}
		old, again := w.shown[key]
		switch {
		case key == "", len(key) > MaxAddress, isData(ref.Raw), again && old.title != "":
		case !again && len(w.shown) == maxShown:
			page.Cut = true
		default:
			w.shown[key] = mention{i, ref.Title}
		}
	}
}

// item is that of a part that is an image; a part that could not be read is told of.
func (w *mhtmlWalk) item(i int) (engine.Item, bool) {
	p := w.parts[i]
	if p.err != nil {
		return Failed(w.path, partName(i), p.err), true
	}
	shown, film := w.shows(p)
	if !shown {
		return engine.Item{}, false
	}
	at, ok := w.shown[Address(p.location)]
	if !ok {
		at, ok = w.shown["cid:"+strings.Trim(p.id, "<>")]
	}
	source := w.main
	if ok {
		source = w.pages[at.page]
	}
	source.File, source.Part, source.URL, source.ImageTitle = w.path, partName(i), Address(p.location), at.title
	key := w.path + "#" + partName(i)
	if source.URL != "" {
		key += " " + source.URL
	}
	path := w.path
	open := func(ctx context.Context) (io.ReadCloser, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f, _, err := openFile(path)
		if err != nil {
			return nil, openError("page.Item.Open", err)
		}
		return reading{damaged{p.body(f)}, f}, nil
	}
	return engine.Item{Key: key, Version: Version(w.base, source), Source: source, Size: -1, Open: open, Film: film}, true
}

// shows tells a part that is a picture or a video: by its type, or by its first bytes where that tells nothing.
func (w *mhtmlWalk) shows(p part) (shown, film bool) {
	switch p.mime {
	case "", "application/octet-stream", "binary/octet-stream", "application/unknown":
		head := make([]byte, sniffed)
		n, _ := io.ReadFull(p.body(w.file), head) // what is too short or damaged is neither
		return looksLike(head[:n])
	}
	film = strings.HasPrefix(p.mime, "video/")
	return film || strings.HasPrefix(p.mime, "image/"), film
}

// inline offers the images that stand in a page itself.
func (w *mhtmlWalk) inline(ctx context.Context, i int) bool {
	page := w.extract(ctx, i) // again: their bytes were not kept
	for n, ref := range page.Refs {
		if ctx.Err() != nil {
			return false
		}
		p := w.pages[i]
		p.File = w.path
		if it, ok := Inline(ref, p, w.path+"#"+partName(i), partName(i), n+1); ok && !w.yield(it) {
			return false
		}
	}
	return true
}

// reading is a stream over a file that closes it.
type reading struct {
	io.Reader
	io.Closer
}

// damaged says in plain words that a part can't be decoded.
type damaged struct{ io.Reader }

// Read reads the decoded bytes.
func (d damaged) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader's contract is the bare value
		err = engine.E(engine.CodeCorrupt, "page.Item.Open", "the part of the saved page is damaged", err)
	}
	return n, err
}

// part is one part of the message, its body somewhere in the file.
type part struct {
	off, end    int64
	mime        string // in lower case, without parameters
	contentType string
	encoding    string
	location    string
	id          string
	err         error // why it can't be offered
	// of the message's own header, kept at the first part
	snapshot string
	subject  string
	date     time.Time
}

func (p part) html() bool {
	return p.err == nil && (p.mime == "text/html" || p.mime == "application/xhtml+xml")
}

// body gives the decoded bytes.
func (p part) body(r io.ReaderAt) io.Reader {
	raw := io.NewSectionReader(r, p.off, p.end-p.off)
	switch p.encoding {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, raw)
	case "quoted-printable":
		return quotedprintable.NewReader(raw)
	}
	return raw
}

// about takes what a header says of a part.
func (p *part) about(header map[string]string) {
	value := func(name string, limit int) string {
		s := strings.TrimSpace(header[name])
		return strings.Clone(s[:min(len(s), limit)]) // of a header as long as it may be, that is all that is kept
	}
	p.contentType = value("content-type", maxValue)
	media, _, _ := mime.ParseMediaType(p.contentType) // parameters that are malformed don't matter
	p.mime = strings.ToLower(media)
	p.encoding = strings.ToLower(value("content-transfer-encoding", maxValue))
	p.location, p.id = value("content-location", MaxAddress+1), value("content-id", maxValue)
}

func firstText(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
