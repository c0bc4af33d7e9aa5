package rows

import (
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"gabarit/engine"
)

// Key is what a table keeps of a face ID.
type Key = faceKey

// faceKey is a face ID in 20 bytes: a photo's ULID and the face's number. An index of millions would otherwise keep gigabytes of
// texts. An ID that is none of that kind has the number oddFace, and its place in Table.oddFaces in the first bytes.
type faceKey struct {
	photo  ulid.ULID
	number uint32
}

// oddFace is the number of IDs that are kept as text.
const oddFace = 1<<32 - 1

// parseFace gives the key of a face ID; ok is false for one that would not come back the same.
func parseFace(id engine.FaceID) (key faceKey, ok bool) {
	photo, number, ok := id.Photo()
	if !ok || number >= oddFace {
		return key, false
	}
	u, err := ulid.ParseStrict(string(photo))
	key = faceKey{photo: u, number: uint32(number)}
	return key, err == nil && key.text() == id
}

// idBytes is the length of most IDs, with place for a number of two digits.
const idBytes = ulid.EncodedSize + 3

// text is the ID of a key that is not odd.
func (k faceKey) text() engine.FaceID {
	return engine.FaceID(k.appendTo(make([]byte, 0, idBytes)))
}

func (k faceKey) appendTo(b []byte) []byte {
	n := len(b)
	b = append(b, "00000000000000000000000000-"...)
	_ = k.photo.MarshalTextTo(b[n : n+ulid.EncodedSize]) // fails for another length only
	return strconv.AppendUint(b, uint64(k.number), 10)
}

func oddKey(place uint32) (k faceKey) {
	k.number = oddFace
	for i := range 4 {
		k.photo[i] = byte(place >> (8 * i))
	}
	return k
}

func (k faceKey) isOdd() bool { return k.number == oddFace }

// place is where the text of an odd key stands.
func (k faceKey) place() (p uint32) {
	for i := range 4 {
		p |= uint32(k.photo[i]) << (8 * i)
	}
	return p
}

// Face gives the ID of the face in a row.
func (t *Table) Face(i int) engine.FaceID {
	k := t.Key(i)
	if k.isOdd() {
		return engine.FaceID(t.oddFaces.held[k.place()].text)
	}
	return k.text()
}

// Key gives what is kept of the face in a row. It is for many faces: Keys that lie far apart are read at the same time, texts are made later.
func (t *Table) Key(i int) Key { return t.blocks[i/BlockRows].faces[i%BlockRows] }

// Faces gives the IDs of keys, in their order. They are parts of one text.
func (t *Table) Faces(keys []Key) []engine.FaceID {
	var texts strings.Builder
	texts.Grow(len(keys) * idBytes)
	one, ends := make([]byte, 0, idBytes+10), make([]int32, len(keys))
	for i, k := range keys {
		if !k.isOdd() {
			texts.Write(k.appendTo(one))
		}
		ends[i] = int32(texts.Len())
	}
	out, text, start := make([]engine.FaceID, len(keys)), texts.String(), int32(0)
	for i, end := range ends {
		if out[i] = engine.FaceID(text[start:end]); keys[i].isOdd() {
			out[i] = engine.FaceID(t.oddFaces.held[keys[i].place()].text)
		}
		start = end
	}
	return out
}

// keyOf gives the key of a face that gets a row.
func (t *Table) keyOf(id engine.FaceID) faceKey {
	if k, ok := parseFace(id); ok {
		return k
	}
	return oddKey(t.oddFaces.take(string(id), nil))
}

// RowOf gives the row of a face. It may make a list, as what changes the table does: only one goroutine may be here.
func (t *Table) RowOf(id engine.FaceID) (row int, known bool) { return t.find(id) }

// find gives the row of a face. A table that was opened needs to know the rows of faces only when they change, and
// then makes the list of all.
func (t *Table) find(id engine.FaceID) (row int, known bool) {
	t.prepareToFind()
	k, ok := parseFace(id)
	if !ok {
		place, held := t.oddFaces.numbers[string(id)]
		if !held {
			return 0, false
		}
		k = oddKey(place)
	}
	for at := t.start(k); ; at = t.at.after(at) {
		if t.at[at] == 0 {
			return 0, false
		}
		if i := int(t.at[at] - 1); t.Key(i) == k {
			return i, true
		}
	}
}
