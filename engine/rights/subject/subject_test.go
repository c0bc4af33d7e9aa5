package subject_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/matter"
	"gabarit/engine/rights/subject"
)

func at(x float32) (t engine.Template) {
	t[0] = x
	return t
}

func photoOf(id engine.PhotoID, url string, faces int) engine.Photo {
	p := engine.Photo{ID: id, Collection: "C", Source: engine.Provenance{URL: url}, SHA256: engine.SHA256{byte(len(id)), id[0]}, PHash: 0xf0f0, Width: 100, Height: 100, CollectedAt: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)}
	for i := range faces {
		p.Faces = append(p.Faces, engine.Face{ID: engine.NewFaceID(id, i), Model: "m"})
	}
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestCandidatesAreFoundInEachWay(t *testing.T) {
	m, err := subject.NewMatcher(subject.Wanted{Model: "m", Templates: []engine.Template{at(0), at(5)}, URLs: []string{"HTTPS://Example.org:443/a#x"}, Within: .6,
		Files: []engine.SHA256{{1, 'D'}}, Looks: []uint64{0, 0xf0f3 ^ 0xff00}})
	must(t, err)
	named, plain, same := photoOf("A", "https://example.org/a", 2), photoOf("B", "https://example.org/b", 1), photoOf("D", "", 1)
	alike := photoOf("E", "", 0)
	plain.PHash, named.PHash, same.PHash, alike.PHash = 0, 1<<40, 1<<20, 0xf0f3^0xff00^0b111
	for _, p := range []engine.Photo{named, plain, same, alike} {
		m.Photo(p)
	}
	m.Face(engine.IndexEntry{Face: "A-0", Model: "m", Template: at(3)})
	m.Face(engine.IndexEntry{Face: "A-1", Model: "other", Template: at(0)})
	m.Face(engine.IndexEntry{Face: "B-0", Model: "m", Template: at(5.5)})
	m.Face(engine.IndexEntry{Face: "F-0", Model: "m", Template: at(1)})
	m.Group([]engine.FaceID{"B-0", "F-0"})
	m.Again(engine.IndexEntry{Face: "F-0", Model: "m", Template: at(1)})
	found, s := m.Result(nil, nil)
	got := map[string]string{}
	for _, c := range found {
		by := make([]string, len(c.By))
		for i, b := range c.By {
			by[i] = string(b)
		}
		got[c.Key()] = strings.Join(by, "+")
	}
	want := map[string]string{"B-0": "group+portrait", "F-0": "group", "A-0": "url", "A-1": "url", "A": "url", "D-0": "file", "D": "file", "E": "looks"}
	for k, by := range want {
		if got[k] != by {
			t.Errorf("%s is found by %q, want %q", k, got[k], by)
		}
	}
	if len(got) != len(want) {
		t.Errorf("found %v", got)
	}
	if found[0].Key() != "B-0" || math.Abs(found[0].Distance-.5) > 1e-6 || found[1].Key() != "F-0" || found[1].Distance != 1 || found[len(found)-1].Compared {
		t.Errorf("order %+v", found)
	}
	if s.Compared != 3 || s.OtherModel != 1 || s.Photos != 4 || s.Held != 4 || s.Found[matter.FoundURL] != 3 || s.Found[matter.FoundGroup] != 2 || s.Nearest != .5 {
		t.Errorf("searched %+v", s)
	}
}

func TestASearchByNothingOrAtNoDistanceIsRefused(t *testing.T) {
	for name, w := range map[string]subject.Wanted{
		"nothing":      {Within: .6},
		"no distance":  {URLs: []string{"x"}},
		"too far":      {URLs: []string{"x"}, Within: 1},
		"not a number": {URLs: []string{"x"}, Within: math.NaN()},
	} {
		if _, err := subject.NewMatcher(w); engine.CodeOf(err) != engine.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDecisionsAreKeptWhenItIsSearchedAgain(t *testing.T) {
	m, err := subject.NewMatcher(subject.Wanted{Model: "m", Templates: []engine.Template{at(0)}, Within: .5})
	must(t, err)
	m.Face(engine.IndexEntry{Face: "A-0", Model: "m", Template: at(.4)})
	review := []matter.Review{{By: "x", Decision: matter.DecidedYes}}
	was := []matter.SubjectCandidate{{Face: "A-0", Photo: "A", Reviews: review}, {Face: "B-0", Photo: "B", Reviews: review}, {Face: "C-0", Photo: "C", Reviews: review}, {Face: "D-0", Photo: "D"}}
	found, _ := m.Result(was, func(c matter.SubjectCandidate) bool { return c.Photo != "C" })
	var keys []string
	for _, c := range found {
		keys = append(keys, c.Key())
		if len(c.Reviews) != 1 {
			t.Errorf("%s has %d reviews", c.Key(), len(c.Reviews))
		}
	}
	if !slices.Equal(keys, []string{"A-0", "B-0"}) { // C is gone, nobody had decided D
		t.Errorf("candidates %v", keys)
	}
}

// dossier is of one photo with the person and somebody else on it.
func dossier() subject.Dossier {
	p := photoOf("A", "https://example.org/a", 2)
	p.Source.PageTitle = "=HYPERLINK(\"x\")"
	return subject.Dossier{Request: matter.Request{Ref: "2026-REQ-0001", Lang: "en", Rights: []engine.Right{matter.RightAccess}}, At: p.CollectedAt, Photos: []engine.Photo{p},
		Faces: map[engine.FaceID]bool{"A-0": true}, Templates: map[engine.FaceID]engine.Template{"A-0": at(.25)},
		Collections: []engine.CollectionInfo{{Collection: engine.Collection{ID: "C", Name: "press", Purpose: "review", Basis: "consent", Condition: "explicit-consent", Retain: 48 * time.Hour}}},
		Log:         []engine.AuditEntry{{Seq: 7, Action: engine.ActionSearch, Purpose: "curiosity", Returned: []engine.FaceID{"A-0", "Z-0"}, Actor: "abcd"}}}
}

func TestB04EveryPointAndStoreThatIsEmptyNeedsAReason(t *testing.T) {
	d := dossier()
	full := matter.StoreCounts{}
	for _, s := range matter.Stores() {
		full[s] = 1
	}
	open := func(d subject.Dossier, scan, got matter.StoreCounts, undecided, fresh int) (keys []string) {
		for _, g := range subject.Gaps(d, scan, got, undecided, fresh) {
			if !g.Explained() {
				keys = append(keys, g.Key)
			}
		}
		return keys
	}
	if got := open(d, full, full, 0, 0); !slices.Equal(got, []string{"15(1)(c)", "15(1)(f)", "14(1)"}) {
		t.Errorf("nothing is stated: %v", got)
	}
	d.Request.Reasons = map[string]string{"15(1)(c)": "nobody", "15(1)(f)": "in the letter", "14(1)": "in the letter", "templates": "lost"}
	if got := open(d, full, full, 0, 0); len(got) != 0 {
		t.Errorf("all is stated: %v", got)
	}
	less := matter.StoreCounts{}
	for s, n := range full {
		less[s] = n
	}
	less[matter.StoreTemplates] = 0
	if got := open(d, full, less, 0, 0); !slices.Equal(got, []string{"templates"}) {
		t.Errorf("no reason explains what is held and not delivered: %v", got)
	}
	if got := open(d, less, less, 0, 0); len(got) != 0 {
		t.Errorf("a scan that finds none explains an empty store: %v", got)
	}
	d.Described = true
	if got := open(d, full, less, 0, 0); len(got) != 0 {
		t.Errorf("templates are described as the person prefers: %v", got)
	}
	if got := open(d, full, full, 1, 1); len(got) != 2 {
		t.Errorf("candidates are open: %v", got)
	}
}

func TestFilesHoldThePersonAndNobodyElse(t *testing.T) {
	d := dossier()
	files, err := d.Files()
	must(t, err)
	byPath := map[string]subject.File{}
	for _, f := range append(files, subject.TextFiles(d)...) {
		byPath[f.Path] = f
		if strings.Contains(string(f.Data), "A-1") || strings.Contains(string(f.Data), "Z-0") {
			t.Errorf("%s tells of somebody else: %s", f.Path, f.Data)
		}
	}
	for _, path := range []string{"data/records.json", "data/records.csv", "data/templates.json", "purposes.txt", "categories.txt", "recipients.csv", "retention.txt", "rights.txt", "sources.csv", "logic.txt", "consultations.csv", "controller.txt"} {
		if len(byPath[path].Data) == 0 {
			t.Errorf("%s is missing", path)
		}
	}
	var templates struct {
		Records []struct{ Values []float32 }
	}
	must(t, json.Unmarshal(byPath["data/templates.json"].Data, &templates))
	if len(templates.Records) != 1 || len(templates.Records[0].Values) != engine.TemplateSize || templates.Records[0].Values[0] != .25 {
		t.Errorf("templates %+v", templates)
	}
	rows, err := csv.NewReader(bytes.NewReader(byPath["data/records.csv"].Data)).ReadAll()
	must(t, err)
	if len(rows) != 2 || rows[1][5] != `'=HYPERLINK("x")` || rows[1][10] != "2020-01-04T03:04:05Z" {
		t.Errorf("records %q", rows)
	}
	if s := string(byPath["consultations.csv"].Data); !strings.Contains(s, "curiosity") || byPath["consultations.csv"].Count != 1 {
		t.Errorf("consultations %s", s)
	}
	d.Described = true
	files, err = d.Files()
	must(t, err)
	for _, f := range files {
		if strings.Contains(string(f.Data), "0.25") || f.Store == matter.StoreTemplates && f.Count != 0 {
			t.Errorf("%s delivers what is to be described", f.Path)
		}
	}
}

func TestTextsAreWholeInBothLanguages(t *testing.T) {
	for _, lang := range subject.Languages() {
		r := matter.Request{Ref: "2026-REQ-0001", Lang: lang, Rights: matter.RequestRights(), Received: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), Due: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), Zone: "Europe/Paris", Estimated: true}
		r.Search = &matter.SubjectSearch{At: r.Received, Distance: .62, Model: "m", Compared: 5}
		r.Extension = &matter.ExtensionNotice{At: r.Received, Reasons: "R", Until: r.Due}
		r.Refusal = &matter.RequestRefusal{Ground: matter.RefusedExcessive, Reasons: "R", At: r.Received}
		r.Erasure = &matter.SubjectErasure{ID: "E", At: r.Received, Counts: engine.ErasureCounts{Photos: 1, Partly: 1}, Cases: 1, Rejected: 1, Finished: true, Choice: matter.ErasureChoice{Looks: true, Chosen: "form"}}
		r.PortraitsDeleted = r.Received
		from := matter.Answering{Controller: []string{"Operator"}, Authority: []string{"CNIL"}, Gaps: []string{string(matter.GapProfile), string(matter.GapContact), string(matter.GapTerritory), string(matter.GapRepresentative)}}
		d := dossier()
		d.Request, d.Answering, d.Unsure = r, from, 2
		empty := d
		empty.Photos = nil
		cert, err := subject.NewCertificate(r, subject.Certified{Answering: from, Issued: r.Received, KeyPrint: "ab"})
		must(t, err)
		gaps := subject.Gaps(empty, matter.StoreCounts{}, matter.StoreCounts{matter.StoreCases: 1}, 1, 1)
		docs := map[string]matter.LetterDoc{"acknowledgement": subject.Acknowledgement(r, from, r.Received), "answer": subject.Answer(d, gaps, "ab"), "nothing": subject.Answer(empty, gaps, "ab"),
			"nothing by itself": subject.NothingFound(r, from, subject.Nearness{Possible: .6}, r.Received), "extension": subject.ExtensionNotice(r, from), "refusal": subject.RefusalNotice(r, from),
			"notice": subject.RecipientNotice(r, from, matter.Disclosure{Name: "X", What: "crops"}, []string{"A"}), "certificate": subject.CertificateLetter(r, cert, from)}
		restricted := r
		restricted.Erasure, restricted.FrozenAt = nil, r.Received
		docs["notice of a restriction"] = subject.RecipientNotice(restricted, from, matter.Disclosure{Name: "X", What: "crops"}, []string{"A"})
		for name, doc := range docs {
			all := doc.Subject + doc.Reference + doc.Signature
			for _, b := range doc.Body {
				all += "\n" + b.Text
			}
			if strings.ContainsAny(all, "{}") {
				t.Errorf("%s %s has places that are not filled: %s", lang, name, all)
			}
			if len(doc.Body) < 2 {
				t.Errorf("%s %s says nothing", lang, name)
			}
			for _, english := range []string{" the ", " erased", "records of", "GDPR"} {
				if lang == "fr" && strings.Contains(all, english) {
					t.Errorf("French %s has %q: %s", name, english, all)
				}
			}
		}
		for _, f := range subject.TextFiles(d) {
			if strings.ContainsAny(string(f.Data), "{}") {
				t.Errorf("%s %s: %s", lang, f.Path, f.Data)
			}
		}
	}
}

func TestTheCertificateHoldsNoHashOfAnImage(t *testing.T) {
	p := photoOf("A", "https://example.org/a", 1)
	r := matter.Request{Ref: "2026-REQ-0001", Candidates: []matter.SubjectCandidate{{Face: "A-0", Photo: "A"}}, Erasure: &matter.SubjectErasure{ID: "E", Finished: true}}
	c, err := subject.NewCertificate(r, subject.Certified{})
	must(t, err)
	data, err := json.Marshal(c)
	must(t, err)
	if strings.Contains(string(data), hex.EncodeToString(p.SHA256[:])) || strings.Contains(string(data), "example.org") || !strings.Contains(string(data), `"runs":0`) {
		t.Errorf("%s", data)
	}
	if _, err := subject.NewCertificate(matter.Request{}, subject.Certified{}); engine.CodeOf(err) != engine.CodeConflict {
		t.Errorf("nothing was erased: %v", err)
	}
}
