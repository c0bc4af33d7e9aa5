package page

import (
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// Ref is one reference of a page to an image.
type Ref struct {
	Raw     string  // as the page writes it: relative or absolute address, or a data: address that holds the image
	URL     string  // absolute, in the form of Address; "" for what is none
	Title   string  // alternative text, else the title attribute, else the figure's caption
	Caption string  // of the figure it stands in
	Main    bool    // it is the src of an img: what a page that was saved as a whole must have beside it
	Linked  bool    // the page only links to it, with
	Rel     string  // this relation
	Picture int     // references with the same number are forms of one picture; 0: it stands alone
	Size    float64 // what a srcset says of the form: its width in pixels, or its density; 0: nothing
	Small   bool    // the page says that it is at most SmallestShown pixels wide or high
}

// Link is a link of a page to another.
type Link struct {
	Raw string // as the page writes it
	Rel string // its relation
}

// Page is what a page says of itself and of its images.
type Page struct {
	URL       string // its address: what whoever saved it noted, else what it calls its own; see Extract
	Title     string
	Published time.Time // zero if not told
	Author    string
	Saved     time.Time // when it was saved, as whoever saved it noted
	Refs      []Ref     // in the order of the page; an address may be there twice
	Films     []Ref     // to videos, likewise
	Cut       bool      // a limit was met, and what is behind it was not looked at

	Base  *url.URL            // where relative addresses start; nil or without a host where that is not known
	Links []Link              // in the order of the page: a, area, iframe, and link to the next page
	Meta  map[string][]string // contents of the meta elements that were asked for, by name
}

// Extract reads a page. address is where the page came from, "" if that is not known: then the address in a browser's
// note "saved from url" (also SingleFile's) is taken, else the canonical one that the page names. contentType is the
// Content-Type header it came with, or ""; it may tell the character set. metas are names of meta elements, in lower case, whose contents are wanted.
//
// The page is read as a stream of tags, so that neither its size nor its nesting takes memory; scripts do
// not run, nothing is fetched. An error is one of r; what was found before it is returned.
func Extract(r io.Reader, address, contentType string, metas ...string) (Page, error) {
	in := &ending{r: io.LimitedReader{R: r, N: MaxPage}}
	x := &extractor{page: Page{URL: Address(address), Meta: map[string][]string{}}, metas: metas}
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
	pictures []picture // open picture elements
	numbers  int       // of pictures so far
	metas    []string
	links    []link // open links
	styles   styles
	depth    int // of frames around it
	into     *strings.Builder
	intoName string
	held     *strings.Builder // what was gathered into when a style sheet began
	heldName string
}

// caption is an open figure.
type caption struct {
	first int // its first reference
	text  strings.Builder
}

// picture is an open picture element: its first reference, and the number of the picture.
type picture struct{ first, number int }

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
			x.start(string(name), attributes(z, more))
		case html.EndTagToken:
			name, _ := z.TagName()
			x.end(string(name))
		}
	}
}

// attributes gives the attributes of a tag; of one given twice the first counts.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	var out map[string]string
	for n := 0; more && n < maxAttributes; n++ {
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
	if x.intoName == "style" {
		x.sheet(string(z.Text()))
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
	case "style":
		x.held, x.heldName = x.into, x.intoName // a caption goes on behind it
		x.collect(name, nil)
	case "noscript":
		x.collect(name, nil)
	case "base":
		x.rebase(at["href"])
	case "meta":
		x.meta.tag(at)
		x.wanted(at)
	case "link":
		x.linkTag(at)
	case "figure", "figcaption", "picture":
		x.frame(name)
	case "a", "area":
		x.anchor(name, at)
	case "iframe":
		x.link(at["src"], "")
		x.inner(at["srcdoc"])
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
		x.numbers++
		x.pictures = append(x.pictures, picture{len(x.page.Refs), x.numbers})
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

func (x *extractor) end(name string) {
	if name == x.intoName {
		if name == "script" {
			x.meta.linkedData(x.meta.linked.String(), x.add)
		}
		x.into, x.intoName = nil, ""
		if name == "style" {
			x.into, x.intoName = x.held, x.heldName
		}
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
		text := Line(c.text.String())
		x.name(c.first, len(x.page.Refs), text)
		for i := c.first; i < len(x.page.Refs); i++ {
			if x.page.Refs[i].Caption == "" {
				x.page.Refs[i].Caption = text
			}
		}
		x.captions = x.captions[:n-1]
	}
}

// finish names what the page says of itself, and resolves its references.
func (x *extractor) finish() {
	for len(x.captions) > 0 {
		x.closeFigure()
	}
	x.entitle()
	x.meta.images(x.add)
	p := &x.page
	if p.URL == "" {
		if p.URL = x.meta.address(); p.URL != "" {
			x.base = rebased(p.URL, x.base)
		}
	}
	p.Title, p.Published, p.Saved, p.Author, p.Base = x.meta.pageTitle(), x.meta.published, x.meta.savedAt, Line(x.meta.author), x.base
	left := maxAddresses
	for i := range p.Refs {
		r := &p.Refs[i]
		if isData(r.Raw) {
			continue
		}
		if left < MaxAddress {
			p.Refs, p.Films, p.Cut = p.Refs[:i], nil, true
			return
		}
		r.URL = Resolve(x.base, r.Raw)
		left -= len(r.URL)
	}
	for i := range p.Films {
		if left < MaxAddress {
			p.Films, p.Cut = p.Films[:i], true
			return
		}
		p.Films[i].URL = Resolve(x.base, p.Films[i].Raw)
		left -= len(p.Films[i].URL)
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
