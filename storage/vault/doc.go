// Package vault keeps the keys of a vault folder and seals with them everything that is stored.
// storage calls it for each record it writes or reads; app opens and closes it. It is the only
// package that uses ciphers and the system's keyring. It knows nothing of photos or cases, and it
// never writes, logs or returns in an error a key, a passphrase or what was sealed.
//
// # Folder
//
// A vault is a folder (mode 0700) with these files (mode 0600):
//
//	vault.json  what is needed to get the vault key; rewritten whole and atomically
//	keys.tbl    one record key per photo and case, and per part of the saved index, each in a slot that can be overwritten in place
//	erased/     notes of the keys that erasures destroyed; files are added, never changed
//	lock        locked (flock) by the one process that has the vault open; empty, never removed
//	records/    the records, see package storage
//	index/      the index as it was saved, see package storage/segment; may be missing
//	checkpoint  the head of the audit log, see package storage
//
// Outside it, Options.StateDir has a folder for each vault, named by its ID, with a copy of erased/.
//
// # Keys
//
//	passphrase --Argon2id--> KEK --XChaCha20-Poly1305--> vault key --HKDF-SHA-256--> purpose keys
//	purpose key "slots" --XChaCha20-Poly1305--> record keys (keys.tbl) --XChaCha20-Poly1305--> records
//
// Passphrases are put into Unicode normalisation form C first, so that one typed on another
// system opens the vault. All keys have 32 bytes. Purpose keys are HKDF-SHA-256 with the vault key
// as secret, the vault's ID as salt and "gabarit vault v1 " + purpose as info; purposes: "slots"
// seals keys.tbl, "main" seals records that belong to no photo or case, "records" is for Badger's own
// encryption, "hash " + domain is for keyed hashes (HMAC-SHA-256) of that domain, "erased keys" for those in
// notes, "audit log" is the seed of the Ed25519 key that signs the log's checkpoints.
//
// Changing the passphrase rewrites vault.json only, with a new salt, and overwrites the file that was
// there. The vault key stays the same: whoever has an older copy of vault.json and the passphrase of its time
// still gets it, and from a vault that ever was without passphrase nothing else is needed. Destroying a
// record key overwrites its slot: whatever was sealed with it is then out of reach, in backups of records/
// too. A file system or SSD that writes elsewhere instead of in place may keep old bytes for some time.
//
// A wrong passphrase takes as long to refuse as the right one to accept: all of Argon2id is run, then
// the tag of the sealed vault key is compared in constant time, and nothing tells how close it came.
//
// Keys are wiped from memory on Close, others (KEK, record keys, a typed passphrase's copies) right after
// use. The strings that callers pass, and copies inside the ciphers, are left to Go's collector.
//
// # Keyring
//
// Where the user asks for it the system's keyring holds, as service "gabarit" with the vault's ID as
// account, "gabarit1:" and base64 of the salt of vault.json and the KEK. Another salt tells that it is of
// another passphrase. The vault is then as safe as the user's session: any program of it can ask for the
// key. The keyring gets no key of a vault without passphrase.
//
// # vault.json, version 1
//
//	{"format":"gabarit-vault", "version":1, "id":16 bytes, "created":RFC 3339 time in UTC,
//	 "kdf":{"name":"none"} or {"name":"argon2id","memory_kib":n,"time":n,"threads":n,"salt":16 bytes},
//	 "key":bytes, "sum":32 bytes}
//
// Bytes are base64. Without passphrase (name "none") key is the vault key. Otherwise it is a nonce
// (24 bytes) and the vault key sealed with XChaCha20-Poly1305 under the KEK, with the header as
// associated data. The header is the concatenation of lp(format), u32(version), lp(id), lp(created),
// lp(kdf name), u32(memory_kib), u32(time), u32(threads), lp(salt); lp(x) is u32(length of x) and x; u32 is
// little-endian. sum is the SHA-256 of the header and lp(key): it tells damage from a wrong passphrase.
//
// The format "gabarit-vault-transparent" is for tests: such a vault seals no record and no note (its
// keys.tbl is as always), so that a scan of the files finds what is there. It opens only when asked to.
//
// # keys.tbl, version 1
//
// A header of 128 bytes: "GABKEYS\x00", u32(version), u32(128), the vault's ID (16 bytes), zeros,
// CRC-32C of the first 124 bytes. Then slots of 128 bytes, numbered from 0, so that none crosses a
// sector:
//
//	 0  state: 0 empty, 1 live, 2 destroyed, 3 live and of a part of the saved index
//	 4  generation, u32: 1 for the first key of the slot, one more for each that follows
//	 8  nonce (24 bytes)
//	32  record key, sealed with XChaCha20-Poly1305 under "slots" (48 bytes); associated data
//	    "gabarit slot v1\x00", u32(slot), u32(generation). Random bytes once destroyed
//	80  zeros
//	124 CRC-32C of the first 124 bytes
//
// An incomplete slot at the end, or one of zeros, is a key that was never used (keys are synced
// before the records that refer to them) and is taken for the next. A slot whose checksum is wrong
// costs the records under its key and nothing else.
//
// # Sealed bytes, version 1
//
//	0x01, nonce (24), ciphertext and tag                               under "main"
//	0x02, u32(slot), u32(generation), nonce (24), ciphertext and tag   under a record key
//
// XChaCha20-Poly1305 with associated data "gabarit sealed v1\x00", what precedes the nonce,
// lp(domain), lp(id). Domain and ID say what the bytes are and where they are stored, so sealed bytes
// put in another place do not open. A transparent vault has, and a sealed one refuses:
//
//	0x03, bytes                                   for 0x01
//	0x04, u32(slot), u32(generation), bytes       for 0x02; found no more once the key is destroyed
//
// # Notes of erasures, version 1
//
// Before keys are destroyed they are noted: an old copy of the vault that is restored has them again, and
// what the notes name can then be erased anew, before anything is read. erased/ holds files
// <erasure>-<part>, parts from 1 of at most 16,384 keys each, sealed under "main" with domain "erasure note"
// and the file's name as ID:
//
//	u32(1), u32(number of keys), then for each key
//	u32(slot), u32(generation), fingerprint (32), length of the record's ID (one byte), the ID
//
// The fingerprint is the HMAC-SHA-256 of the record key under "erased keys", taken while the key is there
// (zeros if it was not), or before it was destroyed by something that is no erasure (Fingerprint, ErasedKey.Mark): slot and generation alone may name another key after an old keys.tbl was restored,
// and that one must not be destroyed. The copies in StateDir bring back notes that the vault lost; those of
// the vault count where both are there. A damaged note is written anew from its copy, which is told; without a
// copy it stops whoever reads the notes, as a misplaced one does: the file is named, and can be taken away.
//
// # What changed within version 1
//
// erased/, the keyring and the purposes "erased keys" and "audit log" came later. Version 1 stays: a vault
// from before has no notes, and is otherwise the same. A program from before would not know the notes, but
// does not open the records either, as package storage raised their version with the audit log.
//
// State 3 of slots came with the saved index. A program from before takes it for a live key. It would not know the parts either
// in which it leaves faces that it erases, but does not open the records, as their version was raised with it.
//
// The test vectors are in vectors_test.go.
package vault
