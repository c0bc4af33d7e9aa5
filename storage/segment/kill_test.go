package segment_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"gabarit/engine"
	"gabarit/engine/enginetest/killtest"
	"gabarit/engine/match"
	"gabarit/storage/segment"
	"gabarit/storage/vault"
)

// saverEnv makes the re-executed test binary remove faces from the index of the vault it names, and save, until it is killed.
const saverEnv = "GABARIT_SEGMENT_TEST_SAVER"

const killFaces = 9000

func TestMain(m *testing.M) {
	if dir := os.Getenv(saverEnv); dir != "" {
		fmt.Fprintln(os.Stderr, saveUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// saveUntilKilled prints the number of each face after it was removed and that was saved.
func saveUntilKilled(dir string) error {
	v, err := vault.Options{Transparent: true}.Open(dir, "")
	if err != nil {
		return err
	}
	s, damage, err := segment.Open(v)
	if err = errors.Join(damage, err); err != nil {
		return err
	}
	head, of, ok := s.Head()
	if !ok {
		return errors.New("nothing is saved")
	}
	index, err := match.Open(context.Background(), head, s, 0)
	if err != nil {
		return err
	}
	var next int
	if _, err := fmt.Sscan(of.Stamp, &next); err != nil {
		return err
	}
	for ; ; next++ {
		index.Remove(face(next))
		s.Of(segment.Origin{Stamp: fmt.Sprint(next + 1)})
		if err := index.Save(context.Background(), s, next%5 == 4); err != nil {
			return err
		}
		fmt.Println(next)
	}
}

func TestKillingTheProcessBringsNoRemovedFaceBack(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t, true)
	index := w.fill(killFaces)
	must(t, w.save(index, "0", true))
	acknowledged := -1
	for range 12 {
		w.close()
		acknowledged = max(acknowledged, killSaver(t, w.dir, random))
		w.open()
		if w.damage != nil {
			t.Fatal(w.damage)
		}
		if n, err := w.store.Leftover(); n != 0 || err != nil {
			t.Errorf("%d files and keys are left over, %v", n, err)
		}
		_, of, _ := w.store.Head()
		var next int
		if _, err := fmt.Sscan(of.Stamp, &next); err != nil {
			t.Fatal(err)
		}
		if next != acknowledged+1 && next != acknowledged+2 { // it may have been killed before it told
			t.Fatalf("saved is the state before face %d, although %d was acknowledged", next, acknowledged)
		}
		opened, err := w.load()
		must(t, err)
		held := map[engine.FaceID]bool{}
		must(t, opened.Faces(func(f engine.FaceID) { held[f] = true }))
		if len(held) != killFaces-next {
			t.Errorf("%d faces are held, want %d", len(held), killFaces-next)
		}
		for i := range next {
			if held[face(i)] || w.inFiles(&w.templates[i]) {
				t.Errorf("face %d is there again", i)
			}
		}
	}
	t.Logf("%d removals acknowledged", acknowledged+1)
}

// killSaver runs it for a random moment and gives the last number that it printed.
func killSaver(t *testing.T, dir string, random *rand.Rand) int {
	t.Helper()
	last := -1
	for _, line := range killtest.Run(t, saverEnv, dir, 1+random.IntN(4), time.Duration(random.IntN(60_000))*time.Microsecond) {
		if _, err := fmt.Sscan(line, &last); err != nil {
			t.Error(err)
		}
	}
	return last
}

// FuzzHead reads what no store wrote as the head of a transparent vault's index, where no seal keeps it out.
func FuzzHead(f *testing.F) {
	f.Add([]byte{})
	f.Add(segment.HeadOf(segment.Origin{Model: "m", Stamp: "s", Others: "o"}, 2))
	f.Fuzz(func(t *testing.T, b []byte) {
		if again, ok := segment.HeadAgain(b); ok && string(again) != string(b) {
			t.Errorf("%x is read as %x", b, again)
		}
	})
}
