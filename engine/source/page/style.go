package page

import "strings"

// maxVariables is how many images a page may name in its style sheets.
const maxVariables = 5_000

// styles are what a page's own style sheets hold. SingleFile puts an image that a page shows more than once there, as the value of a variable, and
// refers to it by style="background-image: var(--sf-img-1)".
type styles struct {
	named map[string]int    // reference by the name of a variable
	used  map[string]string // title by the name of a variable: of the first element that has one
}

// sheet takes the images that stand in a style sheet of the page itself. Addresses of others are ornaments of the site, and are left.
func (x *extractor) sheet(text string) {
	for text != "" {
		before, ref, rest, ok := nextURL(text)
		if !ok {
			return
		}
		text = rest
		if !isData(ref) || len(ref) < MinInline || !x.add(ref, "", false) {
			continue
		}
		if name := variable(before); name != "" && len(x.styles.named) < maxVariables {
			if x.styles.named == nil {
				x.styles.named = map[string]int{}
			}
			x.styles.named[name] = len(x.page.Refs) - 1
		}
	}
}

// nextURL finds the next url(...) of CSS.
func nextURL(css string) (before, ref, rest string, ok bool) {
	before, rest, ok = strings.Cut(css, "url(")
	if !ok {
		return before, "", "", false
	}
	rest = strings.TrimLeft(rest, " \t\r\n\f")
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		quote := rest[:1]
		ref, rest, ok = strings.Cut(rest[1:], quote)
		return before, ref, rest, ok
	}
	ref, rest, ok = strings.Cut(rest, ")")
	return before, strings.TrimSpace(ref), rest, ok
}

// variable gives the name of the variable whose value begins behind css, "" if none does.
func variable(css string) string {
	css = strings.TrimRight(css, " \t\r\n\f")
	css, ok := strings.CutSuffix(css, ":")
	if !ok {
		return ""
	}
	i := strings.LastIndexAny(css, "{};, \t\r\n\f")
	name := strings.TrimSpace(css[i+1:])
	if !strings.HasPrefix(name, "--") || len(name) > maxName {
		return ""
	}
	return name
}

// maxName is the longest name of a variable, in bytes.
const maxName = 100

// uses notes which variables an element shows, and under which title.
func (x *extractor) uses(style, title string) {
	for title != "" && len(x.styles.used) < maxVariables {
		_, rest, ok := strings.Cut(style, "var(")
		if !ok {
			return
		}
		style = rest
		end := strings.IndexAny(style, "),")
		if end < 0 || end > maxName {
			continue
		}
		name := strings.TrimSpace(style[:end])
		if _, again := x.styles.used[name]; again {
			continue
		}
		if x.styles.used == nil {
			x.styles.used = map[string]string{}
		}
		x.styles.used[name] = title
	}
}

// entitle gives the images of style sheets the titles of the elements that show them.
func (x *extractor) entitle() {
	for name, i := range x.styles.named {
		x.name(i, i+1, x.styles.used[name])
	}
}

// inner reads the page that stands in an attribute of a frame: what it shows is shown by the page around it. What it says of itself is not taken.
func (x *extractor) inner(text string) {
	if text == "" {
		return
	}
	if x.depth >= maxInner {
		x.page.Cut = true
		return
	}
	in := &extractor{depth: x.depth + 1, page: Page{Meta: map[string][]string{}}}
	_ = in.read(strings.NewReader(text), 0) // ends with io.EOF
	for len(in.captions) > 0 {
		in.closeFigure()
	}
	in.entitle()
	x.page.Cut = x.page.Cut || in.page.Cut
	for _, r := range in.page.Refs {
		if len(x.page.Refs) == maxRefs {
			x.page.Cut = true
			return
		}
		if r.Picture > 0 {
			r.Picture += x.numbers
		}
		x.page.Refs = append(x.page.Refs, r)
	}
	x.numbers += in.numbers
	x.page.Films = append(x.page.Films, in.page.Films[:min(len(in.page.Films), maxRefs-len(x.page.Films))]...)
}

// maxInner is how many frames with pages of their own may stand inside one another.
const maxInner = 4
