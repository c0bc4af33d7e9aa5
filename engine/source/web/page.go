package web

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"gabarit/engine/source/web/rules"
)

// Limits of what is taken from a page.
const (
	maxLinks      = 2000
	maxPictures   = 2000
	maxText       = 2000 // characters of a title
	maxInline     = 4096 // bytes of a data: URL above which it is worth a word
	smallestShown = 32   // pixels: images said to be at most that wide or high are ornaments
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

// Extract reads the HTML of a page whose address is base. It is the one place that looks into HTML. now decides dates of
// unavailable_after.
func Extract(doc *goquery.Selection, base *url.URL, now time.Time) Page {
	x := &extract{base: base, seen: map[string]bool{}}
	if href, ok := doc.Find("base[href]").First().Attr("href"); ok {
		if u, err := base.Parse(strings.TrimSpace(href)); err == nil {
			x.base = u
		}
	}
	x.page.Title = oneLine(doc.Find("head title").First().Text())
	if x.page.Title == "" {
		x.page.Title = oneLine(doc.Find(`meta[property="og:title"]`).First().AttrOr("content", ""))
	}
	doc.Find("meta").Each(func(_ int, s *goquery.Selection) { x.meta(s, now) })
	x.images(doc)
	doc.Find("noscript").Each(func(_ int, s *goquery.Selection) { // its content is text to a parser that runs scripts
		if inner, err := goquery.NewDocumentFromReader(strings.NewReader(s.Text())); err == nil {
			x.images(inner.Selection)
		}
	})
	doc.Find("meta").Each(func(_ int, s *goquery.Selection) { // after the images, which have texts
		if slices.Contains(strings.Fields("og:image og:image:secure_url og:image:url twitter:image twitter:image:src"), metaName(s)) {
			x.picture(s.AttrOr("content", ""), Picture{})
		}
	})
	if !x.page.said.NoFollow {
		doc.Find("a[href], area[href], link[rel=next][href], iframe[src]").Each(func(_ int, s *goquery.Selection) { x.link(s) })
	}
	return x.page
}

type extract struct {
	page Page
	base *url.URL
	seen map[string]bool
}

func metaName(s *goquery.Selection) string {
	return strings.ToLower(strings.TrimSpace(s.AttrOr("name", s.AttrOr("property", ""))))
}

// meta reads what the page says of its use.
func (x *extract) meta(s *goquery.Selection, now time.Time) {
	content := s.AttrOr("content", "")
	switch metaName(s) {
	case "robots", rules.Product:
		x.page.said.Add(rules.MetaDirectives(content, now))
	case "tdm-reservation":
		x.page.said.Reserved = x.page.said.Reserved || rules.IsReserved(content)
	case "tdm-policy":
		x.page.said.Policy = rules.Clip(content, rules.MaxURL)
	}
}

// images adds what img and picture elements show.
func (x *extract) images(doc *goquery.Selection) {
	doc.Find("img, input[type=image], video[poster], picture > source, amp-img").Each(func(_ int, s *goquery.Selection) {
		if goquery.NodeName(s) == "source" && s.Parent().Find("img").Length() > 0 {
			return // with its img
		}
		if isOrnament(s) {
			return
		}
		p := Picture{Title: oneLine(s.AttrOr("alt", ""))}
		if p.Title == "" {
			p.Title = oneLine(s.AttrOr("title", ""))
		}
		p.Caption = oneLine(s.Closest("figure").Find("figcaption").First().Text())
		x.picture(largest(s), p)
	})
}

// isOrnament tells small images by what they say of their size.
func isOrnament(s *goquery.Selection) bool {
	for _, side := range []string{"width", "height"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(s.AttrOr(side, "")), "px")); err == nil && n <= smallestShown {
			return true
		}
	}
	return false
}

// largest gives the address of the largest version of an image, "" if it has none.
func largest(s *goquery.Selection) string {
	best, size := "", 0.0
	take := func(set string) {
		for _, c := range candidates(set) {
			if c.size > size {
				best, size = c.url, c.size
			}
		}
	}
	all := s
	if parent := s.Parent(); goquery.NodeName(parent) == "picture" {
		all = all.AddSelection(parent.Find("source"))
	}
	all.Each(func(_ int, s *goquery.Selection) {
		for _, a := range []string{"srcset", "data-srcset", "data-lazy-srcset"} {
			take(s.AttrOr(a, ""))
		}
	})
	if best != "" {
		return best
	}
	for _, a := range []string{"data-original", "data-src", "data-lazy-src", "data-lazy", "data-url", "src", "poster"} {
		if v := strings.TrimSpace(s.AttrOr(a, "")); v != "" {
			return v
		}
	}
	return ""
}

type candidate struct {
	url  string
	size float64
}

// candidates reads a srcset: addresses, each with a width ("800w") or a density ("2x", 1 if missing). Addresses may hold commas, so it
// is cut at white space, and at commas that end an address.
func candidates(set string) []candidate {
	var out []candidate
	for rest := strings.TrimLeft(set, " \t\n\f\r,"); rest != ""; rest = strings.TrimLeft(rest, " \t\n\f\r,") {
		end := strings.IndexAny(rest, " \t\n\f\r")
		if end < 0 {
			end = len(rest)
		}
		addr := rest[:end]
		rest = rest[end:]
		c := candidate{url: strings.TrimRight(addr, ","), size: 1}
		if !strings.HasSuffix(addr, ",") {
			var word string
			word, rest, _ = strings.Cut(rest, ",")
			word = strings.TrimSpace(word)
			if n, err := strconv.ParseFloat(strings.TrimRight(word, "wx"), 64); err == nil && n > 0 {
				c.size = n
			}
		}
		out = append(out, c)
	}
	return out
}

// picture adds an image by the address it has in the page.
func (x *extract) picture(raw string, p Picture) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return
	}
	if len(raw) >= 5 && strings.EqualFold(raw[:5], "data:") {
		if len(raw) > maxInline {
			x.page.Inline++
		}
		return
	}
	u := x.resolve(raw)
	if u == nil || strings.EqualFold(path.Ext(u.Path), ".svg") {
		return
	}
	p.URL = u.String()
	if x.seen["i"+p.URL] {
		return
	}
	x.seen["i"+p.URL] = true
	if len(x.page.Pictures) >= maxPictures {
		x.page.More++
		return
	}
	x.page.Pictures = append(x.page.Pictures, p)
}

// link adds a page or an image that is linked to.
func (x *extract) link(s *goquery.Selection) {
	rel := strings.Fields(strings.ToLower(s.AttrOr("rel", "")))
	if slices.Contains(rel, "nofollow") || slices.Contains(rel, "ugc") {
		return
	}
	u := x.resolve(strings.TrimSpace(s.AttrOr("href", s.AttrOr("src", ""))))
	if u == nil {
		return
	}
	ext := strings.ToLower(path.Ext(u.Path))
	switch {
	case slices.Contains(imageNames(), ext):
		x.picture(u.String(), Picture{Title: oneLine(s.AttrOr("title", s.Find("img").First().AttrOr("alt", ""))),
			Caption: oneLine(s.Closest("figure").Find("figcaption").First().Text())})
		return
	case ext != "" && !slices.Contains(pageNames(), ext) && slices.Contains(otherNames(), ext):
		return
	}
	if x.seen["p"+u.String()] {
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
func (x *extract) resolve(raw string) *url.URL {
	if raw == "" || strings.HasPrefix(raw, "#") {
		return nil
	}
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

func imageNames() []string {
	return strings.Fields(".jpg .jpeg .jpe .jfif .png .webp .gif .avif .heic .heif .bmp .tif .tiff")
}

func pageNames() []string { return strings.Fields(".html .htm .xhtml .php .asp .aspx .jsp") }

// otherNames end links to what is neither page nor image.
func otherNames() []string {
	return strings.Fields(`.pdf .zip .gz .tar .rar .7z .xz .bz2 .exe .msi .dmg .deb .rpm .iso .apk .mp3 .ogg .wav .flac .m4a .mp4 .webm .avi .mov .mkv .mpg
		.css .js .mjs .json .xml .rss .atom .txt .csv .ics .vcf .doc .docx .xls .xlsx .ppt .pptx .odt .ods .odp .epub .svg .ico .woff .woff2 .ttf .eot .wasm .swf`)
}

// oneLine puts a text on one line, within the limit of a title.
func oneLine(s string) string {
	if len(s) > 8*maxText {
		s = rules.Clip(s, 8*maxText)
	}
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > maxText {
		s = string(r[:maxText-1]) + "…"
	}
	return s
}
