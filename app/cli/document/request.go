package document

import (
	"gabarit/engine"
	"gabarit/engine/matter"
)

// Request is one of "requests", and what the commands about a subject request print.
type Request struct {
	ID         string   `json:"id"`
	Ref        string   `json:"ref"`
	Rights     []string `json:"rights"`
	Stage      string   `json:"stage"`
	Received   string   `json:"received"`
	Due        string   `json:"due"`
	Until      string   `json:"until"` // due, or extended
	Overdue    bool     `json:"overdue"`
	Portraits  int      `json:"portraits"`
	Addresses  int      `json:"addresses"`
	Candidates int      `json:"candidates"`
	Undecided  int      `json:"undecided"`
	Confirmed  int      `json:"confirmed"`
	Restricted int      `json:"restricted"`
	Doubts     bool     `json:"doubts"` // about who asks: noted
	Answered   string   `json:"answered"`
	Erased     string   `json:"erased"`
	Closed     string   `json:"closed"`

	Search *matter.SubjectSearch `json:"search"`
}

// NewRequest is the document of a request; overdue is told as of now.
func NewRequest(r matter.Request, overdue bool) Request {
	d := Request{ID: string(r.ID), Ref: r.Ref, Rights: Each(r.Rights, func(x engine.Right) string { return string(x) }), Stage: string(r.Stage()), Received: Stamp(r.Received), Due: Stamp(r.Due),
		Until: Stamp(r.Until()), Overdue: overdue, Portraits: len(r.Portraits), Addresses: len(r.URLs), Candidates: len(r.Candidates), Undecided: r.Undecided(), Confirmed: len(r.Confirmed()),
		Restricted: len(r.Frozen), Doubts: r.Doubts != "", Answered: Stamp(r.AnsweredAt), Closed: Stamp(r.ClosedAt), Search: r.Search}
	if r.Erasure != nil {
		d.Erased = Stamp(r.Erasure.At)
	}
	return d
}

// Candidate is one of "candidates".
type Candidate struct {
	Key      string           `json:"key"`
	Face     string           `json:"face"`
	Photo    string           `json:"photo"`
	FoundBy  []matter.FoundBy `json:"found_by"`
	Distance *float64         `json:"distance"` // null: not compared
	Verdict  string           `json:"verdict"`
	Second   bool             `json:"second_reviewer_needed"`
	Source   Source           `json:"source"`
	Others   int              `json:"other_faces"`
	Gone     bool             `json:"gone"`
}

// NewCandidate is the document of a candidate.
func NewCandidate(v matter.CandidateView) Candidate {
	c := Candidate{Key: v.Key(), Face: string(v.Face), Photo: string(v.Photo), FoundBy: List(v.By), Verdict: string(v.Verdict()), Second: v.WaitsForSecond(),
		Source: NewSource(v.Source, engine.SHA256{}, v.CollectedAt), Others: v.Others, Gone: v.Gone}
	if v.Compared {
		c.Distance = &v.Distance
	}
	return c
}

// Package is what subject access prints.
type Package struct {
	Folder   string             `json:"folder"`
	File     string             `json:"file"` // sealed; "": none
	Manifest string             `json:"manifest_sha256"`
	Counts   matter.StoreCounts `json:"counts"`
	Scan     matter.StoreCounts `json:"scan"`
	Gaps     []matter.AccessGap `json:"gaps"`
}

// NewPackage is the document of a package.
func NewPackage(p matter.PackageRecord) Package {
	return Package{p.Folder, p.File, p.Manifest, p.Counts, p.Scan, List(p.Gaps)}
}

// PackageCheck is what subject verify prints.
type PackageCheck struct {
	Sound bool `json:"sound"`
	matter.PackageCheck
}
