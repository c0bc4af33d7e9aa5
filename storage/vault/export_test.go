package vault

import (
	"bytes"
)

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
