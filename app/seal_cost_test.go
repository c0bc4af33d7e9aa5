package app_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"gabarit/app"
	"gabarit/engine"
)

// What TestSealingCosts does in each vault, and how often. The ratio of the processor times must stay below sealingLimit.
const (
	costPhotos   = 50
	costSearches = 400 // each gives all of them
	costRounds   = 3
	sealingLimit = 1.1
)

// TestSealingCosts compares vaults that seal with one that does not, which only tests can make, in one run:
//
//	GABARIT_COST=1 go test -tags nodynamic ./app -run TestSealingCosts -v
//
// Photos have one megapixel and their faces cost nothing to find, so that what is compared is the program's own work:
// with the face workers' the difference disappears.
func TestSealingCosts(t *testing.T) {
	if os.Getenv("GABARIT_COST") == "" {
		t.Skip("skipped: measures processor time; GABARIT_COST=1 runs it")
	}
	dir := t.TempDir()
	for i := range costPhotos {
		drawNoise(t, filepath.Join(dir, fmt.Sprintf("%03d.jpg", i)), uint64(i))
	}
	kinds := []string{"transparent", "without passphrase", "with passphrase"}
	spent := map[string]*sealingCost{}
	for round := range costRounds {
		for i := range kinds { // each begins a round as often as the others
			kind := kinds[(i+round)%len(kinds)]
			c := costOfVault(t, kind, dir)
			if spent[kind] == nil {
				spent[kind] = &sealingCost{}
			}
			spent[kind].collect += c.collect
			spent[kind].search += c.search
		}
	}
	base := spent["transparent"]
	for _, kind := range kinds {
		c := spent[kind]
		ratio := (c.collect + c.search).Seconds() / (base.collect + base.search).Seconds()
		t.Logf("%-20s collect %v a photo (ratio %.3f), search %v (ratio %.3f), both %.3f", kind, c.collect/(costPhotos*costRounds),
			c.collect.Seconds()/base.collect.Seconds(), c.search/(costSearches*costRounds), c.search.Seconds()/base.search.Seconds(), ratio)
		if ratio > sealingLimit {
			t.Errorf("%s: %.3f times the work of a vault that seals nothing, at most %.1f", kind, ratio, sealingLimit)
		}
	}
}

type sealingCost struct{ collect, search time.Duration }

// costOfVault gives the processor time for collecting and searching in a new vault.
func costOfVault(t *testing.T, kind, photos string) sealingCost {
	t.Helper()
	a := app.New(app.Config{VaultDir: filepath.Join(t.TempDir(), "vault"), Detector: &drawn{}, Now: clock})
	pass := ""
	switch kind {
	case "transparent":
		a.TransparentVaults()
	case "with passphrase":
		pass = secret
	}
	must(t, a.CreateVault(t.Context(), pass))
	_, err := a.AddCollection(t.Context(), people())
	must(t, err)
	before := processorTime(t)
	if rep := collect(t, a, photos); rep.Counts.Photos != costPhotos {
		t.Fatalf("collected %+v", rep.Counts)
	}
	c := sealingCost{collect: processorTime(t) - before}
	p := probe(t, a, filepath.Join(photos, "000.jpg"))
	before = processorTime(t)
	for range costSearches {
		res, err := a.Search(t.Context(), engine.SearchRequest{Purpose: "tests", Probe: p, Max: engine.DefaultMax})
		must(t, err)
		if got := len(res.Probes[0].Matches); got != costPhotos {
			t.Fatalf("%d matches", got)
		}
	}
	c.search = processorTime(t) - before
	must(t, a.Close())
	return c
}

// drawNoise writes a photo of one megapixel with a person in the middle.
func drawNoise(t *testing.T, path string, seed uint64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	img := image.NewYCbCr(image.Rect(0, 0, 1152, 864), image.YCbCrSubsampleRatio420)
	for i := range img.Y {
		img.Y[i] = uint8(100 + rng.IntN(100))
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(118+rng.IntN(20)), uint8(118+rng.IntN(20))
	}
	for y := 400; y < 464; y++ { // the same person in all of them
		for x := 544; x < 608; x++ {
			img.Y[img.YOffset(x, y)], img.Cb[img.COffset(x, y)], img.Cr[img.COffset(x, y)] = 150, 128, 128
		}
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}))
	must(t, os.WriteFile(path, b.Bytes(), 0o600))
}

// processorTime is what this process and its ended workers have used.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			t.Fatal(err)
		}
		total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return total
}
