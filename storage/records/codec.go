package records

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"gabarit/engine"
	"gabarit/storage/vault"
)

// ErasingName begins the names of the records of kind m of erasures that are not purged yet, one for each part.
const ErasingName = "erasing/"

// codecVersion is the first byte of everything that is sealed.
const codecVersion = 1

// The records below are converted to and from the engine's types field by field, by the compiler:
// a field added there and not here does not build.
type (
	metaRecord struct {
		Version int       `json:"version"`
		Created time.Time `json:"created"`
	}
	// Collection is a collection.
	Collection struct {
		ID         engine.CollectionID `json:"id"`
		Name       string              `json:"name"`
		Purpose    string              `json:"purpose"`
		Basis      string              `json:"basis"`
		Condition  string              `json:"condition,omitempty"`
		Scope      string              `json:"scope,omitempty"`
		Retain     time.Duration       `json:"retain_ns"`
		Controller string              `json:"controller,omitempty"`
		CreatedAt  time.Time           `json:"created_at"`
	}
	// Counts is what a collection holds.
	Counts struct {
		Photos int `json:"photos"`
		Faces  int `json:"faces"`
		NoFace int `json:"no_face"`
		Failed int `json:"failed"`
	}
	// Run is a run.
	Run struct {
		ID         engine.RunID        `json:"id"`
		Collection engine.CollectionID `json:"collection"`
		Sources    []string            `json:"sources"`
		Detector   engine.DetectorKind `json:"detector,omitempty"`
		Pixels     int                 `json:"smallest_pixels,omitempty"`
		Share      float64             `json:"smallest_share,omitempty"`
		Averaged   bool                `json:"averaged,omitempty"`
		Retemplate bool                `json:"retemplate,omitempty"`
		Web        engine.WebOptions   `json:"web,omitzero"`
		StartedAt  time.Time           `json:"started_at"`
		FinishedAt time.Time           `json:"finished_at,omitzero"`
	}
	// Item is what became of an item.
	Item struct {
		Key     string         `json:"key"`
		Version string         `json:"version,omitempty"`
		Run     engine.RunID   `json:"run"`
		Outcome engine.Outcome `json:"outcome"`
		Photo   engine.PhotoID `json:"photo,omitempty"`
		Faces   int            `json:"faces,omitempty"`
		Code    engine.Code    `json:"code,omitempty"`
		Reason  string         `json:"reason,omitempty"`
		Detail  string         `json:"detail,omitempty"`
		At      time.Time      `json:"at,omitzero"`
		Renewed bool           `json:"renewed,omitempty"`
	}
	// Find is one more find of a photo.
	Find struct {
		ID   string            `json:"id"` // a ULID: finds are listed in the order they came
		Find engine.Provenance `json:"find"`
	}
	// Photo is a photo and its faces, without templates.
	Photo struct {
		Collection  engine.CollectionID `json:"collection"`
		Source      engine.Provenance   `json:"source"`
		Width       int                 `json:"width"`
		Height      int                 `json:"height"`
		Format      string              `json:"format,omitempty"`
		SHA256      []byte              `json:"sha256"`
		PHash       uint64              `json:"phash,omitempty"`
		Description string              `json:"description,omitempty"`
		CollectedAt time.Time           `json:"collected_at"`
		Faces       []Face              `json:"faces,omitempty"`
		Numbered    int                 `json:"numbered,omitempty"` // numbers of faces that were used; 0: those of Faces, from 0
		Model       engine.ModelID      `json:"model,omitempty"`    // "" in records of earlier versions: that of the faces
		Look        *Look               `json:"look,omitempty"`     // nil in records of earlier versions
		Cut         bool                `json:"cut,omitempty"`      // a face was erased
		First       int                 `json:"first,omitempty"`    // lower numbers are of faces that were found anew since
		Former      []FormerKey         `json:"former,omitempty"`   // under which it was before its faces were found anew
	}
	// FormerKey is a key that was destroyed, and its fingerprint.
	FormerKey struct {
		Ref  vault.KeyRef      `json:"ref"`
		Mark vault.Fingerprint `json:"mark"`
	}
	// Look is by what a photo's faces were found.
	Look struct {
		Detector engine.DetectorKind `json:"detector,omitempty"`
		Pixels   int                 `json:"smallest_pixels,omitempty"`
		Share    float64             `json:"smallest_share,omitempty"`
		Averaged bool                `json:"averaged,omitempty"`
	}
	// Face is a face of a Photo.
	Face struct {
		ID      engine.FaceID   `json:"id"`
		Was     []engine.FaceID `json:"was,omitempty"`
		Box     [4]int          `json:"box"` // x, y, width, height
		Quality float64         `json:"quality"`
		Roll    float64         `json:"roll"`
		Model   engine.ModelID  `json:"model"`
		Seen    engine.Span     `json:"seen,omitzero"`
	}
	caseRecord struct {
		ID        engine.CaseID    `json:"id"`
		Ref       string           `json:"ref"`
		Site      string           `json:"site,omitempty"`
		Items     []caseItemRecord `json:"items"`
		State     engine.CaseState `json:"state"`
		CreatedAt time.Time        `json:"created_at"`
		Letters   []letterRecord   `json:"letters,omitempty"`
		Course    json.RawMessage  `json:"course,omitempty"`
	}
	caseItemRecord struct {
		Face        engine.FaceID     `json:"face"`
		Photo       engine.PhotoID    `json:"photo"`
		Source      engine.Provenance `json:"source"`
		SHA256      []byte            `json:"sha256"`
		FoundAt     time.Time         `json:"found_at"`
		CollectedAt time.Time         `json:"collected_at"`
		Confirmed   engine.Verdict    `json:"confirmed,omitempty"`
	}
	letterRecord struct {
		Right   engine.Right `json:"right"`
		Lang    string       `json:"lang"`
		Formats []string     `json:"formats"`
		At      time.Time    `json:"at"`
		Regime  string       `json:"regime,omitempty"`
	}
	// Suppression is an entry of the suppression list.
	Suppression struct {
		Kind    engine.SuppressionKind `json:"kind"`
		Created time.Time              `json:"created"`
		Review  time.Time              `json:"review"` // from then on it refuses nothing
		Hits    int                    `json:"hits,omitempty"`
		Reason  engine.EraseReason     `json:"reason"`
		PHash   uint64                 `json:"phash,omitempty"` // for looks
	}
	// Erasing is what is kept of a part of an erasure until it is purged.
	Erasing struct {
		Erasure  engine.ErasureID    `json:"erasure"`
		Reason   engine.EraseReason  `json:"reason"`
		Ref      string              `json:"ref,omitempty"`
		Whole    engine.CollectionID `json:"whole,omitempty"` // the collection that goes
		Suppress bool                `json:"suppress,omitempty"`
		Similar  bool                `json:"similar,omitempty"`
		Keys     []ErasingKey        `json:"keys,omitempty"`
		Renewal  engine.CollectionID `json:"renewal,omitempty"` // faces of photos of this collection are replaced, by the run Erasure
		Swept    bool                `json:"swept,omitempty"`   // nothing hangs on these keys any more
	}
	// ErasingKey is a key that goes, and of what.
	ErasingKey struct {
		Ref        vault.KeyRef        `json:"ref"`                  // zero for a collection
		Record     string              `json:"record"`               // ID of the photo, case or collection
		Next       vault.KeyRef        `json:"next,omitzero"`        // under which the record stays
		Collection engine.CollectionID `json:"collection,omitempty"` // of the photo
		Former     []FormerKey         `json:"former,omitempty"`     // that the photo had before; of a renewal: the key itself
	}
	// TemplatesHead is what filters ask for, stored with the templates of a photo.
	TemplatesHead struct {
		Collection engine.CollectionID `json:"collection"`
		Hosts      []string            `json:"hosts,omitempty"`
		When       time.Time           `json:"when"`
		Model      engine.ModelID      `json:"model,omitempty"` // "" in records of earlier versions: the photo's tells
		Place      *engine.Place       `json:"place,omitempty"`
		Placed     bool                `json:"placed,omitempty"` // Place is what the photo's record tells; false in records of earlier versions
	}
	// FaceTemplate is the template of a face.
	FaceTemplate struct {
		Number   int
		Template engine.Template
	}
)

// NewRun gives the record of a run.
func NewRun(r engine.Run) Run {
	l := r.Look
	return Run{r.ID, r.Collection, r.Sources, l.Detector, l.Smallest.Pixels, l.Smallest.Share, l.Averaged, r.Retemplate, r.Web, r.StartedAt, r.FinishedAt}
}

// Engine gives the engine's type.
func (r Run) Engine() engine.Run {
	look := engine.Look{Detector: r.Detector, Smallest: engine.FaceSize{Pixels: r.Pixels, Share: r.Share}, Averaged: r.Averaged}
	return engine.Run{ID: r.ID, Collection: r.Collection, Sources: r.Sources, Look: look, Retemplate: r.Retemplate, Web: r.Web, StartedAt: r.StartedAt, FinishedAt: r.FinishedAt}
}

// encode writes a record down as JSON, behind the version.
func encode(record any) ([]byte, error) {
	b, err := json.Marshal(record)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, "storage.encode", "a record can't be written down", err)
	}
	return append([]byte{codecVersion}, b...), nil
}

// EncodeBytes puts the version before a picture.
func EncodeBytes(b []byte) []byte { return append([]byte{codecVersion}, b...) }

// DecodeBytes is the reverse of EncodeBytes: it checks the version and takes it off. Errors as of Decode.
func DecodeBytes(plain []byte) ([]byte, error) {
	switch {
	case len(plain) == 0 || plain[0] == 0:
		return nil, unreadable(errors.New("no version"))
	case plain[0] > codecVersion:
		return nil, engine.E(engine.CodeUnsupported, "storage.decode", "a record was written by a newer version of this program",
			fmt.Errorf("encoding %d", plain[0]))
	}
	return plain[1:], nil
}

// Decode reads a record that Tx.Put or PutUnder wrote. CodeCorrupt; CodeUnsupported: written by a newer version.
func Decode(plain []byte, record any) error {
	b, err := DecodeBytes(plain)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, record); err != nil {
		return unreadable(err)
	}
	return nil
}

// unreadable is the error for a record that does not hold what it should.
func unreadable(cause error) error {
	return engine.E(engine.CodeCorrupt, "storage.decode", "a stored record is damaged", cause)
}

// NewPhoto gives the record of a photo.
func NewPhoto(p engine.Photo) Photo {
	r := Photo{Collection: p.Collection, Source: p.Source, Width: p.Width, Height: p.Height, Format: p.Format,
		SHA256: p.SHA256[:], PHash: p.PHash, Description: p.Description, CollectedAt: p.CollectedAt, Model: p.Model, Look: newLook(p.Look)}
	for _, f := range p.Faces {
		r.Faces = append(r.Faces, Face{f.ID, f.Was, [4]int{f.Box.X, f.Box.Y, f.Box.W, f.Box.H}, f.Quality, f.Roll, f.Model, f.Seen})
	}
	return r
}

// Engine gives the engine's type, without other finds and templates.
func (r Photo) Engine(id engine.PhotoID) (engine.Photo, error) {
	p := engine.Photo{ID: id, Collection: r.Collection, Source: r.Source, Width: r.Width, Height: r.Height, Format: r.Format,
		PHash: r.PHash, Description: r.Description, CollectedAt: r.CollectedAt, Model: r.ModelID(), Look: r.Look.engine(), Cut: r.IsCut()}
	if copy(p.SHA256[:], r.SHA256) != len(p.SHA256) {
		return p, unreadable(errors.New("hash of a photo is cut off"))
	}
	for _, f := range r.Faces {
		p.Faces = append(p.Faces, engine.Face{ID: f.ID, Was: f.Was, Box: engine.Box{X: f.Box[0], Y: f.Box[1], W: f.Box[2], H: f.Box[3]},
			Quality: f.Quality, Roll: f.Roll, Model: f.Model, Seen: f.Seen})
	}
	return p, nil
}

// EncodeCase writes a case down.
func EncodeCase(c engine.Case) ([]byte, error) {
	r := caseRecord{ID: c.ID, Ref: c.Ref, Site: c.Site, State: c.State, CreatedAt: c.CreatedAt, Course: c.Course}
	for _, i := range c.Items {
		r.Items = append(r.Items, caseItemRecord{i.Face, i.Photo, i.Source, i.SHA256[:], i.FoundAt, i.CollectedAt, i.Confirmed})
	}
	for _, l := range c.Letters {
		r.Letters = append(r.Letters, letterRecord(l))
	}
	return encode(r)
}

// DecodeCase is the reverse of EncodeCase. Errors as of Decode.
func DecodeCase(plain []byte) (engine.Case, error) {
	var r caseRecord
	if err := Decode(plain, &r); err != nil {
		return engine.Case{}, err
	}
	c := engine.Case{ID: r.ID, Ref: r.Ref, Site: r.Site, State: r.State, CreatedAt: r.CreatedAt, Course: r.Course}
	for _, i := range r.Items {
		item := engine.CaseItem{Face: i.Face, Photo: i.Photo, Source: i.Source, FoundAt: i.FoundAt, CollectedAt: i.CollectedAt, Confirmed: i.Confirmed}
		if copy(item.SHA256[:], i.SHA256) != len(item.SHA256) {
			return c, unreadable(errors.New("hash of a case's item is cut off"))
		}
		c.Items = append(c.Items, item)
	}
	for _, l := range r.Letters {
		c.Letters = append(c.Letters, engine.LetterRecord(l))
	}
	return c, nil
}

const faceTemplateLen = 4 + 4*engine.TemplateSize

// HeadOf gives what is stored with the templates of a photo.
func HeadOf(p *engine.Photo) TemplatesHead {
	return TemplatesHead{Collection: p.Collection, Hosts: p.Hosts(), When: p.When(), Model: p.Model, Place: p.Source.Place, Placed: true}
}

// EncodeTemplates writes the templates of a photo's faces down.
func EncodeTemplates(head TemplatesHead, faces []FaceTemplate) ([]byte, error) {
	h, err := json.Marshal(head)
	if err != nil {
		return nil, engine.E(engine.CodeInternal, "storage.encode", "a record can't be written down", err)
	}
	b := make([]byte, 0, 5+len(h)+len(faces)*faceTemplateLen)
	b = append(b, codecVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(h)))
	b = append(b, h...)
	for _, f := range faces {
		b = binary.LittleEndian.AppendUint32(b, uint32(f.Number))
		for _, x := range f.Template {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	return b, nil
}

// DecodeTemplates reads what EncodeTemplates wrote.
func DecodeTemplates(plain []byte) (TemplatesHead, []FaceTemplate, error) {
	var head TemplatesHead
	b, err := DecodeBytes(plain)
	if err != nil {
		return head, nil, err
	}
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return head, nil, unreadable(errors.New("head of templates is cut off"))
	}
	n := int(binary.LittleEndian.Uint32(b))
	if err := json.Unmarshal(b[4:4+n], &head); err != nil {
		return head, nil, unreadable(err)
	}
	b = b[4+n:]
	if len(b)%faceTemplateLen != 0 {
		return head, nil, unreadable(errors.New("templates are cut off"))
	}
	faces := make([]FaceTemplate, 0, len(b)/faceTemplateLen)
	for row := range slices.Chunk(b, faceTemplateLen) {
		f := FaceTemplate{Number: int(binary.LittleEndian.Uint32(row))}
		for i := range f.Template {
			f.Template[i] = math.Float32frombits(binary.LittleEndian.Uint32(row[4+4*i:]))
		}
		faces = append(faces, f)
	}
	return head, faces, nil
}

// reason is an error's own words without the operations it passed through.
func reason(err error) string {
	if msg := engine.MessageOf(err); msg != "" {
		return msg
	}
	return err.Error()
}

// newLook gives the record of a look.
func newLook(l engine.Look) *Look {
	return &Look{l.Detector, l.Smallest.Pixels, l.Smallest.Share, l.Averaged}
}

// engine gives the engine's type; zero where none was kept.
func (l *Look) engine() engine.Look {
	if l == nil {
		return engine.Look{}
	}
	return engine.Look{Detector: l.Detector, Smallest: engine.FaceSize{Pixels: l.Pixels, Share: l.Share}, Averaged: l.Averaged}
}

// ModelID names the model that made the templates; "" where an earlier version found no face.
func (r Photo) ModelID() engine.ModelID {
	if r.Model == "" && len(r.Faces) > 0 {
		return r.Faces[0].Model
	}
	return r.Model
}

// IsCut tells whether a face was erased from the photo. Earlier versions kept Numbered for such photos only.
func (r Photo) IsCut() bool { return r.Cut || r.Model == "" && r.Numbered > 0 }
