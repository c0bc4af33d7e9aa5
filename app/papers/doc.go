// Package papers keeps the papers of whoever answers for the vault, sealed in it: the controller's profile, recipients, orders of authorities with their proofs; and
// writes what follows from them and from what the vault knows: records of processing, impact assessment, notices, the file for an authority.
package papers
