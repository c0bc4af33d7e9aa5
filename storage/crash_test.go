package storage_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest"
	"gabarit/engine/enginetest/killtest"
	"gabarit/storage"
	"gabarit/storage/vault"
)

// childEnv makes the re-executed test binary store photos in the vault it names until it is killed.
const childEnv = "GABARIT_STORAGE_TEST_VAULT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := writeUntilKilled(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if dir := os.Getenv(eraserEnv); dir != "" {
		if err := eraseUntilKilled(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if dir := os.Getenv(deleterEnv); dir != "" {
		if err := deleteAndDie(context.Background(), dir, os.Getenv(deleterNotedEnv) != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if dir := os.Getenv(finderEnv); dir != "" {
		if err := findAnewUntilKilled(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints the key of each item after the commit that stored it returned.
func writeUntilKilled(ctx context.Context, dir string) error {
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
	run, counts, err := s.BeginRun(ctx, engine.Run{Collection: info.ID, Sources: []string{"/a"}}, true)
	if err != nil {
		return err
	}
	for n := counts.Done(); ; n += 4 {
		var batch []engine.Ingest
		for i := n; i < n+4; i++ {
			name := fmt.Sprintf("/a/%d", i)
			in := enginetest.NewIngest(s, info.ID, run.ID, name, name, 2)
			in.Thumbnail = make([]byte, 20<<10)
			batch = append(batch, in)
		}
		if err := s.Commit(ctx, info.ID, batch); err != nil {
			return err
		}
		for _, in := range batch {
			fmt.Println(in.Record.Key)
		}
	}
}

// killChild runs the writer for a random moment after its first lines and gives what it acknowledged.
func killChild(t *testing.T, dir string, random *rand.Rand) []string {
	t.Helper()
	return killtest.Run(t, childEnv, dir, 1+random.IntN(200), time.Duration(random.IntN(2000))*time.Microsecond)
}

func TestKillingTheProcessLosesNothingAcknowledged(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := prepareCollection(t)
	acknowledged := map[string]bool{}
	for round := range 6 {
		for _, k := range killChild(t, dir, random) {
			acknowledged[k] = true
		}
		checkAfterKill(t, dir, round, acknowledged)
	}
	t.Logf("%d items acknowledged", len(acknowledged))
}

func prepareCollection(t *testing.T) string {
	t.Helper()
	v := newVault(t)
	s := openStore(t, v)
	if _, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), v.Close()); err != nil {
		t.Fatal(err)
	}
	return v.Dir()
}

func checkAfterKill(t *testing.T, dir string, round int, acknowledged map[string]bool) {
	t.Helper()
	v, err := quick().Open(dir, "")
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	s, err := storage.Open(t.Context(), v, storage.Options{})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer func() {
		if err := errors.Join(s.Close(), v.Close()); err != nil {
			t.Error(err)
		}
	}()
	if err := s.Verify(t.Context()); err != nil {
		t.Errorf("round %d: %v", round, err)
	}
	info, err := s.CollectionByName(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	for k := range acknowledged {
		checkWhole(t, s, info.ID, k)
	}
	if info.Photos < len(acknowledged) || info.Photos > len(acknowledged)+4*(round+1) {
		t.Errorf("round %d: %d photos for %d acknowledged items", round, info.Photos, len(acknowledged))
	}
}

func checkWhole(t *testing.T, s *storage.Store, c engine.CollectionID, k string) {
	t.Helper()
	item, err := s.Item(t.Context(), c, k)
	if err != nil {
		t.Fatalf("%s was acknowledged and is lost: %v", k, err)
	}
	p, err := s.Photo(t.Context(), item.Photo)
	if err != nil || len(p.Faces) != 2 {
		t.Fatalf("%s: photo %+v, %v", k, p, err)
	}
	for _, f := range p.Faces {
		if _, err := s.Crop(t.Context(), f.ID); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := s.Thumbnail(t.Context(), p.ID); err != nil || len(b) != 20<<10 {
		t.Fatalf("%s: thumbnail of %d bytes, %v", k, len(b), err)
	}
}

func TestAFullDiskIsAnErrorAndLosesNothing(t *testing.T) {
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=160m"); err != nil {
		t.Skipf("needs the right to mount a small disk: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	}()
	v, err := quick().Create(filepath.Join(disk, "vault"), "")
	if err != nil {
		t.Fatal(err)
	}
	stored := fillDisk(t, v)
	v, err = quick().Open(v.Dir(), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := storage.Open(t.Context(), v, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if totals, err := s.Totals(t.Context()); err != nil || totals.Photos != stored {
		t.Errorf("totals %+v, %v; want %d photos", totals, err, stored)
	}
	if err := errors.Join(s.Close(), v.Close()); err != nil {
		t.Error(err)
	}
}

// fillDisk stores photos until there is no room and closes the vault.
func fillDisk(t *testing.T, v *vault.Vault) (stored int) {
	t.Helper()
	s, err := storage.Open(t.Context(), v, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.AddCollection(t.Context(), enginetest.ValidCollection("c"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil && stored < 2000 {
		name := fmt.Sprintf("/a/%d", stored)
		in := enginetest.NewIngest(s, c.ID, "run", name, name, 1)
		in.Thumbnail = make([]byte, 1<<20)
		if err = s.Commit(t.Context(), c.ID, []engine.Ingest{in}); err == nil {
			stored++
		}
	}
	if engine.CodeOf(err) != engine.CodeUnavailable || engine.MessageOf(err) != "the disk is full" {
		t.Errorf("after %d photos: %v, want a full disk", stored, err)
	}
	if stored < 10 {
		t.Errorf("only %d photos fit", stored)
	}
	if err := errors.Join(s.Close(), v.Close()); err != nil {
		t.Error(err)
	}
	return stored
}
