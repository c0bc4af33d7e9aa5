//go:build linux

package app_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"gabarit/engine"
	"gabarit/engine/match"
)

const (
	changeRounds = 5
	changeEach   = 200 // faces, by round
)

// changer inserts and deletes.
type changer struct {
	name            string
	insert          func(first int) spending // queries first to first+changeEach
	remove          func(rows []int) spending
	note            string
	inserts, leaves []float64 // microseconds of the processor for one, by round
}

// compareChange measures what it costs to put single faces into an index of so many, and to take others out: in memory, as none of these libraries
// keeps its index on the disk. The methods take turns.
func compareChange(t *testing.T, faces int) {
	d := openSearchData(t, faces)
	var all []*changer
	for _, index := range []*benchIndex{{name: ownCascade, own: benchCascade(1)}, {name: ownFlat, own: match.NewFlat()}} {
		fill(t, index.own, d)
		all = append(all, &changer{name: index.name, note: "gone from memory",
			insert: func(first int) spending {
				entries := make([]engine.IndexEntry, changeEach)
				for i := range entries {
					entries[i] = benchEntry(faces+first+i, &d.queries[first+i])
				}
				return spend(func() {
					for i := range entries {
						if err := index.own.Add(entries[i]); err != nil {
							t.Fatal(err)
						}
					}
				})
			},
			remove: func(rows []int) spending {
				ids := make([]engine.FaceID, len(rows))
				for i, row := range rows {
					ids[i] = benchEntry(row, &d.vectors[row]).Face
				}
				return spend(func() {
					for _, id := range ids {
						index.own.Remove(id)
					}
				})
			}})
	}
	if p := openSearchPeer(t); p != nil {
		p.open(t, d)
		p.do(t, "build", request{"name": faissFlat, "kind": "flat"})
		all = append(all, peerChanger(t, p, faissFlat, "written over"))
		for _, g := range graphs(faces) {
			g.build(t, p, d)
			all = append(all, peerChanger(t, p, g.name, "only marked"))
		}
	}
	runtime.GC()
	for round := range changeRounds {
		rows := make([]int, changeEach)
		for i := range rows {
			rows[i] = (round*changeEach + i) * 97 % faces
		}
		for k := range all {
			c := all[(k+round)%len(all)]
			c.inserts = append(c.inserts, 1e6*c.insert(round*changeEach).CPU/changeEach)
			c.leaves = append(c.leaves, 1e6*c.remove(rows).CPU/changeEach)
		}
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\tinsert, CPU us: min  median  max\tdelete, CPU us: min  median  max\tthe deleted vector")
	for _, c := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.name, threeOf(c.inserts), threeOf(c.leaves), c.note)
	}
	_ = w.Flush()
	t.Logf("one face into and out of an index of %d, in memory; %d rounds of %d; load %s\n%s", faces, changeRounds, changeEach, load(t), &b)
}

func peerChanger(t *testing.T, p *searchPeer, name, note string) *changer {
	t.Helper()
	return &changer{name: name, note: note,
		insert: func(first int) spending {
			return p.do(t, "insert", request{"name": name, "first": first, "count": changeEach}).spending
		},
		remove: func(rows []int) spending {
			return p.do(t, "delete", request{"name": name, "rows": rows}).spending
		}}
}

func threeOf(values []float64) string {
	return fmt.Sprintf("%.1f  %.1f  %.1f", slices.Min(values), middle(values), slices.Max(values))
}
