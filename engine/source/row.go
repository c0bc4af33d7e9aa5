package source

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gabarit/engine"
)

// columns are the cells of one row, in the order of columnNames.
type columns [8]string

func (c columns) empty() bool { return c == columns{} }

// trimmed takes the spaces around every cell away.
func (c columns) trimmed() columns {
	for i := range c {
		c[i] = strings.TrimSpace(c[i])
	}
	return c
}

// version is a hash of everything but the path, "" if there is nothing else.
func (c columns) version() string {
	c[0] = ""
	if c.empty() {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(c[:], "\x00")))
	return ":" + hex.EncodeToString(sum[:8])
}

// provenance checks a row and gives what it says, with the path as it is written.
func (c columns) provenance() (engine.Provenance, error) {
	var p engine.Provenance
	errs := make([]error, len(c))
	p.File, errs[0] = path(c[0])
	p.URL, errs[1] = webURL(c[1])
	p.PageURL, errs[2] = webURL(c[2])
	p.PageTitle, errs[3] = title(c[3])
	p.ImageTitle, errs[4] = title(c[4])
	p.CapturedAt, errs[5] = date(c[5])
	p.Place, errs[6] = place(c[6], c[7])
	for _, err := range errs {
		if err != nil {
			return engine.Provenance{}, err
		}
	}
	return p, nil
}

func invalid(msg string, cause error) error {
	return engine.E(engine.CodeInvalid, "source.Manifest", msg, cause)
}

func path(s string) (string, error) {
	switch {
	case s == "":
		return "", invalid("the row names no file", nil)
	case len(s) > maxAddress:
		return "", engine.E(engine.CodeLimit, "source.Manifest", "the row's path is longer than the limit", nil)
	case strings.ContainsFunc(s, unicode.IsControl):
		return "", invalid("the row's path holds control characters", nil)
	case !filepath.IsAbs(s) && !filepath.IsLocal(s):
		return "", invalid("a relative path must stay inside the manifest's folder", errors.New(s))
	}
	return filepath.Clean(s), nil
}

// webURL takes addresses that may be shown, opened in a browser and quoted in a letter.
func webURL(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if len(s) > maxAddress {
		return "", engine.E(engine.CodeLimit, "source.Manifest", "the row's web address is longer than the limit", nil)
	}
	const bad = "the row's web address is not one of http or https"
	if strings.ContainsFunc(s, unicode.IsControl) {
		return "", invalid(bad, errors.New("it holds control characters"))
	}
	s = strings.ReplaceAll(s, " ", "%20")
	u, err := url.Parse(s)
	if err != nil {
		return "", invalid(bad, errors.New("it can't be parsed"))
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return "", invalid(bad, errors.New(u.Scheme))
	}
	if u.User != nil {
		return "", invalid("the row's web address holds a user name", nil)
	}
	return s, nil
}

// title puts a text on one line.
func title(s string) (string, error) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if utf8.RuneCountInString(s) > maxTitle {
		return "", engine.E(engine.CodeLimit, "source.Manifest", "a title of the row is longer than the limit", nil)
	}
	return s, nil
}

// date reads captured_at. A time without a zone is taken as UTC.
func date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, ok := engine.ParseTaken(s); ok {
		return t, nil
	}
	return time.Time{}, invalid("the row's date is not written like 2024-05-31 or 2024-05-31T14:05:00Z", nil)
}

// place reads lat and lon; a decimal comma is taken for a point, as spreadsheets write it in half of Europe.
func place(lat, lon string) (*engine.Place, error) {
	if lat == "" && lon == "" {
		return nil, nil
	}
	x, errLat := degrees(lat)
	y, errLon := degrees(lon)
	p := engine.Place{Lat: x, Lon: y}
	if errLat != nil || errLon != nil || !p.Valid() {
		return nil, invalid("the row's lat and lon are not a place in degrees", nil)
	}
	return &p, nil
}

func degrees(s string) (float64, error) {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	return strconv.ParseFloat(s, 64)
}
