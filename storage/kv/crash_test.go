package kv_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"gabarit/engine/enginetest/killtest"
	"gabarit/storage/kv"
)

// childEnv makes the re-executed test binary purge the database it names until it is killed.
const childEnv = "GABARIT_KV_TEST_DATABASE"

// How the database of the test is made.
const (
	killRecords = 1500
	killRounds  = 12
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := purgeUntilKilled(context.Background(), dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// fate says what each record has come to.
func fate(i int) string {
	switch i % 50 {
	case 7:
		return "erased"
	case 9:
		return "overwritten"
	}
	return "untouched"
}

func pending() [][]byte {
	var is []int
	for i := range killRecords {
		if fate(i) != "untouched" {
			is = append(is, i)
		}
	}
	return prefixes(is...)
}

// purgeUntilKilled purges, makes garbage again and purges again.
func purgeUntilKilled(ctx context.Context, dir string) error {
	d, err := kv.Open(ctx, dir, kv.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	for {
		if _, err := d.Purge(ctx, pending()); err != nil {
			return err
		}
		fmt.Println("purged")
		if err := makeGarbage(d); err != nil {
			return err
		}
	}
}

// makeGarbage writes what is to be erased again, erases it, and overwrites records with what they hold.
func makeGarbage(d *kv.DB) error {
	for i := range killRecords {
		if fate(i) == "untouched" {
			continue
		}
		gone := recordsOf(i, 1)
		if err := change(d, gone); err != nil {
			return err
		}
		for k := range gone {
			gone[k] = nil
		}
		if fate(i) == "overwritten" {
			gone = recordsOf(i, 2)
		}
		if err := change(d, gone); err != nil {
			return err
		}
	}
	return nil
}

func TestKillingAPurgeLosesNothingAndTheNextOneEndsIt(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	dir := t.TempDir()
	d := open(t, dir, kv.Options{})
	fill(t, d, 0, killRecords)
	must(t, makeGarbage(d))
	must(t, d.Close())
	gone, there := []needle(nil), []int(nil)
	for i := range killRecords {
		switch fate(i) {
		case "erased":
			gone = append(gone, needles(i, 1)...)
		case "overwritten":
			gone = append(gone, values(i, 1)...)
		default:
			there = append(there, i)
		}
	}
	for round := range killRounds {
		killPurge(t, dir, random)
		d := open(t, dir, kv.Options{})
		if found := d.Warnings(); len(found) > 0 {
			t.Errorf("round %d: a kill is told as damage: %+v", round, found)
		}
		check(t, d, there, 1)
		if round%4 == 3 {
			must(t, makeGarbage(d)) // so that all are as they should be, whatever the kill left
			_, err := d.Purge(t.Context(), pending())
			must(t, err)
			if found, where := scan(t, dir, gone); found > 0 {
				t.Errorf("round %d: %d left in %v", round, found, where)
			}
			check(t, d, there, 1)
			for i := 9; i < killRecords; i += 50 {
				check(t, d, []int{i}, 2)
			}
		}
		must(t, d.Close())
	}
}

// killPurge runs the child for a random moment.
func killPurge(t *testing.T, dir string, random *rand.Rand) {
	t.Helper()
	killtest.Run(t, childEnv, dir, 1, time.Duration(random.IntN(400))*time.Millisecond)
}
