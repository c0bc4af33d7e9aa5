//go:build linux

package app_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gabarit/app"
	"gabarit/engine"
)

// What groups of the real photos must reach; a little under what was measured.
const (
	floorGroupPrecision = 0.99
	floorGroupRecall    = 0.75
	floorGroupB3        = 0.99
	floorGroupB3Recall  = 0.81
)

// TestAccuracyOfGroups collects all photos of people, and those of groups of people beside them, and holds the groups that come out against
// who is on them: over pairs of faces and, B-cubed [Bagga and Baldwin 1998], over faces. See "make accuracy".
func TestAccuracyOfGroups(t *testing.T) {
	if os.Getenv("GABARIT_ACCURACY") == "" {
		t.Skip("skipped: takes minutes; run it with `make accuracy`")
	}
	dir, err := filepath.Abs(testPhotos())
	must(t, err)
	rows := readManifest(t, filepath.Join(dir, "manifest.csv"))
	_, models := app.DefaultPaths()
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), ModelsDir: models})
	t.Cleanup(func() { must(t, a.Close()) })
	must(t, a.CreateVault(t.Context(), ""))
	_, err = a.AddCollection(t.Context(), people())
	must(t, err)
	list := [][]string{{"file"}}
	byFile := map[string]sample{}
	for _, s := range rows {
		if s.is("gallery", "query", "group") {
			path := filepath.Join(dir, s.file)
			list, byFile[path] = append(list, []string{path}), s
		}
	}
	manifest := filepath.Join(t.TempDir(), "photos.csv")
	f, err := os.Create(manifest)
	must(t, err)
	must(t, csv.NewWriter(f).WriteAll(list))
	must(t, f.Close())
	report := collect(t, a, manifest)
	found := grouped(t, a, engine.GroupQuery{})
	t.Logf("%d photos, %d faces, %d failed; %d faces in %d groups", report.Counts.Photos, report.Counts.Faces, report.Counts.Failed, found.Faces, len(found.Groups))
	label, person := namedFaces(t, a, found, byFile)
	q := groupQuality(label, person)
	t.Logf("%d named faces: %s", len(label), q)
	if q.precision < floorGroupPrecision || q.recall < floorGroupRecall || q.b3Precision < floorGroupB3 || q.b3Recall < floorGroupB3Recall {
		t.Errorf("groups are worse than measured: %s", q)
	}
}

// namedFaces gives the group of each face of which the manifest tells whose it is, and who that is.
func namedFaces(t *testing.T, a *app.App, found engine.Grouping, byFile map[string]sample) (label map[engine.FaceID]int, person map[engine.FaceID]string) {
	t.Helper()
	of := map[engine.FaceID]int{}
	var all []engine.FaceID
	for i, g := range found.Groups {
		for _, f := range g.Faces {
			of[f] = i
			all = append(all, f)
		}
	}
	inFile := map[string][]engine.GroupFace{}
	for some := range slices.Chunk(all, engine.MaxGroupFaces) {
		faces, err := a.PeopleFaces(context.Background(), some)
		must(t, err)
		for _, f := range faces {
			inFile[f.Source.File] = append(inFile[f.Source.File], f)
		}
	}
	label, person = map[engine.FaceID]int{}, map[engine.FaceID]string{}
	for file, faces := range inFile {
		s := byFile[file]
		if s.identity == "" || len(s.boxes) == 0 {
			continue
		}
		var boxes []engine.Detection
		for _, f := range faces {
			boxes = append(boxes, engine.Detection{Box: f.Box})
		}
		if at := nearest(s.boxes[0], boxes, nil); at >= 0 {
			label[faces[at].Face], person[faces[at].Face] = of[faces[at].Face], s.identity
		}
	}
	return label, person
}

// quality is how well groups agree with people.
type quality struct {
	precision, recall, b3Precision, b3Recall float64
	groups, people                           int
	mixed                                    []string // groups of more than one person
}

func (q quality) String() string {
	return fmt.Sprintf("pairs: precision %.4f recall %.4f; B-cubed: precision %.4f recall %.4f; %d groups of %d people, %d of them mixed: %s",
		q.precision, q.recall, q.b3Precision, q.b3Recall, q.groups, q.people, len(q.mixed), strings.Join(q.mixed, "; "))
}

func groupQuality(label map[engine.FaceID]int, person map[engine.FaceID]string) (q quality) {
	type cell struct {
		label  int
		person string
	}
	cells, labels, people, in := map[cell]int{}, map[int]int{}, map[string]int{}, map[int][]string{}
	for f, l := range label {
		c := cell{l, person[f]}
		if cells[c] == 0 {
			in[l] = append(in[l], person[f])
		}
		cells[c]++
		labels[l]++
		people[person[f]]++
	}
	var both, grouped, same float64
	for c, n := range cells {
		both += float64(n * (n - 1) / 2)
		q.b3Precision += float64(n*n) / float64(labels[c.label]) / float64(len(label))
		q.b3Recall += float64(n*n) / float64(people[c.person]) / float64(len(label))
	}
	for _, n := range labels {
		grouped += float64(n * (n - 1) / 2)
	}
	for _, n := range people {
		same += float64(n * (n - 1) / 2)
	}
	for _, names := range in {
		if len(names) > 1 {
			slices.Sort(names)
			q.mixed = append(q.mixed, strings.Join(names, " + "))
		}
	}
	slices.Sort(q.mixed)
	q.precision, q.recall, q.groups, q.people = both/max(grouped, 1), both/max(same, 1), len(labels), len(people)
	return q
}
