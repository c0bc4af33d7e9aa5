package document

import (
	"gabarit/engine"
	"gabarit/engine/matter"
)

// CaseCourse is a case with how it goes on: one of "cases" of case list, and what case show and the commands that record something print.
// State is that of the course; "exported" is a draft with a letter.
type CaseCourse struct {
	Case
	Due    string              `json:"due"`
	Course matter.CourseRecord `json:"course"`
}

// NewCaseCourse is the document of a case with its course.
func NewCaseCourse(v matter.CaseView) CaseCourse {
	out := CaseCourse{Case: NewCase(v.Case), Due: v.Standing.Due.String(), Course: v.Record()}
	out.State = CaseState(v)
	return out
}

// CaseState is the state of a case in one word.
func CaseState(v matter.CaseView) string {
	if v.Standing.State == matter.CourseDraft && v.Case.State == engine.CaseExported {
		return string(engine.CaseExported)
	}
	return string(v.Standing.State)
}

// Authority is what case authority prints of one.
type Authority struct {
	matter.Authority
	Default bool `json:"default"` // that of the residence
}

// Finding is what stands against a complaint.
type Finding struct {
	Stops  bool   `json:"stops"`
	Text   string `json:"text"`
	Detail string `json:"detail"`
}

// CaseAuthority is what case authority prints.
type CaseAuthority struct {
	AskLand     bool        `json:"ask_land"`
	Authorities []Authority `json:"authorities"`
	Findings    []Finding   `json:"findings"` // of a complaint to the first, or to the one that was named
}
