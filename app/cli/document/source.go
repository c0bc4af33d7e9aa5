package document

import (
	"cmp"
	"encoding/hex"
	"time"

	"gabarit/engine"
)

// Match is a face of the index near a probe.
type Match struct {
	Face          string   `json:"face"`
	Photo         string   `json:"photo"`
	Collection    string   `json:"collection"`
	Distance      float64  `json:"distance"`
	Band          string   `json:"band"`
	Verdict       string   `json:"verdict,omitempty"` // what the user said of it
	ExpectedFalse float64  `json:"expected_false"`
	Box           Box      `json:"box"`
	Source        Source   `json:"source"`
	Also          []Source `json:"also,omitempty"` // the same bytes found elsewhere
}

// Source tells where a photo was found.
type Source struct {
	URL         string        `json:"url"`
	PageURL     string        `json:"page_url"`
	PageTitle   string        `json:"page_title"`
	ImageTitle  string        `json:"image_title"`
	Author      string        `json:"author"`
	File        string        `json:"file"`
	Part        string        `json:"part"` // inside of file: a path, a record, a number
	SHA256      string        `json:"sha256"`
	CapturedAt  string        `json:"captured_at"`
	PublishedAt string        `json:"published_at"`
	ArchivedAt  string        `json:"archived_at"`
	CollectedAt string        `json:"collected_at"`
	Location    *engine.Place `json:"location"`
	FrameMS     int64         `json:"frame_ms"` // of a frame of a video: its time; sha256 is then that of the video
	StartMS     int64         `json:"start_ms"` // of a frame: when the person was seen in this shot of the video
	EndMS       int64         `json:"end_ms"`
	Video       bool          `json:"video"` // it is a frame of a video
}

// NewSource is the document of a source.
func NewSource(s engine.Provenance, sum engine.SHA256, collected time.Time) Source {
	hash := hex.EncodeToString(sum[:])
	if s.Video != "" {
		hash = s.Video // what anybody can check: a frame has no file
	}
	return Source{
		FrameMS: s.FrameMS, StartMS: s.FrameMS, EndMS: s.FrameMS, Video: s.Video != "",
		URL: s.URL, PageURL: s.PageURL, PageTitle: s.PageTitle, ImageTitle: s.ImageTitle, Author: s.Author, File: s.File, Part: s.Part,
		SHA256: hash, CapturedAt: Stamp(s.CapturedAt), PublishedAt: Stamp(s.PublishedAt), ArchivedAt: Stamp(s.ArchivedAt), CollectedAt: Stamp(collected), Location: s.Place,
	}
}

// NewMatch is the document of a match.
func NewMatch(m engine.Match) Match {
	source := NewSource(m.Source, m.SHA256, m.CollectedAt)
	if source.Video && m.Seen != (engine.Span{}) {
		source.StartMS, source.EndMS = m.Seen.FromMS, m.Seen.ToMS
	}
	return Match{
		Face: string(m.Face), Photo: string(m.Photo), Collection: m.Collection, Distance: m.Distance,
		Band: string(m.Band), Verdict: string(m.Verdict), ExpectedFalse: m.ExpectedFalse, Box: NewBox(m.Box),
		Source: source,
		Also:   Each(m.Also, func(s engine.Provenance) Source { return NewSource(s, m.SHA256, m.CollectedAt) }),
	}
}

// FoundAt is the one place to name: the page, else the image's address, else the file. Addresses of a video open at the frame.
func (s Source) FoundAt() string {
	p := engine.Provenance{FrameMS: s.FrameMS}
	if s.Video {
		p.Video = s.SHA256
	}
	pageURL := p.AtTime(s.PageURL)
	if pageURL != "" && s.PageTitle != "" {
		return pageURL + " (" + s.PageTitle + ")"
	}
	return cmp.Or(pageURL, p.AtTime(s.URL), s.File)
}
