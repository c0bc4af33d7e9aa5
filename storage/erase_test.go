package storage_test

import (
	"fmt"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// gallery is a store with photos to erase.
type gallery struct {
	t     *testing.T
	v     *vault.Vault
	s     *storage.Store
	names map[string]engine.Collection
}

func newGallery(t *testing.T, v *vault.Vault) *gallery {
	t.Helper()
	return &gallery{t: t, v: v, s: openStore(t, v), names: map[string]engine.Collection{}}
}

func (g *gallery) collection(name string) engine.Collection {
	g.t.Helper()
	if _, ok := g.names[name]; !ok {
		c, err := g.s.AddCollection(g.t.Context(), enginetest.ValidCollection(name))
		must(g.t, err)
		g.names[name] = c
	}
	return g.names[name]
}

// add stores photos with this number of faces; their names tell what they are in the vault's files.
func (g *gallery) add(collection, name string, photos, faces int) (added []engine.Photo) {
	g.t.Helper()
	c := g.collection(collection)
	var batch []engine.Ingest
	for i := range photos {
		unique := fmt.Sprintf("%s-%d.", name, i)
		in := enginetest.NewIngest(g.s, c.ID, "run", "/home/someone/"+unique, unique, faces)
		batch = append(batch, in)
		added = append(added, *in.Photo)
	}
	must(g.t, g.s.Commit(g.t.Context(), c.ID, batch))
	return added
}

// whole plans that photos are erased whole.
func whole(photos ...engine.Photo) engine.ErasurePlan {
	p := engine.ErasurePlan{Request: engine.ErasureRequest{Reason: engine.EraseRequest}}
	for _, photo := range photos {
		e := engine.PhotoErasure{Photo: photo.ID, Collection: photo.Collection, Whole: true, Finds: 1}
		for _, f := range photo.Faces {
			e.Faces = append(e.Faces, f.ID)
		}
		p.Photos = append(p.Photos, e)
	}
	return p
}

// partly plans that faces are taken out of a photo.
func partly(photo engine.Photo, numbers ...int) engine.ErasurePlan {
	e := engine.PhotoErasure{Photo: photo.ID, Collection: photo.Collection, Finds: 1, Thumbnail: []byte("new thumbnail")}
	for _, n := range numbers {
		e.Faces = append(e.Faces, photo.Faces[n].ID)
	}
	return engine.ErasurePlan{Request: engine.ErasureRequest{Reason: engine.EraseRequest}, Photos: []engine.PhotoErasure{e}}
}

func (g *gallery) erase(p engine.ErasurePlan) engine.ErasureCounts {
	g.t.Helper()
	_, counts, err := g.s.Erase(g.t.Context(), p)
	must(g.t, err)
	return counts
}

// purge purges and checks that the store is whole afterwards.
func (g *gallery) purge() engine.ErasedCheck {
	g.t.Helper()
	_, check, err := g.s.Purge(g.t.Context())
	must(g.t, err)
	must(g.t, g.s.Verify(g.t.Context()))
	again, err := g.s.CheckErased(g.t.Context())
	must(g.t, err)
	if again.Records++; again != check { // the entry of the log
		if again.Records--; !again.Clean() {
			g.t.Errorf("after the purge %+v, then %+v", check, again)
		}
	}
	return check
}

func TestErasedPhotosAreGone(t *testing.T) {
	g := newGallery(t, newVault(t))
	photos := g.add("c", "a", 20, 2)
	g.add("other", "b", 3, 1)
	find := engine.Provenance{URL: "https://elsewhere.example/a.jpg"}
	must(t, g.s.Commit(t.Context(), photos[3].Collection, []engine.Ingest{enginetest.NewDuplicate("run", "/copy", photos[3].ID, find)}))
	p := whole(photos[3], photos[7])
	p.Request.Suppress, p.Request.Similar = true, true
	counts := g.erase(p)
	want := engine.ErasureCounts{Photos: 2, Thumbnails: 2, Crops: 4, Templates: 4, Finds: 3, Items: 3, Keys: 2, Suppressions: 6}
	if counts != want {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	must(t, g.s.Verify(t.Context()))
	for _, photo := range []engine.Photo{photos[3], photos[7]} {
		if _, err := g.s.Photo(t.Context(), photo.ID); engine.CodeOf(err) != engine.CodeNotFound {
			t.Errorf("Photo = %v", err)
		}
	}
	if counts := g.erase(p); counts != (engine.ErasureCounts{}) {
		t.Errorf("erased again: %+v", counts)
	}
	check := g.purge()
	if check.Erasures != 2 || check.Keys != 2 || check.Records == 0 || !check.Clean() {
		t.Errorf("check %+v", check)
	}
	_ = time.Now
}

func TestFacesAreTakenOutOfAPhoto(t *testing.T) {
	g := newGallery(t, newVault(t))
	photos := g.add("c", "a", 5, 3)
	must(t, g.s.Commit(t.Context(), photos[1].Collection, []engine.Ingest{enginetest.NewDuplicate("run", "/copy", photos[1].ID, engine.Provenance{File: "/copy"})}))
	p := partly(photos[1], 0, 2)
	p.Request.Suppress = true
	counts := g.erase(p)
	want := engine.ErasureCounts{Partly: 1, Thumbnails: 1, Crops: 2, Templates: 2, Keys: 1, Suppressions: 2}
	if counts != want {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	must(t, g.s.Verify(t.Context()))
	g.purge()
	left, err := g.s.Photo(t.Context(), photos[1].ID)
	must(t, err)
	if len(left.Faces) != 1 || left.Faces[0].ID != photos[1].Faces[1].ID || len(left.Also) != 1 {
		t.Errorf("left %+v", left)
	}
}

func TestACollectionIsErased(t *testing.T) {
	g := newGallery(t, newVault(t))
	photos := append(g.add("c", "a", 30, 2), g.add("c", "none", 2, 0)...)
	g.add("other", "b", 3, 1)
	c := g.collection("c")
	run, _, err := g.s.BeginRun(t.Context(), engine.Run{Collection: c.ID, Sources: []string{"/somewhere"}}, false)
	must(t, err)
	must(t, g.s.Commit(t.Context(), c.ID, []engine.Ingest{enginetest.NewFailure(run.ID, "/broken")}))
	p := whole(photos...)
	p.Request.Collection = c.ID
	counts := g.erase(p)
	want := engine.ErasureCounts{Photos: 32, Thumbnails: 32, Crops: 60, Templates: 60, Finds: 32, Items: 33, Runs: 1, Collections: 1, Keys: 32}
	if counts != want {
		t.Errorf("counts %+v, want %+v", counts, want)
	}
	must(t, g.s.Verify(t.Context()))
	if _, err := g.s.CollectionByName(t.Context(), "c"); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("CollectionByName = %v", err)
	}
	g.purge()
}
