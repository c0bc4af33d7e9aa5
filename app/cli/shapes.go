package main

import (
	"encoding/hex"
	"slices"
	"time"

	"gabarit/engine"
)

// The JSON documents. Their keys are a contract: all are always there but "also" and what audit entries leave
// out. Unknown texts and times are "", an unknown place is null. Boxes are [x, y, width, height] in pixels
// of the upright photo. Reasons are English in every language.

// doc is a document with one key: "error" of any command, "warning", "progress" and "step" as lines on stderr, "collections",
// "cases", "files" and "entries" of what lists them.
type doc map[string]any

type boxOut [4]int

func newBox(b engine.Box) boxOut { return boxOut{b.X, b.Y, b.W, b.H} }

// list copies a list; none gives an empty one: there is no null where a list is meant.
func list[T any](all []T) []T { return append([]T{}, all...) }

// each turns a list into another one; none gives an empty one.
func each[A, B any](all []A, turn func(A) B) []B {
	out := make([]B, len(all))
	for i, x := range all {
		out[i] = turn(x)
	}
	return out
}

// stamp gives a time as RFC 3339 in UTC.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

type errorOut struct {
	Code    string          `json:"code"`
	Message string          `json:"message"`
	Detail  string          `json:"detail,omitempty"`
	Choices []engine.Ground `json:"choices,omitempty"` // where a basis or condition was wrong or missing
}

type vaultOut struct {
	Dir        string `json:"dir"`
	Passphrase bool   `json:"passphrase"`
	Remembered bool   `json:"remembered"` // by the system's keyring
	engine.Totals
	Format       int                      `json:"format"`
	Suppressions engine.SuppressionCounts `json:"suppressions"`
	Erasures     int                      `json:"erasures"`
	Warnings     []engine.Warning         `json:"warnings"`
}

type verifyOut struct {
	Sound   bool           `json:"sound"`
	Records int            `json:"records"` // read, unsealed and decoded
	Damage  []string       `json:"damage"`
	Audit   *auditCheckOut `json:"audit"`  // null, as is erased, where damage
	Erased  *erasedOut     `json:"erased"` // kept it from being checked
}

type erasedOut struct {
	Clean bool `json:"clean"`
	engine.ErasedCheck
}

func newErased(c engine.ErasedCheck) erasedOut { return erasedOut{c.Clean(), c} }

// auditCheckOut has only the problems that were found in it, at the sequence number of the first entry concerned, 0 for
// the whole log.
type auditCheckOut struct {
	Intact bool `json:"intact"`
	engine.AuditReport
}

func newAudit(r engine.AuditReport) auditCheckOut {
	r.Problems = list(r.Problems)
	return auditCheckOut{r.Intact(), r}
}

// failedFile is a photo named on the command line that could not be worked on.
type failedFile struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	detail string // for people
}

// failedItem is an item of a source that could not be read, or only in part.
type failedItem struct {
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

type failureOut struct {
	failedItem
	Detail string `json:"detail"`
}

// newFailures picks what failed, or what was read in part.
func newFailures(items []engine.FailedItem, partial bool) []failureOut {
	items = slices.DeleteFunc(slices.Clone(items), func(f engine.FailedItem) bool { return f.Partial != partial })
	return each(items, func(f engine.FailedItem) failureOut { return failureOut{failedItem{f.Item, f.Reason}, f.Detail} })
}

type collectionOut struct {
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

func newCollection(c engine.CollectionInfo) collectionOut {
	return collectionOut{
		Name: c.Name, Purpose: c.Purpose, Basis: c.Basis, Condition: c.Condition, Scope: c.Scope,
		RetainDays: int(c.Retain / day), Controller: c.Controller, CreatedAt: stamp(c.CreatedAt),
		Photos: c.Photos, Faces: c.Faces, NoFace: c.NoFace, Failed: c.Failed,
	}
}

type collectionShowOut struct {
	collectionOut
	Failures []failureOut `json:"failures"`
	Partial  []failureOut `json:"partial"`
}

// countsOut are the counts of a run. Retemplated counts photos held before whose faces were found anew; they and their
// faces are not among Photos and Faces.
type countsOut struct {
	Photos      int `json:"photos"`
	Faces       int `json:"faces"`
	NoFace      int `json:"no_face"`
	Duplicates  int `json:"duplicates"`
	Suppressed  int `json:"suppressed"`
	Retemplated int `json:"retemplated"`
	NewFaces    int `json:"retemplated_faces"`
}

func newCounts(c engine.CollectCounts) countsOut {
	return countsOut{c.Photos, c.Faces, c.NoFace, c.Duplicates, c.Suppressed, c.Renewed, c.NewFaces}
}

type collectOut struct {
	countsOut
	Failed  []failedItem       `json:"failed"`
	Partial []failureOut       `json:"partial"` // photos of whose file only one picture was looked at
	Left    []engine.LeftPhoto `json:"left"`    // photos that keep templates of another model, after --retemplate
	Seconds float64            `json:"seconds"`
}

type progressOut struct {
	countsOut
	Failed    int     `json:"failed"`
	Unchanged int     `json:"unchanged"`
	Total     int     `json:"total"`
	Listed    bool    `json:"listed"` // total is final
	Seconds   float64 `json:"seconds"`
}

type facesOut struct {
	Photos []photoFaces `json:"photos"`
	Failed []failedFile `json:"failed"`
}

type photoFaces struct {
	File   string    `json:"file"`
	Width  int       `json:"width"`
	Height int       `json:"height"`
	Frames int       `json:"frames"` // pictures in the file, of which the first, or the main one, was looked at
	Faces  []faceOut `json:"faces"`
}

type faceOut struct {
	Box     boxOut  `json:"box"`
	Quality float64 `json:"quality"`
	Score   float64 `json:"score"` // the detector's margin: 0 is barely a face, 1 a clear one
}

type searchOut struct {
	Index  engine.Totals `json:"index"`
	Probes []probeOut    `json:"probes"`
	Failed []failedFile  `json:"failed"`
}

type probeOut struct {
	File     string     `json:"file"`
	Face     int        `json:"face"`
	Box      boxOut     `json:"box"`
	Quality  float64    `json:"quality"`
	Drawn    bool       `json:"drawn"`    // a person drew the box: no detector says that there is a face
	Compared int        `json:"compared"` // faces that expected_false and band are told for
	Crowding float64    `json:"crowding"` // times as many strangers expected as near an ordinary face
	Matches  []matchOut `json:"matches"`
}

type matchOut struct {
	Face          string      `json:"face"`
	Photo         string      `json:"photo"`
	Collection    string      `json:"collection"`
	Distance      float64     `json:"distance"`
	Band          string      `json:"band"`
	ExpectedFalse float64     `json:"expected_false"`
	Box           boxOut      `json:"box"`
	Source        sourceOut   `json:"source"`
	Also          []sourceOut `json:"also,omitempty"` // the same bytes found elsewhere
}

type sourceOut struct {
	URL         string        `json:"url"`
	PageURL     string        `json:"page_url"`
	PageTitle   string        `json:"page_title"`
	ImageTitle  string        `json:"image_title"`
	File        string        `json:"file"`
	SHA256      string        `json:"sha256"`
	CapturedAt  string        `json:"captured_at"`
	CollectedAt string        `json:"collected_at"`
	Location    *engine.Place `json:"location"`
	FrameMS     int           `json:"frame_ms"`
}

type caseOut struct {
	ID        string      `json:"id"`
	Ref       string      `json:"ref"`
	Site      string      `json:"site"`
	State     string      `json:"state"`
	CreatedAt string      `json:"created_at"`
	Items     []itemOut   `json:"items"`
	Letters   []letterOut `json:"letters"`
}

type itemOut struct {
	Face    string    `json:"face"`
	Photo   string    `json:"photo"`
	FoundAt string    `json:"found_at"`
	Source  sourceOut `json:"source"`
}

type letterOut struct {
	Right   string   `json:"right"`
	Lang    string   `json:"lang"`
	Formats []string `json:"formats"`
	At      string   `json:"at"`
}

// erasureOut is what erase and collection remove print: the plan, and the report once it was carried out.
type erasureOut struct {
	Plan   planOut    `json:"plan"`
	Report *reportOut `json:"report"` // null where nothing was erased
}

type planOut struct {
	Collection string                `json:"collection"` // that goes as a whole, or ""
	Reason     string                `json:"reason"`
	Ref        string                `json:"ref"`
	Suppress   bool                  `json:"suppress"`
	Similar    bool                  `json:"similar"`
	Photos     []engine.PhotoErasure `json:"photos"`
	Expected   engine.ErasureCounts  `json:"expected"` // of items, runs and suppressions at least so many
	Cases      []engine.CaseMention  `json:"cases"`
}

type reportOut struct {
	ID      string               `json:"id"`
	At      string               `json:"at"`
	Counts  engine.ErasureCounts `json:"counts"`
	Purge   engine.PurgeStats    `json:"purge"`
	Check   *erasedOut           `json:"check"` // null where it is not finished
	Cases   []engine.CaseMention `json:"cases"` // that still list something erased
	Seconds float64              `json:"seconds"`
}

func newSource(s engine.Provenance, sum engine.SHA256, collected time.Time) sourceOut {
	return sourceOut{
		URL: s.URL, PageURL: s.PageURL, PageTitle: s.PageTitle, ImageTitle: s.ImageTitle, File: s.File,
		SHA256: hex.EncodeToString(sum[:]), CapturedAt: stamp(s.CapturedAt), CollectedAt: stamp(collected), Location: s.Place,
	}
}

func newMatch(m engine.Match) matchOut {
	return matchOut{
		Face: string(m.Face), Photo: string(m.Photo), Collection: m.Collection, Distance: m.Distance,
		Band: string(m.Band), ExpectedFalse: m.ExpectedFalse, Box: newBox(m.Box),
		Source: newSource(m.Source, m.SHA256, m.CollectedAt),
		Also:   each(m.Also, func(s engine.Provenance) sourceOut { return newSource(s, m.SHA256, m.CollectedAt) }),
	}
}

func newProbes(file string, probes []engine.ProbeMatches) []probeOut {
	return each(probes, func(p engine.ProbeMatches) probeOut {
		return probeOut{file, p.Face, newBox(p.Box), p.Quality, p.Drawn, p.Compared, p.Crowding, each(p.Matches, newMatch)}
	})
}

func newFailed(file string, err error) failedFile {
	return failedFile{File: file, Reason: reasonOf(err), detail: engine.DetailOf(err)}
}

// reasonOf gives an error's message, which is never empty in a list of failures.
func reasonOf(err error) string {
	if msg := engine.MessageOf(err); msg != "" {
		return msg
	}
	return "something unforeseen happened"
}

func newCase(c engine.Case) caseOut {
	return caseOut{
		ID: string(c.ID), Ref: c.Ref, Site: c.Site, State: string(c.State), CreatedAt: stamp(c.CreatedAt),
		Items: each(c.Items, func(it engine.CaseItem) itemOut {
			return itemOut{string(it.Face), string(it.Photo), stamp(it.FoundAt), newSource(it.Source, it.SHA256, it.CollectedAt)}
		}),
		Letters: each(c.Letters, func(l engine.LetterRecord) letterOut {
			return letterOut{string(l.Right), l.Lang, l.Formats, stamp(l.At)}
		}),
	}
}

func newPlan(plan engine.ErasurePlan, collection string) planOut {
	r := plan.Request
	return planOut{collection, string(r.Reason), r.Ref, r.Suppress, r.Similar, each(plan.Photos, func(p engine.PhotoErasure) engine.PhotoErasure {
		p.Faces = list(p.Faces)
		return p
	}), plan.Expected, list(plan.Cases)}
}

// newReport leaves the proof out where the erasure did not come to it.
func newReport(r engine.ErasureReport, proved bool) *reportOut {
	out := &reportOut{ID: string(r.ID), At: stamp(r.At), Counts: r.Counts, Purge: r.Purge, Cases: list(r.Cases), Seconds: seconds(r.Elapsed)}
	if proved {
		out.Check = new(newErased(r.Check))
	}
	return out
}
