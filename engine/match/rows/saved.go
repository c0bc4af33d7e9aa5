package rows

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
)

// What is saved of a table: the names that rows share, and for each row
//
//	labels  28 bytes: collection and hosts (u32 each, numbers of names), seconds (i64), nanoseconds (i32), latitude and longitude
//	        (float32, NaN where there is no place)
//	face    20 bytes: ULID of the photo, number (u32), see faceKey
//
// all numbers little-endian.
const (
	LabelBytes = 28
	FaceBytes  = 20
)

// errSaved tells that saved bytes can't be what a table wrote.
var errSaved = errors.New("not as a table of rows writes it")

// AppendLabels appends the labels of the first n rows of a block.
func (t *Table) AppendLabels(b []byte, block, n int) []byte {
	for i := range n {
		l := t.blocks[block].label(i)
		b = binary.LittleEndian.AppendUint32(b, l.collection)
		b = binary.LittleEndian.AppendUint32(b, l.hosts)
		b = binary.LittleEndian.AppendUint64(b, uint64(l.when.second))
		b = binary.LittleEndian.AppendUint32(b, uint32(l.when.nano))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(l.place.lat))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(l.place.lon))
	}
	return b
}

// SetLabels puts the labels of a block where they belong; b has LabelBytes for each row. What no table writes is refused.
func (t *Table) SetLabels(block int, b []byte) error {
	for i := 0; len(b) >= LabelBytes; i++ {
		l := label{collection: binary.LittleEndian.Uint32(b), hosts: binary.LittleEndian.Uint32(b[4:])}
		l.when = moment{int64(binary.LittleEndian.Uint64(b[8:])), int32(binary.LittleEndian.Uint32(b[16:]))}
		l.place = point{math.Float32frombits(binary.LittleEndian.Uint32(b[20:])), math.Float32frombits(binary.LittleEndian.Uint32(b[24:]))}
		if b = b[LabelBytes:]; !t.collections.holds(l.collection) || !t.hostLists.holds(l.hosts) {
			return errSaved
		}
		t.blocks[block].setLabel(i, l)
	}
	return nil
}

// AppendFaces appends the faces of rows of a block.
func (t *Table) AppendFaces(b []byte, block, from, to int) []byte {
	for _, k := range t.blocks[block].faces[from:to] {
		b = binary.LittleEndian.AppendUint32(append(b, k.photo[:]...), k.number)
	}
	return b
}

// SetFaces puts faces in the rows of a block that begin at from; b has FaceBytes for each. What no table writes is refused.
func (t *Table) SetFaces(block, from int, b []byte) error {
	for rows := t.blocks[block].faces[from:]; len(b) >= FaceBytes; rows = rows[1:] {
		rows[0].number = binary.LittleEndian.Uint32(b[copy(rows[0].photo[:], b):])
		if b = b[FaceBytes:]; rows[0].isOdd() && !t.oddFaces.holds(rows[0].place()) {
			return errSaved
		}
	}
	return nil
}

// AppendNames appends the names, for Parse.
func (t *Table) AppendNames(b []byte) []byte {
	for _, n := range []*names{&t.collections, &t.hostLists, &t.oddFaces} {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(n.held)))
		for i := range n.held {
			b = binary.LittleEndian.AppendUint32(b, uint32(n.held[i].rows))
			b = binary.LittleEndian.AppendUint32(b, uint32(len(n.held[i].text)))
			b = append(b, n.held[i].text...)
		}
	}
	return b
}

// ParseNames reads what AppendNames appended, and gives what follows it. ok is false for what it can't have been.
func (t *Table) ParseNames(b []byte) (rest []byte, ok bool) {
	for _, n := range []*names{&t.collections, &t.hostLists, &t.oddFaces} {
		if b, ok = n.parse(b); !ok {
			return nil, false
		}
	}
	for i := range t.hostLists.held {
		if h := &t.hostLists.held[i]; h.text != "" {
			h.hosts = strings.Split(h.text, "\n")
		}
	}
	return b, true
}

func (n *names) parse(b []byte) (rest []byte, ok bool) {
	const least = 8 // bytes of a name
	if len(b) < 4 {
		return nil, false
	}
	count := int(binary.LittleEndian.Uint32(b))
	if b = b[4:]; count > len(b)/least {
		return nil, false
	}
	n.numbers, n.held, n.free = make(map[string]uint32, count), make([]name, count), nil
	for i := range n.held {
		if len(b) < least {
			return nil, false
		}
		rows, length := binary.LittleEndian.Uint32(b), int(binary.LittleEndian.Uint32(b[4:]))
		if b = b[least:]; length > len(b) || rows > math.MaxInt32 {
			return nil, false
		}
		text := string(b[:length])
		b = b[length:]
		if rows == 0 {
			n.free = append(n.free, uint32(i))
			continue
		}
		if _, twice := n.numbers[text]; twice {
			return nil, false
		}
		n.held[i], n.numbers[text] = name{text: text, rows: int(rows)}, uint32(i)
	}
	slices.Reverse(n.free)
	return b, true
}

// Grow gives an empty table n rows, whose labels and faces are to be set.
func (t *Table) Grow(n int) {
	t.n, t.at = n, nil
	for _, p := range t.pieces.Many((n + BlockRows - 1) / BlockRows) {
		t.blocks = append(t.blocks, &block{packed: p})
	}
}
