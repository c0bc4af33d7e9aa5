package engine

import (
	"context"
	"iter"
)

// Source offers candidate photos. Items stops early when ctx ends; the sequence is in a stable
// order, so that two passes over unchanged material give the same items in the same order.
// One sequence is used by one goroutine; items' Open functions may be called from others.
type Source interface {
	Items(ctx context.Context) iter.Seq[Item]
}

// WalkedOnce is a Source that must not be walked only to be counted, as each walk asks others for something.
type WalkedOnce interface {
	Source
	WalkedOnce()
}

// Walker is a Source that tells how far its present walk is. Walk is safe for concurrent use.
type Walker interface {
	Source
	Walk() Walk
}

// Photographer turns hostile bytes into bounded, upright pixels and small JPEGs of them.
// Safe for concurrent use. Every failure is an Error: CodeUnsupported, CodeCorrupt or CodeLimit.
type Photographer interface {
	// Decode reads one photo by its content, not its name. Limits on bytes, pixels and memory are
	// checked before decoding.
	Decode(ctx context.Context, data []byte) (*Picture, error)
	// Crop renders the face upright (roll taken out), centred, with a margin, as JPEG.
	Crop(p *Picture, d Detection) ([]byte, error)
	// Thumbnail renders the whole photo small, as JPEG.
	Thumbnail(p *Picture) ([]byte, error)
	// MaxBytes is the largest file Decode takes.
	MaxBytes() int64
}

// FaceDetector finds faces and makes their templates. Safe for concurrent use; Detect blocks while all
// workers are busy, and cancels between pictures, not inside one. A crash of the detector
// is an error of that picture, never "no face". Faces come sorted from left to right, then top to bottom.
type FaceDetector interface {
	// Model names the model that makes the templates, of every face in every look. Those of another can't be compared with them.
	Model() ModelID
	Detect(ctx context.Context, p *Picture, look Look) ([]Detection, error)
	// Describe makes the template of a face whose box a person drew: no detector is asked whether there is one. The box is kept as
	// it was drawn. CodeInvalid: the box is empty or lies outside the picture.
	Describe(ctx context.Context, p *Picture, box Box, look Look) (Detection, error)
	// Workers tells how many pictures are worked on at once.
	Workers() int
	// Close ends the workers and waits for them.
	Close() error
}

// Index answers exact nearest-neighbour queries over templates (L2), which are all of one model. Safe for concurrent use;
// a search sees a consistent state. Ties in distance are broken by face ID.
type Index interface {
	Add(entries ...IndexEntry) error
	Remove(faces ...FaceID)
	// Clear takes everything out and overwrites the templates in memory.
	Clear()
	// Search returns neighbours, nearest first, and how many entries passed the filter.
	Search(ctx context.Context, q Query) (neighbours []Neighbour, searched int, err error)
	// SearchAll answers several queries, each as Search does, from one state of the index. It costs less than as many searches: what
	// is held is read once for many probes. The answers stand in the order of the queries; after an error there are none.
	SearchAll(ctx context.Context, queries []Query) ([]Answer, error)
	Len() int
}

// Calibration turns distances into honest words. Safe for concurrent use.
type Calibration interface {
	// ExpectedFalse is the number of faces of other people expected at most this near
	// to an ordinary probe in an index of n faces of which nothing else is known.
	ExpectedFalse(distance float64, n int) float64
	// Reach is the distance up to which Strangers must be told all distances.
	Reach() float64
	// Strangers estimates the same for one probe from its distances to all faces of one index, some of which may show
	// the person of the probe. Where h counts no bins, all faces of the index are expected.
	Strangers(h *Histogram) Strangers
	// Band names what a distance means where so many strangers are expected that near; quality is that of the worse of the
	// two faces, 0 to 1.
	Band(distance, expected, quality float64) Band
}

// Store is the record of truth. Every method that changes something writes its audit entry in the
// same transaction. Safe for concurrent use. Errors: CodeNotFound, CodeConflict, CodeInvalid,
// CodeCorrupt, CodeUnavailable (disk), CodeCanceled.
type Store interface {
	// AddCollection validates and stores c, whose ID and CreatedAt the store sets;
	// CodeConflict if the name is taken.
	AddCollection(ctx context.Context, c Collection) (Collection, error)
	Collections(ctx context.Context) ([]CollectionInfo, error) // sorted by name
	CollectionByName(ctx context.Context, name string) (CollectionInfo, error)

	// BeginRun continues the latest run of the same collection and sources if it is unfinished
	// (or, with resume, even if it is finished), else starts a new one. counts tells what it holds already. A run that is continued
	// takes the new one's Web.
	BeginRun(ctx context.Context, r Run, resume bool) (run Run, counts CollectCounts, err error)
	// FinishRun marks the run finished and records its counts in the audit log.
	FinishRun(ctx context.Context, id RunID, counts CollectCounts) error
	// UnfinishedRuns lists the runs that were broken off, oldest first.
	UnfinishedRuns(ctx context.Context) ([]Run, error)
	// RunFailures lists the items of a run that failed or were read in part, in the order of their keys.
	RunFailures(ctx context.Context, id RunID) ([]FailedItem, error)
	// CollectionFailures lists items of a collection whose last try failed or that were read in part.
	CollectionFailures(ctx context.Context, id CollectionID) ([]FailedItem, error)

	// Item gives what is remembered of an item; CodeNotFound if nothing.
	Item(ctx context.Context, c CollectionID, key string) (ItemRecord, error)
	// PhotoByHash finds the photo of a collection with these bytes; CodeNotFound if none.
	PhotoByHash(ctx context.Context, c CollectionID, h SHA256) (PhotoID, error)
	// Commit stores a batch atomically and durably: after it returned nil, kill -9 loses nothing of it.
	// The store sets no IDs: Photo.ID and Face.ID come from NewPhotoID.
	Commit(ctx context.Context, c CollectionID, batch []Ingest) error
	// Retemplate puts faces found anew in the place of those that photos of the collection have, all of a photo at once and durably,
	// with new numbers. What was there before, templates and crops, is erased as by Erase, but not noted as erased: in an older
	// copy of the store that is put back it is there again, unless its photo or a face of it was erased since. replaced
	// is called, once or more often, with what is stored from then on; only afterwards is what was before
	// made unreadable. CodeNotFound: there is no such photo. CodeInvalid: see Renewal.Check. A batch is not stored as a whole: after an
	// error some photos may have their new faces, and replaced was called with them. Purge removes the old bytes.
	Retemplate(ctx context.Context, c CollectionID, batch []Renewal, replaced func([]Renewed) error) error
	// NewPhotoID gives a fresh ID.
	NewPhotoID() PhotoID

	// Photo gives a photo with its faces; templates are left zero.
	Photo(ctx context.Context, id PhotoID) (Photo, error)
	Crop(ctx context.Context, id FaceID) ([]byte, error)
	Thumbnail(ctx context.Context, id PhotoID) ([]byte, error)
	// Photos calls fn for each photo of a collection, in no particular order, as Photo gives them; of an unknown collection
	// there are none. fn may call the store; its error ends the walk and is returned.
	Photos(ctx context.Context, c CollectionID, fn func(Photo) error) error
	// Templates calls fn for every face of the store; fn's error ends the walk and is returned.
	Templates(ctx context.Context, fn func(IndexEntry) error) error
	Totals(ctx context.Context) (Totals, error)

	// Suppressed tells whether an item was erased before, and by which entry it is known: by its address in any spelling
	// (CanonicalURL), its bytes, or looks at most LookAlike bits away. An entry older than SuppressFor refuses nothing. Commit
	// takes the entry's ID in Ingest.Suppression and counts the hit.
	Suppressed(ctx context.Context, s Suspect) (id SuppressionID, found bool, err error)
	Suppressions(ctx context.Context) (SuppressionCounts, error)

	// Erase carries out a plan: after it returned nil no call of this store gives anything of what was erased, and
	// nothing stored of it can be opened again, whatever happens. Photos of the plan that are gone already, or stay and hold
	// none of its faces any more, are passed over. CodeConflict, before anything is done: the plan does not fit what is stored (only
	// some of a photo's faces are there, one was found anew since, a photo that is to stay has no new thumbnail, the collection holds a photo that is
	// not listed). After another error part of it may be done; the same plan can be tried again.
	Erase(ctx context.Context, p ErasurePlan) (ErasureID, ErasureCounts, error)
	// Purge removes the bytes of what was erased from the store's files, and CheckErased proves it: Purge gives an error
	// unless nothing is left. Both may take long; the store can be used meanwhile.
	Purge(ctx context.Context) (PurgeStats, ErasedCheck, error)
	CheckErased(ctx context.Context) (ErasedCheck, error)

	// Decide stores what the user decided about groups of faces. CodeInvalid and CodeConflict: see GroupDecision.Check; CodeNotFound: one
	// of the faces is not there, and nothing is stored. A decision about thousands of faces may be stored in part after an error.
	Decide(ctx context.Context, d GroupDecision) error
	// GroupDecisions gives all decisions in the order they were made, without the faces that were erased since, and by the IDs that
	// the others have now. Those that say nothing any more are left out.
	GroupDecisions(ctx context.Context) ([]GroupDecision, error)

	// Record writes an audit entry that goes with no other change.
	Record(ctx context.Context, e AuditEntry) error
	// RecordSearch writes the audit entry of a search: counts, purpose and face IDs, no content.
	RecordSearch(ctx context.Context, s SearchRecord) error
	// AuditLog calls fn for every entry, oldest first.
	AuditLog(ctx context.Context, fn func(AuditEntry) error) error

	// AddCases stores new cases and gives them IDs and references.
	AddCases(ctx context.Context, cases []Case) ([]Case, error)
	Cases(ctx context.Context) ([]Case, error) // oldest first
	Case(ctx context.Context, id CaseID) (Case, error)
	// RecordLetter notes in the case and the audit log that a letter was exported.
	RecordLetter(ctx context.Context, id CaseID, l LetterRecord) error
	// ChangeCase hands a case to change and stores what it makes of it, together with the log entry it gives; ID, Ref and CreatedAt stay.
	// An error of change comes back as it is, and nothing is changed. CodeNotFound; CodeInvalid: it is too large.
	ChangeCase(ctx context.Context, id CaseID, change func(*Case) (AuditEntry, error)) error

	// Documents calls fn for each document of a kind, in the order of their IDs. fn may call the store; its error ends the walk and is returned.
	Documents(ctx context.Context, kind DocumentKind, fn func(id string, data []byte) error) error
	// Document gives one; CodeNotFound.
	Document(ctx context.Context, kind DocumentKind, id string) ([]byte, error)
	// ChangeDocuments runs change, which must not call the store otherwise, and stores what it did. Its error comes back as it is, and nothing is changed.
	ChangeDocuments(ctx context.Context, change func(DocumentTx) error) error
}
