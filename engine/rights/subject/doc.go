// Package subject holds the rules for an operator's answers to subject requests, as pure functions: which faces and photos are candidates, what an access
// package holds and whether it is whole, what a certificate of erasure says, and the texts to people, in English and French. It reads no store and writes no
// file; app/desk does. No rule here asks how old data are, how often somebody has asked, or where they live: facts 1.4 and cases B-01, B-03 and B-07 forbid it.
package subject
