// Package rights writes what a person sends to the holder of their photos: cases grouped by site, and letters composed
// from the templates in assets/letters as one document that plain text and PDF render alike.
//
// It is the last step of the flow, case -> letter, and pure: it reads no clock, stores nothing, sends nothing and
// uses no network. It must never write a letter with a gap in it, shorten an address, or let what
// a user or a foreign page supplied act as template or as layout.
//
// # Template syntax
//
// A template is UTF-8 text, one file for each right and language, named RIGHT.LANG.txt. A line [[section NAME]] opens a section;
// within it {{field}} stands for a value, [[if NAME]] ... [[else]] ... [[end]] for text under a condition. In the section body each line is
// a paragraph; a line that starts with "– " or "1. " is an entry of a list. Numbers are counted anew
// after optional entries have dropped out, and a list whose last entry dropped out still ends with a full stop. Unknown
// names, unbalanced blocks and missing sections are errors when the templates are loaded.
package rights
