package page

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"gabarit/engine"
)

// meta gathers what a page says of itself: title, meta tags (HTML, Open Graph, Dublin Core), linked data (JSON-LD of schema.org).
type meta struct {
	title     strings.Builder
	linked    strings.Builder
	ogTitle   string
	saved     string // address, noted by who saved the page
	savedAt   time.Time
	canonical string
	ogURL     string
	published time.Time
	author    string
	og        []Ref // images of Open Graph
}

func (m *meta) pageTitle() string { return Line(m.title.String(), m.ogTitle) }

// address is where the page came from, as far as it tells.
func (m *meta) address() string {
	for _, s := range [...]string{m.saved, m.canonical, m.ogURL} {
		if a := Address(s); a != "" {
			return a
		}
	}
	return ""
}

// comment reads the notes of browsers: "saved from url=(0023)https://example.org/" (Internet Explorer, Chrome) and
// SingleFile's "url: https://example.org/" and "saved date: ..." on lines of their own.
func (m *meta) comment(text string) {
	if m.saved != "" || len(text) > maxText {
		return
	}
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "saved from url=("); ok {
		if _, address, ok := strings.Cut(rest, ")"); ok {
			m.saved = strings.TrimSpace(address)
		}
		return
	}
	if !strings.HasPrefix(text, "Page saved with SingleFile") {
		return
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if address, ok := strings.CutPrefix(line, "url:"); ok && m.saved == "" {
			m.saved = strings.TrimSpace(address)
		}
		if date, ok := strings.CutPrefix(line, "saved date:"); ok {
			date, _, _ = strings.Cut(date, " (") // the zone's name
			if t, err := time.Parse("Mon Jan 2 2006 15:04:05 GMT-0700", strings.TrimSpace(date)); err == nil && t.Year() > 1990 && t.Year() < 2200 {
				m.savedAt = t.UTC()
			}
		}
	}
}

// metaName is the name of a meta element, in lower case.
func metaName(at map[string]string) string {
	return strings.ToLower(strings.TrimSpace(cmp.Or(at["property"], at["name"], at["itemprop"])))
}

// tag reads a meta element. Refreshes are not followed: what they lead to is another page.
func (m *meta) tag(at map[string]string) {
	content := at["content"]
	switch metaName(at) {
	case "og:title", "twitter:title":
		first(&m.ogTitle, content)
	case "og:url":
		first(&m.ogURL, content)
	case "og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image", "thumbnailurl":
		if len(m.og) < maxCandidates {
			m.og = append(m.og, Ref{Raw: content})
		}
	case "og:image:alt", "twitter:image:alt":
		if n := len(m.og); n > 0 {
			first(&m.og[n-1].Title, Line(content))
		}
	case "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "dcterms.issued", "dcterms.created", "parsely-pub-date":
		m.date(content)
	case "author", "article:author", "dc.creator", "dcterms.creator":
		first(&m.author, content)
	}
}

// images adds the images of Open Graph: they show what the page is about.
func (m *meta) images(add func(raw, title string, main bool) bool) {
	for _, r := range m.og {
		add(r.Raw, r.Title, false)
	}
}

func first(into *string, s string) {
	if *into == "" {
		*into = strings.TrimSpace(s)
	}
}

// date keeps the first date that can be read.
func (m *meta) date(s string) {
	if !m.published.IsZero() {
		return
	}
	if t, ok := ParseDate(s); ok {
		m.published = t
	}
}

// ParseDate reads when something was published, as pages, sidecar files and web servers write it. A date without a zone is UTC.
func ParseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return time.Time{}, false
	}
	if t, ok := engine.ParseTaken(zone().ReplaceAllString(s, "$1:$2")); ok {
		return t, true
	}
	for _, layout := range [...]string{time.RFC1123, time.RFC1123Z, "2006-01-02T15:04:05.999999999Z0700", "20060102"} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// zone is an offset without its colon, as PHP and Python write it.
func zone() *regexp.Regexp { return regexp.MustCompile(`([+-]\d\d)(\d\d)$`) }

// linkedData reads a block of JSON-LD; one that is no JSON says nothing.
func (m *meta) linkedData(text string, add func(raw, title string, main bool) bool) {
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		m.node(v, add, 0)
	}
}

// node reads an object of schema.org's words and those inside of it.
func (m *meta) node(v any, add func(raw, title string, main bool) bool, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			m.node(e, add, depth+1)
		}
	case map[string]any:
		if s, ok := v["datePublished"].(string); ok {
			m.date(s)
		}
		first(&m.author, authorOf(v["author"], 0))
		if s, ok := v["headline"].(string); ok {
			first(&m.ogTitle, s)
		}
		for _, key := range [...]string{"image", "thumbnailUrl"} {
			imageOf(v[key], add, depth)
		}
		for _, key := range [...]string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart"} {
			m.node(v[key], add, depth+1)
		}
	}
}

func authorOf(v any, depth int) string {
	switch v := v.(type) {
	case string:
		if u, err := url.Parse(v); err == nil && u.Scheme != "" {
			return ""
		}
		return v
	case map[string]any:
		s, _ := v["name"].(string)
		return s
	case []any:
		if len(v) > 0 && depth < maxNesting {
			return authorOf(v[0], depth+1)
		}
	}
	return ""
}

// imageOf adds the images of a property: an address, an ImageObject, or a list of them.
func imageOf(v any, add func(raw, title string, main bool) bool, depth int) {
	if depth > maxNesting {
		return
	}
	switch v := v.(type) {
	case string:
		add(v, "", false)
	case []any:
		for _, e := range v {
			imageOf(e, add, depth+1)
		}
	case map[string]any:
		var title string
		for _, key := range [...]string{"caption", "description", "name"} {
			if s, ok := v[key].(string); ok && title == "" {
				title = Line(s)
			}
		}
		for _, key := range [...]string{"contentUrl", "url"} {
			if s, ok := v[key].(string); ok {
				add(s, title, false)
			}
		}
	}
}
