package page

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// Limits of one page. What is beyond them is not looked at, and Page.Cut says so.
const (
	MaxPage       = 32 << 20 // bytes of HTML that are read
	maxToken      = 16 << 20 // bytes of one tag with its attributes, or of one script
	maxRefs       = 20_000   // references to images
	maxText       = 4 << 10  // bytes of one title or caption
	maxCandidates = 64       // addresses of one srcset or style
	maxNesting    = 32       // figures, pictures and links inside one another; objects of linked data
)

// Ref is one reference of a page to an image.
type Ref struct {
	Raw   string // as the page writes it: relative or absolute address, or a data: address that holds the image
	URL   string // absolute, in the form of Address; "" for what is none
	Title string // alternative text, else the figure's caption, else the title attribute
	Main  bool   // it is the src of an img: what a page that was saved as a whole must have beside it
}

// Page is what a page says of itself and of its images.
type Page struct {
	URL       string // its address: what whoever saved it noted, else what it calls its own; see Extract
	Title     string
	Published time.Time // zero if not told
	Author    string
	Refs      []Ref // in the order of the page; an address may be there twice
	Films     []Ref // to videos, likewise
	Cut       bool  // a limit was met, and what is behind it was not looked at
}

// Extract reads a page. address is where the page came from, "" if that is not known: then the address in a browser's
// note "saved from url" (also SingleFile's) is taken, else the canonical one that the page names. contentType is the
// Content-Type header it came with, or ""; it may tell the character set.
//
// The page is read as a stream of tags, so that neither its size nor its nesting takes memory; scripts do
// not run, nothing is fetched. An error is one of r; what was found before it is returned.
func Extract(r io.Reader, address, contentType string) (Page, error) {
	in := &ending{r: io.LimitedReader{R: r, N: MaxPage}}
	x := &extractor{page: Page{URL: Address(address)}}
	text, err := charset.NewReader(in, contentType)
	if err == nil { // else it is empty
		x.base, _ = url.Parse(x.page.URL)
		_ = x.read(text, 0) // ends with io.EOF; errors of r are kept by in
	}
	x.finish()
	x.page.Cut = x.page.Cut || in.r.N <= 0
	return x.page, in.err
}

// ending ends at an error and keeps it, so that what was read before it is looked at.
type ending struct {
	r   io.LimitedReader
	err error
}

// Read reads up to the limit or an error.
func (e *ending) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, io.EOF
	}
	n, err := e.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.err, err = err, io.EOF
	}
	return n, err
}

// extractor is one reading of a page.
type extractor struct {
	page     Page
	base     *url.URL // relative addresses start there; nil or without a host where it is not known
	based    bool     // a base element was seen
	meta     meta
	captions []caption // open figures, outermost first
	pictures []int     // index of the first reference of each open picture
	links    []link    // open links
	into     *strings.Builder
	intoName string
}

// caption is an open figure.
type caption struct {
	first int // its first reference
	text  strings.Builder
}

// link is an open link to a picture: it takes the title of the picture inside.
type link struct{ ref int }

// read goes through the tags of r; depth counts pages inside noscript.
func (x *extractor) read(r io.Reader, depth int) error {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(maxToken)
	for {
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			err := z.Err()
			if errors.Is(err, html.ErrBufferExceeded) {
				x.page.Cut = true
				return nil
			}
			return err
		case html.CommentToken:
			x.meta.comment(string(z.Text()))
		case html.TextToken:
			x.text(z, depth)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if x.start(string(name), attributes(z, more)); len(x.page.Refs) >= maxRefs {
				x.page.Cut = true
				return nil
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			x.end(string(name))
		}
	}
}

// attributes gives the attributes of a tag; of one given twice the first counts.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	var out map[string]string
	for n := 0; more && n < 256; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		if out == nil {
			out = map[string]string{}
		}
		if _, again := out[string(key)]; !again {
			out[string(key)] = string(value)
		}
	}
	return out
}

// text is what stands between tags: part of a title or caption, linked data, or the page for those without scripts.
func (x *extractor) text(z *html.Tokenizer, depth int) {
	if x.intoName == "noscript" && depth == 0 {
		x.intoName, x.into = "", nil
		_ = x.read(strings.NewReader(string(z.Text())), 1) // ends with io.EOF
		return
	}
	limit := maxText
	if x.intoName == "script" {
		limit = maxLinkedData
	}
	if x.into != nil && x.into.Len() < limit {
		t := z.Text()
		x.into.Write(t[:min(len(t), limit-x.into.Len())])
	}
}

// collect has the text up to the end of the element name gathered.
func (x *extractor) collect(name string, b *strings.Builder) {
	x.into, x.intoName = b, name
}

func (x *extractor) start(name string, at map[string]string) {
	x.styled(at)
	switch name {
	case "title":
		if x.meta.title.Len() == 0 { // a drawing inside the page has titles of its own
			x.collect(name, &x.meta.title)
		}
	case "script":
		x.meta.linked.Reset()
		if strings.EqualFold(strings.TrimSpace(at["type"]), "application/ld+json") {
			x.collect(name, &x.meta.linked)
		}
	case "noscript":
		x.collect(name, nil)
	case "base":
		x.rebase(at["href"])
	case "meta":
		x.meta.tag(at)
	case "link":
		x.linkTag(at)
	case "figure", "figcaption", "picture":
		x.frame(name)
	case "a":
		x.anchor(at["href"])
	default:
		x.image(name, at)
	}
}

// frame opens what holds images.
func (x *extractor) frame(name string) {
	switch n := len(x.captions); {
	case name == "figure" && n < maxNesting:
		x.captions = append(x.captions, caption{first: len(x.page.Refs)})
	case name == "figcaption" && n > 0:
		x.collect(name, &x.captions[n-1].text)
	case name == "picture" && len(x.pictures) < maxNesting:
		x.pictures = append(x.pictures, len(x.page.Refs))
	}
}

// rebase takes the first base element.
func (x *extractor) rebase(href string) {
	if x.based || href == "" || len(href) > MaxAddress {
		return
	}
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return
	}
	if x.base != nil {
		u = x.base.ResolveReference(u)
	}
	x.base, x.based = u, true
}

// anchor opens a link if it leads to a picture.
func (x *extractor) anchor(href string) {
	x.links = x.links[:0] // links do not nest
	if !isData(href) && namesImage(href) {
		x.add(href, "", false)
		x.links = append(x.links, link{len(x.page.Refs) - 1})
	}
}

func (x *extractor) linkTag(at map[string]string) {
	rel := strings.Fields(strings.ToLower(at["rel"]))
	switch {
	case slices.Contains(rel, "canonical"):
		x.meta.canonical = at["href"]
	case slices.Contains(rel, "image_src"), slices.Contains(rel, "preload") && strings.EqualFold(at["as"], "image"):
		x.add(at["href"], "", false)
	}
}

// sources and lists are the attributes in which an image's address stands, and those that hold several; beside those of HTML the ones that
// scripts for late loading use.
func sources() []string {
	return []string{"src", "data-src", "data-original", "data-original-src", "data-lazy", "data-lazy-src", "data-hi-res-src", "data-full-src",
		"data-large-file", "data-orig-file", "data-image", "data-bg", "data-background-image"}
}

func lists() []string { return []string{"srcset", "data-srcset", "data-lazy-srcset", "imagesrcset"} }

// shows tells whether an element is an image, or one form of one; of others it takes what they show beside their content.
func (x *extractor) shows(name string, at map[string]string) bool {
	switch name {
	case "img", "amp-img", "image":
		return true
	case "source":
		if len(x.pictures) == 0 { // of a video, or of sound
			x.film(at)
		}
		return len(x.pictures) > 0
	case "input":
		return strings.EqualFold(at["type"], "image")
	case "video":
		x.add(at["poster"], at["title"], false)
		x.film(at)
		return false
	}
	for _, key := range [...]string{"data-bg", "data-background-image"} {
		x.add(at[key], "", false)
	}
	return false
}

// image takes the references of an img, a source of a picture, and of what else shows one.
func (x *extractor) image(name string, at map[string]string) {
	if !x.shows(name, at) {
		return
	}
	title := Line(at["alt"], at["title"])
	first := len(x.page.Refs)
	for _, key := range sources() {
		x.add(at[key], title, key == "src" && name == "img")
	}
	if name == "image" { // of a drawing
		x.add(at["href"], title, false)
		x.add(at["xlink:href"], title, false)
	}
	for _, key := range lists() {
		for _, ref := range candidates(at[key]) {
			x.add(ref, title, false)
		}
	}
	if name == "img" || name == "amp-img" {
		if n := len(x.pictures); n > 0 {
			first = min(first, x.pictures[n-1])
		}
		for _, l := range x.links {
			x.name(l.ref, l.ref+1, title)
		}
		x.name(first, len(x.page.Refs), title)
	}
}

func (x *extractor) styled(at map[string]string) {
	if style := at["style"]; strings.Contains(style, "url(") {
		for _, ref := range inStyle(style) {
			x.add(ref, Line(at["title"], at["aria-label"]), false)
		}
	}
}

// add notes a reference.
func (x *extractor) add(raw, title string, main bool) {
	if raw = strings.TrimSpace(raw); raw == "" || strings.HasPrefix(raw, "#") {
		return
	}
	if len(x.page.Refs) < maxRefs {
		x.page.Refs = append(x.page.Refs, Ref{Raw: raw, Title: title, Main: main})
	}
}

// name gives a title to references that have none.
func (x *extractor) name(from, to int, title string) {
	for i := from; i < to && i < len(x.page.Refs); i++ {
		if x.page.Refs[i].Title == "" {
			x.page.Refs[i].Title = title
		}
	}
}

func (x *extractor) end(name string) {
	if name == x.intoName {
		if name == "script" {
			x.meta.linkedData(x.meta.linked.String(), x.add)
		}
		x.into, x.intoName = nil, ""
	}
	switch name {
	case "figure":
		x.closeFigure()
	case "picture":
		if n := len(x.pictures); n > 0 {
			x.pictures = x.pictures[:n-1]
		}
	case "a":
		x.links = x.links[:0]
	}
}

func (x *extractor) closeFigure() {
	if n := len(x.captions); n > 0 {
		c := &x.captions[n-1]
		x.name(c.first, len(x.page.Refs), Line(c.text.String()))
		x.captions = x.captions[:n-1]
	}
}

// finish names what the page says of itself, and resolves its references.
func (x *extractor) finish() {
	for len(x.captions) > 0 {
		x.closeFigure()
	}
	x.meta.images(x.add)
	p := &x.page
	if p.URL == "" {
		if p.URL = x.meta.address(); p.URL != "" {
			x.base = rebased(p.URL, x.base)
		}
	}
	p.Title, p.Published, p.Author = x.meta.pageTitle(), x.meta.published, Line(x.meta.author)
	for i := range p.Refs {
		if r := &p.Refs[i]; !isData(r.Raw) {
			r.URL = Resolve(x.base, r.Raw)
		}
	}
	for i := range p.Films {
		p.Films[i].URL = Resolve(x.base, p.Films[i].Raw)
	}
}

// rebased gives the base of a page whose address was found inside: that address, with the base element's put on it.
func rebased(address string, base *url.URL) *url.URL {
	u, err := url.Parse(address)
	if err != nil || base == nil {
		return u
	}
	return u.ResolveReference(base)
}
