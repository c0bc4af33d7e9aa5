package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"gabarit/engine"
	"gabarit/engine/source/page"
)

// text is a value that programs write as text, as a number, or as an object or list of which the first name counts. Anything else is "".
type text string

// UnmarshalJSON never fails, so that one odd value does not lose the others.
func (t *text) UnmarshalJSON(raw []byte) error {
	*t = ""
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
	case raw[0] == '{':
		var o struct{ Name, Nick, Username json.RawMessage }
		if json.Unmarshal(raw, &o) == nil {
			for _, v := range [...]json.RawMessage{o.Name, o.Nick, o.Username} {
				if s, ok := scalar(v); ok && *t == "" {
					*t = text(s)
				}
			}
		}
	case raw[0] == '[':
		var first json.RawMessage // and only that: a list may be very long
		d := json.NewDecoder(bytes.NewReader(raw[1:]))
		if d.More() && d.Decode(&first) == nil {
			if s, ok := scalar(first); ok {
				*t = text(s)
			}
		}
	default:
		s, _ := scalar(raw)
		*t = text(s)
	}
	return nil
}

// export holds the values of the three programs whose files are known.
type export struct {
	// yt-dlp's info.json
	Extractor    text `json:"extractor"`
	ExtractorKey text `json:"extractor_key"`
	WebpageURL   text `json:"webpage_url"`
	Thumbnail    text `json:"thumbnail"`
	Timestamp    text `json:"timestamp"`
	UploadDate   text `json:"upload_date"`
	Uploader     text `json:"uploader"`
	Channel      text `json:"channel"`
	Epoch        text `json:"epoch"`
	// gallery-dl
	Category    text `json:"category"`
	Subcategory text `json:"subcategory"`
	Extension   text `json:"extension"`
	Date        text `json:"date"`
	PostURL     text `json:"post_url"`
	PageURL     text `json:"page_url"`
	FileURL     text `json:"file_url"`
	ImageURL    text `json:"image_url"`
	DisplayURL  text `json:"display_url"`
	Caption     text `json:"caption"`
	Content     text `json:"content"`
	Author      text `json:"author"`
	Username    text `json:"username"`
	User        text `json:"user"`
	Owner       text `json:"owner"`
	// Google Takeout
	Taken struct {
		Timestamp text `json:"timestamp"`
	} `json:"photoTakenTime"`
	Geo     exportPlace `json:"geoData"`
	GeoEXIF exportPlace `json:"geoDataExif"`
	// several
	URL         text `json:"url"`
	Title       text `json:"title"`
	Description text `json:"description"`
}

type exportPlace struct {
	Lat text `json:"latitude"`
	Lon text `json:"longitude"`
}

// parseExport reads the JSON that gallery-dl, yt-dlp and Google Takeout write beside what they export: a video, or a picture.
func parseExport(data []byte, film bool) (engine.Provenance, error) {
	var none engine.Provenance
	var e export
	var mistyped *json.UnmarshalTypeError // the other values were read
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte(byteOrderMark)), &e); err != nil && !errors.As(err, &mistyped) {
		return none, err
	}
	switch {
	case e.Taken.Timestamp != "":
		return e.takeout(), nil
	case e.WebpageURL != "" && (e.Extractor != "" || e.ExtractorKey != ""):
		p := e.video()
		if film {
			p.URL = "" // that of the picture that stands for it
		}
		return p, nil
	case e.Category != "" && (e.Subcategory != "" || e.Extension != ""):
		return e.gallery(), nil
	}
	return none, errors.New("not of gallery-dl, yt-dlp or Google Takeout")
}

func (e *export) takeout() engine.Provenance {
	p := engine.Provenance{PageURL: page.Address(string(e.URL)), ImageTitle: oneLine(e.Description), CapturedAt: unix(e.Taken.Timestamp)}
	for _, g := range [...]exportPlace{e.Geo, e.GeoEXIF} {
		if p.Place == nil {
			p.Place = g.place()
		}
	}
	return p
}

// place gives nil where there is none; Takeout writes 0, 0 for that.
func (g exportPlace) place() *engine.Place {
	p, err := place(string(g.Lat), string(g.Lon))
	if err != nil || p == nil || (p.Lat == 0 && p.Lon == 0) {
		return nil
	}
	return p
}

// video: the picture beside is the one that stands for the video.
func (e *export) video() engine.Provenance {
	p := engine.Provenance{URL: page.Address(string(e.Thumbnail)), PageURL: page.Address(string(e.WebpageURL)), PageTitle: oneLine(e.Title),
		Author: oneLine(e.Uploader, e.Channel), PublishedAt: unix(e.Timestamp), ArchivedAt: unix(e.Epoch)}
	if p.PublishedAt.IsZero() {
		p.PublishedAt, _ = page.ParseDate(string(e.UploadDate))
	}
	return p
}

func (e *export) gallery() engine.Provenance {
	p := engine.Provenance{URL: address(e.FileURL, e.ImageURL, e.DisplayURL, e.URL), PageURL: address(e.PostURL, e.PageURL, e.WebpageURL),
		PageTitle: oneLine(e.Title), ImageTitle: oneLine(e.Caption, e.Description, e.Content), Author: oneLine(e.Author, e.Username, e.User, e.Owner)}
	p.PublishedAt, _ = page.ParseDate(string(e.Date))
	return p
}

func address(all ...text) string {
	for _, t := range all {
		if a := page.Address(string(t)); a != "" {
			return a
		}
	}
	return ""
}

func oneLine(all ...text) string {
	for _, t := range all {
		if s := page.Line(string(t)); s != "" {
			return s
		}
	}
	return ""
}

// unix reads seconds since 1970; zero for what is none, or not of a year that photos have.
func unix(t text) time.Time {
	s, err := strconv.ParseFloat(string(t), 64)
	if err != nil || math.IsNaN(s) || math.Abs(s) > 1e11 || s == 0 {
		return time.Time{}
	}
	at := time.Unix(int64(s), 0).UTC()
	if _, ok := engine.ParseTaken(at.Format(time.RFC3339)); !ok {
		return time.Time{}
	}
	return at
}
