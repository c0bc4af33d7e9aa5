package document

import "gabarit/engine"

// Ending is something that goes, and why.
type Ending struct {
	Photo      engine.PhotoID `json:"photo"`      // or ""
	Request    string         `json:"request"`    // file of a subject request, or ""
	Collection string         `json:"collection"` // name, or ""
	Why        string         `json:"why"`        // "expired", "unchecked", "withdrawn", "closed"
	Since      string         `json:"since"`      // when it was to be gone
}

// EndingSoon counts what goes soon.
type EndingSoon struct {
	Collection string `json:"collection"`
	Why        string `json:"why"`
	Count      int    `json:"count"`
	First      string `json:"first"` // the earliest date
}

// SourceChecks is what checks of sources found.
type SourceChecks struct {
	Asked       bool              `json:"asked"` // false: no contact is known, or the network was not to be used, or nothing is to be done
	Due         int               `json:"due"`   // photos whose sources were, or are, to be asked
	Collections []CollectionCheck `json:"collections"`
}

// CollectionCheck is the part of one collection.
type CollectionCheck struct {
	Collection string         `json:"collection"`
	Due        int            `json:"due"`
	Found      map[string]int `json:"found"` // by finding; "checked" photos, "hidden" and "shown" since
}

// Retention is what goes, or went.
type Retention struct {
	DryRun   bool           `json:"dry_run"`
	Records  int            `json:"records"`  // photos looked at
	Requests int            `json:"requests"` // files of subject requests looked at
	Sources  SourceChecks   `json:"sources"`
	Goes     []Ending       `json:"goes"`
	Kept     []Ending       `json:"kept"` // whose time is over, but whose processing a person had restricted
	Soon     []EndingSoon   `json:"soon"`
	Gone     map[string]int `json:"gone"` // by reason
	Erasures []*Report      `json:"erasures"`
}
