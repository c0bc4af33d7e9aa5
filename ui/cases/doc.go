// Package cases is the dialog in which letters about ticked matches are written. The cases that they open are shown by package course.
//
// A case exists only once a letter is exported: looking at a preview stores nothing. The text of a letter comes from the
// application; this package gathers the fields, names those that are missing and shows what was written.
package cases

import (
	"context"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Exits lead out of the dialog.
type Exits struct {
	Closed func() // called when the dialog is left; nil: nobody wants to know
	// Book shows the address book, those first who may answer for items, and gives the entry that the person takes; nil: there is none.
	Book func(items []engine.CaseItem, take func(matter.Controller))
}

// Service is what the dialog needs of the application. Methods may block; they are called in the background.
type Service interface {
	Rules

	// DraftCases groups items by site without storing anything.
	DraftCases(ctx context.Context, items []engine.CaseItem) ([]engine.Case, error)
	// PreviewLetter gives the letter for the items of one site, or of the request's case; nothing is stored.
	PreviewLetter(ctx context.Context, items []engine.CaseItem, req matter.LetterRequest) (matter.LetterDraft, error)
	OpenCases(ctx context.Context, items []engine.CaseItem) ([]engine.Case, error)
	ExportLetter(ctx context.Context, req matter.LetterRequest) ([]string, error)
	// ConfirmItems notes what the person says of items of a case, by their numbers from 1: only those that are confirmed enter a letter.
	ConfirmItems(ctx context.Context, id engine.CaseID, items []int, said engine.Verdict) error
	// Crop gives a face as a small JPEG.
	Crop(ctx context.Context, id engine.FaceID) ([]byte, error)
	// MailLetter gives the letter as a mailto: link and records the export; CodeLimit where a link can't hold it.
	MailLetter(ctx context.Context, req matter.LetterRequest) (string, error)
	// FindControllers lists who may answer for pages or pictures; it never chooses.
	FindControllers(ctx context.Context, pages, images []string, country string) ([]matter.Candidate, error)
}
