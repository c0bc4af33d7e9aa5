// Package parcel writes and checks access packages: what a person is sent who asked for their data (GDPR art. 15). It alone seals files for people
// outside the vault (age) and writes the ZIP inside.
//
// # A package, version 1
//
// A folder REF-access, or a ZIP of it, or that ZIP sealed with age (REF-access.zip.age; a passphrase or a recipient's key opens it, with any program that
// reads age files). It holds manifest.json (matter.Manifest), which lists every other file with its SHA-256, and manifest.sig, a statement signed with the key
// of the vault's log (see storage/auditlog) about the SHA-256 of manifest.json. The public key stands in the manifest; whoever wants to be sure whose it is
// compares its fingerprint with that in the answer's letter, or with that of an exported log.
//
// Files that hold records of a store say so in the manifest, with their number: a JSON object with the list "records", a CSV with a head, or one record each. Check counts them again.
//
// A package is written file by file into a folder whose name begins with a dot and renamed when it is whole, so that half a package never bears the name of
// one. Nothing is overwritten. What is checked comes from outside: its names, sizes and number are bounded.
package parcel
