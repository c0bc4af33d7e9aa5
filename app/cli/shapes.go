package main

import (
	"time"

	"gabarit/engine"
)

// The JSON documents. Their keys are a contract: all are always there but "also" and what audit entries leave
// out. Unknown texts and times are "", an unknown place is null. Boxes are [x, y, width, height] in pixels
// of the upright photo. Reasons are English in every language.

type boxOut [4]int

func newBox(b engine.Box) boxOut { return boxOut{b.X, b.Y, b.W, b.H} }

// stamp gives a time as RFC 3339 in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

type errorDoc struct {
	Error errorOut `json:"error"`
}

type errorOut struct {
	Code    string      `json:"code"`
	Message string      `json:"message"`
	Detail  string      `json:"detail,omitempty"`
	Choices []choiceOut `json:"choices,omitempty"` // where a basis or condition was wrong or missing
}

type choiceOut struct {
	Key      string `json:"key"`
	Article  string `json:"article"`
	Sentence string `json:"sentence"`
}

type vaultOut struct {
	Dir         string `json:"dir"`
	Passphrase  bool   `json:"passphrase"`
	Faces       int    `json:"faces"`
	Photos      int    `json:"photos"`
	Collections int    `json:"collections"`
	Format      int    `json:"format"`
}

type indexOut struct {
	Faces       int `json:"faces"`
	Photos      int `json:"photos"`
	Collections int `json:"collections"`
}

func newIndex(t engine.Totals) indexOut { return indexOut{t.Faces, t.Photos, t.Collections} }

// failedFile is a photo named on the command line that could not be worked on.
type failedFile struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	detail string // for people
}

// failedItem is an item of a source that could not be read.
type failedItem struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

type collectionOut struct {
	Name       string `json:"name"`
	Purpose    string `json:"purpose"`
	Basis      string `json:"basis"`
	Condition  string `json:"condition"`
	Scope      string `json:"scope"`
	RetainDays int    `json:"retain_days"`
	Controller string `json:"controller"`
	CreatedAt  string `json:"created_at"`
	Photos     int    `json:"photos"`
	Faces      int    `json:"faces"`
	NoFace     int    `json:"no_face"`
	Failed     int    `json:"failed"`
}

func newCollection(c engine.CollectionInfo) collectionOut {
	return collectionOut{
		Name: c.Name, Purpose: c.Purpose, Basis: c.Basis, Condition: c.Condition, Scope: c.Scope,
		RetainDays: int(c.Retain / day), Controller: c.Controller, CreatedAt: stamp(c.CreatedAt),
		Photos: c.Photos, Faces: c.Faces, NoFace: c.NoFace, Failed: c.Failed,
	}
}

type collectionsOut struct {
	Collections []collectionOut `json:"collections"`
}

type collectionShowOut struct {
	collectionOut
	Failures []failureOut `json:"failures"`
}

type failureOut struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

type collectOut struct {
	Photos     int          `json:"photos"`
	Faces      int          `json:"faces"`
	NoFace     int          `json:"no_face"`
	Duplicates int          `json:"duplicates"`
	Suppressed int          `json:"suppressed"`
	Failed     []failedItem `json:"failed"`
	Seconds    float64      `json:"seconds"`
}

type progressDoc struct {
	Progress progressOut `json:"progress"`
}

type progressOut struct {
	Photos     int     `json:"photos"`
	Faces      int     `json:"faces"`
	NoFace     int     `json:"no_face"`
	Duplicates int     `json:"duplicates"`
	Suppressed int     `json:"suppressed"`
	Failed     int     `json:"failed"`
	Unchanged  int     `json:"unchanged"`
	Total      int     `json:"total"`
	Listed     bool    `json:"listed"` // total is final
	Seconds    float64 `json:"seconds"`
}

type facesOut struct {
	Photos []photoFaces `json:"photos"`
	Failed []failedFile `json:"failed"`
}

type photoFaces struct {
	File   string    `json:"file"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Faces  []faceOut `json:"faces"`
}

type faceOut struct {
	Box     boxOut  `json:"box"`
	Quality float64 `json:"quality"`
}

type searchOut struct {
	Index  indexOut     `json:"index"`
	Probes []probeOut   `json:"probes"`
	Failed []failedFile `json:"failed"`
}

type probeOut struct {
	File    string     `json:"file"`
	Face    int        `json:"face"`
	Box     boxOut     `json:"box"`
	Quality float64    `json:"quality"`
	Matches []matchOut `json:"matches"`
}

type matchOut struct {
	Face          string      `json:"face"`
	Photo         string      `json:"photo"`
	Collection    string      `json:"collection"`
	Distance      float64     `json:"distance"`
	Band          string      `json:"band"`
	ExpectedFalse float64     `json:"expected_false"`
	Box           boxOut      `json:"box"`
	Source        sourceOut   `json:"source"`
	Also          []sourceOut `json:"also,omitempty"` // the same bytes found elsewhere
}

type sourceOut struct {
	URL         string        `json:"url"`
	PageURL     string        `json:"page_url"`
	PageTitle   string        `json:"page_title"`
	ImageTitle  string        `json:"image_title"`
	File        string        `json:"file"`
	SHA256      string        `json:"sha256"`
	CapturedAt  string        `json:"captured_at"`
	CollectedAt string        `json:"collected_at"`
	Location    *engine.Place `json:"location"`
	FrameMS     int           `json:"frame_ms"`
}

type casesOut struct {
	Cases []caseOut `json:"cases"`
}

type caseOut struct {
	ID        string      `json:"id"`
	Ref       string      `json:"ref"`
	Site      string      `json:"site"`
	State     string      `json:"state"`
	CreatedAt string      `json:"created_at"`
	Items     []itemOut   `json:"items"`
	Letters   []letterOut `json:"letters"`
}

type itemOut struct {
	Face    string    `json:"face"`
	Photo   string    `json:"photo"`
	FoundAt string    `json:"found_at"`
	Source  sourceOut `json:"source"`
}

type letterOut struct {
	Right   string   `json:"right"`
	Lang    string   `json:"lang"`
	Formats []string `json:"formats"`
	At      string   `json:"at"`
}

type filesOut struct {
	Files []string `json:"files"`
}

type auditOut struct {
	Entries []engine.AuditEntry `json:"entries"`
}
