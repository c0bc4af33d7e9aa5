// Package segment keeps the index of a vault on disk, behind engine.Segments, so that a vault opens to its first answer without
// reading every template from the records. The records stay the truth: whatever is wrong with what is kept here, it is thrown
// away and made again of them. app saves and opens it; engine/match knows what is in it.
//
// # Files
//
// The folder index/ of the vault holds
//
//	head           what was saved, and which of the other files are meant
//	SLOT-GEN.seg   a block of the index, named by the key it is sealed under, in hexadecimal digits
//
// Each has a key of its own in the vault's key table, in a slot of state 3 (vault.NewIndexKey). A file is never changed: a
// block that is saved anew gets another key and so another name.
//
// # head, version 1
//
// One sealed text under its own key, domain "index head", ID "head":
//
//	u32(1), lp(model), lp(stamp), lp(others), u32(pieces), u32(blocks), for each block u32(slot), u32(generation),
//	u64(length of the file), then the head of the index
//
// lp(x) is u32(length) and x; numbers are little-endian. Stamp is that of the records that the index was made of (storage.Store.Stamp);
// others is for app. The index is of use only while model and stamp are what they are now.
//
// # Blocks
//
//	"GABSEG1\n", u32(number of pieces), u32(length) of each sealed piece, then the pieces
//
// A piece is sealed under the file's key, domain "index piece", ID u32(block), u32(piece): in another place it does not
// open. A transparent vault appends the CRC-32C of key, ID and piece to each instead, and to the head.
//
// # Order of a change
//
//  1. keys are made and synced
//  2. files of blocks are written and synced, and their folder
//  3. head is replaced: written beside, synced, renamed, the folder synced
//  4. the keys of the head before, and of blocks that it alone named, are destroyed; their files are removed
//
// A crash before 3 leaves the old state, after it the new one. Open destroys keys and removes files that no head names. Throwing
// all away begins with the keys. A head whose key is destroyed is one that was thrown away, and no damage.
//
// After 4, or after all was thrown away, nothing of an older state can be opened, also where a file system keeps old bytes.
//
// # Choices
//
//   - Files are read, not mapped: a file that was cut off, or a disk that fails, would end the process.
//   - One key a file, not one for all: erasing a face writes one or two blocks anew instead of everything.
package segment
