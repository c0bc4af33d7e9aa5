package rights_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"gabarit/engine"
	"gabarit/engine/rights"
)

// aPhoto has n faces and is found at the given addresses.
func aPhoto(id engine.PhotoID, c engine.CollectionID, n int, urls ...string) engine.Photo {
	p := engine.Photo{ID: id, Collection: c, SHA256: engine.SHA256{id[0]}, PHash: uint64(id[0])}
	for i := range n {
		p.Faces = append(p.Faces, engine.Face{ID: engine.NewFaceID(id, i)})
	}
	for i, u := range urls {
		find := engine.Provenance{URL: u, PageURL: "https://page.example/" + u}
		if i == 0 {
			p.Source = find
		} else {
			p.Also = append(p.Also, find)
		}
	}
	return p
}

func request(change func(*engine.ErasureRequest)) engine.ErasureRequest {
	r := engine.ErasureRequest{Reason: engine.EraseRequest, Ref: "2026-ERA-0001"}
	change(&r)
	return r
}

// held is what the tests plan with: three people on A, one on B, nobody on C, two on D of another collection.
func held() []engine.Photo {
	return []engine.Photo{
		aPhoto("D", "two", 2),
		aPhoto("A", "one", 3, "https://x.example/a.jpg", "HTTPS://X.example:443/a.jpg#1", "", "https://y.example/a.jpg"),
		aPhoto("C", "one", 0, "https://x.example/c.jpg"),
		aPhoto("B", "one", 1, "https://x.example/b.jpg"),
		aPhoto("C", "one", 0, "https://x.example/c.jpg"), // given twice
	}
}

func TestPlanErasureTakesWhatIsNamed(t *testing.T) {
	a := engine.PhotoErasure{Photo: "A", Collection: "one", Finds: 4}
	partA, wholeA := a, a
	partA.Faces = []engine.FaceID{"A-0", "A-2"}
	wholeA.Faces, wholeA.Whole = []engine.FaceID{"A-0", "A-1", "A-2"}, true
	b := engine.PhotoErasure{Photo: "B", Collection: "one", Faces: []engine.FaceID{"B-0"}, Whole: true, Finds: 1}
	c := engine.PhotoErasure{Photo: "C", Collection: "one", Whole: true, Finds: 1}
	d := engine.PhotoErasure{Photo: "D", Collection: "two", Faces: []engine.FaceID{"D-1"}, Finds: 1}
	tests := []struct {
		name   string
		change func(*engine.ErasureRequest)
		photos []engine.PhotoErasure
		counts engine.ErasureCounts
	}{
		{"some faces of a photo, in the photo's order, each once", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A-2", "A-0", "A-2"} },
			[]engine.PhotoErasure{partA}, engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 2, Templates: 2, Keys: 1}},
		{"all faces of a photo take it whole", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A-2", "A-0", "A-1"} },
			[]engine.PhotoErasure{wholeA}, engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 3, Templates: 3, Finds: 4, Items: 4, Keys: 1}},
		{"the only face takes the photo", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"B-0"} },
			[]engine.PhotoErasure{b}, engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 1, Templates: 1, Finds: 1, Items: 1, Keys: 1}},
		{"a listed photo goes whole, whatever faces are named", func(r *engine.ErasureRequest) {
			r.Photos, r.Faces = []engine.PhotoID{"A", "A"}, []engine.FaceID{"A-1"}
		}, []engine.PhotoErasure{wholeA}, engine.ErasureCounts{Photos: 1, Thumbnails: 1, Crops: 3, Templates: 3, Finds: 4, Items: 4, Keys: 1}},
		{"a photo without a face", func(r *engine.ErasureRequest) { r.Photos = []engine.PhotoID{"C"} },
			[]engine.PhotoErasure{c}, engine.ErasureCounts{Photos: 1, Thumbnails: 1, Finds: 1, Items: 1, Keys: 1}},
		{"a collection with all of its photos and no other", func(r *engine.ErasureRequest) { r.Collection = "one" },
			[]engine.PhotoErasure{wholeA, b, c}, engine.ErasureCounts{Photos: 3, Thumbnails: 3, Crops: 4, Templates: 4, Finds: 6, Items: 6, Collections: 1, Keys: 3}},
		{"an empty collection", func(r *engine.ErasureRequest) { r.Collection = "three" }, nil, engine.ErasureCounts{Collections: 1}},
		{"a collection and a face of another", func(r *engine.ErasureRequest) { r.Collection, r.Faces = "one", []engine.FaceID{"D-1", "B-0"} },
			[]engine.PhotoErasure{wholeA, b, c, d}, engine.ErasureCounts{Photos: 3, Partly: 1, Thumbnails: 4, Crops: 5, Templates: 5, Finds: 6, Items: 6, Collections: 1, Keys: 4}},
		{"an entry for each address and file", func(r *engine.ErasureRequest) { r.Photos, r.Suppress = []engine.PhotoID{"A", "B"}, true },
			[]engine.PhotoErasure{wholeA, b}, engine.ErasureCounts{Photos: 2, Thumbnails: 2, Crops: 4, Templates: 4, Finds: 5, Items: 5, Keys: 2, Suppressions: 5}},
		{"and for the looks; also of a photo that stays", func(r *engine.ErasureRequest) {
			r.Faces, r.Suppress, r.Similar = []engine.FaceID{"A-0", "A-2"}, true, true
		}, []engine.PhotoErasure{partA}, engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 2, Templates: 2, Keys: 1, Suppressions: 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := request(tt.change)
			photos := held()
			plan, err := rights.PlanErasure(req, photos, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := engine.ErasurePlan{Request: req, Photos: tt.photos, Expected: tt.counts}
			if d := cmp.Diff(want, plan, cmpopts.EquateEmpty()); d != "" {
				t.Error(d)
			}
			slices.Reverse(photos)
			again, err := rights.PlanErasure(req, photos, nil)
			if d := cmp.Diff(plan, again); d != "" || err != nil {
				t.Errorf("photos in another order, error %v: %s", err, d)
			}
		})
	}
}

func TestPlanErasureNamesTheCases(t *testing.T) {
	item := func(face engine.FaceID) engine.CaseItem {
		p, _, _ := face.Photo()
		return engine.CaseItem{Face: face, Photo: p}
	}
	cases := []engine.Case{
		{ID: "3", Ref: "r3", Items: []engine.CaseItem{item("A-0"), item("A-1"), item("B-0"), item("A-0")}},
		{ID: "1", Ref: "r1", Items: []engine.CaseItem{item("D-0")}},
		{ID: "2", Ref: "r2", Items: []engine.CaseItem{item("A-1"), {Photo: "A"}}},
	}
	for _, taken := range []bool{false, true} {
		for _, tt := range []struct {
			name   string
			change func(*engine.ErasureRequest)
			want   []engine.CaseMention
			items  int
		}{
			{"of a whole photo every find", func(r *engine.ErasureRequest) { r.Photos = []engine.PhotoID{"A"} },
				[]engine.CaseMention{{Case: "3", Ref: "r3", Items: 3, Kept: !taken}, {Case: "2", Ref: "r2", Items: 2, Kept: !taken}}, 5},
			{"of a photo that stays those of the face", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A-0"} },
				[]engine.CaseMention{{Case: "3", Ref: "r3", Items: 2, Kept: !taken}}, 2},
			{"none", func(r *engine.ErasureRequest) { r.Photos = []engine.PhotoID{"C"} }, nil, 0},
		} {
			plan, err := rights.PlanErasure(request(func(r *engine.ErasureRequest) { r.Cases = taken; tt.change(r) }), held(), cases)
			if d := cmp.Diff(tt.want, plan.Cases); d != "" || err != nil {
				t.Errorf("%s, error %v: %s", tt.name, err, d)
			}
			got, keys := plan.Expected.CaseItems, plan.Expected.Keys-len(plan.Photos)
			if taken && (got != tt.items || keys != len(tt.want)) || !taken && (got != 0 || keys != 0) {
				t.Errorf("%s, taken %v: %d finds and %d keys of cases expected", tt.name, taken, got, keys)
			}
		}
	}
}

func TestPlanErasureRefusesWhatItCannotPlan(t *testing.T) {
	tests := []struct {
		name   string
		change func(*engine.ErasureRequest)
		want   engine.Code
	}{
		{"a photo that is not there", func(r *engine.ErasureRequest) { r.Photos = []engine.PhotoID{"A", "X"} }, engine.CodeNotFound},
		{"a face of a photo that is not there", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"X-0"} }, engine.CodeNotFound},
		{"a face that is not there", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A-0", "A-3"} }, engine.CodeNotFound},
		{"a face in another spelling", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A-00"} }, engine.CodeNotFound},
		{"what is no face", func(r *engine.ErasureRequest) { r.Faces = []engine.FaceID{"A"} }, engine.CodeNotFound},
		{"nothing", func(*engine.ErasureRequest) {}, engine.CodeInvalid},
		{"no reason", func(r *engine.ErasureRequest) { r.Photos, r.Reason = []engine.PhotoID{"A"}, "" }, engine.CodeInvalid},
		{"an unknown reason", func(r *engine.ErasureRequest) { r.Photos, r.Reason = []engine.PhotoID{"A"}, "because" }, engine.CodeInvalid},
		{"looks without files", func(r *engine.ErasureRequest) { r.Photos, r.Similar = []engine.PhotoID{"A"}, true }, engine.CodeInvalid},
		{"a long reference", func(r *engine.ErasureRequest) { r.Photos, r.Ref = []engine.PhotoID{"A"}, strings.Repeat("é", 101) }, engine.CodeInvalid},
		{"a line in the reference", func(r *engine.ErasureRequest) { r.Photos, r.Ref = []engine.PhotoID{"A"}, "a\u2028b" }, engine.CodeInvalid},
		{"a control character", func(r *engine.ErasureRequest) { r.Photos, r.Ref = []engine.PhotoID{"A"}, "a\x7f" }, engine.CodeInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan, err := rights.PlanErasure(request(tt.change), held(), nil)
			if engine.CodeOf(err) != tt.want || engine.MessageOf(err) == "" || !plan.Empty() {
				t.Errorf("plan %+v, error %v", plan, err)
			}
		})
	}
	if _, err := rights.PlanErasure(request(func(r *engine.ErasureRequest) {
		r.Photos, r.Ref = []engine.PhotoID{"A"}, strings.Repeat("é", 100)
	}), held(), nil); err != nil {
		t.Error(err)
	}
}
