package storage_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/storage"
)

// TestCostOfAnErasure prints what erasing 20 finds costs, ten photos whole and one face of ten others, in vaults of
// different sizes. GABARIT_COST is the largest number of faces, or 1 for 10,000.
func TestCostOfAnErasure(t *testing.T) {
	most, err := strconv.Atoi(os.Getenv("GABARIT_COST"))
	if err != nil {
		t.Skip("only with GABARIT_COST")
	}
	if most == 1 {
		most = 10_000
	}
	t.Logf("%8s %9s %9s %9s %12s %12s %9s %9s", "faces", "vault", "erase", "purge", "rewritten", "freed", "check", "open")
	for faces := 1000; faces <= most; faces *= 10 {
		costOf(t, faces)
	}
}

func costOf(t *testing.T, faces int) {
	dir := filepath.Join(t.TempDir(), "vault")
	v, err := quick().Create(dir, "")
	must(t, err)
	s, err := storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	must(t, err)
	var photos []engine.Photo
	for len(photos) < faces/2 {
		var batch []engine.Ingest
		for range 50 {
			name := fmt.Sprint("/a/", len(photos))
			in := enginetest.NewIngest(s, c.ID, "run", name, name, 2)
			in.Thumbnail, in.Crops = make([]byte, 20_000), [][]byte{make([]byte, 8_000), make([]byte, 8_000)}
			batch, photos = append(batch, in), append(photos, *in.Photo)
		}
		must(t, s.Commit(t.Context(), c.ID, batch))
	}
	size := diskUsage(t, dir)
	var p engine.ErasurePlan
	for i := range 20 {
		photo := photos[len(photos)/20*i]
		q := whole(photo)
		if i%2 == 0 {
			q = partly(photo, 1)
			q.Photos[0].Thumbnail = make([]byte, 20_000)
		}
		p.Request, p.Photos = q.Request, append(p.Photos, q.Photos...)
	}
	p.Request.Suppress = true
	start := time.Now()
	_, _, err = s.Erase(t.Context(), p)
	must(t, err)
	erase := time.Since(start)
	stats, check, err := s.Purge(t.Context())
	must(t, err)
	start = time.Now()
	if again, err := s.CheckErased(t.Context()); err != nil || !again.Clean() || check.Keys != 20 {
		t.Errorf("%+v, %v", again, err)
	}
	prove := time.Since(start)
	must(t, s.Close())
	start = time.Now()
	s, err = storage.Open(t.Context(), v, storage.Options{})
	must(t, err)
	open := time.Since(start)
	must(t, errors.Join(s.Close(), v.Close()))
	mb := func(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
	ms := time.Millisecond
	t.Logf("%8d %9s %9s %9s %12s %12s %9s %9s", faces, mb(size), erase.Round(ms), stats.Elapsed.Round(ms), mb(stats.Rewritten), mb(stats.Freed),
		prove.Round(ms), open.Round(ms))
	if faces >= 100_000 && stats.Rewritten > size/2 {
		t.Errorf("purging rewrote %s of %s", mb(stats.Rewritten), mb(size))
	}
}

// diskUsage is what the files below dir take on the disk.
func diskUsage(t *testing.T, dir string) (total int64) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		var st syscall.Stat_t
		err = syscall.Stat(path, &st)
		total += st.Blocks * 512
		return err
	}))
	return total
}
