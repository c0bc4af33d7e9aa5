package match

import (
	"fmt"
	"math"
	"testing"

	"gabarit/engine"
	"gabarit/engine/match/kernel"
)

// filledCascade holds n faces whose templates, and so codes, are all different from zero.
func filledCascade(t *testing.T, n int) *Cascade {
	t.Helper()
	c := newCascade(100, 1, threadBlocks)
	entries := make([]engine.IndexEntry, n)
	for i := range entries {
		var tmpl engine.Template
		for d := range tmpl {
			tmpl[d] = float32((i*(d+7))%97-48) / 50
		}
		entries[i] = engine.IndexEntry{Face: filledFace(i), Template: tmpl, Collection: "c", Hosts: []string{fmt.Sprint("h", i%50)}}
	}
	if err := c.Add(entries...); err != nil {
		t.Fatal(err)
	}
	return c
}

func filledFace(i int) engine.FaceID { return engine.FaceID(fmt.Sprintf("P%d-0", i)) }

// checkEmptyFrom looks for what may be left of rows from n on in blocks.
func checkEmptyFrom(t *testing.T, c *Cascade, blocks []*kernel.Block, n int) {
	t.Helper()
	for i := n; i < len(blocks)*blockRows; i++ {
		b, r := blocks[i/blockRows], i%blockRows
		if !b.IsEmpty(r) {
			t.Fatalf("the code of row %d is still in memory, or its cells, or it is still marked", i)
		}
	}
}

// Nothing outside the package can see the memory that removal must overwrite.
func TestRemoveLeavesNothingOfACodeInMemory(t *testing.T) {
	const n, kept = 3*blockRows + 10, 50
	c := filledCascade(t, n)
	blocks := append([]*kernel.Block(nil), c.blocks...)
	for i := range n - kept {
		c.Remove(filledFace(i))
		if left := n - 1 - i; left%1000 == 0 && c.basis != nil {
			checkEmptyFrom(t, c, blocks, left)
			if need := (left+blockRows-1)/blockRows + 1; len(c.blocks) > need {
				t.Fatalf("%d blocks kept for %d faces", len(c.blocks), left)
			}
		}
	}
	checkEmptyFrom(t, c, blocks, kept)
	for i := range kept {
		c.Remove(filledFace(n - 1 - i))
	}
	checkEmptyFrom(t, c, blocks, 0)
	if c.basis != nil || len(c.blocks) != 0 {
		t.Errorf("an empty index keeps a basis (%v) or %d blocks", c.basis != nil, len(c.blocks))
	}
}

func TestClearLeavesNothingOfACodeInMemory(t *testing.T) {
	c := filledCascade(t, blockRows+10)
	blocks := append([]*kernel.Block(nil), c.blocks...)
	c.Clear()
	checkEmptyFrom(t, c, blocks, 0)
	if c.basis != nil || len(c.blocks) != 0 || c.Len() != 0 {
		t.Errorf("%d blocks and %d faces are kept", len(c.blocks), c.Len())
	}
}

// What rules a row out must never rule out one whose distance is the bound itself.
func TestNoBoundOfACascadeExceedsTheDistance(t *testing.T) {
	c := filledCascade(t, 2000)
	if c.odd > 100 {
		t.Fatalf("%d of 2000 faces have no codes", c.odd)
	}
	s := c.seeker(make([]*descent, 1))
	l := &s.lanes[0]
	for p := 0; p < 2000; p += 97 {
		q := engine.Query{Template: *c.flat.template(p)}
		q.Template[3] += 0.01
		for i := range 2000 {
			q.Within = Distance(&q.Template, c.flat.template(i))
			l.descent, l.tableFor = c.descent(&q), math.Inf(1)
			r := i % blockRows
			if b := c.block(i); !b.IsOdd(r) {
				rows := kernel.Mask{}
				rows[r/kernel.GroupRows] = 1 << (r % kernel.GroupRows)
				l.waiting = s.cells(l, i/blockRows, i/blockRows, &rows, 1)
				cells := l.waiting
				s.pursueWaiting(l, nil)
				if cells != 1 || l.left[1] != 1 || l.left[2] != 1 || len(l.near.held) != 1 {
					t.Fatalf("the codes rule out a face at the bound: %d left by the cells, %v by the others, %d answers", cells, l.left, len(l.near.held))
				}
				l.left, l.wide, l.skip = [3]int{}, 0, 0
			}
		}
	}
}
