package engine

import (
	"cmp"
	"image"
	"time"
)

// PhotoID names a photo in the vault (a ULID). It carries no information about the photo.
type PhotoID string

// SHA256 is the SHA-256 of a photo file's bytes as they were read.
type SHA256 [32]byte

// Place is a point on the WGS 84 ellipsoid, in degrees.
type Place struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Valid reports whether the place lies on the globe.
func (p Place) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

// Provenance tells where one photo was found. Empty fields are unknown.
type Provenance struct {
	File        string    `json:"file,omitempty"`     // absolute path of the photo, or of the archive or page that holds it
	Part        string    `json:"part,omitempty"`     // where it is inside of File: a path, a record, a number
	URL         string    `json:"url,omitempty"`      // address of the image
	PageURL     string    `json:"page_url,omitempty"` // address of the page that showed it
	PageTitle   string    `json:"page_title,omitempty"`
	ImageTitle  string    `json:"image_title,omitempty"` // title, caption or alternative text
	Author      string    `json:"author,omitempty"`      // who published it, as its page tells
	CapturedAt  time.Time `json:"captured_at,omitzero"`  // when the photo was taken, if told
	PublishedAt time.Time `json:"published_at,omitzero"` // when it, or its page, was published, if told
	ArchivedAt  time.Time `json:"archived_at,omitzero"`  // when an archive or exporter fetched it
	Place       *Place    `json:"place,omitempty"`
	Video       string    `json:"video,omitempty"`    // of a frame: SHA-256 of the video's bytes in hexadecimal; "" for what is no frame
	FrameMS     int64     `json:"frame_ms,omitempty"` // of a frame: its time from the beginning of the video
}

// SameFind reports whether two provenances name the same find: the same image
// address, page and, where neither has an address, the same file; of a video also the same time.
func (p Provenance) SameFind(q Provenance) bool {
	if p.FrameMS != q.FrameMS {
		return false
	}
	if p.URL == "" && p.PageURL == "" && q.URL == "" && q.PageURL == "" {
		return p.File == q.File
	}
	return p.URL == q.URL && p.PageURL == q.PageURL
}

// Reworded gives p with the titles and the author that q, the same find met again, tells.
func (p Provenance) Reworded(q Provenance) Provenance {
	p.PageTitle, p.ImageTitle, p.Author = cmp.Or(q.PageTitle, p.PageTitle), cmp.Or(q.ImageTitle, p.ImageTitle), cmp.Or(q.Author, p.Author)
	return p
}

// Photo is one image of the index with its provenance. Its pixels are not kept,
// only a thumbnail and the crops of its faces.
type Photo struct {
	ID          PhotoID
	Collection  CollectionID
	Source      Provenance
	Also        []Provenance // the same bytes found elsewhere in the same collection
	Width       int          // pixels of the upright photo
	Height      int
	Format      string // "jpeg", "png", ...
	SHA256      SHA256
	PHash       uint64 // perceptual hash of the upright photo
	Description string // from the file's own metadata
	CollectedAt time.Time
	Model       ModelID // that made the templates of all faces; "" where an earlier version found no face
	Look        Look    // by which the faces were found; zero where an earlier version found them
	Cut         bool    // a face was erased from it: it is never searched for faces again, as that would bring the face back
	Faces       []Face
}

// Picture is a photo opened for work: upright pixels (EXIF orientation applied once) in sRGB and
// what the file says about itself. It lives in memory only.
type Picture struct {
	Image       image.Image // upright, bounded by the decoder's limits; bounds start at 0,0
	Width       int
	Height      int
	Format      string
	Frames      int // frames, pages or pictures in the file, of which this is one; 0 counts as 1
	SHA256      SHA256
	PHash       uint64 // perceptual hash; 0: not known yet, which only a collection needs to
	CapturedAt  time.Time
	Place       *Place
	Title       string
	Description string
}
