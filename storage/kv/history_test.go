package kv_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gabarit/storage/kv"
)

// history is a database and what should be in it.
type history struct {
	dir     string
	d       *kv.DB
	random  *rand.Rand
	version int
	now     map[int]int // version of each record that is there
	touched map[int]bool
	gone    map[int][]int // versions that are not there any more
}

func (h *history) write(t *testing.T) {
	batch := map[string][]byte{}
	for range 1 + h.random.IntN(12) {
		i := h.random.IntN(400)
		h.version++
		if v, ok := h.now[i]; ok {
			h.gone[i] = append(h.gone[i], v)
			h.touched[i] = true
		}
		records := recordsOf(i, h.version)
		h.now[i] = h.version
		if h.random.IntN(3) == 0 {
			delete(h.now, i)
			h.gone[i] = append(h.gone[i], h.version)
			h.touched[i] = true
			for k := range records {
				records[k] = nil
			}
		}
		for k, v := range records {
			batch[k] = v
		}
	}
	must(t, change(h.d, batch))
}

func (h *history) check(t *testing.T, when string) {
	t.Helper()
	for i := range 400 {
		v, there := h.now[i]
		for k, want := range recordsOf(i, v) {
			got, err := read(h.d, k)
			if there && (err != nil || !bytes.Equal(got, want)) || !there && err == nil {
				t.Fatalf("%s: record %d there: %v, read: %.12s %v", when, i, there, got, err)
			}
		}
	}
}

func (h *history) purge(t *testing.T) {
	var is []int
	for i := range h.touched {
		is = append(is, i)
	}
	_, err := h.d.Purge(t.Context(), prefixes(is...))
	must(t, err)
	h.scan(t, "purged")
	clear(h.touched)
}

func (h *history) scan(t *testing.T, when string) {
	t.Helper()
	var all []needle
	for i, versions := range h.gone {
		for _, v := range versions {
			all = append(all, values(i, v)...)
		}
	}
	if found, where := scan(t, h.dir, all); found > 0 {
		t.Fatalf("%s: %d of %d left in %v", when, found, len(all), where)
	}
}

// TestRandomHistories writes, overwrites and deletes, has Badger merge its tables, closes, purges and compacts,
// in random order.
func TestRandomHistories(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	h := &history{dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 0)), now: map[int]int{}, touched: map[int]bool{}, gone: map[int][]int{}}
	h.d = open(t, h.dir, kv.Options{})
	for step := range 150 {
		when := fmt.Sprint("step ", step)
		switch n := h.random.IntN(100); {
		case n < 80:
			h.write(t)
		case n < 88:
			must(t, h.d.Close())
			h.d = open(t, h.dir, kv.Options{})
		case n < 92:
			must(t, h.d.Flatten())
		case n < 98:
			h.purge(t)
			h.check(t, when)
		default:
			_, err := h.d.Compact(t.Context())
			must(t, err)
			h.scan(t, when)
			h.check(t, when)
			clear(h.touched)
		}
	}
	h.purge(t)
	h.check(t, "end")
}
