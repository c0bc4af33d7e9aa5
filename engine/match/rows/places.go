package rows

import "hash/maphash"

// places tells in which row a face is: open addressing with linear probing [Knuth, The Art of Computer Programming 3, 6.4, algorithms L and R], whose
// keys are those of the rows. So it takes four bytes for each of its places, of which at most three in four are taken; their number is a power of
// two. Each holds a row's number and one, or 0.
type places []uint32

const leastPlaces = 64

// start is where a key is looked for first.
func (t *Table) start(k faceKey) int {
	return int(maphash.Comparable(t.seed, k) & uint64(len(t.at)-1))
}

// after is the place after another one.
func (p places) after(at int) int { return (at + 1) & (len(p) - 1) }

// prepareToFind enters all rows where that was not done yet, or where one more would be too many.
func (t *Table) prepareToFind() {
	if t.at != nil && (t.n+1)*4 <= len(t.at)*3 {
		return
	}
	size := max(len(t.at), leastPlaces)
	for (t.n+1)*4 > size*3 {
		size *= 2
	}
	t.at = make(places, size)
	for i := range t.n {
		t.enter(i)
	}
}

// enter notes where row i is.
func (t *Table) enter(i int) {
	at := t.start(t.Key(i))
	for t.at[at] != 0 {
		at = t.at.after(at)
	}
	t.at[at] = uint32(i) + 1
}

// placeOf finds the place of row i, which is entered.
func (t *Table) placeOf(i int) int {
	at := t.start(t.Key(i))
	for t.at[at] != uint32(i)+1 {
		at = t.at.after(at)
	}
	return at
}

// leave forgets row i. Rows behind it move up where they would not be found otherwise.
func (t *Table) leave(i int) {
	gap := t.placeOf(i)
	for at := t.at.after(gap); t.at[at] != 0; at = t.at.after(at) {
		home := t.start(t.Key(int(t.at[at] - 1)))
		if mask := len(t.at) - 1; (at-home)&mask >= (at-gap)&mask {
			t.at[gap], gap = t.at[at], at
		}
	}
	t.at[gap] = 0
}
