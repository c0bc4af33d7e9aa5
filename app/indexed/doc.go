// Package indexed holds what is kept in memory of the faces of an open vault: Rows, the index that is searched, and Groups, the same
// faces grouped by person. Both are made anew when the vault is opened and thrown away when it is locked; what lasts is the store's.
//
// app fills the rows, from the store and as faces arrive, are erased or are found anew. Groups follow the rows, so that a face that
// leaves the index leaves its group at the same time. It decides nothing about people: how faces are grouped is engine/people's.
package indexed
