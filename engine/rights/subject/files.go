package subject

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
)

// File is one file of a package. Store and Count say whose records it holds.
type File struct {
	Path  string
	Data  []byte
	Store matter.StoreName
	Count int
}

// Folders of pictures in a package.
const (
	CropFolder      = "data/images/faces/"
	ThumbnailFolder = "data/images/photos/"
)

// list is a JSON file of records.
type list struct {
	About   string            `json:"about"`
	Schema  map[string]string `json:"schema,omitempty"`
	Records any               `json:"records"`
}

// Record is one face, or one photo in which no face was found, as records.json tells it.
type Record struct {
	Face        engine.FaceID       `json:"face,omitempty"`
	Photo       engine.PhotoID      `json:"photo"`
	Collection  string              `json:"collection"`
	Source      engine.Provenance   `json:"source"`
	Also        []engine.Provenance `json:"also"`
	CollectedAt time.Time           `json:"collected_at"`
	ErasedBy    time.Time           `json:"planned_deletion"`
	Box         [4]int              `json:"box"`
	Quality     float64             `json:"quality"`
	Roll        float64             `json:"roll"`
	Model       engine.ModelID      `json:"model"`
	Was         []engine.FaceID     `json:"earlier_ids"`
	Template    bool                `json:"template_held"`
	Restricted  bool                `json:"restricted"`
	Stored      string              `json:"stored"`
}

// photoRecord is a photo as photos.json tells it.
type photoRecord struct {
	Photo       engine.PhotoID `json:"photo"`
	Collection  string         `json:"collection"`
	Width       int            `json:"width"`
	Height      int            `json:"height"`
	Format      string         `json:"format"`
	SHA256      string         `json:"sha256"`
	PHash       string         `json:"perceptual_hash"`
	Description string         `json:"description"`
	CollectedAt time.Time      `json:"collected_at"`
	Detector    string         `json:"detector"`
	Cut         bool           `json:"a_face_was_erased_from_it"`
	Faces       int            `json:"faces_of_the_person"`
	OtherFaces  int            `json:"other_faces"`
}

const storedSealed = "in this vault, on the operator's computer; sealed"

func schema() map[string]string {
	return map[string]string{
		"face": "number of the face in the vault; absent where a person recognised you in a photo in which no face was found", "photo": "number of the photo", "collection": "name of the collection",
		"source": "where it was found: address of the image and page, titles, author, dates, place, file", "also": "other places where the same file was found",
		"collected_at": "when it was collected", "planned_deletion": "when it leaves the vault at the latest", "box": "left, top, width, height of the face in pixels of the photo",
		"quality": "0 (useless) to 1 (good), computed", "roll": "degrees by which the head is turned", "model": "program that made the template", "earlier_ids": "numbers that the face had before",
		"template_held": "whether a template of the face is held: see templates.json", "restricted": "whether no search finds it, because its processing is restricted", "stored": "where it is kept",
	}
}

// records lists the faces of the dossier, and its photos without one.
func (d Dossier) records() (out []Record) {
	retain, names := map[engine.CollectionID]time.Duration{}, map[engine.CollectionID]string{}
	for _, c := range d.Collections {
		retain[c.ID], names[c.ID] = c.Retain, c.Name
	}
	for _, p := range d.Photos {
		base := Record{Photo: p.ID, Collection: names[p.Collection], Source: p.Source, Also: append([]engine.Provenance{}, p.Also...), CollectedAt: p.CollectedAt,
			ErasedBy: p.CollectedAt.Add(retain[p.Collection]), Model: p.Model, Was: []engine.FaceID{}, Stored: storedSealed}
		n := len(out)
		for _, f := range p.Faces {
			if !d.Faces[f.ID] {
				continue
			}
			r := base
			r.Face, r.Box, r.Quality, r.Roll, r.Model = f.ID, [4]int{f.Box.X, f.Box.Y, f.Box.W, f.Box.H}, f.Quality, f.Roll, f.Model
			r.Was = append(r.Was, f.Was...)
			_, r.Template = d.Templates[f.ID]
			r.Restricted = d.Frozen[f.ID]
			out = append(out, r)
		}
		if len(out) == n {
			out = append(out, base)
		}
	}
	return out
}

func (d Dossier) photoRecords() (out []photoRecord) {
	names := map[engine.CollectionID]string{}
	for _, c := range d.Collections {
		names[c.ID] = c.Name
	}
	for _, p := range d.Photos {
		r := photoRecord{Photo: p.ID, Collection: names[p.Collection], Width: p.Width, Height: p.Height, Format: p.Format, SHA256: hex.EncodeToString(p.SHA256[:]),
			PHash: fmt.Sprintf("%016x", p.PHash), Description: p.Description, CollectedAt: p.CollectedAt, Detector: string(p.Look.Detector), Cut: p.Cut}
		for _, f := range p.Faces {
			if d.Faces[f.ID] {
				r.Faces++
			} else {
				r.OtherFaces++
			}
		}
		out = append(out, r)
	}
	return out
}

// faceCount counts the confirmed faces that are held.
func (d Dossier) faceCount() (n int) {
	for _, r := range d.records() {
		if r.Face != "" {
			n++
		}
	}
	return n
}

// Files gives the files of the package, without pictures, answer and manifest.
func (d Dossier) Files() ([]File, error) {
	records := d.records()
	var out []File
	add := func(path string, store matter.StoreName, count int, v any) error {
		data, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return engine.E(engine.CodeInternal, "subject.Files", "a file of the package can't be written down", err)
		}
		out = append(out, File{path, data, store, count})
		return nil
	}
	faces := d.faceCount()
	// records.json may hold photos without a face, which are counted as photos: so it is counted by records of faces only.
	facesOnly := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Face == "" })
	without := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return r.Face != "" })
	steps := []func() error{
		func() error {
			return add("data/records.json", matter.StoreFaces, faces, list{"every face held that shows you", schema(), some(facesOnly)})
		},
		func() error {
			return add("data/records-without-face.json", "", 0, list{"photos that show you although no face was found in them", schema(), some(without)})
		},
		func() error {
			return add("data/photos.json", matter.StorePhotos, len(d.Photos), list{"every photo held that shows you", nil, some(d.photoRecords())})
		},
		func() error { return add("data/templates.json", matter.StoreTemplates, d.delivered(), d.templates()) },
		func() error {
			return add("data/groups.json", matter.StoreGroups, len(d.Groups), list{"faces that the program put together with yours", nil, some(d.Groups)})
		},
		func() error {
			return add("data/decisions.json", matter.StoreDecisions, len(d.Decisions), list{"what the operator decided about such groups; faces of other people are left out", nil, some(d.ownDecisions())})
		},
		func() error {
			return add("data/judgements.json", matter.StoreDecisions, len(d.Judgements), list{"what users of the vault said of your face as a match of a search: whether it shows the person they searched for", nil, some(d.Judgements)})
		},
		func() error {
			return add("data/checks.json", matter.StoreChecks, len(d.Checks), list{"what checks of the sources have found", nil, some(d.Checks)})
		},
		func() error {
			return add("data/requests.json", matter.StoreRequests, len(d.Requests), list{"your requests", nil, some(d.Requests)})
		},
		func() error {
			entries := make([]map[string]string, d.Suppressed)
			for i := range entries {
				entries[i] = map[string]string{"kind": "keyed hash of an address or file of yours, which is refused when it is collected again"}
			}
			return add("data/suppressions.json", matter.StoreSuppressions, d.Suppressed, list{"entries of the suppression list that stand for your photos", nil, entries})
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	out = append(out, File{"data/records.csv", d.recordsCSV(records), "", 0}, d.sources(), d.consultations(), d.cases(), d.recipients())
	return out, nil
}

// some gives an empty list in the place of none: no null where a list is meant.
func some[T any](all []T) []T { return append([]T{}, all...) }

// ownDecisions leaves faces of other people out of decisions about groups.
func (d Dossier) ownDecisions() (out []map[string]any) {
	own := func(faces []engine.FaceID) (n []engine.FaceID, others int) {
		for _, f := range faces {
			if d.Faces[f] {
				n = append(n, f)
			} else {
				others++
			}
		}
		return some(n), others
	}
	for _, x := range d.Decisions {
		row := map[string]any{}
		for name, faces := range map[string][]engine.FaceID{"same_person": x.Same, "not_the_person_of_the_rest": x.Out, "rest": x.Rest} {
			mine, others := own(faces)
			row[name], row[name+"_others"] = mine, others
		}
		out = append(out, row)
	}
	return out
}

func (d Dossier) delivered() int {
	if d.Described {
		return 0
	}
	return len(d.Templates)
}

// templates gives the vectors in readable numbers, or what they are.
func (d Dossier) templates() any {
	type row struct {
		Face   engine.FaceID  `json:"face"`
		Model  engine.ModelID `json:"model"`
		Values []float32      `json:"values,omitempty"`
	}
	rows := []row{}
	for _, r := range d.records() {
		t, held := d.Templates[r.Face]
		if held && !d.Described {
			rows = append(rows, row{r.Face, r.Model, t[:]})
		}
	}
	return struct {
		About     string `json:"about"`
		Dimension int    `json:"dimension"`
		Metric    string `json:"metric"`
		Held      int    `json:"held"`
		Warning   string `json:"warning"`
		Records   []row  `json:"records"`
	}{"A template is a point in a space of 128 dimensions that a neural network computes from a picture of your face. Pictures of one person give points near to each other. " +
		"The numbers have no meaning one by one.", engine.TemplateSize, "Euclidean distance (L2)", len(d.Templates),
		"These numbers are biometric data: with them your face can be found in other collections that use the same model. Keep them as you would keep a password.", rows}
}

// Rows gives the templates in the order of templates.json, for the same as an array.
func (d Dossier) Rows() (out []engine.Template) {
	for _, r := range d.records() {
		if t, held := d.Templates[r.Face]; held && !d.Described {
			out = append(out, t)
		}
	}
	return out
}

// csvFile writes rows behind a head. Cells that a spreadsheet would take for a formula get an apostrophe in front.
func csvFile(head []string, rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(head) // into memory: it can't fail
	for _, r := range rows {
		for i, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				r[i] = "'" + cell
			}
		}
		_ = w.Write(r)
	}
	w.Flush()
	return b.Bytes()
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (d Dossier) recordsCSV(records []Record) []byte {
	var rows [][]string
	for _, r := range records {
		rows = append(rows, []string{string(r.Face), string(r.Photo), r.Collection, r.Source.URL, r.Source.PageURL, r.Source.PageTitle, r.Source.ImageTitle, r.Source.File, stamp(r.CollectedAt),
			stamp(r.Source.CapturedAt), stamp(r.ErasedBy), fmt.Sprint(r.Box), fmt.Sprintf("%.3f", r.Quality), string(r.Model), fmt.Sprint(r.Template), fmt.Sprint(r.Restricted)})
	}
	return csvFile([]string{"face", "photo", "collection", "image address", "page address", "page title", "image title", "file", "collected", "taken", "planned deletion", "box", "quality", "model",
		"template held", "restricted"}, rows)
}

// sources lists every find: 15(1)(g).
func (d Dossier) sources() File {
	var rows [][]string
	for _, p := range d.Photos {
		for _, s := range append([]engine.Provenance{p.Source}, p.Also...) {
			place := ""
			if s.Place != nil {
				place = fmt.Sprintf("%.5f %.5f", s.Place.Lat, s.Place.Lon)
			}
			rows = append(rows, []string{string(p.ID), s.URL, s.PageURL, s.PageTitle, s.Author, s.File, s.Part, stamp(p.CollectedAt), stamp(s.CapturedAt), stamp(s.PublishedAt), stamp(s.ArchivedAt), place})
		}
	}
	return File{"sources.csv", csvFile([]string{"photo", "image address", "page address", "page title", "author", "file", "part", "collected", "taken", "published", "archived", "place"}, rows), matter.StoreFinds, len(rows)}
}

// consultations lists every search and look that returned the person. Who it was stays a keyed hash: colleagues' names are not essential (C-579/21).
func (d Dossier) consultations() File {
	var rows [][]string
	faces := OldNames(d.Photos, d.Faces)
	for _, e := range d.Log {
		n := 0
		for _, f := range e.Returned {
			if faces[f] {
				n++
			}
		}
		rows = append(rows, []string{fmt.Sprint(e.Seq), stamp(e.At), string(e.Action), e.Purpose, cmp.Or(e.Detail["ref"], ""), "user of the vault " + e.Actor, fmt.Sprint(n), e.Software})
	}
	return File{"consultations.csv", csvFile([]string{"entry", "time", "what", "purpose", "reference", "by", "your faces returned", "program"}, rows), matter.StoreLog, len(rows)}
}

func (d Dossier) cases() File {
	var rows [][]string
	for _, c := range d.Cases {
		rows = append(rows, []string{c.Ref, string(c.State), string(c.Item.Face), string(c.Item.Photo), c.Item.Source.URL, c.Item.Source.PageURL, stamp(c.Item.FoundAt)})
	}
	return File{"data/cases.csv", csvFile([]string{"case", "state", "face", "photo", "image address", "page address", "found"}, rows), matter.StoreCases, len(rows)}
}

// recipients is 15(1)(c) and 15(2).
func (d Dossier) recipients() File {
	var rows [][]string
	for _, r := range d.Answering.Recipients {
		role := "recipient"
		if r.Processor {
			role = "processor"
		}
		rows = append(rows, []string{r.Name, r.Address, role, r.What, r.Purpose, stamp(r.Since), stamp(r.Until), r.Country, fmt.Sprint(r.Third), r.Safeguards})
	}
	return File{"recipients.csv", csvFile([]string{"name", "address", "role", "data", "purpose", "since", "until", "country", "third country", "safeguards"}, rows), "", 0}
}
