// Package auditlog makes the audit log of a vault a thing that cannot be changed unseen: each entry names the one
// before it, all are leaves of a Merkle tree (RFC 6962), and the tree's root is signed. storage feeds it the entries it
// writes and reads; app and the batch program check exported logs with it. It knows no record but the entry and no file
// but the checkpoint beside the vault and the export, and keeps no key: signing is a function it is given.
//
// # Entries and tree
//
// A leaf is the JSON of an engine.AuditEntry, exactly the bytes that are stored. Entries are numbered from 1
// without gaps; "prev" is the hash of the leaf before in hex. Entry 1 has none, nor have the first entries of logs that were
// begun before there were hashes: once an entry has one, all that follow must.
//
//	hash of a leaf       SHA-256(0x00 || leaf)
//	hash of an inner node SHA-256(0x01 || left || right)
//	empty tree           SHA-256("")
//
// An entry that can't be read any more counts as a leaf of no bytes.
//
// # Checkpoint
//
// The text of a checkpoint is a signed note (golang.org/x/mod/sumdb/note, C2SP tlog-checkpoint): origin, number of
// entries, root in base64, an empty line, the Ed25519 signature. The origin is "gabarit/" and the ID of the vault; it is the
// name of the key too:
//
//	gabarit/000102030405060708090a0b0c0d0e0f
//	2
//	yrj1r0v2II6pKL9QbiGILt256CoiVjgdVaMlCN4a0YE=
//
//	— gabarit/000102030405060708090a0b0c0d0e0f 54zZTp0W5AqN8cI3GWTgg+MlXgJt4ppVLbq6a1Kp6zpY/YdLGJYTSAkBKMDhPk+VKH3SLrPNH/KwWWTAWna1qUrRBA8=
//
// The key that checks it is a line of text that may be given to anybody: name+hash+base64.
//
// # Export, version 1
//
// Lines that end with "\n". The first is {"format":"gabarit-audit","version":1,"origin":...,"key":...,"checkpoint":...},
// each of the others the exact bytes of an entry. An entry has at most 4 MiB, the whole any size.
//
// # What is found
//
// Problems name the first entry concerned, by the number it had at first:
//
//	altered    the entry that follows names another hash. If the altered entry's own "prev" was changed, the entry before
//	           it is told too: nothing vouches for that one any more. Also entries put in, or added beyond every checkpoint
//	missing    a number was passed over, or what follows an entry is as it was but for smaller numbers
//	reordered  a number comes late, or an entry names the one before another place
//	cut_off    a checkpoint tells of more entries; or the log itself tells that some were lost
//	replaced   a checkpoint does not fit, and the entries before it look whole: everything was written anew. The
//	           position is the first entry after the latest checkpoint that fits
//	signature  a checkpoint is damaged or was signed with another key (position 0)
//	unread     what should be an entry is none
//
// What is damaged once is told once: a checkpoint that does not fit because of damage before its end says nothing new.
//
// # What it proves, and what it can't
//
// Who has the files but not the passphrase can change nothing that is not found, and can only put an older copy of the
// whole in place, which the checkpoint outside the vault tells. Who has the passphrase has the signing key too and can
// write a whole new log and sign it. That is found only by a checkpoint that was kept elsewhere, out of that person's
// reach: so keep one now and then (each export has one); the checkpoints of each day inside the vault then narrow down
// where the two part, if they were left alone. Entries after the last checkpoint that was kept elsewhere are proven by nothing
// but the vault's own. The times in entries are those of the computer's clock.
//
// Test vectors are in vectors_test.go.
package auditlog
