// Package matters keeps what rights make: cases, which a person sends out, and documents, which are all else (subject requests, contacts, papers, see
// engine.Document). Each is a record with a key of its own. It says nothing of what they mean.
package matters
