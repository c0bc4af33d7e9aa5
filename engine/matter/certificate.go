package matter

import (
	"time"

	"gabarit/engine"
)

// Certificate is the certificate of an erasure as JSON, version 1. It holds no image, no template and no plain hash of an image.
type Certificate struct {
	Format    string    `json:"format"` // "gabarit-erasure"
	Version   int       `json:"version"`
	Ref       string    `json:"ref"`
	Requested time.Time `json:"requested"`
	Completed time.Time `json:"completed"`
	Issued    time.Time `json:"issued"`

	Controller     []string `json:"controller"`
	Representative []string `json:"representative"`
	Gaps           []string `json:"gaps"` // what is lacking of the two

	Erased  engine.ErasureCounts `json:"erased"` // zeros included
	Systems []SystemErased       `json:"systems"`

	Software string `json:"software"`
	Model    string `json:"model"`

	Backups    string       `json:"backups"`
	BackupsEnd time.Time    `json:"backups_end"` // when copies of an earlier state are overwritten at the latest
	Recipients []Notice     `json:"recipients"`
	Kept       []KeptThing  `json:"kept"`
	Verified   Verification `json:"verification"`
	Limits     []string     `json:"limits"`
	Remedies   []string     `json:"remedies"`

	Key      string `json:"key"`
	KeyPrint string `json:"fingerprint"`
}

// SystemErased is a place that was cleaned, and how.
type SystemErased struct {
	System string `json:"system"`
	Count  int    `json:"count"`
	Method string `json:"method"`
}

// KeptThing is something that stays after an erasure, and why.
type KeptThing struct {
	What  string    `json:"what"`
	Count int       `json:"count"`
	Why   string    `json:"why"`
	Basis string    `json:"basis"`
	Until time.Time `json:"until,omitzero"` // zero: as long as the thing that it is part of
}

// Verification is the proof in numbers: all but Compared, Portraits, Records and Distance are zero.
type Verification struct {
	At               time.Time `json:"at"`
	Portraits        int       `json:"portraits"`  // searched with
	Distance         float64   `json:"distance"`   // at most
	Compared         int       `json:"compared"`   // faces held
	Hits             int       `json:"hits"`       // that nobody had told apart from the person
	Rejected         int       `json:"told_apart"` // faces of other people that reviewers had told apart before
	ScanLeft         int       `json:"scan_left"`  // records of the erased IDs that a full scan found
	Records          int       `json:"records"`    // read by the proof, in all versions the database has
	LiveKeys         int       `json:"live_keys"`
	LeftFiles        int       `json:"left_records"`
	LeftIndex        int       `json:"left_in_index"`
	Pending          int       `json:"pending"`
	PortraitsDeleted time.Time `json:"portraits_deleted"`
}
