package rows

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gabarit/engine"
)

// filled has n rows, with fifty hosts; every third face has an ID of another kind.
func filled(n int) *Table {
	t := New()
	for i := range n {
		t.Put(t.Prepare(&engine.IndexEntry{Face: faceID(i), Collection: "c", Hosts: []string{fmt.Sprint("h", i%50)}, When: time.Unix(int64(i+1), 1),
			Place: &engine.Place{Lat: 1, Lon: 2}}))
	}
	return t
}

func faceID(i int) engine.FaceID {
	if i%3 == 0 {
		return engine.FaceID(fmt.Sprint("odd", i))
	}
	return engine.NewFaceID(engine.PhotoID(fmt.Sprintf("01HZZZZZZZZZZZZZZZZZ%06d", i)), i%7)
}

// checkForgotten looks for what may be left of the rows from n on.
func checkForgotten(t *testing.T, table *Table, blocks []*block, n int) {
	t.Helper()
	for i := n; i < len(blocks)*BlockRows; i++ {
		b, r := blocks[i/BlockRows], i%BlockRows
		if b.faces[r] != (faceKey{}) || b.collection[r] != 0 || b.hosts[r] != 0 || b.when(r) != (moment{}) || b.place(r).is() {
			t.Fatalf("row %d is still described in memory", i)
		}
	}
	known := 0
	for _, row := range table.at {
		if row != 0 {
			known++
		}
	}
	if known != n {
		t.Fatalf("%d faces are known, want %d", known, n)
	}
	for place, name := range table.oddFaces.held {
		if name.rows == 0 && name.text != "" {
			t.Fatalf("the ID of a removed face is still in memory, at %d", place)
		}
	}
}

// Nothing outside the package can see the memory that removal must overwrite.
func TestTakingLeavesNothingInMemory(t *testing.T) {
	const n = 2*BlockRows + 10
	table := filled(n)
	blocks := append([]*block(nil), table.blocks...)
	left := n
	for i := range n {
		if i%2 == 0 || i > 100 {
			table.Take(faceID(i))
			left--
		}
	}
	checkForgotten(t, table, blocks, left)
	for i := range 101 {
		row, known := table.find(faceID(i))
		if known != (i%2 == 1) || known && table.Face(row) != faceID(i) {
			t.Fatalf("face %d: known %v, in the row of %s", i, known, table.Face(row))
		}
	}
	table.Clear()
	checkForgotten(t, table, blocks, 0)
}

func TestNamesOfHostsGoWithTheLastFaceThatHasThem(t *testing.T) {
	table := filled(200)
	if n := len(table.hostLists.numbers); n != 50 {
		t.Fatalf("%d lists of hosts, want 50", n)
	}
	for i := 7; i < 200; i += 50 {
		table.Take(faceID(i))
	}
	if _, held := table.hostLists.numbers["h7"]; held {
		t.Error("a host of no face is still known")
	}
	for _, n := range table.hostLists.held {
		if n.text == "h7" || n.rows == 0 && n.hosts != nil {
			t.Error("a host of no face is still in memory")
		}
	}
}

// An ID that a key of 20 bytes would not give back the same is kept as text.
func TestFaceIDsComeBackTheSame(t *testing.T) {
	table := New()
	ids := []engine.FaceID{"01HZZZZZZZZZZZZZZZZZ000001-0", "01HZZZZZZZZZZZZZZZZZ000001-12", "01hzzzzzzzzzzzzzzzzz000001-0", "01HZZZZZZZZZZZZZZZZZ000001-00",
		"01HZZZZZZZZZZZZZZZZZ000001-4294967294", "01HZZZZZZZZZZZZZZZZZ000001-4294967295", "01HZZZZZZZZZZZZZZZZZ000001-99999999999", "01HZZZZZZZZZZZZZZZZZ000001-+1",
		"01HZZZZZZZZZZZZZZZZZ000001", "ZZZZZZZZZZZZZZZZZZZZZZZZZZ-0", "0IHZZZZZZZZZZZZZZZZZ000001-0", "a", "-0", "x-0"}
	for _, id := range ids {
		table.Put(table.Prepare(&engine.IndexEntry{Face: id}))
	}
	if table.Len() != len(ids) {
		t.Errorf("%d rows for %d IDs", table.Len(), len(ids))
	}
	for i, id := range ids {
		if got := table.Face(i); got != id {
			t.Errorf("%q is kept as %q", id, got)
		}
	}
}

// The list of faces is checked against a map through insertions and removals in random order, with IDs of both kinds.
func TestFacesAreFoundWhateverCameAndWent(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	table, want := New(), map[engine.FaceID]bool{}
	for step := range 60_000 {
		id := faceID(rng.IntN(6000))
		if rng.IntN(10) < 4+3*(step/20_000%2) { // it grows, shrinks, grows
			if _, _, known := table.Take(id); known != want[id] {
				t.Fatalf("step %d: %s known %v, want %v", step, id, known, want[id])
			}
			delete(want, id)
		} else {
			table.Put(table.Prepare(&engine.IndexEntry{Face: id}))
			want[id] = true
		}
		if step%97 == 0 {
			table.Shrink((table.Len()+BlockRows-1)/BlockRows + 1)
		}
	}
	if table.Len() != len(want) {
		t.Fatalf("%d rows, want %d", table.Len(), len(want))
	}
	for id := range want {
		if row, known := table.find(id); !known || table.Face(row) != id {
			t.Fatalf("%s: known %v", id, known)
		}
	}
}
