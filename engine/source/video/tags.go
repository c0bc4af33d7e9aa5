package video

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gabarit/engine"
)

// Info is what ffprobe tells of a video.
type Info struct {
	Width, Height int           // pixels of the pictures as they are stored
	Length        time.Duration // as the file claims it; 0: unknown
	Title, Author string
	Taken         time.Time
	Place         *engine.Place
}

// report is ffprobe's answer, as far as it is used.
type report struct {
	Streams []stream `json:"streams"`
	Format  struct {
		Duration string            `json:"duration"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

type stream struct {
	Type        string `json:"codec_type"`
	Codec       string `json:"codec_name"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Disposition struct {
		Picture int `json:"attached_pic"`
	} `json:"disposition"`
	Tags map[string]string `json:"tags"`
}

// ParseInfo reads what ffprobe writes (-print_format json -show_format -show_streams). CodeCorrupt: it is not that. CodeUnsupported: the
// file has no moving picture, or one of a coding that is not known. CodeLimit: the picture is too large.
func ParseInfo(answer []byte) (Info, error) {
	const op = "video.Probe"
	var r report
	if err := json.Unmarshal(answer, &r); err != nil {
		return Info{}, engine.E(engine.CodeCorrupt, op, msgDamaged, err)
	}
	var info Info
	i := slices.IndexFunc(r.Streams, func(s stream) bool { return s.Type == "video" && s.Disposition.Picture == 0 })
	if i < 0 {
		return Info{}, engine.E(engine.CodeUnsupported, op, "the file has no moving picture", nil)
	}
	s := r.Streams[i]
	switch {
	case s.Codec == "" || s.Codec == "unknown":
		return Info{}, engine.E(engine.CodeUnsupported, op, "the pictures of the video are coded in a way that ffmpeg does not know", nil)
	case s.Width > maxEdge || s.Height > maxEdge || s.Width*s.Height > maxPixels:
		return Info{}, engine.E(engine.CodeLimit, op, "the pictures of the video are larger than the limit", fmt.Errorf("%d x %d", s.Width, s.Height))
	case s.Width <= 0 || s.Height <= 0:
		return Info{}, engine.E(engine.CodeCorrupt, op, msgDamaged, errors.New("no size"))
	}
	info.Width, info.Height = s.Width, s.Height
	if s, err := strconv.ParseFloat(r.Format.Duration, 64); err == nil && s > 0 && s < 1e9 {
		info.Length = time.Duration(s * float64(time.Second))
	}
	info.read(tags{r.Format.Tags, s.Tags})
	return info, nil
}

// tags are those of the file and those of the stream.
type tags []map[string]string

// first gives the first value with one of some names, those of the file first, that is taken.
func (t tags) first(take func(string) bool, names ...string) {
	for _, name := range names {
		for _, all := range t {
			for _, k := range slices.Sorted(maps.Keys(all)) {
				if strings.EqualFold(k, name) && take(all[k]) {
					return
				}
			}
		}
	}
}

// read takes what the tags tell.
func (i *Info) read(t tags) {
	t.first(func(s string) bool { i.Title = line(s); return i.Title != "" }, "title", "com.apple.quicktime.title")
	t.first(func(s string) bool { i.Author = line(s); return i.Author != "" }, "artist", "author", "com.apple.quicktime.author")
	t.first(func(s string) (ok bool) { i.Taken, ok = ParseDate(s); return ok }, "com.apple.quicktime.creationdate", "date_recorded", "creation_time")
	t.first(func(s string) bool {
		p, ok := ParsePlace(s)
		if ok {
			i.Place = &p
		}
		return ok
	}, "com.apple.quicktime.location.iso6709", "location", "location-eng")
}

// maxLine bounds a text, in characters.
const maxLine = 2_000

// line makes one line of proper text.
func line(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if r := []rune(s); len(r) > maxLine {
		s = string(r[:maxLine])
	}
	return s
}

// ParseDate reads the dates of containers. Those of no year that photos have are none: 1904 and 1970 are what programs write that know no date.
func ParseDate(s string) (time.Time, bool) {
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05-0700", "2006-01-02 15:04:05", "2006-01-02"} {
		at, err := time.Parse(layout, strings.TrimSpace(s))
		if err != nil {
			continue
		}
		at = at.UTC()
		if at.Year() <= 1904 || at.Unix() == 0 {
			return time.Time{}, false
		}
		if _, ok := engine.ParseTaken(at.Format(time.RFC3339)); !ok {
			return time.Time{}, false
		}
		return at, true
	}
	return time.Time{}, false
}

// iso6709 is latitude and longitude of ISO 6709, annex H: degrees, degrees and minutes, or degrees, minutes and seconds, with their sign and
// a fraction; a height and a reference system may follow.
const iso6709 = `^([+-])(\d{2}|\d{4}|\d{6})(\.\d{1,12})?([+-])(\d{3}|\d{5}|\d{7})(\.\d{1,12})?(?:[+-]\d{1,9}(?:\.\d{1,12})?)?(?:CRS[^/]{0,40})?/?$`

// ParsePlace reads a place as cameras write it: "+48.8566+002.3522+035.000/". ok is false for what is none, and for 0, 0, which programs write that
// know no place.
func ParsePlace(s string) (p engine.Place, ok bool) {
	if len(s) > 100 {
		return p, false
	}
	m := regexp.MustCompile(iso6709).FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return p, false
	}
	lat, okLat := degrees(m[1], m[2], m[3], 2)
	lon, okLon := degrees(m[4], m[5], m[6], 3)
	p = engine.Place{Lat: lat, Lon: lon}
	if !okLat || !okLon || !p.Valid() || p == (engine.Place{}) {
		return engine.Place{}, false
	}
	return p, true
}

// degrees reads one angle whose degrees have that many digits.
func degrees(sign, digits, fraction string, width int) (float64, bool) {
	var sum, unit float64 = 0, 1
	for digits != "" {
		n := min(width, len(digits))
		part := digits[:n]
		digits, width = digits[n:], 2
		if digits == "" {
			part += fraction
		}
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || unit < 1 && v >= 60 {
			return 0, false
		}
		sum += v * unit
		unit /= 60
	}
	if sign == "-" && sum != 0 {
		sum = -sum
	}
	return sum, !math.IsNaN(sum)
}
