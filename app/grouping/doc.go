// Package grouping keeps the faces of the open vault grouped by person. The groups are made when somebody first asks for them and thrown
// away when the vault is locked; what lasts, the decisions about them, is the store's.
//
// They follow the index that is searched, so that a face that leaves the index leaves its group at the same time. Nothing is decided here
// about people: how faces are grouped is engine/people's.
package grouping
