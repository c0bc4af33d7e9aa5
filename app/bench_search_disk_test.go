//go:build linux

package app_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"gabarit/engine"
	"gabarit/engine/match"
	indexfiles "gabarit/storage/segment"
	"gabarit/storage/vault"
)

// openings is how often a saved index is opened, to the first answer.
const openings = 7

// openDisk saves an index in a vault of its own, sealed as every vault is, tells what opening it takes, and gives it as a computer with little memory
// would have it: templates left on disk. The files are in the system's cache.
func openDisk(t *testing.T, index *match.Cascade, d *searchData) *benchIndex {
	t.Helper()
	v, err := vault.Create(filepath.Join(t.TempDir(), "vault"), "")
	must(t, err)
	t.Cleanup(func() { must(t, v.Close()) })
	saved, damage, err := indexfiles.Open(v)
	must(t, err)
	must(t, damage)
	saved.Of(indexfiles.Origin{Model: "m", Stamp: "s"})
	took := spend(func() { must(t, index.Save(t.Context(), saved, true)) })
	t.Logf("saved in %.1f s of the processor", took.CPU)
	head, _, _ := saved.Head()
	open := func(room int64) *match.Cascade {
		if room > 0 { // it is asked with one thread, as others are
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		}
		opened, err := match.Open(t.Context(), head, saved, room)
		must(t, err)
		return opened
	}
	first := make([]float64, openings)
	for i := range first {
		var opened *match.Cascade
		took := spend(func() {
			opened = open(0)
			_, _, err := opened.Search(t.Context(), engine.Query{Template: d.queries[i], K: 50})
			must(t, err)
		})
		first[i] = 1e3 * took.Wall
		opened.Clear()
	}
	t.Logf("from the saved index to the first answer, top 50, wall ms in turn (the first has fresh memory, as a start of the program): %.0f", first)
	out := &benchIndex{name: ownDisk, note: "saved in a sealed vault; templates are read where they are compared"}
	before := anonymousBytes(t)
	var opened *match.Cascade
	out.spending = spend(func() {
		opened = open(1)
		must(t, opened.Load(t.Context()))
	})
	for i := range openings { // with what searches keep for the next ones
		_, _, err := opened.Search(t.Context(), engine.Query{Template: d.queries[i], K: 50})
		must(t, err)
	}
	out.Bytes, out.own = anonymousBytes(t)-before, opened
	return out
}
