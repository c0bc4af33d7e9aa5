package storage_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// filled gives a store with two collections, photos, a failure, a duplicate and two cases.
func filled(t *testing.T, v *vault.Vault) (*storage.Store, engine.Ingest) {
	t.Helper()
	s := openStore(t, v)
	ctx := t.Context()
	var kept engine.Ingest
	for _, name := range []string{"Collection Alpha", "Collection Beta"} {
		c, err := s.AddCollection(ctx, enginetest.ValidCollection(name))
		if err != nil {
			t.Fatal(err)
		}
		run, _, err := s.BeginRun(ctx, engine.Run{Collection: c.ID, Sources: []string{"/home/someone/private folder"}}, false)
		if err != nil {
			t.Fatal(err)
		}
		var batch []engine.Ingest
		for i := range 12 {
			in := enginetest.NewIngest(s, c.ID, run.ID, fmt.Sprintf("/home/someone/private folder/%d.jpg", i), fmt.Sprint(name, i), i)
			in.Thumbnail = bytes.Repeat([]byte("thumbnail bytes of the photo/"), 1000)
			batch = append(batch, in)
		}
		kept = batch[9]
		find := engine.Provenance{File: "/home/someone/private folder/copy.jpg", URL: "https://elsewhere.example/copy.jpg", PageTitle: "a telling title"}
		batch = append(batch, enginetest.NewFailure(run.ID, "/home/someone/private folder/broken.jpg"),
			enginetest.NewDuplicate(run.ID, "/home/someone/private folder/copy.jpg", kept.Photo.ID, find))
		if err := s.Commit(ctx, c.ID, batch); err != nil {
			t.Fatal(err)
		}
		item := engine.CaseItem{Photo: kept.Photo.ID, Source: kept.Photo.Source, SHA256: kept.Photo.SHA256}
		if _, err := s.AddCases(ctx, []engine.Case{{Site: "controller.example", Items: []engine.CaseItem{item}}}); err != nil {
			t.Fatal(err)
		}
	}
	return s, kept
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	v := newVault(t)
	s, kept := filled(t, v)
	before, err := s.Photo(t.Context(), kept.Photo.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Totals(t.Context()); engine.CodeOf(err) != engine.CodeUnavailable {
		t.Errorf("a closed store answers %v", err)
	}
	s = openStore(t, v)
	after, err := s.Photo(t.Context(), kept.Photo.ID)
	if err != nil || fmt.Sprintf("%+v", before.Faces) != fmt.Sprintf("%+v", after.Faces) || len(after.Also) != 1 {
		t.Errorf("after reopening: %+v, %v", after, err)
	}
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if totals, err := s.Totals(t.Context()); err != nil || totals != (engine.Totals{Photos: 24, Faces: 132, Collections: 2}) {
		t.Errorf("totals %+v, %v", totals, err)
	}
}

func TestVerifyFindsSwappedAndMissingRecords(t *testing.T) {
	s, _ := filled(t, newVault(t))
	for _, k := range "kripotchsena" {
		must(t, s.Swap(byte(k)))
		if err := s.Verify(t.Context()); engine.CodeOf(err) != engine.CodeCorrupt {
			t.Errorf("two records %c swapped: Verify = %v", k, err)
		}
		must(t, s.Swap(byte(k)))
		if err := s.Verify(t.Context()); err != nil {
			t.Errorf("records %c put back: %v", k, err)
		}
	}
	for _, k := range "kptchsna" {
		restore, err := s.Drop(byte(k))
		must(t, err)
		err = s.Verify(t.Context())
		if engine.CodeOf(err) != engine.CodeCorrupt || strings.Contains(err.Error(), "example") {
			t.Errorf("a record %c missing: Verify = %v", k, err)
		}
		must(t, restore())
	}
	must(t, s.Verify(t.Context()))
}

func TestADestroyedKeyHidesThePhotoAtOnce(t *testing.T) {
	v := newVault(t)
	s, kept := filled(t, v)
	if err := v.DestroyKeys(vault.KeyRef{Slot: 0, Gen: 1}); err != nil { // of the first photo: no face
		t.Fatal(err)
	}
	for slot := range v.Slots() {
		if err := v.DestroyKeys(vault.KeyRef{Slot: slot, Gen: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Photo(t.Context(), kept.Photo.ID); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("Photo = %v", err)
	}
	if _, err := s.Crop(t.Context(), kept.Photo.Faces[0].ID); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("Crop = %v", err)
	}
	if _, err := s.PhotoByHash(t.Context(), kept.Photo.Collection, kept.Photo.SHA256); engine.CodeOf(err) != engine.CodeNotFound {
		t.Errorf("PhotoByHash = %v", err)
	}
	if err := s.Templates(t.Context(), func(e engine.IndexEntry) error { return fmt.Errorf("face %s is still there", e.Face) }); err != nil {
		t.Error(err)
	}
}

// TestNoFileOfTheVaultHoldsPlainContent scans the raw bytes of all files.
func TestNoFileOfTheVaultHoldsPlainContent(t *testing.T) {
	v := newVault(t)
	s, kept := filled(t, v)
	if err := s.RecordSearch(t.Context(), engine.SearchRecord{Purpose: "a purpose told in confidence", ProbeHash: kept.Photo.SHA256}); err != nil {
		t.Fatal(err)
	}
	needles := map[string][]byte{"sha-256": kept.Photo.SHA256[:], "crop": kept.Crops[3], "thumbnail": kept.Thumbnail[:29],
		"template": templateBytes(kept.Photo.Faces[2].Template), "photo ID": []byte(kept.Photo.ID)}
	for _, text := range []string{"Collection Alpha", "Collection Beta", "private folder", "img.example.org", "elsewhere.example",
		"controller.example", "a telling title", "page Collection", "a purpose told", "explicit-consent", "the picture is cut off", "-CAS-"} {
		needles[text] = []byte(text)
	}
	scan := func(when string) {
		files := 0
		walk := func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			b, err := os.ReadFile(path)
			for name, needle := range needles {
				if bytes.Contains(b, needle) {
					t.Errorf("%s: %s holds the %s in plain", when, d.Name(), name)
				}
			}
			return err
		}
		if err := filepath.WalkDir(v.Dir(), walk); err != nil || files < 5 {
			t.Fatalf("%d files read, %v", files, err)
		}
	}
	scan("open")
	for _, k := range s.Keys() { // Badger hides its keys on disk too; they tell nothing even in memory
		for name, needle := range needles {
			if bytes.Contains(k, needle) {
				t.Errorf("a key holds the %s", name)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	scan("closed")

	control := filepath.Join(t.TempDir(), "control") // the scan must be able to find what it looks for
	if err := os.WriteFile(control, bytes.Join([][]byte{{0, 1}, needles["template"], kept.Crops[3]}, []byte{9}), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(control); err != nil || !bytes.Contains(b, needles["template"]) || !bytes.Contains(b, needles["crop"]) {
		t.Errorf("the scan is blind: %v", err)
	}
}

func templateBytes(t engine.Template) []byte {
	var b []byte
	for _, x := range t[:8] {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func TestDamageIsToldAndNothingIsStartedAfresh(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		msg    string
	}{
		{"records are gone", func(t *testing.T, dir string) { must(t, os.RemoveAll(filepath.Join(dir, "records"))) }, "the vault's records are missing"},
		{"the key table is cut off", func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, "keys.tbl"), 128*4)) }, "the vault's key table is cut off"},
		{"Badger's list of tables is gone", func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "records", "MANIFEST"))) }, "the vault's records are damaged"},
		{"Badger's keys are garbage", func(t *testing.T, dir string) { garble(t, filepath.Join(dir, "records", "KEYREGISTRY")) }, "the vault's records are damaged"},
		{"a table is garbage", func(t *testing.T, dir string) { garble(t, firstTable(t, dir)) }, "the vault's records are damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := newVault(t)
			s, _ := filled(t, v)
			must(t, errors.Join(s.Close(), v.Close()))
			tt.damage(t, v.Dir())
			v, err := quick().Open(v.Dir(), "")
			must(t, err)
			defer v.Close()
			_, err = storage.Open(t.Context(), v, storage.Options{})
			if engine.CodeOf(err) != engine.CodeCorrupt || engine.MessageOf(err) != tt.msg {
				t.Errorf("Open = %v, want %q", err, tt.msg)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func firstTable(t *testing.T, dir string) string {
	t.Helper()
	tables, err := filepath.Glob(filepath.Join(dir, "records", "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables %v, %v", tables, err)
	}
	return tables[0]
}

func garble(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	for i := len(b) / 4; i < len(b)*3/4; i++ {
		b[i] ^= 0x55
	}
	must(t, os.WriteFile(path, b, 0o600))
}

func TestABigBatchIsStoredInParts(t *testing.T) {
	s := openStore(t, newVault(t))
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	var batch []engine.Ingest
	for i := range 900 {
		in := enginetest.NewIngest(s, c.ID, "run", fmt.Sprint("/a/", i), fmt.Sprint(i), 2)
		in.Photo.Description = strings.Repeat("long ", 100)
		batch = append(batch, in)
	}
	must(t, s.Commit(t.Context(), c.ID, batch))
	must(t, s.Verify(t.Context()))
	parts, photos := 0, 0
	must(t, s.AuditLog(t.Context(), func(e engine.AuditEntry) error {
		if e.Action == engine.ActionIngest {
			parts, photos = parts+1, photos+e.Counts["photos"]
		}
		return nil
	}))
	if parts < 2 || photos != 900 {
		t.Errorf("%d photos in %d parts", photos, parts)
	}
}

func TestAGroupPhotoWithThousandsOfFacesIsStored(t *testing.T) {
	s := openStore(t, newVault(t))
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	in := enginetest.NewIngest(s, c.ID, "run", "/a", "a", 3000)
	must(t, s.Commit(t.Context(), c.ID, []engine.Ingest{in}))
	must(t, s.Verify(t.Context()))
}
