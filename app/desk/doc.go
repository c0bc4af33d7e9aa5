// Package desk is the operator's side of the rights that people have: the papers of whoever answers for the vault (type Papers). Requests of people are in app/subjects.
package desk
