package document

import (
	"cmp"
	"encoding/hex"
	"time"

	"gabarit/engine"
)

// FoundAt is the one place to name: the page, else the image's address, else the file.
func (s Source) FoundAt() string {
	p := engine.Provenance{FrameMS: s.FrameMS}
	if s.Video {
		p.Video = s.SHA256
	}
	s.PageURL, s.URL = p.AtTime(s.PageURL), p.AtTime(s.URL)
	if s.PageURL != "" && s.PageTitle != "" {
		return s.PageURL + " (" + s.PageTitle + ")"
	}
	return cmp.Or(s.PageURL, s.URL, s.File)
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
