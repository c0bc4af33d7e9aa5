package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// sidecars tells which files of a folder describe which other ones of it.
type sidecars struct {
	of  map[string][]string // names of sidecar files by the file they describe, XMP first
	are map[string]bool     // the sidecar files
}

// newSidecars looks at names only: a.jpg is described by a.jpg.xmp, a.xmp, a.jpg.json (gallery-dl, older Takeout), a.json,
// a.info.json (yt-dlp) and a.jpg.supplemental-metadata.json (Takeout, which cuts that word where names get long, and writes
// a.jpg(1).json for a(1).jpg, and of longer names the first 46 characters).
func newSidecars(entries []fs.DirEntry) sidecars {
	s := sidecars{of: map[string][]string{}, are: map[string]bool{}}
	stems, names, long := map[string][]string{}, map[string]bool{}, map[string][]string{}
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && !hidden(name) && sidecarKind(name) == "" {
			names[name] = true
			stem := strings.TrimSuffix(name, filepath.Ext(name))
			stems[stem] = append(stems[stem], name)
			if r := []rune(name); len(r) > maxTakeout {
				long[string(r[:maxTakeout])] = append(long[string(r[:maxTakeout])], name)
			}
		}
	}
	for _, kind := range [...]string{".xmp", ".json"} {
		for _, e := range entries {
			if !e.Type().IsRegular() || hidden(e.Name()) || sidecarKind(e.Name()) != kind {
				continue
			}
			for _, owner := range owners(e.Name(), names, stems, long) {
				s.of[owner] = append(s.of[owner], e.Name())
				s.are[e.Name()] = true
			}
		}
	}
	return s
}

func sidecarKind(name string) string {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".xmp", ".json":
		return ext
	}
	return ""
}

// maxTakeout is how many characters of a photo's name Google Takeout keeps in that of the file beside it.
const maxTakeout = 46

// owners gives the files that a sidecar file describes. long has the files whose names are longer than maxTakeout, by what is kept of them.
func owners(name string, names map[string]bool, stems, long map[string][]string) []string {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	if names[base] {
		return []string{base}
	}
	if sidecarKind(name) == ".json" {
		base = strings.TrimSuffix(base, ".info")
		plain, number := numbered(base)
		if i := strings.LastIndexByte(plain, '.'); i > 0 && len(plain) > i+1 && strings.HasPrefix("supplemental-metadata", plain[i+1:]) {
			plain = plain[:i]
		}
		ext := filepath.Ext(plain)
		if photo := strings.TrimSuffix(plain, ext) + number + ext; names[photo] {
			return []string{photo}
		}
		if len(stems[base]) == 0 {
			for _, photo := range long[plain] {
				if _, n := numbered(strings.TrimSuffix(photo, filepath.Ext(photo))); n == number {
					return []string{photo}
				}
			}
		}
	}
	return stems[base]
}

// numbered takes the number of a repeated name off: "a.jpg(1)" is "a.jpg" and "(1)".
func numbered(s string) (plain, number string) {
	i := strings.LastIndexByte(s, '(')
	if i <= 0 || !strings.HasSuffix(s, ")") || strings.Trim(s[i+1:len(s)-1], "0123456789") != "" || len(s)-i < 3 {
		return s, ""
	}
	return s[:i], s[i:]
}

// describe completes a photo's item with what the files beside it tell; what can't be read of them is yielded as items of their own. It
// reports whether the walk goes on.
func (w *walk) describe(it *engine.Item, folder string, names []string) bool {
	for _, name := range names {
		p, err := w.sidecar(filepath.Join(folder, name), it.Film)
		if err != nil {
			if !w.fail(filepath.Join(folder, name), err) {
				return false
			}
			continue
		}
		fill(&it.Source, p)
	}
	if len(names) > 0 {
		it.Version = page.Version(it.Version, it.Source)
	}
	return true
}

// sidecar reads one sidecar file, of a video or of a photo.
func (w *walk) sidecar(name string, film bool) (engine.Provenance, error) {
	const op = "source.Sidecar"
	in, err := regular(func() (*os.File, error) { return w.root.OpenFile(name, readFlags, 0) })(w.ctx)
	if err != nil {
		return engine.Provenance{}, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxSidecar+1))
	if err != nil {
		return engine.Provenance{}, engine.E(engine.CodeUnavailable, op, "the file could not be read", err)
	}
	if len(text) > maxSidecar {
		return engine.Provenance{}, engine.E(engine.CodeLimit, op, "the file that describes a photo is larger than the limit", fmt.Errorf("limit %d bytes", maxSidecar))
	}
	p, err := parseSidecar(sidecarKind(name), text, film)
	if err != nil {
		return p, engine.E(engine.CodeUnsupported, op, "the file that describes a photo is damaged, or of no program that is known; the photo is read without it", err)
	}
	return p, nil
}

// ParseSidecar reads what a file beside a photo tells of it: kind is ".xmp" or ".json". Any error means that nothing of it is used.
func ParseSidecar(kind string, text []byte) (engine.Provenance, error) {
	return parseSidecar(kind, text, false)
}

func parseSidecar(kind string, text []byte, film bool) (engine.Provenance, error) {
	switch kind {
	case ".xmp":
		return parseXMP(text)
	case ".json":
		return parseExport(text, film)
	}
	return engine.Provenance{}, errors.New("unknown kind")
}

// fill takes from q what p does not tell.
func fill(p *engine.Provenance, q engine.Provenance) {
	for _, f := range [...]struct {
		into *string
		from string
	}{{&p.URL, q.URL}, {&p.PageURL, q.PageURL}, {&p.PageTitle, q.PageTitle}, {&p.ImageTitle, q.ImageTitle}, {&p.Author, q.Author}} {
		if *f.into == "" {
			*f.into = f.from
		}
	}
	if p.CapturedAt.IsZero() {
		p.CapturedAt = q.CapturedAt
	}
	if p.PublishedAt.IsZero() {
		p.PublishedAt = q.PublishedAt
	}
	if p.ArchivedAt.IsZero() {
		p.ArchivedAt = q.ArchivedAt
	}
	if p.Place == nil {
		p.Place = q.Place
	}
}
