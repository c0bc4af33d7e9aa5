// Package records keeps the sealed records of a vault and the log of what was done to them. storage, the only package
// that uses it, says which records there are to be and what goes with what; this one opens them, writes and reads them
// in transactions of Badger, each sealed by storage/vault under the key it belongs to, adds to the audit log in the same
// transaction, and checks records and log. It decides nothing about photos, cases or people.
//
// # What is where
//
// Badger's folder is records/ in the vault. Its keys are a letter and IDs (ULIDs, 16 bytes) or
// keyed hashes (vault.Hash, 32 bytes): no URL, path, name or plain SHA-256. Each value is sealed by
// storage/vault, bound to its kind and its Badger key. "Photo" means the photo's own key in the vault's key
// table, "case" the case's own key, "main" the vault's key for records of nobody in particular.
//
//	key                               sealed under  holds
//	m "format"                        main   version of this layout, time the vault was made
//	m "audit"                         main   sequence number of the last audit entry
//	m "keys"                          main   slots of the key table that records may refer to
//	m "stamp"                         main   random name of the state of all t: changes with each transaction that writes or deletes one
//	m "cases"                         main   last reference number of each year
//	m "tree"                          main   right border of the log's Merkle tree, leaf hash of its last entry
//	m "checkpoint"                    main   signed checkpoint of the log, made with each entry
//	m "checkpoint/" date              main   the last checkpoint of a day before
//	m "misfit/" place                 main   a checkpoint from a file that the log did not fit when it was opened
//	k collection                      main   collection
//	n collection                      main   its counts, kept in the transaction of each change
//	r run                             main   run
//	m "erasing/" erasure "/" part     main   a part of an erasure that is not purged yet: keys to be destroyed, and of what
//	i collection hash(item key)       photo, or main for failed and suppressed items: what became of the item
//	s collection hash(sha-256)        photo  ID of the photo with these bytes
//	p photo                           photo  photo and its faces, without templates
//	o photo hash(find)                photo  one more find of the photo
//	t photo                           photo  templates of its faces and what filters ask for
//	c photo u32(face)                 photo  crop, JPEG
//	h photo                           photo  thumbnail, JPEG
//	g photo                           photo  what was decided about groups with its faces in them, see Part
//	e case                            case   case with items and letters
//	q, f, b, w, j, d document         document  subject request, portrait, contact, paper, file, person: see engine.Document
//	v, x photo                        document  checks of the photo's source; why it is kept out of searches
//	y collection, or zeros            document  what retention and checks of sources last did
//	u half hash("url|" address)       main   suppression of an address, or of a file ("img|" sha-256): kind, dates, hits, reason
//	l half hash("looks|" phash)       main   suppression of looks: the same, and the perceptual hash
//	a u64(sequence)                   main   audit entry; after the version byte it is a leaf of the tree, see auditlog
//
// Numbers in keys are big-endian, so that keys sort as they count. An item's record and its hash entry are
// sealed under the photo's key too: destroying that one key takes away everything held on the photo.
// A record whose key was destroyed reads as absent. A file that changed is another photo (other bytes):
// the item then points to the new one and the old photo stays until retention or an erasure takes it.
//
// # Encodings
//
// The first byte of what is sealed is the version of its encoding, 1 for all so far:
//
//	JSON                                         all but the following; unknown fields are ignored
//	u32(length), JSON head, then per face        t: the head has collection, hosts and time; numbers
//	  u32(number) and 128 float32                   and floats are little-endian
//	bytes as they are                            c, h
//
// A higher version, or a higher version in m "format", gives CodeUnsupported. The layout's version changes
// when an older program would misread the store; it is independent of the program's version. Version 2 came with the log's
// tree; version 3 with the saved index, in which an older program would leave the faces that it erases; version 4 with documents and with what
// is kept out of searches, which an older program would find.
//
// # Files of the log
//
// After each commit its checkpoint is written to the file checkpoint in the vault's folder, and to the one of the same name in the
// folder that storage/vault keeps for this vault outside of it. They are renamed into place and not synced: they
// may be behind the records after a loss of power, never ahead of them. When the store is opened,
//
//	the vault's file ahead of the log    entries were lost: told by Warnings, an entry and every check with a checkpoint
//	                                     of the time
//	only the file outside ahead          an older copy of the vault took its place: the same
//	a file that does not fit the log     the log was replaced or altered, or this is another copy of the vault: told by
//	                                     Warnings; the checkpoint is kept, so that each check tells it
//	a file damaged, the vault's missing  told by Warnings
//
// and the files are written anew. In version 1 of the layout the log had no hashes; opening such a vault makes the tree of
// its entries as they are. Version 3 has decisions about groups (g): a vault of version 2 becomes one with its first decision.
//
// # Choices
//
//   - Values from 4 KiB (crops, thumbnails, faces of group photos) go to the value log, whose files
//     are small (16 MiB) so that collecting one back after an erasure rewrites little; the tables hold
//     small records only, so that compaction stays cheap. Templates of up to seven faces stay in
//     the tables, which makes the walk that loads the index a sequential read.
//   - Badger's own encryption is on (it hides keys and sizes) but gives no integrity; sealing does.
//   - Each commit is synced before it returns, the key table before Badger. How Badger is opened, watched and
//     purged of what was erased is package kv's.
//   - One writer at a time: audit entries are numbered without gaps.
package records
