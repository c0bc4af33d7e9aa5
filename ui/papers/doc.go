// Package papers is the window's place for the papers of whoever answers for the vault: the controller, recipients, orders of authorities, notices, records of
// processing, impact assessment, file for an authority. A view (widgets) and a presenter (no Fyne); it is a tab of the desk.
package papers

import (
	"context"

	"gabarit/engine/matter"
)

// Service is what the tab needs of the application. Methods may block; they are called in the background.
type Service interface {
	Profile(ctx context.Context) (matter.Profile, error)
	SetProfile(ctx context.Context, p matter.Profile) error
	Recipients(ctx context.Context) ([]matter.Recipient, error)
	AddRecipient(ctx context.Context, r matter.Recipient) (matter.Recipient, error)
	// RemoveRecipient notes that a recipient gets nothing any more.
	RemoveRecipient(ctx context.Context, id string) error
	Orders(ctx context.Context) ([]matter.Order, error)
	AddOrder(ctx context.Context, o matter.Order) (matter.Order, error)
	AttachProof(ctx context.Context, id, path string) (matter.Order, error)
	// CloseOrder closes an order; CodeInvalid without proof.
	CloseOrder(ctx context.Context, id, note string) (matter.Order, error)
	NoticesDue(ctx context.Context) ([]matter.NoticeDue, error)
	WriteNotice(ctx context.Context, collection string, langs []string, dir string) (matter.PaperWritten, matter.NoticeDue, error)
	WriteRecords(ctx context.Context, to matter.PaperFiles) (matter.PaperWritten, error)
	WriteDPIA(ctx context.Context, to matter.PaperFiles) (matter.PaperWritten, error)
	// WriteAuthorityFile makes a folder with everything an authority asks for; its path is the first of the files.
	WriteAuthorityFile(ctx context.Context, to matter.PaperFiles) (matter.PaperWritten, error)
}
