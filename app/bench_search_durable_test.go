//go:build linux

package app_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/app/faceindex"
	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

const (
	durableRounds = 5
	durableMany   = 10 // faces erased at once
	sealedPiece   = 64 // bytes of a file that are looked for
)

// durableVault is a vault in a folder of its own, one face to a photo, with the index that is saved beside the records.
type durableVault struct {
	t          *testing.T
	dir        string
	store      *storage.Store
	index      *faceindex.Index
	collection engine.CollectionID
	photos     []engine.Photo
}

// noneHidden is a vault that keeps no face out of its index.
type noneHidden struct{}

func (noneHidden) Hides(engine.FaceID) bool { return false }
func (noneHidden) Faces() []engine.FaceID   { return nil }

// compareDurable measures what it costs to collect and to erase single faces until it is on the disk, with records, keys and the saved index; and looks
// for the files' old bytes in all files of the vault after the erasure.
func compareDurable(t *testing.T, faces int) {
	d := openSearchData(t, 100_000)
	w := newDurableVault(t, d.vectors[:faces])
	added := len(w.photos)
	var add, one, many, purge []spending
	for round := range durableRounds {
		add = append(add, spend(func() { w.collect(d.queries[round : round+1]) }))
	}
	before := w.sealed()
	found, places := w.count(before)
	if found != len(before) {
		t.Errorf("%d of %d pieces of the saved index are found in the files of the vault", found, len(before))
	}
	var gone []engine.Photo // from every block of the index
	for i := range durableRounds * (1 + durableMany) {
		gone = append(gone, w.photos[i*added/(durableRounds*(1+durableMany))])
	}
	for range durableRounds {
		for _, n := range []int{1, durableMany} {
			some := gone[:n]
			gone = gone[n:]
			took, purged := w.erase(some)
			if purge = append(purge, purged); n == 1 {
				one = append(one, took)
			} else {
				many = append(many, took)
			}
		}
	}
	left, leftPlaces := w.count(before)
	if left > 0 {
		t.Errorf("%d pieces of the index as it was saved are still in files of the vault", left)
	}
	var b strings.Builder
	out := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "\tCPU ms: min  median  max\twall ms: min  median  max")
	for _, line := range []struct {
		what string
		took []spending
	}{
		{"a photo with one face collected: record, keys, index saved", add},
		{"one photo erased: record, keys, index saved without it", one},
		{fmt.Sprintf("%d photos erased at once", durableMany), many},
		{"and purged: the store's files rewritten without them, and checked", purge},
	} {
		cpu, wall := make([]float64, len(line.took)), make([]float64, len(line.took))
		for i, s := range line.took {
			cpu[i], wall[i] = 1e3*s.CPU, 1e3*s.Wall
		}
		fmt.Fprintf(out, "%s\t%s\t%s\n", line.what, threeOf(cpu), threeOf(wall))
	}
	_ = out.Flush()
	t.Logf("a vault of %d faces; load %s\n%sSealed pieces of %d bytes of the saved index found in the vault's files: before the erasures %d of %d (%d places), after %d (%d places).",
		faces, load(t), &b, sealedPiece, found, len(before), places, left, leftPlaces)
}

func newDurableVault(t *testing.T, templates []engine.Template) *durableVault {
	t.Helper()
	w := &durableVault{t: t, dir: filepath.Join(t.TempDir(), "vault")}
	v, err := vault.Create(w.dir, "")
	must(t, err)
	w.store, err = storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	c, err := w.store.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	w.collection = c.ID
	for len(templates) > 0 {
		n := min(250, len(templates))
		w.commit(templates[:n])
		templates = templates[n:]
	}
	w.index, err = faceindex.Open(t.Context(), v, w.store, noneHidden{}, w.photos[0].Model, 0, func(err error) { t.Error(err) })
	must(t, err)
	must(t, w.index.Settle(t.Context()))
	t.Cleanup(func() {
		w.index.Clear()
		_ = w.store.Close()
		_ = v.Close()
	})
	return w
}

// commit stores photos.
func (w *durableVault) commit(templates []engine.Template) (entries []engine.IndexEntry) {
	w.t.Helper()
	var batch []engine.Ingest
	for i := range templates {
		name := fmt.Sprint("/a/", len(w.photos))
		in := enginetest.NewIngest(w.store, w.collection, "run", name, name, 1)
		in.Photo.Faces[0].Template = templates[i]
		batch, w.photos, entries = append(batch, in), append(w.photos, *in.Photo), append(entries, in.Photo.Entries()...)
	}
	must(w.t, w.store.Commit(w.t.Context(), w.collection, batch))
	return entries
}

// collect stores photos and saves the index, as at the end of a run.
func (w *durableVault) collect(templates []engine.Template) {
	w.t.Helper()
	w.index.Begin()
	must(w.t, w.index.Add(w.commit(templates)...))
	must(w.t, w.index.End(w.t.Context(), true))
}

// erase takes photos out as the application does, and purges.
func (w *durableVault) erase(photos []engine.Photo) (took, purged spending) {
	w.t.Helper()
	p := engine.ErasurePlan{Request: engine.ErasureRequest{Reason: engine.EraseRequest}}
	for _, photo := range photos {
		p.Photos = append(p.Photos, engine.PhotoErasure{Photo: photo.ID, Collection: photo.Collection, Whole: true, Finds: 1, Faces: []engine.FaceID{photo.Faces[0].ID}})
	}
	ctx := context.Background()
	took = spend(func() {
		w.index.Changing.Lock()
		defer w.index.Changing.Unlock()
		must(w.t, w.index.Hide(ctx, p.Faces()))
		_, _, err := w.store.Erase(ctx, p)
		must(w.t, err)
		must(w.t, w.index.Erased(ctx, true))
	})
	purged = spend(func() {
		_, check, err := w.store.Purge(ctx)
		must(w.t, err)
		if !check.Clean() {
			w.t.Errorf("after the purge: %+v", check)
		}
	})
	return took, purged
}

// sealed gives the pieces of the files of the saved index by their first bytes. They are sealed: whoever has the vault's key could read what is in
// them for as long as they are there. What stands in a file or in several more than once is not sealed: heads of files, which tell lengths.
func (w *durableVault) sealed() map[uint64][]byte {
	w.t.Helper()
	pieces, times := map[uint64][]byte{}, map[uint64]int{}
	files, err := filepath.Glob(filepath.Join(w.dir, "index", "*.seg"))
	must(w.t, err)
	if len(files) == 0 {
		w.t.Fatal("the vault has no saved index")
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		must(w.t, err)
		for piece := range slices.Chunk(data, sealedPiece) {
			if len(piece) == sealedPiece {
				word := binary.LittleEndian.Uint64(piece)
				pieces[word] = piece
				times[word]++
			}
		}
	}
	maps.DeleteFunc(pieces, func(word uint64, _ []byte) bool { return times[word] > 1 })
	if repeated := len(times) - len(pieces); repeated > len(files)*8 {
		w.t.Errorf("%d pieces stand in the files more than once", repeated)
	}
	return pieces
}

// count looks for pieces in all files of the vault, at every byte.
func (w *durableVault) count(pieces map[uint64][]byte) (found, places int) {
	w.t.Helper()
	seen := map[uint64]bool{}
	must(w.t, filepath.WalkDir(w.dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the store of records has tidied up meanwhile
		}
		if err != nil {
			return err
		}
		for i := 0; i+sealedPiece <= len(data); i++ {
			word := binary.LittleEndian.Uint64(data[i:])
			if piece, known := pieces[word]; known && string(piece) == string(data[i:i+sealedPiece]) {
				seen[word] = true
				places++
			}
		}
		return nil
	}))
	return len(seen), places
}
