package vault

import (
	"bytes"
)

// MaxNoteKeys is the number of keys in one note file.
const MaxNoteKeys = maxNoteKeys

// ParseKeyFile is the parser of vault.json; it gives back the bytes the parsed file encodes to.
func ParseKeyFile(data []byte) ([]byte, error) {
	f, err := parseKeyFile(data)
	if err != nil {
		return nil, err
	}
	return f.encode()
}

// ScanTable is the parser of keys.tbl.
func ScanTable(data, id []byte) (slots uint32, free []KeyRef, err error) {
	scan, err := scanTable(bytes.NewReader(data), id)
	return scan.slots, scan.free, err
}

// TableHeader is the start of a key table.
func TableHeader(id []byte) []byte { return tableHeader(id) }

// ParseNote is the parser of what a note file seals; it gives back the bytes the parsed note encodes to.
func ParseNote(data []byte) ([]byte, error) {
	keys, err := decodeNote(data)
	return encodeNote(keys), err
}

// ParseNoteName is the parser of a note file's name; it gives back the name of the parsed one.
func ParseNoteName(name string) (string, error) {
	n, err := parseNoteName(name)
	return n.name(), err
}

// KeysInMemory are the buffers that hold the keys of an open vault.
func KeysInMemory(v *Vault) [][]byte { return [][]byte{v.root, v.main} }
