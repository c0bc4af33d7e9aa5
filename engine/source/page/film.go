package page

import "strings"

// film notes a reference to a video.
func (x *extractor) film(at map[string]string) {
	raw := strings.TrimSpace(at["src"])
	if raw != "" && !isData(raw) && !strings.HasPrefix(strings.ToLower(raw), "blob:") && len(x.page.Films) < maxRefs {
		x.page.Films = append(x.page.Films, Ref{Raw: raw, Title: Line(at["title"], at["aria-label"])})
	}
}
