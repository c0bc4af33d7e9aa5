// Package kv is Badger as storage needs it: opened only after its files were checked, watched for failed
// syncs, and purged of what was deleted. storage keeps sealed records in it and knows what they mean; kv
// knows bytes only. It starts no goroutines of its own. The folder's owner keeps other processes away.
//
// # What Badger does not tell
//
//   - It ends the process, or starts afresh, on some kinds of damage, and cuts its logs off at the first entry that
//     does not check, whatever follows. Its files are checked before it sees them (preflight.go, logs.go): damage in
//     tables keeps the database closed; lost changes and damaged values are told by Warnings.
//   - A value that can't be read is empty, without an error (value.go).
//   - It maps its files: on a full disk a write kills the process instead of failing, so CheckFree refuses writes as
//     long as less than Options.MinFree is left. It never unmaps the value log, whose memory is given back (pages.go).
//   - A failed sync of the value log is only logged: Commit watches the log.
//   - It does not open with an empty log, as a process killed at the wrong moment leaves it: that is taken away.
//
// # Purging
//
// Deleting a key writes a note; its bytes stay in the tables until a compaction happens to meet them, and in the
// value log until a file is collected. Badger's DropPrefix does not help: it looks for keys that are there and does
// nothing for deleted ones, it would take the current version of an overwritten key along, and a table that can't be
// written is lost. So Purge works on the files of a closed database, while nobody is inside (gate.go):
//
//  1. Badger is closed. That writes out what was in memory, deletes its logs and ends the file of the value log.
//  2. All tables are searched for keys under the prefixes: blocks that may hold such keys are read, no others. Of each
//     key the newest version stays unless it is a deletion; all other versions go, deletions too (drop.go).
//  3. The tables that hold what goes are written anew without it, synced, read back and counted. Level 0 keeps its
//     order: tables after a rewritten one are rewritten too.
//  4. How much of which file of the value log is garbage is noted in Badger's own notes, synced (discard.go). Notes
//     may have been lost in a crash; after one they are counted anew from all tables, once.
//  5. A new list of tables is written, synced, read back and renamed over the old one (manifest.go). Before this
//     moment nothing has changed for Badger; after it only the new tables count. Badger deletes tables that are on no
//     list when it opens, whether that is now or after a crash.
//  6. Badger is opened, which begins a new file of the value log, and collects each file with garbage: it writes what
//     is live in it elsewhere, synced, and deletes it. A damaged file is not collected, as Badger would drop what
//     follows the damage: Purge then fails with CodeCorrupt. Nobody is inside meanwhile, file by file.
//
// Each step can be repeated, and the next Purge with the same prefixes does what a crash left undone. The tables that
// are rewritten hold some of what goes (2 MiB each, more in large databases), the files of the value log too (16 MiB
// each): the cost grows with what is erased, and only the closing and opening with the number of files.
package kv
