package faces

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/ui/kit"
)

// HostOf is the site of a find: of its page, else of its image; "" for a local file.
func HostOf(s engine.Provenance) string {
	for _, address := range []string{s.PageURL, s.URL} {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			return strings.ToLower(u.Hostname())
		}
	}
	return ""
}

// Origin is what a card says about where a face was found: the site, else the file's name; in a video with the time.
func Origin(s engine.Provenance) string {
	origin := filepath.Base(s.File)
	if h := HostOf(s); h != "" {
		origin = strings.TrimPrefix(h, "www.")
	}
	if s.Video != "" {
		origin += " · " + engine.Clock(s.FrameMS)
	}
	return origin
}

// Title is the page's title, else the image's, else "".
func Title(s engine.Provenance) string {
	if s.PageTitle != "" {
		return s.PageTitle
	}
	return s.ImageTitle
}

// When is the date a card shows and whether it is the day the photo was taken (else when it was collected).
func When(m engine.Match) (at time.Time, taken bool) {
	if !m.Source.CapturedAt.IsZero() {
		return m.Source.CapturedAt, true
	}
	return m.CollectedAt, false
}

// WhenWords is the card's date with the word that says which date it is.
func WhenWords(m engine.Match) string {
	at, taken := When(m)
	switch {
	case at.IsZero():
		return kit.T("no date")
	case taken:
		return kit.T("taken {{.V}}", kit.Field(kit.Date(at)))
	}
	return kit.T("collected {{.V}}", kit.Field(kit.Date(at)))
}

// PlaceWords writes a place as people paste it into a map.
func PlaceWords(p *engine.Place) string {
	if p == nil || !p.Valid() {
		return ""
	}
	return fmt.Sprintf("%.5f, %.5f", p.Lat, p.Lon)
}

// ParseArea reads a place as PlaceWords writes it and a distance in kilometres; nil where both are empty. ok: they can be read.
func ParseArea(place, km string) (area *engine.Area, ok bool) {
	place, km = strings.TrimSpace(place), strings.TrimSpace(km)
	if place == "" && km == "" {
		return nil, true
	}
	lat, lon, _ := strings.Cut(place, ",")
	a, ok := engine.ParseArea(lat, lon, strings.ReplaceAll(km, ",", "."))
	return &a, ok
}

// ParseDay reads a day, year-month-day, in UTC as the dates of photos are kept; zero where it is empty. ok: it can be read.
func ParseDay(s string) (day time.Time, ok bool) {
	if s = strings.TrimSpace(s); s == "" {
		return day, true
	}
	day, err := time.Parse(time.DateOnly, s)
	return day, err == nil
}
