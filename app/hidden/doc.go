// Package hidden keeps photos and faces of the open vault out of every search although their records stay: a check found their source gone,
// closed or withdrawn, or a person asked that processing be restricted (GDPR art. 18). What is hidden and why is stored, sealed, and logged.
//
// The index and the groups made of it are without these faces; whoever must answer for all that is held (a subject request, an erasure, the
// list of what expires) reads the records, which are complete. Why something is hidden, for how long, and what follows is decided elsewhere.
package hidden
