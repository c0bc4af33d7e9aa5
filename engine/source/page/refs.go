package page

import (
	"slices"
	"strconv"
	"strings"
)

// wanted keeps the content of a meta element that was asked for.
func (x *extractor) wanted(at map[string]string) {
	for _, key := range [...]string{"name", "property", "itemprop"} {
		name := strings.ToLower(strings.TrimSpace(at[key]))
		switch {
		case !slices.Contains(x.metas, name):
		case len(x.page.Meta[name]) == maxMetas:
			x.page.Cut = true
		default:
			x.page.Meta[name] = append(x.page.Meta[name], at["content"])
		}
	}
}

// anchor notes a link; one to a picture is open until its end.
func (x *extractor) anchor(name string, at map[string]string) {
	href := at["href"]
	if name == "a" {
		x.links = x.links[:0] // links do not nest
	}
	if isData(href) || !namesImage(href) {
		x.link(href, at["rel"])
		return
	}
	if x.add(href, Line(at["title"]), false) {
		i := len(x.page.Refs) - 1
		x.page.Refs[i].Linked, x.page.Refs[i].Rel = true, strings.ToLower(at["rel"])
		if name == "a" {
			x.links = append(x.links, link{i})
		}
	}
}

// link notes a link to another page.
func (x *extractor) link(href, rel string) {
	href = strings.TrimSpace(href)
	switch {
	case href == "", href[0] == '#', len(href) > MaxAddress:
	case len(x.page.Links) == maxLinks:
		x.page.Cut = true
	default:
		x.page.Links = append(x.page.Links, Link{href, strings.ToLower(rel[:min(len(rel), maxText)])})
	}
}

func (x *extractor) linkTag(at map[string]string) {
	rel := strings.Fields(strings.ToLower(at["rel"]))
	if slices.Contains(rel, "next") {
		x.link(at["href"], at["rel"])
	}
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
	begin := first
	for _, key := range sources() {
		x.add(at[key], title, key == "src" && name == "img")
	}
	if name == "image" { // of a drawing
		x.add(at["href"], title, false)
		x.add(at["xlink:href"], title, false)
	}
	for _, key := range lists() {
		for _, c := range candidates(at[key]) {
			if x.add(c.ref, title, false) {
				x.page.Refs[len(x.page.Refs)-1].Size = c.size
			}
		}
	}
	number := 0
	if n := len(x.pictures); n > 0 {
		first, number = min(first, x.pictures[n-1].first), x.pictures[n-1].number
	} else if len(x.page.Refs) > begin {
		x.numbers++
		number = x.numbers
	}
	small := isSmall(at)
	for i := range x.page.Refs[begin:] {
		x.page.Refs[begin+i].Picture, x.page.Refs[begin+i].Small = number, small
	}
	if name == "img" || name == "amp-img" {
		for _, l := range x.links {
			x.name(l.ref, l.ref+1, title)
		}
		x.name(first, len(x.page.Refs), title)
	}
}

// isSmall tells dots and ornaments by what the page says of their size.
func isSmall(at map[string]string) bool {
	for _, side := range [...]string{"width", "height"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(at[side]), "px")); err == nil && n <= SmallestShown {
			return true
		}
	}
	return false
}

func (x *extractor) styled(at map[string]string) {
	style := at["style"]
	if strings.Contains(style, "url(") {
		for _, ref := range inStyle(style) {
			x.add(ref, Line(at["title"], at["aria-label"]), false)
		}
	}
	if strings.Contains(style, "var(") {
		x.uses(style, Line(at["alt"], at["title"], at["aria-label"]))
	}
}

// add notes a reference, and tells whether it did.
func (x *extractor) add(raw, title string, main bool) bool {
	if raw = strings.TrimSpace(raw); raw == "" || strings.HasPrefix(raw, "#") {
		return false
	}
	if len(x.page.Refs) == maxRefs {
		x.page.Cut = true
		return false
	}
	x.page.Refs = append(x.page.Refs, Ref{Raw: raw, Title: title, Main: main})
	return true
}

// name gives a title to references that have none.
func (x *extractor) name(from, to int, title string) {
	for i := from; i < to && i < len(x.page.Refs); i++ {
		if x.page.Refs[i].Title == "" {
			x.page.Refs[i].Title = title
		}
	}
}
