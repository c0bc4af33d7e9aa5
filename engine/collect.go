package engine

import (
	"context"
	"io"
	"time"
)

// Item is one candidate photo that a source offers. Err is set where the source found
// something it can't offer (an unreadable folder, a manifest row without a file): such an
// item is recorded as failed and never dropped.
type Item struct {
	Key     string // stable identity inside the source: an absolute path, or path#row
	Version string // changes when the content may have changed ("size:mtime"); "" is never unchanged
	Source  Provenance
	Size    int64 // bytes; -1 unknown
	Open    func(ctx context.Context) (io.ReadCloser, error)
	// Since, if set, takes the place of Open where the version is known only by asking for the content: it gives nil if that is still
	// what it was at version known ("": none), else the content and its version, which is recorded.
	Since func(ctx context.Context, known string) (content io.ReadCloser, version string, err error)
	// Frames, if set, takes the place of Open: the item is a video. It calls offer with an item for each frame that is to be looked at, in the
	// order of their times, until offer says false. rest says what of the video was not looked at, "" for nothing, with a detail. An
	// error is the video's; what was offered before it counts all the same.
	Frames func(ctx context.Context, offer func(Item) bool) (rest, detail string, err error)
	Frame  Frame // of an item that Frames offers
	Film   bool  // Open gives a video, which is to be read by its frames
	Err    error
}

// Frame places an item in the video that offers it. The zero value: it is no frame of a video.
type Frame struct {
	Video   string // key of the video's item
	Shot    int    // from 1; between two cuts. Frames of one shot stand together
	UntilMS int64  // until when, at least, the picture stayed as it is; at least the frame's own time
}

// Outcome tells what became of an item.
type Outcome string

// The outcomes. Photos counted as collected are those with a face or without one;
// duplicates (same bytes, same collection) only add a find to the photo held already.
const (
	OutcomePhoto     Outcome = "photo"
	OutcomeNoFace    Outcome = "no_face"
	OutcomeDuplicate Outcome = "duplicate"
	OutcomeFailed    Outcome = "failed"
	// OutcomeSuppressed: it was erased before and is refused. The store keeps no path, address or version of such an item.
	OutcomeSuppressed Outcome = "suppressed"
	OutcomeVideo      Outcome = "video" // its frames were dealt with, each as an item of its own
	// OutcomeLeftOut: a frame of a video that shows nobody, or only people who are kept at better quality in another frame of its shot.
	OutcomeLeftOut Outcome = "left_out"
	OutcomeAbsent  Outcome = "absent" // it failed, and then its source did not offer it any more; the store keeps no path of it
)

// RunID names one collection run (a ULID).
type RunID string

// Run is one pass over a set of sources into a collection. It is continued after an
// interruption: what it recorded before counts.
type Run struct {
	ID         RunID
	Collection CollectionID
	Sources    []string // absolute, as named by the user
	Look       Look
	Retemplate bool       // faces of photos that are held are found anew, see CollectRequest
	Web        WebOptions // for addresses of sites among the sources
	StartedAt  time.Time
	FinishedAt time.Time // zero while unfinished
}

// Request asks to go on with the run, whose collection has that name.
func (r Run) Request(collection string) CollectRequest {
	return CollectRequest{Collection: collection, Sources: r.Sources, Resume: true, Look: r.Look, Retemplate: r.Retemplate, Web: r.Web}
}

// ItemRecord is what the store remembers of an item.
type ItemRecord struct {
	Key     string
	Version string
	Run     RunID
	Outcome Outcome
	Photo   PhotoID // for photo, no_face and duplicate
	Faces   int
	Code    Code   // for failed
	Reason  string // for failed: the error's static message; for photo, no_face and video: what of the file was not looked at, or ""
	Detail  string // for failed: the cause; else how much that is
	At      time.Time
	Renewed bool // the photo was held and its faces were found anew in this run; Faces counts them
}

// Ingest is one item with what is to be stored for it, in one transaction.
// For OutcomeDuplicate only Record and Find are used: the find is added to the photo Record.Photo.
type Ingest struct {
	Record    ItemRecord
	Photo     *Photo   // for photo and no_face: with faces and templates
	Crops     [][]byte // JPEG, one per face
	Thumbnail []byte   // JPEG
	Find      *Provenance
	// Suppression is the entry that refused the item, for OutcomeSuppressed.
	Suppression SuppressionID
}

// FailedItem is an item that could not be read, or only in part, for lists people see.
type FailedItem struct {
	Item    string // path or address
	Code    Code   // "" for what was read in part
	Reason  string // static message (translation key)
	Detail  string
	At      time.Time
	Partial bool // it is a photo of the collection, or a video; Reason says what of it was not looked at
}

// CollectRequest asks to read sources into a collection.
type CollectRequest struct {
	Collection string // name
	Sources    []string
	Resume     bool // continue the latest run over these sources even if it had finished
	Look       Look
	// Retemplate also finds the faces anew of photos that the collection holds and the sources still offer, unless they were found
	// by this very look and with the model in use. What was found before is erased for good, see Store.Retemplate.
	Retemplate bool
	Web        WebOptions // for addresses of sites among the sources
}

// WebOptions say how sites are collected. Zero limits are the collector's own.
type WebOptions struct {
	Contact string        `json:"contact,omitempty"` // by which a site's owner reaches the user: an e-mail address or a page; needed
	Pages   int           `json:"pages,omitempty"`   // visited
	Images  int           `json:"images,omitempty"`  // offered
	Depth   int           `json:"depth,omitempty"`   // links from an address named; -1: none
	Bytes   int64         `json:"bytes,omitempty"`   // sent by sites
	Time    time.Duration `json:"time,omitempty"`    // of one run
	Delay   time.Duration `json:"delay,omitempty"`   // between two requests to a host
	Archive string        `json:"archive,omitempty"` // folder for WARC files of what was kept, outside of the vault; "": none
}

// CollectCounts are the counts of a run so far, earlier parts of a resumed run included.
// Photos counts those with a face and those without; Unchanged counts items skipped because an
// earlier run read them and they have not changed since.
type CollectCounts struct {
	Photos     int
	Faces      int
	NoFace     int
	Duplicates int
	Failed     int
	Suppressed int // erased before, refused
	Videos     int // whose frames were dealt with
	LeftOut    int // frames of them that show nobody new
	Unchanged  int
	Renewed    int // photos held before whose faces were found anew; not among Photos
	NewFaces   int // of them; not among Faces
}

// Done is the number of items dealt with.
func (c CollectCounts) Done() int {
	return c.Photos + c.Duplicates + c.Failed + c.Suppressed + c.Unchanged + c.Renewed + c.Videos + c.LeftOut
}

// Add counts one record.
func (c *CollectCounts) Add(r ItemRecord) {
	if r.Renewed {
		c.Renewed++
		c.NewFaces += r.Faces
		return
	}
	switch r.Outcome {
	case OutcomePhoto:
		c.Photos++
		c.Faces += r.Faces
	case OutcomeNoFace:
		c.Photos++
		c.NoFace++
	case OutcomeDuplicate:
		c.Duplicates++
	case OutcomeFailed:
		c.Failed++
	case OutcomeSuppressed:
		c.Suppressed++
	case OutcomeVideo:
		c.Videos++
	case OutcomeLeftOut:
		c.LeftOut++
	}
}

// CollectProgress is reported while a run goes on.
type CollectProgress struct {
	Counts  CollectCounts
	Total   int // items known so far; final when Listed
	Listed  bool
	Current string // the item last dealt with
	Walk    Walk   // of the sites among the sources, together
	Elapsed time.Duration
}

// Walk is how far a site was walked.
type Walk struct {
	Pages   int `json:"pages"`   // visited, or known from before
	Refused int `json:"refused"` // addresses that a rule or the scope forbids
	Waiting int `json:"waiting"` // pages that are known and not visited yet
}

// CollectReport closes a run.
type CollectReport struct {
	Run    RunID
	Counts CollectCounts
	Failed []FailedItem
	// Left lists what a run with Retemplate leaves of templates that another model made: photos of the collection that
	// the sources do not offer any more, or that could not be read again.
	Left    []LeftPhoto
	Elapsed time.Duration
}

// LeftPhoto is a photo with templates of another model than the one in use: no search compares them.
type LeftPhoto struct {
	Photo  PhotoID    `json:"photo"`
	Faces  int        `json:"faces"`
	Source Provenance `json:"source"`
}

// JobID names a background job while the program runs.
type JobID int

// JobState tells where a job stands.
type JobState string

// The states of a job.
const (
	JobQueued  JobState = "queued" // waits for the collection that works
	JobRunning JobState = "running"
	JobPaused  JobState = "paused"
	JobDone    JobState = "done"
	JobStopped JobState = "stopped" // by the user; resumable
	JobFailed  JobState = "failed"
)

// Job is a snapshot of a background collection.
type Job struct {
	ID       JobID
	Request  CollectRequest
	State    JobState
	Progress CollectProgress
	Err      error
}
