package storage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/enginetest/killtest"
	"gabarit/storage"
)

// eraserEnv makes the re-executed test binary erase photos of the vault it names until it is killed.
const eraserEnv = "GABARIT_STORAGE_TEST_ERASER"

// eraseUntilKilled adds group photos, erases one whole and a face of another, and purges, for ever. It prints
// "erased" or "cut" and the photo's ID after Erase returned, and "purged" after Purge did.
func eraseUntilKilled(ctx context.Context, dir string) error {
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
		var batch []engine.Ingest
		for range 2 {
			unique := string(s.NewPhotoID())
			in := enginetest.NewIngest(s, info.ID, "run", "/a/"+unique, unique, 3)
			large(&in, unique)
			batch = append(batch, in)
			photos = append(photos, *in.Photo)
		}
		if err := s.Commit(ctx, info.ID, batch); err != nil {
			return err
		}
		p := whole(photos[0])
		p.Request.Suppress = true
		p.Photos = append(p.Photos, partly(photos[1], 1).Photos...)
		if _, _, err := s.Erase(ctx, p); err != nil {
			return err
		}
		fmt.Println("erased", photos[0].ID)
		fmt.Println("cut", photos[1].ID)
		if _, _, err := s.Purge(ctx); err != nil {
			return err
		}
		fmt.Println("purged")
	}
}

// killEraser runs it for a random moment after its first lines and gives these.
func killEraser(t *testing.T, dir string, random *rand.Rand) (lines []string) {
	t.Helper()
	return killtest.Run(t, eraserEnv, dir, 1+random.IntN(6), time.Duration(random.IntN(200))*time.Millisecond)
}

func TestKillingTheProcessUndoesNoErasure(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := prepareCollection(t)
	var lines []string
	for range 6 {
		lines = append(lines, killEraser(t, dir, random)...)
		v, err := quick().Open(dir, "")
		must(t, err)
		s, err := storage.Open(t.Context(), v, storage.Options{})
		must(t, err)
		must(t, s.Verify(t.Context()))
		for _, line := range lines {
			what, photo, _ := strings.Cut(line, " ")
			p, err := s.Photo(t.Context(), engine.PhotoID(photo))
			switch {
			case what == "erased" && engine.CodeOf(err) != engine.CodeNotFound:
				t.Errorf("%s is there again: %v", photo, err)
			case what == "cut" && (err != nil || len(p.Faces) != 2):
				t.Errorf("%s has %d faces, %v", photo, len(p.Faces), err)
			}
		}
		if check, err := s.CheckErased(t.Context()); err != nil || check.Live != 0 {
			t.Errorf("before the purge: %+v, %v", check, err)
		}
		if _, check, err := s.Purge(t.Context()); err != nil || !check.Clean() {
			t.Errorf("Purge = %+v, %v", check, err)
		}
		if restored := restoredEntries(t, s); restored != 0 {
			t.Errorf("%d entries tell of a restored copy", restored)
		}
		must(t, errors.Join(s.Close(), v.Close()))
	}
	t.Logf("%d acknowledged", len(lines))
}
