// Package document has the JSON documents of gabarit-cli. Their keys are a contract: all are always there but "also" and what audit
// entries leave out. Unknown texts and times are "", an unknown place is null, and so is no list: an empty one is []. Boxes are
// [x, y, width, height] in pixels of the upright photo. Reasons are English in every language.
package document

import (
	"math"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// Doc is a document with one key: "error" of any command, "warning", "progress", "grouping" and "step" as lines on stderr, "collections",
// "cases", "files" and "entries" of what lists them.
type Doc map[string]any

// Box is [x, y, width, height].
type Box [4]int

// NewBox is the document of a box.
func NewBox(b engine.Box) Box { return Box{b.X, b.Y, b.W, b.H} }

// List copies a list; none gives an empty one: there is no null where a list is meant.
func List[T any](all []T) []T { return append([]T{}, all...) }

// Each turns a list into another one; none gives an empty one.
func Each[A, B any](all []A, turn func(A) B) []B {
	out := make([]B, len(all))
	for i, x := range all {
		out[i] = turn(x)
	}
	return out
}

// Seconds rounds to milliseconds.
func Seconds(d time.Duration) float64 { return math.Round(d.Seconds()*1000) / 1000 }

// Stamp gives a time as RFC 3339 in UTC.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Error is what "error" holds.
type Error struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Detail  string          `json:"detail,omitempty"`
	Choices []engine.Ground `json:"choices,omitempty"` // where a basis or condition was wrong or missing
}

// Vault is what vault init and vault info print.
type Vault struct {
	Dir        string `json:"dir"`
	Passphrase bool   `json:"passphrase"`
	Remembered bool   `json:"remembered"` // by the system's keyring
	engine.Totals
	Format       int                      `json:"format"`
	Suppressions engine.SuppressionCounts `json:"suppressions"`
	Erasures     int                      `json:"erasures"`
	Warnings     []engine.Warning         `json:"warnings"`
}

// Verification is what vault verify prints.
type Verification struct {
	Sound   bool        `json:"sound"`
	Records int         `json:"records"` // read, unsealed and decoded
	Damage  []string    `json:"damage"`
	Audit   *AuditCheck `json:"audit"`  // null, as is erased, where damage
	Erased  *Erased     `json:"erased"` // kept it from being checked
}

// Erased tells whether what was erased is gone.
type Erased struct {
	Clean bool `json:"clean"`
	engine.ErasedCheck
}

// NewErased is the document of a check.
func NewErased(c engine.ErasedCheck) Erased { return Erased{c.Clean(), c} }

// AuditCheck has only the problems that were found in it, at the sequence number of the first entry concerned, 0 for
// the whole log.
type AuditCheck struct {
	Intact bool `json:"intact"`
	engine.AuditReport
}

// NewAuditCheck is the document of a check of the log.
func NewAuditCheck(r engine.AuditReport) AuditCheck {
	r.Problems = List(r.Problems)
	return AuditCheck{r.Intact(), r}
}

// FailedFile is a photo named on the command line that could not be worked on.
type FailedFile struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	Detail string `json:"-"` // for people
}

// FailedItem is an item of a source that could not be read, or only in part.
type FailedItem struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

// Failure is an item as collection show lists it.
type Failure struct {
	FailedItem
	Detail string `json:"detail"`
}

// NewFailures picks what failed, or what was read in part.
func NewFailures(items []engine.FailedItem, partial bool) []Failure {
	items = slices.DeleteFunc(slices.Clone(items), func(f engine.FailedItem) bool { return f.Partial != partial })
	return Each(items, func(f engine.FailedItem) Failure { return Failure{FailedItem{f.Item, f.Reason}, f.Detail} })
}

// Collection is one of "collections".
type Collection struct {
	Name       string `json:"name"`
	Purpose    string `json:"purpose"`
	Basis      string `json:"basis"`
	Condition  string `json:"condition"`
	Scope      string `json:"scope"`
	RetainDays int    `json:"retain_days"`
	Controller string `json:"controller"`
	CreatedAt  string `json:"created_at"`
	Photos     int    `json:"photos"`
	Faces      int    `json:"faces"`
	NoFace     int    `json:"no_face"`
	Failed     int    `json:"failed"`
}

// NewCollection is the document of a collection.
func NewCollection(c engine.CollectionInfo) Collection {
	return Collection{
		Name: c.Name, Purpose: c.Purpose, Basis: c.Basis, Condition: c.Condition, Scope: c.Scope,
		RetainDays: int(c.Retain / (24 * time.Hour)), Controller: c.Controller, CreatedAt: Stamp(c.CreatedAt),
		Photos: c.Photos, Faces: c.Faces, NoFace: c.NoFace, Failed: c.Failed,
	}
}

// CollectionDetails is what collection show prints.
type CollectionDetails struct {
	Collection
	Refused  int       `json:"refused"` // of those that failed
	Failures []Failure `json:"failures"`
	Partial  []Failure `json:"partial"`
	Troubles []Trouble `json:"troubles"`
}

// Trouble is a photo that is kept out of searches, or whose source can't be reached.
type Trouble struct {
	Photo   engine.PhotoID `json:"photo"`
	URL     string         `json:"url"`
	PageURL string         `json:"page_url"`
	File    string         `json:"file"`
	Why     string         `json:"why"`     // source, restriction, objection; "" while it is not hidden
	Finding string         `json:"finding"` // of the last check of its source
	Reason  string         `json:"reason"`
	Since   string         `json:"since"`
	Goes    string         `json:"goes"` // when it is erased unless its source is back; "": not for that
}

// NewTrouble is the document of such a photo.
func NewTrouble(t matter.Trouble) Trouble {
	return Trouble{t.Photo, t.Source.URL, t.Source.PageURL, t.Source.File, string(t.Why), t.Finding, t.Reason, Stamp(t.Since), Stamp(t.Goes)}
}

// Counts are the counts of a run. Retemplated counts photos held before whose faces were found anew; they and their
// faces are not among Photos and Faces.
type Counts struct {
	Photos      int `json:"photos"`
	Faces       int `json:"faces"`
	NoFace      int `json:"no_face"`
	Duplicates  int `json:"duplicates"`
	Suppressed  int `json:"suppressed"`
	Retemplated int `json:"retemplated"`
	NewFaces    int `json:"retemplated_faces"`
	Videos      int `json:"videos"`
	LeftOut     int `json:"left_out"` // frames of videos that show nobody new
}

// NewCounts is the document of counts.
func NewCounts(c engine.CollectCounts) Counts {
	return Counts{c.Photos, c.Faces, c.NoFace, c.Duplicates, c.Suppressed, c.Renewed, c.NewFaces, c.Videos, c.LeftOut}
}

// Collect is what collect prints.
type Collect struct {
	Counts
	Refused   int                `json:"refused"` // of those that failed: a rule of the site, the folder or the collection forbids them
	Unchanged int                `json:"unchanged"`
	Failed    []FailedItem       `json:"failed"`
	Partial   []Failure          `json:"partial"` // photos and videos of which not all was looked at
	Left      []engine.LeftPhoto `json:"left"`    // photos that keep templates of another model, after --retemplate
	Seconds   float64            `json:"seconds"`
}

// NewCollect is the document of a run.
func NewCollect(r engine.CollectReport) Collect {
	failed := Each(NewFailures(r.Failed, false), func(f Failure) FailedItem { return f.FailedItem })
	return Collect{NewCounts(r.Counts), Refused(r.Failed), r.Counts.Unchanged, failed, NewFailures(r.Failed, true), List(r.Left), Seconds(r.Elapsed)}
}

// Refused counts the items that a rule forbids.
func Refused(items []engine.FailedItem) (n int) {
	for _, f := range items {
		if f.Code == engine.CodeRefused {
			n++
		}
	}
	return n
}

// Progress is what "progress" holds.
type Progress struct {
	Counts
	Failed    int         `json:"failed"`
	Unchanged int         `json:"unchanged"`
	Total     int         `json:"total"`
	Listed    bool        `json:"listed"` // total is final
	Site      engine.Walk `json:"site,omitzero"`
	Seconds   float64     `json:"seconds"`
}

// NewProgress is the document of how far a run is.
func NewProgress(c engine.CollectProgress) Progress {
	return Progress{NewCounts(c.Counts), c.Counts.Failed, c.Counts.Unchanged, c.Total, c.Listed, c.Walk, Seconds(c.Elapsed)}
}

// Faces is what faces prints.
type Faces struct {
	Photos []PhotoFaces `json:"photos"`
	Failed []FailedFile `json:"failed"`
}

// PhotoFaces is a photo with its faces.
type PhotoFaces struct {
	File   string `json:"file"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Frames int    `json:"frames"` // pictures in the file, of which the first, or the main one, was looked at
	Faces  []Face `json:"faces"`
}

// NewPhotoFaces is the document of a photo and the faces in it.
func NewPhotoFaces(file string, p *engine.Probe) PhotoFaces {
	return PhotoFaces{file, p.Width, p.Height, max(1, p.Frames),
		Each(p.Faces, func(f engine.ProbeFace) Face { return Face{NewBox(f.Box), f.Quality, f.Score} })}
}

// Face is a face that was found.
type Face struct {
	Box     Box     `json:"box"`
	Quality float64 `json:"quality"`
	Score   float64 `json:"score"` // the detector's margin: 0 is barely a face, 1 a clear one
}

// Search is what search prints.
type Search struct {
	Index    engine.Totals `json:"index"`
	Searched int           `json:"searched"` // faces that the filters let through; all, without filters
	Probes   []Probe       `json:"probes"`
	Failed   []FailedFile  `json:"failed"`
}

// Probe is a face that was searched for.
type Probe struct {
	File     string  `json:"file"`
	Face     int     `json:"face"`
	Box      Box     `json:"box"`
	Quality  float64 `json:"quality"`
	Drawn    bool    `json:"drawn"`    // a person drew the box: no detector says that there is a face
	Compared int     `json:"compared"` // faces that expected_false and band are told for
	Crowding float64 `json:"crowding"` // times as many strangers expected as near an ordinary face
	Matches  []Match `json:"matches"`
}

// Case is one of "cases".
type Case struct {
	ID        string     `json:"id"`
	Ref       string     `json:"ref"`
	Site      string     `json:"site"`
	State     string     `json:"state"`
	CreatedAt string     `json:"created_at"`
	Items     []CaseItem `json:"items"`
	Letters   []Letter   `json:"letters"`
}

// CaseItem is a face that a case is about.
type CaseItem struct {
	Face    string `json:"face"`
	Photo   string `json:"photo"`
	FoundAt string `json:"found_at"`
	Source  Source `json:"source"`
}

// Letter is one that was written.
type Letter struct {
	Right   string   `json:"right"`
	Lang    string   `json:"lang"`
	Formats []string `json:"formats"`
	At      string   `json:"at"`
}

// Erasure is what erase and collection remove print: the plan, and the report once it was carried out.
type Erasure struct {
	Plan   Plan    `json:"plan"`
	Report *Report `json:"report"` // null where nothing was erased
}

// Plan tells what an erasure takes.
type Plan struct {
	Collection string                `json:"collection"` // that goes as a whole, or ""
	Reason     string                `json:"reason"`
	Ref        string                `json:"ref"`
	Suppress   bool                  `json:"suppress"`
	Similar    bool                  `json:"similar"`
	Photos     []engine.PhotoErasure `json:"photos"`
	Expected   engine.ErasureCounts  `json:"expected"` // of items, runs and suppressions at least so many
	Cases      []engine.CaseMention  `json:"cases"`
}

// Report tells what an erasure took.
type Report struct {
	ID      string               `json:"id"`
	At      string               `json:"at"`
	Counts  engine.ErasureCounts `json:"counts"`
	Purge   engine.PurgeStats    `json:"purge"`
	Check   *Erased              `json:"check"` // null where it is not finished
	Cases   []engine.CaseMention `json:"cases"` // that still list something erased
	Seconds float64              `json:"seconds"`
}

// NewProbes is the documents of the searched faces of a photo.
func NewProbes(file string, probes []engine.ProbeMatches) []Probe {
	return Each(probes, func(p engine.ProbeMatches) Probe {
		return Probe{file, p.Face, NewBox(p.Box), p.Quality, p.Drawn, p.Compared, p.Crowding, Each(p.Matches, NewMatch)}
	})
}

// NewFailedFile says why a photo could not be worked on.
func NewFailedFile(file string, err error) FailedFile {
	return FailedFile{File: file, Reason: ReasonOf(err), Detail: engine.DetailOf(err)}
}

// ReasonOf gives an error's message, which is never empty in a list of failures.
func ReasonOf(err error) string {
	if msg := engine.MessageOf(err); msg != "" {
		return msg
	}
	return "something unforeseen happened"
}

// NewCase is the document of a case.
func NewCase(c engine.Case) Case {
	return Case{
		ID: string(c.ID), Ref: c.Ref, Site: c.Site, State: string(c.State), CreatedAt: Stamp(c.CreatedAt),
		Items: Each(c.Items, func(it engine.CaseItem) CaseItem {
			return CaseItem{string(it.Face), string(it.Photo), Stamp(it.FoundAt), NewSource(it.Source, it.SHA256, it.CollectedAt)}
		}),
		Letters: Each(c.Letters, func(l engine.LetterRecord) Letter {
			return Letter{string(l.Right), l.Lang, l.Formats, Stamp(l.At)}
		}),
	}
}

// NewPlan is the document of a plan.
func NewPlan(plan engine.ErasurePlan, collection string) Plan {
	r := plan.Request
	return Plan{collection, string(r.Reason), r.Ref, r.Suppress, r.Similar, Each(plan.Photos, func(p engine.PhotoErasure) engine.PhotoErasure {
		p.Faces = List(p.Faces)
		return p
	}), plan.Expected, List(plan.Cases)}
}

// NewReport leaves the proof out where the erasure did not come to it.
func NewReport(r engine.ErasureReport, proved bool) *Report {
	out := &Report{ID: string(r.ID), At: Stamp(r.At), Counts: r.Counts, Purge: r.Purge, Cases: List(r.Cases), Seconds: Seconds(r.Elapsed)}
	if proved {
		out.Check = new(NewErased(r.Check))
	}
	return out
}
