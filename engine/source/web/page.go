package web

import (
	"bytes"
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/page"
	"gabarit/engine/source/web/rules"
)

// Picture is an image that a page shows.
type Picture struct {
	URL     string `json:"url"`
	Title   string `json:"title,omitempty"`   // alternative text, else title
	Caption string `json:"caption,omitempty"` // of the figure it stands in
}

// Page is what was read from a page's HTML.
type Page struct {
	Title    string
	Pictures []Picture // each address once, in the order of the page
	Links    []string  // pages it links to, each once, in the order of the page
	Inline   int       // images in the page's own text (data:), of some size
	Films    int       // videos that it shows or links to, in all their forms
	More     int       // pictures and links above the limits
	said     rules.Directives
}

// extract reads a page's HTML as package page does, and takes of it what this package collects. now decides dates of unavailable_after. Its error is CodeLimit: the
// page is larger than can be looked at.
func extract(text []byte, address *url.URL, contentType string, now time.Time) (Page, error) {
	const reservation, policy = "tdm-reservation", "tdm-policy"
	p, err := page.Extract(bytes.NewReader(text), address.String(), contentType, "robots", rules.Product, reservation, policy)
	if err != nil || len(text) > page.MaxPage {
		return Page{}, engine.E(engine.CodeLimit, "web.Page", engine.MessageOf(page.CutError()), err)
	}
	x := &taking{page: Page{Title: p.Title, Films: len(p.Films)}, base: p.Base, seen: map[string]bool{}}
	if x.base == nil {
		x.base = address
	}
	said := &x.page.said
	for _, content := range slices.Concat(p.Meta["robots"], p.Meta[rules.Product]) {
		said.Add(rules.MetaDirectives(content, now))
	}
	for _, content := range p.Meta[reservation] {
		said.Reserved = said.Reserved || rules.IsReserved(content)
	}
	for _, content := range p.Meta[policy] {
		said.Policy = rules.Clip(content, rules.MaxURL)
	}
	x.shown(p.Refs)
	if !said.NoFollow {
		x.linked(p)
	}
	if p.Cut {
		x.page.More++
	}
	return x.page, nil
}

// taking is one reading of a page.
type taking struct {
	page Page
	base *url.URL
	seen map[string]bool
}

// shown adds the pictures that the page shows, each in its best form.
func (x *taking) shown(refs []page.Ref) {
	last := 0 // number of the picture before
	for i, r := range refs {
		switch {
		case r.Linked:
		case r.Picture == 0:
			x.picture(r)
		case r.Picture > last:
			last = r.Picture
			if best, ok := bestOf(refs[i:]); ok {
				x.picture(best)
			}
		}
	}
}

// bestOf gives the largest form of the picture that refs begin with; not ok where the page says that it is small.
func bestOf(refs []page.Ref) (best page.Ref, ok bool) {
	best = refs[0]
	for _, r := range refs {
		if r.Picture > best.Picture { // the next one
			break
		}
		if r.Picture < best.Picture {
			continue
		}
		if r.Small {
			return best, false
		}
		if r.Size > best.Size || best.Size == 0 && r.Size == 0 && isStandIn(best) && !isStandIn(r) {
			r.Title = cmp.Or(r.Title, best.Title)
			best = r
		}
		best.Title = cmp.Or(best.Title, r.Title)
	}
	return best, true
}

// isStandIn tells what a page may show until the picture itself is there.
func isStandIn(r page.Ref) bool { return r.Main || isData(r.Raw) }

// picture adds a picture. Drawings and what is no address are left out.
func (x *taking) picture(r page.Ref) {
	if isData(r.Raw) {
		if len(r.Raw) > maxInline {
			x.page.Inline++
		}
		return
	}
	u := x.resolve(r.Raw)
	if u == nil || strings.EqualFold(path.Ext(u.Path), ".svg") || x.seen["i"+u.String()] {
		return
	}
	x.seen["i"+u.String()] = true
	if len(x.page.Pictures) >= maxPictures {
		x.page.More++
		return
	}
	p := Picture{URL: u.String(), Title: r.Title, Caption: r.Caption}
	if p.Title == p.Caption { // it stood in for a text of its own
		p.Title = ""
	}
	x.page.Pictures = append(x.page.Pictures, p)
}

// linked adds the images and pages that the page links to.
func (x *taking) linked(p page.Page) {
	for _, r := range p.Refs {
		if r.Linked && follows(r.Rel) {
			x.picture(r)
		}
	}
	for _, l := range p.Links {
		x.link(l)
	}
}

func isData(ref string) bool { return len(ref) >= 5 && strings.EqualFold(ref[:5], "data:") }

// follows tells whether a link of this relation is followed.
func follows(rel string) bool {
	words := strings.Fields(rel)
	return !slices.Contains(words, "nofollow") && !slices.Contains(words, "ugc")
}

// link adds a page that is linked to.
func (x *taking) link(l page.Link) {
	u := x.resolve(l.Raw)
	if u == nil || !follows(l.Rel) {
		return
	}
	ext := strings.ToLower(path.Ext(u.Path))
	if slices.Contains(filmNames(), ext) {
		x.page.Films++
		return
	}
	if ext != "" && !slices.Contains(pageNames(), ext) && slices.Contains(otherNames(), ext) || x.seen["p"+u.String()] {
		return
	}
	x.seen["p"+u.String()] = true
	if len(x.page.Links) >= maxLinks {
		x.page.More++
		return
	}
	x.page.Links = append(x.page.Links, u.String())
}

// resolve gives an absolute http or https address, or nil.
func (x *taking) resolve(raw string) *url.URL {
	u, err := x.base.Parse(strings.ReplaceAll(raw, " ", "%20"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	u, err = rules.Address(u.String())
	if err != nil {
		return nil
	}
	return u
}

func pageNames() []string { return strings.Fields(".html .htm .xhtml .php .asp .aspx .jsp") }

func filmNames() []string {
	return strings.Fields(".mp4 .m4v .webm .avi .mov .mkv .mpg .mpeg .wmv .flv .ogv")
}

// otherNames end links to what is neither page nor image.
func otherNames() []string {
	return strings.Fields(`.pdf .zip .gz .tar .rar .7z .xz .bz2 .exe .msi .dmg .deb .rpm .iso .apk .mp3 .ogg .wav .flac .m4a
		.css .js .mjs .json .xml .rss .atom .txt .csv .ics .vcf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .epub .svg .ico .woff .woff2 .ttf .eot .wasm .swf`)
}
