// Package course is the screen of the cases: the list with what is due first, one case with its requests, dates and events, the dialog in
// which it is noted what happened, and the bar that tells of dates above every screen. Dates and next steps come from the application; this package
// shows them and gathers what the person notes.
package course

import (
	"context"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Service is what the screen needs of the application. Methods may block; they are called in the background, but those that take no
// context don't.
type Service interface {
	// CaseViews lists the cases, the earliest date first.
	CaseViews(ctx context.Context) ([]matter.CaseView, error)
	// RecordFiles adds an event to a case, with the files at some paths; CodeInvalid and CodeConflict say what stands against it.
	RecordFiles(ctx context.Context, id engine.CaseID, e matter.Event, paths []string) (matter.CaseView, error)
	// SetCourse changes who a case is addressed to, its regime and the person's residence.
	SetCourse(ctx context.Context, id engine.CaseID, s matter.CourseSettings) (matter.CaseView, error)
	// WriteCalendar and ExportCases write new files; they give the number of entries and of cases.
	WriteCalendar(ctx context.Context, ids []engine.CaseID, path, lang string) (int, error)
	ExportCases(ctx context.Context, format, path string) (int, error)
	// SaveCaseFile writes a file that a case keeps into a folder and gives its path.
	SaveCaseFile(ctx context.Context, id engine.CaseID, file, dir string) (string, error)
	// Authorities lists all that are known; AuthorityChoice those for a course.
	Authorities() ([]matter.Authority, error)
	AuthorityChoice(c matter.Course) (matter.AuthorityChoice, error)
	// PrepareLetter fills in a reminder or complaint from its case; CodeConflict if it is too early. PreviewLetter and ExportLetter take what it gives.
	PrepareLetter(ctx context.Context, req matter.LetterRequest) (matter.LetterRequest, error)
	PreviewLetter(ctx context.Context, items []engine.CaseItem, req matter.LetterRequest) (matter.LetterDraft, error)
	ExportLetter(ctx context.Context, req matter.LetterRequest) ([]string, error)
	// MailLetter gives the letter as a mailto: link and records the export; CodeLimit where a link can't hold it.
	MailLetter(ctx context.Context, req matter.LetterRequest) (string, error)
	// AddressBook lists who answers for sites: the user's own entries, then those of an imported directory; it tells of that directory.
	AddressBook(ctx context.Context) (all []matter.Controller, directory matter.DirectoryReport, at time.Time, err error)
	// ImportControllers takes a directory from a file or folder in the place of the one before; what is odd in it is in the report.
	ImportControllers(ctx context.Context, path string) (matter.DirectoryReport, error)
	// SaveController stores an entry of the user's, a new one or one in the place of that with its ID; RemoveController erases one.
	SaveController(ctx context.Context, c matter.Controller) (matter.Controller, error)
	RemoveController(ctx context.Context, id string) error
	// FindControllers lists who may answer for pages or pictures; it never chooses.
	FindControllers(ctx context.Context, pages, images []string, country string) ([]matter.Candidate, error)
	// Provisions lists what a complaint can say was infringed, with words in a language.
	Provisions(regime matter.Regime, lang string) (keys []string, words map[string]string)
	// Preflight looks at a complaint before it goes to an authority.
	Preflight(authority string, f matter.Filing) ([]matter.Finding, error)
}

// Exits lead out of the screen.
type Exits struct {
	// Write opens the letter of a case that is yet to be sent; nil: letters are written elsewhere.
	Write func(v matter.CaseView, s matter.Step)
}
