package app_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"gabarit/app"
	"gabarit/engine"
	"gabarit/engine/crowd"
	"gabarit/engine/enginetest"
	"gabarit/engine/matter"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// rows is a detector for pictures made by drawRow: one face, whose template is that of a row.
type rows struct {
	stripes
	templates []engine.Template
}

func (d rows) Detect(_ context.Context, p *engine.Picture, _ engine.Look) ([]engine.Detection, error) {
	r, g, _, _ := p.Image.At(p.Width/2, p.Height/2).RGBA()
	return []engine.Detection{{Box: engine.Box{X: 10, Y: 10, W: 40, H: 40}, Quality: .8, Model: "test", Template: d.templates[int(r>>8)<<8|int(g>>8)]}}, nil
}

func drawRow(t testing.TB, row int) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.SetRGBA(i%64, i/64, color.RGBA{uint8(row >> 8), uint8(row), 7, 255})
	}
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	path := filepath.Join(t.TempDir(), "row.png")
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// town is a large vault of which the test knows who is on which photo.
type town struct {
	deskRig
	templates []engine.Template
	people    []string              // by row
	faces     map[engine.FaceID]int // row
	of        map[int]engine.FaceID
	url       map[int]string // of a row's photo
	person    string         // who asks
	portraits []int          // rows that are not in the vault
}

// newTown fills a vault that seals nothing with all faces but the portraits: those of 5,000 people (LFW), or synthetic ones that are like them. Every fifth photo shows two people.
func newTown(t testing.TB) *town {
	w := &town{faces: map[engine.FaceID]int{}, of: map[int]engine.FaceID{}, url: map[int]string{}}
	w.t = t
	w.turn(clock())
	dir := filepath.Join(testPhotos(), "templates")
	if _, err := os.Stat(filepath.Join(dir, "lfw.npy")); err == nil {
		w.templates, w.people = enginetest.LFWIn(t, dir, 1)
	} else {
		t.Log("no ../shared/testdata beside the project: synthetic faces are used")
		made := crowd.New(1, crowd.LFWSizes())
		for i := range made.Len() {
			w.templates, w.people = append(w.templates, made.Template(i)), append(w.people, fmt.Sprint(made.Person(i)))
		}
	}
	w.choose()
	w.cfg = app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), StateDir: t.TempDir(), ModelsDir: t.TempDir(), Detector: rows{templates: w.templates}, Now: clock}
	w.fill()
	w.open()
	t.Cleanup(func() { must(t, w.Close()) })
	return w
}

// choose picks who asks: the person whose number of photos is nearest 50.
func (w *town) choose() {
	count := map[string]int{}
	for _, p := range w.people {
		count[p]++
	}
	for _, p := range slices.Sorted(slices.Values(w.people)) {
		if off := func(p string) int { return max(count[p]-50, 50-count[p]) }; w.person == "" || off(p) < off(w.person) {
			w.person = p
		}
	}
	for row, p := range w.people {
		if p == w.person && len(w.portraits) < 3 {
			w.portraits = append(w.portraits, row)
		}
	}
}

func (w *town) open() {
	w.App = app.New(w.cfg)
	w.TransparentVaults()
	must(w.t, w.Unlock(w.t.Context(), ""))
}

// marked is a small picture that holds a mark.
func (w *town) marked(mark string) []byte {
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 32, 32))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	must(w.t, jpeg.Encode(&b, img, nil))
	return append(b.Bytes(), mark...) // decoders stop at the end of the picture
}

func (w *town) store(fn func(*storage.Store)) {
	w.t.Helper()
	v, err := vault.Options{Transparent: true, StateDir: w.cfg.StateDir}.Open(w.cfg.VaultDir, "")
	must(w.t, err)
	s, err := storage.Open(w.t.Context(), v, storage.Options{Now: clock})
	must(w.t, err)
	fn(s)
	must(w.t, s.Close())
	must(w.t, v.Close())
}

// fill commits the photos.
func (w *town) fill() {
	v, err := vault.Options{Transparent: true, StateDir: w.cfg.StateDir}.Create(w.cfg.VaultDir, "")
	must(w.t, err)
	must(w.t, v.Close())
	w.store(func(s *storage.Store) {
		var all []engine.CollectionID
		for _, name := range []string{"press", "archive"} {
			c := people()
			c.Name = name
			c, err := s.AddCollection(w.t.Context(), c)
			must(w.t, err)
			all = append(all, c.ID)
		}
		batches, taken := map[engine.CollectionID][]engine.Ingest{}, map[int]bool{}
		for row := range w.templates {
			if slices.Contains(w.portraits, row) || taken[row] {
				continue
			}
			on := []int{row}
			other := row + len(w.templates)/2 // rows are sorted by name
			if row%5 == 0 && other < len(w.templates) && w.people[other] != w.people[row] && !slices.Contains(w.portraits, other) {
				on = append(on, other)
				taken[other] = true
			}
			c := all[row%2]
			batches[c] = append(batches[c], w.ingest(s, c, on))
			if len(batches[c]) == 500 {
				must(w.t, s.Commit(w.t.Context(), c, batches[c]))
				batches[c] = nil
			}
		}
		for c, rest := range batches {
			must(w.t, s.Commit(w.t.Context(), c, rest))
		}
	})
}

// ingest makes the photo of some rows.
func (w *town) ingest(s *storage.Store, c engine.CollectionID, on []int) engine.Ingest {
	mark := fmt.Sprintf("photo-%d-mark", on[0])
	p := &engine.Photo{ID: s.NewPhotoID(), Collection: c, Width: 640, Height: 480, Format: "jpeg", Model: "test", SHA256: sha256.Sum256([]byte(mark)), PHash: 0,
		CollectedAt: clock(), Source: engine.Provenance{URL: "https://img.example.org/" + mark, PageTitle: "page of " + mark}}
	in := engine.Ingest{Photo: p, Thumbnail: w.marked(mark + "-thumbnail"),
		Record: engine.ItemRecord{Key: "/" + mark, Version: "1", Run: "run", Outcome: engine.OutcomePhoto, Photo: p.ID, Faces: len(on), At: clock()}}
	for i, row := range on {
		f := engine.Face{ID: engine.NewFaceID(p.ID, i), Box: engine.Box{X: 20 + 300*i, Y: 100, W: 200, H: 200}, Quality: .8, Model: "test", Template: w.templates[row]}
		w.faces[f.ID], w.of[row], w.url[row] = row, f.ID, p.Source.URL
		p.Faces = append(p.Faces, f)
		in.Crops = append(in.Crops, w.marked(fmt.Sprintf("crop-%d-mark", row)))
	}
	return in
}

// own lists the rows of who asks that are in the vault.
func (w *town) own() (out []int) {
	for row, p := range w.people {
		if _, in := w.of[row]; in && p == w.person {
			out = append(out, row)
		}
	}
	return out
}

// raw counts, by a walk of the test's own through photos and templates, what is held of who asks.
func (w *town) raw() matter.StoreCounts {
	counts := matter.StoreCounts{}
	w.store(func(s *storage.Store) {
		infos, err := s.Collections(w.t.Context())
		must(w.t, err)
		for _, c := range infos {
			must(w.t, s.Photos(w.t.Context(), c.ID, func(p engine.Photo) error {
				own := 0
				for _, f := range p.Faces {
					if w.people[w.faces[f.ID]] == w.person {
						own++
						if _, err := s.Crop(w.t.Context(), f.ID); err == nil {
							counts[matter.StoreCrops]++
						}
					}
				}
				if own > 0 {
					counts[matter.StorePhotos]++
					counts[matter.StoreFaces] += own
					counts[matter.StoreFinds] += 1 + len(p.Also)
					if _, err := s.Thumbnail(w.t.Context(), p.ID); err == nil {
						counts[matter.StoreThumbnails]++
					}
				}
				return nil
			}))
		}
		must(w.t, s.Templates(w.t.Context(), func(e engine.IndexEntry) error {
			if w.people[w.faces[e.Face]] == w.person {
				counts[matter.StoreTemplates]++
			}
			return nil
		}))
	})
	return counts
}

// look searches with the template of a row for everything within a distance; what depends on the size of the index is left out.
func (w *town) look(row int, within float64) map[engine.FaceID]float64 {
	w.t.Helper()
	res, err := w.Search(w.t.Context(), engine.SearchRequest{Purpose: "tests", Probe: probe(w.t, w.App, drawRow(w.t, row)), Within: within, Max: engine.MaxResults})
	must(w.t, err)
	out := map[engine.FaceID]float64{}
	for _, m := range res.Probes[0].Matches {
		out[m.Face] = m.Distance
	}
	return out
}

// answer registers, searches, reviews as who knows the truth, and answers access. Photos that the portraits don't reach are named by their address.
func (w *town) answer() (matter.Request, matter.PackageRecord) {
	w.t.Helper()
	ctx := w.t.Context()
	var photos, urls []string
	for _, row := range w.portraits {
		photos = append(photos, drawRow(w.t, row))
	}
	for _, row := range w.own() {
		far := true
		for _, p := range w.portraits {
			far = far && distanceOf(w.templates[p], w.templates[row]) > matter.DefaultReviewDistance
		}
		if far {
			urls = append(urls, w.url[row])
		}
	}
	r, problems, err := w.RegisterRequest(ctx, matter.NewRequest{Rights: []engine.Right{matter.RightAccess, matter.RightErasure}, Photos: photos, URLs: urls})
	must(w.t, err)
	if len(problems) > 0 {
		w.t.Fatal(problems)
	}
	r, err = w.SearchSubject(ctx, r.Ref, 0, nil)
	must(w.t, err)
	yes, no := []string{}, []string{}
	for _, c := range r.Candidates {
		if row, known := w.faces[c.Face]; known && w.people[row] == w.person {
			yes = append(yes, c.Key())
		} else {
			no = append(no, c.Key())
		}
	}
	w.t.Logf("%d candidates at %.2f: %d of the person's %d faces, %d to reject; %d photos named by address", len(r.Candidates), r.Search.Distance, len(yes), len(w.own()), len(no), len(urls))
	for _, by := range []string{"A", "B"} {
		for decision, keys := range map[matter.Decision][]string{matter.DecidedYes: yes, matter.DecidedNo: no} {
			if len(keys) > 0 {
				_, err = w.ReviewCandidates(ctx, r.Ref, matter.Decide{Keys: keys, By: by, Decision: decision, Reason: "the test knows"})
				must(w.t, err)
			}
		}
	}
	rec := w.access(r.Ref)
	r, err = w.SubjectRequest(ctx, r.Ref)
	must(w.t, err)
	return r, rec
}

func TestB02AndB05OnAVaultOfMoreThanTenThousandFaces(t *testing.T) {
	w := newTown(t)
	own := w.own()
	if n := totals(t, w.App).Faces; n < 10_000 || len(own) < 40 {
		t.Fatalf("%d faces, %d of who asks", n, len(own))
	}
	r, rec := w.answer()
	must(t, w.Close())
	raw := w.raw()
	w.open()
	for _, s := range []matter.StoreName{matter.StorePhotos, matter.StoreFaces, matter.StoreFinds, matter.StoreThumbnails, matter.StoreCrops, matter.StoreTemplates} {
		if rec.Counts[s] != raw[s] || rec.Scan[s] != raw[s] || raw[s] == 0 {
			t.Errorf("%s: %d in the package, %d by the program's scan, %d by the test's", s, rec.Counts[s], rec.Scan[s], raw[s])
		}
	}
	check, err := w.VerifyPackage(t.Context(), rec.Folder, matter.PackageKey{})
	must(t, err)
	if !check.Sound() {
		t.Errorf("the package is not sound: %q", check.Problems)
	}
	t.Logf("package: %v, %d files", rec.Counts, check.Files)

	before := w.others()
	plan, err := w.PlanSubjectErasure(t.Context(), r.Ref, matter.ErasureChoice{})
	must(t, err)
	r, err = w.EraseSubject(t.Context(), r.Ref, plan, nil)
	must(t, err)
	e := r.Erasure
	t.Logf("erased: %+v; searched again with %d faces through %d: %d hits, %d told apart", e.Counts, e.Portraits, e.Searched, e.Hits, e.Rejected)
	if e.Hits+e.Scan != 0 || !e.Check.Clean() || !e.Finished || e.Counts.Templates != len(own) || e.Counts.Photos+e.Counts.Partly != raw[matter.StorePhotos] || e.Counts.Partly == 0 {
		t.Errorf("%+v", e)
	}
	gone := map[engine.FaceID]bool{}
	for _, row := range own {
		gone[w.of[row]] = true
	}
	for _, row := range append(slices.Clone(w.portraits), own...) { // every portrait, and every photo that was held
		for f := range w.look(row, engine.MaxDistance) {
			if gone[f] || w.people[w.faces[f]] == w.person {
				t.Errorf("the face of row %d is found by row %d", w.faces[f], row)
			}
		}
	}
	for row, was := range before {
		for f := range was {
			if gone[f] {
				delete(was, f)
			}
		}
		if diff := gocmp.Diff(was, w.look(row, othersWithin)); diff != "" {
			t.Errorf("the results of %s changed: %s", w.people[row], diff)
		}
	}
	wantSound(t, w.App)
	must(t, w.Close())
	w.wantNoBytes(own)
	if after := w.raw(); len(after) != 0 {
		t.Errorf("a scan finds %v", after)
	}
	w.open()
}

const othersWithin = .55

// others searches for other people: those nearest to who asks, those on their photos, and every hundredth.
func (w *town) others() map[int]map[engine.FaceID]float64 {
	type near struct {
		row int
		d   float64
	}
	var all []near
	out := map[int]map[engine.FaceID]float64{}
	for row, p := range w.people {
		if _, held := w.of[row]; !held || p == w.person {
			continue
		}
		all = append(all, near{row, distanceOf(w.templates[w.portraits[0]], w.templates[row])})
		photo, _, _ := w.of[row].Photo()
		shared := slices.ContainsFunc(w.own(), func(o int) bool { q, _, _ := w.of[o].Photo(); return q == photo })
		if row%100 == 0 || shared {
			out[row] = nil
		}
	}
	slices.SortFunc(all, func(a, b near) int { return cmp.Compare(a.d, b.d) })
	for _, n := range all[:100] {
		out[n.row] = nil
	}
	touched := 0
	for row := range out {
		out[row] = w.look(row, othersWithin)
		for f := range out[row] {
			if w.people[w.faces[f]] == w.person {
				touched++
				break
			}
		}
	}
	w.t.Logf("%d searches of other people compared before and after; in %d of them a face of who asks was found", len(out), touched)
	return out
}

// wantNoBytes scans the vault's files for what was erased: templates, pictures, addresses.
func (w *town) wantNoBytes(own []int) {
	w.t.Helper()
	needles := map[string][]byte{}
	for _, row := range own {
		needles[fmt.Sprintf("template of row %d", row)] = littleEndian(w.templates[row][:16])
		needles[fmt.Sprintf("crop of row %d", row)] = []byte(fmt.Sprintf("crop-%d-mark", row))
		photo, n, _ := w.of[row].Photo()
		alone := n == 0 && !slices.ContainsFunc([]engine.FaceID{engine.NewFaceID(photo, 1)}, func(f engine.FaceID) bool { _, held := w.faces[f]; return held })
		if alone { // the photo went as a whole
			needles[fmt.Sprintf("photo of row %d", row)] = []byte(strings.TrimPrefix(w.url[row], "https://img.example.org/") + "-thumbnail")
		}
	}
	for _, row := range w.portraits {
		needles[fmt.Sprintf("portrait of row %d", row)] = littleEndian(w.templates[row][:16])
	}
	if left := scanFiles(w.t, w.cfg.VaultDir, needles); len(left) > 0 {
		w.t.Errorf("left in the files: %v", left)
	}
	for row := range w.of { // the scan sees what is there
		if w.people[row] != w.person {
			kept := map[string][]byte{"template": littleEndian(w.templates[row][:16]), "crop": []byte(fmt.Sprintf("crop-%d-mark", row))}
			if seen := scanFiles(w.t, w.cfg.VaultDir, kept); len(seen) < 2 {
				w.t.Errorf("the scan does not see row %d: %v", row, seen)
			}
			return
		}
	}
}
