package papers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"gabarit/engine"
)

// ManifestFormat is the version of a manifest.
const ManifestFormat = 1

// Manifest lists the files of a folder for an authority, so that it can be told whether one was changed.
type Manifest struct {
	Format     int            `json:"format"`
	MadeAt     time.Time      `json:"made_at"`
	Software   string         `json:"software"`
	Files      []ManifestFile `json:"files"`
	Counts     map[string]int `json:"counts"`     // of what the papers are about, zeros included
	LogIntact  bool           `json:"log_intact"` // the log was checked when it was exported
	Checkpoint string         `json:"checkpoint"` // of the log, signed
	LogKey     string         `json:"log_key"`    // that it is signed with
}

// ManifestFile is one file of a folder.
type ManifestFile struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"` // hex
}

// NewManifestFile describes a file.
func NewManifestFile(name string, data []byte) ManifestFile {
	sum := sha256.Sum256(data)
	return ManifestFile{Name: name, Size: len(data), SHA256: hex.EncodeToString(sum[:])}
}

// JSON gives a value as indented JSON.
func JSON(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, engine.E(engine.CodeInternal, "papers.JSON", "the file can't be made", err)
	}
	return append(data, '\n'), nil
}
