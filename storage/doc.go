// Package storage keeps the records of a vault in Badger, behind engine.Store. app opens it with an
// open vault; the pipeline, searches, cases and the log reach it through the port. It decides
// nothing about people or law: what may be stored and what the log says are rules of package engine.
//
// The rules of what is kept together are here: what a photo brings with it, what goes when it is erased, what is refused
// afterwards. How a record is encoded, sealed and logged, where it is and whether it is sound is package records'; each
// write here is one of its transactions, with the entry of the log in it.
//
// # Order of an erasure
//
//  1. In transactions of bounded size, each with its audit entry: records are deleted, what stays of a photo or case is sealed
//     under a new key, counts are corrected, suppressions added, a record m "erasing/..." is written. Of a collection the
//     items go first, then the photos, then runs, counts and the collection itself. A photo's finds and items may take
//     further transactions: its part says whether it is swept.
//  2. The keys are noted (vault.NoteErasure), with what it takes to erase the same again in an old copy of the vault.
//  3. The keys are destroyed. Erase returns: nothing stored of it can be opened any more.
//  4. Purge takes the bytes out of Badger's files: of the photos and cases of pending parts, and of whatever was deleted or is
//     sealed under a noted key.
//  5. It reads every version of every record that is still there and fails if anything of that kind is left, in which case all
//     stays pending. It destroys keys that no record needs.
//  6. The pending records are deleted and the log tells that nothing is left.
//
// A crash leaves what the next Open goes on with: 2 and 3 for every pending part. A plan that was carried out in part can
// be carried out again. Before a store is handed out, Open also erases again what is stored under noted keys, with what
// hangs on it, and collections that were noted: an old copy of the vault, or of its records, was put back. Faces that had
// been taken out of a photo are in such a copy under a key they share with the whole photo: the photo goes. Keys are told
// from others that took their slot by the fingerprint in their note.
//
// A photo that stays keeps its ID and the numbers of its faces. Item records of a suppressed item hold no path or address.
//
// # Faces found anew
//
// Retemplate puts all that is kept of a photo under a new key in one transaction, with new faces, templates and crops in the place
// of the old, and its entry in the log; a record m "erasing/RUN..." is written as for a part of an erasure. Then the old key is destroyed, and
// Purge takes the old bytes out of the files: 4 to 6 above. A crash between is gone on with by the next Open.
// Finds and items of the photos are sealed anew in the same transaction, for which the items of the collection are looked through once a
// batch. Numbers of faces are never used twice; those below First were replaced and not erased.
//
// No note is made of these keys, as an old copy of the vault, put back, would lose the photos for it. Instead the photo's record
// names them with their fingerprints, and an erasure of the photo or of a face of it notes them with its own: then an
// old copy loses the photo, whichever of its keys it is under there. Records put back without their key table
// are lost, as ever.
//
// What is purged is found by looking, not remembered: records may have older versions under keys that are not theirs
// any more, as those of an item whose file changed.
package storage
