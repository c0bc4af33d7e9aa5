package storage_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// transparent makes vaults that seal nothing, so that a scan of their files sees what is there.
func transparent(t *testing.T) vault.Options {
	o := quick()
	o.Transparent, o.StateDir = true, t.TempDir()
	return o
}

// mark is in every text and picture of a photo, and of no other.
func mark(name string, i int) string { return fmt.Sprintf("%s-%d.", name, i) }

// large makes some pictures as large as real ones, which Badger keeps in its value log.
func large(in *engine.Ingest, unique string) {
	in.Thumbnail = bytes.Repeat([]byte("thumbnail of "+unique), 400)
	for i := range in.Crops {
		if i%2 == 0 {
			in.Crops[i] = bytes.Repeat(fmt.Appendf(nil, "crop %d of %s", i, unique), 400)
		}
	}
}

// addLarge is add with pictures of usual size.
func (g *gallery) addLarge(collection, name string, photos, faces int) (added []engine.Photo) {
	g.t.Helper()
	c := g.collection(collection)
	for i := range photos {
		in := enginetest.NewIngest(g.s, c.ID, "run", "/home/someone/"+mark(name, i), mark(name, i), faces)
		large(&in, mark(name, i))
		must(g.t, g.s.Commit(g.t.Context(), c.ID, []engine.Ingest{in}))
		added = append(added, *in.Photo)
	}
	return added
}

// needles are bytes to look for in files, by what they are.
type needles map[string][]byte

func (n needles) text(s string) { n[s] = []byte(s) }

func (n needles) template(f engine.Face) { n["template of "+string(f.ID)] = templateBytes(f.Template) }

func (n needles) photo(unique string, p engine.Photo) {
	n.text(unique)
	for _, f := range p.Faces {
		n.template(f)
	}
}

// found lists which needles are in any file below the folders.
func (n needles) found(t *testing.T, dirs ...string) (names []string) {
	t.Helper()
	seen := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			for name, needle := range n {
				if bytes.Contains(b, needle) {
					seen[name] += " " + d.Name()
				}
			}
			return err
		})
		must(t, err)
	}
	for name, files := range seen {
		names = append(names, name+" in"+files)
	}
	return names
}

// decide stores a decision and gives what tells it from others in the records of a vault that seals nothing: its ID.
func (g *gallery) decide(d engine.GroupDecision) (id string) {
	g.t.Helper()
	must(g.t, g.s.Decide(g.t.Context(), d))
	for k, plain := range g.s.Sealed() {
		if k[0] != 'g' {
			continue
		}
		for _, found := range regexp.MustCompile(`"decision":"(\w{26})"`).FindAllSubmatch(plain, -1) {
			id = max(id, string(found[1]))
		}
	}
	if id == "" {
		g.t.Fatal("no record tells of the decision")
	}
	return id
}

// emptied is what TestErasedBytesAreGoneFromTheFiles erases, and what it must not.
type emptied struct{ gone, stays needles }

func fillToErase(t *testing.T, g *gallery) (plans []engine.ErasurePlan, e emptied) {
	e = emptied{needles{}, needles{}}
	single := g.addLarge("first", "single", 12, 1)
	group := g.addLarge("first", "group", 6, 4)
	lost := g.addLarge("second", "lost", 8, 2)
	none := g.addLarge("second", "none", 2, 0)
	kept := g.addLarge("third", "kept", 8, 2)
	dup := engine.Provenance{File: "/home/someone/copy-of-single.", URL: "https://elsewhere.example/copy-of-single.", PageTitle: "title-copy-of-single."}
	must(t, g.s.Commit(t.Context(), single[2].Collection, []engine.Ingest{enginetest.NewDuplicate("run", "/home/someone/copy-of-single.", single[2].ID, dup)}))
	// an item whose file changed: its record names the first photo in an older version only
	changed := enginetest.NewIngest(g.s, single[3].Collection, "run", "/home/someone/"+mark("single", 3), "newer-3.", 1)
	run, _, err := g.s.BeginRun(t.Context(), engine.Run{Collection: lost[0].Collection, Sources: []string{"/home/someone/folder-lost."}}, false)
	must(t, err)
	must(t, g.s.Commit(t.Context(), single[3].Collection, []engine.Ingest{changed}))
	must(t, g.s.Commit(t.Context(), lost[0].Collection, []engine.Ingest{enginetest.NewFailure(run.ID, "/home/someone/failed-lost.")}))
	item := func(p engine.Photo) engine.CaseItem {
		return engine.CaseItem{Face: p.Faces[0].ID, Photo: p.ID, Source: p.Source, SHA256: p.SHA256}
	}
	cases, err := g.s.AddCases(t.Context(), []engine.Case{{Site: "a.example", Items: []engine.CaseItem{item(single[2]), item(kept[0])}}})
	must(t, err)
	must(t, g.s.RecordLetter(t.Context(), cases[0].ID, engine.LetterRecord{Right: engine.RightErasure, Lang: "fr"}))

	e.gone.text(g.decide(engine.GroupDecision{Same: []engine.FaceID{single[7].Faces[0].ID, group[1].Faces[0].ID}}))
	e.gone.text(g.decide(engine.GroupDecision{Out: []engine.FaceID{lost[0].Faces[1].ID}, Rest: []engine.FaceID{group[1].Faces[3].ID}}))
	e.stays.text(g.decide(engine.GroupDecision{Same: []engine.FaceID{kept[0].Faces[1].ID, group[1].Faces[1].ID}}))

	p := whole(single[2], single[3], single[7])
	p.Request.Suppress, p.Request.Similar, p.Request.Cases = true, true, true
	p.Cases = []engine.CaseMention{{Case: cases[0].ID, Items: 1}}
	q := partly(group[1], 0, 3)
	r := whole(append(lost, none...)...)
	r.Request.Collection = lost[0].Collection

	for i, photo := range single {
		if i == 2 || i == 3 || i == 7 {
			e.gone.photo(mark("single", i), photo)
		} else {
			e.stays.photo(mark("single", i), photo)
		}
	}
	delete(e.gone, mark("single", 3)) // stays the path of the newer photo
	e.gone.text("thumbnail of " + mark("single", 3))
	e.gone.text("page " + mark("single", 3))
	e.stays.text("newer-3.")
	e.gone.text("copy-of-single.")
	for i, photo := range group {
		if i == 1 {
			e.gone.text("thumbnail of group-1.")
			for _, f := range []int{0, 3} {
				e.gone.text(fmt.Sprintf("crop %d of group-1.", f))
				e.gone.template(photo.Faces[f])
			}
			for _, f := range []int{1, 2} {
				e.stays.text(fmt.Sprintf("crop %d of group-1.", f))
				e.stays.template(photo.Faces[f])
			}
			continue
		}
		e.stays.photo(mark("group", i), photo)
	}
	for i, photo := range lost {
		e.gone.photo(mark("lost", i), photo)
	}
	for i, photo := range none {
		e.gone.photo(mark("none", i), photo)
	}
	e.gone.text("folder-lost.")
	e.gone.text("failed-lost.")
	e.gone.text(`"name":"second"`)
	for i, photo := range kept {
		e.stays.photo(mark("kept", i), photo)
	}
	return []engine.ErasurePlan{p, q, r}, e
}

func TestErasedBytesAreGoneFromTheFiles(t *testing.T) {
	o := transparent(t)
	v, err := o.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { _ = v.Close() })
	g := newGallery(t, v)
	plans, e := fillToErase(t, g)
	for _, p := range plans {
		g.erase(p)
	}
	if found := e.gone.found(t, v.Dir()); len(found) < len(e.gone)/2 {
		t.Errorf("the scan is blind, or nothing is left to be purged: before the purge it finds %d of %d", len(found), len(e.gone))
	}
	look := func(when string) {
		if found := e.gone.found(t, v.Dir(), o.StateDir); len(found) > 0 {
			t.Errorf("%s, %d of %d erased things are still there:\n%s", when, len(found), len(e.gone), strings.Join(found, "\n"))
		}
		if found := e.stays.found(t, v.Dir()); len(found) != len(e.stays) {
			t.Errorf("%s, only %d of %d things that stay are found", when, len(found), len(e.stays))
		}
	}
	check := g.purge()
	if check.Erasures != 3 || check.Keys != 3+1+1+10 || check.Left != 0 {
		t.Errorf("check %+v", check)
	}
	look("after the purge")
	must(t, g.s.Close())
	look("after closing")
	s, err := storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	must(t, s.Verify(t.Context()))
	must(t, s.Close())
	look("after opening and closing again")
}

func TestADestroyedKeyOpensNothingOfACopy(t *testing.T) {
	v := newVault(t)
	g := newGallery(t, v)
	photos := g.addLarge("c", "a", 4, 3)
	before := g.s.Sealed()
	p := whole(photos[1])
	p.Photos = append(p.Photos, partly(photos[2], 1).Photos...)
	g.erase(p)
	opened, refused := 0, 0
	for k, sealed := range before {
		_, err := v.Unseal("record "+k[:1], []byte(k), sealed)
		switch engine.CodeOf(err) {
		case "":
			opened++
		case engine.CodeNotFound:
			refused++
		default:
			t.Errorf("%x: %v", k, err)
		}
	}
	if want := 2 * (1 + 1 + 1 + 1 + 1 + 3); refused != want || opened == 0 { // p s t h i c*
		t.Errorf("%d records copied before the erasure are refused, %d open; want %d refused", refused, opened, want)
	}
}
