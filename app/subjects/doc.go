// Package subjects answers people who ask an operator about their data (type Requests): from the registration of a request with its clock, over the search of every
// store, the review by people and the access package, to the erasure with its certificate. The rules are those of engine/rights/subject; here they meet the vault.
package subjects
