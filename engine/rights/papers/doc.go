// Package papers makes the papers of an operator from what a vault knows: the records of processing activities (GDPR art. 30), the outline of an impact
// assessment (art. 35(7)), the notice for people whose photos were collected (art. 14), the statistics and the manifest of a file for the
// authority (art. 31), and the rules of the controller's profile, its recipients and the orders of authorities.
//
// All functions are pure: what the vault knows comes in as Known, documents go out as Sheet (rendered by HTML and PDF), CSV or JSON. Long texts are the files of assets/papers,
// one a language; words of tables are phrases of the translations. What only a person can say is marked as to be written.
package papers
