package desk

import (
	"context"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Service is what the screen needs of the application. Methods may block; they are called in the background. name is a request's ID or its reference.
// CodeConflict: something has to come first, the message says what. CodeInvalid: something is missing.
type Service interface {
	SubjectRequests(ctx context.Context) ([]matter.Request, error)
	// RegisterRequest starts the clock at once; photos that can't be used are told, the request stands all the same.
	RegisterRequest(ctx context.Context, n matter.NewRequest) (matter.Request, []matter.PhotoProblem, error)
	AddPortraits(ctx context.Context, name string, paths ...string) (matter.Request, []matter.PhotoProblem, error)
	PortraitsOf(ctx context.Context, name string) ([]matter.Portrait, error)
	UsePortraitFaces(ctx context.Context, name, portrait string, faces []int) (matter.Request, error)
	Acknowledgement(ctx context.Context, name string) (string, error)

	// SearchSubject searches everything held; distance 0 is matter.DefaultReviewDistance.
	SearchSubject(ctx context.Context, name string, distance float64, progress func(done, total int)) (matter.Request, error)
	NothingFound(ctx context.Context, name string) (string, error)
	CandidatesOf(ctx context.Context, name string) ([]matter.CandidateView, error)
	ReviewCandidates(ctx context.Context, name string, d matter.Decide) (matter.Request, error)
	Crop(ctx context.Context, id engine.FaceID) ([]byte, error)
	Thumbnail(ctx context.Context, id engine.PhotoID) ([]byte, error)

	RestrictSubject(ctx context.Context, name string, on bool, words string) (matter.Request, error)
	AccessOf(ctx context.Context, name string) (matter.Access, error)
	StateReason(ctx context.Context, name, key, reason string) (matter.Request, error)
	WriteAccess(ctx context.Context, name string, o matter.AccessOrder) (matter.PackageRecord, error)
	RecordAnswer(ctx context.Context, name string, sent time.Time) (matter.Request, error)

	PlanSubjectErasure(ctx context.Context, name string, c matter.ErasureChoice) (matter.SubjectPlan, error)
	EraseSubject(ctx context.Context, name string, p matter.SubjectPlan, progress func(engine.ErasureStep)) (matter.Request, error)
	WriteCertificate(ctx context.Context, name, dir string) ([]string, error)

	// NoteDoubts notes doubts about who asks (art. 12(6)); "" takes them back.
	NoteDoubts(ctx context.Context, name, doubts string) (matter.Request, error)
	// NoticesOf gives the texts that tell recipients of an erasure or restriction (art. 19); NoticeSent records on which day one was told.
	NoticesOf(ctx context.Context, name string) ([]matter.NoticeText, error)
	NoticeSent(ctx context.Context, name, recipient string, sent time.Time) (matter.Request, error)
	// NoticeNeedless records why a recipient is not told.
	NoticeNeedless(ctx context.Context, name, recipient, reason string) (matter.Request, error)
	// ExtendRequest and RefuseRequest give the text for the person.
	ExtendRequest(ctx context.Context, name, reasons string) (matter.Request, string, error)
	RefuseRequest(ctx context.Context, name string, r matter.RequestRefusal) (matter.Request, string, error)
	DecideRequest(ctx context.Context, name, words string) (matter.Request, error)
	CloseRequest(ctx context.Context, name string) (matter.Request, error)
}
