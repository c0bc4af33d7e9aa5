package web

import (
	"bytes"
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
	x := &taking{page: Page{Title: p.Title}, base: p.Base, seen: map[string]bool{}}
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
	for i, r := range p.Refs {
		if r.Picture == 0 && !r.Linked {
			x.picture(r, p.Refs[i:i+1])
		} else if r.Picture > x.last {
			x.last = r.Picture
			x.picture(r, p.Refs[i:])
		}
	}
	if !said.NoFollow {
		for i, r := range p.Refs {
			if r.Linked && follows(r.Rel) {
				x.picture(r, p.Refs[i:i+1])
			}
		}
		for _, l := range p.Links {
			x.link(l)
		}
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
	last int // number of the last picture
	seen map[string]bool
}

// picture adds the best form of a picture: refs begin with its first. Small ones, drawings and what is no address are left out.
func (x *taking) picture(first page.Ref, refs []page.Ref) {
	best := first
	for _, r := range refs {
		if r.Picture > first.Picture { // the next one
			break
		}
		switch {
		case r.Picture != first.Picture:
			continue
		case r.Small:
			return
		case r.Size > best.Size, best.Size == 0 && r.Size == 0 && (isData(best.Raw) || best.Main) && !isData(r.Raw) && !r.Main:
			best = r
		}
		if r.Title != "" && best.Title == "" {
			best.Title = r.Title
		}
	}
	if isData(best.Raw) {
		if len(best.Raw) > maxInline {
			x.page.Inline++
		}
		return
	}
	u := x.resolve(best.Raw)
	if u == nil || strings.EqualFold(path.Ext(u.Path), ".svg") || x.seen["i"+u.String()] {
		return
	}
	x.seen["i"+u.String()] = true
	if len(x.page.Pictures) >= maxPictures {
		x.page.More++
		return
	}
	p := Picture{URL: u.String(), Title: best.Title, Caption: best.Caption}
	if p.Title == p.Caption { // it stood in for a text of its own
		p.Title = ""
	}
	x.page.Pictures = append(x.page.Pictures, p)
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

// otherNames end links to what is neither page nor image.
func otherNames() []string {
	return strings.Fields(`.pdf .zip .gz .tar .rar .7z .xz .bz2 .exe .msi .dmg .deb .rpm .iso .apk .mp3 .ogg .wav .flac .m4a .mp4 .webm .avi .mov .mkv .mpg
		.css .js .mjs .json .xml .rss .atom .txt .csv .ics .vcf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .epub .svg .ico .woff .woff2 .ttf .eot .wasm .swf`)
}
