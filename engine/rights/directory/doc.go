// Package directory reads directories of controllers, in the form of the Datenanfragen data (github.com/datenanfragen/data, CC0), and finds who
// answers for an address.
//
// It is pure but for reading what it is given: no clock, no network, nothing stored. Files come from outside: it
// must survive whatever is in them, follow no path out of an archive, and keep to its limits. It must never choose for the user: what it
// finds is a list, with the reason of each entry.
package directory

import "gabarit/engine/matter"

// Limits of an import.
const (
	MaxArchive = 64 << 20 // bytes of a file
	MaxTotal   = 64 << 20 // bytes of all records, unpacked
	MaxFiles   = 20_000   // entries of an archive or folder
	MaxRecord  = 64 << 10 // bytes of a record
	MaxRemarks = 1_000    // of each kind; more are counted in the last
)

// Directory is what was read: controllers by name, and old names that lead to them.
type Directory struct {
	Controllers []matter.Controller
	Obsolete    map[string]string // slug → slug that took its place; "" where none did
}
