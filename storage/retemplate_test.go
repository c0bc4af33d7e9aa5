package storage_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/enginetest/killtest"
	"gabarit/storage"
)

// ingestOf gives the item that a photo was stored with.
func ingestOf(p engine.Photo) engine.Ingest {
	return engine.Ingest{Photo: &p, Record: engine.ItemRecord{Key: p.Source.File, Version: "1:1", Run: "run", Photo: p.ID}}
}

// retemplate finds faces anew in photos, with pictures of usual size.
func (g *gallery) retemplate(faces int, photos ...engine.Photo) (now []engine.Photo) {
	g.t.Helper()
	var batch []engine.Renewal
	for _, p := range photos {
		r := enginetest.NewRenewal(ingestOf(p), "01RUN", "anew "+string(p.ID), faces)
		r.Thumbnail = bytes.Repeat(r.Thumbnail, 400)
		for i := range r.Crops {
			r.Crops[i] = bytes.Repeat(r.Crops[i], 400)
		}
		batch = append(batch, r)
	}
	must(g.t, g.s.Retemplate(g.t.Context(), photos[0].Collection, batch, func(done []engine.Renewed) error {
		for _, d := range done {
			now = append(now, d.Photo)
		}
		return nil
	}))
	return now
}

func TestReplacedTemplatesAreGoneFromTheFiles(t *testing.T) {
	o := transparent(t)
	v, err := o.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { _ = v.Close() })
	g := newGallery(t, v)
	old, other := g.addLarge("c", "old", 12, 3), g.addLarge("c", "other", 6, 2)
	find := engine.Provenance{File: "/home/someone/copy.", PageTitle: "title of the copy."}
	must(t, g.s.Commit(t.Context(), old[0].Collection, []engine.Ingest{enginetest.NewDuplicate("run", "/home/someone/copy.", old[0].ID, find)}))
	gone, stays := needles{}, needles{}
	for i, p := range old {
		for n, f := range p.Faces {
			gone.template(f)
			gone.text(fmt.Sprintf("crop %d of %s", n, mark("old", i)))
		}
		gone.text("thumbnail of " + mark("old", i))
		stays.text("page " + mark("old", i))
	}
	for i, p := range other {
		stays.photo(mark("other", i), p)
	}
	stays.text("title of the copy.")
	for i, p := range g.retemplate(2, old...) {
		for n, f := range p.Faces {
			stays.template(f)
			stays.text(fmt.Sprintf("crop %d of anew %s", n, old[i].ID))
		}
	}
	if found := gone.found(t, v.Dir()); len(found) < len(gone)/2 {
		t.Errorf("the scan is blind: before the purge it finds %d of %d", len(found), len(gone))
	}
	if n, err := g.s.Pending(t.Context()); n != 1 || err != nil {
		t.Errorf("%d pending, %v", n, err)
	}
	check := g.purge()
	if check.Erasures != 0 || check.Keys != len(old) || !check.Clean() {
		t.Errorf("check %+v, want the keys of %d photos and no erasure", check, len(old))
	}
	if check, err := g.s.CheckErased(t.Context()); err != nil || check.Keys != 0 || !check.Clean() {
		t.Errorf("check after the purge %+v, %v: nothing of it is noted", check, err)
	}
	must(t, g.s.Close())
	if found := gone.found(t, v.Dir(), o.StateDir); len(found) > 0 {
		t.Errorf("%d of %d replaced things are still there:\n%s", len(found), len(gone), strings.Join(found, "\n"))
	}
	if found := stays.found(t, v.Dir()); len(found) != len(stays) {
		t.Errorf("only %d of %d things that stay are found", len(found), len(stays))
	}
	s, err := storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	must(t, errors.Join(s.Verify(t.Context()), s.Close()))
}

// TestTheKeyOfReplacedTemplatesIsDestroyedAtOnce, so that a copy of the database from before opens nothing of the photo.
func TestTheKeyOfReplacedTemplatesIsDestroyedAtOnce(t *testing.T) {
	v := newVault(t)
	g := newGallery(t, v)
	photos := g.addLarge("c", "a", 3, 2)
	before := g.s.Sealed()
	g.retemplate(2, photos[1])
	refused := 0
	for k, sealed := range before {
		if _, err := v.Unseal("record "+k[:1], []byte(k), sealed); engine.CodeOf(err) == engine.CodeNotFound {
			refused++
		} else {
			must(t, err)
		}
	}
	if want := 1 + 1 + 1 + 1 + 1 + 2; refused != want { // p s t h i c*
		t.Errorf("%d records copied before are refused, want %d", refused, want)
	}
}

func TestAnOldCopyBringsBackNothingThatWasErasedAfterItsFacesWereFoundAnew(t *testing.T) {
	r := newRestorable(t)
	photos := r.add("c", "a", 6, 3)
	r.backup()
	now := r.retemplate(3, photos[:4]...)
	r.retemplate(3, now[0]) // twice
	again, err := r.s.Photo(t.Context(), photos[0].ID)
	must(t, err)
	r.erase(whole(again))
	r.erase(whole(now[1]))
	r.erase(partly(now[2], 1))
	r.purge()
	r.restore(false)
	r.gone(photos[0], photos[1], photos[2]) // of the third a face was erased: its other faces share its old key
	r.there(photos[3:]...)                  // only found anew: the copy's templates are as good as they were
	if p, err := r.s.Photo(t.Context(), photos[3].ID); err != nil || p.Model != "synthetic" {
		t.Errorf("photo %+v, %v", p, err)
	}
	must(t, r.s.Verify(t.Context()))
	if check := r.purge(); !check.Clean() {
		t.Errorf("check %+v", check)
	}
	r.close()
	r.open()
	r.there(photos[3:]...)
}

// finderEnv makes the re-executed test binary find faces anew in the vault it names until it is killed.
const finderEnv = "GABARIT_STORAGE_TEST_FINDER"

// findAnewUntilKilled finds the faces of all photos anew, one model after the other, four at a time, and purges now and then. It prints
// the model and the photo's ID after Retemplate returned.
func findAnewUntilKilled(ctx context.Context, dir string) error {
	v, err := quick().Open(dir, "")
	if err != nil {
		return err
	}
	s, err := storage.Open(ctx, v, storage.Options{})
	if err != nil {
		return err
	}
	info, err := s.CollectionByName(ctx, "c")
	if err != nil {
		return err
	}
	for {
		var photos []engine.Photo
		if err := s.Photos(ctx, info.ID, func(p engine.Photo) error { photos = append(photos, p); return nil }); err != nil {
			return err
		}
		for len(photos) > 0 {
			var batch []engine.Renewal
			for _, p := range photos[:4] {
				batch = append(batch, renewalOf(p))
			}
			err := s.Retemplate(ctx, info.ID, batch, func(done []engine.Renewed) error {
				for _, d := range done {
					fmt.Println("stored", d.Photo.Model, d.Photo.ID)
				}
				return nil
			})
			if err != nil {
				return err
			}
			for _, r := range batch {
				fmt.Println("done", r.Model, r.Record.Photo)
			}
			photos = photos[4:]
		}
		if _, _, err := s.Purge(ctx); err != nil {
			return err
		}
	}
}

// generation is the number of times that a photo's faces were found anew, told by its model.
func generation(p engine.Photo) (n int) {
	_, _ = fmt.Sscanf(string(p.Model), "model-%d", &n)
	return n
}

// renewalOf finds the faces of a photo anew with the next model: one face more or less than before. What is stored all tells
// of the model.
func renewalOf(p engine.Photo) engine.Renewal {
	n := generation(p) + 1
	r := enginetest.NewRenewal(ingestOf(p), "01RUN", fmt.Sprintf("%d of %s", n, p.ID), 1+n%2)
	r.Model = engine.ModelID(fmt.Sprintf("model-%d", n))
	r.Thumbnail = bytes.Repeat(r.Thumbnail, 400)
	for i := range r.Faces {
		r.Faces[i].Model = r.Model
	}
	return r
}

// TestKillingTheProcessLeavesEachPhotoOldOrNew: with all of its parts, and nothing of what was before.
func TestKillingTheProcessLeavesEachPhotoOldOrNew(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	v := newVault(t)
	g := newGallery(t, v)
	photos := g.addLarge("c", "a", 24, 2)
	must(t, errors.Join(g.s.Close(), v.Close()))
	done := map[engine.PhotoID]int{}
	for range 6 {
		killFinder(t, v.Dir(), random, done)
		v, err := quick().Open(v.Dir(), "")
		must(t, err)
		s, err := storage.Open(t.Context(), v, storage.Options{})
		must(t, err)
		must(t, s.Verify(t.Context()))
		check, err := s.CheckErased(t.Context())
		if err != nil || check.Live != 0 || check.Erasures != 0 {
			t.Errorf("before the purge: %+v, %v", check, err)
		}
		templates := map[engine.FaceID]engine.IndexEntry{}
		must(t, s.Templates(t.Context(), func(e engine.IndexEntry) error { templates[e.Face] = e; return nil }))
		for _, p := range photos {
			checkGeneration(t, s, p.ID, done[p.ID], templates)
		}
		if len(templates) > 0 {
			t.Errorf("%d templates of no photo", len(templates))
		}
		if _, check, err := s.Purge(t.Context()); err != nil || !check.Clean() {
			t.Errorf("Purge = %+v, %v", check, err)
		}
		live, err := v.LiveKeys()
		if err != nil || len(live) != len(photos) {
			t.Errorf("%d keys for %d photos, %v", len(live), len(photos), err)
		}
		must(t, errors.Join(s.Close(), v.Close()))
	}
	times := 0
	for _, n := range done {
		times += n
	}
	t.Logf("faces of %d photos were found anew %d times", len(photos), times)
}

// killFinder runs it until a random moment and notes the last generation of each photo that was acknowledged.
func killFinder(t *testing.T, dir string, random *rand.Rand, done map[engine.PhotoID]int) {
	t.Helper()
	for _, line := range killtest.Run(t, finderEnv, dir, 1+random.IntN(150), time.Duration(random.IntN(20_000))*time.Microsecond) {
		var what, model, photo string
		_, err := fmt.Sscan(line, &what, &model, &photo)
		must(t, err)
		done[engine.PhotoID(photo)] = generation(engine.Photo{Model: engine.ModelID(model)})
	}
}

// checkGeneration looks whether all that is stored of a photo is of one generation, no older than least, and takes its templates
// out of those given.
func checkGeneration(t *testing.T, s *storage.Store, id engine.PhotoID, least int, templates map[engine.FaceID]engine.IndexEntry) {
	t.Helper()
	p, err := s.Photo(t.Context(), id)
	must(t, err)
	n := generation(p)
	if n < least {
		t.Errorf("photo %s is of generation %d, though %d was acknowledged", id, n, least)
	}
	if n == 0 {
		for _, f := range p.Faces {
			delete(templates, f.ID)
		}
		return
	}
	before := p
	before.Model = engine.ModelID(fmt.Sprintf("model-%d", n-1))
	want := renewalOf(before)
	thumbnail, err := s.Thumbnail(t.Context(), id)
	if err != nil || !bytes.Equal(thumbnail, want.Thumbnail) || len(p.Faces) != len(want.Faces) {
		t.Fatalf("photo %s of generation %d: %d faces, thumbnail %.40q, %v", id, n, len(p.Faces), thumbnail, err)
	}
	for i, f := range p.Faces {
		crop, err := s.Crop(t.Context(), f.ID)
		e := templates[f.ID]
		if err != nil || !bytes.Equal(crop, want.Crops[i]) || f.Model != p.Model || e.Model != p.Model || e.Template != want.Faces[i].Template {
			t.Errorf("face %s of generation %d: crop %q, models %s and %s, %v", f.ID, n, crop, f.Model, e.Model, err)
		}
		delete(templates, f.ID)
	}
	item, err := s.Item(t.Context(), p.Collection, p.Source.File)
	if err != nil || item.Faces != len(p.Faces) || item.Run != "01RUN" {
		t.Errorf("item %+v, %v", item, err)
	}
}
