package archive

import (
	"hash/maphash"
	"net/url"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// pageInfo is what is remembered of a page.
type pageInfo struct {
	url, title, author string
	published          time.Time
}

// shown is where an image is shown; addresses are remembered as hashes only.
type shown struct {
	page  int32
	title string
}

// refs tells by which page an image is shown. It is built by one goroutine and then only read.
type refs struct {
	seed     maphash.Seed
	pages    []pageInfo
	byURL    map[uint64]int32 // index of a page by its address
	byID     map[string]int32 // by the name a crawler gave it
	shown    map[uint64]shown
	redirect map[uint64]uint64 // from where an address is led to it: target to origin
	referer  map[uint64]uint64 // page from which an address was asked for
	text     int               // bytes kept
	full     bool              // a limit was met
}

func newRefs() *refs {
	return &refs{seed: maphash.MakeSeed(), byURL: map[uint64]int32{}, byID: map[string]int32{}, shown: map[uint64]shown{},
		redirect: map[uint64]uint64{}, referer: map[uint64]uint64{}}
}

func (r *refs) hash(s string) uint64 { return maphash.String(r.seed, s) }

// room takes n bytes of text from the budget.
func (r *refs) room(n int) bool {
	if r.text+n > maxText {
		r.full = true
		return false
	}
	r.text += n
	return true
}

// page notes a page and gives its index, -1 beyond the limits. A page met again keeps what was known of it and gets what was not.
func (r *refs) page(p pageInfo) int32 {
	key := r.hash(p.url)
	if i, ok := r.byURL[key]; ok && p.url != "" {
		old := &r.pages[i]
		if old.title == "" && r.room(len(p.title)) {
			old.title = p.title
		}
		if old.author == "" && r.room(len(p.author)) {
			old.author = p.author
		}
		if old.published.IsZero() {
			old.published = p.published
		}
		return i
	}
	if len(r.pages) == maxPages || !r.room(len(p.url)+len(p.title)+len(p.author)) {
		r.full = true
		return -1
	}
	i := int32(len(r.pages))
	r.pages = append(r.pages, p)
	r.byURL[key] = i
	return i
}

// add notes a page of the archive with its references, and gives its index and whether it holds images itself.
func (r *refs) add(p page.Page) (index int32, inline bool) {
	index = r.page(pageInfo{p.URL, p.Title, p.Author, p.Published})
	for i, ref := range slices.Concat(p.Refs, p.Films) {
		if ref.URL == "" {
			inline = inline || i < len(p.Refs) && len(ref.Raw) >= page.MinInline
			continue
		}
		key := r.hash(ref.URL)
		old, again := r.shown[key]
		switch {
		case index < 0 || again && (old.title != "" || ref.Title == ""):
		case !again && len(r.shown) == maxShown:
			r.full = true
		case !r.room(len(ref.Title)):
		case again: // the first page that shows it stays, with the title of another
			r.shown[key] = shown{old.page, ref.Title}
		default:
			r.shown[key] = shown{index, ref.Title}
		}
	}
	return index, inline
}

// leads notes that one address leads to another.
func (r *refs) leads(from, location string) {
	base, err := url.Parse(from)
	if err != nil {
		return
	}
	if to := page.Resolve(base, location); to != "" && to != from {
		r.link(r.redirect, to, from)
	}
}

func (r *refs) link(m map[uint64]uint64, from, to string) {
	if key := r.hash(from); len(m) < maxShown {
		if _, again := m[key]; !again {
			m[key] = r.hash(to)
		}
	} else {
		r.full = true
	}
}

// about completes where an image was found: by the page that shows it, else by the one the crawler says it was loaded for, else by the one it was asked
// for from.
func (r *refs) about(p *engine.Provenance, pageID string) {
	key := r.hash(p.URL)
	for range maxRedirects {
		if s, ok := r.shown[key]; ok && p.URL != "" {
			r.set(p, s.page)
			p.ImageTitle = s.title
			return
		}
		from, ok := r.redirect[key]
		if !ok {
			break
		}
		key = from
	}
	i, ok := r.byID[pageID]
	if !ok || pageID == "" {
		i, ok = r.byURL[r.referer[r.hash(p.URL)]]
	}
	if ok && r.pages[i].url != p.URL {
		r.set(p, i)
	}
}

// set takes what a page tells.
func (r *refs) set(p *engine.Provenance, i int32) {
	about := r.pages[i]
	p.PageURL, p.PageTitle, p.Author, p.PublishedAt = about.url, about.title, about.author, about.published
}

// of completes what belongs to a page itself.
func (r *refs) of(p *engine.Provenance, address string) {
	p.PageURL = address
	if i, ok := r.byURL[r.hash(address)]; ok {
		r.set(p, i)
	}
}
